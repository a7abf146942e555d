"""The page about reminders, the private calendar, and the link that ends e-mails."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from assignments import open_school, quiz, take
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from people import PASSWORD, log_in, send, sign_up
from sqlalchemy import delete, select, update
from study import facts, remember, study_day

from quizapp.core.accounts import ADDRESS_LIMIT
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.extensions import db
from quizapp.models import Memory, Plan, Reminders, User
from quizapp.services import accounts, reminders

TODAY = study_day()


@pytest.fixture
def learner(app: Flask) -> FlaskClient:
    """Somebody in Baku who studies the sample set."""
    client = app.test_client()
    sign_up(client, email="aysel@example.org", timezone="Asia/Baku")
    send(client, "/start")
    return client


@pytest.fixture
def address(learner: FlaskClient) -> str:
    return create_calendar(learner)


def create_calendar(client: FlaskClient) -> str:
    send(client, "/account/reminders/calendar")
    found = re.search(r'value="http://localhost(/calendar/[\w-]{43}\.ics)"', client.get("/account/reminders").text)
    assert found
    return found[1]


def events(client: FlaskClient, address: str) -> dict[str, Any]:
    """The events of a calendar by the part of their names before the owner's number."""
    answer = client.get(address)
    assert answer.status_code == 200
    found = Calendar.from_ical(answer.data).walk("VEVENT")
    return {str(event["uid"]).rpartition("-")[0]: event for event in found}


def test_everything_is_off_until_it_is_asked_for(app: Flask, learner: FlaskClient) -> None:
    for page in ("/account", "/today", "/account/reminders"):
        assert learner.get(page).status_code == 200
    assert 'href="/account/reminders"' in learner.get("/account").text
    assert "data-badge" not in learner.get("/today").text
    assert "Create calendar address" in learner.get("/account/reminders").text
    with app.app_context():
        assert db.session.scalars(select(Reminders)).all() == []


def test_settings_are_kept(app: Flask, learner: FlaskClient) -> None:
    assert send(learner, "/account/reminders", hour="24").status_code == 422
    assert send(learner, "/account/reminders", hour="7", shows_badge="y", by_mail="y").status_code == 303
    page = learner.get("/account/reminders").text
    assert '<option selected value="7">' in page and re.search(r'<input [^>]*checked[^>]+"shows_badge"', page)
    assert "by_mail" not in page  # there is no mail server
    assert 'data-badge="0"' in learner.get("/today").text
    configured = {"smtp_url": "smtp://localhost", "mail_from": "quiz@example.org", "public_url": "http://localhost"}
    app.config["QUIZAPP"] = app.config["QUIZAPP"].model_copy(update=configured)
    assert "aysel@example.org" in learner.get("/account/reminders").text
    send(learner, "/account/reminders", hour="7", by_mail="y")
    with app.app_context():
        row = db.session.scalars(select(Reminders)).one()
        assert (row.hour, row.by_mail) == (7, True)
        assert row.next_at is not None and row.next_at.hour == 3  # 7:00 in Baku
    send(learner, "/account", timezone="UTC", rollover_hour="4")
    with app.app_context():
        next_at = db.session.scalars(select(Reminders.next_at)).one()
        assert next_at is not None and next_at.hour == 7
    send(learner, "/account/email", email="", password=PASSWORD)
    assert "add your e-mail address" in learner.get("/account/reminders").text


