"""Checking a typed password for pages, without holding a transaction while it is hashed."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from wtforms import Field

from quizapp.extensions import db
from quizapp.models import User
from quizapp.models.database import writing
from quizapp.services import accounts
from quizapp.web.requests import commit, now


def confirm_password(user: User, field: Field) -> bool:
    """Whether the field holds the password of the account that is logged in; if not, the field says why."""
    return check_password(user.name or "", field, "That is not your password.") is not None


def check_password(name: str, field: Field, wrong: str) -> User | None:
    """Return the user of that name, if the field holds the password; else None, and the field says why."""
    session = db.session()
    try:
        attempt = accounts.begin_login(session, name, address=request.remote_addr or "", now=now())
    except accounts.TooManyLogins as held:
        commit()
        unit = "minute" if held.minutes == 1 else "minutes"
        field.errors.append(f"There were too many wrong passwords. Wait {held.minutes} {unit}, then try again.")
        return None
    try:
        with outside_transaction():
            password_hash = accounts.check_password(attempt, field.data)
        return accounts.complete_login(session, attempt, password_hash)
    except accounts.WrongPassword:
        accounts.record_failure(session, attempt, now=now())
        commit()
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
