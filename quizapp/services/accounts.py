"""People: guests, signing up, proving a password, settings, and leaving.

Proving a password takes three steps, because hashing is slow on purpose and no transaction should wait for it:
`begin_attempt` counts the try, `check_password` hashes without the database, then `accept` or `record_failure`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, exists, func, select
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.core import accounts as rules
from quizapp.core.defaults import TIMEZONE
from quizapp.core.scheduling.study_days import StudyClock, valid_timezone
from quizapp.models import DayCount, Memory, User
from quizapp.services.access import find_account
from quizapp.services.errors import NotFound
from quizapp.services.failure_counts import (
    blocked_since,
    bucket_name,
    clear_failures,
    clear_old_failures,
    count_failure,
)

_hasher = PasswordHasher()


class UserNameTaken(Exception):
    """Somebody has that user name already, written like this or nearly so."""


class WrongPassword(Exception):
    """No account has that name and password."""


class TooManyLogins(Exception):
    """Too many wrong passwords, for this account or from this address; wait so many `minutes`."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"too many wrong passwords; wait {minutes} minutes")
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A log-in under way. `user_id` and `password_hash` are None where nobody has the name."""

    user_id: int | None
    password_hash: str | None
    account: str  # buckets of LoginFailures
    address: str


# Who is who


def find_user(session: Session, name: str) -> User:
    """Return the account of that name. Raises NotFound."""
    user = find_account(session, name)
    if user is None:
        raise NotFound
    return user


def list_users(session: Session) -> Sequence[User]:
    """Return everyone with an account, by name; guests have none."""
    return session.scalars(select(User).where(User.name_folded.is_not(None)).order_by(User.name_folded)).all()


# Arriving


def create_guest(session: Session, *, timezone: str, now: datetime) -> User:
    """Create somebody who begins without an account. A time zone unknown here becomes UTC."""
    user = User(token=_new_token(), created_at=now, timezone=_known(timezone))
    session.add(user)
    session.flush()
    return user


def sign_up(
    session: Session,
    *,
    guest: User | None,
    name: str,
    password_hash: str,
    email: str | None,
    is_teacher: bool,
    timezone: str,
    now: datetime,
) -> User:
    """Return an account; a guest's own row becomes it, and so keeps all progress. Raises UserNameTaken, core's
    InvalidInput."""
    name, email = rules.check_name(name), rules.check_email(email or "")
    taken = find_account(session, name)
    if taken is not None and (guest is None or taken.id != guest.id):
        raise UserNameTaken
    try:
        with session.begin_nested():  # somebody may take the name between the question and the answer
            user = guest or User(created_at=now, timezone=TIMEZONE)
            if user.timezone == TIMEZONE:
                user.timezone = _known(timezone)
            user.name, user.name_folded, user.email = name, rules.fold_name(name), email
            user.password_hash, user.is_teacher, user.token = password_hash, is_teacher, _new_token()
            session.add(user)
    except IntegrityError:
        raise UserNameTaken from None
    return user


def has_studied(session: Session, user: User) -> bool:
    return bool(session.scalar(select(exists().where(DayCount.learner_id == user.id))))


def _known(timezone: str) -> str:
    return timezone if valid_timezone(timezone) else TIMEZONE


def _new_token() -> str:
    return secrets.token_urlsafe(32)


# Passwords


def hash_password(password: str, name: str) -> str:
    """Return the hash of a password fit for the account of that name; takes long. Raises core's InvalidInput."""
    rules.check_password(password, name)
    return _hasher.hash(rules.normal_password(password))


def begin_login(session: Session, name: str, *, address: str, now: datetime) -> LoginAttempt:
    """Count a try at the account of that name, before it is known to fail: many at once must not slip through.

    Names nobody has are counted alike. Raises TooManyTries, also when the password would be right.
    """
    buckets = bucket_name("account", rules.fold_name(name)), bucket_name("address", rules.neighbourhood(address))
    held = blocked_since(session, buckets[1], rules.ADDRESS_LIMIT, now)
    if held is not None:
        raise TooManyLogins(rules.minutes_to_wait(held, now))
    user = find_account(session, name)
    count, since = count_failure(session, buckets[0], now)
    if count > rules.ACCOUNT_LIMIT:
        raise TooManyLogins(rules.minutes_to_wait(since, now))
    return LoginAttempt(user.id, user.password_hash, *buckets) if user else LoginAttempt(None, None, *buckets)


