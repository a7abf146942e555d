"""How many files of the program one request goes through: what a reader has to open to follow it."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from editor import Author, fields_of
from flask import Flask
from study import NOON
from werkzeug.datastructures import MultiDict

import quizapp
from quizapp.extensions import db
from quizapp.models import Memory, Plan, Question

PACKAGE = Path(quizapp.__file__).parent
LEARNT = {
    "state": 2, "stability": 60.0, "difficulty": 5.0, "last_day": NOON.date(), "due_day": NOON.date(), "reps": 4,
    "lapses": 0,
}  # fmt: skip


def files_entered(action: Callable[[], Any]) -> set[str]:
    """Return the files of the package in which an action calls a function."""
    entered: set[str] = set()

    def note(frame: FrameType, event: str, argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(PACKAGE) and path.suffix == ".py":
            entered.add(path.relative_to(PACKAGE).as_posix())

    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
    return entered


@pytest.fixture
def author(app: Flask) -> Author:
    """A learner who studies a set of their own, in which the fact `nile-quarrel` is due as a flashcard."""
    author = Author(app)
    with app.app_context():
        card = db.session.get_one(Question, author.question_id("nile-quarrel-card"))
        for question in card.fact.questions:
            question.archived_at = None if question is card else NOON
        db.session.add(Plan(learner_id=author.id, set_id=author.set_id, started_at=NOON, new_per_day=0))
        db.session.add(Memory(learner_id=author.id, fact_id=card.fact_id, version=1, **LEARNT))
        db.session.commit()
    return author


def answer_card(author: Author) -> Callable[[], Any]:
    """Return a call that sends the answer to the card which is asked now."""
    page = author.client.get("/review").text
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form, page
    data = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
    assert 'name="rating"' in form[2]
    return lambda: author.client.post(form[1], data=data | {"rating": "good"})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_answering_a_card(author: Author) -> None:
    answer_card(author)()  # what is imported or kept at first use is not part of the walk
    page = author.client.get("/review").text
    author.client.post("/review/undo", data=dict(re.findall(r'name="(csrf_token)" value="([^"]*)"', page)))
    send = answer_card(author)
    answers = []
    entered = files_entered(lambda: answers.append(send()))
    assert answers[0].status_code == 303
    assert len(entered) <= 12, " ".join(sorted(entered))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_saving_a_question(author: Author) -> None:
    question_id = author.question_id("nile-quarrel-card")
    page = author.get(f"questions/{question_id}")
    form = fields_of(page).type(prompt="What did they quarrel over?")
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    data = MultiDict([*form.items(multi=True), ("csrf_token", token[1]), ("do", "save")])
    address = author.path(f"questions/{question_id}")
    answers = []
    entered = files_entered(lambda: answers.append(author.client.post(address, data=data)))
    assert answers[0].status_code == 303
    assert len(author.bodies(question_id)) == 2
    assert len(entered) <= 14, " ".join(sorted(entered))
