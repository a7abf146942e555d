"""The games of practice in a browser without JavaScript."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from practice_pages import add_events, arrive, stored, text_of, token_of
from sqlalchemy import select
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Attempt, Comparison, Fact, MatchGame, QuestionVersion, Response, User

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it does not hang on the database


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> User:
    """Who studies the sample set, logged in."""
    return arrive(app, client, "learner")


# The match game


def test_without_javascript_the_pairs_are_chosen_and_checked(app: Flask, client: FlaskClient, learner: User) -> None:
    add_events(app)
    page, again = (client.get("/practice/match?set=sample").text for _ in range(2))
    assert page == again.replace(token_of(again), token_of(page))
    assert "1920" not in " ".join(re.findall(r'<option value="\d"[^>]*>([^<]+)', page))
    assert len(re.findall(r"<select", page)) == 6
    before = stored(app)
    picked = {f"match-{n}": str(n) for n in range(5)}
    query = "&".join(f"{name}={value}" for name, value in (picked | {"match-5": "0"}).items())
    checked = text_of(client, f"/practice/match?set=sample&about=dates&board=0&check=1&{query}")
    assert "5 of 6 right." in checked
    assert "0 of 6 right." in text_of(client, "/practice/match?set=sample&board=0&check=1&match-0=x&match-1=77")
    assert stored(app) == before


def test_a_game_is_kept_with_ones_best_time(app: Flask, client: FlaskClient, learner: User) -> None:
    add_events(app)
    game = {"set": "sample", "about": "dates", "slips": "0"}
    first = send(client, "/practice/match", **game, board="0", ms="21400")
    page = text_of(client, first.location)
    assert "21.4 s" in page and "Your first game of this kind" in page and "No mistakes" in page
    assert "8 January 1920" in page or "1 January 1920" in page  # the pairs, to read over
    assert "Your best: 21.4 s" in text_of(client, "/practice/match?set=sample")
    assert "Your best: 21.4 s" in text_of(client, "/practice")
    slower = send(client, "/practice/match", **(game | {"slips": "2"}), board="1", ms="80000")
    page = text_of(client, slower.location)
    assert "1 min 20.0 s" in page and "Your best: 21.4 s" in page and "2 mistakes" in page
    faster = send(client, "/practice/match", **game, board="2", ms="20000")
    assert "A new best! Your previous best was 21.4 s." in text_of(client, faster.location)


@on_sqlite
@pytest.mark.parametrize(
    ("ms", "slips", "board"), [("900", "0", "1"), ("4000000", "0", "1"), ("9000", "999", "1"), ("9000", "0", "0")]
)
def test_a_game_nobody_played_is_not_kept(
    app: Flask, client: FlaskClient, learner: User, ms: str, slips: str, board: str
) -> None:
    add_events(app)
    game = {"set": "sample", "about": "dates"}
    send(client, "/practice/match", **game, board="0", ms="9000", slips="0")
    refused = send(client, "/practice/match", **game, board=board, ms=ms, slips=slips)
    assert refused.status_code == 303
    assert "Nothing new was saved" in text_of(client, refused.location)
    with app.app_context():
        assert [played.ms for played in db.session.scalars(select(MatchGame))] == [9000]


# Which came first?


def press(client: FlaskClient, page: str, picked: str) -> TestResponse:
    """Press one of the two on a page."""
    fields = dict(re.findall(r'name="(set|since|one|other|ordering)" value="([^"]+)"', page))
    return send(client, "/practice/which-first", **fields, picked=picked)


def test_which_came_first_is_asked_and_answered(app: Flask, client: FlaskClient, learner: User) -> None:
    early, late = add_events(app, 2)
    page = client.get("/practice/which-first?set=sample").text
    assert {int(value) for value in re.findall(r'name="picked" value="(\d+)"', page)} == {early, late}
    assert "January" not in page
    told = press(client, page, str(late))
    assert told.status_code == 303
    said = text_of(client, told.location)
    assert "The other way round" in said and "First: 1 January 1920" in said and "Later: 8 January 1920" in said
    assert "0 of 1 right in this round." in said
    assert said == text_of(client, told.location)
    for key in ("event-0", "event-1"):
        assert f'href="/explore/sample/facts/{key}"' in client.get(told.location).text
    onward = re.search(r'class="button continue" href="([^"]+)"', client.get(told.location).text)
    assert onward
    assert "0 of 1 right in this round. You have answered every pair in this set." in text_of(
        client, unescape(onward[1])
    )
    assert "You got 1 pair the wrong way round. Try it again." in text_of(client, "/practice")
    fresh = client.get("/practice/which-first?set=sample").text
    assert "You got these two the wrong way round before." in fresh
    assert "Right 1 of 1 right" in text_of(client, press(client, fresh, str(early)).location)
    assert "wait to be put right" not in text_of(client, "/practice")


@on_sqlite
def test_a_pair_pressed_twice_counts_once(app: Flask, client: FlaskClient, learner: User) -> None:
    early, late = add_events(app, 2)
    page = client.get("/practice/which-first?set=sample").text
    first = press(client, page, str(late))
    before = stored(app)
    second = press(client, page, str(early))
    assert second.location == first.location
    assert "Your first answer counts" in text_of(client, second.location)
    assert stored(app) == before
    with app.app_context():
        assert db.session.scalars(select(Comparison.wrong)).all() == [1]


@on_sqlite
def test_things_of_an_ordering_question_are_asked_by_their_text(app: Flask, client: FlaskClient, learner: User) -> None:
    now = datetime.now(UTC)
    with app.app_context():
        fact = db.session.scalars(select(Fact).where(Fact.key == "nile-source")).one()
        question = fact.questions[0]
        body = {"key": "seasons", "kind": "ordering", "prompt": "Put the *seasons* in order.", "explanation": "!"}
        body["items"] = ["spring", "summer", "winter"]  # type: ignore[assignment]
        question.versions.append(QuestionVersion(number=2, body=body, created_at=now))
        question.current = 2
        db.session.flush()
        attempt = Attempt(
            learner_id=learner.id, set_id=fact.set_id, purpose="practice", title="", feedback="at-once", size=1,
            started_at=now,
        )  # fmt: skip
        db.session.add(attempt)
        db.session.flush()
        db.session.add(
            Response(
                attempt_id=attempt.id, position=1, fact_id=fact.id, question_version_id=question.versions[1].id,
                response={"kind": "ordering", "places": [1, 3, 2]}, verdict="wrong", fraction=0.67, at=now,
            )
        )  # fmt: skip
        db.session.commit()
    assert "You got 1 pair the wrong way round" in text_of(client, "/practice")
    page = client.get("/practice/which-first?set=sample").text
    assert "Which comes first?" in page and "Put the <em>seasons</em> in order." in page
    places = dict(re.findall(r'name="picked" value="(\d)".*?choice__text"[^>]*>(\w+)<', page, re.S))
    assert places == {"1": "summer", "2": "winter"}
    told = press(client, page, "1")
    said = text_of(client, told.location)
    assert "Right" in said and "First summer" in said and "Later winter" in said and "See the fact" in said
    assert "wait to be put right" not in text_of(client, "/practice")
    again = press(client, page, "2")
    assert again.location == told.location and "Your first answer counts" in text_of(client, again.location)
