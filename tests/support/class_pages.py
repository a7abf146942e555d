"""A class in a browser without JavaScript: its teacher, its students and its code."""

import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from people import send, sign_up
from sqlalchemy import func, select, update

from quizapp.cli.jobs import JobWorker
from quizapp.core.classes import spell_code
from quizapp.extensions import db
from quizapp.models import Classroom, User


def somebody(app: Flask, name: str, *, teaches: bool = False) -> FlaskClient:
    """A browser of somebody with an account."""
    client = app.test_client()
    assert sign_up(client, name, role="teach" if teaches else "learn").status_code == 303
    return client


def open_class(client: FlaskClient) -> str:
    """The address of a new class."""
    return send(client, "/classes/new", title="History, 9b", timezone="Asia/Baku").location


def code(app: Flask) -> str:
    """The join code of the class."""
    with app.app_context():
        return spell_code(db.session.scalars(select(Classroom.join_code)).one() or "")


def joined(app: Flask, name: str) -> FlaskClient:
    """A browser of a new student of the class."""
    client = somebody(app, name)
    client.get(send(client, f"/join/{code(app)}").location)  # which says once that one has joined
    return client


def id_of(app: Flask, name: str) -> int:
    with app.app_context():
        return db.session.scalars(select(User.id).where(User.name == name)).one()


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def counted(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def let_teacher_have_made(app: Flask, name: str) -> None:
    """Let it be as if a teacher had made the account from a list."""
    with app.app_context():
        db.session.execute(update(User).where(User.name == name).values(created_by_teacher=True))
        db.session.commit()


def work(app: Flask) -> None:
    """Run all jobs that are due, as the process beside the server does."""
    worker = JobWorker(app)
    while worker.run_next():
        pass


def slips(page: str) -> list[tuple[str, str]]:
    """User name and password on each slip."""
    typed = [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r'class="slip__typed">(.*?)</dd>', page)]
    return list(zip(typed[::2], typed[1::2], strict=True))
