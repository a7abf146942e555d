"""The data download: everything that is kept about a person, and nothing to log in with."""

import json

from account_rows import NOW, sign_up, study
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from quizapp.models import (
    Base,
    Question,
    QuestionVersion,
    Review,
    User,
)
from quizapp.services import accounts
from quizapp.services.personal_data import personal_data


def test_personal_data_is_json_with_everything_but_secrets(session: Session) -> None:
    user, other = sign_up(session), sign_up(session, "Leyla")
    study(session, user)
    study(session, other)
    text = "".join(personal_data(session, user, now=NOW))
    told = json.loads(text)
    assert told["account"]["name"] == "Aysel" and told["settings"]["timezone"] == "Asia/Baku"
    assert [len(told[table]) for table in ("plans", "memories", "day_counts", "reviews")] == [1, 1, 1, 1]
    taught = ("sets", "co_authored", "drafts", "pictures", "written", "written_facts", "classes", "assigned")
    others = ("extensions", "audit_log", "login_links", "two_step_log_in", "reminders", "notifications")
    assert [len(told[table]) for table in (*taught, *others)] == [1] * 14
    assert [len(told[table]) for table in ("starred", "notes", "hints", "reports", "answered_reports")] == [1] * 5
    assert told["two_step_log_in"] == [{"set_at": NOW.isoformat(), "recovery_codes": 1}]
    assert (told["reminders"][0]["hour"], told["reminders"][0]["has_calendar"]) == (18, True)
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
