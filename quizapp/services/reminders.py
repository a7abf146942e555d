"""Reminders: what a learner asked for, the browsers and the calendar that show them, and who is reminded when.

A reminder is noted as sent before it is sent, so that each comes once a day at most, whatever crashes or runs twice.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from quizapp.core.accounts import ADDRESS_LIMIT, neighbourhood
from quizapp.core.reminders import USUAL_HOUR, next_time
from quizapp.models import DayCount, PushKeys, PushSubscription, Reminders, User
from quizapp.models.database import insert_or
from quizapp.services.errors import NotFound
from quizapp.services.throttle import bucket_name, count_try

MOST_BROWSERS = 5  # of one learner that show notifications
MOST_FAILURES = 7  # days on which a push service failed before its subscription is deleted
MOST_FETCHES = 60  # of one calendar within core.accounts.WINDOW
SECRET_LENGTH = 43  # characters of 32 random bytes


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A learner to remind on a study day, and by which ways; it was wanted at `wanted_at`, a while ago perhaps."""

    user_id: int
    day: date
    wanted_at: datetime
    by_mail: bool
    by_push: bool


def read_reminders(session: Session, user: User) -> Reminders:
    """Return what a learner asked for; nothing yet, if there is no row."""
    return session.get(Reminders, user.id) or Reminders(user_id=user.id, hour=USUAL_HOUR, by_mail=False)


def change_reminders(
    session: Session, user: User, *, hour: int, by_mail: bool, shows_badge: bool, now: datetime
) -> None:
    """Change the hour (0..23), e-mail, and whether the app's icon shows the number of due facts."""
    row = _own_row(session, user)
    row.hour, row.by_mail = hour, by_mail
    row.unsubscribe_secret = row.unsubscribe_secret or secrets.token_urlsafe(32)
    user.shows_badge = shows_badge
    plan_next(session, user, now=now)


def plan_next(session: Session, user: User, *, now: datetime) -> None:
    """Plan the next reminder, after a change of what the learner asked for or of their time zone."""
    row = session.get(Reminders, user.id)
    if row is not None:
        wanted = row.by_mail or _count_browsers(session, user)
        row.next_at = next_time(user.clock, row.hour, after=now, learner_id=user.id) if wanted else None
        session.flush()


def stop_mail(session: Session, secret: str) -> None:
    """Stop the e-mails whose links have this secret. Raises NotFound."""
    row = _find_by(session, Reminders.unsubscribe_secret == secret, secret)
    row.by_mail = False
    session.flush()


def check_unsubscribe_link(session: Session, secret: str) -> bool:
    """Return whether e-mails are still sent to whom the link unsubscribes. Raises NotFound."""
    return _find_by(session, Reminders.unsubscribe_secret == secret, secret).by_mail


def _own_row(session: Session, user: User) -> Reminders:
    """Return the learner's row, made now if it is not there."""
    first = insert_or(session, Reminders.__table__).values(user_id=user.id)
    session.execute(first.on_conflict_do_nothing(index_elements=["user_id"]))
    return session.get_one(Reminders, user.id)


def _find_by(session: Session, condition: ColumnElement[bool], secret: str) -> Reminders:
    row = session.scalar(select(Reminders).where(condition)) if len(secret) == SECRET_LENGTH else None
    if row is None:
        raise NotFound
    return row


# The calendar


def renew_calendar(session: Session, user: User) -> None:
    """Give the learner's calendar an address that nobody knows; the one before stops working."""
    _own_row(session, user).calendar_secret = secrets.token_urlsafe(32)
    session.flush()


def end_calendar(session: Session, user: User) -> None:
    _own_row(session, user).calendar_secret = None
    session.flush()


def open_calendar(session: Session, secret: str, *, address: str, now: datetime) -> tuple[User, Reminders]:
    """Return whose calendar has this secret. Raises NotFound, and TooManyTries: wrong ones count by address."""
    try:
        row = _find_by(session, Reminders.calendar_secret == secret, secret)
    except NotFound:
        count_try(session, [(bucket_name("calendar-from", neighbourhood(address)), ADDRESS_LIMIT)], now)
        raise
    count_try(session, [(bucket_name("calendar", secret), MOST_FETCHES)], now)
    return session.get_one(User, row.user_id), row


# Browsers that show notifications


def list_browsers(session: Session, user: User) -> Sequence[PushSubscription]:
    """Return the browsers in which a learner turned on notifications, the newest first."""
    query = select(PushSubscription).where(PushSubscription.user_id == user.id)
    return session.scalars(query.order_by(PushSubscription.id.desc())).all()


