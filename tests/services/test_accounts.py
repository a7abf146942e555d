"""What happens to a person's rows: on signing up, on guessing passwords, on leaving."""

from datetime import datetime, timedelta

import pytest
from account_rows import NOW, PASSWORD, sign_up, study
from argon2 import PasswordHasher
from log_ins import open_session
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.accounts import ACCOUNT_LIMIT, ADDRESS_LIMIT, WINDOW, InvalidInput
from quizapp.models import (
    Base,
    LoginFailures,
    User,
)
from quizapp.services import accounts
from quizapp.services.errors import NotFound
from quizapp.services.throttle import TooManyTries


def log_in(
    session: Session, name: str, password: str, *, address: str = "203.0.113.1", now: datetime = NOW
) -> User | None:
    """None where name or password is wrong."""
    attempt = accounts.begin_login(session, name, address=address, now=now)
    try:
        return accounts.complete_login(session, attempt, accounts.check_password(attempt, password))
    except accounts.WrongPassword:
        return None


def rows_of(session: Session, user_id: int) -> dict[str, int]:
    """How many rows of each table point at the user."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table).where(key.parent == user_id)) or 0
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "user"
    }


def test_a_guest_signs_up_and_keeps_every_row(session: Session) -> None:
    guest = accounts.create_guest(session, timezone="Asia/Baku", now=NOW - timedelta(days=3))
    study(session, guest)
    before = rows_of(session, guest.id)
    user = sign_up(session, guest=guest)
    assert user.id == guest.id and user.name == "Aysel" and not user.is_guest
    assert all(before.values())
    assert rows_of(session, user.id) == before | {"login_session": 0}  # a copy of the guest's cookie is logged out
    assert user.created_at == NOW - timedelta(days=3)
    assert session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize(("given", "kept"), [("Asia/Baku", "Asia/Baku"), ("Mars/Olympus", "UTC"), ("", "UTC")])
def test_a_time_zone_nobody_knows_becomes_utc(session: Session, given: str, kept: str) -> None:
    assert accounts.create_guest(session, timezone=given, now=NOW).timezone == kept


def test_a_guest_whose_zone_was_unknown_gets_it_on_signing_up(session: Session) -> None:
    assert sign_up(session, guest=accounts.create_guest(session, timezone="", now=NOW)).timezone == "Asia/Baku"
    guest = accounts.create_guest(session, timezone="Europe/Paris", now=NOW)
    assert sign_up(session, "Leyla", guest=guest).timezone == "Europe/Paris"


@pytest.mark.parametrize(("first", "second"), [("Aysel", "AYSEL"), ("İlham", "ilham"), ("Qızı", "QIZI")])
def test_a_name_is_given_once_however_it_is_written(session: Session, first: str, second: str) -> None:
    sign_up(session, first)
    guest = accounts.create_guest(session, timezone="UTC", now=NOW)
    for beginner in (None, guest):
        with pytest.raises(accounts.UserNameTaken):
            sign_up(session, second, guest=beginner)
    assert guest.is_guest


def test_a_name_taken_at_the_last_moment_is_taken(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people ask for one name at once: neither finds it taken, and only one row can be written."""
    sign_up(session)
    guest = accounts.create_guest(session, timezone="UTC", now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(accounts, "find_account", lambda session, name: None)
        with pytest.raises(accounts.UserNameTaken):
            sign_up(session, "aysel", guest=guest)
    assert guest.is_guest and [user.name for user in accounts.list_users(session)] == ["Aysel"]


def test_the_right_password_finds_its_user(session: Session) -> None:
    user = sign_up(session, "İlham")
    assert log_in(session, "ilham", PASSWORD) is user
    assert log_in(session, "İLHAM", PASSWORD + "!") is None
    assert log_in(session, "nobody", PASSWORD) is None
    assert log_in(session, "nul\x00", PASSWORD) is None


def test_a_password_composed_on_another_keyboard_is_the_same(session: Session) -> None:
    user = sign_up(session, password="caf\u00e9 a la carte")
    assert log_in(session, "Aysel", "cafe\u0301 a la carte") is user


def test_a_guest_cannot_be_logged_in_to(session: Session) -> None:
    accounts.create_guest(session, timezone="UTC", now=NOW)
    for name in ("", "None", " "):
        assert log_in(session, name, "") is None


def test_a_hash_made_with_old_parameters_is_renewed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    user = sign_up(session)
    old = user.password_hash
    open_session(session, user.id)
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert log_in(session, "Aysel", PASSWORD) is user
    assert user.password_hash != old and "t=2" in (user.password_hash or "")
    assert rows_of(session, user.id)["login_session"] == 1
    assert log_in(session, "Aysel", PASSWORD) is user


def test_a_password_changed_while_it_was_checked_lets_nobody_in(session: Session) -> None:
    user = sign_up(session)
    attempt = accounts.begin_login(session, "Aysel", address="", now=NOW)
    kept = accounts.check_password(attempt, PASSWORD)
    accounts.change_password(session, user, accounts.hash_password("another password", "Aysel"))
    with pytest.raises(accounts.WrongPassword):
        accounts.complete_login(session, attempt, kept)


@pytest.mark.parametrize("name", ["Aysel", "nobody"])
def test_after_five_wrong_passwords_even_the_right_one_waits(session: Session, name: str) -> None:
    sign_up(session)
    for n in range(ACCOUNT_LIMIT):
        assert log_in(session, name, "wrong", address=f"203.0.113.{n}", now=NOW + timedelta(minutes=n)) is None
    for password in ("wrong", PASSWORD):
        with pytest.raises(TooManyTries) as held:
            log_in(session, name, password, address="198.51.100.1", now=NOW + timedelta(minutes=9, seconds=30))
        assert held.value.minutes == 6
    allowed = log_in(session, name, PASSWORD, now=NOW + WINDOW)
    assert (allowed is not None) == (name == "Aysel")


def test_logging_in_forgets_the_accounts_failures(session: Session) -> None:
    user = sign_up(session)
    for _ in range(2):
        for _ in range(ACCOUNT_LIMIT - 1):
            assert log_in(session, "Aysel", "wrong") is None
        assert log_in(session, "Aysel", PASSWORD) is user


@pytest.mark.one_database
def test_one_address_cannot_try_name_after_name(session: Session) -> None:
    user = sign_up(session)
    for n in range(ADDRESS_LIMIT):
        assert log_in(session, f"name {n}", "wrong", address="2001:db8::1") is None
    with pytest.raises(TooManyTries):
        log_in(session, "Aysel", PASSWORD, address="2001:db8::2")
    assert log_in(session, "Aysel", PASSWORD, address="2001:db8:1::1") is user
    assert log_in(session, "Aysel", PASSWORD, address="2001:db8::1", now=NOW + WINDOW) is user


def test_what_was_typed_is_not_kept_and_old_failures_are_cleared_away(session: Session) -> None:
    log_in(session, "my secret password", "wrong", address="203.0.113.7")
    kept = session.scalars(select(LoginFailures.bucket)).all()
    assert len(kept) == 2
    assert not any("secret" in bucket or bucket.startswith("203") for bucket in kept)
    log_in(session, "somebody else", "wrong", address="203.0.113.8", now=NOW + WINDOW)
    assert not set(kept) & set(session.scalars(select(LoginFailures.bucket)))


def test_an_administrator_sets_a_password(session: Session) -> None:
    user = sign_up(session)
    open_session(session, user.id)
    for _ in range(ACCOUNT_LIMIT):
        log_in(session, "Aysel", "wrong")
    found = accounts.find_user(session, "aysel")
    accounts.change_password(session, found, accounts.hash_password("another password", "Aysel"))
    assert rows_of(session, user.id)["login_session"] == 0
    assert log_in(session, "Aysel", "another password") is user
    with pytest.raises(InvalidInput):
        accounts.hash_password("aysel", "Aysel")
    with pytest.raises(NotFound):
        accounts.find_user(session, "nobody")


def test_guests_are_not_listed(session: Session) -> None:
    accounts.create_guest(session, timezone="UTC", now=NOW)
    assert list(accounts.list_users(session)) == []
    names = [sign_up(session, name).name for name in ("Aysel", "Leyla")]
    assert [user.name for user in accounts.list_users(session)] == names


def test_settings_that_mean_nothing_are_refused(session: Session) -> None:
    user = sign_up(session)
    good = {"rollover_hour": 3, "two_buttons": True, "letter_keys": False}
    good |= {"asks_confidence": True, "asks_essays": True}
    accounts.change_settings(session, user, timezone="Europe/Paris", **good)
    assert (user.timezone, user.rollover_hour, user.two_buttons, user.letter_keys) == (
        "Europe/Paris",
        3,
        True,
        False,
    )
    for bad in ({"timezone": "Mars/Olympus"}, {"rollover_hour": 24}):
        with pytest.raises(ValueError):
            accounts.change_settings(session, user, **{"timezone": "UTC", **good, **bad})
    assert user.timezone == "Europe/Paris"


def test_deleting_takes_every_row_of_the_learner_and_nobody_elses(session: Session) -> None:
    user, other = sign_up(session), sign_up(session, "Leyla")
    for learner in (user, other):
        study(session, learner)
    others = rows_of(session, other.id)
    assert all(others.values())
    assert accounts.count_data_to_delete(session, user)._asdict() == {"answers": 1, "facts": 1}
    accounts.delete_user(session, user)
    assert not any(rows_of(session, user.id).values())
    assert rows_of(session, other.id) == others
    assert accounts.list_users(session) == [other]


def test_guests_who_left_are_deleted_and_those_who_study_stay(session: Session) -> None:
    before = NOW - timedelta(days=90)
    gone, lapsed, studying, recent = (
        accounts.create_guest(session, timezone="UTC", now=came)
        for came in (before - timedelta(days=1), before - timedelta(days=9), before - timedelta(days=9), before)
    )
    member = sign_up(session)
    member.created_at = before - timedelta(days=400)
    study(session, lapsed, day=before - timedelta(days=8))
    study(session, studying, day=before)
    session.flush()
    assert accounts.expire_guests(session, before=before) == 2
    assert set(session.scalars(select(User.id))) == {studying.id, recent.id, member.id}
    assert rows_of(session, lapsed.id)["review"] == 0
    assert accounts.expire_guests(session, before=before) == 0
    assert gone.id not in set(session.scalars(select(User.id)))
