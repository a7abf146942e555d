"""Essays on their pages, without JavaScript: in a review, in a quiz, in practice, and marked by a teacher."""

import re
from datetime import datetime
from html import unescape

import pytest
from assignments import School, begin, open_school, question_ids, quiz
from attempts import add_facts, give, hand_in
from flask import Flask, g
from flask.testing import FlaskClient
from log_ins import open_session
from people import send
from quiz_pages import answer, make, stop_clock, text
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.extensions import db
from quizapp.models import Assignment, Attempt, Fact, Review, User
from quizapp.models import Response as ResponseRow

TEXT = "It slows.\r\nThen it drops <b>sand</b>."


@pytest.fixture
def clock(app: Flask) -> dict[str, datetime]:
    return stop_clock(app)


@pytest.fixture
def learner(app: Flask, clock: dict[str, datetime], client: FlaskClient) -> FlaskClient:
    with app.app_context():
        add_facts(db.session(), ["essay"] * 2)
    send(client, "/start", timezone="UTC")
    return client


def want_essays(client: FlaskClient) -> None:
    settings = {"timezone": "UTC", "rollover_hour": "4", "asks_essays": "y"}
    assert send(client, "/account", **settings).status_code == 303


# In a review


def test_it_works(app: Flask, learner: FlaskClient) -> None:
    assert 'name="asks_essays" type="checkbox"' in learner.get("/account").text
    want_essays(learner)
    assert re.search(r'<input[^>]* checked [^>]*name="asks_essays"', learner.get("/account").text)
    with app.app_context():
        fact_id = db.session.scalars(select(Fact.id).where(Fact.key == "dates-100")).one()
    page = learner.get(f"/review?fact={fact_id}").text
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form and 'name="essay"' in form[2] and 'maxlength="10000"' in form[2]
    revealed = re.search(r"<details.*?</details>", form[2], re.S)
    assert revealed and "The <em>Ob</em>." in revealed[0] and "The river" in revealed[0]
    assert "The <em>Ob</em>." not in form[2].replace(revealed[0], "")
    hidden = dict(re.findall(r'name="(seen|question)" value="([^"]*)"', form[2]))
    done = send(learner, form[1], **hidden, essay=TEXT, **{"point-0": "1"}, rating="hard")
    assert done.location == "/review"
    with app.app_context():
        review = db.session.scalars(select(Review)).one()
        assert review.response["text"] == TEXT.replace("\r\n", "\n")
        assert (review.response["points"], review.response["rating"]) == ([0], "hard")
    assert "It slows." in learner.get("/progress/facts/sample/dates-100").text


@pytest.mark.parametrize("posted", [{"essay": "x" * 10_001, "rating": "good"}, {"essay": "x"}])
def test_what_cannot_be_graded_is_refused(app: Flask, learner: FlaskClient, posted: dict[str, str]) -> None:
    want_essays(learner)
    with app.app_context():
        fact_id = db.session.scalars(select(Fact.id).where(Fact.key == "dates-100")).one()
    page = learner.get(f"/review?fact={fact_id}").text
    hidden = dict(re.findall(r'name="(seen|question)" value="([^"]*)"', page))
    assert send(learner, f"/review/{fact_id}", **hidden, **posted).status_code == 400


# In a quiz of one's own


def essay_quiz(client: FlaskClient, **fields: object) -> str:
    return make(client, kinds="essay", **fields)


def test_the_learner_marks_it_on_the_result(app: Flask, learner: FlaskClient) -> None:
    assert "Essay (2)" in learner.get("/quizzes/new").text
    address = essay_quiz(learner)
    page = learner.get(f"{address}/1").text
    assert "The <em>Ob</em>" not in page and "The river" not in page
    answer(learner, address, 1, essay=TEXT)
    assert "Then it drops &lt;b&gt;sand&lt;/b&gt;." in learner.get(f"{address}/1").text
    send(learner, f"{address}/hand-in")
    page = learner.get(f"{address}/result").text
    assert "0 of 2 marks, 0%. 0 right, 1 not right, 1 waiting to be marked." in text(page)
    assert "Waiting to be marked" in page and page.count('class="marking"') == 1
    assert "0 of 2, 1 waiting to be marked" in text(learner.get("/quizzes").text)
    assert learner.get(f"{address}/result?only=wrong").text.count('class="marked"') == 1
    done = send(learner, f"{address}/1/mark", **{"mark": "0,5", "point-1": "1"})
    assert done.location == f"{address}/result#question-1"
    page = learner.get(f"{address}/result").text
    assert "0.5 of 2 marks, 25%. 1 right, 1 not right." in text(page)
    assert "Change mark" in page and re.search(r'name="point-1" value="1" checked', page)


