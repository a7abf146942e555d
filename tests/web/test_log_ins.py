"""Sessions: begun by logging in, ended by logging out or by their age, and listed on the account page."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from class_pages import text
from flask import Flask
from flask.testing import FlaskClient
from flask_login import encode_cookie
from log_ins import open_session
from people import log_in, send, sign_up, who
from sqlalchemy import event, select

from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models import LoginSession, User

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


def browser(app: Flask, user_agent: str = FIREFOX, address: str = "203.0.113.7") -> FlaskClient:
    client = app.test_client()
    client.environ_base |= {"HTTP_USER_AGENT": user_agent, "REMOTE_ADDR": address}
    return client


def copied_cookies(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser into which somebody copied all cookies of another."""
    thief = app.test_client()
    for name in ("quizapp", "quizapp_remember"):
        if cookie := client.get_cookie(name):
            thief.set_cookie(name, cookie.value)
    return thief


def sessions(app: Flask) -> list[LoginSession]:
    with app.app_context():
        return list(db.session.scalars(select(LoginSession).order_by(LoginSession.id)))


def let_pass(app: Flask, time: timedelta) -> None:
    app.config["CLOCK"] = lambda zone: datetime.now(zone) + time


def buttons(client: FlaskClient) -> list[str]:
    """The addresses of the account page's buttons that log another browser out."""
    return re.findall(r'action="(/account/sessions/\d+/end)"', client.get("/account").text)


@pytest.mark.parametrize("begin", ["/start", "/signup"])
def test_after_logging_out_a_copied_cookie_is_worth_nothing(app: Flask, client: FlaskClient, begin: str) -> None:
    sign_up(client) if begin == "/signup" else send(client, begin)
    thief = copied_cookies(app, client)
    assert who(thief) == who(client) is not None
    send(client, "/logout")
    assert who(thief) is None
    assert sessions(app) == []


def test_each_log_in_begins_a_session_and_ends_that_of_the_guest_before(app: Flask, client: FlaskClient) -> None:
    send(client, "/start")
    (guest,) = sessions(app)
    sign_up(client)
    (first,) = sessions(app)
    log_in(browser(app))
    assert sessions(app)[0].token == first.token != guest.token
    assert len(sessions(app)) == 2
    assert who(client) == "Aysel"


