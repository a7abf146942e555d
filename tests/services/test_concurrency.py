"""Many who answer at once: no answer is lost, none counts twice, nobody is told that the database is locked."""

import multiprocessing
import os
import re
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sampling
from concurrency import WRITERS, at_once
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session

from quizapp.extensions import db
from quizapp.models import DayCount, Fact, Memory, Plan, Question, QuestionSet, QuestionVersion, Review, User, database
from quizapp.models.database import QueueingConnection, WriteQueue, writing
from quizapp.services import memories
from quizapp.services.consistency import Checked, find_differences
from quizapp.services.review import answers, offline, today

FACTS = 12 if sampling.exhaustive else 6
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def questions(app: Flask) -> list[tuple[int, int]]:
    """Facts that are asked by a flashcard: their ids and those of the question versions."""
    with app.app_context():
        session = db.session()
        set_id = session.scalars(select(QuestionSet.id)).one()
        body = session.scalars(
            select(QuestionVersion.body).join(Question).where(Question.key == "nile-quarrel-card")
        ).one()
        made = []
        for number in range(FACTS):
            version = QuestionVersion(number=1, body=body, created_at=NOON)
            fact = Fact(
                set_id=set_id, key=f"many-{number}", position=100 + number, topic="actors", statement="One of many.",
                passages=[1], notes=[], actors=[], leads_to={},
                questions=[Question(key=f"many-{number}-card", position=0, current=1, versions=[version])],
            )  # fmt: skip
            session.add(fact)
            made.append((fact, version))
        session.flush()
        found = [(fact.id, version.id) for fact, version in made]
        session.commit()
        return found


def add_learners(app: Flask, count: int) -> list[int]:
    with app.app_context():
        learners = [User(created_at=NOON) for number in range(count)]
        db.session.add_all(learners)
        db.session.flush()
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        for learner in learners:
            db.session.add(Plan(learner_id=learner.id, set_id=set_id, new_per_day=100, started_at=NOON))
        db.session.commit()
        return [learner.id for learner in learners]


def answer(session: Session, learner_id: int, fact_id: int, question_version_id: int, seen: int) -> bool:
    """Whether the answer was acknowledged. Sent again while no connection is free, as the page then asks for."""
    given = answers.SubmittedAnswer(fact_id, question_version_id, seen, {"rating": "good"}, ms=1000)
    try:
        answers.record_answer(session, session.get_one(User, learner_id), given, now=NOON)
        session.commit()
    except NoFreeConnection:
        session.rollback()
        return answer(session, learner_id, fact_id, question_version_id, seen)
    except memories.StaleAnswer:
        session.rollback()
        return False
    return True


def kept(session: Session) -> Counter[int]:
    """How many answers each learner has."""
    rows = session.execute(select(Review.learner_id, func.count()).group_by(Review.learner_id))
    return Counter({row[0]: row[1] for row in rows})


def test_everyone_answers_at_once(app: Flask, questions: list[tuple[int, int]]) -> None:
    learners = add_learners(app, WRITERS)

    def study(session: Session, number: int) -> int:
        asked = [(fact, version, seen) for seen in (0, 1) for fact, version in questions]
        return sum(answer(session, learners[number], *one) for one in asked)

    assert at_once(app, study) == [2 * FACTS] * WRITERS
    with app.app_context():
        assert kept(db.session()) == Counter(dict.fromkeys(learners, 2 * FACTS))
        assert set(db.session.scalars(select(DayCount.answers))) == {2 * FACTS}
        assert set(db.session.scalars(select(Memory.version))) == {2}


def test_one_learner_answers_in_many_tabs(app: Flask, questions: list[tuple[int, int]]) -> None:
    """Every tab sends every answer: of each question's answers, one counts."""
    learner = add_learners(app, 1)[0]
    acknowledged = at_once(app, lambda session, number: sum(answer(session, learner, *one, 0) for one in questions))
    assert sum(acknowledged) == FACTS
    with app.app_context():
        assert kept(db.session()) == {learner: FACTS}
        day = db.session.scalars(select(DayCount)).one()
        assert (day.answers, day.correct, day.new_facts, day.ms) == (FACTS, FACTS, FACTS, 1000 * FACTS)


