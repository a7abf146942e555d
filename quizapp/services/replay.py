"""Replay a fact's log for one learner: its reviews and events that are not undone, in the order they happened.

A memory is always what its log leads to. An ordinary answer comes last and moves it on by itself (services.memories);
here is what else changes the log: an answer that arrives late, undo, override, and events.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, null, select, update
from sqlalchemy.orm import Session

from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.events import EventKind, after_event
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Rating, from_json, predicted_recall, replanned, to_json
from quizapp.models import Memory, MemoryEvent, Review, User
from quizapp.models.database import add_counts
from quizapp.services import memories
from quizapp.services.errors import NotFound
from quizapp.services.memories import GradedAnswer, RecordedReview, StaleAnswer, day_table, review_table

# The log decides these. When a fact is due depends on the plan too, which is not logged.
LOGGED_FIELDS = ("state", "step", "stability", "difficulty", "last_day", "reps", "lapses", "decay")
# Those that are the same whatever the parameters.
_FIELDS_WITHOUT_PARAMETERS = ("state", "step", "reps", "lapses")

_SHARED = ("fact_id", "version", "at", "day")
_OF_REVIEW = ("id", "rating", "guess", "predicted", "before", "ms")


class Step(NamedTuple):
    """A review or an event of the log, and the memory before and after it.

    `predicted` is the chance (0..1) of recall just before it, None on the same day and at a first meeting.
    """

    entry: Any
    before: scheduler.Memory
    after: scheduler.Memory
    predicted: float | None


def read_log(session: Session, learner_id: int, fact_id: int | None = None) -> dict[int, list[Any]]:
    """Return the log of a fact, or of all, by the fact's id; two statements.

    Reviews have a `kind` of None, which tells them from events.
    """
    reviews = (*(getattr(Review, name) for name in (*_SHARED, *_OF_REVIEW)), null().label("kind"))
    events = (*(getattr(MemoryEvent, name) for name in _SHARED), MemoryEvent.kind)
    rows: list[Any] = []
    for model, columns in ((Review, reviews), (MemoryEvent, events)):
        query = select(*columns).where(model.learner_id == learner_id, model.undone_at.is_(None))
        rows += session.execute(query if fact_id is None else query.where(model.fact_id == fact_id)).all()
    log: dict[int, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.at, row.version)):
        log[row.fact_id].append(row)
    return log


def replay(
    learner: User, fact_id: int, log: Iterable[Any], plan: scheduler.Plan, base: scheduler.Memory = NEW_MEMORY
) -> list[Step]:
    """Return the memory before and after each entry of a log, which begins with the memory `base`."""
    steps, memory = list[Step](), base
    for entry in log:
        before, memory = memory, memory_after_entry(learner, fact_id, memory, entry, plan)
        predicted = predicted_recall(before, now=entry.at, clock=learner.clock, day=entry.day)
        steps.append(Step(entry, before, memory, predicted))
    return steps


def memory_after_entry(
    learner: User, fact_id: int, memory: scheduler.Memory, entry: Any, plan: scheduler.Plan
) -> scheduler.Memory:
    """Return the memory after a review or an event."""

    def rate(before: scheduler.Memory, rating: Rating, guess: float = 0.0) -> scheduler.Memory:
        return memories.memory_after(learner, fact_id, before, rating, guess, plan, entry.at, entry.day)

    if entry.kind is None:
        return rate(memory, Rating(entry.rating), entry.guess)
    return after_event(memory, EventKind(entry.kind), at=entry.at, day=entry.day, rate=rate)


def memory_at_end(steps: Sequence[Step]) -> scheduler.Memory:
    """Return the memory that a replayed log leads to."""
    return steps[-1].after if steps else NEW_MEMORY


def count_days(steps: Iterable[Step]) -> dict[date, Counter[str]]:
    """Return what the reviews of a replayed log add to the counts of their study days."""
    days: dict[date, Counter[str]] = defaultdict(Counter)
    for step in steps:
        if step.entry.kind is None:
            review = {**step.entry._mapping, "predicted": step.predicted}
            days[step.entry.day].update(memories.counted(step.before.state, step.after.state, review))
    return days


# Changing the log


def own_review(session: Session, learner: User, review_id: int) -> Review:
    """Return a review of a learner. Raises NotFound."""
    review = session.get(Review, review_id)
    if review is None or review.learner_id != learner.id:
        raise NotFound
    return review


def record_late_review(
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
    """Record an answer given before others that are in the log, or with them, and replay what came after it.

    One given at the same instant as another comes just after it. Takes and returns the same as memories.record_review.
    Raises StaleAnswer.
    """
    _lock_memory(session, learner.id, fact_id, version)
    old = read_log(session, learner.id, fact_id)[fact_id]
    taken = {entry.at for entry in old}
    while at in taken:
        at += memories.INSTANT
    review = memories.review_values(learner, fact_id, answer, before=before, version=version, at=at)
    review_id = session.execute(insert(review_table).values(review).returning(review_table.c.id)).scalar_one()
    rewrite(session, learner, fact_id, old, plan, version=version or 0)
    counts = select(day_table).where(day_table.c.learner_id == learner.id, day_table.c.day == review["day"])
    return RecordedReview(review_id, session.execute(counts).one())


def _lock_memory(session: Session, learner_id: int, fact_id: int, version: int | None) -> None:
    """Make other answers to a fact wait. Raises StaleAnswer when its memory is not at this version."""
    query = select(Memory.version).where(Memory.learner_id == learner_id, Memory.fact_id == fact_id)
    if session.scalar(query.with_for_update()) != version:
        raise StaleAnswer


def rewrite(
    session: Session, learner: User, fact_id: int, old: Sequence[Any], plan: scheduler.Plan, *, version: int
) -> None:
    """Write what the log of a fact leads to, now that it is no longer the `old` one.

    The caller holds a lock on the memory, which is at `version`.
    """
    base = _find_base(old)
    was = replay(learner, fact_id, old, plan, base)
    steps = replay(learner, fact_id, read_log(session, learner.id, fact_id)[fact_id], plan, base)
    after = steps[-1].after if steps else replanned(base, plan, memories.seed_of(learner.id, fact_id))
    memories.save_memory(session.connection(), learner.id, fact_id, after, seen=version, exists=True)
    # What came before the change keeps what was predicted then, perhaps with other parameters.
    unchanged = {step.entry.id: step.before for step in was if step.entry.kind is None}
    write_reviews(session, (step for step in steps if step.entry.kind or unchanged.get(step.entry.id) != step.before))
    days = count_days(steps)
    for day, counts in count_days(was).items():
        days[day].subtract(counts)
    add_days(session, learner.id, days)


def _find_base(log: Sequence[Any]) -> scheduler.Memory:
    """Return the memory that a log begins with: NEW, unless its first reviews are missing."""
    befores = [entry.before for entry in takewhile(lambda entry: entry.kind is None, log)]
    least = min(befores, key=lambda before: before["reps"], default=None)
    return from_json(least) if least and least["reps"] else NEW_MEMORY


def correct_reviews(session: Session, steps: Iterable[Step]) -> None:
    """Write into reviews the memory before them and the chance of recall, where these differ."""
    write_reviews(session, (step for step in steps if step.entry.kind is None and differs(step)))


def write_reviews(session: Session, steps: Iterable[Step]) -> None:
    """Write into the reviews among these steps the memory before them and the chance of recall."""
    changed = [
        {"which": step.entry.id, "then": to_json(step.before), "chance": step.predicted}
        for step in steps
        if step.entry.kind is None
    ]
    if changed:
        before, predicted = review_table.c.before.type, review_table.c.predicted.type
        values = {"before": bindparam("then", type_=before), "predicted": bindparam("chance", type_=predicted)}
        statement = update(review_table).where(review_table.c.id == bindparam("which")).values(values)
        session.connection().execute(statement, changed)


def differs(step: Step) -> bool:
    """Return whether a review holds another memory before it, or chance of recall, than the log leads to.

    Numbers that were computed with other parameters stay as they are.
    """
    kept = from_json(step.entry.before)
    same_parameters = kept.decay == step.before.decay
    fields = LOGGED_FIELDS if same_parameters else _FIELDS_WITHOUT_PARAMETERS
    same = all(is_same(getattr(kept, name), getattr(step.before, name)) for name in fields)
    return not same or (same_parameters and not is_same(step.entry.predicted, step.predicted))


def add_days(session: Session, learner_id: int, days: Mapping[date, Mapping[str, float]]) -> None:
    """Add numbers to the counts of study days."""
    connection = session.connection()
    for day in sorted(days):
        if not all(is_same(0, number) for number in days[day].values()):
            add_counts(
                connection, day_table, {"learner_id": learner_id, "day": day}, dict(days[day]), [day_table.c.day]
            )


def is_same(kept: Any, computed: Any) -> bool:
    """Return whether two values are equal, numbers but for rounding."""
    if isinstance(kept, float | int) and isinstance(computed, float | int):
        return math.isclose(kept, computed, rel_tol=1e-6, abs_tol=1e-9)
    return bool(kept == computed)
