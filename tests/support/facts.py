"""Authors, and sets that they write in."""

import re
from datetime import timedelta
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in_as
from sets import person, sample
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON
from werkzeug.test import TestResponse

from quizapp.core.kinds import parse_question
from quizapp.core.sets import schema
from quizapp.models import Fact, Question, QuestionSet, SetAuthor, User
from quizapp.services.editor import facts
from quizapp.services.review import today
from quizapp.services.sets.contents import fact_document, insert_set
from quizapp.services.sets.updates import apply_document

LATER = NOON + timedelta(hours=1)


def rivers(session: Session, owner: User) -> QuestionSet:
    """A set of the owner's that says what the sample says: facts nile-source, nile-quarrel, nile-date."""
    source = sample()
    row = insert_set(session, owner, source.header, source.names, now=NOON)
    apply_document(session, row, source, author=owner, by_author=True, now=NOON)
    session.commit()
    return row


def big_set(session: Session, owner: User, size: int, title: str = "Big") -> QuestionSet:
    """A set with that many facts, in two topics by turns, each with two questions."""
    topics = [{"key": key, "title": key.title(), "summary": "…"} for key in ("odd", "even")]
    header = schema.SetHeader.model_validate(
        {"key": "big", "title": title, "summary": "…", "language": "en", "topics": topics}
    )
    row = insert_set(session, owner, header, now=NOON)
    made = [
        schema.Fact(
            key=f"fact-{number}",
            topic=("even", "odd")[number % 2],
            statement=f"Statement {number}.",
            tags=["exam"] if number % 10 == 0 else [],
            questions=[
                parse_question(
                    {"key": f"q-{number}-{kind}", "kind": kind, "prompt": f"Prompt {number}?", "answer": "x"}
                )
                for kind in ("typed", "flashcard")
            ],
        )
        for number in range(1, size + 1)
    ]
    apply_document(session, row, schema.QuestionSet(header, (), tuple(made)), author=owner, by_author=True, now=NOON)
    session.commit()
    return row


def empty_set(session: Session, owner: User, key: str = "lakes", **header: object) -> QuestionSet:
    """A set without facts, with the one topic "Depth"."""
    topics = [{"key": "depth", "title": "Depth", "summary": "How deep."}]
    plain = {"key": key, "title": key.title(), "summary": "…", "language": "en", "topics": topics}
    row = insert_set(session, owner, schema.SetHeader.model_validate(plain | header), now=NOON)
    session.commit()
    return row


def fact(session: Session, row: QuestionSet, key: str) -> Fact:
    """A fact as the database has it now."""
    session.expire_all()
    return session.scalars(select(Fact).where(Fact.set_id == row.id, Fact.key == key)).one()


def keys_in_order(session: Session, row: QuestionSet) -> list[str]:
    return list(session.scalars(select(Fact.key).where(Fact.set_id == row.id).order_by(Fact.position, Fact.id)))


def question_of(session: Session, row: QuestionSet, key: str) -> Question:
    session.expire_all()
    return session.scalars(
        select(Question).join(Fact, Fact.id == Question.fact_id).where(Fact.set_id == row.id, Question.key == key)
    ).one()


def browser_of(app: Flask, user: User) -> FlaskClient:
    """A browser in which the person is logged in."""
    return log_in_as(app.test_client(), user.id)


def edit(session: Session, user: User, row: QuestionSet, key: str, *, base: int = 1, **fields: object) -> bool:
    """Save a fact with these fields changed, as an author who opened it at version `base`."""
    stored = fact(session, row, key)
    changed = facts.save_fact(session, user, row.id, stored.id, fact_document(stored) | fields, base=base, now=LATER)
    session.commit()
    return changed


def make_learner_of(session: Session, row: QuestionSet) -> User:
    learner = person(session, "Learner")
    session.add(SetAuthor(set_id=row.id, user_id=learner.id, since=NOON))
    today.start_plan(session, learner, row.id, now=NOON)
    session.commit()
    return learner


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """The fields of the form that goes to this address, as the browser would post them."""
    body = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    assert body, action
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", body[0]):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in attributes or (attributes.get("type") == "checkbox" and " checked" not in tag):
            continue
        fields.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', body[0], re.S):
        fields.setdefault(name, []).append(unescape(text))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body[0], re.S):
        chosen = re.search(r'<option[^>]* selected value="([^"]*)"', options)
        fields.setdefault(name, []).append(chosen[1] if chosen else "")
    return fields


def undo(client: FlaskClient, page: str) -> TestResponse:
    """Press the Undo that the page offers."""
    text = client.get(page).text
    address = re.search(r'<div class="notice notice--good cluster">.*?action="([^"]+)"', text, re.S)
    assert address, "no Undo"
    return client.post(address[1], data=form_of(text, address[1]))
