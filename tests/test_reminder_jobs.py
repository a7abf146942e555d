"""Reminders as they are sent: at the hour, once a day, only while something is due, whatever fails."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from people import security_token
from push_service import Browser, PushService, need_cryptography
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from study import MONDAY, NOON, answer, ask, facts, make_learner, remember

from quizapp import mail, push
from quizapp.cli import jobs as job_commands
from quizapp.cli.jobs import JobWorker
from quizapp.extensions import db
from quizapp.models import DayCount, Job, Memory, PushSubscription, User
from quizapp.services import reminders

SIX = NOON.replace(hour=18)
AFTER_SIX = SIX + timedelta(minutes=10)
DAY = timedelta(days=1)


class Post:
    """A mail server that may be down, and the jobs that send to it."""

    def __init__(self, app: Flask, patch: pytest.MonkeyPatch) -> None:
        self.app, self.patch = app, patch
        self.is_down = False
        self.received: list[EmailMessage] = []
        patch.setattr(mail, "send", self.take)

    def take(self, settings: object, message: EmailMessage) -> None:
        if self.is_down:
            raise mail.NotSent("the mail server is down")
        self.received.append(message)

    def work(self, at: datetime) -> list[EmailMessage]:
        """Run the jobs that are due at a time; the messages that this sent."""
        db.session.commit()
        self.received = []
        self.patch.setattr(job_commands, "clock", lambda: at)
        worker = JobWorker(self.app)
        worker._plan()
        while worker.run_next():
            pass
        db.session.expire_all()
        return self.received


@pytest.fixture
def post(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Post:
    configured = {"smtp_url": "smtp://localhost", "mail_from": "quiz@example.org", "public_url": "https://quiz.example"}
    app.config["QUIZAPP"] = app.config["QUIZAPP"].model_copy(update={**configured, "push_to_private": True})
    return Post(app, monkeypatch)


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.close()


@pytest.fixture
def learner(session: Session) -> User:
    """A learner with two facts due, who studied yesterday and wants e-mails at six."""
    learner = make_learner(session)
    session.add(DayCount(learner_id=learner.id, day=MONDAY - DAY, answers=1))
    learner.name, learner.name_folded, learner.email = "Aysel", "aysel", "aysel@example.org"
    for fact_id in facts(session)[:2]:
        remember(session, learner, fact_id, stability=10.0)
    reminders.change_reminders(session, learner, hour=18, by_mail=True, shows_badge=True, now=NOON)
    session.commit()
    return learner


def add_browser(session: Session, learner: User, endpoint: str, *, now: datetime = NOON) -> Browser:
    need_cryptography()
    browser = Browser()
    about = {"endpoint": endpoint, "browser": "Firefox on Linux", "address": "10.0.0.1"}
    reminders.add_browser(session, learner, **about, **browser.fields, now=now)
    reminders.keep_push_keys(session, *push.make_keys())
    session.commit()
    return browser


def test_an_e_mail_comes_once_a_day_at_the_hour_while_something_is_due(
    app: Flask, session: Session, learner: User, post: Post
) -> None:
    assert post.work(SIX - timedelta(minutes=1)) == []
    (message,) = post.work(AFTER_SIX)
    assert (message["To"], message["Subject"]) == ("aysel@example.org", "2 facts are due")
    text = message.get_content()
    assert "https://quiz.example/today\n" in text and text.count("https://") == 2
    unsubscribe = str(message["List-Unsubscribe"]).strip("<>")
    assert unsubscribe in text and message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert post.work(AFTER_SIX + timedelta(hours=1)) == []
    reminders.change_reminders(session, learner, hour=20, by_mail=True, shows_badge=False, now=AFTER_SIX)
    assert post.work(SIX + timedelta(hours=2, minutes=10)) == []  # one is enough, at whatever hour
    reminders.change_reminders(session, learner, hour=18, by_mail=True, shows_badge=False, now=AFTER_SIX)
    assert len(post.work(AFTER_SIX + DAY)) == 1
    answer(session, learner, ask(session, learner, NOON + 2 * DAY), now=NOON + 2 * DAY)
    assert post.work(AFTER_SIX + 2 * DAY) == []  # studied today
    assert len(post.work(AFTER_SIX + 3 * DAY)) == 1
    session.execute(update(Memory).values(suspended=True))
    assert post.work(AFTER_SIX + 4 * DAY) == []  # nothing is due
    session.execute(update(Memory).values(suspended=False))
    learner.timezone = "Asia/Baku"
    reminders.plan_next(session, learner, now=AFTER_SIX + 4 * DAY)
    assert len(post.work(AFTER_SIX + 5 * DAY - timedelta(hours=4))) == 1
    assert app.test_client().post(unsubscribe.removeprefix("https://quiz.example")).status_code == 200
    session.expire_all()
    assert post.work(AFTER_SIX + 6 * DAY) == []
    assert reminders.read_reminders(session, learner).next_at is None
    assert session.scalars(select(Job).where(Job.key.is_(None) | Job.key.contains("send"))).all() == []


def test_an_e_mail_is_tried_again_until_it_is_too_late(session: Session, learner: User, post: Post) -> None:
    post.is_down = True
    assert post.work(AFTER_SIX) == []
    post.is_down = False
    assert len(post.work(AFTER_SIX + timedelta(minutes=1))) == 1
    post.is_down = True
    assert post.work(AFTER_SIX + DAY) == []
    post.is_down = False
    assert post.work(AFTER_SIX + DAY + timedelta(hours=3)) == []
    assert post.work(SIX + 2 * DAY + timedelta(hours=4)) == []  # the jobs did not run at six
    assert len(post.work(AFTER_SIX + 3 * DAY)) == 1


def test_after_a_month_without_study_reminders_stop_until_it_goes_on(
    session: Session, learner: User, post: Post
) -> None:
    post.work(AFTER_SIX + 28 * DAY)
    assert len(post.work(AFTER_SIX + 29 * DAY)) == 1
    assert post.work(AFTER_SIX + 30 * DAY) == []
    session.add(DayCount(learner_id=learner.id, day=MONDAY + 30 * DAY, answers=1))
    assert len(post.work(AFTER_SIX + 31 * DAY)) == 1


def test_no_e_mail_comes_twice_when_a_process_dies_while_it_sends(
    session: Session, learner: User, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(settings: object, message: EmailMessage) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(mail, "send", die)
        with pytest.raises(KeyboardInterrupt):
            post.work(AFTER_SIX)
    assert post.work(AFTER_SIX + timedelta(minutes=10)) == []  # its lease has run out
    assert len(post.work(AFTER_SIX + DAY)) == 1


def test_no_two_machines_remind_the_same_learner(session: Session, learner: User, database_url: str) -> None:
    taken = reminders.take_due(session, now=AFTER_SIX, limit=10)
    if not database_url.startswith("sqlite"):  # there a second writer waits
        with Session(session.get_bind()) as elsewhere:
            assert reminders.take_due(elsewhere, now=AFTER_SIX, limit=10) == []
    session.commit()
    with Session(session.get_bind()) as elsewhere:
        assert reminders.take_due(elsewhere, now=AFTER_SIX, limit=10) == []
    assert [(each.user_id, each.by_mail, each.by_push) for each in taken] == [(learner.id, True, False)]
    assert reminders.note_mail(session, learner.id, taken[0].day)
    assert not reminders.note_mail(session, learner.id, taken[0].day)


def test_a_notification_reaches_each_browser_once_a_day(
    session: Session, learner: User, post: Post, service: PushService
) -> None:
    browsers = {path: add_browser(session, learner, service.address + path) for path in ("/one", "/two")}
    post.work(AFTER_SIX)
    post.work(AFTER_SIX + timedelta(hours=1))
    assert sorted(path for path, _, _ in service.received) == ["/one", "/two"]
    for path, _, body in service.received:
        shown = {"title": "2 facts are due", "body": "About 1 minute, including new facts", "badge": 2}
        assert browsers[path].read(body) == shown
    answer(session, learner, ask(session, learner, NOON + DAY), now=NOON + DAY)
    post.work(AFTER_SIX + DAY)
    assert len(service.received) == 2


def test_browsers_that_are_gone_or_never_reached_are_deleted(
    session: Session, learner: User, post: Post, service: PushService
) -> None:
    def left() -> list[str]:
        return sorted(session.scalars(select(PushSubscription.endpoint)))

    add_browser(session, learner, service.address)
    service.status = 410
    post.work(AFTER_SIX)
    assert left() == [] and len(service.received) == 1
    add_browser(session, learner, service.address, now=NOON + DAY)
    service.status = 500
    for day in range(1, reminders.MOST_FAILURES):
        post.work(AFTER_SIX + day * DAY)
    assert left() == [service.address]
    post.work(AFTER_SIX + reminders.MOST_FAILURES * DAY)
    assert left() == [] and len(service.received) == 1 + reminders.MOST_FAILURES


@pytest.mark.one_database
def test_a_browser_turns_notifications_on_and_off(app: Flask, post: Post) -> None:
    need_cryptography()
    client = app.test_client()
    client.post("/start", data={"csrf_token": security_token(client)})

    def turn_on(**fields: str) -> str:
        sent = {"csrf_token": security_token(client), "endpoint": "https://push.example/a", **Browser().fields}
        page = client.post("/account/reminders/browsers", data=sent | fields, follow_redirects=True)
        return page.text

    def browsers() -> list[PushSubscription]:
        with app.app_context():
            return list(db.session.scalars(select(PushSubscription).order_by(PushSubscription.id)))

    assert "Notifications are on in this browser." in turn_on()
    for wrong in ({"endpoint": "ftp://push.example"}, {"public_key": "A" * 87}, {"auth_secret": "x" * 500}):
        assert "couldn’t be turned on" in turn_on(**wrong)
    assert len(browsers()) == 1
    turn_on()  # again in the same browser
    assert [each.id for each in browsers()] == [1]
    for number in range(reminders.MOST_BROWSERS):
        turn_on(endpoint=f"https://push.example/{number}")
    assert [each.endpoint[-1] for each in browsers()] == ["0", "1", "2", "3", "4"]
    other = app.test_client()
    other.post("/start", data={"csrf_token": security_token(other)})
    end = f"/account/reminders/browsers/{browsers()[0].id}/end"
    assert other.post(end, data={"csrf_token": security_token(other)}).status_code == 404
    assert client.post(end, data={"csrf_token": security_token(client)}).status_code == 303
    assert len(browsers()) == reminders.MOST_BROWSERS - 1
    app.config["QUIZAPP"] = app.config["QUIZAPP"].model_copy(update={"push_to_private": False})
    for address in ("http://push.example/x", "https://push.example:22/x"):
        assert "couldn’t be turned on" in turn_on(endpoint=address)
