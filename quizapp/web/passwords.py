"""Checking a typed password for pages, without holding a transaction while it is hashed."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from wtforms import Field

from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models import User
from quizapp.models.database import writing
from quizapp.services import accounts
from quizapp.services.access import find_account
from quizapp.services.throttle import TooManyTries
from quizapp.web.known_browsers import known_browser
from quizapp.web.requests import commit, now
from quizapp.web.security_log import record_event


def confirm_password(user: User, field: Field, event: str) -> bool:
    """Return whether the field holds the password of the account that is logged in; if not, field and log say why."""
    return check_password(user.name or "", field, event) is not None


def check_password(name: str, field: Field, event: str, wrong: str = gettext("Wrong password.")) -> User | None:
    """Return the user of that name, if the field holds the password; else None, and field and log say why."""
    session = db.session()
    try:
        attempt = accounts.begin_login(
            session, name, address=request.remote_addr or "", browser=known_browser(name), now=now()
        )
    except TooManyTries as refused:
        commit()
        found = find_account(session, name)
        record_event(event, found.id if found else None, "too-many-tries")
        field.errors.append(f"{gettext('Too many wrong passwords.')} {ask_to_wait(refused)}")
        return None
    try:
        with outside_transaction():
            password_hash = accounts.check_password(attempt, field.data)
        return accounts.complete_login(session, attempt, password_hash)
    except accounts.WrongPassword:
        commit()  # nothing more is written
        record_event(event, attempt.user_id, "wrong-password")
        field.errors.append(wrong)
        return None


@contextmanager
def outside_transaction() -> Iterator[None]:
    """Hashing takes long, on purpose: end the transaction first, so that nobody waits for it."""
    commit()
    try:
        yield
    finally:
        writing.set(True)


def ask_to_wait(refused: TooManyTries) -> str:
    return ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", refused.minutes)
