"""The page of a plan and what today says of it, in a browser without JavaScript."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, send
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Fact, Memory, Plan, User

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = MONDAY_NOON.date()
DAY = timedelta(days=1)
PLAN = "/plans/sample"
FILLED = {
    "new_per_day": "7", "retention": "85", "other": "", "exam_day": "2026-03-25", "easy_days": ["5", "6"],
    "ceiling": "40",
}  # fmt: skip


class Clock:
    """What the site takes the time to be."""

    at = MONDAY_NOON

    def __call__(self, tz: tzinfo) -> datetime:
        return self.at.astimezone(tz)


@pytest.fixture
def clock(app: Flask) -> Clock:
    app.config["CLOCK"] = Clock()
    return app.config["CLOCK"]  # type: ignore[no-any-return]


@pytest.fixture
def client(app: Flask, clock: Clock) -> FlaskClient:
    """Somebody who studies the sample set."""
    client = app.test_client()
    send(client, "/start", timezone="UTC")
    return client


@contextmanager
def stored(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()
        db.session.commit()


def save(client: FlaskClient, **fields: Any) -> TestResponse:
    return send(client, PLAN, **{**FILLED, **fields})


def plan_of(app: Flask) -> tuple[Any, ...]:
    with stored(app) as session:
        plan = session.scalars(select(Plan)).one()
        exam = plan.exam_day and plan.exam_day.isoformat()
        return plan.new_per_day, plan.desired_retention, exam, plan.easy_days, plan.ceiling, plan.paused


def remember(app: Flask, *, stability: float, due: int = 0, facts: int = 1) -> None:
    """Let the learner remember so many facts, due in so many days."""
    with stored(app) as session:
        learner = session.scalars(select(User)).one()
        for fact_id in session.scalars(select(Fact.id).order_by(Fact.position).limit(facts)):
            memory = {"version": 1, "state": 2, "stability": stability, "difficulty": 5.0, "reps": 4, "lapses": 0}
            memory |= {"last_day": TODAY - 10 * DAY, "due_day": TODAY + due * DAY}
            session.add(Memory(learner_id=learner.id, fact_id=fact_id, **memory))


def words(page: TestResponse) -> str:
    """The text of a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.mark.both_databases
def test_it_works(app: Flask, client: FlaskClient) -> None:
    saved = save(client)
    assert (saved.status_code, saved.location) == (303, PLAN)
    assert plan_of(app) == (7, 0.85, "2026-03-25", "56", 40, False)
    page = words(client.get(PLAN))
    assert "Plan saved." in page and "Exam in 23 days, on 25 March 2026" in page
    assert "expected score" in page and "if you stop now" in page and "new facts 3" in page


def test_the_page_shows_the_plan_as_it_is(client: FlaskClient) -> None:
    save(client)
    page = client.get(PLAN).text
    assert re.search(r'name="new_per_day"[^>]*value="7"', page)
    assert re.search(r'checked[^>]*name="retention"[^>]*value="85"', page)
    assert re.search(r'name="exam_day"[^>]*value="2026-03-25"', page)
    assert re.findall(r'checked[^>]*name="easy_days"[^>]*value="(\d)"', page) == ["5", "6"]
    assert re.search(r'name="ceiling"[^>]*value="40"', page)
    assert not re.search(r'checked[^>]*name="paused"', page)


def test_each_target_is_shown_with_its_work(client: FlaskClient) -> None:
    page = words(client.get(PLAN))
    work = r"(?:about \d+ reviews? a day, (?:\d+ minutes?|under a minute)|less than one review a day)"
    assert re.findall(rf"(\d\d)% {work}", page) == ["80", "85", "90", "95"]


def test_another_percentage_will_do_too(app: Flask, client: FlaskClient) -> None:
    save(client, retention="other", other="87")
    assert plan_of(app)[1] == 0.87
    page = client.get(PLAN)
    assert re.search(r'checked[^>]*name="retention"[^>]*value="other"', page.text)
    assert re.search(r'name="other"[^>]*value="87"', page.text)
    assert "87% (current): about" in words(page)


