"""Links that log somebody in once: what they do, when they end, and how they are asked for by e-mail."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, log_in, send, sign_up, who
from sqlalchemy import event, select

from quizapp import mail
from quizapp.cli import jobs as job_commands
from quizapp.cli.jobs import JobWorker
from quizapp.config import Settings
from quizapp.core.accounts import ADDRESS_LIMIT
from quizapp.core.log_ins import LINK_LIFETIME
from quizapp.extensions import db
from quizapp.models import Job, User
from quizapp.services import accounts, log_ins

NEW = "another password"


@pytest.fixture
def member(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_up(client, email="aysel@example.org")
    return client


@pytest.fixture
def link(app: Flask, member: FlaskClient) -> str:
    """The path of a link for Aysel, as an administrator makes it."""
    with app.app_context():
        user = accounts.find_user(db.session(), "Aysel")
        now = app.config["CLOCK"](None).astimezone()
        token = log_ins.create_login_link(db.session(), user, lifetime=LINK_LIFETIME, now=now)
        db.session.commit()
    return f"/login/link/{token}"


def test_a_link_logs_in_once_to_choose_a_new_password(
    app: Flask, client: FlaskClient, member: FlaskClient, link: str
) -> None:
    for _ in range(2):  # looking at it uses nothing up
        assert "Log in as Aysel" in client.get(link).text
    assert who(client) is None
    assert send(client, link).location == "/account/password?next=/account"
    assert client.get("/today").location.startswith("/account/password")
    assert send(client, "/account/password", password=NEW, repeated=NEW).location == "/account"
    assert who(client) == "Aysel" and who(member) is None
    assert log_in(app.test_client(), password=PASSWORD).status_code == 422
    thief = app.test_client()
    assert thief.get(link).status_code == send(thief, link).status_code == 404
    assert "This link no longer works" in thief.get(link).text


@pytest.mark.both_databases
def test_an_old_link_logs_nobody_in(app: Flask, client: FlaskClient, link: str) -> None:
    app.config["CLOCK"] = lambda zone: datetime.now(zone) + LINK_LIFETIME
    assert client.get(link).status_code == send(client, link).status_code == 404
    assert client.get("/login/link/" + "x" * 3000).status_code == 404
    assert client.get("/login/link/%00").status_code == 404


def test_a_new_password_or_address_ends_links(app: Flask, client: FlaskClient, member: FlaskClient, link: str) -> None:
    send(member, "/account/email", email="b@example.org", password=PASSWORD)
    assert client.get(link).status_code == 404


def test_links_are_kept_as_hashes(app: Flask, link: str) -> None:
    with app.app_context():
        kept = db.session.connection().exec_driver_sql("SELECT token_hash FROM login_link").scalars().all()
    assert len(kept) == 1 and kept[0] not in link


# By e-mail


class MailServer:
    """A mail server that is configured, as long as it is not down, and the jobs that send to it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.received: list[EmailMessage] = []
        self.is_down = False

    def take(self, settings: Settings, message: EmailMessage) -> None:
        if self.is_down:
            raise mail.NotSent("the mail server is down")
        self.received.append(message)

    def deliver(self, later: timedelta = timedelta()) -> list[EmailMessage]:
        """Run the jobs that are due after some time; what was received since the last call."""
        self.received = []
        worker = JobWorker(self.app)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(job_commands, "clock", lambda: datetime.now(UTC) + later)
            while worker.run_next():
                pass
        return self.received


