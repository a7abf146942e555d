"""What protects every page: the security token, the headers, the cookies, and errors that tell no secrets."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in_as
from people import security_token
from sampling import sample
from sqlalchemy import func, select
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models import Base, Memory, User
from quizapp.services import health


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """None of this hangs on the database."""
    return sqlite_url


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SECRET = "a detail for the log only"


@pytest.fixture
def token_required(app: Flask) -> list[str]:
    """The address of every route that changes something, with 1 for each number in it."""
    rules = [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}]
    assert len(rules) > 10
    rules = [rule for rule in rules if rule.endpoint != "reminders.unsubscribe"]  # which mail programs press
    return sorted({re.sub(r"<(int:)?\w+>", "1", rule.rule) for rule in rules})


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser in which somebody with an account has begun to study and answered one question."""
    with app.app_context():
        db.session.add(User(name="Ada", name_folded="ada", password_hash="", created_at=datetime.now(UTC)))
        db.session.commit()
        ada = db.session.scalars(select(User.id)).one()
    log_in_as(client, ada)
    page = client.post("/start", data={"csrf_token": security_token(client)}, follow_redirects=True).text
    client.post(**answer_form(page))
    return client


def answer_form(page: str) -> dict[str, object]:
    """Where the answer form on a page leads, and what it sends when the answer is not known."""
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form, page
    hidden = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
    return {"path": form[1], "data": hidden | {"give-up": "1"}}


def contents(app: Flask) -> dict[str, list[object]]:
    """Every row of the database."""
    with app.app_context():
        return {
            table.name: list(db.session.execute(select(table).order_by(*table.primary_key)))
            for table in Base.metadata.sorted_tables
        }


# The security token


@pytest.mark.parametrize("token", [None, "forged", "from another browser"])
def test_nothing_changes_without_the_pages_own_token(
    app: Flask, learner: FlaskClient, token_required: list[str], token: str | None
) -> None:
    before = contents(app)
    assert before["review"]
    if token == "from another browser":
        token = security_token(app.test_client())
    for address in sample(token_required, every=3) if token else token_required:
        response = learner.post(address, data={"csrf_token": token} if token else {})
        assert response.status_code == 400, address
        assert "Page out of date" in response.text, address
    assert contents(app) == before
    assert learner.get("/account").status_code == 200  # nor was anybody logged out


def test_other_methods_need_it_too(app: Flask, learner: FlaskClient, token_required: list[str]) -> None:
    for address in sample(token_required, every=3):
        for method in ("PUT", "PATCH", "DELETE"):
            assert learner.open(address, method=method).status_code in (400, 405), f"{method} {address}"


def test_with_its_token_the_page_works(app: Flask, learner: FlaskClient) -> None:
    assert learner.post("/review/undo", data={"csrf_token": security_token(learner)}).status_code == 303


def test_a_token_in_the_header_counts_as_in_the_form(app: Flask, learner: FlaskClient) -> None:
    sent = {"X-CSRFToken": security_token(learner)}
    assert learner.post("/review/undo", headers=sent).status_code == 303


def test_a_page_left_open_for_a_week_can_still_be_sent(
    app: Flask, learner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = security_token(learner)
    week = 7 * 24 * 3600
    from itsdangerous.timed import TimestampSigner

    issued = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: issued(self) + week)
    assert learner.post("/review/undo", data={"csrf_token": token}).status_code == 303


# Headers


def test_every_answer_carries_the_headers(app: Flask, learner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "page": learner.get("/account"),
        "redirect": learner.post("/theme", data={"csrf_token": security_token(learner), "theme": "dark"}),
        "slash redirect": learner.get("/explore/"),
        "static": learner.get("/static/icon.svg"),
        "static missing": learner.get("/static/none.css"),
        "health": learner.get("/health"),
        "download": learner.get("/account/data", buffered=True),
        "no token": learner.post("/logout"),
        "not found": learner.get("/nowhere"),
        "wrong method": learner.get("/logout"),
        "options": learner.options("/"),
        "too much": learner.post("/login", data={"csrf_token": "x" * 300_000}),
        "broken": break_home(learner, monkeypatch),
    }
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {
        "page": 200, "redirect": 303, "slash redirect": 404, "static": 200, "static missing": 404, "health": 200,
        "download": 200, "no token": 400, "not found": 404, "wrong method": 405, "options": 200, "too much": 413,
        "broken": 500,
    }  # fmt: skip
    for name, answer in answers.items():
        assert {header: answer.headers.get(header) for header in HEADERS} == HEADERS, name
        assert re.fullmatch("[0-9a-f]{12}", answer.headers["X-Request-Id"]), name
        answer.close()


def test_pages_are_not_kept_by_the_browser_and_assets_are(learner: FlaskClient) -> None:
    assert learner.get("/today").headers["Cache-Control"] == "no-store"
    style = re.search(r'href="(/static/app.css[^"]+)"', learner.get("/today").text)
    assert style
    with learner.get(style[1]) as asset:
        assert asset.cache_control.max_age == 31536000
        assert asset.headers["Vary"] == "Accept-Encoding"  # alone, or logging in would fetch every one again