@pytest.mark.both_databases
def test_the_account_page_lists_browsers_and_logs_one_out(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    elsewhere = browser(app)
    log_in(elsewhere)
    page = text(client.get("/account").text)
    assert "Unknown browser (this browser)" in page
    assert "Firefox on Linux" in page and "from the network 203.0.113.0/24" in page
    (button,) = buttons(client)
    assert send(client, button).location == "/account"
    assert who(elsewhere) is None and who(client) == "Aysel"
    assert buttons(client) == []


def test_one_button_logs_out_everywhere_but_here(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    stranger = browser(app)
    sign_up(stranger, "Leyla")
    assert "Log out everywhere else" not in client.get("/account").text
    others = [browser(app), browser(app)]
    for other in others:
        log_in(other)
    assert "Log out everywhere else" in client.get("/account").text
    assert send(client, "/account/sessions/end-others").location == "/account"
    assert [who(other) for other in others] == [None, None]
    assert (who(client), who(stranger)) == ("Aysel", "Leyla")


@pytest.mark.both_databases
def test_nobody_ends_the_session_of_another(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    stranger = browser(app)
    sign_up(stranger, "Leyla")
    own, other = (each.id for each in sessions(app))
    assert send(stranger, f"/account/sessions/{own}/end").status_code == 404
    assert who(client) == "Aysel"
    assert send(stranger, f"/account/sessions/{other}/end").location == "/"  # as logging out does
    assert who(stranger) is None


def test_a_guest_sees_no_list(client: FlaskClient) -> None:
    send(client, "/start")
    assert "Where you’re logged in" not in client.get("/account").text


@pytest.mark.both_databases
@pytest.mark.parametrize("days", [90, 7])
def test_a_browser_that_nobody_uses_is_logged_out(app: Flask, settings: Settings, days: int) -> None:
    app.config["QUIZAPP"] = settings.model_copy(update={"session_idle_days": days})
    account, guest = browser(app), browser(app)
    sign_up(account)
    send(guest, "/start")
    let_pass(app, timedelta(days=days, minutes=-1))
    assert who(account) == "Aysel" and who(guest) == "Guest"
    let_pass(app, timedelta(days=2 * days, minutes=-2))
    assert who(account) == "Aysel" and who(guest) == "Guest"  # which used it in between
    let_pass(app, timedelta(days=3 * days))
    assert who(account) is who(guest) is None


def test_an_account_logs_in_again_after_a_year_and_a_guest_stays(app: Flask) -> None:
    account, guest = browser(app), browser(app)
    sign_up(account)
    send(guest, "/start")
    for days in range(80, 365, 80):
        let_pass(app, timedelta(days=days))
        assert who(account) == "Aysel" and who(guest) == "Guest"
    let_pass(app, timedelta(days=366))
    assert who(account) is None and who(guest) == "Guest"


@pytest.mark.both_databases
def test_a_visit_is_noted_once_an_hour(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    began = sessions(app)[0].last_seen_at
    noted: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("UPDATE login_session"):
            noted.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    client.get("/account")
    assert noted == []
    let_pass(app, timedelta(hours=1, minutes=1))
    for _ in range(2):
        client.get("/account", headers={"User-Agent": FIREFOX})
    assert len(noted) == 1
    (after,) = sessions(app)
    assert after.last_seen_at - began > timedelta(hours=1) and after.browser == "Firefox on Linux"
    with app.app_context():
        assert db.session.scalars(select(User.last_seen_at)).one() == after.last_seen_at
    let_pass(app, timedelta(hours=3))
    send(client, "/account", timezone="UTC", rollover_hour="4")
    assert sessions(app)[0].last_seen_at > after.last_seen_at


def test_with_each_visit_the_remember_cookie_lasts_longer(app: Flask, client: FlaskClient) -> None:
    send(client, "/start")
    let_pass(app, timedelta(days=1))
    assert any("quizapp_remember" in cookie for cookie in client.get("/account").headers.getlist("Set-Cookie"))


def test_over_https_logging_out_deletes_the_cookie(settings: Settings, make_app: Callable[[Settings], Flask]) -> None:
    """A browser ignores whatever is said about a `__Host-` cookie without Secure."""
    base = "https://quiz.example.org"
    client = make_app(settings.model_copy(update={"public_url": base})).test_client()
    client.environ_base |= {"HTTP_REFERER": base}
    for path in ("/start", "/logout"):
        token = client.get("/review/offline/token", base_url=base).json["csrf"]  # type: ignore[index]
        response = client.post(path, data={"csrf_token": token}, base_url=base)
    deleted = [one for one in response.headers.getlist("Set-Cookie") if one.startswith("__Host-quizapp_remember=;")]
    assert len(deleted) == 1 and "Secure" in deleted[0] and "Path=/" in deleted[0]


def test_over_https_a_guest_from_before_the_cookie_was_renamed_is_recognised_once(
    settings: Settings, make_app: Callable[[Settings], Flask]
) -> None:
    base = "https://quiz.example.org"
    app = make_app(settings.model_copy(update={"public_url": base}))

    def visit(client: FlaskClient, token: str | None = None) -> str | None:
        """The heading of the account page for a browser, which comes with the old cookie of a session."""
        if token is not None:
            with app.app_context():
                client.set_cookie("quizapp_remember", encode_cookie(token), domain="quiz.example.org")
        page = client.get("/account", base_url=base)
        heading = re.search(r"<h1>(.*?)</h1>", page.text)
        return heading[1] if heading and page.status_code == 200 else None

    with app.app_context():
        guest, member = User(created_at=datetime.now(UTC)), User(created_at=datetime.now(UTC), name="Ada")
        member.name_folded = "ada"
        db.session.add_all([guest, member])
        db.session.flush()
        tokens = [open_session(db.session(), user.id) for user in (guest, member)]
        db.session.commit()
    browser_of_guest, browser_of_member = app.test_client(), app.test_client()
    assert visit(browser_of_guest, tokens[0]) == visit(browser_of_guest) == "Guest"
    assert visit(browser_of_member, tokens[1]) is None
    assert visit(app.test_client(), "no session") is None
    for client, new in ((browser_of_guest, True), (browser_of_member, False)):
        names = {cookie.key for cookie in client._cookies.values()}  # type: ignore[attr-defined]
        assert ("__Host-quizapp_remember" in names, "quizapp_remember" in names) == (new, False)