@pytest.fixture
def mailbox(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    configured = {"smtp_url": "smtp://localhost", "mail_from": "quiz@example.org", "public_url": "http://quiz.example"}
    app.config["QUIZAPP"] = settings.model_copy(update=configured)
    server = MailServer(app)
    monkeypatch.setattr(mail, "send", server.take)
    return server


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked meanwhile, in order."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *others: object) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def link_in(message: EmailMessage) -> str:
    found = re.search(r"http://quiz\.example(/login/link/\S+)", message.get_content())
    assert found
    return found[1]


def test_without_a_mail_server_nothing_is_offered(client: FlaskClient) -> None:
    assert "Forgot password?" not in client.get("/login").text
    assert client.get("/login/forgot").status_code == 404


@pytest.mark.both_databases
def test_a_link_is_sent_to_who_forgot_the_password(
    client: FlaskClient, member: FlaskClient, mailbox: MailServer
) -> None:
    assert 'href="/login/forgot"' in client.get("/login").text
    assert send(client, "/login/forgot", name="AYSEL").location == "/login"
    assert "we’ve sent a link to it" in client.get("/login").text
    (message,) = mailbox.deliver()
    assert (message["To"], message["From"]) == ("aysel@example.org", "quiz@example.org")
    assert send(client, link_in(message)).location == "/account/password?next=/account"
    assert mailbox.deliver() == []


def test_a_link_is_sent_once_the_mail_server_is_there_again(
    app: Flask, client: FlaskClient, member: FlaskClient, mailbox: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.is_down = True
    send(client, "/login/forgot", name="Aysel")
    assert mailbox.deliver() == []
    with app.app_context():
        kept = db.session.scalars(select(Job)).one()
        assert kept.error == "the mail server is down" and set(kept.details) == {"user", "asked_at"}
    mailbox.is_down = False
    (message,) = mailbox.deliver(later=timedelta(minutes=1))
    assert client.get(link_in(message)).status_code == 200
    mailbox.is_down = True
    send(client, "/login/forgot", name="Aysel")
    mailbox.deliver()
    mailbox.is_down = False
    assert mailbox.deliver(later=timedelta(hours=25)) == []  # nobody waits for it any more
    assert "a log-in link was never sent" in caplog.text
    with app.app_context():
        assert db.session.scalars(select(Job)).all() == []


def test_whoever_asks_does_not_choose_where_the_link_leads(
    client: FlaskClient, member: FlaskClient, mailbox: MailServer
) -> None:
    token = client.get("/review/offline/token").json["csrf"]  # type: ignore[index]
    client.post("/login/forgot", data={"csrf_token": token, "name": "Aysel"}, headers={"Host": "evil.example"})
    assert all("evil.example" not in message.get_content() for message in mailbox.deliver())


def test_nobody_learns_who_has_an_account_or_an_address(app: Flask, client: FlaskClient, mailbox: MailServer) -> None:
    """The page is the same, and so is the work that is done for it."""
    sign_up(app.test_client(), "Leyla")  # without an address
    sign_up(app.test_client(), "Rasim", email="rasim@example.org")
    pages, work = [], []
    for name in ("Leyla", "Nobody", "Rasim"):
        with statements(app) as asked:
            assert send(client, "/login/forgot", name=name).location == "/login"
        pages.append(re.sub(r'value="[^"]+"', "", client.get("/login").text))
        work.append(asked)
    assert pages[0] == pages[1] == pages[2] and work[0] == work[1] == work[2]
    assert [message["To"] for message in mailbox.deliver()] == ["rasim@example.org"]


def test_nobody_gets_many_messages(
    client: FlaskClient, member: FlaskClient, mailbox: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "quizapp.security")
    send(client, "/login/forgot", name="Nobody")
    for _ in range(7):
        response = send(client, "/login/forgot", name="Aysel")
    assert len(mailbox.deliver()) == 5
    logged = [record.fields for record in caplog.records if getattr(record, "fields", {}).get("event") == "log-in-link"]
    assert [(fields["user"], fields["outcome"]) for fields in logged] == [
        ("-", "done"), *[(1, "done")] * 5, *[("-", "too-many-tries")] * 2,
    ]  # fmt: skip
    assert response.status_code == 422 and "Try again in 15 minutes" in response.text


def test_an_address_is_not_used_to_write_to_many(app: Flask, client: FlaskClient, mailbox: MailServer) -> None:
    for number in range(ADDRESS_LIMIT):
        send(client, "/login/forgot", name=f"name {number}")
    assert "Too many requests" in send(client, "/login/forgot", name="Aysel").text


def test_a_link_by_e_mail_works_for_an_hour(
    app: Flask, client: FlaskClient, member: FlaskClient, mailbox: MailServer
) -> None:
    send(client, "/login/forgot", name="Aysel")
    link = link_in(mailbox.deliver()[0])
    assert client.get(link).status_code == 200
    app.config["CLOCK"] = lambda zone: datetime.now(zone) + timedelta(hours=1)
    assert client.get(link).status_code == 404


def test_a_link_does_not_get_around_the_account_of_another(app: Flask, member: FlaskClient, link: str) -> None:
    """Somebody else is logged in where it is opened: their session ends, and the link's user is there."""
    other = app.test_client()
    sign_up(other, "Leyla")
    send(other, link)
    assert "Choose a new password" in other.get("/account/password").text
    with app.app_context():
        marked = {user.name: user.must_change_password for user in db.session.query(User)}
    assert marked == {"Aysel": True, "Leyla": False}
