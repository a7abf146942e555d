"""Choosing a custom session and studying it, without JavaScript; its address holds the choice."""

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, send
from review_pages import post, start
from sqlalchemy import select, update
from study import study_day
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Fact, Memory, Plan


@pytest.fixture
def one_a_day(app: Flask, client: FlaskClient) -> None:
    start(client)
    with app.app_context():
        db.session.execute(update(Plan).values(new_per_day=1))
        db.session.commit()


def choose(client: FlaskClient, **choice: str | list[str]) -> str:
    return " ".join(client.get("/review/custom", query_string=choice).text.split())


def start_link(page: str) -> str:
    found = re.search(r'<a class="button" href="([^"]+)">Start</a>', page)
    assert found, page
    return unescape(found[1])


def action_of(page: str, name: str) -> str:
    """Where a form with one button, or a link, leads that has `name` in its address."""
    found = re.search(rf'(?:action|href)="([^"]*{name}[^"]*)"', page)
    assert found, page
    return unescape(found[1])


def post_to(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    return client.post(address, data={"csrf_token": security_token(client), **fields})


@pytest.mark.usefixtures("one_a_day")
def test_before_an_exam_it_asks_what_was_chosen_for_the_day(app: Flask, client: FlaskClient) -> None:
    """Also when it is the first page that is opened on the day."""
    with app.app_context():
        db.session.execute(update(Plan).values(exam_day=study_day() + timedelta(days=3)))
        db.session.commit()
    new = re.search(r"<dt>new</dt><dd>(\d+)</dd>", client.get("/today").text)
    assert new and int(new[1]) > 1
    assert f"{new[1]} new facts, about" in choose(client, topic=["sample:actors", "sample:dates"])
    assert f"{new[1]} to go" in client.get("/review").text


@pytest.mark.usefixtures("one_a_day")
def test_it_works(app: Flask, client: FlaskClient) -> None:
    """Two new facts of a topic where the plan allows one: the choice stays through answer, verdict, undo and reload."""
    assert "Custom session" in client.get("/today").text
    page = choose(client, topic="sample:actors", ask="more", more="1")
    assert "2 new facts, about 1 minute." in page
    address = start_link(page)
    chosen = {"topic": ["sample:actors"], "new": ["2"]}
    assert parse_qs(urlsplit(address).query) == chosen
    question = client.get(address).text
    assert "Custom session" in question and "2 to go" in question

    answered = post(client, question, **{"give-up": "1"}).location
    verdict = client.get(answered).text
    undone = post_to(client, action_of(verdict, "undo")).location
    for leads_to in (answered, action_of(verdict, r"/review\?"), undone):
        assert parse_qs(urlsplit(leads_to).query) | chosen == parse_qs(urlsplit(leads_to).query)

    for _ in range(2):
        post(client, client.get(address).text, **{"give-up": "1"})
        with app.app_context():  # as if it had been learned
            db.session.execute(update(Memory).values(state=2, due_at=None, due_day=date(2100, 1, 1), stability=3.0))
            db.session.execute(update(Plan).values(new_per_day=3))
            db.session.commit()
    done = " ".join(client.get(address).text.split())
    assert "Custom session done" in done and "Today so far" in done and "<dt>answers</dt><dd>2</dd>" in done
    assert "Left in today’s session: 1 new." in done
    assert '<a class="button" href="/review">Continue today’s session</a>' in done
    assert "Nothing to study today with these choices." in choose(client, topic="sample:actors")


@pytest.mark.usefixtures("one_a_day")
def test_a_doubtful_answer_and_a_double_click_stay_in_the_session(client: FlaskClient) -> None:
    question = client.get("/review?topic=sample:actors&new=2").text
    first = post(client, question, **{"give-up": "1"})
    second = post(client, question, **{"give-up": "1"})
    assert second.location == first.location and "new=2" in second.location
    hidden = post_to(client, action_of(client.get("/review?topic=sample:actors&new=2").text, "skip"))
    assert "new=2" in hidden.location
    resumed = post_to(client, action_of(client.get(hidden.location).text, "resume"))
    assert "new=2" in resumed.location


@pytest.mark.usefixtures("one_a_day")
def test_what_is_marked_as_known_leads_back_to_the_page_it_was_said_on(app: Flask, client: FlaskClient) -> None:
    """The same with what is undone: on the page of a fact, and in a custom session."""
    session = "/review?topic=sample:actors&new=2"
    with app.app_context():
        key = db.session.scalars(select(Fact.key).where(Fact.topic == "actors").order_by(Fact.position.desc())).first()
    for page in (f"/explore/sample/facts/{key}", session):
        for name in ("/known", "/undo"):
            form = re.search(rf'action="([^"]*{name})".*?</form>', client.get(page).text, re.DOTALL)
            assert form, name
            back = re.search(r'name="next" value="([^"]+)"', form[0])
            assert back
            shown = urlsplit(post_to(client, form[1], next=unescape(back[1])).location)
            assert (shown.path, parse_qs(shown.query)) == (urlsplit(page).path, parse_qs(urlsplit(page).query))


@pytest.mark.usefixtures("one_a_day")
@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"ask": "more", "more": "0"}, "Type a whole number from 1 to 200."),
        ({"ask": "more", "more": ""}, "Type a whole number from 1 to 200."),
        ({"ask": "more", "more": "9" * 500}, "Type a whole number from 1 to 200."),
        ({"ask": "until", "until": ""}, "Type a date as year-month-day"),
        ({"ask": "until", "until": "soon"}, "Type a date as year-month-day"),
        ({"ask": "until", "until": "2020-01-01"}, "That day is in the past."),
        ({"ask": "all", "more": "x", "until": "soon"}, "1 new fact"),
        ({"ask": "nothing"}, "Choose one of these."),
    ],
)
def test_what_cannot_be_chosen_is_said_at_its_field(client: FlaskClient, choice: dict[str, str], message: str) -> None:
    page = choose(client, **choice)
    assert page.count(message) == 1
    assert ("Start</a>" in page) is (message == "1 new fact")


@pytest.mark.usefixtures("one_a_day")
@pytest.mark.parametrize("query", ["new=-1", "new=99999", "new=x", "until=soon", "until=" + "9" * 3000, "until="])
def test_an_address_that_says_nothing_leads_back_to_the_choice(client: FlaskClient, query: str) -> None:
    response = client.get(f"/review?set=sample&{query}", follow_redirects=True)
    assert response.status_code == 200 and response.request.path == "/review/custom"
    assert "doesn’t work. Make your choices again" in response.text


@pytest.mark.usefixtures("one_a_day")
@pytest.mark.parametrize("path", ["/review", "/review/custom"])
@pytest.mark.parametrize("query", ["set=elsewhere", "topic=sample:depths", "topic=sample", "set=" + "x" * 3000])
def test_sets_and_topics_that_are_not_studied_are_not_found(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 404


def test_without_a_set_there_is_nothing_to_choose(client: FlaskClient) -> None:
    start(client)
    send(client, "/plans/sample", new_per_day="1", retention="90", paused="y")
    assert "No set to study." in choose(client)
