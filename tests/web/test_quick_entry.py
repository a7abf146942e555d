"""Quick entry: lines of text become questions."""

import pytest
from facts import browser_of, fact, keys_in_order, rivers
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.models import QuestionSet, QuestionVersion, User

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


@pytest.mark.both_databases
def test_lines_become_questions_after_a_look(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    address = f"/sets/{row.id}/quick"
    lines = "Who else?\tGrant\nWhen did he die?\t15 September 1864\nWhich lake?\tVictoria\tAlbert\tTana"
    fields = {"text": lines, "topic": "dates", "kind": "auto", "tags": "new"}
    preview = send(client, address, do="preview", **fields)
    assert preview.status_code == 200
    assert "3 questions" in preview.text
    assert "15 September 1864" in preview.text
    assert len(keys_in_order(session, row)) == 3  # nothing is saved by looking
    saved = send(client, address, do="save", **fields)
    assert (saved.status_code, saved.location) == (303, f"/sets/{row.id}?topic=dates")
    assert keys_in_order(session, row)[3:] == [
        "who-else-grant",
        "when-did-he-die-15-september-1864",
        "which-lake-victoria",
    ]
    stored = fact(session, row, "who-else-grant")
    assert (stored.statement, stored.topic, stored.tags) == ("Who else? Grant", "dates", ["new"])
    kinds = session.scalars(select(QuestionVersion.body).order_by(QuestionVersion.id.desc()).limit(3))
    assert {body["kind"] for body in kinds} == {"typed", "date", "choice"}


def test_one_bad_line_saves_nothing_and_keeps_the_text(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    address = f"/sets/{row.id}/quick"
    response = send(client, address, do="save", text="Who?\tGrant\nNo answer", topic="dates", kind="auto")
    assert response.status_code == 422
    assert "There is no answer" in response.text
    assert "No answer</textarea>" in response.text
    assert len(keys_in_order(session, row)) == 3
    assert send(client, address, do="preview", text="", topic="dates", kind="auto").status_code == 422


@on_sqlite
def test_what_the_set_asks_already_is_pointed_out(client: FlaskClient, row: QuestionSet) -> None:
    text = "In which year did Speke reach LAKE VICTORIA\t1858"
    response = send(client, f"/sets/{row.id}/quick", do="preview", text=text, topic="dates", kind="auto")
    assert "Already in the set." in response.text
