"""What a graded answer does to a learner's memory of a fact. Studying, quizzes and practice all record through here.

The rows of the memory table and the memory that core decides on are kept apart: `to_core` and `to_values` lead from
one to the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Subquery,
    Table,
    Update,
    and_,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.personal import guess_rate
from quizapp.core.scheduling.scheduler import (
    NEW_MEMORY,
    Rating,
    State,
    after_answer,
    leech_limit,
    predicted_recall,
    to_json,
)
from quizapp.models import DayCount, Fact, Memory, MemoryEvent, Plan, Review, User
from quizapp.models.database import add_counts
from quizapp.services.errors import NotFound

INSTANT = timedelta(microseconds=1)  # between two entries in the log of a fact at least, so that their order stays
LONGEST_ANSWER = timedelta(minutes=10)  # beyond it the learner was away, and the time says nothing

memory_table: Table = Memory.__table__  # type: ignore[assignment]
review_table: Table = Review.__table__  # type: ignore[assignment]
day_table: Table = DayCount.__table__  # type: ignore[assignment]

_INSERT_MEMORY = insert(memory_table)
_INSERT_REVIEW = insert(review_table).returning(review_table.c.id)

FIELDS = tuple(field.name for field in fields(scheduler.Memory))

COLUMNS: tuple[ColumnElement[Any], ...] = tuple(getattr(Memory, name) for name in FIELDS)

CURVE_COLUMNS: tuple[Any, ...] = (Memory.state, Memory.stability, Memory.last_day, Memory.decay)

_OF_MEMORY = (Review.learner_id == Memory.learner_id, Review.fact_id == Memory.fact_id, Review.undone_at.is_(None))
_EVENT_OF_MEMORY = (
    MemoryEvent.learner_id == Memory.learner_id,
    MemoryEvent.fact_id == Memory.fact_id,
    MemoryEvent.undone_at.is_(None),
)
# When the last entry in the log of a memory was made; for queries that have the Memory.
LAST_COLUMNS: tuple[Any, ...] = (
    select(func.max(Review.at)).where(*_OF_MEMORY).correlate(Memory).scalar_subquery().label("last_review_at"),
    select(func.max(MemoryEvent.at))
    .where(*_EVENT_OF_MEMORY)
    .correlate(Memory)
    .scalar_subquery()
    .label("last_event_at"),
)

PLAN_COLUMNS: tuple[Any, ...] = (
    Plan.desired_retention, Plan.new_per_day, Plan.exam_day, Plan.easy_days, Plan.ceiling, Plan.exam_since,
    Plan.exam_minutes, Plan.exam_pace, Plan.planned_on, Plan.planned_new,
)  # fmt: skip


class StaleAnswer(Exception):
    """The memory has moved on since the question was asked: a second tab, a double click, a replay."""


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """A graded answer on its way into the record. `response` is JSON of core.kinds, `ms` the time it took."""

    question_version_id: int
    response: dict[str, Any]
    verdict: str
    fraction: float  # 0..1
    rating: Rating
    guess: float  # 0..1
    ms: int | None = None
    confidence: int | None = None
    source: str = "study"  # study, quiz or practice
    client_id: str | None = None
    handed_out: datetime | None = None
    overridden: bool = False
    hinted: bool = False


class RecordedReview(NamedTuple):
    review_id: int
    day: Any  # answers, new_facts and finished of the study day, this answer counted


def to_core(row: Any) -> scheduler.Memory:
    """Return the memory in a row that has COLUMNS; one that the learner never met is NEW."""
    if row.state is None:
        return NEW_MEMORY
    values = {name: getattr(row, name) for name in FIELDS}
    return scheduler.Memory(**{**values, "state": State(row.state)})


def last_at(row: Any) -> datetime | None:
    """Return when the memory in a row that has LAST_COLUMNS was last changed by a review or an event, if it was."""
    return max((at for at in (row.last_review_at, row.last_event_at) if at), default=None)


def curve_memory(row: Any) -> scheduler.Memory:
    """Return as much of the memory in a row that has CURVE_COLUMNS as its curve needs; NEW for a fact never met."""
    if row.state is None:
        return NEW_MEMORY
    return scheduler.Memory(State(row.state), None, row.stability, None, row.last_day, None, None, 0, 0, row.decay)


def to_values(memory: scheduler.Memory) -> dict[str, Any]:
    """Return the column values of a memory."""
    return {name: getattr(memory, name) for name in FIELDS} | {"state": int(memory.state)}


def to_plan(row: Any, learner: User | None) -> scheduler.Plan:
    """Return the plan in a row that has PLAN_COLUMNS; where the set is not studied, the plan it would begin with.

    Without the learner it has the standard parameters, which is enough where nothing is scheduled by it.
    """
    if row.desired_retention is None:
        return adapt_plan(scheduler.Plan(), learner)
    plan = scheduler.Plan(
        desired_retention=row.desired_retention,
        new_per_day=row.new_per_day,
        exam_day=row.exam_day,
        easy_days=tuple(map(int, row.easy_days)),
        ceiling=row.ceiling,
        exam_since=row.exam_since,
        exam_minutes=row.exam_minutes,
        exam_pace=row.exam_pace,
        planned_on=row.planned_on,
        planned_new=row.planned_new,
    )
    return adapt_plan(plan, learner)


def adapt_plan(plan: scheduler.Plan, learner: User | None) -> scheduler.Plan:
    """Return a plan with what is known of the learner's own memory."""
    if learner is None or (learner.fitted_parameters is None and learner.fitted_factor == 1):
        return plan
    return replace(plan, parameters=learner.parameters, interval_factor=learner.interval_factor)


