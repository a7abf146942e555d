"""Two-step log-in: turned on with a code, asked for at each log-in, and what replaces a lost phone."""

import re
from datetime import datetime, timedelta

import pytest
from class_pages import text
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, WRONG, log_in, send, sign_up, who

from quizapp.core.log_ins import LINK_LIFETIME, SECOND_STEP_LIFETIME
from quizapp.core.totp import STEP, code_at, current_step
from quizapp.extensions import db
from quizapp.services import accounts, log_ins, two_step


class Clock:
    """The time it is for the site: the beginning of a time step."""

    def __init__(self, app: Flask) -> None:
        now = datetime.now().astimezone()
        self.time = datetime.fromtimestamp(current_step(now) * STEP, now.tzinfo)
        app.config["CLOCK"] = lambda zone: self.time.astimezone(zone)

    def pass_(self, time: timedelta) -> None:
        self.time += time


class Phone:
    """An app with the key of the account."""

    def __init__(self, clock: Clock, secret: str) -> None:
        self.clock, self.secret = clock, secret

    def code(self) -> str:
        """A code that was not used before."""
        self.clock.pass_(timedelta(seconds=STEP))
        return code_at(self.secret, current_step(self.clock.time))


@pytest.fixture
def clock(app: Flask) -> Clock:
    return Clock(app)


@pytest.fixture
def member(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_up(client)
    return client


def turn_on(client: FlaskClient, clock: Clock) -> tuple[Phone, list[str]]:
    """A phone with the key, and the recovery codes."""
    secret = re.search(r'name="secret"[^>]* value="([A-Z2-7]{32})"', client.get("/account/two-step").text)
    assert secret
    phone = Phone(clock, secret[1])
    page = send(client, "/account/two-step", secret=phone.secret, code=phone.code(), password=PASSWORD)
    assert page.status_code == 200
    return phone, re.findall(r"<code>([a-z2-7]{6}(?:-[a-z2-7]{6}){3})</code>", page.text)


@pytest.mark.both_databases
def test_logging_in_asks_for_the_code(app: Flask, client: FlaskClient, clock: Clock, member: FlaskClient) -> None:
    phone, codes = turn_on(member, clock)
    assert len(set(codes)) == 10
    assert "Two-step log-in (on)" in text(member.get("/account").text)
    assert log_in(client, next="/progress").location == "/login/code?next=/progress"
    assert who(client) is None
    wrong = send(client, "/login/code?next=/progress", code="000000")
    assert wrong.status_code == 422 and "Wrong code." in text(wrong.text)
    code = phone.code()
    assert send(client, "/login/code?next=/progress", code=f"{code[:3]} {code[3:]}").location == "/progress"
    assert who(client) == "Aysel"


def test_without_the_password_no_code_helps(client: FlaskClient, clock: Clock, member: FlaskClient) -> None:
    phone, _ = turn_on(member, clock)
    log_in(client, password=WRONG)
    assert send(client, "/login/code", code=phone.code()).location == "/login"
    assert who(client) is None


def test_a_code_works_once(app: Flask, clock: Clock, member: FlaskClient) -> None:
    phone, codes = turn_on(member, clock)
    for code in (phone.code(), codes[0]):
        first, second = app.test_client(), app.test_client()
        for each in (first, second):
            log_in(each)
        assert send(first, "/login/code", code=code).status_code == 303
        assert send(second, "/login/code", code=code).status_code == 422
    assert "9 recovery codes left" in text(member.get("/account/two-step").text)


def test_guessing_codes_is_slowed_down(client: FlaskClient, clock: Clock, member: FlaskClient) -> None:
    phone, _ = turn_on(member, clock)
    log_in(client)
    for _ in range(5):
        assert "Wrong code" in text(send(client, "/login/code", code="000000").text)
    log_in(client)
    assert "Try again in 15 minutes" in text(send(client, "/login/code", code=phone.code()).text)
    clock.pass_(timedelta(minutes=16))
    log_in(client)
    assert send(client, "/login/code", code=phone.code()).status_code == 303


def test_the_code_is_asked_for_soon_after_the_password_and_only_for_that_password(
    app: Flask, clock: Clock, member: FlaskClient
) -> None:
    phone, _ = turn_on(member, clock)
    slow, overtaken = app.test_client(), app.test_client()
    log_in(slow)
    clock.pass_(SECOND_STEP_LIFETIME + timedelta(seconds=1))
    assert send(slow, "/login/code", code=phone.code()).location == "/login"
    log_in(overtaken)
    new = "another password"
    send(member, "/account/password", current=PASSWORD, password=new, repeated=new)
    assert send(overtaken, "/login/code", code=phone.code()).location == "/login"


def test_a_log_in_link_asks_for_the_code_too(
    app: Flask, client: FlaskClient, clock: Clock, member: FlaskClient
) -> None:
    phone, _ = turn_on(member, clock)
    with app.app_context():
        user = accounts.find_user(db.session(), "Aysel")
        token = log_ins.create_login_link(db.session(), user, lifetime=LINK_LIFETIME, now=clock.time)
        db.session.commit()
    assert send(client, f"/login/link/{token}").location == "/login/code?next=/account"
    assert who(client) is None
    asked = send(client, "/login/code?next=/account", code=phone.code())
    assert asked.location == "/account/password?next=/account"


@pytest.mark.parametrize("given", [{"password": WRONG}, {"code": "000000"}, {"secret": "short"}])
def test_it_is_turned_on_only_with_a_code_and_the_password(
    clock: Clock, member: FlaskClient, given: dict[str, str]
) -> None:
    secret = two_step.new_secret()
    right = {"secret": secret, "code": Phone(clock, secret).code(), "password": PASSWORD}
    assert send(member, "/account/two-step", **{**right, **given}).status_code == 422
    assert "Two-step log-in (off)" in text(member.get("/account").text)


def test_a_key_that_the_page_did_not_show_is_replaced(member: FlaskClient) -> None:
    page = send(member, "/account/two-step", secret="A" * 10_000, code="1", password="x")
    assert page.status_code == 422
    assert re.search(r'name="secret"[^>]* value="([A-Z2-7]{32})"', page.text)


def test_turning_it_on_or_off_logs_every_other_browser_out(app: Flask, clock: Clock, member: FlaskClient) -> None:
    before, between = app.test_client(), app.test_client()
    log_in(before)
    phone, _ = turn_on(member, clock)
    assert who(before) is None and who(member) == "Aysel"
    log_in(between)
    send(between, "/login/code", code=phone.code())
    send(member, "/account/two-step", password=PASSWORD)
    assert who(between) is None and who(member) == "Aysel"


def test_a_recovery_code_is_too_long_to_be_found_by_its_hash(clock: Clock, member: FlaskClient) -> None:
    _, codes = turn_on(member, clock)
    signs = [code.replace("-", "") for code in codes]
    assert {len(code) for code in signs} == {24} and set("".join(signs)) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert 24 * 5 >= 112  # bits; what is shorter has to be hashed as slowly as a password


def test_it_is_turned_off_with_the_password(client: FlaskClient, clock: Clock, member: FlaskClient) -> None:
    turn_on(member, clock)
    assert send(member, "/account/two-step", password=WRONG).status_code == 422
    assert send(member, "/account/two-step", password=PASSWORD).location == "/account"
    assert log_in(client).location == "/today"
