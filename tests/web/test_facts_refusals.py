"""The pages of a set's authors, asked for what there is not."""

import re

import pytest
from facts import big_set, browser_of, fact, rivers
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sets import person
from sqlalchemy.orm import Session

from quizapp.models import QuestionSet, User

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def author(session: Session) -> User:
    return person(session, "Aysel")


@pytest.fixture
def row(session: Session, author: User) -> QuestionSet:
    return rivers(session, author)


@pytest.fixture
def client(app: Flask, author: User, session: Session) -> FlaskClient:
    session.commit()
    return browser_of(app, author)


@on_sqlite
def test_the_next_page_keeps_nothing_but_the_filters(client: FlaskClient, session: Session, author: User) -> None:
    large = big_set(session, author, 60)
    page = client.get(f"/sets/{large.id}?topic=&set_id=9&endpoint=x&_scheme=ftp")
    assert page.status_code == 200
    assert re.search(rf'href="/sets/{large.id}\?page=2(&amp;topic=)?"', page.text)


@pytest.mark.parametrize("number", ["9" * 25, "200000000", "-3"])
def test_a_page_that_no_list_has_is_empty(client: FlaskClient, session: Session, row: QuestionSet, number: str) -> None:
    changed = fact(session, row, "nile-date")
    question = changed.questions[0].id
    pasts = (f"facts/{changed.id}/history", f"questions/{question}/history", "log")
    for address in ("/sets?q=a&", *(f"/sets/{row.id}/{past}?" for past in pasts)):
        assert client.get(f"{address}page={number}").status_code == 200, address


def test_a_fact_whose_number_no_column_holds_is_none(client: FlaskClient, row: QuestionSet) -> None:
    for address in ("new", "new/typed"):
        assert client.get(f"/sets/{row.id}/{address}?fact={'9' * 25}").status_code == 200, "a fact of its own"


@on_sqlite
def test_a_fact_may_lead_to_very_many(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    changed = fact(session, row, "nile-date")
    here = f"/sets/{row.id}/facts/{changed.id}"
    links = {f"leads_to-{number}-fact": "nile-source" for number in range(70)}
    for base in ("1", "9" * 5000):
        sent = send(client, here, statement="Mended.", topic="dates", base=base, **links)
        assert sent.status_code == 422, "it is named twice"