def guess_chance(learner: User, question: AskedQuestion) -> float:
    """Return the chance (0..1) that a learner who does not know answers right; some eliminate options of a choice."""
    if question.kind != "choice" or not learner.elimination:
        return question.guess_chance
    return guess_rate(question.guess_chance, learner.elimination)


def plan_for(session: Session, learner: User, fact_id: int) -> scheduler.Plan:
    """Return the plan by which a learner studies a fact. Raises NotFound when its set is not studied any more."""
    plan = _find_plan(session, learner, fact_id)
    if plan is None:
        raise NotFound
    return plan


def plan_to_record_by(session: Session, learner: User, fact_id: int) -> scheduler.Plan:
    """Return the same, or the plan that a learner would begin with: quizzes record answers of sets not studied too."""
    return _find_plan(session, learner, fact_id) or adapt_plan(scheduler.Plan(), learner)


def _find_plan(session: Session, learner: User, fact_id: int) -> scheduler.Plan | None:
    plan = select(*PLAN_COLUMNS).join(Fact, Fact.set_id == Plan.set_id)
    row = session.execute(plan.where(Plan.learner_id == learner.id, Fact.id == fact_id)).one_or_none()
    return None if row is None else to_plan(row, learner)


def seed_of(learner_id: int, fact_id: int) -> str:
    """Return what makes every random choice about a fact the same again for one learner."""
    return f"{learner_id}:{fact_id}"


def memory_after(
    learner: User,
    fact_id: int,
    before: scheduler.Memory,
    rating: Rating,
    guess: float,
    plan: scheduler.Plan,
    at: datetime,
    day: date | None = None,
) -> scheduler.Memory:
    """Return the memory after an answer given at that instant; `day` is the study day it was recorded for, if it was.

    Everything that moves a memory on goes through here, whether the answer is new or replayed.
    """
    seed = seed_of(learner.id, fact_id)
    return after_answer(before, rating, now=at, clock=learner.clock, plan=plan, guess=guess, seed=seed, day=day)


def record_review(
    session: Session,
    learner: User,
    fact_id: int,
    answer: GradedAnswer,
    *,
    before: scheduler.Memory,
    version: int | None,
    plan: scheduler.Plan,
    at: datetime,
) -> RecordedReview:
    """Move a memory on by an answer, and write the review and the day's counts: three statements.

    `before` is the memory as it stands at `version`, None for a fact without a row. Raises StaleAnswer when the row
    is at another version by now.
    """
    connection = session.connection()
    after = memory_after(learner, fact_id, before, answer.rating, answer.guess, plan, at)
    save_memory(connection, learner.id, fact_id, after, seen=version or 0, exists=version is not None)
    review = review_values(learner, fact_id, answer, before=before, version=version, at=at)
    review_id = connection.execute(_INSERT_REVIEW, review).scalar_one()
    return RecordedReview(review_id, add_to_day_counts(connection, review, before, after, sign=1))


def review_values(
    learner: User, fact_id: int, answer: GradedAnswer, *, before: scheduler.Memory, version: int | None, at: datetime
) -> dict[str, Any]:
    """Return the column values of the review that an answer given at `at` becomes."""
    return {
        "learner_id": learner.id,
        "fact_id": fact_id,
        "version": (version or 0) + 1,
        "at": at,
        "day": learner.clock.day(at),
        "predicted": predicted_recall(before, now=at, clock=learner.clock),
        "before": to_json(before),
        **{field.name: getattr(answer, field.name) for field in fields(answer)},
        "rating": int(answer.rating),
        "ms": plausible_time(answer.ms),
    }


def save_memory(
    connection: Connection, learner_id: int, fact_id: int, memory: scheduler.Memory, *, seen: int, exists: bool
) -> None:
    """Write a memory that was at version `seen`. Raises StaleAnswer when another answer came first.

    The fact is suspended when it has been forgotten too often, and is no longer when that turns out otherwise.
    """
    values = to_values(memory) | {"version": seen + 1}
    if not exists:
        new = values | {"learner_id": learner_id, "fact_id": fact_id, "suspended": False}
        try:
            connection.execute(_INSERT_MEMORY, new)
        except IntegrityError:
            raise StaleAnswer from None
        return
    key = {"of_learner": learner_id, "of_fact": fact_id, "seen": seen}
    leech = {"new_lapses": memory.lapses, "lapse_limit": leech_limit(memory.lapses)}
    written = connection.execute(_update_memory(), values | key | leech)
    if written.rowcount == 0:
        raise StaleAnswer


