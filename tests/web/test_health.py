"""The health check, and what people get while the database cannot be used: nothing is acknowledged and then lost."""

import os
import re
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import PostgresDatabase, SqliteDatabase
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, send
from sqlalchemy import func, select, text

from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models import Review, User, database
from quizapp.web.requests import commit

on_both = pytest.mark.both_databases
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def file(sqlite_database: SqliteDatabase, tmp_path: Path) -> Path:
    """Return the file of a database that one test may break."""
    path = tmp_path / "quizapp.sqlite3"
    shutil.copyfile(sqlite_database.template, path)
    return path


@pytest.fixture
def breakable(file: Path, settings: Settings, make_app: Callable[[Settings], Flask]) -> Flask:
    """Return an application over that file."""
    return make_app(settings.model_copy(update={"database_url": f"sqlite:///{file}"}))


def answer_form(client: FlaskClient) -> dict[str, object]:
    """Return the address and the fields of an answer to the question a new guest is asked."""
    send(client, "/start")
    page = client.get("/review").text
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form, page
    hidden = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
    return {"path": form[1], "data": hidden | {"give-up": "1"}}


def reviews(app: Flask) -> int | None:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Review))


@on_both
def test_it_works(client: FlaskClient) -> None:
    for _ in range(2):
        answer = client.get("/health")
        assert (answer.status_code, answer.json) == (200, {"status": "ok"})


# SQLite


def delete(file: Path) -> None:
    file.unlink()


def replace(file: Path) -> None:
    copy = file.with_suffix(".copy")
    shutil.copyfile(file, copy)
    copy.replace(file)


def delete_log(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


def delete_index(file: Path) -> None:
    file.with_name(f"{file.name}-shm").unlink()


@on_sqlite
@pytest.mark.parametrize("change", [delete, replace, delete_log, delete_index])
def test_nothing_is_acknowledged_into_a_file_that_is_gone(
    breakable: Flask, file: Path, change: Callable[[Path], None]
) -> None:
    client = breakable.test_client()
    form = answer_form(client)
    change(file)
    refused = client.post(**form)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert "Nothing was saved" in refused.text
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (503, {"status": "the database file was deleted or replaced"})
    assert client.get("/today").status_code == 503


@on_sqlite
@pytest.mark.parametrize(
    ("path", "sent"), [("/nowhere", None), ("/static/nowhere", None), ("/today", {}), ("/login", {"csrf_token": "old"})]
)
def test_pages_of_errors_say_so_too(breakable: Flask, file: Path, path: str, sent: dict[str, str] | None) -> None:
    breakable.config["PROPAGATE_EXCEPTIONS"] = False
    client = breakable.test_client()
    send(client, "/start")
    file.unlink()
    answer = client.get(path) if sent is None else client.post(path, data=sent)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "10")


@on_sqlite
def test_no_empty_database_is_made_in_place_of_the_one_that_is_gone(breakable: Flask, file: Path) -> None:
    breakable.test_client().get("/health")
    with breakable.app_context():
        db.session.connection().invalidate()  # as after an error: the next request opens a new connection
        db.session.rollback()
    file.unlink()
    assert breakable.test_client().get("/health").status_code == 503
    assert not file.exists()


@on_sqlite
def test_a_file_deleted_while_an_answer_is_written_is_noticed_before_it_is_acknowledged(
    breakable: Flask, file: Path
) -> None:
    def write_and_delete() -> str:
        db.session.execute(User.__table__.update().values(is_teacher=False))  # type: ignore[attr-defined]
        file.unlink()
        commit()
        return "acknowledged"

    breakable.add_url_rule("/write", view_func=write_and_delete, methods=["POST"])
    client = breakable.test_client()
    assert client.post("/write", data={"csrf_token": security_token(client)}).status_code == 503


@on_sqlite
def test_a_file_moved_away_and_back_is_used_again(breakable: Flask, file: Path) -> None:
    client = breakable.test_client()
    form = answer_form(client)
    away = file.rename(file.with_suffix(".away"))
    assert client.post(**form).status_code == 503
    away.rename(file)
    assert client.get("/health").status_code == 200
    assert client.post(**form).status_code == 303
    assert reviews(breakable) == 1


@contextmanager
def no_file_grows(limit: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@on_sqlite
def test_nothing_is_acknowledged_that_the_disk_does_not_take(breakable: Flask, file: Path) -> None:
    client = breakable.test_client()
    form = answer_form(client)
    client.get("/today"), client.get("/nowhere")  # their templates are compiled into files
    with no_file_grows(file.with_name(f"{file.name}-wal").stat().st_size):
        assert client.post(**form).status_code == 503
        assert client.get("/health").status_code == 503
        assert client.get("/today").status_code == 200
    assert reviews(breakable) == 0
    assert client.post(**form).status_code == 303
    assert (reviews(breakable), client.get("/health").status_code) == (1, 200)


@on_sqlite
def test_a_disk_that_is_nearly_full_is_reported(breakable: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(os.curdir)._replace(free=100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    answer = breakable.test_client().get("/health")
    assert (answer.status_code, answer.json) == (503, {"status": "the disk is full"})


# Both


@on_both
def test_a_read_only_database_is_reported_and_acknowledges_nothing(app: Flask, client: FlaskClient) -> None:
    form = answer_form(client)
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        db.engine.dispose()  # the connection opened next is the only one
        db.session.execute(
            text("PRAGMA query_only=ON" if is_sqlite else "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        )
        db.session.commit()
    assert client.post(**form).status_code == 503
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (503, {"status": "the database is read-only"})
    assert client.get("/today").status_code == 200
    with app.app_context():
        db.engine.dispose()
    assert client.post(**form).status_code == 303


# PostgreSQL


@on_both
@on_postgresql
def test_a_connection_that_the_server_ended_costs_nobody_an_error(
    app: Flask, client: FlaskClient, postgresql_database: PostgresDatabase
) -> None:
    form = answer_form(client)
    with app.app_context():
        used = db.session.scalar(text("SELECT pg_backend_pid()"))
    assert postgresql_database.admin.execute(text("SELECT pg_terminate_backend(:used, 5000)"), {"used": used}).scalar()
    assert client.post(**form).status_code == 303


@on_both
@on_postgresql
def test_without_a_free_connection_people_are_asked_to_come_back(
    settings: Settings, make_app: Callable[[Settings], Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "POOL_TIMEOUT", 0.05)
    app = make_app(settings.model_copy(update={"database_connections": 2}))
    client = app.test_client()
    form = answer_form(client)
    with app.app_context(), db.engine.connect(), db.engine.connect():
        refused = client.post(**form)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
        assert client.get("/health").json == {"status": "no database connection is free"}
    assert client.post(**form).status_code == 303
