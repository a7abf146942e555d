"""Today offers to catch up after an absence."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from review_pages import start
from sqlalchemy import delete, select, update
from study import add_set, study_day

from quizapp.core.scheduling.scheduler import State
from quizapp.extensions import db
from quizapp.models import Memory, Plan, QuestionSet, User


@pytest.fixture
def backlog(app: Flask, client: FlaskClient) -> None:
    """Fifty facts that fell due nine days ago."""
    start(client)
    with app.app_context():
        session = db.session()
        learner = session.query(User).one()
        due = learner.clock.day(learner.created_at) - timedelta(days=9)
        session.execute(delete(Plan))
        for fact_id in add_set(session, learner, "lakes", 50):
            memory = {"state": State.REVIEW, "stability": 20.0, "difficulty": 5.0, "reps": 3, "lapses": 0, "version": 1}
            last = due - timedelta(days=20)
            session.add(Memory(learner_id=learner.id, fact_id=fact_id, last_day=last, due_day=due, **memory))
        session.commit()


def today(client: FlaskClient) -> str:
    return " ".join(client.get("/today").text.split())


@pytest.mark.usefixtures("backlog")
def test_it_works(client: FlaskClient) -> None:
    page = today(client)
    assert "50 facts are due. The oldest has been due for 9 days." in page
    assert "5 days: about 13 reviews a day, 3 minutes</option>" in page
    assert send(client, "/today/catch-up", days="5").location == "/today"
    page = today(client)
    assert "Catching up" in page and "37 facts due now can wait until later." in page
    assert "<dt>due</dt><dd>13</dd>" in page and "50 facts are due" not in page
    send(client, "/today/catch-up/stop")
    assert "<dt>due</dt><dd>50</dd>" in today(client)


@pytest.mark.usefixtures("backlog")
def test_sets_with_an_exam_follow_their_own_plan(app: Flask, client: FlaskClient) -> None:
    send(client, "/today/catch-up", days="5")
    send(client, "/start", set="sample")
    own_plan = "Sets with an exam follow their own plan."
    assert "Your reviews are spread evenly" in today(client) and own_plan not in today(client)
    for key, expected in (("sample", own_plan), ("lakes", "follow the plan for your exam, so they aren’t spread out.")):
        with app.app_context():
            its_id = select(QuestionSet.id).where(QuestionSet.key == key).scalar_subquery()
            its_plan = update(Plan).where(Plan.set_id == its_id)
            db.session.execute(its_plan.values(exam_day=study_day() + timedelta(days=9)))
            db.session.commit()
        assert expected in today(client)
    send(client, "/today/catch-up/stop")
    assert "50 facts are due" not in today(client)


@pytest.mark.usefixtures("backlog")
@pytest.mark.parametrize("days", ["", "6", "0", "9" * 50, "x"])
def test_only_the_numbers_of_days_on_offer_count(client: FlaskClient, days: str) -> None:
    assert send(client, "/today/catch-up", days=days).status_code == 400


def test_without_a_backlog_there_is_no_offer(client: FlaskClient) -> None:
    start(client)
    assert "Catch" not in today(client)
