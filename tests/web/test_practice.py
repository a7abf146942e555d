"""Practice in a browser without JavaScript: its pages, and what they never say."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from practice_pages import answer, arrive, begin, finish, repeated, stored, text_of, token_of
from sqlalchemy import select
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Fact, Memory, QuestionSet, QuestionVersion, Response, Review, User

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it does not hang on the database


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> User:
    """Who studies the sample set, logged in."""
    return arrive(app, client, "learner")


# The page


@pytest.mark.both_databases
def test_it_works(app: Flask, client: FlaskClient, learner: User) -> None:
    page = text_of(client, "/practice")
    assert "Practice changes your review dates only if you choose that at the end." in page
    assert "Actors 2" in page and "John Speke (2)" in page and "1858 (2)" in page
    assert "3 facts match, with " in page and "Each fact comes up once." in page
    practice = begin(client)
    first = client.get(practice).location
    assert first == f"{practice}/1"
    assert "Question 1 of 2" in text_of(client, first)
    assert answer(client, first).location == first
    assert "Here is the answer" in text_of(client, first)
    assert client.get(practice).location == f"{practice}/2"
    answer(client, f"{practice}/2")
    assert "0 of 2 answers right" in text_of(client, f"{practice}/result")


@on_sqlite
def test_what_is_empty_is_not_offered(app: Flask, client: FlaskClient, learner: User) -> None:
    with app.app_context():
        for fact in db.session.scalars(select(Fact)):
            fact.date, fact.actors, fact.passages = None, [], [1]
            if fact.topic == "dates":
                fact.archived_at = datetime.now(UTC)
        db.session.commit()
    page = text_of(client, "/practice")
    for why in (
        "Recent mistakes (0)",
        "Weakest facts (0)",
        "Dates 0",
        "This set has no pair of events whose order is certain.",
        "This game needs six events whose dates are known",
        "This game needs six names, each with a different role",
        "This game needs six short questions with different answers",
    ):
        assert why in page
    html = client.get("/practice").text
    assert re.findall(r'<option value="(\w+:\w*)"', html) == ["all:", "wrong:", "forgetting:", "starred:", "passage:1"]
    assert re.findall(r'<select id="passage".*?</select>', html, re.S)[0].count("<option") == 1
    assert "/practice/match" not in html and "/practice/which-first" not in html


def choose(client: FlaskClient, path: str = "/practice", **fields: str | list[str]) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client.get("/practice").text), "set": "sample", **fields})


@pytest.mark.both_databases
def test_topics_kinds_and_a_number_are_chosen_and_remembered(app: Flask, client: FlaskClient, learner: User) -> None:
    chosen = {"about": "all:", "topic": ["actors", "dates"], "kind": ["choice", "typed"], "size": "100"}
    practice = choose(client, **chosen).location
    assert "Actors, Dates" in text_of(client, f"{practice}/1")
    with app.app_context():
        kinds = db.session.scalars(
            select(QuestionVersion.body["kind"].as_string())
            .join(Response, Response.question_version_id == QuestionVersion.id)
        ).all()  # fmt: skip
    assert kinds and set(kinds) <= {"choice", "typed"}
    page = client.get("/practice").text
    assert re.findall(r'value="([^"]+)" checked', page) == ["dates", "actors", "choice", "typed"]
    assert re.search(r'name="size"[^>]*value="100"', page)
    send(client, f"{practice}/hand-in")
    another = send(client, repeated(practice, "another")).location
    assert f"Question 1 of {len(kinds)}" in text_of(client, f"{another}/1")


@on_sqlite
def test_the_number_of_questions_that_match_is_said_before(client: FlaskClient, learner: User) -> None:
    counted = choose(client, "/practice/count", about="all:", topic="dates", size="10")
    assert "1 fact matches, with " in counted.text and "<html" in counted.text
    token = token_of(counted.text)
    part = client.post(
        "/practice/count",
        data={"csrf_token": token, "set": "sample", "about": "all:", "kind": "essay", "size": ""},
        headers={"HX-Request": "true"},
    )
    assert "Nothing matches. Choose other facts, topics or kinds." in part.text and "<html" not in part.text


@on_sqlite
@pytest.mark.parametrize("size", ["", "0", "101", "ten", "9" * 90])
def test_a_number_that_cannot_be_is_said_at_its_field(
    app: Flask, client: FlaskClient, learner: User, size: str
) -> None:
    before = stored(app)
    refused = choose(client, about="passage:1", topic="actors", kind="choice", size=size)
    assert refused.status_code == 422
    assert re.search(r'id="size-error">Type a whole number from 1 to 100\.<', refused.text)
    assert re.findall(r'value="([^"]+)" (?:checked|selected)', refused.text)[-2:] == ["actors", "choice"]
    assert re.search(r'value="passage:1"[^>]* selected', refused.text)
    assert stored(app) == before


@on_sqlite
def test_when_nothing_matches_what_was_chosen_stays(client: FlaskClient, learner: User) -> None:
    refused = choose(client, about="all:", topic="dates", kind="essay", size="20")
    assert refused.status_code == 422 and "Nothing matches." in refused.text
    assert re.findall(r'value="([^"]+)" checked', refused.text) == ["dates"]


@on_sqlite
def test_several_sets_each_have_their_page(app: Flask, client: FlaskClient, learner: User) -> None:
    with app.app_context():
        header = {"topics": [{"key": "shores", "title": "Shores", "summary": "!"}], "passages": []}
        db.session.add(QuestionSet(key="lakes", title="Lakes", header=header, names=[], created_at=datetime.now(UTC)))
        db.session.commit()
    assert "Actors" in text_of(client, "/practice?set=sample")
    page = text_of(client, "/practice?set=lakes")
    assert "Nothing matches." in page and "Actors" not in page
    assert text_of(client, "/practice?set=seas", 404)


@on_sqlite
def test_without_any_set_it_says_what_to_do(app: Flask, client: FlaskClient, learner: User) -> None:
    with app.app_context():
        db.session.execute(QuestionSet.__table__.delete())  # type: ignore[attr-defined]
        db.session.commit()
    assert "There is no question set here yet." in text_of(client, "/practice")
    for page in ("/practice/match", "/practice/which-first"):
        assert text_of(client, page, 404)


# A practice


def test_a_guest_practises_what_is_not_studied(app: Flask, client: FlaskClient) -> None:
    arrive(app, client, "guest", studies=False)
    practice = begin(client)
    finish(client, practice)
    page = text_of(client, f"{practice}/result")
    assert "You aren’t studying this set" in page and "Count these answers" not in page
    before = stored(app)
    refused = send(client, f"{practice}/record")
    assert (refused.status_code, refused.location) == (303, practice)
    assert "these answers can’t count" in text_of(client, f"{practice}/result")
    assert stored(app) == before


def test_the_verdict_has_everything_to_learn_from(app: Flask, client: FlaskClient, learner: User) -> None:
    practice = begin(client, "actor:speke")
    for position in (1, 2):
        page = client.get(f"{practice}/{position}").text
        options = re.findall(r'name="picked" value="(\d+)".*?choice__text"[^>]*>([^<]+)<', page, re.S)
        wrong = next((place for place, text in options if text == "Richard Burton"), None)
        if wrong is None:
            continue
        answer(client, f"{practice}/{position}", picked=wrong)
        verdict = text_of(client, f"{practice}/{position}")
        for said in ("Not right", "John Speke", "Why not “Richard Burton”?", "Speke reached the lake alone", "¶ 1"):
            assert said in verdict
        assert "comes back" not in verdict  # there is no interval
        return
    raise AssertionError("the choice was not asked")


def test_a_card_is_judged_by_yes_and_no_and_leads_on(app: Flask, client: FlaskClient, learner: User) -> None:
    with app.app_context():
        today = learner.clock.day(datetime.now(UTC))
        card = db.session.scalars(select(Fact).where(Fact.key == "nile-quarrel")).one()
        memory = {"version": 1, "state": 2, "stability": 90.0, "difficulty": 5.0, "reps": 3, "lapses": 0}
        memory |= {"last_day": today - timedelta(days=9), "due_day": today}
        db.session.add(Memory(learner_id=learner.id, fact_id=card.id, **memory))
        db.session.commit()
    practice = begin(client, "actor:burton")
    page = client.get(f"{practice}/1").text
    assert re.findall(r'name="rating" value="(\w+)"', page) == ["again", "good"]
    assert " days" not in page.partition("<main")[2].partition("</main>")[0]
    assert answer(client, f"{practice}/1", rating="good").location == f"{practice}/result"  # it was the only one
    assert "1 of 1 answer right" in text_of(client, f"{practice}/result")


def test_answers_count_only_on_request(app: Flask, client: FlaskClient, learner: User) -> None:
    practice = begin(client)
    finish(client, practice)
    untouched = ("memory", "review", "day_count", "plan")
    assert [stored(app)[table] for table in untouched[:3]] == [[], [], []]
    assert "These answers haven’t changed your review dates." in text_of(client, f"{practice}/result")
    counted = send(client, f"{practice}/record")
    assert (counted.status_code, counted.location) == (303, f"{practice}/result")
    page = text_of(client, counted.location)
    assert "2 answers now count as reviews: 0 remembered, 2 to learn again." in page
    assert "2 answers from this practice session count as reviews." in page and "Count these answers" not in page
    with app.app_context():
        assert [review.source for review in db.session.scalars(select(Review))] == ["practice", "practice"]
    before = stored(app)
    send(client, f"{practice}/record")
    assert "These answers already count as reviews" in text_of(client, f"{practice}/result")
    assert stored(app) == before


def test_stopping_shows_how_it_went(client: FlaskClient, learner: User) -> None:
    practice = begin(client, "passage:1")
    answer(client, f"{practice}/2")
    assert "Continue: ¶ 1 Sources 1 of 3 answered" in text_of(client, "/practice")
    assert send(client, f"{practice}/hand-in").location == f"{practice}/result"
    page = text_of(client, f"{practice}/result")
    assert "0 of 1 answer right. 2 questions are unanswered." in page
    assert page.count("Practise the ") == 1
    assert "Continue:" not in text_of(client, "/practice")
    assert client.get(f"{practice}/1").location == f"{practice}/result"  # it is not asked any more
    assert "Here is the answer" in text_of(client, f"{practice}/2")  # but can be looked at
    assert send(client, f"{practice}/hand-in").location == f"{practice}/result"


def test_what_was_missed_is_linked_and_practised_again(client: FlaskClient, learner: User) -> None:
    practice = begin(client)
    finish(client, practice)
    links = re.findall(rf'href="({practice}/\d)"', client.get(f"{practice}/result").text)
    assert links == [f"{practice}/1", f"{practice}/2"]
    again = send(client, repeated(practice, "missed")).location
    assert again != practice and "Again: Actors" in text_of(client, f"{again}/1")
    another = send(client, repeated(practice, "another")).location
    assert another not in (practice, again) and "Question 1 of 2" in text_of(client, f"{another}/1")


# Before reading


def test_guesses_are_neither_marked_nor_counted(app: Flask, client: FlaskClient, learner: User) -> None:
    begun = send(client, "/practice/pretest", set="sample", passage="1")
    assert begun.status_code == 303
    practice = begun.location
    for position in (1, 2, 3):
        answer(client, f"{practice}/{position}")
        page = client.get(f"{practice}/{position}").text
        assert "You will read about this:" in page
        main = page.partition("<main")[2].partition("</main>")[0].lower()
        for mark in ("verdict--", "icon--check", "icon--cross", "not right", "here is the answer", "count"):
            assert mark not in main
    page = text_of(client, f"{practice}/result")
    assert "Now read the passage." in page and "weren’t marked and don’t count" in page
    assert not re.search(r"\d right| of \d", page)
    assert 'href="/explore/sample/passages?holding=1#passage-1"' in client.get(f"{practice}/result").text
    assert [stored(app)[table] for table in ("memory", "review", "day_count")] == [[], [], []]
    for page in (f"{practice}/record", repeated(practice, "missed"), repeated(practice, "another")):
        assert send(client, page).status_code == 404


@on_sqlite
def test_parts_are_sent_to_htmx_and_the_end_is_a_page_of_its_own(client: FlaskClient, learner: User) -> None:
    htmx = {"HX-Request": "true"}
    practice = begin(client)
    part = client.get(f"{practice}/1", headers=htmx).text
    assert re.match(r'\s*<head><title>.*</title></head>\s*<section id="review"', part) and "<html" not in part
    finish(client, practice)
    token = token_of(client.get("/practice").text)
    late = client.post(f"{practice}/9", data={"csrf_token": token, "give-up": "1"}, headers=htmx)
    assert (late.status_code, late.headers["HX-Redirect"]) == (204, f"{practice}/result")
    first = client.get("/practice/which-first?set=sample", headers=htmx).text
    assert first.lstrip().startswith('<section id="review"')
