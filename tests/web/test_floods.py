"""Floods as people see them: a class gets in at once, a flood does not, and nobody is locked out by others."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, WRONG, log_in, send, sign_up, who
from sqlalchemy import func, select

from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services import accounts


def users(app: Flask) -> int | None:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(User))


def client_at(app: Flask, address: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


@pytest.fixture
def small(settings: Settings, make_app: Callable[[Settings], Flask]) -> Flask:
    """Return an application that lets few in."""
    limits = {"guests_per_address": 2, "guests_in_total": 3, "sign_ups_per_address": 2, "sign_ups_in_total": 3}
    return make_app(settings.model_copy(update=limits))


def test_a_class_of_forty_starts_and_signs_up_at_once_from_one_address(app: Flask) -> None:
    for number in range(40):
        client = app.test_client()
        assert send(client, "/start").status_code == 303
        assert sign_up(client, f"Student {number}").status_code == 303
    assert users(app) == 40


def test_a_flood_of_guests_is_asked_to_wait(small: Flask) -> None:
    assert [send(small.test_client(), "/start").status_code for _ in range(3)] == [303, 303, 429]
    refused = send(small.test_client(), "/start")
    assert "Try again in 15 minutes" in refused.text
    assert refused.headers["Retry-After"] == "900"
    assert users(small) == 2
    assert [send(client_at(small, "203.0.113.5"), "/start").status_code for _ in range(2)] == [303, 429]


def test_who_is_here_already_is_not_counted(small: Flask) -> None:
    client = small.test_client()
    assert [send(client, "/start").status_code for _ in range(5)] == [303] * 5


def test_a_flood_of_sign_ups_is_refused_before_its_passwords_are_hashed(
    small: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    hash_password = accounts.hash_password
    monkeypatch.setattr(accounts, "hash_password", lambda *typed: hashed.append(typed[1]) or hash_password(*typed))
    statuses = [sign_up(small.test_client(), f"Student {number}").status_code for number in range(4)]
    assert statuses == [303, 303, 429, 429]
    assert hashed == ["Student 0", "Student 1"]
    refused = sign_up(small.test_client(), "Leyla", email="leyla@example.org")
    assert "Try again in 15 minutes" in refused.text
    assert refused.headers["Retry-After"] == "900"
    assert 'value="leyla@example.org"' in refused.text


def guess(app: Flask, times: int) -> None:
    """Try wrong passwords of Aysel's from elsewhere."""
    for number in range(times):
        assert log_in(client_at(app, f"203.0.113.{number}"), password=WRONG).status_code == 422


def test_wrong_passwords_from_elsewhere_do_not_lock_the_owner_out(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    send(client, "/logout")
    guess(app, 8)
    assert "Too many wrong passwords" in log_in(app.test_client()).text
    assert log_in(client, "AYSEL").status_code == 303
    new = {"password": "another password", "repeated": "another password"}
    guess(app, 8)
    assert send(client, "/account/password", current=PASSWORD, **new).status_code == 303
    guess(app, 8)
    assert send(client, "/account/delete", password="another password").status_code == 303


def test_a_browser_is_known_for_the_account_that_was_logged_in_to_and_no_other(app: Flask, client: FlaskClient) -> None:
    sign_up(app.test_client())
    sign_up(client, "Leyla")
    send(client, "/logout")
    guess(app, 8)
    assert "Too many wrong passwords" in log_in(client).text
    assert who(client) is None


@pytest.mark.parametrize("forged", ["", "x", "abc.def", "00000000.AAAA"])
def test_a_forged_cookie_makes_no_browser_known(app: Flask, client: FlaskClient, forged: str) -> None:
    sign_up(app.test_client())
    guess(app, 8)
    client.set_cookie("quizapp_known", forged)
    assert "Too many wrong passwords" in log_in(client).text
