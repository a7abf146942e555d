"""The first minute of a visitor: a question to try, and how to start from any page."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import log_in, send, sign_up
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import QuestionVersion, Review, User


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(question|picked|set)" value="([^"]*)"', page))


def options(page: str) -> list[str]:
    return re.findall(r'name="picked" value="\d+"><span [^>]*>([^<]+)<', page)


def guests(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(User)) or 0


def try_answer(client: FlaskClient, *, rightly: bool) -> TestResponse:
    """Press a choice on the start page."""
    page = client.get("/").text
    version_id = int(fields(page)["question"])
    with client.application.app_context():
        body = db.session.get_one(QuestionVersion, version_id).body
    wanted = body["answer"] if rightly else body["distractors"][0]["text"]
    return client.get("/try", query_string={"question": version_id, "picked": options(page).index(wanted)})


@pytest.mark.parametrize(("rightly", "word"), [(True, "Right"), (False, "Not right")])
def test_a_visitor_answers_and_continues_without_an_account(
    app: Flask, client: FlaskClient, rightly: bool, word: str
) -> None:
    feedback = try_answer(client, rightly=rightly)
    assert f"<strong>{word}</strong>" in feedback.text and 'href="/signup"' in feedback.text
    assert guests(app) == 0  # nothing is stored about who only tries
    assert send(client, "/start", **fields(feedback.text)).location == "/review"
    with app.app_context():
        review = db.session.scalars(select(Review)).one()
        assert review.verdict == ("right" if rightly else "wrong")
    assert fields(feedback.text)["question"] not in re.findall(
        r'name="question" value="(\d+)"', client.get("/review").text
    )


@pytest.mark.parametrize(
    "query", ["", "?picked=0", "?question=0&picked=0", "?question={}&picked=99", "?question={}&picked=x"]
)
def test_what_answers_no_question_leads_back_to_it(app: Flask, client: FlaskClient, query: str) -> None:
    question = fields(client.get("/").text)["question"]
    assert client.get("/try" + query.format(question)).location == "/"
    sent = dict(re.findall(r"(\w+)=(\w+)", query.format(question)))
    assert send(client, "/start", **sent).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Review)).all() == []


@pytest.mark.parametrize("path", ["/today", "/practice", "/quizzes", "/progress?year=2026", "/review"])
def test_a_newcomer_starts_without_an_account_and_gets_the_page_wanted(client: FlaskClient, path: str) -> None:
    offer = client.get(path, follow_redirects=True).text
    assert offer.index("Start without an account") < offer.index(">Log in</a>\n</div>")
    target = re.search(r'name="next" value="([^"]*)"', offer)
    assert target and target[1] == path
    assert send(client, "/start", next=path).location == path
    assert client.get(path).status_code == 200
    assert client.get(f"/welcome?next={path}").location == path


def test_who_has_an_account_here_is_asked_to_log_in(client: FlaskClient) -> None:
    sign_up(client)
    send(client, "/logout")
    assert client.get("/today").location.startswith("/login")
    assert log_in(client, next="/progress").location == "/progress"


def test_starting_leads_nowhere_else(client: FlaskClient) -> None:
    assert 'name="next" value="/today"' in client.get("/welcome?next=//evil.example").text
    assert send(client, "/start", next="//evil.example").location == "/review"


def test_a_teacher_gets_from_the_start_page_to_a_class(client: FlaskClient) -> None:
    link = re.search(r'href="(/signup\?[^"]+)"', client.get("/").text)
    assert link
    page = client.get(link[1].replace("&amp;", "&")).text
    assert re.search(r'<input checked[^>]* value="teach"', page)
    target = re.search(r'name="next" type="hidden" value="([^"]*)"', page)
    assert target and target[1] == "/classes/new"
