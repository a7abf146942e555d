"""What practice refuses: each time with a page that says so, and nothing has changed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from practice_pages import add_events, answer, arrive, begin, finish, send, stored, text_of

from quizapp.models import (
    User,
)

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it does not hang on the database


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> User:
    """Who studies the sample set, logged in."""
    return arrive(app, client, "learner")


# What is refused


@on_sqlite
@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/practice", {}, 400),
        ("/practice", {"set": "sample", "about": "topic:actors"}, 400),
        ("/practice", {"set": "sample", "about": "topic:actors", "size": "7"}, 400),
        ("/practice", {"set": "sample", "about": "topic:actors", "size": "ten"}, 400),
        ("/practice", {"set": "sample", "about": "mood:actors", "size": "10"}, 400),
        ("/practice", {"set": "sample", "about": "topic:seas", "size": "10"}, 404),
        ("/practice", {"set": "sample", "about": "facts:", "size": "10"}, 404),
        ("/practice", {"set": "sample", "about": "passage:99", "size": "10"}, 404),
        ("/practice", {"set": "sample", "about": "period:yesterday", "size": "10"}, 404),
        ("/practice", {"set": "seas", "about": "topic:actors", "size": "10"}, 404),
        ("/practice", {"set": "", "about": "topic:actors", "size": "10"}, 400),
        ("/practice/pretest", {}, 400),
        ("/practice/pretest", {"set": "sample", "passage": "one"}, 400),
        ("/practice/pretest", {"set": "sample", "passage": "-1"}, 400),
        ("/practice/pretest", {"set": "sample", "passage": "9"}, 404),
        ("/practice/pretest", {"set": "sample", "passage": str(10**12)}, 400),
        ("/practice/pretest", {"set": "seas", "passage": "1"}, 404),
        ("/practice/match", {}, 400),
        ("/practice/match", {"set": "sample", "about": "dates", "board": "0", "ms": "x", "slips": "0"}, 400),
        ("/practice/match", {"set": "sample", "about": "dates", "board": "0", "ms": "-5", "slips": "0"}, 400),
        ("/practice/match", {"set": "sample", "about": "dates", "board": "0", "ms": "9" * 30, "slips": "0"}, 400),
        ("/practice/match", {"set": "sample", "about": "cards", "board": "0", "ms": "9000", "slips": "0"}, 404),
        ("/practice/match", {"set": "seas", "about": "dates", "board": "0", "ms": "9000", "slips": "0"}, 404),
        ("/practice/which-first", {}, 400),
        ("/practice/which-first", {"set": "sample", "since": "1", "one": "1", "other": "x", "picked": "1"}, 400),
        ("/practice/which-first", {"set": "sample", "since": "1", "one": "1", "other": "1", "picked": "1"}, 404),
        ("/practice/which-first", {"set": "sample", "since": "1", "one": "1", "other": "3", "picked": "2"}, 404),
        ("/practice/which-first", {"set": "sample", "since": "9" * 15, "one": "1", "other": "3", "picked": "1"}, 400),
        ("/practice/which-first", {"set": "sample", "since": "-1", "one": "1", "other": "3", "picked": "1"}, 400),
        (
            "/practice/which-first",
            {"set": "sample", "since": "1", "one": "0", "other": "1", "picked": "1", "ordering": "1"},
            404,
        ),
        ("/practice/999/1", {"give-up": "1"}, 404),
        ("/practice/999/stop", {}, 404),
        ("/practice/999/count", {}, 404),
        ("/practice/999/again", {}, 404),
        ("/practice/999/another", {}, 404),
    ],
)
def test_nonsense_changes_nothing(
    app: Flask, client: FlaskClient, learner: User, path: str, fields: dict[str, str], status: int
) -> None:
    before = stored(app)
    refused = send(client, path, **fields)
    assert refused.status_code == status
    assert "<h1" in refused.text
    assert stored(app) == before


@on_sqlite
@pytest.mark.parametrize(
    "path",
    [
        "/practice?set=seas",
        "/practice/999",
        "/practice/999/1",
        f"/practice/{10**30}",
        f"/practice/1/{10**30}",
        "/practice/match?set=seas",
        "/practice/match?about=cards",
        "/practice/match/1",
        f"/practice/match/{10**30}",
        "/practice/which-first?set=seas",
        "/practice/which-first/told",
        "/practice/which-first/told?earlier=1&later=2",
        "/practice/which-first/told?ordering=1",
        f"/practice/which-first/told?ordering={10**30}",
    ],
)
def test_what_there_is_not_is_not_found(client: FlaskClient, learner: User, path: str) -> None:
    assert "There is nothing here" in text_of(client, path, 404)


@on_sqlite
@pytest.mark.parametrize("position", ["0", "3", "99"])
def test_a_position_the_practice_does_not_have(app: Flask, client: FlaskClient, learner: User, position: str) -> None:
    practice = begin(client)
    before = stored(app)
    assert text_of(client, f"{practice}/{position}", 404)
    assert answer(client, f"{practice}/{position}").status_code == 404
    assert stored(app) == before


@on_sqlite
def test_an_answer_that_does_not_fit_changes_nothing(app: Flask, client: FlaskClient, learner: User) -> None:
    practice = begin(client)
    before = stored(app)
    for posted in ({"picked": "99"}, {"picked": "neither"}, {"rating": "good"}, {"text": "Speke"}):
        assert answer(client, f"{practice}/1", **posted).status_code == 400
    assert stored(app) == before


@on_sqlite
def test_an_answered_question_stays_answered(app: Flask, client: FlaskClient, learner: User) -> None:
    practice = begin(client)
    answer(client, f"{practice}/1")
    before = stored(app)
    second = answer(client, f"{practice}/1", picked="0")
    assert (second.status_code, second.location) == (303, f"{practice}/1")
    assert "the first answer counts" in text_of(client, f"{practice}/1")
    send(client, f"{practice}/stop")
    after_stopping = stored(app)
    late = answer(client, f"{practice}/2")
    assert (late.status_code, late.location) == (303, practice)
    assert "This practice is over" in text_of(client, practice)
    assert stored(app) == after_stopping
    assert before["response"] == after_stopping["response"]


@on_sqlite
def test_a_practice_that_goes_on_is_neither_counted_nor_repeated(
    app: Flask, client: FlaskClient, learner: User
) -> None:
    practice = begin(client)
    before = stored(app)
    for action in ("count", "again"):
        refused = send(client, f"{practice}/{action}")
        assert (refused.status_code, refused.location) == (303, practice)
        assert "Finish this practice first" in text_of(client, f"{practice}/1")
    assert stored(app) == before


@on_sqlite
def test_another_learner_finds_none_of_it(app: Flask, client: FlaskClient, learner: User) -> None:
    add_events(app)
    practice = begin(client)
    finish(client, practice)
    game = send(client, "/practice/match", set="sample", about="dates", board="0", ms="9000", slips="0").location
    stranger = app.test_client()
    arrive(app, stranger, "stranger")
    before = stored(app)
    for page in (practice, f"{practice}/1", game):
        assert text_of(stranger, page, 404)
    for action in ("1", "stop", "count", "again", "another"):
        assert send(stranger, f"{practice}/{action}").status_code == 404
    assert stored(app) == before


@on_sqlite
def test_nobody_in_particular_is_asked_to_log_in(client: FlaskClient) -> None:
    for page in ("/practice", "/practice/1", "/practice/match", "/practice/which-first"):
        refused = client.get(page)
        assert refused.status_code == 303 and refused.location.startswith("/login")


@on_sqlite
def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient, learner: User) -> None:
    before = stored(app)
    for path in ("/practice", "/practice/pretest", "/practice/match", "/practice/which-first", "/practice/1/count"):
        assert client.post(path, data={"set": "sample"}).status_code == 400
    assert stored(app) == before