def test_what_stands_beside_a_listed_percentage_is_not_read(app: Flask, client: FlaskClient) -> None:
    assert save(client, other="twelve").status_code == 303
    assert plan_of(app)[1] == 0.85


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"new_per_day": "-1"}, "Type a whole number from 0 to 200."),
        ({"new_per_day": "201"}, "Type a whole number from 0 to 200."),
        ({"new_per_day": "ten"}, "Type a whole number from 0 to 200."),
        ({"new_per_day": ""}, "Type a whole number from 0 to 200."),
        ({"retention": "other", "other": "69"}, "Type a whole number from 70 to 97."),
        ({"retention": "other", "other": "98"}, "Type a whole number from 70 to 97."),
        ({"retention": "other", "other": ""}, "Type a whole number from 70 to 97."),
        ({"exam_day": "2026-03-01"}, "That day is in the past."),
        ({"exam_day": "2036-03-01"}, "more than five years away"),
        ({"exam_day": "next week"}, "Type a date as year-month-day"),
        ({"exam_day": "2026-02-30"}, "Type a date as year-month-day"),
        ({"easy_days": [str(day) for day in range(7)]}, "Leave at least one day to study."),
        ({"easy_days": ["7"]}, "Tick days of the week."),
        ({"easy_days": ["someday"]}, "Tick days of the week."),
        ({"ceiling": "0"}, "Type a whole number from 1 to 9999"),
        ({"ceiling": "lots"}, "Type a whole number from 1 to 9999"),
    ],
)
def test_what_will_not_do_is_said_at_its_field(
    app: Flask, client: FlaskClient, fields: dict[str, Any], message: str
) -> None:
    before = plan_of(app)
    refused = save(client, **fields)
    assert refused.status_code == 422
    said = re.findall(r'<p class="field__error" id="(\w+)-error">([^<]*)</p>', refused.text)
    field, told = said[0]
    assert len(said) == 1 and field in fields and unescape(told).count(message) == 1
    assert f"{field}-error" in " ".join(re.findall(r'aria-describedby="([^"]*)"', refused.text))
    assert plan_of(app) == before


def test_what_was_typed_is_kept(client: FlaskClient) -> None:
    page = save(client, new_per_day="ten", retention="other", other="99", ceiling="12").text
    assert re.search(r'name="new_per_day"[^>]*value="ten"', page)
    assert re.search(r'name="other"[^>]*value="99"', page) and re.search(r'name="ceiling"[^>]*value="12"', page)
    assert re.search(r'name="exam_day"[^>]*value="2026-03-25"', page)
    assert re.findall(r'checked[^>]*name="easy_days"[^>]*value="(\d)"', page) == ["5", "6"]


@pytest.mark.parametrize("missing", ["new_per_day", "retention"])
def test_a_form_without_a_field_changes_nothing(app: Flask, client: FlaskClient, missing: str) -> None:
    before = plan_of(app)
    assert send(client, PLAN, **{k: v for k, v in FILLED.items() if k != missing}).status_code == 422
    assert plan_of(app) == before


# Taking a change back


def press_back(client: FlaskClient) -> TestResponse:
    page = client.get(PLAN).text
    form = re.search(r'<form class="plan-back".*?</form>', page, re.S)
    assert form, page
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[0]):
        fields.setdefault(name, []).append(unescape(value))
    return client.post(PLAN, data=fields)


@pytest.mark.parametrize("first", [{}, {"paused": "y", "retention": "other", "other": "77", "ceiling": ""}])
def test_one_press_takes_a_change_back(app: Flask, client: FlaskClient, first: dict[str, str]) -> None:
    save(client, **first)
    before = plan_of(app)
    save(client, new_per_day="1", retention="95", exam_day="", easy_days=[], ceiling="5")
    assert plan_of(app) == (1, 0.95, None, "", 5, False)
    assert press_back(client).status_code == 303
    assert plan_of(app) == before
    press_back(client)  # and forth again
    assert plan_of(app) == (1, 0.95, None, "", 5, False)


def test_only_a_change_just_made_can_be_taken_back(client: FlaskClient) -> None:
    assert "Undo change" not in client.get(PLAN).text
    save(client)
    assert "Undo change" in client.get(PLAN).text
    assert "Undo change" not in client.get(PLAN).text


# Today


