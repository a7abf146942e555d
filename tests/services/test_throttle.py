"""Floods: how many guests, sign-ups and wrong passwords there may be, and who is not kept out by those of others."""

from datetime import UTC, datetime

import pytest
from concurrency import WRITERS, at_once
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.core.accounts import ACCOUNT_LIMIT, ADDRESS_LIMIT, WINDOW
from quizapp.models import User
from quizapp.services import accounts
from quizapp.services.throttle import TooManyTries, bucket_name, count_try

NOW = datetime(2026, 4, 27, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"
HERE = "203.0.113.1"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return accounts.hash_password(PASSWORD, "")


def add_account(session: Session, password_hash: str, name: str = "Aysel") -> User:
    user = User(name=name, name_folded=name.lower(), password_hash=password_hash, created_at=NOW, timezone="UTC")
    session.add(user)
    session.flush()
    return user


def log_in(session: Session, password: str, *, address: str = HERE, browser: str | None = None) -> User | None:
    """Return Aysel, or None where the password is wrong."""
    attempt = accounts.begin_login(session, "Aysel", address=address, browser=browser, now=NOW)
    try:
        return accounts.complete_login(session, attempt, accounts.check_password(attempt, password))
    except accounts.WrongPassword:
        return None


# Passwords


def test_wrong_passwords_from_elsewhere_lock_nobody_out_of_a_known_browser(
    session: Session, password_hash: str
) -> None:
    user = add_account(session, password_hash)
    for n in range(ACCOUNT_LIMIT):
        assert log_in(session, "wrong", address=f"203.0.113.{n}") is None
    assert log_in(session, PASSWORD, browser="hers") is user
    with pytest.raises(TooManyTries):
        log_in(session, PASSWORD)  # nor does her log-in give whoever guesses more tries


def test_a_known_browser_has_tries_of_its_own_which_end_too(session: Session, password_hash: str) -> None:
    user = add_account(session, password_hash)
    for n in range(ACCOUNT_LIMIT):
        assert log_in(session, "wrong", browser="stolen", address=f"203.0.113.{n}") is None
    with pytest.raises(TooManyTries):
        log_in(session, PASSWORD, browser="stolen")
    assert log_in(session, PASSWORD, browser="hers") is user
    assert log_in(session, PASSWORD) is user


@pytest.mark.one_database
def test_tries_count_before_their_passwords_are_checked(session: Session) -> None:
    for n in range(ADDRESS_LIMIT):
        accounts.begin_login(session, f"name {n}", address=HERE, now=NOW)
    with pytest.raises(TooManyTries):
        accounts.begin_login(session, "one more", address=HERE, now=NOW)


def test_a_class_behind_one_address_logs_in_at_the_same_moment(session: Session, password_hash: str) -> None:
    users = [add_account(session, password_hash, f"student {n}") for n in range(40)]
    for _ in range(2):
        attempts = [accounts.begin_login(session, user.name or "", address=HERE, now=NOW) for user in users]
        assert [accounts.complete_login(session, attempt, password_hash) for attempt in attempts] == users


def test_of_many_tries_at_once_no_more_than_the_limit_get_through(app: Flask) -> None:
    def try_twice(session: Session, number: int) -> int:
        through = 0
        for _ in range(2):
            try:
                count_try(session, [(bucket_name("address", HERE), WRITERS), (bucket_name("all", ""), 7)], NOW)
                through += 1
            except TooManyTries:
                pass
            session.commit()
        return through

    assert sum(at_once(app, try_twice)) == 7


# Arrivals


def test_arrivals_are_limited_by_address_and_in_total(session: Session) -> None:
    def arrive(address: str, kind: str = "guest", now: datetime = NOW) -> bool:
        try:
            accounts.count_arrival(session, kind, address=address, from_one_address=3, in_total=5, now=now)
        except TooManyTries as refused:
            assert refused.minutes == 15
            return False
        return True

    assert [arrive(f"2001:db8::{n}") for n in range(4)] == [True, True, True, False]
    assert [arrive(f"203.0.113.{n}") for n in range(3)] == [True, True, False]
    assert arrive("203.0.113.3", kind="sign-up")
    assert arrive("2001:db8::1", now=NOW + WINDOW)