@cache
def _update_memory() -> Update:
    """Return the statement that writes a stored memory; its version must be the one `seen`.

    A memory that is suspended already stays so for the reason it has, which may still hold when the last lapse is
    undone.
    """
    of = memory_table.c
    lapses = bindparam("new_lapses", type_=Integer)
    reached = and_(of.suspended.is_(False), of.lapses < bindparam("lapse_limit"))
    undone = of.leech_lapses > lapses
    key = (
        of.learner_id == bindparam("of_learner"),
        of.fact_id == bindparam("of_fact"),
        of.version == bindparam("seen"),
    )
    return (
        update(memory_table)
        .where(*key)
        .values(
            suspended=case((reached, True), (undone, False), else_=of.suspended),
            leech_lapses=case((reached, lapses), (undone, None), else_=of.leech_lapses),
        )
    )


def add_to_day_counts(
    connection: Connection,
    review: Mapping[str, Any],
    before: scheduler.Memory,
    after: scheduler.Memory,
    *,
    sign: int,
) -> Any:
    """Add a review to its study day's counts (sign 1), or take it out again (sign -1); gives the day's counts."""
    counts = counted(before.state, after.state, review)
    key = {"learner_id": review["learner_id"], "day": review["day"]}
    columns = [day_table.c.answers, day_table.c.new_facts, day_table.c.finished]
    return add_counts(connection, day_table, key, {name: sign * n for name, n in counts.items()}, columns)


def counted(before: State, after: State, review: Mapping[str, Any]) -> dict[str, float]:
    """Return what a review adds to the counts of its study day, by the state of the memory before and after it."""
    correct, guess = review["rating"] != Rating.AGAIN, review["guess"]
    # A question that nobody can get wrong says nothing about recall.
    long_term = before == State.REVIEW and review["predicted"] is not None and guess < 1
    return {
        "answers": 1,
        "correct": int(correct),
        "new_facts": int(before == State.NEW),
        "finished": int(after == State.REVIEW),
        "long_term": int(long_term),
        "long_term_correct": int(long_term and correct),
        "long_term_recalled": (correct - guess) / (1 - guess) if long_term else 0.0,
        "long_term_guess_odds": guess / (1 - guess) if long_term else 0.0,
        "ms": review["ms"] or 0,
        "timed": int(review["ms"] is not None),
    }


def done_on(learner_id: int | BindParameter[int], day: date | BindParameter[date]) -> Subquery:
    """Return how many facts of each set (`set_id`) were met on a study day, and how many in REVIEW were `reviewed`.

    They are counted from the answers, wherever these were given, so that undo gives back what an answer took. Answers
    on later days count too: there are some after a change of the time zone or of the hour at which a day begins, which
    must not allow as much again.
    """
    # The set by a subquery: with a join, SQLite goes through all facts in the order of their sets.
    set_id = select(Fact.set_id).where(Fact.id == Review.fact_id).scalar_subquery().label("set_id")
    answers = (
        select(set_id, Review.before["state"].as_integer().label("state"))
        .where(Review.learner_id == learner_id, Review.day >= day, Review.undone_at.is_(None))
        .subquery("answers")
    )
    return (
        select(
            answers.c.set_id,
            func.sum(case((answers.c.state == State.NEW, 1), else_=0)).label("met"),
            func.sum(case((answers.c.state == State.REVIEW, 1), else_=0)).label("reviewed"),
        )
        .group_by(answers.c.set_id)
        .subquery("done")
    )


def add_done(plans: Select[Any], learner_id: int | BindParameter[int], day: date | BindParameter[date]) -> Select[Any]:
    """Add to a query of plans how many facts were met and reviewed under each on a study day."""
    done = done_on(learner_id, day)
    counts = (func.coalesce(done.c.met, 0).label("met"), func.coalesce(done.c.reviewed, 0).label("reviewed"))
    return plans.add_columns(*counts).outerjoin(done, done.c.set_id == Plan.set_id)


def option_order(question: AskedQuestion, learner_id: int, question_version_id: int, version: int) -> tuple[int, ...]:
    """Return the order in which a question's options are shown while the memory is at `version`."""
    return question.shuffle_options(f"{learner_id}:{question_version_id}:{version}")


def plausible_time(ms: int | None) -> int | None:
    """Return the time an answer took, unless nobody would have taken it."""
    return ms if ms is not None and 0 < ms <= LONGEST_ANSWER / timedelta(milliseconds=1) else None