def test_today_counts_down_to_the_exam(client: FlaskClient, clock: Clock) -> None:
    save(client)
    assert re.search(
        r"Exam in 23 days\. Expected score: \d+%\. If you stop now: \d+%\. 1 new fact a day, about 1 minute\. "
        r"You’ll have studied all the facts by \d+ March 2026\.",
        words(client.get("/today")),
    )
    clock.at = MONDAY_NOON + 22 * DAY
    assert "Exam tomorrow." in words(client.get("/today"))
    clock.at = MONDAY_NOON + 23 * DAY
    assert re.search(r"Exam today\. Expected score: \d+%\.", words(client.get("/today")))
    assert "Nothing to review today." in words(client.get(PLAN))


def test_facts_that_will_not_be_met_are_counted(client: FlaskClient) -> None:
    save(client, exam_pace="1", exam_day="2026-03-04", easy_days=[])
    for page in ("/today", PLAN):
        assert "1 new fact a day, about 1 minute. 1 fact won’t fit in before the exam." in words(client.get(page))


def test_the_forecast_follows_what_is_typed_and_nothing_is_saved(app: Flask, client: FlaskClient) -> None:
    save(client)
    before = plan_of(app)
    shown = send(client, f"{PLAN}/preview", **FILLED | {"exam_day": "2026-03-05", "easy_days": []})
    assert shown.status_code == 200 and plan_of(app) == before
    assert "2 new facts a day, about 1 minute. You’ll have studied all the facts by 3 March 2026." in words(shown)
    assert 'value="2026-03-05"' in shown.text
    wrong = send(client, f"{PLAN}/preview", **FILLED | {"exam_minutes": "x"})
    assert wrong.status_code == 422 and "Type a whole number from 1 to 600." in words(wrong)


def test_a_day_before_the_exam_is_planned_when_its_first_question_is_wanted(app: Flask, client: FlaskClient) -> None:
    save(client, exam_pace="2", easy_days=[])
    assert "2 new" in words(client.get("/today")) or "new 2" in words(client.get("/today"))
    assert client.get("/review").status_code == 200
    with stored(app) as session:
        plan = session.scalars(select(Plan)).one()
        assert (plan.planned_on, plan.planned_new) == (TODAY, 2)


def test_after_the_exam_the_plan_returns_to_long_term_study(app: Flask, client: FlaskClient, clock: Clock) -> None:
    remember(app, stability=100.0, due=80)
    save(client)
    client.get("/review")
    clock.at = MONDAY_NOON + 24 * DAY
    for page in ("/today", PLAN):
        assert "Your exam" not in words(client.get(page))
    client.get("/review")
    with stored(app) as session:
        assert (session.scalars(select(Memory.due_day)).one() or TODAY) > TODAY + 60 * DAY
    assert plan_of(app)[2] is None


@pytest.mark.parametrize("page", ["/today", "/"])
def test_the_day_after_the_exam_shows_what_is_then_due(
    app: Flask, client: FlaskClient, clock: Clock, page: str
) -> None:
    remember(app, stability=3.0, facts=2)
    save(client, exam_day="2026-03-04", easy_days=[], ceiling="", new_per_day="0")
    clock.at = MONDAY_NOON + 3 * DAY
    assert "2 due" in words(client.get(page)) or "due 2" in words(client.get(page))
    assert plan_of(app)[2] is None


def test_the_recap_on_the_exam_day_counts_what_is_due_after_it(app: Flask, client: FlaskClient, clock: Clock) -> None:
    remember(app, stability=3.0, facts=2)
    save(client, exam_day="2026-03-04", easy_days=[], ceiling="", new_per_day="0")
    clock.at = MONDAY_NOON + 2 * DAY
    assert "2 facts are due tomorrow, about " in words(client.get("/review"))


def test_the_forecast_of_a_saved_exam_is_shown_once(client: FlaskClient) -> None:
    save(client)
    page = words(client.get(PLAN))
    assert page.count("You’ll have studied all the facts") == 1 and "Applies after the exam." in page
    save(client, exam_day="")
    assert "Applies after the exam." not in words(client.get(PLAN))


def test_without_an_exam_it_says_when_all_facts_will_have_been_met_while_one_types(client: FlaskClient) -> None:
    save(client, exam_day="", new_per_day="1", easy_days=[])
    assert "At this pace, you’ll have studied all 3 facts by 4 March 2026." in words(client.get(PLAN))

    def preview(htmx: bool = True, **fields: str) -> str:
        headers = {"HX-Request": "true"} if htmx else {}
        data = FILLED | {"exam_day": "", "easy_days": [], "csrf_token": security_token(client)} | fields
        return words(client.post(f"{PLAN}/preview", data=data, headers=headers))

    for htmx in (True, False):
        assert "you’ll have studied all 3 facts by 2 March 2026." in preview(htmx, new_per_day="3")
        assert "At this pace, you won’t get through all the facts." in preview(htmx, new_per_day="0")
        assert "Type a whole number from 0 to 200." in preview(htmx, new_per_day="x")
    assert "At this pace" not in preview(exam_day="2026-03-20")


