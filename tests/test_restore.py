"""Restoring a backup: everything is as it was when it was made, or, where the backup will not do, as it is."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from databases import PostgresDatabase
from flask import Flask
from sqlalchemy import Connection, create_engine, text
from study import answer, ask, make_learner

from quizapp.extensions import db

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def query(path: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as database, database:
        return database.execute(statement).fetchall()


def names_in(path: Path) -> list[tuple[Any, ...]]:
    return query(path, "SELECT name FROM user ORDER BY name")


def add_user(path: Path, name: str) -> None:
    query(
        path,
        "INSERT INTO user (name, name_folded, is_teacher, created_at, timezone, rollover_hour, two_buttons,"
        f" letter_keys) VALUES ('{name}', '{name}', 0, '2026-01-05 12:00:00', 'UTC', 4, 0, 1)",
    )


def is_one_line(refused: "subprocess.CompletedProcess[str]", *words: str) -> bool:
    assert refused.returncode == 2, refused
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert all(word in line for word in words), line
    return True


@pytest.fixture
def live(own_data: Path) -> Path:
    """The database of the commands; Ada has an account."""
    add_user(own_data / "quizapp.sqlite3", "ada")
    return own_data / "quizapp.sqlite3"


@pytest.fixture
def saved(live: Path, command: Command, tmp_path: Path) -> Path:
    """A backup of it. Bob has come since."""
    file = tmp_path / "backup.sqlite3"
    assert command("backup", file).returncode == 0
    add_user(live, "bob")
    return file


def test_it_works(command: Command, live: Path, saved: Path) -> None:
    before = saved.read_bytes()
    done = command("restore", saved, "--yes")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()  # of the security log
    assert line.endswith(f"info security event=restore user=- outcome=done by=command-line file={saved}")
    assert done.stdout == f"Restored {saved}. Start the server again with: quizapp run\n"
    assert names_in(live) == [("ada",)]
    assert live.stat().st_mode & 0o777 == 0o600
    assert saved.read_bytes() == before
    assert not [path for path in live.parent.iterdir() if path.name.endswith((".part", "-wal", "-shm"))]
    assert command("check").returncode == 0


def test_it_asks_first(command: Command, live: Path, saved: Path) -> None:
    assert command("restore", saved, stdin="n\n").returncode != 0
    assert names_in(live) == [("ada",), ("bob",)]
    assert command("restore", saved, stdin="y\n").returncode == 0
    assert names_in(live) == [("ada",)]


def test_a_new_machine_needs_nothing_but_the_backup(command: Command, saved: Path, tmp_path: Path) -> None:
    home = tmp_path / "new-machine/data"
    home.parent.mkdir()
    assert command("restore", saved, "--yes", "--data", home).returncode == 0
    assert names_in(home / "quizapp.sqlite3") == [("ada",)]


def test_a_database_in_use_is_left_alone(command: Command, live: Path, saved: Path) -> None:
    with closing(sqlite3.connect(live)) as server:
        server.execute("SELECT count(*) FROM user").fetchall()
        assert is_one_line(command("restore", saved, "--yes"), "the database is in use; stop the server first")
        assert server.execute("SELECT count(*) FROM user").fetchone() == (2,)
    assert names_in(live) == [("ada",), ("bob",)]
    assert not live.with_name("quizapp.sqlite3.part").exists()


def test_a_damaged_database_can_be_replaced(command: Command, live: Path, saved: Path) -> None:
    live.write_bytes(b"\0" * 20_000)
    live.with_name("quizapp.sqlite3-wal").write_bytes(b"rubbish")
    assert command("restore", saved, "--yes").returncode == 0
    assert names_in(live) == [("ada",)]


def cut(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])


def scribble(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for start in range(8192, len(data), 4096):
        data[start : start + 64] = b"\xff" * 64
    file.write_bytes(data)


def mix_up_an_index(file: Path) -> None:
    """Damage that no statement stumbles over."""
    with closing(sqlite3.connect(file)) as damaged, damaged:
        damaged.execute("PRAGMA writable_schema=ON")
        swapped = "replace(sql, '(set_id, position)', '(position, set_id)')"
        damaged.execute(f"UPDATE sqlite_master SET sql = {swapped} WHERE name = 'ix_fact_set_id_position'")


def replace_with_text(file: Path) -> None:
    file.write_text("Dear Ada, " * 500)


def remove_sets(file: Path) -> None:
    query(file, "DELETE FROM question_set")  # what belongs to them stays: foreign keys are off


def come_from_the_future(file: Path) -> None:
    query(file, "UPDATE alembic_version SET version_num = 'the-future'")


def be_of_another_program(file: Path) -> None:
    query(file, "DROP TABLE alembic_version")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (cut, "is damaged"),
        (scribble, "is damaged"),
        (mix_up_an_index, "is damaged"),
        (replace_with_text, "is not a backup of a SQLite database"),
        (remove_sets, "is damaged"),
        (come_from_the_future, "is newer than this program (its schema is at the-future)"),
        (be_of_another_program, "is not a backup of quizapp"),
    ],
)
def test_a_backup_that_will_not_do_changes_nothing(
    command: Command, live: Path, saved: Path, spoil: Callable[[Path], None], told: str
) -> None:
    spoil(saved)
    assert is_one_line(command("restore", saved, "--yes"), str(saved), told)
    assert names_in(live) == [("ada",), ("bob",)]
    assert not live.with_name("quizapp.sqlite3.part").exists()


# PostgreSQL


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def answers_in(url: str) -> tuple[Any, ...]:
    with connected(url) as connection:
        return tuple(
            connection.execute(text("SELECT count(*), (SELECT sum(answers) FROM day_count) FROM review")).one()
        )


@pytest.fixture
def dump(app: Flask, database: PostgresDatabase, command: Command, tmp_path: Path, postgres_path: str) -> Path:
    """A backup of a PostgreSQL database in which somebody has given one answer."""
    database.stop_watching()
    with app.app_context():
        learner = make_learner(db.session())
        answer(db.session(), learner, ask(db.session(), learner))
    file = tmp_path / "backup.dump"
    assert command("backup", file, QUIZAPP_DATABASE_URL=database.url, PATH=postgres_path).returncode == 0
    return file


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_as_it_was(command: Command, dump: Path, empty_postgres_url: str, postgres_path: str) -> None:
    settings = {"QUIZAPP_DATABASE_URL": empty_postgres_url, "PATH": postgres_path}
    next_ids = []
    for _ in range(2):  # into an empty database, then over one that has changed since
        done = command("restore", dump, "--yes", **settings)
        assert done.returncode == 0, done.stderr
        assert answers_in(empty_postgres_url) == (1, 1)
        with connected(empty_postgres_url) as connection:
            connection.execute(text("DELETE FROM review"))
            next_ids.append(connection.execute(text("SELECT nextval(pg_get_serial_sequence('review', 'id'))")).scalar())
            connection.commit()
    assert next_ids[0] == next_ids[1]
    checked = command("check", **settings)
    assert checked.returncode == 1  # the review is gone, and is missed
    assert "but the log gives" in checked.stdout
    assert command("restore", dump, "--yes", **settings).returncode == 0
    assert command("check", **settings).returncode == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_left_alone_where_something_will_not_do(
    command: Command, dump: Path, empty_postgres_url: str, postgres_path: str, database_url: str, saved: Path
) -> None:
    settings = {"QUIZAPP_DATABASE_URL": empty_postgres_url, "PATH": postgres_path}
    assert command("restore", dump, "--yes", **settings).returncode == 0
    with connected(empty_postgres_url):
        told = "the database is in use (1 connection); stop the server first"
        assert is_one_line(command("restore", dump, "--yes", **settings), told)
    assert is_one_line(command("restore", saved, "--yes", **settings), "is not a backup of a PostgreSQL database")
    assert is_one_line(command("restore", dump, "--yes"), "is not a backup of a SQLite database")
    cut(dump)
    assert is_one_line(command("restore", dump, "--yes", **settings), "can't restore")
    assert answers_in(empty_postgres_url) == (1, 1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_restore_of_postgresql_that_fails_on_its_way_leaves_everything(
    command: Command, app: Flask, dump: Path, empty_postgres_url: str, postgres_path: str, database_url: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    settings = {"QUIZAPP_DATABASE_URL": empty_postgres_url, "PATH": postgres_path}
    with connected(empty_postgres_url) as connection:
        connection.execute(text("CREATE TABLE kept (id integer)"))
        connection.execute(text("CREATE SEQUENCE review_id_seq"))  # in the way of one in the backup
        connection.commit()
    assert command("restore", dump, "--yes", **settings).returncode == 2
    with connected(empty_postgres_url) as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        assert names.scalars().all() == ["kept"]
