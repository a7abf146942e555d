"""Arriving, being recognised, and leaving: what each page does, and what it refuses."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, WRONG, log_in, send, sign_up, who
from sqlalchemy import select

from quizapp.config import Settings
from quizapp.core.accounts import ADDRESS_LIMIT
from quizapp.extensions import db
from quizapp.models import Classroom, Enrolment, Plan, QuestionSet, User
from quizapp.services import accounts

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def error_at(page: str, field: str) -> str:
    found = re.search(rf'id="{field}-error">(.*?)</p>', page, re.S)
    return unescape(found[1]) if found else ""


def users(app: Flask) -> dict[int, str | None]:
    with app.app_context():
        return {user.id: user.name for user in db.session.scalars(select(User))}


def test_a_newcomer_signs_up_and_is_known_from_then_on(client: FlaskClient) -> None:
    assert who(client) is None
    response = sign_up(client, "Aysel Məmmədova", timezone="Asia/Baku", role="teach")
    assert (response.status_code, response.location) == (303, "/")
    assert who(client) == "Aysel Məmmədova"
    page = client.get("/account").text
    assert re.search(r'<option selected value="Asia/Baku">', page) and "Stop teaching" in page


def test_logging_out_and_in_again(client: FlaskClient) -> None:
    sign_up(client)
    assert client.get("/logout").status_code == 405
    assert send(client, "/logout").location == "/"
    assert who(client) is None
    response = log_in(client, "AYSEL")
    assert (response.status_code, response.location) == (303, "/today")
    assert who(client) == "Aysel"
    assert client.get("/login?next=/progress").location == "/progress"
    assert client.get("/signup").location == "/account"


def test_a_guest_signs_up_and_the_same_row_gets_the_name(app: Flask, client: FlaskClient) -> None:
    send(client, "/start", timezone="Asia/Baku")
    assert who(client) == "Guest"
    guests = users(app)
    assert list(guests.values()) == [None]
    sign_up(client)
    assert users(app) == dict.fromkeys(guests, "Aysel")
    assert who(client) == "Aysel"


@pytest.mark.both_databases
def test_a_guest_who_studied_is_shown_what_logging_in_leaves_behind(app: Flask, client: FlaskClient) -> None:
    sign_up(app.test_client())
    send(client, "/start")
    assert "that progress is left behind" not in client.get("/login").text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "has_studied", lambda session, user: True)
        assert "that progress is left behind" in client.get("/login").text
    log_in(client)
    assert who(client) == "Aysel"
    assert sorted(users(app).values(), key=str) == ["Aysel", None]


@pytest.mark.parametrize("path", ["/login", "/signup", "/logout", "/account", "/account/password", "/account/delete"])
def test_a_form_without_the_security_token_is_refused(app: Flask, client: FlaskClient, path: str) -> None:
    sign_up(client)
    fields = {"name": "Leyla", "password": PASSWORD, "repeated": PASSWORD, "current": PASSWORD}
    response = client.post(path, data=fields)
    assert response.status_code == 400
    assert "so nothing was saved" in response.text
    assert who(client) == "Aysel" and list(users(app).values()) == ["Aysel"]


@pytest.mark.parametrize(
    ("fields", "at", "says"),
    [
        ({"name": "A"}, "name", "2 to 40 characters"),
        ({"name": ""}, "name", "Choose a user name"),
        ({"name": "a\x07b"}, "name", "invisible character"),
        ({"name": "aysel"}, "name", "This user name is taken"),
        ({"password": "short", "repeated": "short"}, "password", "8 characters or more"),
        ({"password": "leyla h.", "repeated": "leyla h."}, "password", "be your user name"),
        ({"repeated": PASSWORD + "!"}, "repeated", "don’t match"),
        ({"email": "not an address"}, "email", "doesn’t look like an e-mail address"),
    ],
)
def test_a_sign_up_that_will_not_do_says_so_at_the_field(
    app: Flask, client: FlaskClient, fields: dict[str, str], at: str, says: str
) -> None:
    sign_up(app.test_client())
    typed = {"name": "Leyla H.", "email": "leyla@example.org", "role": "teach", **fields}
    response = sign_up(client, **typed)
    assert response.status_code == 422
    assert says in error_at(response.text, at)
    for kept in {"name", "email"} - {at}:
        assert f'value="{typed[kept]}"' in response.text
    assert re.search(r'<input checked [^>]*value="teach"', response.text)
    assert PASSWORD not in response.text
    assert list(users(app).values()) == ["Aysel"]
    assert who(client) is None


def test_an_unknown_name_and_a_wrong_password_look_the_same(app: Flask, client: FlaskClient) -> None:
    sign_up(app.test_client())

    def answer(name: str) -> tuple[int, str]:
        response = log_in(client, name, WRONG)
        body = re.sub(r'(name="csrf_token"[^>]* value=)"[^"]*"', r"\1", response.text)
        return response.status_code, body.replace(name, "…")

    tries = range(6)  # the last one is made to wait
    assert [answer("Aysel") for _ in tries] == [answer("Nigar") for _ in tries]


def test_an_unknown_name_costs_the_same_work(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up(app.test_client())
    verified: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            verified.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    monkeypatch.setattr(accounts, "_hasher", Watched(time_cost=1, memory_cost=8, parallelism=1))
    log_in(client, "Aysel", WRONG)
    log_in(client, "Nigar", WRONG)
    assert len(verified) == 2 and verified[0] == verified[1]


def test_guessing_is_slowed_down_by_all_servers_on_one_database(
    app: Flask, settings: Settings, make_app: Callable[[Settings], Flask]
) -> None:
    sign_up(app.test_client())
    for _ in range(5):
        assert "Wrong user name or password" in error_at(log_in(app.test_client(), password=WRONG).text, "password")
    other_server = make_app(settings)
    response = log_in(other_server.test_client())
    assert "Try again in 15 minutes" in error_at(response.text, "password")
    assert who(app.test_client()) is None


def test_guessing_many_names_from_one_address_is_slowed_down(app: Flask, client: FlaskClient) -> None:
    sign_up(app.test_client())
    for n in range(ADDRESS_LIMIT):
        log_in(client, f"name {n}", WRONG)
    assert "Too many wrong passwords" in error_at(log_in(client).text, "password")
    client.environ_base["REMOTE_ADDR"] = "203.0.113.5"
    assert log_in(client).status_code == 303


def test_guessing_the_password_in_a_borrowed_browser_is_slowed_down(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    new = {"password": "another password", "repeated": "another password"}
    for _ in range(3):
        assert send(client, "/account/password", current=WRONG, **new).status_code == 422
    for _ in range(2):
        assert send(client, "/account/delete", password=WRONG).status_code == 422
    assert "Too many" in send(client, "/account/delete", password=PASSWORD).text
    assert "Too many" in send(client, "/account/password", current=PASSWORD, **new).text
    assert list(users(app).values()) == ["Aysel"]


def test_nothing_waits_while_a_password_is_hashed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use: list[int] = []

    def watching(function: object) -> object:
        def watched(*args: object) -> object:
            in_use.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
            return function(*args)  # type: ignore[operator]

        return watched

    send(client, "/start")
    monkeypatch.setattr(accounts, "hash_password", watching(accounts.hash_password))
    monkeypatch.setattr(accounts, "check_password", watching(accounts.check_password))
    sign_up(client)
    new = "another password"
    send(client, "/account/password", current=PASSWORD, password=new, repeated=new)
    send(client, "/account/delete", password=new)
    assert in_use == [0, 0, 0, 0] and users(app) == {}


def test_a_password_is_changed_only_by_who_knows_it(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    new = {"password": "another password", "repeated": "another password"}
    assert "Wrong password" in error_at(send(client, "/account/password", current=WRONG, **new).text, "current")
    weak = {"password": "12345678", "repeated": "12345678"}
    assert error_at(send(client, "/account/password", current=PASSWORD, **weak).text, "password")
    assert log_in(app.test_client()).status_code == 303


@pytest.mark.parametrize(("target", "goes_to"), [("/progress", "/progress"), ("//evil.example", "/today")])
def test_log_in_and_sign_up_return_to_a_page_here(client: FlaskClient, target: str, goes_to: str) -> None:
    assert f'value="{target}"' in client.get("/signup", query_string={"next": target}).text
    assert sign_up(client, next=target).location == goes_to
    assert client.get("/login", query_string={"next": target}).location == goes_to
    send(client, "/logout")
    assert log_in(client, next=target).location == goes_to


def test_settings_are_kept(client: FlaskClient) -> None:
    sign_up(client, timezone="Asia/Baku")
    response = send(
        client, "/account", timezone="Asia/Calcutta", rollover_hour="2", two_buttons="y", total_new_per_day="12"
    )
    assert (response.status_code, response.location) == (303, "/account")
    page = client.get("/account").text
    assert '<option selected value="Asia/Calcutta">' in page and '<option selected value="2">' in page
    assert re.search(r'<input checked id="two_buttons"', page)
    assert re.search(r'name="total_new_per_day"[^>]*value="12"', page)
    assert not re.search(r'<input checked id="letter_keys"', page)
    assert 'data-letter-keys="off"' in page


def test_a_guest_has_settings_too(client: FlaskClient) -> None:
    send(client, "/start")
    page = client.get("/account").text
    assert "Sign up" in page and ">Log out<" not in page
    assert send(client, "/account", timezone="UTC", rollover_hour="0").status_code == 303
    assert '<option selected value="0">' in client.get("/account").text
    assert client.get("/account/password").location == "/signup"


@pytest.mark.parametrize(
    "bad",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": ""},
        {"rollover_hour": "24"},
        {"rollover_hour": "x"},
        {"total_new_per_day": "201"},
        {"total_new_per_day": "ten"},
    ],
)
def test_settings_that_mean_nothing_are_refused(client: FlaskClient, bad: dict[str, str]) -> None:
    sign_up(client, timezone="Asia/Baku")
    fields = {"timezone": "UTC", "rollover_hour": "5", "letter_keys": "y", **bad}
    response = send(client, "/account", **fields)
    assert response.status_code == 422
    assert error_at(response.text, next(iter(bad)))
    assert '<option selected value="Asia/Baku">' in client.get("/account").text


def test_my_data_comes_as_a_file(client: FlaskClient) -> None:
    sign_up(client, email="aysel@example.org")
    response = client.get("/account/data", buffered=True)
    assert response.mimetype == "application/json"
    assert re.fullmatch(r"attachment; filename=quizapp-[\d-]+\.json", response.headers["Content-Disposition"])
    told = response.get_json()
    assert told["account"] | {"created_at": "", "last_seen_at": ""} == {
        "name": "Aysel",
        "email": "aysel@example.org",
        "is_teacher": False,
        "created_by_teacher": False,
        "must_change_password": False,
        "created_at": "",
        "last_seen_at": "",
    }
    assert told["reviews"] == []


def test_deleting_asks_for_the_password_and_ends_everything(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    sign_up(app.test_client(), "Leyla")
    elsewhere = app.test_client()
    log_in(elsewhere)
    assert "0 answers" in client.get("/account/delete").text
    response = send(client, "/account/delete", password=WRONG)
    assert response.status_code == 422 and "Wrong password" in error_at(response.text, "password")
    assert send(client, "/account/delete", password=PASSWORD).location == "/"
    assert list(users(app).values()) == ["Leyla"]
    assert who(client) is who(elsewhere) is None
    assert log_in(client).status_code == 422


@pytest.mark.both_databases
def test_a_guest_only_confirms_deleting(app: Flask, client: FlaskClient) -> None:
    send(client, "/start")
    assert 'type="password"' not in client.get("/account/delete").text
    assert send(client, "/account/delete").status_code == 303
    assert users(app) == {} and who(client) is None


def test_password_managers_know_which_field_is_which(client: FlaskClient) -> None:
    def completed(path: str) -> list[str]:
        return re.findall(r'autocomplete="([^"]+)"', client.get(path).text)

    assert completed("/login") == ["username", "current-password"]
    assert completed("/signup") == ["username", "new-password", "new-password", "email"]
    sign_up(client)
    assert completed("/account/password") == ["username", "current-password", "new-password", "new-password"]
    assert completed("/account/delete") == ["current-password"]


def test_with_a_teachers_account_go_the_sets_nobody_else_uses_and_the_classes_nobody_else_teaches(
    app: Flask, client: FlaskClient
) -> None:
    sign_up(client, name="Leyla")
    with app.app_context():
        leyla = accounts.find_user(db.session(), "Leyla")
        other = accounts.create_guest(db.session(), timezone="UTC", now=NOW)
        own = QuestionSet(key="own", title="Own", header={}, names=[], created_at=NOW, owner_id=leyla.id)
        used = QuestionSet(key="used", title="Used", header={}, names=[], created_at=NOW, owner_id=leyla.id)
        alone, shared = (Classroom(title=title, timezone="UTC", created_at=NOW) for title in ("Alone", "Shared"))
        db.session.add_all([own, used, alone, shared])
        db.session.flush()
        db.session.add(Plan(learner_id=other.id, set_id=used.id, started_at=NOW))
        for classroom, teacher in [(alone, leyla), (shared, leyla), (shared, other)]:
            db.session.add(Enrolment(class_id=classroom.id, user_id=teacher.id, role="teacher", joined_at=NOW))
        db.session.commit()
    assert send(client, "/account/delete", password=PASSWORD).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(QuestionSet.key).where(QuestionSet.key.in_(["own", "used"]))).all() == ["used"]
        archived = db.session.execute(select(Classroom.title, Classroom.archived_at.is_not(None)))
        assert dict(archived.all()) == {"Alone": True, "Shared": False}
