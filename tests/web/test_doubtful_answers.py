"""An answer that is empty or cannot be read: the page asks once whether it is meant, and nothing counts before."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from quiz_pages import answer, arrive, make, position_of, stop_clock, text
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Attempt, Fact, Memory, Review, User
from quizapp.models import Response as ResponseRow

HTMX = {"HX-Request": "true"}
TYPED = "You didn’t type anything. Type an answer, or press “I don’t know”."
KINDS = ["number", "date", "cloze", "typed"]


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser of somebody who studies the sample, to which a fact of each of KINDS was added, in that order."""
    stop_clock(app)
    return arrive(app, client, KINDS)


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the answer form, its address, and what is typed into it."""
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form, page
    found = re.findall(
        r'<input (?:type="hidden"|id="text"|class="cloze__gap") name="([^"]+)"[^>]*? value="([^"]*)"', form[2]
    )
    return {name: unescape(value) for name, value in found} | {"action": form[1]}


def post(client: FlaskClient, page: str, htmx: bool = False, **typed: str) -> TestResponse:
    """Send the form on a page, with what is typed into it beforehand."""
    form = fields(page) | typed
    return client.post(form.pop("action"), data=form, headers=HTMX if htmx else None)


def reviews(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Review)) or 0


# In daily review


def ask(app: Flask, client: FlaskClient, kind: str) -> str:
    """The page that asks the fact with a question of a kind, met before so that it is due today."""
    with app.app_context():
        learner = db.session.scalars(select(User).order_by(User.id.desc())).first()
        assert learner
        fact_id = fact_of(kind)
        today = learner.clock.day(learner.created_at)
        values = {"state": 2, "stability": 60.0, "difficulty": 5.0, "last_day": today, "due_day": today, "reps": 4}
        db.session.add(Memory(learner_id=learner.id, fact_id=fact_id, version=1, lapses=0, **values))
        db.session.commit()
    return client.get(f"/review?fact={fact_id}").text


def fact_of(kind: str) -> int:
    return db.session.scalars(select(Fact.id).where(Fact.key == f"dates-{100 + KINDS.index(kind)}")).one()


@pytest.mark.both_databases
@pytest.mark.parametrize("htmx", [False, True])
def test_it_works(app: Flask, learner: FlaskClient, htmx: bool) -> None:
    page = ask(app, learner, "number")
    asked = post(learner, page, htmx, text="three or four")
    assert asked.status_code == 422 and reviews(app) == 0
    assert "three or four can’t be read as one number." in text(asked.text)
    assert 'aria-invalid="true"' in asked.text and 'aria-describedby="doubt text-help"' in asked.text
    assert fields(asked.text)["text"] == "three or four"
    sent_again = post(learner, asked.text, htmx)
    assert sent_again.status_code == (200 if htmx else 303) and reviews(app) == 1
    assert post(learner, asked.text).status_code == 303  # Back, and sent once more
    assert reviews(app) == 1


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("number", {"text": "abc"}, "abc can’t be read as one number."),
        ("number", {"text": ""}, TYPED),
        ("number", {"text": "<b>&"}, "<b>& can’t be read as one number."),
        ("date", {"text": "32 April"}, "32 April can’t be read as a date."),
        ("date", {"text": " "}, TYPED),
        ("typed", {"text": ""}, TYPED),
        ("cloze", {"gap-0": "", "gap-1": " "}, "You left every gap empty. Fill them in, or press “I don’t know”."),
    ],
)
def test_it_says_what_is_wrong_and_asks_once(
    app: Flask, learner: FlaskClient, kind: str, typed: dict[str, str], said: str
) -> None:
    page = ask(app, learner, kind)
    asked = post(learner, page, **typed)
    assert asked.status_code == 422 and said in text(asked.text)
    assert reviews(app) == 0
    assert post(learner, asked.text, **typed).status_code == 303
    assert reviews(app) == 1


def test_a_reload_or_another_visit_asks_again(app: Flask, learner: FlaskClient) -> None:
    page = ask(app, learner, "number")
    for _ in range(3):
        assert post(learner, page, text="abc").status_code == 422
    again = learner.get(f"/review?fact={fields(page)['action'].rsplit('/', 1)[1]}").text
    assert "asked" not in fields(again) and "doubt" not in again
    assert reviews(app) == 0


def test_a_right_answer_counts_after_the_page_asked(app: Flask, learner: FlaskClient) -> None:
    asked = post(learner, ask(app, learner, "number"), text="abc")
    assert "Right" in text(learner.get(post(learner, asked.text, text="12").location).text)


@pytest.mark.parametrize("kind", KINDS)
def test_i_do_not_know_is_never_asked_about(app: Flask, learner: FlaskClient, kind: str) -> None:
    assert post(learner, ask(app, learner, kind), **{"give-up": "1", "text": ""}).status_code == 303
    assert reviews(app) == 1


def test_the_time_goes_on_and_the_confidence_stays(app: Flask, learner: FlaskClient) -> None:
    with app.app_context():
        for user in db.session.scalars(select(User)):
            user.asks_confidence = True
        db.session.commit()
    asked = post(learner, ask(app, learner, "number"), text="abc", ms="4000", confidence="3")
    assert 'name="ms" value="" data-before="4000"' in asked.text  # to which js/review.js adds
    assert re.findall(r'name="confidence" value="(\d)" checked', asked.text) == ["3"]
    post(learner, asked.text, ms="5000", confidence="3")
    with app.app_context():
        review = db.session.scalars(select(Review)).one()
        assert (review.ms, review.confidence) == (5000, 3)


def test_a_question_that_is_asked_no_more_gives_way_to_the_next(app: Flask, learner: FlaskClient) -> None:
    page = ask(app, learner, "number")
    send(learner, fields(page)["action"] + "/suspend")
    shown = post(learner, page, text="abc")
    assert shown.status_code == 303 and reviews(app) == 0  # an answer to what was suspended since is stale


# In attempts


def begin_practice(client: FlaskClient) -> str:
    return send(client, "/practice", set="sample", about="topic:dates", size="20").location


def begin_quiz(client: FlaskClient) -> str:
    return make(client, size="50", feedback="at-once")


@pytest.mark.both_databases
@pytest.mark.parametrize("begin", [begin_practice, begin_quiz])
@pytest.mark.parametrize(("kind", "typed"), [("number", {"text": "abc"}), ("cloze", {"gap-0": ""})])
def test_where_feedback_follows_at_once_nothing_is_saved_before(
    app: Flask, learner: FlaskClient, begin, kind: str, typed: dict[str, str]
) -> None:
    attempt = begin(learner)
    address = f"{attempt}/{position_of(app, attempt, kind)}"
    asked = post(learner, learner.get(address).text, **typed)
    assert asked.status_code == 422 and "asked" in fields(asked.text)
    assert "asked" not in fields(learner.get(address).text)  # it is still open, and asks again when it is shown again
    assert answered(app) == 0
    assert post(learner, asked.text, htmx=True).location == address
    assert answered(app) == 1 and "asked" not in learner.get(address).text


@pytest.mark.parametrize("typed", [{"text": "abc"}, {"text": ""}])
def test_where_answers_may_be_changed_it_is_saved_and_the_question_stays(
    app: Flask, learner: FlaskClient, typed: dict[str, str]
) -> None:
    attempt = make(learner, size="50")
    position = position_of(app, attempt, "number")
    address = f"{attempt}/{position}"
    stays = post(learner, learner.get(address).text, **typed)
    assert stays.location == f"{address}?ask=1" and answered(app) == 1
    page = learner.get(stays.location).text
    assert (TYPED in text(page)) == (not typed["text"])
    assert ("abc can’t be read as one number." in text(page)) == bool(typed["text"])
    assert "You chose “I don’t know”" not in page
    assert post(learner, page).location == f"{attempt}/{position + 1}"
    later = learner.get(address).text
    assert ("You chose “I don’t know”" in later) == (not typed["text"])
    assert ("can’t be read" in later) == bool(typed["text"])


def test_on_the_way_to_another_question_nothing_is_asked(app: Flask, learner: FlaskClient) -> None:
    attempt = make(learner, size="50")
    position = position_of(app, attempt, "number")
    page = learner.get(f"{attempt}/{position}").text
    assert post(learner, page, text="abc", to="1").location == f"{attempt}/1"
    assert answer(learner, attempt, position).location == f"{attempt}/{position + 1}"  # I don't know


def test_when_the_time_is_up_nothing_is_asked(app: Flask, learner: FlaskClient) -> None:
    attempt = make(learner, size="50", feedback="at-once", minutes="5")
    address = f"{attempt}/{position_of(app, attempt, 'number')}"
    page = learner.get(address).text
    with app.app_context():
        row = db.session.scalars(select(Attempt)).one()
        over = row.deadline
        app.config["CLOCK"] = lambda tz: over.astimezone(tz)
    assert post(learner, page, text="abc").status_code == 303
    assert answered(app) == 1


def answered(app: Flask) -> int:
    with app.app_context():
        found = select(func.count()).where(ResponseRow.at.is_not(None))
        return db.session.scalar(found) or 0
