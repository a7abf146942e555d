"""Who a browser is taken for, for how long, and where a stranger is sent."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, log_in, send, sign_up, who
from sqlalchemy import event, select

from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models import LoginSession
from quizapp.web.identity import safe_next


def test_changing_the_password_ends_every_other_session(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    elsewhere, remembered = app.test_client(), app.test_client()
    log_in(elsewhere)
    log_in(remembered)
    remembered.delete_cookie("quizapp")
    assert who(elsewhere) == who(remembered) == "Aysel"
    new = "another password"
    response = send(client, "/account/password", current=PASSWORD, password=new, repeated=new)
    assert response.location == "/account"
    assert (who(client), who(elsewhere), who(remembered)) == ("Aysel", None, None)
    assert log_in(elsewhere).status_code == 422
    assert log_in(elsewhere, password=new).status_code == 303


def test_the_browser_is_remembered_and_each_visit_renews_that(client: FlaskClient) -> None:
    send(client, "/start")
    client.delete_cookie("quizapp")  # the browser was closed
    response = client.get("/account")
    assert response.status_code == 200
    assert any(cookie.startswith("quizapp_remember=") for cookie in response.headers.getlist("Set-Cookie"))
    assert not any("quizapp_remember" in cookie for cookie in client.get("/account").headers.getlist("Set-Cookie"))


def test_a_forged_remember_cookie_lets_nobody_in(app: Flask, client: FlaskClient) -> None:
    sign_up(app.test_client())
    with app.app_context():
        token = db.session.scalars(select(LoginSession.token)).one()
    for forged in (token, f"{token}|{'0' * 128}", "1", "|"):
        client.set_cookie("quizapp_remember", forged)
        assert who(client) is None


@pytest.mark.parametrize("https", [True, False])
def test_cookies_are_kept_from_scripts_strangers_and_open_networks(
    settings: Settings, make_app: Callable[[Settings], Flask], https: bool
) -> None:
    address = "https://quiz.example.org" if https else None
    app = make_app(settings.model_copy(update={"public_url": address}))
    client = app.test_client()
    base = address or "http://localhost"
    page = client.get("/", base_url=base).text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token is not None
    fields = {"csrf_token": token[1], "name": "Aysel", "password": PASSWORD, "repeated": PASSWORD}
    response = client.post("/signup", data=fields, base_url=base, headers={"Referer": f"{base}/signup"})
    cookies = {cookie.split("=")[0]: cookie for cookie in response.headers.getlist("Set-Cookie")}
    prefix = "__Host-" if https else ""
    assert set(cookies) == {f"{prefix}quizapp{suffix}" for suffix in ("", "_remember", "_known")}
    for cookie in cookies.values():
        assert "Path=/" in cookie and "Domain" not in cookie
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == https
    assert "Expires=" in cookies[f"{prefix}quizapp_remember"] and "Expires=" not in cookies[f"{prefix}quizapp"]


def test_an_account_gets_a_security_token_nobody_saw_before(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/").text)
    assert token is not None
    sign_up(client)
    assert client.post("/logout", data={"csrf_token": token[1]}).status_code == 400


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/progress", "/progress"),
        ("/explore/baku?part=1#x", "/explore/baku?part=1#x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/ok\r\nSet-Cookie: x=1", "/"),
        ("/\x00", "/"),
        (" //evil.example", "/"),
        ("evil.example", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_links_lead_only_to_pages_here(target: str | None, goes_to: str) -> None:
    assert safe_next(target) == goes_to


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/data", "/account/delete"])
def test_a_stranger_is_asked_to_log_in_and_comes_back(app: Flask, client: FlaskClient, path: str) -> None:
    response = client.get(path + "?from=a&b=c")
    assert response.status_code == 303
    asked = urlsplit(response.location)
    assert asked.path == "/login"
    assert parse_qs(asked.query) == {"next": [path + "?from=a&b=c"]}


def test_a_part_asked_for_by_a_stranger_moves_the_whole_page(client: FlaskClient) -> None:
    page = "http://localhost/progress?year=2026"
    response = client.get("/account", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert response.status_code == 204
    assert parse_qs(urlsplit(response.headers["HX-Redirect"]).query) == {"next": ["/progress?year=2026"]}


@pytest.mark.parametrize("page", ["http://localhost/account", "http://[", ""])
def test_a_form_sent_by_a_stranger_leads_back_to_its_page(client: FlaskClient, page: str) -> None:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get("/").text)
    assert token is not None
    response = client.post("/account", data={"csrf_token": token[1]}, headers={"Referer": page})
    expected = {"next": ["/account"]} if page.endswith("/account") else {}
    assert parse_qs(urlsplit(response.location).query) == expected


def test_who_is_asking_is_looked_up_once_a_request(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    ended = app.test_client()
    log_in(ended)
    new = "another password"
    send(client, "/account/password", current=PASSWORD, password=new, repeated=new)
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if 'FROM "user"' in statement or "FROM user" in statement:
            statements.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    for browser in (client, ended):
        statements.clear()
        browser.get("/account")
        assert len(statements) == 1
    statements.clear()
    ended.get("/login")
    assert statements == []  # an ended session is forgotten
