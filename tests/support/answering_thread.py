"""Somebody who goes on studying while something else happens."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from quizapp.extensions import db
from quizapp.models import QuestionSet, User
from quizapp.services import accounts
from quizapp.services.review import queue, today
from quizapp.services.review.answers import SubmittedAnswer, record_answer


class AnsweringThread:
    """A thread that answers one question again and again; `answers` counts those acknowledged."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.answers = 0
        self.enough = threading.Event()
        self.thread = threading.Thread(target=self._study)
        now = datetime.now(UTC)
        with app.app_context():
            learner = accounts.create_guest(db.session(), timezone="UTC", now=now)
            today.start_plan(db.session(), learner, db.session.scalars(select(QuestionSet.id)).one(), now=now)
            prompt = queue.next_prompt(db.session(), learner, now=now)
            assert prompt
            self.learner_id, self.fact_id, self.question = learner.id, prompt.fact_id, prompt.question_version_id
            db.session.commit()

    def _study(self) -> None:
        while not self.enough.is_set():
            with self.app.app_context():
                session = db.session()
                record_answer(
                    session,
                    session.get_one(User, self.learner_id),
                    SubmittedAnswer(self.fact_id, self.question, self.answers, {"give-up": "1"}),
                    now=datetime.now(UTC),
                )
                session.commit()
            self.answers += 1

    def go_on_until(self, answers: int) -> None:
        for _ in range(3000):
            if self.answers >= answers:
                return
            assert self.thread.is_alive()
            self.enough.wait(0.01)
        raise AssertionError(f"only {self.answers} answers in 30 seconds")


@contextmanager
def studying(app: Flask) -> Iterator[AnsweringThread]:
    learner = AnsweringThread(app)
    learner.thread.start()
    try:
        yield learner
    finally:
        learner.enough.set()
        learner.thread.join(timeout=10)
