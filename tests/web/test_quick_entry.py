"""Quick entry: lines of text become questions."""

import re
from html import unescape

import pytest
from facts import browser_of, fact, keys_in_order, rivers
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse
from writing import person

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


def post(client: FlaskClient, path: str, page: str | None = None, **fields: object) -> TestResponse:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(page or path).text)
    assert token
    return client.post(path, data={"csrf_token": token[1], **fields})


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """The fields of the form that goes to this address, as the browser would post them."""
    body = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    assert body, action
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", body[0]):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "checkbox" and " checked" not in tag:
            continue
        fields.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', body[0], re.S):
        fields.setdefault(name, []).append(unescape(text))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body[0], re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        fields.setdefault(name, []).append(chosen[1] if chosen else "")
    return fields


def undo(client: FlaskClient, page: str) -> TestResponse:
    """Press the Undo that the page offers."""
    text = client.get(page).text
    address = re.search(r'<div class="notice notice--good cluster">.*?action="([^"]+)"', text, re.S)
    assert address, "no Undo"
    return client.post(address[1], data=form_of(text, address[1]))


@pytest.mark.both_databases
def test_lines_become_questions_after_a_look(client: FlaskClient, session: Session, row: QuestionSet) -> None:
    address = f"/sets/{row.id}/quick"
    lines = "Who else?\tGrant\nWhen did he die?\t15 September 1864\nWhich lake?\tVictoria\tAlbert\tTana"
    fields = {"text": lines, "topic": "dates", "kind": "auto", "tags": "new"}
    preview = post(client, address, do="preview", **fields)
    assert preview.status_code == 200
    assert "3 questions" in preview.text
    assert "15 September 1864" in preview.text
    assert len(keys_in_order(session, row)) == 3  # nothing is saved by looking
    saved = post(client, address, do="save", **fields)
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
    response = post(client, address, do="save", text="Who?\tGrant\nNo answer", topic="dates", kind="auto")
    assert response.status_code == 422
    assert "There is no answer" in response.text
    assert "No answer</textarea>" in response.text
    assert len(keys_in_order(session, row)) == 3
    assert post(client, address, do="preview", text="", topic="dates", kind="auto").status_code == 422


@on_sqlite
def test_what_the_set_asks_already_is_pointed_out(client: FlaskClient, row: QuestionSet) -> None:
    text = "In which year did Speke reach LAKE VICTORIA\t1858"
    response = post(client, f"/sets/{row.id}/quick", do="preview", text=text, topic="dates", kind="auto")
    assert "The set asks this already." in response.text
