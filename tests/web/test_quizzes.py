"""Quizzes in a browser without JavaScript, and the parts htmx asks for."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from attempts import add_facts
from flask import Flask
from flask.testing import FlaskClient
from people import send
from quiz_pages import answer, arrive, heading, make, right_answers, stop_clock, stored, text, the_quiz
from sqlalchemy import func, select, update
from study import NOON
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Attempt, Fact, Memory, Plan, QuestionSet, Quiz, Review, User
from quizapp.models import Response as ResponseRow

HTMX = {"HX-Request": "true"}


@pytest.fixture
def clock(app: Flask) -> dict[str, datetime]:
    return stop_clock(app)


@pytest.fixture
def learner(app: Flask, clock: dict[str, datetime], client: FlaskClient) -> FlaskClient:
    return arrive(app, client)


# From the first to the last page


@pytest.mark.both_databases
def test_it_works(app: Flask, learner: FlaskClient) -> None:
    assert "You have no quizzes yet" in learner.get("/quizzes").text
    address = make(learner, title="The big one")
    forms = right_answers(app, address)
    for position in range(1, 12):
        assert answer(learner, address, position, **forms[position]).location == f"{address}/{position + 1}"
    assert answer(learner, address, 12).location == f"{address}/hand-in"
    assert "All 12 questions are answered" in text(learner.get(f"{address}/hand-in").text)
    result = send(learner, f"{address}/hand-in")
    assert result.location == f"{address}/result"
    page = learner.get(result.location).text
    assert heading(page) == "The big one"
    assert "11 of 12 marks, 92%. 11 right, 1 not right." in text(page)
    assert page.count('class="marked"') == 12
    assert learner.get(f"{address}/result?only=wrong").text.count('class="marked"') == 1
    assert "Last: 11 of 12 (92%)" in text(learner.get("/quizzes").text)


def test_an_attempt_continues_where_it_was_left(learner: FlaskClient) -> None:
    address = make(learner, minutes="10")
    assert learner.get(address).location == f"{address}/1"
    for position in (1, 2, 4):
        answer(learner, address, position)
    assert learner.get(address).location == f"{address}/3"
    assert "3 of 12 answered, 10 min left" in text(learner.get("/quizzes").text)
    for position in (3, *range(5, 13)):
        answer(learner, address, position)
    assert learner.get(address).location == f"{address}/hand-in"
    send(learner, f"{address}/hand-in")
    assert learner.get(address).location == f"{address}/result"


def test_going_back_shows_what_was_given_and_it_may_be_changed(app: Flask, learner: FlaskClient) -> None:
    address = make(learner, kinds="typed")
    answer(learner, address, 1, text="Volga & Don")
    page = learner.get(f"{address}/1").text
    assert 'value="Volga &amp; Don"' in page
    assert "You can change it until you hand in" in page
    assert answer(learner, address, 1, text="Ob", to="4").location == f"{address}/4"
    assert 'value="Ob"' in learner.get(f"{address}/1").text


def test_the_navigator_says_in_words_what_is_answered(learner: FlaskClient) -> None:
    address = make(learner, size="3")
    answer(learner, address, 2)
    page = learner.get(f"{address}/3").text
    listed = [text(item) for item in re.findall(r"<li>\s*<a class=\"chip navigator.*?</li>", page, re.S)]
    assert listed == ["Question 1 not answered", "Question 2 answered", "Question 3 not answered"]
    assert page.count('aria-current="page"') == 1
    assert "2 of 3 questions are not answered" in text(learner.get(f"{address}/hand-in").text)


@pytest.mark.parametrize("to", ["0", "-3", "99", "x", ""])
def test_wherever_one_wants_to_go_it_leads_to_a_page(learner: FlaskClient, to: str) -> None:
    address = make(learner, size="3")
    location = answer(learner, address, 1, **{"give-up": "1", "to": to}).location
    assert learner.get(location).status_code == 200


def test_with_feedback_at_once_the_verdict_comes_first_and_the_answer_stays(app: Flask, learner: FlaskClient) -> None:
    address = make(learner, feedback="at-once", size="2", kinds="typed")
    assert answer(learner, address, 1, text="nonsense").location == f"{address}/1"
    page = learner.get(f"{address}/1").text
    assert "Not right" in page
    assert f'href="{address}/2"' in page
    before = stored(app)
    again = answer(learner, address, 1, **right_answers(app, address)[1])
    assert again.location == f"{address}/1"
    assert "Your first answer counts" in learner.get(again.location).text
    assert stored(app) == before
    answer(learner, address, 2)
    assert "See result" in learner.get(f"{address}/2").text


def test_htmx_is_given_parts_and_led_off_to_whole_pages(learner: FlaskClient) -> None:
    address = make(learner, size="2")
    part = learner.get(f"{address}/1", headers=HTMX).text
    assert "<!doctype" not in part
    assert re.match(r"\s*<head><title>", part)
    answer(learner, address, 1)
    assert "<!doctype" not in learner.get(f"{address}/hand-in", headers=HTMX).text
    send(learner, f"{address}/hand-in")
    left = learner.get(f"{address}/2", headers=HTMX)
    assert (left.status_code, left.headers["HX-Redirect"]) == (204, f"{address}/result")


# Making


def test_a_set_is_chosen_where_there_are_several(app: Flask, learner: FlaskClient) -> None:
    with app.app_context():
        header = {"key": "lakes", "title": "Lakes", "summary": ".", "language": "en", "topics": [], "passages": []}
        db.session.add(QuestionSet(key="lakes", title="Lakes", header=header, names=[], created_at=NOON))
        db.session.commit()
    page = learner.get("/quizzes/new").text
    assert "Three rivers" in page
    assert "Lakes" in page
    assert "Dates (10)" in text(learner.get("/quizzes/new?set=sample").text)
    assert "no questions for a quiz" in learner.get("/quizzes/new?set=lakes").text
    assert learner.get("/quizzes/new?set=rivers").status_code == 404


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"size": "0"}, "A quiz has 1 to 50 questions."),
        ({"size": "51"}, "A quiz has 1 to 50 questions."),
        ({"size": ""}, "Type a whole number."),
        ({"size": "many"}, "Type a whole number."),
        ({"minutes": "0"}, "Allow 1 to 240 minutes"),
        ({"minutes": "241"}, "Allow 1 to 240 minutes"),
        ({"minutes": "soon"}, "Type a whole number, or leave this empty."),
        ({"topics": "wars"}, "Choose topics from this set."),
        ({"kinds": "flashcard"}, "Choose kinds of question from the list."),
        ({"feedback": "never"}, "Not a valid choice"),
        ({"title": "x" * 81}, "Use at most 80 characters."),
        ({"topics": "actors", "kinds": "date"}, "The chosen topics have no questions of these kinds."),
    ],
)
def test_what_will_not_do_is_said_where_it_is_and_nothing_is_made(
    app: Flask, learner: FlaskClient, fields: dict[str, str], told: str
) -> None:
    fields = {"size": "12", "feedback": "at-end", "title": "Mine", **fields}
    page = send(learner, "/quizzes/new", **fields)
    assert page.status_code == 422
    assert told in text(page.text)
    assert f'value="{fields["title"]}"' in page.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Quiz)) == 0


def test_what_was_chosen_is_kept_and_listed(app: Flask, learner: FlaskClient) -> None:
    fields = {"topics": "dates", "kinds": ["typed", "date"], "size": "5", "minutes": "15", "feedback": "at-once"}
    make(learner, **fields)
    page = text(learner.get("/quizzes").text)
    assert "Dates Three rivers 5 questions · Dates · typed answer, date · 15 min · feedback after each answer" in page


def test_a_message_says_when_there_are_fewer_questions_than_wanted(learner: FlaskClient) -> None:
    address = make(learner, topics="actors")
    page = text(learner.get(learner.get(address).location).text)
    assert "The quiz has only 2 questions, because no other facts fit your choices." in page


# Again, and archived


def test_a_second_attempt_is_another_one(app: Flask, learner: FlaskClient) -> None:
    address = make(learner, size="4")
    answer(learner, address, 1)
    assert send(learner, f"{the_quiz(app)}/begin").location == address
    send(learner, f"{address}/hand-in")
    again = send(learner, f"{the_quiz(app)}/begin").location
    assert again != address
    send(learner, f"{again}/hand-in")
    assert "Earlier attempts" in learner.get(f"{again}/result").text


def test_an_archived_quiz_can_be_restored(app: Flask, learner: FlaskClient) -> None:
    make(learner, title="The big one")
    away = learner.get(send(learner, f"{the_quiz(app)}/archive").location).text
    assert "“The big one” is archived" in text(away)
    assert "/begin" not in away
    back = learner.get(send(learner, f"{the_quiz(app)}/restore").location).text
    assert "The quiz is restored" in back
    assert "Archived (" not in back


def test_one_whose_questions_are_all_gone_says_so(app: Flask, learner: FlaskClient) -> None:
    address = make(learner, kinds="true_false")
    send(learner, f"{address}/hand-in")
    with app.app_context():
        db.session.execute(update(Fact).values(archived_at=NOON))
        db.session.commit()
    led = send(learner, f"{the_quiz(app)}/begin")
    assert "no longer has questions for this quiz" in learner.get(led.location).text


# Time


def test_when_the_time_is_up_it_is_handed_in_as_of_then(
    app: Flask, learner: FlaskClient, clock: dict[str, datetime]
) -> None:
    address = make(learner, minutes="10")
    page = learner.get(f"{address}/1").text
    assert "until 16:10" in page
    assert 'data-seconds="600' in page
    answer(learner, address, 1)
    clock["is"] = NOON + timedelta(hours=20)
    assert learner.get(f"{address}/2").location == f"{address}/result"
    assert "0 of 12 marks" in text(learner.get(f"{address}/result").text)
    with app.app_context():
        assert db.session.scalars(select(Attempt.finished_at)).one() == NOON + timedelta(minutes=10)
        assert db.session.scalars(select(Review.at)).one() == NOON


@pytest.mark.parametrize("page", ["/quizzes", "{}", "{}/hand-in", "{}/result"])
def test_a_closed_browser_is_settled_at_the_next_visit(
    app: Flask, learner: FlaskClient, clock: dict[str, datetime], page: str
) -> None:
    address = make(learner, minutes="10")
    clock["is"] = NOON + timedelta(hours=20)
    shown = learner.get(page.format(address), follow_redirects=True)
    assert "0 of 12" in text(shown.text)
    assert "Continue" not in shown.text
    with app.app_context():
        assert db.session.scalars(select(Attempt.finished_at)).one() == NOON + timedelta(minutes=10)


def test_an_answer_after_the_time_changes_nothing_and_is_shown(
    app: Flask, learner: FlaskClient, clock: dict[str, datetime]
) -> None:
    address = make(learner, minutes="10")
    clock["is"] = NOON + timedelta(minutes=11)
    late = answer(learner, address, 1)
    assert late.location == f"{address}/result"
    assert "Your last answer doesn’t count" in learner.get(late.location).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(ResponseRow.at.is_not(None))) == 0
        assert db.session.scalar(select(func.count()).select_from(Review)) == 0


# The result


def test_partial_credit_stands_with_its_method(app: Flask, learner: FlaskClient) -> None:
    with app.app_context():
        add_facts(db.session(), ["cloze"], topic="actors", first=300)
    address = make(learner, topics="actors", kinds="cloze", size="2")
    gaps = {position: form for position, form in right_answers(app, address).items() if len(form) == 2}
    ((position, form),) = gaps.items()
    answer(learner, address, position, **{"gap-0": form["gap-0"], "gap-1": "nonsense"})
    send(learner, f"{address}/hand-in")
    page = text(learner.get(f"{address}/result").text)
    assert "0.5 of 2 marks, 25%. 0 right, 2 not right." in page
    assert "Partly right" in page
    assert "0.5 out of 1 mark" in page
    assert "Gaps right: 1 of 2" in page
    assert "Not answered" in page


def test_a_quiz_is_practice_unless_chosen_otherwise_and_says_so(app: Flask, learner: FlaskClient) -> None:
    assert re.search(r'value="practice"[^>]*checked|checked[^>]*value="practice"', learner.get("/quizzes/new").text)
    address = make(learner, size="3", counts="practice", feedback="at-once")
    forms = right_answers(app, address)
    answer(learner, address, 1, **forms[1])
    answer(learner, address, 2)
    send(learner, f"{address}/hand-in")
    page = text(learner.get(f"{address}/result").text)
    assert "Practice only: this quiz didn’t change your review dates." in page and stored(app)[-1] == 0
    assert "Review the 2 you missed" in page
    assert "practice only" in text(learner.get("/quizzes").text)
    send(learner, f"{address}/record")
    assert "2 answers from this quiz count as reviews." in text(learner.get(f"{address}/result").text)
    assert stored(app)[-1] == 2
    counted = make(learner, size="1")
    send(learner, f"{counted}/hand-in")
    assert "Your answers count as reviews" in text(learner.get(f"{counted}/result").text)
    assert "answers count as reviews" in text(learner.get("/quizzes").text)


@pytest.mark.both_databases
def test_a_quick_quiz_asks_what_was_met(app: Flask, learner: FlaskClient) -> None:
    with app.app_context():
        db.session.execute(update(Plan).values(new_per_day=0))
        owner = db.session.scalars(select(User.id)).one()
        met = db.session.scalars(select(Fact.id).order_by(Fact.position.desc()).limit(5)).all()
        db.session.commit()
    assert "Take a quick quiz" not in learner.get("/quizzes").text
    send(learner, "/quizzes/quick", set="sample")
    assert "Study some facts from this set first." in learner.get("/quizzes").text
    assert send(learner, "/quizzes/quick", set="nowhere").status_code == 404
    with app.app_context():
        for fact_id in met:
            due = {"last_day": NOON.date(), "due_day": NOON.date() + timedelta(days=9)}
            memory = {"version": 1, "state": 2, "stability": 9.0, "difficulty": 5.0, "reps": 1, "lapses": 0}
            db.session.add(Memory(learner_id=owner, fact_id=fact_id, **memory, **due))
        db.session.commit()
    for page in ("/quizzes", "/review"):
        assert "Take a quick quiz" in learner.get(page).text
    address = send(learner, "/quizzes/quick", set="sample").location
    with app.app_context():
        assert set(db.session.scalars(select(ResponseRow.fact_id))) == set(met)
    assert "In progress" in learner.get("/quizzes").text
    for position, form in right_answers(app, address).items():
        answer(learner, address, position, **form)
    send(learner, f"{address}/hand-in")
    page = learner.get(f"{address}/result").text
    assert "Every answer is right." in page and "Another quick quiz" in page and stored(app)[-1] == 0
    assert "Quick quiz" in learner.get("/quizzes").text


def test_the_wrong_ones_are_asked_today_though_the_set_was_not_studied(app: Flask, client: FlaskClient) -> None:
    send(client, "/signup", name="Aysel", password="correct horse battery", repeated="correct horse battery")
    address = make(client, size="3")
    forms = right_answers(app, address)
    answer(client, address, 1, **forms[1])
    answer(client, address, 2)
    assert send(client, f"{address}/review").location == address
    send(client, f"{address}/hand-in")
    assert "put into today’s review" not in client.get("/quizzes").text
    led = send(client, f"{address}/review")
    assert led.location == "/review"
    page = client.get(led.location).text
    assert "2 facts added to today’s review." in page
    assert 'class="answer"' in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Plan)) == 1
        today = db.session.scalars(select(User)).one().clock.day(db.session.scalars(select(Attempt.started_at)).one())
        due = db.session.scalar(select(func.count()).where(Memory.due_day == today, Memory.state == 1))
        assert due >= 2


def test_everything_right_leaves_nothing_to_review(app: Flask, learner: FlaskClient) -> None:
    address = make(learner, size="3")
    for position, form in right_answers(app, address).items():
        answer(learner, address, position, **form)
    send(learner, f"{address}/hand-in")
    page = learner.get(f"{address}/result")
    assert "Every answer is right" in page.text
    assert f'action="{address}/review"' not in page.text
    assert "No questions to show" in learner.get(f"{address}/result?only=wrong").text


def test_its_answers_show_in_todays_numbers_and_are_taken_along(learner: FlaskClient) -> None:
    address = make(learner, size="3")
    answer(learner, address, 1)
    send(learner, f"{address}/hand-in")
    data = learner.get("/account/data", buffered=True).get_json()
    assert [review["source"] for review in data["reviews"]] == ["quiz"]
    assert len(data["quizzes"]) == len(data["attempts"]) == 1
    assert len(data["responses"]) == 3


# Answers that a browser kept without a connection


def deliver(client: FlaskClient, *answers: object, **sent: object) -> TestResponse:
    token = client.get("/review/offline/token").get_json()
    body = {"learner": token["learner"], "answers": answers, **sent}
    return client.post("/attempts/offline", json=body, headers={"X-CSRFToken": token["csrf"]})


def test_kept_answers_are_saved_and_what_is_wrong_with_others_is_said(
    app: Flask, learner: FlaskClient, clock: dict[str, datetime]
) -> None:
    address = make(learner, minutes="10")
    attempt = int(address.rsplit("/", 1)[1])
    fields = right_answers(app, address)
    kept = {"id": str(uuid4()), "at": NOON.isoformat(), "attempt": attempt, "position": 1, "fields": fields[1]}
    late = {**kept, "id": str(uuid4()), "position": 2, "fields": fields[2]}
    assert [each["status"] for each in deliver(learner, kept).json["answers"]] == ["saved"]  # type: ignore[index]
    clock["is"] = NOON + timedelta(hours=1)
    learner.set_cookie("quizapp_waiting", f"7.{attempt}")
    learner.get(f"{address}/hand-in")
    assert learner.get(f"{address}/result").location == "/quizzes"  # the answers that wait are sent from there
    spoilt = [
        {**late, "fields": {"text": "x" * 40_001}},
        {**late, "fields": {"text": "\0"}},
        {**late, "fields": dict.fromkeys(map(str, range(61)), "")},
        {**late, "at": "0001-01-01T00:00:00+23:00"},
        {**late, "at": "yesterday"},
        {**late, "attempt": 10**40},
        {**late, "position": None},
        {},
        "x",
    ]
    refused = deliver(learner, *spoilt).json["answers"]  # type: ignore[index]
    assert [each["status"] for each in refused] == ["unreadable"] * len(spoilt) and all(e["reason"] for e in refused)
    assert deliver(learner, late).json["answers"] == [{"id": late["id"], "status": "late", "reason": None}]  # type: ignore[index]
    learner.delete_cookie("quizapp_waiting")
    assert "2 of 12 marks" in text(learner.get(f"{address}/result").text)
    after = {**late, "id": str(uuid4()), "position": 3, "fields": fields[3]}
    assert deliver(learner, after).json["answers"][0]["status"] == "shown"  # type: ignore[index]
    assert deliver(learner, late, learner="another").status_code == 403
    assert deliver(learner, *[late] * 201).status_code == 400
    assert learner.post("/attempts/offline", json={}).status_code == 400
