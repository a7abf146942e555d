"""Overriding verdicts on typed answers in quizzes and practice, without JavaScript; and how often, for authors."""

import re

import pytest
from editor import Author
from flask import Flask
from flask.testing import FlaskClient
from people import send
from quiz_pages import answer, arrive, make, position_of, stop_clock, text
from sqlalchemy import select
from study import NOON

from quizapp.extensions import db
from quizapp.models import Plan, Question, QuestionVersion, Review
from quizapp.services import accounts, overrides
from quizapp.services.review import answers

KINDS = ["number", "date", "typed"]
RIGHT, WRONG = "I was right", "I was wrong"


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> FlaskClient:
    stop_clock(app)
    return arrive(app, client, KINDS)


def begin_practice(client: FlaskClient) -> str:
    return send(client, "/practice", set="sample", about="topic:dates", size="20").location


def begin_quiz(client: FlaskClient) -> str:
    return make(client, size="50", feedback="at-once")


def press(client: FlaskClient, address: str, label: str) -> str:
    """Press a button of an answer; returns where that leads."""
    page = client.get(address).text
    form = re.search(rf'<form class="action"[^>]*action="([^"]+)"[^>]*>(?:(?!</form>).)*?>{label}</button>', page, re.S)
    assert form, page
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    location: str = client.post(form[1], data=fields).location
    return location


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("begin", [begin_practice, begin_quiz])
def test_it_works(app: Flask, learner: FlaskClient, begin, kind: str) -> None:
    attempt = begin(learner)
    position = position_of(app, attempt, kind)
    address = f"{attempt}/{position}"
    answer(learner, attempt, position, text="1")
    refused = learner.get(address).text
    assert WRONG not in refused and 'hx-target="#review"' in refused
    assert press(learner, address, RIGHT) == address
    shown = text(learner.get(address).text)
    assert "Right, marked by you" in shown and "is wrong." not in shown
    assert press(learner, address, WRONG) == address
    assert "marked by you" not in learner.get(address).text


def test_the_schedule_follows_where_the_set_is_not_studied(app: Flask, learner: FlaskClient) -> None:
    with app.app_context():
        for plan in db.session.scalars(select(Plan)):
            db.session.delete(plan)
        db.session.commit()
    attempt = begin_quiz(learner)
    position = position_of(app, attempt, "number")
    answer(learner, attempt, position, text="1")
    press(learner, f"{attempt}/{position}", RIGHT)
    with app.app_context():
        review = db.session.scalars(select(Review).where(Review.undone_at.is_(None))).one()
        assert review.overridden and review.verdict == "right"


def test_a_result_counts_what_was_overridden(app: Flask, learner: FlaskClient) -> None:
    attempt = make(learner, size="50", kinds="number")
    answer(learner, attempt, 1, text="13")
    send(learner, f"{attempt}/hand-in")
    result = f"{attempt}/result"
    assert "0 of 1 mark" in text(learner.get(result).text)
    assert press(learner, result, RIGHT) == f"{result}#question-1"
    page = text(learner.get(result).text)
    assert "1 of 1 mark" in page and "Right, marked by you" in page
    press(learner, result, WRONG)
    assert "0 of 1 mark" in text(learner.get(result).text)


def test_what_was_not_answered_offers_nothing(app: Flask, learner: FlaskClient) -> None:
    attempt = begin_quiz(learner)
    position = position_of(app, attempt, "number")
    answer(learner, attempt, position)  # I don't know
    page = learner.get(f"{attempt}/{position}").text
    assert RIGHT not in page and WRONG not in page
    assert send(learner, f"{attempt}/{position}/override", right="1").status_code == 404


# For the authors of a set


@pytest.fixture
def author(app: Flask) -> Author:
    """An author of a set of lakes, to whose question about the Nile learners gave answers that they called right."""
    author = Author(app)
    with app.app_context():
        session = db.session()
        question_id = author.question_id("nile-source-typed")
        version = session.scalars(select(QuestionVersion).where(QuestionVersion.question_id == question_id)).one()
        fact_id = session.get_one(Question, question_id).fact_id
        for typed in ["<i>Captain</i> & Co"] * 3 + ["Burton", "Baker"]:
            learner = accounts.create_guest(session, timezone="UTC", now=NOON)
            session.add(Plan(learner_id=learner.id, set_id=author.set_id, started_at=NOON))
            session.flush()
            given = answers.SubmittedAnswer(fact_id, version.id, 0, {"text": typed})
            review_id = answers.record_answer(session, learner, given, now=NOON).review_id
            if typed != "Baker":
                overrides.override_review(session, learner, review_id, now=NOON)
        session.commit()
    return author


@pytest.mark.parametrize("page", ["overrides", "questions/{}"])
def test_authors_see_how_often_and_on_what(author: Author, page: str) -> None:
    question_id = author.question_id("nile-source-typed")
    html = author.get(page.format(question_id))
    shown = text(html)
    assert "5 typed answers: 5 marked wrong, 4 disputed with “I was right” (80.0%)." in shown
    assert "<i>Captain</i> & Co 3 times Burton" in shown and "Baker" not in shown
    assert "<i>Captain" not in html
    assert page != "overrides" or f'href="{author.path(f"questions/{question_id}")}"' in html


def test_a_question_with_few_answers_is_not_listed(author: Author, app: Flask) -> None:
    with app.app_context():
        for review in db.session.scalars(select(Review).where(Review.verdict == "wrong", Review.undone_at.is_(None))):
            review.undone_at = NOON
        db.session.commit()
    assert "None yet. A question is listed once" in text(author.get("overrides"))
    assert "Disputed answers" not in author.get(f"questions/{author.question_id('nile-source-typed')}")
