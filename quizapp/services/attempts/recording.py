"""What the answers of an attempt do to their learner's memories, once they count as reviews."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, select, update
from sqlalchemy.orm import Session

from quizapp.core import scheduling
from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.scheduling import State
from quizapp.models import Attempt, Fact, Memory, Plan, QuestionVersion, Response, User
from quizapp.models.database import insert_or
from quizapp.services import memories
from quizapp.services.attempts.taking import MARKED_BY, as_marked


def record_reviews(session: Session, learner: User, attempt: Attempt, *, position: int | None = None) -> int:
    """Let the answers of an attempt (or one) count as reviews of their facts, each once. Says how many did.

    What was left unanswered is no review. An answer to one of the facts that is being recorded elsewhere is waited
    for. Raises memories.StaleAnswer when the attempt asks one fact twice; then nothing may be kept.
    """
    _hold_memories(session, learner, attempt, position)
    rows = session.execute(_unrecorded(learner, attempt, position)).all()
    for row in rows:
        before = memories.to_core(row)
        recorded = memories.record(
            session,
            learner,
            row.fact_id,
            _answer(attempt, row),
            before=before,
            version=row.memory_version,
            plan=memories.to_plan(row),
            at=_not_before(before, row.at, learner),
        )
        session.execute(
            update(Response)
            .where(Response.attempt_id == attempt.id, Response.position == row.position)
            .values(review_id=recorded.review_id)
        )
    return len(rows)


def _hold_memories(session: Session, learner: User, attempt: Attempt, position: int | None) -> None:
    """Let every other answer to the facts wait until this transaction ends; a fact never met gets its memory, NEW.

    All of them are taken before anything is counted, and in one order, so that no two of us wait for each other.
    """
    unmet = {"state": int(State.NEW), "version": 0, "reps": 0, "lapses": 0, "suspended": False}
    facts = (
        select(literal(learner.id), Response.fact_id, *map(literal, unmet.values()))
        .where(*_open(attempt, position))
        .group_by(Response.fact_id)
        .order_by(Response.fact_id)
    )
    table = memories.memory_table
    statement = insert_or(session, table).from_select(["learner_id", "fact_id", *unmet], facts)
    keys = [table.c.learner_id, table.c.fact_id]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"version": table.c.version}))


def _open(attempt: Attempt, position: int | None) -> list[ColumnElement[bool]]:
    """Which answers are no reviews yet."""
    conditions = [Response.attempt_id == attempt.id, Response.at.is_not(None), Response.review_id.is_(None)]
    return conditions if position is None else [*conditions, Response.position == position]


def _not_before(memory: scheduling.Memory, at: datetime, learner: User) -> datetime:
    """When an answer counts as given: one that was kept back may be older than what its memory has met since."""
    return at if memory.last_day is None else max(at, learner.clock.start(memory.last_day))


def _answer(attempt: Attempt, row: Any) -> memories.Answer:
    question, response = as_marked(parse_question(row.body), parse_response(row.response), row.marked_by)
    assert response is not None
    return memories.Answer(
        question_version_id=row.regraded_by_id or row.question_version_id,
        response=response.model_dump(mode="json"),
        verdict=row.verdict,
        fraction=row.fraction,
        rating=question.grade(response).rating,
        guess=question.guess_chance,
        ms=row.ms,
        confidence=row.confidence,
        source="quiz" if attempt.purpose in ("quiz", "assignment") else "practice",
    )


def _unrecorded(learner: User, attempt: Attempt, position: int | None) -> Any:
    """Answers that are no reviews yet, each with the memory and the plan it would move."""
    return (
        select(
            Response.position,
            Response.fact_id,
            Response.question_version_id,
            Response.response,
            Response.verdict,
            Response.fraction,
            Response.confidence,
            Response.ms,
            Response.at,
            Response.regraded_by_id,
            QuestionVersion.body,
            MARKED_BY.body.label("marked_by"),
            Memory.version.label("memory_version"),
            *memories.COLUMNS,
            *memories.PLAN_COLUMNS,
        )
        .join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .outerjoin(MARKED_BY, MARKED_BY.id == Response.regraded_by_id)
        .join(Fact, Fact.id == Response.fact_id)
        .outerjoin(Memory, and_(Memory.learner_id == learner.id, Memory.fact_id == Response.fact_id))
        .outerjoin(Plan, and_(Plan.learner_id == learner.id, Plan.set_id == Fact.set_id))
        .where(*_open(attempt, position))
        .order_by(Response.at, Response.position)
    )