def test_the_calendar_has_reviews_exams_and_assignments(app: Flask) -> None:
    client, teacher_client = app.test_client(), app.test_client()
    today = StudyClock("Asia/Baku").day(datetime.now(UTC))
    due_at = datetime.combine(today + timedelta(days=5), time(20, 30), UTC)
    with app.app_context():
        session = db.session()
        school = open_school(session, 1)
        student = school.students[0]
        student.password_hash = school.teacher.password_hash = accounts.hash_password(PASSWORD, "x")
        student.timezone = "Asia/Baku"
        waiting = quiz(session, school, title="Quiz 1", due_at=due_at)
        same = {"question_ids": waiting.question_ids}
        take(session, student, quiz(session, school, title="Quiz 2", due_at=due_at, **same))
        quiz(session, school, title="No date", **same)
        session.add(Plan(learner_id=student.id, set_id=school.set_id, started_at=datetime.now(UTC)))
        session.execute(delete(Memory))  # what the quiz led to
        ids = facts(session)[:4]
        for fact_id in ids:
            remember(session, student, fact_id, stability=10.0)
        for fact_id, days in zip(ids, (-1, 3, 3, 20), strict=True):
            session.execute(
                update(Memory)
                .where(Memory.learner_id == student.id, Memory.fact_id == fact_id)
                .values(due_day=today + timedelta(days=days), last_day=today - timedelta(days=9))
            )
        session.commit()
        first = waiting.id
    log_in(client, "Student00")
    address = create_calendar(client)
    send(client, "/account/reminders", hour="18")
    in_three_days, exam = today + timedelta(days=3), today + timedelta(days=40)
    found = events(app.test_client(), address)  # nobody is logged in there
    assert set(found) == {f"review-{today}", f"review-{in_three_days}", f"assignment-{first}"}
    review = found[f"review-{in_three_days}"]
    assert review["summary"] == "2 facts are due" and review.decoded("duration") >= timedelta(minutes=1)
    assert review.decoded("dtstart") == datetime.combine(in_three_days, time(14), UTC)  # 18:00 in Baku
    assert found[f"review-{today}"]["summary"] == "1 fact is due"
    assert found[f"assignment-{first}"].decoded("dtstart") == due_at
    assert found[f"assignment-{first}"]["summary"] == "Due: Quiz 1"
    with app.app_context():
        db.session.execute(update(Plan).values(exam_day=exam))
        db.session.commit()
    with_exam = events(client, address)
    assert with_exam["exam-sample"].decoded("dtstart") == exam and isinstance(exam, date)
    log_in(teacher_client, "Leyla")
    assert events(client, create_calendar(teacher_client)) == {}


def test_a_calendar_is_fetched_again_only_if_it_changed(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    assert first.content_type == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, max-age=900"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Set-Cookie" not in first.headers


def test_an_address_can_be_changed_and_turned_off(client: FlaskClient, learner: FlaskClient, address: str) -> None:
    changed = create_calendar(learner)
    assert (client.get(address).status_code, client.get(changed).status_code) == (404, 200)
    send(learner, "/account/reminders/calendar/end")
    assert client.get(changed).status_code == 404
    assert "Create calendar address" in learner.get("/account/reminders").text


def test_calendars_are_neither_guessed_nor_fetched_without_end(
    app: Flask, client: FlaskClient, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "quizapp")
    for wrong in ("x", "x" * 43, "%00" * 43, "x" * 3000):
        assert client.get(f"/calendar/{wrong}.ics").status_code == 404
    for _ in range(ADDRESS_LIMIT - 3):
        client.get(f"/calendar/{'y' * 43}.ics")
    assert client.get(f"/calendar/{'y' * 43}.ics").status_code == 429
    assert client.get(address).status_code == 200  # calendar services fetch for many people
    for _ in range(reminders.MOST_FETCHES):
        answer = client.get(address)
    assert answer.status_code == 429
    assert address.removesuffix(".ics").rpartition("/")[2] not in caplog.text


def test_a_calendar_asks_little_of_the_database(
    app: Flask, client: FlaskClient, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "quizapp.requests")
    client.get(address)
    fields = caplog.records[-1].fields  # type: ignore[attr-defined]
    assert fields["route"] == "/calendar/<secret>.ics"
    assert fields["queries"] <= 14


def test_one_press_ends_e_mails_without_log_in(app: Flask, client: FlaskClient, learner: FlaskClient) -> None:
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        now = datetime.now(UTC)
        reminders.change_reminders(db.session(), user, hour=18, by_mail=True, shows_badge=False, now=now)
        link = f"/unsubscribe/{reminders.read_reminders(db.session(), user).unsubscribe_secret}"
        db.session.commit()

    def is_on() -> bool:
        with app.app_context():
            return db.session.scalars(select(Reminders.by_mail)).one()

    assert "Stop e-mail reminders" in client.get(link).text and is_on()  # programs open links too
    pressed = client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert pressed.status_code == 200 and "You won’t get any more" in pressed.text and not is_on()
    assert client.post(link).status_code == 200  # pressed twice
    assert client.post(f"/unsubscribe/{'x' * 43}").status_code == 404
