"""What asks for the password again, and what must be changed after logging in with a password that others know."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, WRONG, log_in, send, sign_up, who
from sqlalchemy import select, update

from quizapp.extensions import db
from quizapp.models import User


def account(app: Flask) -> User:
    with app.app_context():
        return db.session.scalars(select(User)).one()


@pytest.fixture
def member(client: FlaskClient) -> FlaskClient:
    sign_up(client, email="aysel@example.org")
    return client


@pytest.mark.parametrize(
    ("path", "change", "kept"),
    [
        ("/account/email", {"email": "thief@example.org"}, {"email": "aysel@example.org"}),
        ("/account/role", {"role": "teach"}, {"is_teacher": False}),
        ("/account/delete", {}, {"name": "Aysel"}),
    ],
)
def test_a_borrowed_browser_is_not_enough(
    app: Flask, member: FlaskClient, path: str, change: dict[str, str], kept: dict[str, object]
) -> None:
    for typed in ({}, {"password": ""}, {"password": WRONG}):
        assert send(member, path, **change, **typed).status_code == 422
    found = account(app)
    assert {name: getattr(found, name) for name in kept} == kept


def test_the_settings_page_makes_nobody_a_teacher(app: Flask, member: FlaskClient) -> None:
    send(member, "/account", timezone="UTC", rollover_hour="4", role="teach", is_teacher="y", email="x@example.org")
    assert (account(app).is_teacher, account(app).email) == (False, "aysel@example.org")


def test_the_email_address_is_changed_and_removed(app: Flask, member: FlaskClient) -> None:
    assert 'value="aysel@example.org"' in member.get("/account/email").text
    assert send(member, "/account/email", email="a@example.net", password=PASSWORD).location == "/account"
    assert account(app).email == "a@example.net"
    assert "doesn’t look like" in send(member, "/account/email", email="a@", password=PASSWORD).text
    send(member, "/account/email", email="", password=PASSWORD)
    assert account(app).email is None


def test_a_learner_becomes_a_teacher_and_stops_again(app: Flask, member: FlaskClient) -> None:
    assert "Become a teacher" in member.get("/account").text
    assert send(member, "/account/role", role="teach", password=PASSWORD).location == "/account"
    assert account(app).is_teacher
    send(member, "/account/role", role="learn", password=PASSWORD)
    assert not account(app).is_teacher


# A password that others know


def let_others_know(app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(User).values(must_change_password=True))
        db.session.commit()


@pytest.mark.parametrize("path", ["/today", "/account", "/account/data", "/account/email", "/classes", "/progress"])
def test_nothing_of_the_account_opens_before_the_password_is_changed(
    app: Flask, member: FlaskClient, path: str
) -> None:
    let_others_know(app)
    assert member.get(path).location == f"/account/password?next={path}"


def test_the_password_must_be_another(app: Flask, member: FlaskClient) -> None:
    let_others_know(app)
    refused = send(member, "/account/password", password=PASSWORD, repeated=PASSWORD)
    assert refused.status_code == 422 and "This is your current password." in refused.text
    own = "a password of my own"
    assert send(member, "/account/password?next=/progress", password=own, repeated=own).location == "/progress"
    assert who(member) == "Aysel"
    assert log_in(app.test_client(), password=own).location == "/today"


def test_who_does_not_want_to_choose_now_logs_out(app: Flask, member: FlaskClient) -> None:
    let_others_know(app)
    assert 'action="/logout"' in member.get("/account/password").text
    send(member, "/logout")
    assert log_in(member).location == "/account/password?next=/today"
