"""What practice refuses: each time with a page that says so, and nothing has changed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from practice_pages import add_events, answer, arrive, begin, finish, repeated, stored, text_of

from quizapp.models import User

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
        ("/practice", {"set": "sample", "about": "topic:actors"}, 422),
        ("/practice", {"set": "sample", "about": "topic:actors", "size": "ten"}, 422),
        ("/practice", {"set": "sample", "about": "all:", "topic": "seas", "size": "10"}, 404),
        ("/practice", {"set": "sample", "about": "all:", "kind": "riddle", "size": "10"}, 400),
        ("/practice/count", {"set": "sample", "about": "mood:", "size": "10"}, 400),
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
        ("/attempts/999/1", {"give-up": "1"}, 404),
        ("/attempts/999/hand-in", {}, 404),
        ("/attempts/999/record", {}, 404),
        ("/practice/999/missed", {}, 404),
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
        "/attempts/999",
        "/attempts/999/1",
        "/attempts/999/result",
        f"/attempts/{10**30}",
        f"/attempts/1/{10**30}",
        "/practice/match?set=seas",
        "/practice/match?about=cards",
        "/practice/match/1",
        f"/practice/match/{10**30}",
        "/practice/which-first?set=seas",
        "/practice/which-first/result",
        "/practice/which-first/result?earlier=1&later=2",
        "/practice/which-first/result?ordering=1",
        f"/practice/which-first/result?ordering={10**30}",
    ],
)
def test_what_there_is_not_is_not_found(client: FlaskClient, learner: User, path: str) -> None:
    assert "Page not found" in text_of(client, path, 404)


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
    assert "Your first answer counts" in text_of(client, f"{practice}/1")
    send(client, f"{practice}/hand-in")
    after_stopping = stored(app)
    late = answer(client, f"{practice}/2")
    assert (late.status_code, late.location) == (303, f"{practice}/result")
    assert "This practice session is over" in text_of(client, late.location)
    assert stored(app) == after_stopping
    assert before["response"] == after_stopping["response"]


@on_sqlite
def test_a_running_practice_is_neither_counted_nor_repeated(app: Flask, client: FlaskClient, learner: User) -> None:
    practice = begin(client)
    before = stored(app)
    for page in (f"{practice}/record", repeated(practice, "missed")):
        refused = send(client, page)
        assert (refused.status_code, refused.location) == (303, practice)
        assert "Finish or stop this practice session first" in text_of(client, f"{practice}/1")
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
    for page in (practice, f"{practice}/1", f"{practice}/result", game):
        assert text_of(stranger, page, 404)
    for action in ("1", "hand-in", "record"):
        assert send(stranger, f"{practice}/{action}").status_code == 404
    for how in ("missed", "another"):
        assert send(stranger, repeated(practice, how)).status_code == 404
    assert stored(app) == before


@on_sqlite
def test_nobody_in_particular_is_asked_to_log_in(client: FlaskClient) -> None:
    for page in ("/attempts/1", "/practice/match", "/practice/which-first"):
        refused = client.get(page)
        assert refused.status_code == 303 and refused.location.startswith("/login")


@on_sqlite
def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient, learner: User) -> None:
    before = stored(app)
    for path in ("/practice", "/practice/pretest", "/practice/match", "/practice/which-first", "/attempts/1/record"):
        assert client.post(path, data={"set": "sample"}).status_code == 400
    assert stored(app) == before
