"""All that is kept about a person, to take away."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from quizapp.core.attempts import AT_ONCE
from quizapp.models import (
    Assignment,
    Attempt,
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
    FactNote,
    FactVersion,
    Hint,
    LoginLink,
    LoginSession,
    MatchGame,
    Memory,
    MemoryEvent,
    Plan,
    PushSubscription,
    Question,
    QuestionReport,
    QuestionSet,
    QuestionVersion,
    Quiz,
    RecoveryCode,
    Reminders,
    Response,
    Review,
    SetAuthor,
    SetFolder,
    StarredFact,
    StoredPicture,
    StudentList,
    Transfer,
    User,
)
from quizapp.services import running_quizzes

SET, FACT = QuestionSet.key.label("set"), Fact.key.label("fact")
ASKED = Question.key.label("question"), QuestionVersion.number.label("question_version")


def personal_data(session: Session, user: User, *, now: datetime) -> Iterator[str]:
    """Yield all that is kept about a person, as JSON in pieces, of which only some are held at a time.

    What concerns facts of a quiz that their class is taking is left out until it closes, besides the answers to it.
    """
    account = (
        "name",
        "email",
        "is_teacher",
        "created_by_teacher",
        "must_change_password",
        "created_at",
        "last_seen_at",
    )
    settings = (
        "timezone",
        "rollover_hour",
        "two_buttons",
        "letter_keys",
        "asks_confidence",
        "asks_essays",
        "total_new_per_day",
        "shows_badge",
        "catch_up_until",
        "uses_standard",
        *("fitted_parameters", "fitted_factor", "fitted_elimination", "fitted_on", "adjusted_on"),
    )
    head = {"made_at": now, "account": _picked(user, account), "settings": _picked(user, settings)}
    yield _json(head).removesuffix("}")
    for name, query in (_learning(user, now) | _teaching(user) | _logging_in(user) | _reminding(user)).items():
        yield f',\n"{name}": ['
        separator = "\n"
        result = session.execute(query.execution_options(yield_per=500))
        names = list(result.keys())
        for row in result:
            yield separator + _json(_hide_unreleased(dict(zip(names, row, strict=True))))
            separator = ",\n"
        yield "]"
    yield "}\n"


def _learning(user: User, now: datetime) -> dict[str, Select[Any]]:
    """Return queries for what a person studied, practised and was tested on.

    Sets, facts and questions are given by their keys.
    """
    earlier, later = aliased(Fact), aliased(Fact)
    shown = running_quizzes.is_shown(user, now)
    elsewhere = running_quizzes.hidden_facts(user.id, now, besides=Attempt.assignment_id)
    both_shown = [*running_quizzes.is_shown(user, now, fact=earlier), *running_quizzes.is_shown(user, now, fact=later)]
    return {
        "plans": select(SET, *_columns(Plan)).join(QuestionSet, QuestionSet.id == Plan.set_id)
        .where(Plan.learner_id == user.id).order_by(Plan.set_id),
        "memories": select(SET, FACT, *_columns(Memory))
        .join(Fact, Fact.id == Memory.fact_id).join(QuestionSet)
        .where(Memory.learner_id == user.id, *shown).order_by(Memory.fact_id),
        "memory_events": select(SET, FACT, *_columns(MemoryEvent))
        .join(Fact, Fact.id == MemoryEvent.fact_id).join(QuestionSet)
        .where(MemoryEvent.learner_id == user.id, *shown).order_by(MemoryEvent.id),
        "day_counts": select(*_columns(DayCount)).where(DayCount.learner_id == user.id).order_by(DayCount.day),
        "reviews": select(SET, FACT, *ASKED, *_columns(Review))
        .join(QuestionVersion, QuestionVersion.id == Review.question_version_id)
        .join(Question).join(Fact, Fact.id == Review.fact_id).join(QuestionSet)
        .where(Review.learner_id == user.id, *shown).order_by(Review.id),
        "quizzes": select(SET, *_columns(Quiz)).join(QuestionSet, QuestionSet.id == Quiz.set_id)
        .where(Quiz.owner_id == user.id).order_by(Quiz.id),
        "attempts": select(Attempt.id, SET, *_columns(Attempt, besides={"marks"}), _once_released(Attempt.marks))
        .join(QuestionSet, QuestionSet.id == Attempt.set_id)
        .where(Attempt.learner_id == user.id).order_by(Attempt.id),
        "responses": select(
            Response.attempt_id, FACT, *ASKED, *_columns(Response, besides={"verdict", "fraction"}),
            _once_released(Response.verdict), _once_released(Response.fraction),
        )
        .join(Attempt).join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .join(Question).join(Fact, Fact.id == Response.fact_id)
        .where(Attempt.learner_id == user.id, Response.fact_id.not_in(elsewhere))
        .order_by(Response.attempt_id, Response.position),
        "comparisons": select(earlier.key.label("earlier"), later.key.label("later"), *_columns(Comparison))
        .join(earlier, earlier.id == Comparison.earlier_id).join(later, later.id == Comparison.later_id)
        .where(Comparison.learner_id == user.id, *both_shown).order_by(Comparison.earlier_id, Comparison.later_id),
        "starred": _of_facts(user, StarredFact, shown),
        "notes": _of_facts(user, FactNote, shown),
        "hints": _of_facts(user, Hint, shown),
        "reports": _reports(user).where(QuestionReport.learner_id == user.id, *shown),
        "match_games": select(SET, *_columns(MatchGame)).join(QuestionSet, QuestionSet.id == MatchGame.set_id)
        .where(MatchGame.learner_id == user.id).order_by(MatchGame.id),
    }  # fmt: skip


def _of_facts(user: User, model: type[StarredFact | FactNote | Hint], shown: list[ColumnElement[bool]]) -> Select[Any]:
    """Return a query for what a person noted of single facts."""
    query = select(SET, FACT, *_columns(model)).join(Fact, Fact.id == model.fact_id).join(QuestionSet)
    return query.where(model.learner_id == user.id, *shown).order_by(model.fact_id)


def _reports(user: User) -> Select[Any]:
    return (
        select(SET, FACT, *ASKED, *_columns(QuestionReport))
        .join(QuestionVersion, QuestionVersion.id == QuestionReport.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(QuestionSet)
        .order_by(QuestionReport.id)
    )


def _teaching(user: User) -> dict[str, Select[Any]]:
    """Return queries for what a person wrote, and for the classes they are in."""
    by_you = (AuditEntry.actor_id == user.id).label("by_you")
    return {
        "sets": select(QuestionSet.key, *_columns(QuestionSet, besides={"key"})).where(QuestionSet.owner_id == user.id)
        .order_by(QuestionSet.id),
        "co_authored": select(SET, *_columns(SetAuthor)).join(QuestionSet).where(SetAuthor.user_id == user.id)
        .order_by(SetAuthor.set_id),
        "set_folders": select(SET, *_columns(SetFolder)).join(QuestionSet).where(SetFolder.user_id == user.id)
        .order_by(SetFolder.set_id),
        "drafts": select(SET, *_columns(Draft)).join(QuestionSet).where(Draft.user_id == user.id)
        .order_by(Draft.set_id, Draft.subject),
        "pictures": select(*_columns(StoredPicture, besides={"data"})).where(StoredPicture.uploader_id == user.id)
        .order_by(StoredPicture.created_at),
        "files": select(*_columns(Transfer, besides={"packed", "preview"})).where(Transfer.user_id == user.id)
        .order_by(Transfer.id),
        "student_lists": select(*_columns(StudentList, besides={"packed", "choices", "nonce"}))
        .where(StudentList.user_id == user.id).order_by(StudentList.id),
        "written": select(SET, *ASKED, QuestionVersion.body, QuestionVersion.created_at)
        .join(Question, Question.id == QuestionVersion.question_id).join(Fact).join(QuestionSet)
        .where(QuestionVersion.author_id == user.id).order_by(QuestionVersion.id),
        "written_facts": select(SET, FACT, *_columns(FactVersion)).join(Fact, Fact.id == FactVersion.fact_id)
        .join(QuestionSet).where(FactVersion.author_id == user.id).order_by(FactVersion.fact_id, FactVersion.number),
        "answered_reports": _reports(user).where(QuestionReport.answered_by_id == user.id),
        "classes": select(Classroom.title.label("class"), *_columns(Enrolment)).join(Classroom)
        .where(Enrolment.user_id == user.id).order_by(Enrolment.class_id),
        "assigned": select(
            Classroom.title.label("class"), SET, *_columns(Assignment, besides={"fact_ids", "question_ids"})
        )
        .join(Classroom).join(QuestionSet).where(Assignment.made_by_id == user.id).order_by(Assignment.id),
        "extensions": select(Assignment.title.label("assignment"), *_columns(Extension)).join(Assignment)
        .where(Extension.user_id == user.id).order_by(Extension.assignment_id),
        "audit_log": select(Classroom.title.label("class"), SET, by_you, *_columns(AuditEntry))
        .outerjoin(Classroom, Classroom.id == AuditEntry.class_id)
        .outerjoin(QuestionSet, QuestionSet.id == AuditEntry.set_id)
        .where((AuditEntry.actor_id == user.id) | (AuditEntry.subject_id == user.id)).order_by(AuditEntry.id),
    }  # fmt: skip


def _logging_in(user: User) -> dict[str, Select[Any]]:
    """Return queries for where a person is logged in, and what it takes to log in; nothing that would do it."""
    codes = select(func.count()).where(RecoveryCode.user_id == user.id).scalar_subquery()
    return {
        "login_sessions": select(*_columns(LoginSession, besides={"token"})).where(LoginSession.user_id == user.id)
        .order_by(LoginSession.id),
        "login_links": select(LoginLink.expires_at).where(LoginLink.user_id == user.id).order_by(LoginLink.expires_at),
        "two_step_log_in": select(Authenticator.set_at, codes.label("recovery_codes"))
        .where(Authenticator.user_id == user.id),
    }  # fmt: skip


def _reminding(user: User) -> dict[str, Select[Any]]:
    """Return queries for how a person is reminded; nothing that opens their calendar or shows them notifications."""
    mail_and_calendar = _columns(Reminders, besides={"unsubscribe_secret", "calendar_secret"})
    has_calendar = Reminders.calendar_secret.is_not(None).label("has_calendar")
    browsers = _columns(PushSubscription, besides={"endpoint", "public_key", "auth_secret"})
    return {
        "reminders": select(*mail_and_calendar, has_calendar).where(Reminders.user_id == user.id),
        "notifications": select(*browsers).where(PushSubscription.user_id == user.id).order_by(PushSubscription.id),
    }


def _columns(model: type[Base], *, besides: Collection[str] = ()) -> list[ColumnElement[Any]]:
    """Return the columns of a table that mean something outside this database, besides those named."""
    return [c for c in model.__table__.c if not c.foreign_keys and c.key != "id" and c.key not in besides]


def _once_released(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Select a column of an attempt or a response, or None until the feedback of an assigned quiz is released."""
    unreleased = and_(Attempt.purpose == "assignment", Attempt.feedback != AT_ONCE, Attempt.recorded_at.is_(None))
    return case((unreleased, None), else_=column).label(column.key)


def _hide_unreleased(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out of a response how it was marked, as long as its verdict is not released."""
    given = row.get("response")
    if given is None or row["verdict"] is not None:
        return row
    return row | {"response": {name: value for name, value in given.items() if name not in ("mark", "points")}}


def _picked(user: User, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(user, name) for name in names}


_json = json.JSONEncoder(ensure_ascii=False, default=lambda moment: moment.isoformat()).encode
