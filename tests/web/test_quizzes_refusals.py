"""What quizzes refuse: each time with a page that says so, and nothing has changed."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from quiz_pages import answer, arrive, heading, make, stop_clock, stored, the_quiz
from sqlalchemy import func, select

from quizapp.extensions import db
from quizapp.models import DayCount, Review


@pytest.fixture
def clock(app: Flask) -> dict[str, datetime]:
    return stop_clock(app)


@pytest.fixture
def learner(app: Flask, clock: dict[str, datetime], client: FlaskClient) -> FlaskClient:
    return arrive(app, client)


# What does not belong


def test_an_answer_after_handing_in_changes_nothing_and_is_shown(app: Flask, learner: FlaskClient) -> None:
    address = make(learner)
    answer(learner, address, 1)
    send(learner, f"{address}/hand-in")
    before = stored(app)
    assert "Your last answer doesn’t count" in learner.get(answer(learner, address, 2).location).text
    assert stored(app) == before


def test_handing_in_twice_counts_once(app: Flask, learner: FlaskClient) -> None:
    address = make(learner)
    answer(learner, address, 1)
    first, second = (send(learner, f"{address}/hand-in") for _ in range(2))
    assert first.location == second.location == f"{address}/result"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Review)) == 1
        assert db.session.scalars(select(DayCount.answers)).one() == 1


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        ("true_false", {"picked": "perhaps"}, 400),
        ("true_false", {"text": "True"}, 400),
        ("typed", {"picked": "0"}, 400),
        ("typed", {"text": "x" * 5000}, 400),
        ("typed", {"text": "x" * 1_000_000}, 413),
    ],
)
def test_what_is_no_answer_gets_a_page_and_changes_nothing(
    app: Flask, learner: FlaskClient, kind: str, fields: dict[str, str], status: int
) -> None:
    address = make(learner, kinds=kind)
    before = stored(app)
    page = answer(learner, address, 1, **fields)
    assert page.status_code == status
    assert heading(page.text)
    assert stored(app) == before


def test_a_choice_that_is_not_there_gets_a_page_and_changes_nothing(app: Flask, learner: FlaskClient) -> None:
    address = make(learner, kinds="choice")
    before = stored(app)
    for picked in ("4", "99", "-1", "zero"):
        assert answer(learner, address, 1, picked=picked).status_code == 400
    assert stored(app) == before


def test_without_the_security_token_nothing_is_saved(app: Flask, learner: FlaskClient) -> None:
    address = make(learner)
    before = stored(app)
    assert learner.post(f"{address}/1", data={"give-up": "1"}).status_code == 400
    assert learner.post(f"{address}/hand-in").status_code == 400
    assert stored(app) == before


@pytest.mark.both_databases
def test_there_is_nothing_where_no_question_is(learner: FlaskClient) -> None:
    address = make(learner, size="3")
    for path in (f"{address}/0", f"{address}/4", f"{address}9/1", f"{address}9/result", f"{address}9"):
        assert learner.get(path).status_code == 404, path


def test_a_stranger_finds_nothing_and_changes_nothing(app: Flask, learner: FlaskClient) -> None:
    address = make(learner)
    answer(learner, address, 1)
    before = stored(app)
    stranger = app.test_client()
    send(stranger, "/start", timezone="UTC")
    for path in (address, f"{address}/1", f"{address}/hand-in", f"{address}/result"):
        assert stranger.get(path).status_code == 404, path
    quiz = the_quiz(app)
    for path in (f"{address}/1", f"{address}/hand-in", f"{address}/review", f"{quiz}/begin", f"{quiz}/archive"):
        assert send(stranger, path).status_code == 404, path
    assert stored(app) == before