@pytest.mark.parametrize(("mark", "why"), [("", "from 0 to 1"), ("1.5", "highest mark"), ("0.333", "steps of 0.05")])
def test_a_bad_mark_stays_and_says_what_is_wrong(app: Flask, learner: FlaskClient, mark: str, why: str) -> None:
    address = essay_quiz(learner)
    answer(learner, address, 1, essay=TEXT)
    send(learner, f"{address}/hand-in")
    page = send(learner, f"{address}/1/mark", **{"mark": mark, "point-1": "1"})
    assert page.status_code == 422 and why in page.text
    assert f'name="mark" value="{mark}"' in page.text
    assert 'name="point-1" value="1" checked' in page.text
    with app.app_context():
        assert [row.fraction for row in db.session.scalars(select(ResponseRow).order_by(ResponseRow.position))] == [
            None,
            None,
        ]


def test_with_feedback_at_once_it_is_marked_on_its_page(learner: FlaskClient) -> None:
    address = essay_quiz(learner, feedback="at-once")
    assert answer(learner, address, 1, essay=TEXT).location == f"{address}/1"
    page = learner.get(f"{address}/1").text
    assert "Waiting to be marked" in page and "The <em>Ob</em>." in page
    assert send(learner, f"{address}/1/mark", mark="2").status_code == 422
    assert send(learner, f"{address}/1/mark", mark="1").location == f"{address}/1"
    assert "Right" in learner.get(f"{address}/1").text


def test_before_handing_in_nothing_is_marked(learner: FlaskClient) -> None:
    address = essay_quiz(learner)
    answer(learner, address, 1, essay=TEXT)
    for mark in ("1", "bad"):
        assert send(learner, f"{address}/1/mark", mark=mark).location == address


# In an assigned quiz


@pytest.fixture
def school(session: Session) -> School:
    return open_school(session, 2)


@pytest.fixture
def assigned(session: Session, school: School) -> Assignment:
    assignment = quiz(session, school, question_ids=question_ids(session, ["essay", "typed"]))
    for student in school.students:
        attempt = begin(session, student, assignment)
        give(session, student, attempt.id, {1: {"essay": TEXT}, 2: {"text": "Ob"}})
        hand_in(session, student, attempt.id)
    return assignment


def log_in(client: FlaskClient, user: User) -> FlaskClient:
    token = open_session(db.session(), user.id)
    db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    g.pop("_login_user", None)  # who was logged in before, where the test holds a context open
    return client


def answers_page(assigned: Assignment, user: User) -> str:
    return f"/assignments/{assigned.id}/results/{user.id}"


def attempt_of(session: Session, user: User) -> int:
    return session.scalars(select(Attempt.id).where(Attempt.learner_id == user.id)).one()


def test_a_teacher_marks_and_the_student_sees_it(
    client: FlaskClient, session: Session, school: School, assigned: Assignment
) -> None:
    first, second = school.students
    address = answers_page(assigned, first)
    page = log_in(client, school.teacher).get(address).text
    assert "1 of 2, 1 waiting to be marked" in text(page) and "Waiting to be marked" in page
    assert "Then it drops &lt;b&gt;sand&lt;/b&gt;." in page and page.count('class="marking"') == 1
    results = text(client.get(f"/assignments/{assigned.id}/results").text)
    assert "to mark" in results
    assert "to mark" in client.get(f"/assignments/{assigned.id}/results?as=csv").text
    assert "(1 to mark)" in text(client.get(f"/classes/{school.class_id}/gradebook").text)
    attempt_id = attempt_of(session, first)
    refused = send(client, f"{address}/{attempt_id}/1", **{"mark": "lots", "point-0": "1"})
    assert refused.status_code == 422 and "Type a mark from 0 to 1" in refused.text
    assert 'name="mark" value="lots"' in refused.text and 'name="point-0" value="1" checked' in refused.text
    done = send(client, f"{address}/{attempt_id}/1", **{"mark": "0.75", "point-0": "1"})
    assert done.location == f"{address}?attempt={attempt_id}#answer-1"
    assert "1.75 of 2" in text(client.get(address).text)
    assert "gave Student00 0.75 out of 1 for" in unescape(client.get(f"/classes/{school.class_id}/log").text)
    page = log_in(client, first).get(f"/attempts/{attempt_id}/result").text
    assert "1.75 of 2 marks" in text(page) and 'class="marking"' not in page
    assert "The river (in the answer)" in text(page)
    page = log_in(client, second).get(f"/attempts/{attempt_of(session, second)}/result").text
    assert "1 right, 0 not right, 1 waiting to be marked." in text(page) and 'class="marking"' not in page


def test_others_mark_nothing(client: FlaskClient, session: Session, school: School, assigned: Assignment) -> None:
    other = open_school(session, 1, suffix="-other")
    first, second = school.students
    attempt_id = attempt_of(session, first)
    for who in (other.teacher, first, second):
        log_in(client, who)
        for mark in ("1", "bad"):
            assert send(client, f"{answers_page(assigned, first)}/{attempt_id}/1", mark=mark).status_code == 404
            assert send(client, f"/attempts/{attempt_id}/1/mark", mark=mark).status_code == 404
    log_in(client, school.teacher)
    for address in (
        f"{answers_page(assigned, second)}/{attempt_id}/1",
        f"{answers_page(assigned, first)}/{attempt_id}/2",
    ):
        assert send(client, address, mark="1").status_code == 404
