"""The log: one line for each request, in words or as JSON, and for each fault its trace under the same id."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp.application import create_app
from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.services import health

PLAIN = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 info request id=(?P<id>[0-9a-f]{12}) method=(?P<method>[A-Z]+) "
    r"route=(?P<route>\S+) status=(?P<status>\d+) ms=(?P<ms>\d+\.\d) queries=(?P<queries>\d+)"
)
SECRET = "correct horse battery"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """None of this hangs on the database."""
    return sqlite_url


@pytest.fixture
def logged(settings: Settings) -> Iterator[Callable[[str], tuple[FlaskClient, Callable[[], list[str]]]]]:
    """An application whose log has a format: a client of it, and what the log says since it was last asked."""
    apps: list[Flask] = []
    handlers = list(logging.getLogger("quizapp").handlers)

    def make(log_format: str) -> tuple[FlaskClient, Callable[[], list[str]]]:
        app = create_app(settings.model_copy(update={"log_format": log_format}))
        apps.append(app)
        stream = io.StringIO()
        (handler,) = logging.getLogger("quizapp").handlers
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(stream)

        def read() -> list[str]:
            lines = stream.getvalue().splitlines()
            stream.seek(0)
            stream.truncate()
            return lines

        return app.test_client(), read

    yield make
    for app in apps:
        with app.app_context():
            db.engine.dispose()
    logging.getLogger("quizapp").handlers[:] = handlers


def test_each_request_is_one_line(logged: Any) -> None:
    client, read = logged("plain")
    answer = client.get("/explore/sample?page=1")
    (line,) = read()
    told = PLAIN.fullmatch(line)
    assert told, line
    assert told["id"] == answer.headers["X-Request-Id"]
    assert (told["method"], told["route"], told["status"]) == ("GET", "/explore/<set_key>", "200")
    assert 0 < float(told["ms"]) < 60_000
    assert 0 < int(told["queries"]) < 20


def test_as_json_it_says_the_same(logged: Any) -> None:
    client, read = logged("json")
    answer = client.get("/health")
    (line,) = read()
    told = json.loads(line)
    assert set(told) == {"at", "level", "message", "id", "method", "route", "status", "ms", "queries"}
    assert (told["id"], told["route"], told["status"]) == (answer.headers["X-Request-Id"], "/health", 200)
    assert told["queries"] == 2


def test_a_path_is_written_in_both_formats(logged: Any, tmp_path: Path) -> None:
    for form in ("plain", "json"):
        _, read = logged(form)
        logging.getLogger("quizapp.jobs").info("backed up", extra={"fields": {"file": tmp_path}})
        (line,) = read()
        assert str(tmp_path) in line


def test_refusals_have_their_line_too(logged: Any) -> None:
    client, read = logged("plain")
    client.get("/nowhere")
    client.post("/logout")
    client.get("/logout")
    found = [PLAIN.fullmatch(line) for line in read()]
    assert [(told["method"], told["route"], told["status"]) for told in found if told] == [
        ("GET", "-", "404"),
        ("POST", "/logout", "400"),
        ("GET", "-", "405"),
    ]
    assert len({told["id"] for told in found if told}) == 3


def test_assets_have_none(logged: Any) -> None:
    client, read = logged("plain")
    client.get("/static/icon.svg").close()
    assert read() == []


def test_nothing_anybody_typed_is_in_it(logged: Any) -> None:
    client, read = logged("plain")
    page = client.get("/login").text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "name": "Ada", "password": SECRET}
    assert client.post(f"/login?next=/{SECRET}", data=form).status_code == 422
    assert len(lines := read()) == 3  # with the security event
    assert "Ada" not in "".join(lines)
    assert SECRET not in "".join(lines)


@pytest.mark.parametrize("log_format", ["plain", "json"])
def test_a_fault_is_there_with_its_trace_under_the_pages_id(
    logged: Any, log_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, read = logged(log_format)

    def fail(session: object, now: object) -> None:
        raise RuntimeError("the detail")

    monkeypatch.setattr(health, "check_database", fail)
    answer = client.get("/health")
    request_id = answer.headers["X-Request-Id"]
    assert request_id in answer.text
    lines = read()
    if log_format == "json":
        fault, request = map(json.loads, lines)
        assert (fault["level"], fault["id"], request["id"]) == ("error", request_id, request_id)
        assert fault["trace"].startswith("Traceback")
        assert fault["trace"].endswith("RuntimeError: the detail")
    else:
        assert f"error unexpected error id={request_id}" in lines[0]
        assert lines[1].startswith("  Traceback")
        assert lines[-2] == "  RuntimeError: the detail"
        told = PLAIN.fullmatch(lines[-1])
        assert told
        assert (told["id"], told["status"]) == (request_id, "500")


def test_nothing_in_a_message_or_trace_looks_like_a_line_of_its_own(
    logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, read = logged("plain")
    forged = "2026-11-30T03:00:00.000+00:00 info security event=log-in"

    def fail(session: object, now: object) -> None:
        raise RuntimeError(f"x\n{forged}\r\u2028{forged}")

    monkeypatch.setattr(health, "check_database", fail)
    client.get("/health")
    logging.getLogger("quizapp").error("not sent: x\n%s\x1b", forged)
    lines = read()
    assert any(forged in line for line in lines)
    assert [line for line in lines if line.startswith(forged)] == []
    assert lines[-1].endswith(r"\x1b") and "error not sent" in lines[-1]


def test_a_second_application_does_not_double_the_lines(logged: Any) -> None:
    logged("plain")
    client, read = logged("plain")
    client.get("/health")
    assert len(read()) == 1
