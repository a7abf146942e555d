"""The pages of a placement test."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from practice_pages import arrive, text_of
from sqlalchemy import select

from quizapp.core.scheduling.scheduler import State
from quizapp.extensions import db
from quizapp.models import Memory, QuestionVersion, Response


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What hangs on the database is tested with the services."""
    return sqlite_url


def begin(client: FlaskClient) -> str:
    """Begin a placement test in the sample set; return its address."""
    location: str = send(client, "/plans/sample/placement").location
    return location


def answer_rightly(app: Flask, client: FlaskClient, test: str, position: int) -> str:
    """Answer a question rightly; return the address that follows."""
    with app.app_context():
        body = db.session.scalars(
            select(QuestionVersion.body)
            .join(Response, Response.question_version_id == QuestionVersion.id)
            .where(Response.position == position)
        ).one()
    posted = {"rating": "good"} if body["kind"] == "flashcard" else {"text": body["answer"]}
    location: str = send(client, f"{test}/{position}", ms="900", **posted).location
    return location


def learned(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Memory).where(Memory.state == State.REVIEW)).all())


def test_it_works(client: FlaskClient, app: Flask) -> None:
    arrive(app, client, "learner")
    assert "Already know some of this? Take a placement test" in text_of(client, "/today")
    assert "/plans/sample/placement" in client.get("/plans/sample").text
    assert "3 questions about facts you haven’t studied" in text_of(client, "/plans/sample/placement")

    test = begin(client)
    assert client.get(test).location == f"{test}/1"
    assert answer_rightly(app, client, test, 1) == f"{test}/2"
    assert "Continue the placement test" in text_of(client, "/today")
    assert "You have answered 1 of 3 questions." in text_of(client, "/plans/sample/placement")
    assert answer_rightly(app, client, test, 2) == f"{test}/3"
    assert "1 of 3 questions is not answered. Facts whose questions you didn’t answer stay new" in text_of(
        client, f"{test}/hand-in"
    )
    assert learned(app) == 0

    page = client.get(send(client, f"{test}/hand-in").location)
    assert "2 of 3 facts marked as known." in text_of(client, page.request.path)
    assert learned(app) == 2
    assert "placement test" not in text_of(client, "/today")

    undo = re.search(r'action="(/review/events/\d+/undo)"', page.text)
    assert undo
    back = send(client, undo[1], next=page.request.path).location
    assert "Undone. None of these facts are marked as known." in text_of(client, back)
    assert learned(app) == 0
    assert "/undo" not in client.get(back).text


def test_it_can_be_discarded(client: FlaskClient, app: Flask) -> None:
    arrive(app, client, "learner")
    test = begin(client)
    answer_rightly(app, client, test, 1)
    assert "Placement test discarded." in text_of(client, send(client, f"{test}/discard").location)
    assert client.get(test).status_code == 404
    assert learned(app) == 0


def test_an_outsider_sees_nothing_of_it(client: FlaskClient, app: Flask) -> None:
    arrive(app, client, "learner")
    test = begin(client)
    other = app.test_client()
    arrive(app, other, "other", studies=False)
    assert other.get("/plans/sample/placement").status_code == 404
    assert send(other, "/plans/sample/placement").status_code == 404
    assert other.get(test).status_code == 404
    assert send(other, f"{test}/discard").status_code == 404


def test_where_nothing_is_left_it_says_so(client: FlaskClient, app: Flask) -> None:
    arrive(app, client, "learner")
    test = begin(client)
    for position in (1, 2, 3):
        answer_rightly(app, client, test, position)
    send(client, f"{test}/hand-in")
    assert "3 of 3 facts marked as known." in text_of(client, f"{test}/result")
    assert begin(client) == "/plans/sample/placement"
    assert "There is nothing to test." in text_of(client, "/plans/sample/placement")
