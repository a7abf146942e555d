"""People: guests, signing up, proving a password, settings, and leaving.

Proving a password takes three steps, because hashing is slow on purpose and no transaction should wait for it:
`begin_login` counts the try, `check_password` hashes without the database, `complete_login` takes the try back.
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
from quizapp.services.audit_log import delete_noted_names
from quizapp.services.errors import NotFound
from quizapp.services.log_ins import delete_login_links, end_all_sessions
from quizapp.services.throttle import bucket_name, clear_tries, count_try, take_back_try

_hasher = PasswordHasher()


class UserNameTaken(Exception):
    """Somebody has that user name already, written like this or nearly so."""


class WrongPassword(Exception):
    """No account has that name and password."""


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """A log-in under way. `user_id` and `password_hash` are None where nobody has the name."""

    user_id: int | None
    password_hash: str | None
    own: str  # the bucket of the account, or of a browser known to be the owner's
    address: str | None  # the bucket of the address, unless the browser is known


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


def count_arrival(
    session: Session, kind: str, *, address: str, from_one_address: int, in_total: int, now: datetime
) -> None:
    """Count somebody who is about to begin as a guest or to sign up (`kind`). Raises TooManyTries."""
    here = bucket_name(kind, rules.neighbourhood(address))
    count_try(session, [(here, from_one_address), (bucket_name(kind, "everywhere"), in_total)], now)


def create_guest(session: Session, *, timezone: str, now: datetime) -> User:
    """Create somebody who begins without an account. A time zone unknown here becomes UTC."""
    user = User(created_at=now, timezone=_known(timezone))
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
    by_teacher: bool = False,
    now: datetime,
) -> User:
    """Return an account; a guest's own row becomes it, and so keeps all progress.

    It is logged in nowhere. One made by a teacher, who knows its password, must get another at the first log-in.
    Raises UserNameTaken, core's InvalidInput.
    """
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
            user.password_hash, user.is_teacher = password_hash, is_teacher
            user.created_by_teacher = user.must_change_password = by_teacher
            session.add(user)
    except IntegrityError:
        raise UserNameTaken from None
    end_all_sessions(session, user)
    return user


def has_studied(session: Session, user: User) -> bool:
    return bool(session.scalar(select(exists().where(DayCount.learner_id == user.id))))


def _known(timezone: str) -> str:
    return timezone if valid_timezone(timezone) else TIMEZONE


# Passwords


def hash_password(password: str, name: str) -> str:
    """Return the hash of a password fit for the account of that name; takes long. Raises core's InvalidInput."""
    rules.check_password(password, name)
    return _hasher.hash(rules.normal_password(password))


def begin_login(
    session: Session, name: str, *, address: str, now: datetime, browser: str | None = None
) -> LoginAttempt:
    """Count a try at the account of that name, before it is known to fail: many at once must not slip through.

    Names nobody has are counted alike. `browser` names one in which the owner has logged in before: it has tries of its
    own, which nobody can use up from elsewhere. Raises TooManyTries, also when the password would be right.
    """
    if browser is not None:
        own, from_address = bucket_name("browser", browser), None
        limits = [(own, rules.ACCOUNT_LIMIT)]
    else:
        own = bucket_name("account", rules.fold_name(name))
        from_address = bucket_name("address", rules.neighbourhood(address))
        limits = [(from_address, rules.ADDRESS_LIMIT), (own, rules.ACCOUNT_LIMIT)]
    count_try(session, limits, now)
    user = find_account(session, name)
    return LoginAttempt(user.id if user else None, user.password_hash if user else None, own, from_address)


def check_password(attempt: LoginAttempt, password: str) -> str:
    """Return the hash to keep from now on, if the password is the account's. Takes long, and needs no database.

    Raises WrongPassword, after the same work where nobody has the name.
    """
    if len(password) > rules.LONGEST_PASSWORD:
        raise WrongPassword
    decoy = _dummy_hash()
    typed = rules.normal_password(password)
    try:
        _hasher.verify(attempt.password_hash or decoy, typed)
    except (VerificationError, InvalidHashError):
        raise WrongPassword from None
    if attempt.password_hash is None:
        raise WrongPassword
    return _hasher.hash(typed) if _hasher.check_needs_rehash(attempt.password_hash) else attempt.password_hash


