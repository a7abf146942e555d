"""`quizapp check`: nothing is wrong while people study, and what is wrong is printed."""

import subprocess
from collections.abc import Callable

from answering_thread import studying
from flask import Flask
from sqlalchemy import text

from quizapp.extensions import db

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def test_it_works_while_somebody_is_studying(app: Flask, command: Command, database_url: str) -> None:
    with studying(app) as learner:
        learner.go_on_until(5)
        done = command("check", QUIZAPP_DATABASE_URL=database_url)
        learner.go_on_until(learner.answers + 1)  # and nothing stopped it
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith(" of 1 learners: no differences.\n")


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
    assert summary.endswith(": 3 differences.")
