"""What happens to a person's rows: on signing up, on guessing passwords, on leaving."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from log_ins import open_session
from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session

from quizapp.core.accounts import ACCOUNT_LIMIT, ADDRESS_LIMIT, WINDOW, InvalidInput
from quizapp.models import (
    Assignment,
    AuditEntry,
    Authenticator,
    Base,
    Classroom,
    Comparison,
    DayCount,
    Draft,
    Enrolment,
    Extension,
    Fact,
    FactVersion,
    LoginFailures,
    LoginLink,
    LoginSession,
    MatchGame,
    Memory,
    Plan,
    Question,
    QuestionSet,
    QuestionVersion,
    Quiz,
    RecoveryCode,
    Review,
    SetAuthor,
    StoredPicture,
    User,
)
from quizapp.services import accounts
from quizapp.services.attempts.lifecycle import begin_attempt
from quizapp.services.errors import NotFound
from quizapp.services.personal_data import personal_data
from quizapp.services.throttle import TooManyTries

NOW = datetime(2026, 4, 27, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


def sign_up(session: Session, name: str = "Aysel", guest: User | None = None, password: str = PASSWORD) -> User:
    return accounts.sign_up(
        session,
        guest=guest,
        name=name,
        password_hash=accounts.hash_password(password, name),
        email="",
        is_teacher=False,
        timezone="Asia/Baku",
        now=NOW,
    )


def log_in(
    session: Session, name: str, password: str, *, address: str = "203.0.113.1", now: datetime = NOW
) -> User | None:
    """None where name or password is wrong."""
    attempt = accounts.begin_login(session, name, address=address, now=now)
    try:
        return accounts.complete_login(session, attempt, accounts.check_password(attempt, password))
    except accounts.WrongPassword:
        return None


def study(session: Session, user: User, *, day: datetime = NOW) -> None:
    """One answer, and every row that comes with it."""
    fact, version = session.execute(
        select(Fact, QuestionVersion).join(Question, Question.fact_id == Fact.id).join(QuestionVersion)
    ).first() or pytest.fail("the sample set is empty")
    session.add_all(
        [
            Plan(learner_id=user.id, set_id=fact.set_id, started_at=day),
            Memory(learner_id=user.id, fact_id=fact.id, version=1, state=2, reps=1, lapses=0),
            DayCount(learner_id=user.id, day=day.date(), answers=1, correct=1, new_facts=1),
            Review(
                learner_id=user.id,
                fact_id=fact.id,
                version=1,
                question_version_id=version.id,
                at=day,
                day=day.date(),
                response={"text": "Bakı"},
                verdict="right",
                fraction=1.0,
                rating=3,
                guess=0.0,
                before={},
            ),
            Quiz(
                owner_id=user.id, set_id=fact.set_id, title="", topics=[], kinds=[], size=1, feedback="", created_at=day
            ),
            MatchGame(learner_id=user.id, set_id=fact.set_id, about="dates", pairs=6, slips=0, ms=9000, at=day),
            Comparison(learner_id=user.id, earlier_id=fact.id, later_id=fact.id, last_at=day, last_right=True),
        ]
    )
    asked = [(fact.id, version.id)]
    begin_attempt(session, user, asked, set_id=fact.set_id, purpose="quiz", title="", feedback="at-end", now=day)
    teach(session, user, fact, version, day)
    session.flush()


def teach(session: Session, user: User, fact: Fact, version: QuestionVersion, day: datetime) -> None:
    """A set, a class and an assignment of theirs, and whatever else names them."""
    classroom = Classroom(title="7b", timezone="UTC", created_at=day)
    own = QuestionSet(key=f"own-{user.id}", title="", header={}, names=[], created_at=day, owner_id=user.id)
    session.add_all([classroom, own])
    session.flush()
    task = Assignment(class_id=classroom.id, set_id=own.id, made_by_id=user.id, kind="quiz", title="", created_at=day)
    session.add(task)
    session.flush()
    session.add_all(
        [
            LoginSession(token=f"of {user.id}", user_id=user.id, created_at=day, last_seen_at=day, browser="Firefox"),
            LoginLink(token_hash=f"of {user.id}", user_id=user.id, expires_at=day),
            Authenticator(user_id=user.id, secret=f"secret of {user.id}", last_step=1, set_at=day),
            RecoveryCode(user_id=user.id, code_hash=f"code of {user.id}"),
            Enrolment(class_id=classroom.id, user_id=user.id, role="teacher", joined_at=day),
            Extension(assignment_id=task.id, user_id=user.id),
            SetAuthor(set_id=fact.set_id, user_id=user.id, since=day),
            Draft(user_id=user.id, set_id=own.id, subject="new:typed", form=[], saved_at=day),
            FactVersion(fact_id=fact.id, number=user.id, body={}, author_id=user.id, created_at=day),
            QuestionVersion(
                question_id=version.question_id, number=100 + user.id, body={}, author_id=user.id, created_at=day
            ),
            StoredPicture(digest=str(user.id), data=b"", width=1, height=1, uploader_id=user.id, created_at=day),
            AuditEntry(at=day, actor_id=user.id, subject_id=user.id, class_id=classroom.id, action="joined"),
        ]
    )


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


def test_personal_data_is_json_with_everything_but_secrets(session: Session) -> None:
    user, other = sign_up(session), sign_up(session, "Leyla")
    study(session, user)
    study(session, other)
    text = "".join(personal_data(session, user, now=NOW))
    told = json.loads(text)
    assert told["account"]["name"] == "Aysel" and told["settings"]["timezone"] == "Asia/Baku"
    assert [len(told[table]) for table in ("plans", "memories", "day_counts", "reviews")] == [1, 1, 1, 1]
    taught = ("sets", "co_authored", "drafts", "pictures", "written", "written_facts", "classes", "assigned")
    others = ("extensions", "audit_log", "login_links", "two_step_log_in")
    assert [len(told[table]) for table in (*taught, *others)] == [1] * 12
    assert told["two_step_log_in"] == [{"set_at": NOW.isoformat(), "recovery_codes": 1}]
    assert told["audit_log"][0]["class"] == told["classes"][0]["class"] == "7b"
    review = told["reviews"][0]
    asked = select(Review.question_version_id).where(Review.learner_id == user.id).scalar_subquery()
    versions = QuestionVersion.question_id == Question.id
    question = session.scalars(
        select(Question).join(QuestionVersion, versions).where(QuestionVersion.id == asked)
    ).one()
    assert review["question"] == question.key
    assert review["fact"] == question.fact.key and review["question_version"] == 1
    assert review["response"] == {"text": "Bakı"} and review["at"] == NOW.isoformat()
    assert [session["browser"] for session in told["login_sessions"]] == ["Firefox"]
    assert f"of {user.id}" not in text  # nothing to log in with
    assert (user.password_hash or "") not in text


NOT_IN_PERSONAL_DATA = {
    "user.id": "means nothing outside this database",
    "user.name_folded": "follows from the name",
    "user.password_hash": "helps to guess the password",
    "user.is_demo": "marks simulated people",
}


def test_personal_data_has_every_table_and_setting_of_a_person(session: Session) -> None:
    """A new table with somebody's id, or a new column of users, belongs into the download or among the exceptions."""
    user, asked = sign_up(session), []
    engine = session.get_bind()

    def note(connection: object, cursor: object, statement: str, *others: object) -> None:
        asked.append(statement.replace('"', ""))

    event.listen(engine, "before_cursor_execute", note)
    told = json.loads("".join(personal_data(session, user, now=NOW)))
    event.remove(engine, "before_cursor_execute", note)
    told_of_user = {f"user.{name}" for name in told["account"] | told["settings"]}
    ids = [
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column is User.__table__.c.id for key in column.foreign_keys)
    ]
    missing = {name for name in ids if not any(f"{name} = " in statement for statement in asked)}
    missing |= {str(column) for column in User.__table__.c} - told_of_user
    assert missing == NOT_IN_PERSONAL_DATA.keys()


def test_personal_data_of_someone_who_did_nothing_is_json_too(session: Session) -> None:
    guest = accounts.create_guest(session, timezone="UTC", now=NOW)
    told = json.loads("".join(personal_data(session, guest, now=NOW)))
    assert told["account"]["name"] is None and told["reviews"] == []


def test_personal_data_asks_no_more_of_the_database_for_more_answers(session: Session) -> None:
    user = sign_up(session)
    study(session, user)
    review = session.scalars(select(Review)).one()
    columns = {c.key: getattr(review, c.key) for c in Review.__table__.c if c.key != "id"}
    session.execute(insert(Review), [{**columns, "version": version} for version in range(2, 1300)])
    pieces = personal_data(session, user, now=NOW)
    assert max(len(piece) for piece in pieces) < 2000
    assert len(json.loads("".join(personal_data(session, user, now=NOW)))["reviews"]) == 1299
