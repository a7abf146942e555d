"""Quizzes in a browser without JavaScript: making and taking them, and what they leave behind."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import unescape
from typing import Any

from attempts import add_facts, questions_of, right_answer
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sqlalchemy import func, select
from study import NOON
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Attempt, Quiz, Review
from quizapp.models import Response as ResponseRow


def stop_clock(app: Flask) -> dict[str, datetime]:
    """The time it is for the site; a test may move it on."""
    time = {"is": NOON}
    app.config["CLOCK"] = lambda tz: time["is"].astimezone(tz)
    return time


def arrive(app: Flask, client: FlaskClient, kinds: Sequence[str] = ("typed",) * 9) -> FlaskClient:
    """A browser of somebody who studies the sample, to which facts were added: nine with a typed answer, or these."""
    with app.app_context():
        add_facts(db.session(), list(kinds))
    send(client, "/start", timezone="Asia/Baku")
    return client


def make(client: FlaskClient, **fields: object) -> str:
    """Make a quiz and begin it; the address of the attempt."""
    made = send(client, "/quizzes/new", **{"size": "12", "feedback": "at-end", "counts": "reviews", **fields})
    assert made.status_code == 303, made.text
    return made.location


def the_quiz(app: Flask) -> str:
    """The address of the only quiz."""
    with app.app_context():
        return f"/quizzes/{db.session.scalars(select(Quiz.id)).one()}"


def answer(client: FlaskClient, address: str, position: int, **fields: str) -> TestResponse:
    return send(client, f"{address}/{position}", **(fields or {"give-up": "1"}))


def right_answers(app: Flask, address: str) -> dict[int, dict[str, str]]:
    """The forms that answer each question of an attempt right_answer, by position."""
    with app.app_context():
        items = questions_of(db.session(), int(address.rsplit("/", 1)[1]))
        return {item.position: right_answer(item) for item in items}


def position_of(app: Flask, address: str, kind: str) -> int:
    with app.app_context():
        items = questions_of(db.session(), int(address.rsplit("/", 1)[1]))
        return next(item.position for item in items if item.question.kind == kind)


def stored(app: Flask) -> list[Any]:
    """All that a quiz could change."""
    with app.app_context():
        rows = select(ResponseRow.position, ResponseRow.response, ResponseRow.at, ResponseRow.review_id).order_by(
            ResponseRow.attempt_id, ResponseRow.position
        )
        done = select(Attempt.id, Attempt.finished_at, Attempt.marks).order_by(Attempt.id)
        reviews = db.session.scalar(select(func.count()).select_from(Review))
        return [*map(tuple, db.session.execute(rows)), *map(tuple, db.session.execute(done)), reviews]


def text(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    assert found
    return text(found[1])
