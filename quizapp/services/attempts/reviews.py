"""When an attempt releases its feedback, and how its answers move memories: as reviews or as facts marked as known."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, select, update
from sqlalchemy.orm import Session

from quizapp.core.assignments import FeedbackRelease
from quizapp.core.attempts import AT_END, POLICIES, ReviewTiming
from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.models import Assignment, Attempt, Extension, Fact, Memory, Plan, QuestionVersion, Response, User
from quizapp.models.database import insert_or
from quizapp.services import memories
from quizapp.services.attempts.questions import GRADED_BY, as_graded, list_questions
from quizapp.services.errors import NotFound
from quizapp.services.memory_events import mark_known
from quizapp.services.replay import record_late_review


def attempt_release(session: Session, attempt: Attempt) -> FeedbackRelease:
    """Return when an attempt releases its feedback; two statements at most."""
    if not POLICIES[attempt.purpose].follows_assignment:
        return FeedbackRelease(AT_END)
    return assignment_release(session, session.get_one(Assignment, attempt.assignment_id))


def assignment_release(session: Session, assignment: Assignment) -> FeedbackRelease:
    """Return when the attempts at an assignment release their feedback; one statement."""
    extensions = session.scalars(select(Extension).where(Extension.assignment_id == assignment.id))
    extended = (assignment.settings.for_student(1.0, each.settings) for each in extensions)
    return FeedbackRelease(assignment.feedback, (assignment.settings, *extended))


def record_released_reviews(
    session: Session, learner: User, attempt: Attempt, release: FeedbackRelease, *, now: datetime
) -> None:
    """Record the answers of a finished, locked attempt as reviews, once, if they are due."""
    if can_record(attempt, release, now):
        record_reviews(session, learner, attempt)
        attempt.recorded_at = now
        session.flush()


def mark_facts_known(session: Session, learner: User, attempt: Attempt, *, now: datetime) -> None:
    """Mark the facts that a locked attempt answered right as known, unless they were met since it began."""
    right = [question.fact.id for question in list_questions(session, attempt) if question.remembered]
    met = select(Memory.fact_id).where(
        Memory.learner_id == learner.id, Memory.fact_id.in_(right), Memory.state != State.NEW
    )
    unmet = set(right).difference(session.scalars(met))
    with suppress(NotFound):  # there is none, or the set is no longer studied
        mark_known(session, learner, sorted(unmet), now=now)


def can_record(attempt: Attempt, release: FeedbackRelease, now: datetime) -> bool:
    """Return whether the answers of an attempt are due to be recorded and were not."""
    return (
        POLICIES[attempt.purpose].reviews == ReviewTiming.WITH_FEEDBACK
        and attempt.recorded_at is None
        and attempt.finished_at is not None
        and release.reviews_are_due(attempt.finished_at, now)
    )


def record_reviews(session: Session, learner: User, attempt: Attempt, *, position: int | None = None) -> int:
    """Record the answers of an attempt (or one of them) as reviews of their facts, each once. Returns how many.

    A question left unanswered is no review, and an answer that waits to be marked is none yet. An answer to one of the
    facts that is being recorded elsewhere is waited for. Raises memories.StaleAnswer when the attempt asks one fact
    twice; the caller then keeps nothing.
    """
    _lock_memories(session, learner, attempt, position)
    rows = session.execute(_answers(learner, attempt, position)).all()
    for row in rows:
        last = memories.last_at(row)
        record = memories.record_review if last is None or row.at > last else record_late_review
        recorded = record(
            session,
            learner,
            row.fact_id,
            _answer(learner, attempt, row),
            before=memories.to_core(row),
            version=row.memory_version,
            plan=memories.to_plan(row, learner),
            at=row.at,
        )
        session.execute(
            update(Response)
            .where(Response.attempt_id == attempt.id, Response.position == row.position)
            .values(review_id=recorded.review_id)
        )
    return len(rows)


def _lock_memories(session: Session, learner: User, attempt: Attempt, position: int | None) -> None:
    """Make every other answer to the facts wait until this transaction ends; a fact never met gets a NEW memory.

    All are locked before anything is counted, and in one order, so that two requests never wait for each other.
    """
    unmet = {"state": int(State.NEW), "version": 0, "reps": 0, "lapses": 0, "suspended": False}
    facts = (
        select(literal(learner.id), Response.fact_id, *map(literal, unmet.values()))
        .where(*_unrecorded(attempt, position))
        .group_by(Response.fact_id)
        .order_by(Response.fact_id)
    )
    table = memories.memory_table
    statement = insert_or(session, table).from_select(["learner_id", "fact_id", *unmet], facts)
    keys = [table.c.learner_id, table.c.fact_id]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"version": table.c.version}))


def _unrecorded(attempt: Attempt, position: int | None) -> list[ColumnElement[bool]]:
    """Return the conditions for graded answers that are no reviews yet."""
    graded = Response.at.is_not(None), Response.fraction.is_not(None)
    conditions = [Response.attempt_id == attempt.id, *graded, Response.review_id.is_(None)]
    return conditions if position is None else [*conditions, Response.position == position]


def _answer(learner: User, attempt: Attempt, row: Any) -> memories.GradedAnswer:
    question, response = as_graded(parse_question(row.body), parse_response(row.response), row.graded_by)
    assert response is not None
    is_settled = row.overridden or row.hinted
    own_rating = (Rating.GOOD if row.fraction == 1 else Rating.AGAIN) if is_settled else None
    return memories.GradedAnswer(
        question_version_id=row.regraded_by_id or row.question_version_id,
        response=response.model_dump(mode="json"),
        verdict=row.verdict,
        fraction=row.fraction,
        rating=own_rating or question.grade(response).rating,
        guess=memories.guess_chance(learner, question),
        ms=row.ms,
        confidence=row.confidence,
        source=POLICIES[attempt.purpose].review_source,
        overridden=row.overridden,
        hinted=row.hinted,
    )


def _answers(learner: User, attempt: Attempt, position: int | None) -> Any:
    """Select the answers that are no reviews yet, each with the memory and the plan it moves."""
    return (
        select(
            Response.position,
            Response.fact_id,
            Response.question_version_id,
            Response.response,
            Response.verdict,
            Response.fraction,
            Response.overridden,
            Response.hinted,
            Response.confidence,
            Response.ms,
            Response.at,
            Response.regraded_by_id,
            QuestionVersion.body,
            GRADED_BY.body.label("graded_by"),
            Memory.version.label("memory_version"),
            *memories.COLUMNS,
            *memories.LAST_COLUMNS,
            *memories.PLAN_COLUMNS,
        )
        .join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .outerjoin(GRADED_BY, GRADED_BY.id == Response.regraded_by_id)
        .join(Fact, Fact.id == Response.fact_id)
        .outerjoin(Memory, and_(Memory.learner_id == learner.id, Memory.fact_id == Response.fact_id))
        .outerjoin(Plan, and_(Plan.learner_id == learner.id, Plan.set_id == Fact.set_id))
        .where(*_unrecorded(attempt, position))
        .order_by(Response.at, Response.position)
    )