def test_enter_in_a_field_saves_the_plan(client: FlaskClient) -> None:
    """The first button of a form is the one that Enter presses."""
    form = re.search(r'<form class="form plan-form".*?</form>', client.get(PLAN).text, re.S)
    assert form and "formaction" not in re.findall(r"<button[^>]*>", form[0])[0]


def test_without_javascript_the_forecast_is_where_the_page_opens(client: FlaskClient) -> None:
    page = client.get(PLAN).text
    assert f'formaction="{PLAN}/preview#exam-forecast"' in page and 'id="exam-forecast"' in page


def test_a_paused_set_promises_no_study_before_its_exam(client: FlaskClient) -> None:
    save(client, paused="y")
    page = words(client.get(PLAN))
    assert (
        "expected score" in page
        and "a day, about" not in page
        and "minutes a day" not in page.split("Desired retention")[0]
    )


def test_a_paused_set_is_resumed_from_today(app: Flask, client: FlaskClient) -> None:
    save(client, paused="y")
    today = words(client.get("/today"))
    assert "All your sets are paused." in today and "Start" not in today
    assert client.get("/review").status_code == 200 and 'class="answer"' not in client.get("/review").text
    assert "Resume set" in today and "This set is paused" in words(client.get(PLAN))
    resumed = send(client, f"{PLAN}/resume")
    assert (resumed.status_code, resumed.location) == (303, "/today")
    assert "Start" in words(client.get("/today")) and plan_of(app) == (7, 0.85, "2026-03-25", "56", 40, False)


def test_today_says_what_the_ceiling_leaves(app: Flask, client: FlaskClient) -> None:
    remember(app, stability=9.0, facts=3)
    save(client, ceiling="1", exam_day="", retention="95")
    assert "2 more facts are due. Your daily limit leaves them for another day." in words(client.get("/today"))
    save(client, ceiling="2", exam_day="", retention="95")
    assert "1 more fact is due. Your daily limit leaves it for another day." in words(client.get("/today"))


def test_today_says_that_it_is_an_easy_day(client: FlaskClient) -> None:
    save(client, easy_days=["0"])
    assert "Easy day: no new facts today." in words(client.get("/today"))


def test_today_leads_to_the_plan(client: FlaskClient) -> None:
    assert f'href="{PLAN}"' in client.get("/today").text


def test_without_a_set_today_says_what_to_do(app: Flask, clock: Clock) -> None:
    newcomer = app.test_client()
    send(newcomer, "/start", timezone="UTC")
    with stored(app) as session:
        session.delete(session.scalars(select(Plan)).one())
    page = newcomer.get("/today")
    assert "You aren’t studying a set yet." in words(page) and "Start studying" in page.text


# Another's


@pytest.mark.parametrize("key", ["sample", "no-such-set"])
def test_a_plan_that_is_not_ones_own_is_not_found(app: Flask, client: FlaskClient, key: str) -> None:
    save(client)
    before = plan_of(app)
    stranger = app.test_client()
    send(stranger, "/start", timezone="UTC")
    with stored(app) as session:
        session.delete(session.scalars(select(Plan).order_by(Plan.learner_id.desc())).first())
    assert stranger.get(f"/plans/{key}").status_code == 404
    for fields in (FILLED, {**FILLED, "new_per_day": "ten"}):
        assert send(stranger, f"/plans/{key}", **fields).status_code == 404
    assert send(stranger, f"/plans/{key}/resume").status_code == 404
    assert send(stranger, f"/plans/{key}/preview", **FILLED).status_code == 404
    assert plan_of(app) == before


def test_without_a_token_nothing_changes(app: Flask, client: FlaskClient) -> None:
    before = plan_of(app)
    for path in (PLAN, f"{PLAN}/resume", f"{PLAN}/preview"):
        assert client.post(path, data=FILLED).status_code == 400
    assert plan_of(app) == before
