"""Practice in a browser without JavaScript: going about it, and looking at what is stored."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in_as
from people import send
from sqlalchemy import select
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Base, Fact, Plan, Question, QuestionSet, QuestionVersion, User


def arrive(app: Flask, client: FlaskClient, name: str, *, studies: bool = True) -> User:
    now = datetime.now(UTC)
    with app.app_context():
        user = User(created_at=now)
        db.session.add(user)
        db.session.flush()
        if studies:
            set_id = db.session.scalars(select(QuestionSet.id)).one()
            db.session.add(Plan(learner_id=user.id, set_id=set_id, started_at=now))
        db.session.commit()
        db.session.refresh(user)
        db.session.expunge(user)
    log_in_as(client, user.id)
    return user


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    """The words of a page, without its tags."""
    response = client.get(address)
    assert response.status_code == status, response.status
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def begin(client: FlaskClient, about: str = "topic:actors", size: int = 10) -> str:
    """Begin a practice; its address."""
    begun = send(client, "/practice", set="sample", about=about, size=size)
    assert begun.status_code == 303, begun.text
    location: str = begun.location
    return location


def answer(client: FlaskClient, address: str, **posted: str) -> TestResponse:
    return send(client, address, ms="1200", **(posted or {"give-up": "1"}))


def repeated(practice: str, how: str) -> str:
    """Return the address that begins another practice from one: of what was "missed", or "another" like it."""
    return f"/practice/{practice.rsplit('/', 1)[1]}/{how}"


def finish(client: FlaskClient, practice: str, questions: int = 2) -> None:
    for position in range(1, questions + 1):
        assert answer(client, f"{practice}/{position}").status_code == 303


def stored(app: Flask) -> dict[str, list[Any]]:
    """Every row of every table."""
    with app.app_context():
        return {
            table.name: list(db.session.execute(select(table).order_by(*table.primary_key)))
            for table in Base.metadata.sorted_tables
        }


def add_events(app: Flask, number: int = 8) -> list[int]:
    """Dated facts of the sample set, a week apart, the earliest first; their ids."""
    now = datetime.now(UTC)
    with app.app_context():
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        db.session.execute(Fact.__table__.update().values(date=None))  # type: ignore[attr-defined]
        facts = []
        for n in range(number):
            day = (datetime(1920, 1, 1, tzinfo=UTC) + timedelta(days=7 * n)).date()
            fact = Fact(
                set_id=set_id, key=f"event-{n}", position=50 + n, topic="dates", passages=[], notes=[], actors=[],
                leads_to={}, date=day.isoformat(), statement=f"On {day.day} {day:%B} 1920 event {n} took place.",
            )  # fmt: skip
            body = {
                "key": f"event-{n}", "kind": "true_false", "prompt": "So?", "explanation": "So.", "answer": True
            }  # fmt: skip
            question = Question(key=f"event-{n}", position=0, current=1)
            question.versions.append(QuestionVersion(number=1, body=body, created_at=now))
            fact.questions.append(question)
            facts.append(fact)
        db.session.add_all(facts)
        db.session.commit()
        return [fact.id for fact in facts]


def token_of(page: str) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    return token[1]
