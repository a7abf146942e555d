"""Errors are pages like the others: they say what happened and what to do next, and give nothing away."""

import logging
import re
import sys
from collections.abc import Callable

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from people import send
from sqlalchemy.exc import OperationalError

from quizapp.config import Settings
from quizapp.services.errors import NotFound
from quizapp.web.errors import PAGES

SECRET = "the key is under the mat"


@pytest.fixture
def app(settings: Settings, make_app: Callable[[Settings], Flask]) -> Flask:
    """An application of its own, which can be made to fail in every way there is."""

    def fail(how: str) -> str:
        match how:
            case "trace":
                raise RuntimeError(SECRET)
            case "database":
                raise OperationalError("SELECT", {}, Exception(SECRET))
            case "missing":
                raise NotFound
            case _:
                abort(int(how))

    app = make_app(settings)
    app.add_url_rule("/fail/<how>", view_func=fail, methods=["GET", "POST"])
    return app


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(logging.getLogger("quizapp"), "propagate", True)
    return caplog


def looks_at_home(page: str) -> bool:
    return 'class="masthead"' in page and 'class="colophon"' in page and 'href="/">Go to the home page</a>' in page


@pytest.mark.parametrize("code", sorted(PAGES))
def test_an_error_says_what_happened_and_what_to_do(client: FlaskClient, code: int) -> None:
    title, advice = PAGES[code]
    answer = client.get(f"/fail/{code}")
    assert answer.status_code == code
    assert looks_at_home(answer.text)
    assert re.search(rf"<h1[^>]*>{title}</h1>", answer.text)
    assert advice in answer.text
    assert f"<title>{title} · quizapp</title>" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(("code", "like"), [(418, 400), (502, 500)])
def test_an_error_nobody_thought_of_is_worded_like_its_kin(client: FlaskClient, code: int, like: int) -> None:
    answer = client.get(f"/fail/{code}")
    assert answer.status_code == code
    assert PAGES[like][0] in answer.text


@pytest.mark.parametrize("path", ["/nothing/here", "/explore/atlantis", "/fail/missing"])
def test_what_is_not_there_is_a_404(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert looks_at_home(answer.text)


def test_the_wrong_method_is_a_405(client: FlaskClient) -> None:
    assert client.get("/start").status_code == 405


def test_a_stale_form_asks_to_reload(client: FlaskClient) -> None:
    answer = client.post("/start")
    assert answer.status_code == 400
    assert "Page out of date" in answer.text
    assert looks_at_home(answer.text)


def test_more_than_a_form_may_hold_is_a_413(client: FlaskClient) -> None:
    answer = client.post("/theme", data={"theme": "x" * 300_000})
    assert answer.status_code == 413
    assert "Nothing was saved" in answer.text


def test_a_failure_shows_its_id_and_no_trace_and_logs_both(client: FlaskClient, log: pytest.LogCaptureFixture) -> None:
    answer = client.get("/fail/trace")
    request_id = answer.headers["X-Request-Id"]
    assert answer.status_code == 500
    assert request_id and f"request number: <code>{request_id}</code>" in answer.text
    assert SECRET not in answer.text and "Traceback" not in answer.text and "RuntimeError" not in answer.text
    told = next(record for record in log.records if record.exc_info)
    assert told.fields == {"id": request_id}  # type: ignore[attr-defined]
    assert SECRET in str(told.exc_info[1])  # type: ignore[index]


def test_the_log_s_lines_hold_the_trace_under_the_id(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = logging.getLogger("quizapp").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    monkeypatch.setattr(handler, "stream", sys.stderr)
    request_id = client.get("/fail/trace").headers["X-Request-Id"]
    told = capsys.readouterr().err
    assert f"id={request_id}" in told and "Traceback" in told and SECRET in told


def test_only_a_failure_of_ours_shows_an_id(client: FlaskClient) -> None:
    assert "request number: <code>" not in client.get("/fail/404").text


def test_a_broken_database_still_has_its_page_for_somebody_logged_in(client: FlaskClient) -> None:
    send(client, "/start")
    answer = client.get("/fail/database")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert looks_at_home(answer.text) and SECRET not in answer.text


def test_htmx_gets_the_error_in_the_page_s_place(client: FlaskClient) -> None:
    answer = client.get("/fail/404", headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#main"
    assert "<html" not in answer.text and PAGES[404][0] in answer.text
