"""`quizapp check`: nothing is wrong while people study, and what is wrong is printed, or misjudged."""

import re
import subprocess
from collections.abc import Callable

from answering_thread import studying
from attempts import add_facts
from flask import Flask
from sqlalchemy import select, text
from study import NOON, make_learner

from quizapp.extensions import db
from quizapp.models import Question, QuestionVersion
from quizapp.services import overrides
from quizapp.services.review import answers

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def test_it_works_while_somebody_is_studying(app: Flask, command: Command, database_url: str) -> None:
    with studying(app) as learner:
        learner.go_on_until(5)
        done = command("check", QUIZAPP_DATABASE_URL=database_url)
        learner.go_on_until(learner.answers + 1)  # and nothing stopped it
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith(" No differences.\n")


def test_every_difference_is_printed(app: Flask, command: Command, database_url: str) -> None:
    with studying(app) as learner:
        learner.go_on_until(5)
    with app.app_context():
        db.session.execute(text("UPDATE memory SET stability = 99, lapses = 3"))
        db.session.execute(text("UPDATE day_count SET answers = 1"))
        db.session.commit()
    done = command("check", QUIZAPP_DATABASE_URL=database_url)
    assert done.returncode == 1
    *found, summary = done.stdout.splitlines()
    assert [line.split(": ")[1].split(" is ")[0] for line in found] == ["stability", "lapses", "answers"]
    assert summary.endswith(". 3 differences.")


def test_differences_are_repaired_while_somebody_is_studying(app: Flask, command: Command, database_url: str) -> None:
    with studying(app) as learner:
        learner.go_on_until(5)
    with app.app_context():
        db.session.execute(text("UPDATE memory SET stability = 99, lapses = 3"))
        db.session.execute(text("UPDATE day_count SET answers = 1"))
        db.session.commit()
    with studying(app) as learner:
        done = command("check", "--repair", QUIZAPP_DATABASE_URL=database_url)
        learner.go_on_until(2)
    assert done.returncode == 0, done.stderr
    *found, summary = done.stdout.splitlines()
    assert [line.split(": ")[1].split(" is ")[0] for line in found] == ["stability", "lapses", "answers"]
    assert summary.endswith(". 3 differences corrected.")
    again = command("check", "--repair", QUIZAPP_DATABASE_URL=database_url)
    assert again.stdout.endswith(". 0 differences corrected.\n")


def test_overridden_verdicts_are_listed(app: Flask, command: Command, database_url: str) -> None:
    with app.app_context():
        session = db.session()
        add_facts(session, ["typed", "number", "typed"])
        for place, typed in enumerate(["Nile", "Nile", "\x1b[31m\u202ered", "x" * 200, "Don", "Ob", "Ob"]):
            learner = make_learner(session)
            version = session.scalars(select(QuestionVersion).join(Question).where(Question.key == "dates-100-q")).one()
            fact_id = session.get_one(Question, version.question_id).fact_id
            given = answers.SubmittedAnswer(fact_id, version.id, 0, {"text": typed})
            review_id = answers.record_answer(session, learner, given, now=NOON).review_id
            if place < 4:
                overrides.override_review(session, learner, review_id, now=NOON)
        session.commit()
    done = command("check", "--answers", QUIZAPP_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    first, counts, *texts, total = done.stdout.splitlines()
    assert first == "sample dates-100-q: Question 100?"
    assert re.fullmatch(r"  7 answered, 5 marked wrong, 4 disputed: 57\.1%; edit: /sets/\d+/questions/\d+", counts)
    assert texts[0] == "  2 × Nile" and len(texts) == 3
    assert {"  1 × \\x1b[31m\\u202ered", f"  1 × {'x' * 59}…"} == set(texts[1:])
    assert total == "4 of 7 typed answers disputed (57.14%). The goal is at most 1%."


def test_nothing_overridden_is_said_too(app: Flask, command: Command, database_url: str) -> None:
    done = command("check", "--answers", QUIZAPP_DATABASE_URL=database_url)
    assert done.stdout == "0 of 0 typed answers disputed (0.00%). The goal is at most 1%.\n"
