"""The facts of quizzes that a person's classes are taking: until a quiz closes, its students see nothing of them.

This is the one place of the rule. A quiz runs for the students of its class from the time it opens:

- while one of them can still take it, by its closing time or by an extension;
- without a closing time, until it is due for all of them, and after that for each student until they have handed it in,
  or the class is archived.

Whoever writes in the set sees its facts all the same.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from quizapp.models import (
    Assignment,
    Attempt,
    Classroom,
    Enrolment,
    Extension,
    Fact,
    Question,
    QuestionSet,
    Response,
    User,
)
from quizapp.models.json_columns import separated
from quizapp.services import access


class InRunningQuiz(Exception):
    """This would show something of a quiz that the person's class is taking."""


def is_hidden(reader: User | None, now: datetime) -> ColumnElement[bool]:
    """Return whether a Fact is hidden from a reader now."""
    return false() if reader is None else Fact.id.in_(_hidden_now(reader.id, now))


def is_shown(reader: User | None, now: datetime, *, fact: type[Fact] = Fact) -> list[ColumnElement[bool]]:
    """Return the conditions on a Fact, or an alias of it, to be shown to a reader now."""
    return [] if reader is None else [fact.id.not_in(_hidden_now(reader.id, now))]


def has_hidden_facts(session: Session, reader: User | None, *set_ids: int, now: datetime) -> bool:
    """Return whether facts of any of the sets are hidden from a reader now; one statement."""
    return bool(session.scalar(select(exists().where(Fact.set_id.in_(set_ids), is_hidden(reader, now)))))


@lru_cache(maxsize=64)  # a page asks several times, and building it takes longer than running it
def _hidden_now(reader_id: int, now: datetime) -> Select[int]:
    return hidden_facts(reader_id, now)


def list_hidden_keys(session: Session, reader: User | None, set_id: int, now: datetime) -> set[str]:
    """Return the keys of the facts of a set that are hidden from a reader now; one statement."""
    return set(session.scalars(select(Fact.key).where(Fact.set_id == set_id, is_hidden(reader, now))))


def hidden_facts(
    reader_id: int | BindParameter[int],
    now: datetime | BindParameter[datetime],
    *,
    besides: InstrumentedAttribute[int | None] | None = None,
) -> Select[int]:
    """Select the ids of the facts that are hidden from a reader now; the assignment `besides` does not hide any.

    With parameters (see HIDDEN) for reader and time, the statement can be built once.
    """
    running = _running_quizzes(reader_id, now)
    query = (
        select(Fact.id)
        .select_from(running)
        .join(Fact, Fact.set_id == running.c.set_id)
        .where(_may_be_asked(running))
        .correlate(Attempt)  # and never what the enclosing statement has of the same tables
    )
    return query if besides is None else query.where(running.c.id != func.coalesce(besides, 0))


def _running_quizzes(reader_id: int | BindParameter[int], now: datetime | BindParameter[datetime]) -> Subquery:
    """Select the quizzes that run for a reader, with what they ask as text.

    They are distinct anyway, but SQLite must find these few before it looks at any fact.
    """
    mine = aliased(Extension)
    never_closes = func.coalesce(mine.closes_at, Assignment.closes_at).is_(None)
    waited_for = and_(never_closes, Classroom.archived_at.is_(None), ~_has_handed_in(reader_id, now))
    ids = separated(Assignment.question_ids)
    return (
        select(
            Assignment.id, Assignment.set_id, ids.label("question_ids"), cast(Assignment.draws, String).label("draws")
        )
        .distinct()
        .select_from(Enrolment)
        .join(Classroom, Classroom.id == Enrolment.class_id)
        .join(Assignment, Assignment.class_id == Classroom.id)
        .join(QuestionSet, QuestionSet.id == Assignment.set_id)
        .outerjoin(mine, and_(mine.assignment_id == Assignment.id, mine.user_id == reader_id))
        .where(
            Enrolment.user_id == reader_id,
            Enrolment.status == access.ACTIVE,
            Enrolment.role == access.STUDENT,
            Assignment.kind == "quiz",
            Assignment.archived_at.is_(None),
            or_(Assignment.opens_at.is_(None), Assignment.opens_at <= now),
            or_(_can_be_taken(now), waited_for),
            ~func.coalesce(access.sets_written_by(reader_id), false()),
        )
        .correlate(None)
        .subquery("running")
    )


def _can_be_taken(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return whether a quiz has not closed for somebody yet, or is not due yet where it never closes."""
    extended = (
        exists()
        .where(
            Extension.assignment_id == Assignment.id,
            or_(Extension.closes_at > now, Extension.due_at > now),
            Extension.user_id == Enrolment.user_id,
            *access.is_student_of(Assignment.class_id),
        )
        .correlate(Assignment)
    )
    return or_(func.coalesce(Assignment.closes_at, Assignment.due_at) > now, extended)


def _has_handed_in(reader_id: int | BindParameter[int], now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return whether the reader has handed in an attempt at a quiz and takes no other now."""
    own = aliased(Attempt)
    of_quiz = (own.assignment_id == Assignment.id, own.learner_id == reader_id, own.purpose == "assignment")
    over = or_(own.finished_at.is_not(None), own.deadline <= now)
    running = and_(own.finished_at.is_(None), or_(own.deadline.is_(None), own.deadline > now))
    return and_(
        exists().where(*of_quiz, over).correlate(Assignment), ~exists().where(*of_quiz, running).correlate(Assignment)
    )


def _may_be_asked(quiz: Subquery) -> ColumnElement[bool]:
    """Return whether a quiz may ask a fact: by one of the questions picked, or drawn from its topic."""
    question = literal(",").concat(cast(Question.id, String)).concat(",")
    picked = exists().where(Question.fact_id == Fact.id, quiz.c.question_ids.contains(question)).correlate(quiz, Fact)
    drawn = quiz.c.draws.contains(literal('"').concat(Fact.topic).concat('":'))
    return or_(picked, drawn)


def _shows_hidden_facts() -> ColumnElement[bool]:
    hidden = hidden_facts(bindparam("reader_id"), bindparam("seen_at"), besides=Attempt.assignment_id)
    asked = exists().where(Response.attempt_id == Attempt.id, Response.fact_id.in_(hidden)).correlate(Attempt)
    being_taken = and_(Attempt.purpose == "assignment", Attempt.finished_at.is_(None))
    return and_(~being_taken, asked)


# Conditions that are built once, because building them takes longer than running them. A statement that uses one is
# executed with `reader_values`.

# Whether a Fact is hidden from a reader now.
_hidden = hidden_facts(bindparam("reader_id"), bindparam("seen_at")).cte("hidden_facts")  # looked for once a statement
HIDDEN: ColumnElement[bool] = Fact.id.in_(select(_hidden.c.id))
SHOWN = ~HIDDEN

# Whether an Attempt of a learner shows hidden facts: one that asks them outside of the running quiz. An assigned quiz
# that is being taken asks them too when another class takes a quiz on the same facts.
SHOWS_HIDDEN = _shows_hidden_facts()


def reader_values(reader: User, now: datetime) -> dict[str, Any]:
    """Return the values of the parameters of HIDDEN, SHOWN and SHOWS_HIDDEN."""
    return {"reader_id": reader.id, "seen_at": now}
