"""Compare what is kept about learners with the log of their reviews, from which it can be computed again."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.attempts import POLICIES
from quizapp.core.kinds.base import Verdict
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, State, after_answer
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.models import Attempt, Response, User
from quizapp.models import Memory as MemoryRow
from quizapp.services import memories

# The log decides these. When a fact is due depends on the plan too, which is not logged.
MEMORY_FIELDS = ("state", "step", "stability", "difficulty", "last_day", "reps", "lapses")
REVIEW_COLUMNS = ("fact_id", "version", "at", "day", "rating", "guess", "predicted", "before", "ms")
COUNTS = (
    "answers", "correct", "new_facts", "finished", "long_term", "long_term_correct", "long_term_recalled",
    "long_term_guess_odds", "ms", "timed",
)  # fmt: skip
CLOCK = StudyClock("UTC")  # of the instants at which steps are due; days are as they were recorded


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not what the log gives. `where` is the row in words; a missing row is None."""

    where: str
    field: str
    kept: Any
    computed: Any

    def __str__(self) -> str:
        return f"{self.where}: {self.field} is {self.kept}, but the log gives {self.computed}"


@dataclass(slots=True)
class Checked:
    """How much was compared so far."""

    learners: int = 0
    memories: int = 0
    reviews: int = 0
    attempts: int = 0


def find_differences(session: Session, checked: Checked) -> Iterator[Difference]:
    """Yield every difference, learner by learner, and count in `checked` what was compared.

    The session's transaction must see one state of the database throughout.
    """
    learner_ids = session.scalars(select(User.id).order_by(User.id)).all()
    for learner_id in learner_ids:
        checked.learners += 1
        yield from _check_learner(session, learner_id, checked)
    yield from _check_attempts(session, checked)


def _check_learner(session: Session, learner_id: int, checked: Checked) -> Iterator[Difference]:
    table = memories.review_table.c
    reviews = session.execute(
        select(*(table[name] for name in REVIEW_COLUMNS))
        .where(table.learner_id == learner_id, table.undone_at.is_(None))
        .order_by(table.fact_id, table.version)
    ).all()
    kept = {
        row.fact_id: row
        for row in session.execute(
            select(MemoryRow.fact_id, MemoryRow.version, *memories.COLUMNS).where(MemoryRow.learner_id == learner_id)
        )
    }
    checked.reviews += len(reviews)
    checked.memories += len(kept)
    counts: dict[date, dict[str, float]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    computed = _replay(reviews, counts, Plan(parameters=session.get_one(User, learner_id).parameters))
    for fact_id in sorted({*kept, *computed}):
        where = f"memory of learner {learner_id} and fact {fact_id}"
        yield from _compare_memory(where, kept.get(fact_id), computed.get(fact_id))
    yield from _check_days(session, learner_id, counts)


@dataclass(frozen=True, slots=True)
class _Replayed:
    memory: Memory
    version: int  # of the last review


def _replay(reviews: Sequence[Any], counts: Mapping[date, dict[str, float]], plan: Plan) -> dict[int, _Replayed]:
    """Return the memory of each fact after its reviews, and add the reviews to the counts of their days.

    A review whose memory had no repetitions before begins again: the progress on the fact may have been reset.
    """
    replayed: dict[int, _Replayed] = {}
    for review in reviews:
        before = NEW_MEMORY
        if review.fact_id in replayed and review.before["reps"]:
            before = replayed[review.fact_id].memory
        after = after_answer(
            before,
            Rating(review.rating),
            now=review.at,
            clock=CLOCK,
            plan=plan,
            guess=review.guess,
            seed="",
            day=review.day,
        )
        _count(counts[review.day], review, after)
        replayed[review.fact_id] = _Replayed(after, review.version)
    return replayed


def _count(day: dict[str, float], review: Any, after: Memory) -> None:
    """Count a review as services.memories does."""
    for name, number in memories.counted(review.before["state"], after.state, review._mapping).items():
        day[name] += number


def _compare_memory(where: str, kept: Any, computed: _Replayed | None) -> Iterator[Difference]:
    expected = computed.memory if computed else NEW_MEMORY
    if kept is None:
        yield Difference(where, "row", None, f"{expected.reps} repetitions")
        return
    memory = memories.to_core(kept)
    if _was_reset(memory, kept.version, computed):
        return
    for name in MEMORY_FIELDS:
        if not _same(getattr(memory, name), getattr(expected, name)):
            yield Difference(where, name, getattr(memory, name), getattr(expected, name))
    if computed and kept.version < computed.version:
        yield Difference(where, "version", kept.version, f"{computed.version} or more")


def _was_reset(memory: Memory, version: int, computed: _Replayed | None) -> bool:
    """Return whether the memory is as one becomes without a review: when progress is reset, or its fact is put into
    today's review."""
    untouched = memory.reps == memory.lapses == 0 and memory.stability is None and memory.last_day is None
    begins = memory.state == State.NEW or (memory.state == State.LEARNING and memory.step == 0)
    return untouched and begins and (computed is None or version > computed.version)


def _check_days(
    session: Session, learner_id: int, computed: Mapping[date, Mapping[str, float]]
) -> Iterator[Difference]:
    rows = session.execute(select(*memories.day_table.c).where(memories.day_table.c.learner_id == learner_id))
    kept = {row.day: row._mapping for row in rows}
    nothing = dict.fromkeys(COUNTS, 0)
    for day in sorted({*kept, *computed}):
        where = f"study day {day} of learner {learner_id}"
        yield from _compare(where, kept.get(day, nothing), computed.get(day, nothing))


def _compare(where: str, kept: Mapping[Any, Any], computed: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in computed.items():
        if not _same(kept[name], value):
            yield Difference(where, name, kept[name], value)


def _check_attempts(session: Session, checked: Checked) -> Iterator[Difference]:
    """Compare the marks of finished attempts with their answers; one statement."""
    waiting = func.count().filter(Response.verdict == Verdict.UNMARKED.value)
    marks = func.coalesce(func.sum(Response.fraction), 0.0)
    rows = session.execute(
        select(Attempt.id, Attempt.marks, Attempt.unmarked, marks.label("sum"), waiting.label("waiting"))
        .outerjoin(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.finished_at.is_not(None), Attempt.purpose.in_(POLICIES))
        .group_by(Attempt.id, Attempt.marks, Attempt.unmarked)
        .order_by(Attempt.id)
    )
    for row in rows:
        checked.attempts += 1
        kept = {"marks": row.marks, "unmarked": row.unmarked}
        yield from _compare(f"attempt {row.id}", kept, {"marks": row.sum, "unmarked": row.waiting})


def _same(kept: Any, computed: Any) -> bool:
    if isinstance(kept, float) or (isinstance(computed, float) and kept is not None):
        return math.isclose(kept, computed, rel_tol=1e-6, abs_tol=1e-9)
    return bool(kept == computed)
