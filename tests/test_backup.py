"""Backups: whole while people go on studying, and good for starting again from nothing but them."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from answering_thread import studying
from flask import Flask
from sqlalchemy import create_engine, text

from quizapp.cli.setup import ready_app
from quizapp.config import Settings
from quizapp.extensions import db

Command = Callable[..., "subprocess.CompletedProcess[str]"]


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
            assert "event=backup user=- outcome=done by=command-line" in done.stderr
            assert done.stdout == f"Backed up to {copy}\n"
            assert acknowledged <= answers_in(copy) <= learner.answers + 1
            assert copy.stat().st_mode & 0o777 == 0o600
        learner.go_on_until(learner.answers + 1)  # and nothing stopped it
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_putting_the_copy_back_restores_everything(
    app: Flask, database_url: str, command: Command, tmp_path: Path
) -> None:
    with studying(app) as learner:
        learner.go_on_until(5)
    saved = tmp_path / "backup.sqlite3"
    assert command("backup", saved, QUIZAPP_DATABASE_URL=database_url).returncode == 0
    home = tmp_path / "new-machine"
    (home / "data").mkdir(parents=True)
    shutil.copy(saved, home / "data/quizapp.sqlite3")
    restored = ready_app(Settings(data=home / "data"))  # as `quizapp run` does
    assert "Three rivers" in restored.test_client().get("/explore", follow_redirects=True).text
    with restored.app_context():
        db.session.remove()
        db.engine.dispose()
    assert answers_in(home / "data/quizapp.sqlite3") == learner.answers


def test_a_file_that_exists_is_never_overwritten(command: Command, tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "letter").write_text("Dear Ada")
    refused = command("backup", tmp_path / "letter", QUIZAPP_DATABASE_URL=sqlite_url)
    assert refused.returncode == 2
    assert refused.stderr == f"quizapp: {tmp_path}/letter already exists; choose another name\n"
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


def test_a_directory_keeps_the_newest(command: Command, own_data: Path, tmp_path: Path) -> None:
    kept = own_data / "backups"
    kept.mkdir()
    others = ["quizapp-20250101T000000Z.sqlite3.part", "quizapp.sqlite3", "letter"]
    older = ["quizapp-20250101T000000Z.sqlite3", "quizapp-20250102T000000Z.dump", "quizapp-20250103T000000Z.sqlite3"]
    for name in (*others, *older):
        (kept / name).write_text("older")
    done = command("backup", "--keep", 2)
    assert done.returncode == 0, done.stderr
    file = Path(done.stdout.removeprefix("Backed up to ").strip())
    assert {path.name for path in kept.iterdir()} == {*others, older[-1], file.name}
    assert file.read_bytes().startswith(b"SQLite format 3")
    assert file.stat().st_mode & 0o777 == 0o600
    elsewhere = tmp_path / "disk"
    elsewhere.mkdir()
    assert command("backup", elsewhere).returncode == 0
    assert len(list(elsewhere.iterdir())) == 1


def test_nothing_is_deleted_when_the_backup_fails(command: Command, own_data: Path, tmp_path: Path) -> None:
    (own_data / "backups").mkdir()
    older = own_data / "backups/quizapp-20250101T000000Z.sqlite3"
    older.write_text("older")
    data = bytearray((own_data / "quizapp.sqlite3").read_bytes())
    for start in range(8192, len(data), 4096):
        data[start : start + 64] = b"\xff" * 64
    (own_data / "quizapp.sqlite3").write_bytes(data)
    refused = command("backup", "--keep", 1)
    assert refused.returncode == 2
    assert "can't copy" in refused.stderr or "is damaged" in refused.stderr
    assert list((own_data / "backups").iterdir()) == [older]


def test_only_a_directory_can_keep_backups(command: Command, own_data: Path, tmp_path: Path) -> None:
    refused = command("backup", tmp_path / "new", "--keep", 3)
    assert refused.returncode == 2
    assert "--keep needs a directory" in refused.stderr


# PostgreSQL


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