def add_browser(
    session: Session,
    user: User,
    *,
    endpoint: str,
    public_key: str,
    auth_secret: str,
    browser: str,
    address: str,
    now: datetime,
) -> None:
    """Show notifications in a browser, whoever used it before; the oldest gives way to one too many.

    Raises TooManyTries.
    """
    count_try(session, [(bucket_name("push-from", neighbourhood(address)), ADDRESS_LIMIT)], now)
    values = {"user_id": user.id, "public_key": public_key, "auth_secret": auth_secret, "browser": browser}
    values |= {"created_at": now, "failures": 0}
    added = insert_or(session, PushSubscription.__table__).values(endpoint=endpoint, **values)
    session.execute(added.on_conflict_do_update(index_elements=["endpoint"], set_=values))
    for one in list_browsers(session, user)[MOST_BROWSERS:]:
        session.delete(one)
    _own_row(session, user)
    plan_next(session, user, now=now)


def end_browser(session: Session, user: User, subscription_id: int, *, now: datetime) -> None:
    """Show no more notifications in a browser. Raises NotFound."""
    own = PushSubscription.id == subscription_id, PushSubscription.user_id == user.id
    if session.scalar(delete(PushSubscription).where(*own).returning(PushSubscription.id)) is None:
        raise NotFound
    plan_next(session, user, now=now)


def _count_browsers(session: Session, user: User) -> int:
    return session.scalar(select(func.count()).where(PushSubscription.user_id == user.id)) or 0


def read_push_keys(session: Session) -> PushKeys | None:
    return session.get(PushKeys, 1)


def keep_push_keys(session: Session, private_key: str, public_key: str) -> PushKeys:
    """Keep the site's keys, unless another process has just made some; return those that are kept."""
    first = insert_or(session, PushKeys.__table__).values(id=1, private_key=private_key, public_key=public_key)
    session.execute(first.on_conflict_do_nothing(index_elements=["id"]))
    return session.get_one(PushKeys, 1)


# Reminding


def take_due(session: Session, *, now: datetime, limit: int) -> list[DueReminder]:
    """Return some of the learners whose reminder is due, and plan their next one. No two processes take the same."""
    has_browser = exists().where(PushSubscription.user_id == Reminders.user_id).label("has_browser")
    rows = session.execute(
        select(Reminders, User, has_browser)
        .join(User, User.id == Reminders.user_id)
        .where(Reminders.next_at <= now)
        .order_by(Reminders.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Reminders)
        .execution_options(populate_existing=True)
    ).all()
    taken = []
    for row, user, by_push in rows:
        assert row.next_at is not None
        by_mail = row.by_mail and bool(user.email)
        taken.append(DueReminder(user.id, user.clock.day(now), row.next_at, by_mail, by_push))
        wanted = row.by_mail or by_push
        row.next_at = next_time(user.clock, row.hour, after=now, learner_id=user.id) if wanted else None
    session.flush()
    return taken


def find_last_day(session: Session, learner: User) -> date | None:
    """Return the last study day on which a learner answered anything."""
    studied = select(DayCount.day).where(DayCount.learner_id == learner.id, DayCount.answers > 0)
    return session.scalar(studied.order_by(DayCount.day.desc()).limit(1))


def note_mail(session: Session, user_id: int, day: date) -> str | None:
    """Note that a learner's e-mail of a study day is about to be sent; return the secret of its link that ends them.

    None if it was sent already, or is not wanted any more.
    """
    return session.scalar(
        update(Reminders)
        .where(Reminders.user_id == user_id, Reminders.by_mail, _is_before(Reminders.mailed_on, day))
        .values(mailed_on=day)
        .returning(Reminders.unsubscribe_secret)
        .execution_options(synchronize_session=False)
    )


def forget_mail(session: Session, user_id: int) -> None:
    """Forget that an e-mail was noted, because it could not be sent."""
    session.execute(update(Reminders).where(Reminders.user_id == user_id).values(mailed_on=None))


def note_push(session: Session, subscription_id: int, day: date) -> bool:
    """Note that a browser's notification of a study day is about to be sent; False if it was, or is not wanted."""
    return _changed_one(
        session,
        update(PushSubscription)
        .where(PushSubscription.id == subscription_id, _is_before(PushSubscription.pushed_on, day))
        .values(pushed_on=day),
    )


def note_outcome(session: Session, subscription_id: int, *, arrived: bool) -> None:
    """Note whether a push service took a notification; one that fails again and again is given up."""
    this = PushSubscription.id == subscription_id
    failures = 0 if arrived else PushSubscription.failures + 1
    session.execute(update(PushSubscription).where(this).values(failures=failures))
    session.execute(delete(PushSubscription).where(this, PushSubscription.failures >= MOST_FAILURES))


def delete_browser(session: Session, subscription_id: int) -> None:
    """Delete a subscription that its push service does not know any more."""
    session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))


def _is_before(column: Any, day: date) -> ColumnElement[bool]:
    return or_(column.is_(None), column < day)


def _changed_one(session: Session, statement: Any) -> bool:
    changed: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        statement, execution_options={"synchronize_session": False}
    )
    return changed.rowcount == 1