def check_password(attempt: LoginAttempt, password: str) -> str:
    """Return the hash to keep from now on, if the password is the account's. Takes long, and needs no database.

    Raises WrongPassword, after the same work where nobody has the name.
    """
    decoy = _dummy_hash()
    typed = rules.normal_password(password)
    try:
        _hasher.verify(attempt.password_hash or decoy, typed)
    except (VerificationError, InvalidHashError):
        raise WrongPassword from None
    if attempt.password_hash is None:
        raise WrongPassword
    return _hasher.hash(typed) if _hasher.check_needs_rehash(attempt.password_hash) else attempt.password_hash


def complete_login(session: Session, attempt: LoginAttempt, password_hash: str) -> User:
    """Return the user whose password was right; the account's failures are forgotten.

    Raises WrongPassword if the password was changed meanwhile.
    """
    user = session.scalar(
        select(User)
        .where(User.id == attempt.user_id, User.password_hash == attempt.password_hash)
        .execution_options(populate_existing=True)
    )
    if user is None:
        raise WrongPassword
    user.password_hash = password_hash
    clear_failures(session, attempt.account)
    return user


def record_failure(session: Session, attempt: LoginAttempt, *, now: datetime) -> None:
    """Hold a wrong password against the address too; the account's was counted at the beginning.

    Clears away what is too old to matter.
    """
    count_failure(session, attempt.address, now)
    clear_old_failures(session, now)


def change_password(session: Session, user: User, password_hash: str) -> None:
    """Set it and end every session and remember cookie there is; the current one must log in again.

    Wrong passwords typed before are forgotten: whoever was given a new one may try it at once.
    """
    user.password_hash, user.token = password_hash, _new_token()
    clear_failures(session, bucket_name("account", user.name_folded or ""))


@cache
def _dummy_hash() -> str:
    """Return a hash that no password fits, as costly to find out as a real one."""
    return _hasher.hash(secrets.token_urlsafe(32))


# Settings, and leaving


def change_settings(
    session: Session,
    user: User,
    *,
    timezone: str,
    rollover_hour: int,
    two_buttons: bool,
    letter_keys: bool,
    asks_confidence: bool,
    asks_essays: bool,
    is_teacher: bool,
) -> None:
    """Change an account's settings. Raises ValueError for an unknown time zone or an hour outside 0..23."""
    clock = StudyClock(timezone, rollover_hour)
    user.timezone, user.rollover_hour = clock.timezone, clock.rollover_hour
    user.two_buttons, user.letter_keys, user.asks_confidence = two_buttons, letter_keys, asks_confidence
    user.asks_essays, user.is_teacher = asks_essays, is_teacher
    session.flush()


def count_data_to_delete(session: Session, user: User) -> Any:
    """Return the number of `answers` and begun `facts` that are lost when the account is deleted."""
    answers = select(func.coalesce(func.sum(DayCount.answers), 0)).where(DayCount.learner_id == user.id)
    facts = select(func.count()).select_from(Memory).where(Memory.learner_id == user.id, Memory.reps > 0)
    columns = answers.scalar_subquery().label("answers"), facts.scalar_subquery().label("facts")
    return session.execute(select(*columns)).one()


def delete_user(session: Session, user: User) -> None:
    """Delete the user and, by the database's cascades, everything the user did."""
    if user.name_folded is not None:
        clear_failures(session, bucket_name("account", user.name_folded))
    session.delete(user)
    session.flush()


def expire_guests(session: Session, *, before: datetime) -> int:
    """Delete guests who came before that instant and did not study since; says how many."""
    # A study day is named in the learner's zone and starts up to 23 hours late: two days cover every case.
    earliest_day = (before - timedelta(days=2)).date()
    studied = exists().where(DayCount.learner_id == User.id, DayCount.day >= earliest_day)
    deleted: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(User).where(User.name_folded.is_(None), User.created_at < before, ~studied),
        execution_options={"synchronize_session": False},
    )
    return deleted.rowcount