def is_password(user: User, password: str) -> bool:
    """Whether the user has this password now. Takes long, and needs no database."""
    try:
        return _hasher.verify(user.password_hash or "", rules.normal_password(password))
    except (VerificationError, InvalidHashError):
        return False


def complete_login(session: Session, attempt: LoginAttempt, password_hash: str) -> User:
    """Return the user whose password was right; the account's tries are forgotten, and this one of the address.

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
    if attempt.address is not None:
        take_back_try(session, attempt.address)
    clear_tries(session, attempt.own)
    return user


def change_password(session: Session, user: User, password_hash: str, *, must_change: bool = False) -> None:
    """Set the password, and log the user out everywhere. One that others know must be changed at the next log-in.

    Wrong passwords typed before are forgotten: whoever was given a new one may try it at once.
    """
    user.password_hash, user.must_change_password = password_hash, must_change
    delete_login_links(session, user)
    end_all_sessions(session, user)
    clear_tries(session, bucket_name("account", user.name_folded or ""))


@cache
def _dummy_hash() -> str:
    """Return a hash that no password fits, as costly to find out as a real one."""
    return _hasher.hash(secrets.token_urlsafe(32))


# Forgotten passwords


def request_login_link(session: Session, name: str, *, address: str, now: datetime) -> int | None:
    """Return the id of the account of that name, or None where there is no such account or it has no e-mail.

    Counts the request, so that nobody gets many e-mails. Raises TooManyTries.
    """
    limits = [
        (bucket_name("link-to", rules.fold_name(name)), rules.ACCOUNT_LIMIT),
        (bucket_name("link-from", rules.neighbourhood(address)), rules.ADDRESS_LIMIT),
    ]
    count_try(session, limits, now)
    user = find_account(session, name)
    return user.id if user and user.email else None


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
    total_new_per_day: int | None = None,
) -> None:
    """Change an account's settings. Raises ValueError for an unknown time zone or an hour outside 0..23."""
    clock = StudyClock(timezone, rollover_hour)
    user.timezone, user.rollover_hour = clock.timezone, clock.rollover_hour
    user.two_buttons, user.letter_keys, user.asks_confidence = two_buttons, letter_keys, asks_confidence
    user.asks_essays, user.total_new_per_day = asks_essays, total_new_per_day
    session.flush()


def change_email(session: Session, user: User, email: str) -> None:
    """Change where log-in links are sent, or to nothing. Links sent before stop working. Raises core's InvalidInput."""
    user.email = rules.check_email(email)
    delete_login_links(session, user)


def change_role(session: Session, user: User, *, is_teacher: bool) -> None:
    """Make a learner's account a teacher's, or the other way round."""
    user.is_teacher = is_teacher
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
        clear_tries(session, bucket_name("account", user.name_folded))
    delete_noted_names(session, user)
    session.delete(user)
    session.flush()


def find_unused_account(session: Session, *, before: datetime) -> User | None:
    """Return an account that nobody has used since that instant, locked so that nobody does before it is deleted."""
    last_used = func.coalesce(User.last_seen_at, User.created_at)
    unused = select(User).where(User.name_folded.is_not(None), last_used < before)
    return session.scalar(unused.order_by(User.id).limit(1).with_for_update())


def expire_guests(session: Session, *, before: datetime, limit: int | None = None) -> int:
    """Delete guests who came before that instant and have not studied since, `limit` at most; return how many."""
    # A study day is named in the learner's zone and starts up to 23 hours late: two days cover every case.
    earliest_day = (before - timedelta(days=2)).date()
    studied = exists().where(DayCount.learner_id == User.id, DayCount.day >= earliest_day)
    stale = User.name_folded.is_(None), User.created_at < before, ~studied
    some = select(User.id).where(*stale).order_by(User.id).limit(limit)
    deleted: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(User).where(User.id.in_(some), *stale),  # asked twice: a guest may sign up in between
        execution_options={"synchronize_session": False},
    )
    return deleted.rowcount
