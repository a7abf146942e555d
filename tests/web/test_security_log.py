"""Security events in the log: what happened, to which account, how it ended, from where, and under which request."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from class_pages import joined, open_class, somebody, work
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, WRONG, log_in, send, sign_up
from sqlalchemy import select

from quizapp.extensions import db
from quizapp.models import Authenticator, User
from quizapp.services import two_step
from quizapp.services.running_quizzes import InRunningQuiz
from quizapp.web import explore

Events = Callable[[], list[dict[str, Any]]]
NEW = {"password": "another password", "repeated": "another password"}


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Events:
    """Return what was logged since it was last asked, without the ids of requests."""
    caplog.set_level(logging.INFO, "quizapp.security")

    def read() -> list[dict[str, Any]]:
        found = [record.fields for record in caplog.records if record.name == "quizapp.security"]  # type: ignore[attr-defined]
        caplog.clear()
        return [{name: value for name, value in fields.items() if name != "id"} for fields in found]

    return read


def number_of(app: Flask, name: str) -> int | None:
    with app.app_context():
        return db.session.scalar(select(User.id).where(User.name == name))


def event(what: str, user: int | str | None, outcome: str = "done", **details: object) -> dict[str, object]:
    return {"event": what, "user": user, "outcome": outcome, "address": "127.0.0.1", **details}


def test_an_account_from_sign_up_to_deletion(app: Flask, client: FlaskClient, events: Events) -> None:
    sign_up(client)
    aysel = number_of(app, "Aysel")
    send(client, "/account/role", role="teach", password=WRONG)
    send(client, "/account/role", role="teach", password=PASSWORD)
    send(client, "/account", timezone="Asia/Baku", rollover_hour="4")
    send(client, "/account/password", current=WRONG, **NEW)
    send(client, "/account/password", current=PASSWORD, **NEW)
    send(client, "/account/delete", password=WRONG)
    send(client, "/account/delete", password=NEW["password"])
    assert events() == [
        event("sign-up", aysel, role="student"),
        event("role-change", aysel, "wrong-password"),
        event("role-change", aysel, role="teacher"),
        event("password-change", aysel, "wrong-password"),
        event("password-change", aysel),
        event("account-deletion", aysel, "wrong-password"),
        event("account-deletion", aysel),
    ]


def test_log_ins_and_why_they_failed(app: Flask, client: FlaskClient, events: Events) -> None:
    sign_up(app.test_client())
    aysel = number_of(app, "Aysel")
    events()
    log_in(client, "my secret password", WRONG)
    for _ in range(5):
        log_in(client, password=WRONG)
    log_in(client)
    log_in(client, "my secret password", WRONG)
    client.environ_base["REMOTE_ADDR"] = "203.0.113.5"
    sign_up(client, "Leyla")
    send(client, "/logout")
    log_in(client, "Leyla")
    logged = events()
    assert logged[:7] == [
        event("log-in", "-", "wrong-password"),
        *[event("log-in", aysel, "wrong-password")] * 5,
        event("log-in", aysel, "too-many-tries"),
    ]
    assert logged[-1] == event("log-in", number_of(app, "Leyla")) | {"address": "203.0.113.5"}
    assert "secret" not in str(logged)


def test_a_password_that_a_teacher_sets(app: Flask, events: Events) -> None:
    teacher = somebody(app, "Rasim", teaches=True)
    here = open_class(teacher)
    joined(app, "Aysel")
    aysel = number_of(app, "Aysel")
    with app.app_context():
        db.session.get_one(User, aysel).created_by_teacher = True
        db.session.commit()
    events()
    assert send(teacher, f"{here}/students/{aysel}/password").status_code == 303
    rasim = number_of(app, "Rasim")
    assert events() == [event("student-list", rasim, "begun", purpose="passwords", list=1, students=1)]
    work(app)
    by_job = {"event": "password-change", "user": aysel, "outcome": "done", "by": str(rasim), "list": 1}
    assert events() == [by_job]


def test_a_wrong_code_of_two_step_log_in(app: Flask, client: FlaskClient, events: Events) -> None:
    sign_up(app.test_client())
    aysel = number_of(app, "Aysel")
    with app.app_context():
        db.session.add(Authenticator(user_id=aysel, secret=two_step.new_secret(), last_step=0))
        db.session.commit()
    events()
    log_in(client)
    assert events() == []  # not before the code
    send(client, "/login/code", code="wrong")
    assert events() == [event("log-in", aysel, "wrong-code")]


def test_a_flood_of_sign_ups(app: Flask, client: FlaskClient, events: Events) -> None:
    app.config["QUIZAPP"] = app.config["QUIZAPP"].model_copy(update={"sign_ups_in_total": 0})
    sign_up(client)
    assert events() == [event("sign-up", "-", "too-many-tries")]


def test_what_was_refused(app: Flask, client: FlaskClient, events: Events) -> None:
    sign_up(client)
    aysel = number_of(app, "Aysel")
    events()
    client.get("/attempts/1")
    client.get("/nowhere")  # which is nobody's
    client.post("/account/delete", data={"password": PASSWORD})
    send(client, "/join", code="111-111-111")
    stranger = app.test_client()
    stranger.get("/login/link/x")
    stranger.get("/explore/nothing")
    app.config["QUIZAPP"] = app.config["QUIZAPP"].model_copy(update={"guests_in_total": 0})
    send(stranger, "/start")
    assert events() == [
        event("access", aysel, "not-found", route="/attempts/<int:attempt_id>"),
        event("security-token", aysel, "refused", route="/account/delete"),
        event("join", aysel, "wrong-code"),
        event("log-in", "-", "wrong-link"),
        event("guest", "-", "too-many-tries"),
    ]


def test_what_is_hidden_while_a_quiz_runs(
    app: Flask, client: FlaskClient, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **named: Any) -> None:
        raise InRunningQuiz

    monkeypatch.setattr(explore, "fact_list_page", refuse)
    sign_up(client)
    events()
    assert client.get("/explore/sample").status_code == 403
    assert events() == [event("access", number_of(app, "Aysel"), "running-quiz", route="/explore/<set_key>")]


def test_a_guest_who_deletes_everything(client: FlaskClient, events: Events) -> None:
    send(client, "/start")
    send(client, "/account/delete")
    assert [found["event"] for found in events()] == ["account-deletion"]


def test_an_event_has_the_id_of_its_request(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "quizapp")
    answer = sign_up(client)
    (told,) = [record for record in caplog.records if record.name == "quizapp.security"]
    assert told.fields["id"] == answer.headers["X-Request-Id"]  # type: ignore[attr-defined]