def break_home(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> TestResponse:
    """A page that fails in the program's own code."""

    def fail(session: object, now: object) -> None:
        raise RuntimeError(SECRET)

    with monkeypatch.context() as patch:
        patch.setattr(health, "check_database", fail)
        return client.get("/health")


# Inline code


class Inline(HTMLParser):
    """Whatever in a page the policy would not let run or apply."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if tag in ("style", "base", "iframe", "object", "embed"):
            self.found.append(f"<{tag}>")
        if tag == "script" and "src" not in given:
            self.found.append("a script without src")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"{name} on <{tag}>")
            if name in ("href", "src", "action", "hx-post", "hx-get") and value:
                self.links.add(value)
                if value.strip().lower().startswith("javascript:"):
                    self.found.append(f"{value} on <{tag}>")
                elif name == "src" and not value.startswith("/"):
                    self.found.append(f"{value}, of another site, in <{tag}>")


def pages(app: Flask, learner: FlaskClient) -> Iterator[tuple[str, str]]:
    """Every page, as a learner and as anybody sees it; every question kind, every verdict; and error pages."""
    for client in (learner, app.test_client()):
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint not in ("static", "accounts.data"):
                address = rule.rule.replace("<set_key>", "sample").replace("<fact_key>", "nile-source")
                yield address, client.get(address.replace("<int:review_id>", "1")).text
    with app.app_context():
        facts = list(db.session.scalars(select(Memory.fact_id)))
        db.session.execute(Memory.__table__.update().values(stability=30.0, state=2))  # type: ignore[attr-defined]
        db.session.commit()
    for fact_id in [*facts, 1, 2, 3]:
        question = learner.get(f"/review?fact={fact_id}").text
        yield f"question {fact_id}", question
        yield f"verdict on {fact_id}", learner.post(**answer_form(question), follow_redirects=True).text
    wrong = {"csrf_token": security_token(app.test_client())}
    yield "stale", learner.post("/logout", data=wrong).text


def test_no_page_holds_inline_code(app: Flask, learner: FlaskClient) -> None:
    seen = 0
    for name, html in pages(app, learner):
        page = Inline()
        page.feed(html)
        assert page.found == [], name
        seen += "html" in page.tags
    assert seen > 25


def test_inline_code_would_be_seen() -> None:
    page = Inline()
    page.feed(
        "<p style='color:red' onclick='x()'><script>x()</script><style></style><a href=' JavaScript:x()'>"
        "<img src='https://example.org/a.png'><form hx-on:click='x()'>"
    )
    assert len(page.found) == 7


# Cookies


def cookies(app: Flask) -> dict[str, str]:
    """Every cookie the app sets, by name: a newcomer starts, and chooses colours."""
    client = app.test_client()
    base = app.config["QUIZAPP"].public_url or "http://localhost"
    page = client.get("/explore/sample", base_url=base)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    form = {"csrf_token": token[1], "theme": "dark"}
    same_site = {"Referer": f"{base}/"}  # without it, a form sent over https is refused
    answers = [page]
    for address in ("/start", "/theme"):
        answers.append(client.post(address, data=form, base_url=base, headers=same_site))
        assert answers[-1].status_code == 303, answers[-1].text
    return {next(iter(parse_cookie(c))): c for answer in answers for c in answer.headers.getlist("Set-Cookie")}


@pytest.mark.parametrize("public_url", [None, "http://quiz.example.org", "https://quiz.example.org"])
def test_cookies_are_out_of_reach(
    settings: Settings, make_app: Callable[[Settings], Flask], public_url: str | None
) -> None:
    app = make_app(settings.model_copy(update={"public_url": public_url}))
    found = cookies(app)
    prefix = "__Host-" if public_url and public_url.startswith("https") else ""
    assert set(found) == {f"{prefix}quizapp", f"{prefix}quizapp_remember", f"{prefix}theme"}
    for name, cookie in found.items():
        flags = {flag.strip() for flag in cookie.split(";")[1:]}
        assert "HttpOnly" in flags, name
        assert "SameSite=Lax" in flags, name
        assert ("Secure" in flags) == (public_url is not None and public_url.startswith("https")), name


def test_https_is_asked_for_only_where_it_is_served(
    app: Flask, settings: Settings, make_app: Callable[[Settings], Flask]
) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/health").headers
    secure = make_app(settings.model_copy(update={"public_url": "https://quiz.example.org"}))
    assert "Strict-Transport-Security" in secure.test_client().get("/health").headers


# Errors


def test_a_fault_of_the_program_reaches_the_log_not_the_browser(
    app: Flask, learner: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = break_home(learner, monkeypatch)
    assert broken.status_code == 500
    assert broken.headers["X-Request-Id"] in broken.text
    for told in (SECRET, "Traceback", "RuntimeError", "sqlalchemy", str(Path(__file__).parents[1])):
        assert told not in broken.text
    assert any(record.exc_info for record in caplog.records)


def test_what_broke_half_way_leaves_nothing_behind(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = security_token(client)
    from quizapp.services.review import today

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(today, "start_plan", fail)
    assert client.post("/start", data={"csrf_token": token}).status_code == 500
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 0