def test_a_double_click_on_a_known_fact_counts_once(app: Flask, questions: list[tuple[int, int]]) -> None:
    learner = add_learners(app, 1)[0]
    with app.app_context():
        assert answer(db.session(), learner, *questions[0], 0)
    assert sum(at_once(app, lambda session, number: answer(session, learner, *questions[0], 1))) == 1
    with app.app_context():
        assert kept(db.session()) == {learner: 2}
        assert db.session.scalars(select(DayCount.answers)).one() == 2


def test_undoing_while_other_answers_come_in_leaves_what_the_log_says(
    app: Flask, questions: list[tuple[int, int]]
) -> None:
    learner = add_learners(app, 1)[0]
    fact_id, version_id = questions[0]

    def send(session: Session, number: int) -> None:
        user = session.get_one(User, learner)
        if number % 2:
            with suppress(answers.NothingToUndo, memories.StaleAnswer):
                answers.undo_answer(session, user, now=NOON)
        else:
            given = answers.SubmittedAnswer(fact_id, version_id, 0, {"rating": "good"}, 1000, None, str(uuid4()))
            offline.record_offline_answers(session, user, [(given, NOON)], now=NOON)
        session.commit()

    for _ in range(3):
        at_once(app, send)
    with app.app_context():
        assert list(find_differences(db.session(), Checked())) == []


def test_readers_do_not_wait_for_a_writer(app: Flask, questions: list[tuple[int, int]]) -> None:
    learner = add_learners(app, 1)[0]
    done = threading.Event()

    def read() -> None:
        writing.set(False)
        with app.app_context():
            today.read_today(db.session(), db.session.get_one(User, learner), now=NOON)
        done.set()

    with app.app_context():
        db.session.get_one(User, learner).timezone = "Asia/Baku"
        db.session.flush()
        reader = threading.Thread(target=read)
        reader.start()
        assert done.wait(timeout=5)
        db.session.rollback()
    reader.join()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_what_changes_something_takes_the_write_lock(app: Flask) -> None:
    begun: list[str] = []
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    client = app.test_client()
    page = client.get("/explore/sample").text
    assert set(begun) == {"BEGIN"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    client.post("/start", data={"csrf_token": token[1]})
    assert "BEGIN IMMEDIATE" in begun
    begun.clear()
    client.get("/review")
    assert set(begun) == {"BEGIN"}


# The queue in front of SQLite's write lock


def test_writers_come_in_the_order_they_came(tmp_path: Path) -> None:
    queue, entered = WriteQueue(str(tmp_path / "lock")), []

    def write(number: int) -> None:
        assert queue.enter()
        entered.append(number)
        queue.leave()

    assert queue.enter()
    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for waiting, thread in enumerate(threads, start=1):
        thread.start()
        while len(queue._waiting) < waiting:
            time.sleep(0.001)
    queue.leave()
    for thread in threads:
        thread.join(timeout=5)
    assert entered == list(range(8))


def test_a_process_that_dies_gives_its_turn_up(tmp_path: Path) -> None:
    def die() -> None:
        assert WriteQueue(str(tmp_path / "lock")).enter()
        os._exit(7)

    process = multiprocessing.get_context("fork").Process(target=die)
    process.start()
    process.join(timeout=5)
    assert process.exitcode == 7
    queue = WriteQueue(str(tmp_path / "lock"))
    assert queue.enter()
    queue.leave()


def test_whoever_waits_too_long_goes_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.01)
    queue = WriteQueue(str(tmp_path / "lock"))
    assert queue.enter()
    assert not queue.enter()
    queue.leave()
    assert queue.enter()
    queue.leave()


def test_without_a_lock_file_the_threads_queue_all_the_same(tmp_path: Path) -> None:
    queue = WriteQueue(str(tmp_path / "nowhere" / "lock"))
    assert queue.enter()
    queue.leave()
    assert queue.enter()
    queue.leave()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("end", ["commit", "rollback", "close", "invalidate"])
def test_a_transaction_gives_its_turn_up_however_it_ends(app: Flask, end: str) -> None:
    with app.app_context():
        for _ in range(2):
            with db.engine.connect() as connection:
                connection.execute(text("UPDATE user SET timezone = 'UTC'"))
                with pytest.raises(IntegrityError):
                    connection.execute(text("INSERT INTO plan (learner_id, set_id) VALUES (1, NULL)"))
                raw = connection.connection.dbapi_connection
                assert isinstance(raw, QueueingConnection)
                assert raw.queue is not None
                getattr(connection, end)()
                assert raw.queue is None
