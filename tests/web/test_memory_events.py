"""Saying "I know this", resetting progress, and undoing both, as pages."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sqlalchemy import select

from quizapp.core.scheduling.scheduler import State
from quizapp.extensions import db
from quizapp.models import Fact, Memory


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What hangs on the database is tested with the services."""
    return sqlite_url


def states(app: Flask) -> list[State]:
    with app.app_context():
        return [State(state) for state in db.session.scalars(select(Memory.state).order_by(Memory.fact_id))]


def start(client: FlaskClient) -> str:
    """Begin to study the sample set; give the first question."""
    assert send(client, "/start").status_code == 303
    return client.get("/review").text


def answer(client: FlaskClient, page: str, **posted: str) -> str:
    """Answer the question on a page; give the feedback."""
    fields = dict(re.findall(r'name="(seen|question)" value="(\d+)"', page))
    return client.get(send(client, f"/review/{fact_on(page)}", **fields, **posted).location).text


def fact_on(page: str) -> str:
    found = re.search(r"/review/(\d+)/known", page)
    assert found, "no “I know this”"
    return found[1]


def undo(client: FlaskClient, page: str) -> str:
    found = re.search(r'action="(/review/events/\d+/undo)"', page)
    assert found, "no “Undo”"
    return client.get(send(client, found[1]).location).text


def test_a_new_fact_can_be_marked_as_known(client: FlaskClient, app: Flask) -> None:
    page = start(client)
    fact = fact_on(page)
    marked = client.get(send(client, f"/review/{fact}/known").location).text
    assert "Marked as known. You’ll review it later to check." in marked
    assert fact_on(marked) != fact
    assert states(app) == [State.REVIEW]
    with app.app_context():
        key = db.session.get_one(Fact, int(fact)).key
    assert "Learned" in client.get(f"/explore/sample/facts/{key}").text
    assert client.get(f"/progress/facts/sample/{key}").status_code == 200
    assert "Undone." in undo(client, marked)
    assert states(app) == [State.NEW]


def test_the_feedback_on_a_right_first_answer_offers_it_too(app: Flask) -> None:
    seen = set()
    for picked in "012":
        visitor = app.test_client()
        feedback = answer(visitor, start(visitor), picked=picked)
        seen.add(is_right := "verdict--right" in feedback)
        assert (">I know this</button>" in feedback) is is_right
    assert seen == {True, False}


def test_progress_on_a_fact_and_on_a_set_can_be_reset(client: FlaskClient, app: Flask) -> None:
    page = start(client)
    fact = fact_on(page)
    answer(client, page, picked="0")
    with app.app_context():
        shown = f"/explore/sample/facts/{db.session.get_one(Fact, int(fact)).key}"
    assert "Reset progress" in client.get(shown).text
    reset = client.get(send(client, f"/review/{fact}/reset", next=shown).location).text
    assert "Progress reset. The fact is new again." in reset
    assert states(app) == [State.NEW]
    undo(client, reset)
    assert states(app) == [State.LEARNING]

    assert "/plans/sample/reset" in client.get("/plans/sample").text
    assert "You have studied 1 fact in this set." in client.get("/plans/sample/reset").text
    done = client.get(send(client, "/plans/sample/reset").location).text
    assert "Progress reset. 1 fact is new again." in done
    assert states(app) == [State.NEW]
    assert "nothing to reset" in client.get("/plans/sample/reset").text
    undo(client, done)
    assert states(app) == [State.LEARNING]


def test_one_who_does_not_study_the_set_is_offered_nothing(client: FlaskClient, app: Flask) -> None:
    send(client, "/signup", name="Reader", password="long enough word", repeated="long enough word")
    page = client.get("/explore/sample/facts/nile-date").text
    assert "I know this" not in page and "stop asking me this" not in page
