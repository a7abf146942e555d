"""Compare what is kept about learners with the log of their reviews and events, and correct it where it differs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from quizapp.core.attempts import POLICIES
from quizapp.core.kinds.base import Verdict
from quizapp.core.scheduling.scheduler import Memory, Plan
from quizapp.core.translation import gettext, ngettext
from quizapp.models import Attempt, Response, User
from quizapp.models import Memory as MemoryRow
from quizapp.services import memories
from quizapp.services.memories import StaleAnswer, day_table, memory_table
from quizapp.services.replay import (
    LOGGED_FIELDS,
    Step,
    add_days,
    correct_reviews,
    count_days,
    differs,
    is_same,
    memory_at_end,
    read_log,
    replay,
)

COUNTS = tuple(column.name for column in day_table.c if not column.primary_key)


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not what the log gives. `where` is the row in words; a missing row is None."""

    where: str
    field: str
    kept: Any
    computed: Any

    def __str__(self) -> str:
        return gettext(
            "%(where)s: %(field)s is %(kept)s, but the log gives %(computed)s",
            where=self.where,
            field=self.field,
            kept=self.kept,
            computed=self.computed,
        )


@dataclass(slots=True)
class Checked:
    """How much was compared so far."""

    learners: int = 0
    memories: int = 0
    reviews: int = 0
    attempts: int = 0


@dataclass(slots=True)
class _Learner:
    """What is kept about a learner, and what the log gives: `steps` by the fact's id, counts by study day."""

    user: User
    memories: dict[int, Any]
    steps: dict[int, list[Step]]
    days: dict[date, Mapping[str, Any]]
    computed_days: dict[date, Counter[str]]
    wrong: set[int] = field(default_factory=set)  # facts whose memory differs

    def find_differences(self) -> Iterator[Difference]:
        for fact_id in sorted({*self.memories, *self.steps}):
            where = gettext("memory of learner %(learner)s, fact %(fact)s", learner=self.user.id, fact=fact_id)
            steps = self.steps.get(fact_id, [])
            found = list(_compare_memory(where, self.memories.get(fact_id), steps))
            if found:
                self.wrong.add(fact_id)
            yield from found
            yield from _compare_reviews(self.user.id, steps)
        for day in sorted({*self.days, *self.computed_days}):
            where = gettext("study day %(day)s of learner %(learner)s", day=day, learner=self.user.id)
            computed = self.computed_days.get(day, Counter())
            yield from _compare(where, self.days.get(day, Counter()), {name: computed[name] for name in COUNTS})


def list_learners(session: Session) -> Sequence[int]:
    """Return the ids of all learners."""
    return session.scalars(select(User.id).order_by(User.id)).all()


def find_differences(session: Session, checked: Checked) -> Iterator[Difference]:
    """Yield every difference, learner by learner, and count in `checked` what was compared.

    The session's transaction must see one state of the database throughout.
    """
    for learner_id in list_learners(session):
        learner = _read_learner(session, learner_id, checked)
        if learner:
            yield from learner.find_differences()
    yield from check_attempts(session, checked)


def repair_learner(session: Session, learner_id: int, checked: Checked) -> list[Difference]:
    """Correct what differs about one learner, besides marks of attempts; return the differences there were.

    The transaction must see one state of the database throughout. Raises StaleAnswer when a fact is answered meanwhile:
    then nothing may be committed.
    """
    learner = _read_learner(session, learner_id, checked)
    if learner is None:
        return []
    found = list(learner.find_differences())
    for fact_id in sorted(learner.wrong):
        _repair_memory(session, learner, fact_id)
    for steps in learner.steps.values():
        correct_reviews(session, steps)
    missing = {day: Counter(counts) for day, counts in learner.computed_days.items()}
    for day, kept in learner.days.items():
        missing.setdefault(day, Counter()).subtract({name: kept[name] for name in COUNTS})
    add_days(session, learner_id, missing)
    return found


def _repair_memory(session: Session, learner: _Learner, fact_id: int) -> None:
    """Write the memory that the log leads to, under the present plan, at a version that no review has."""
    kept, user = learner.memories.get(fact_id), learner.user
    log = [step.entry for step in learner.steps.get(fact_id, [])]
    plan = memories.plan_to_record_by(session, user, fact_id)
    version = max([entry.version for entry in log] + [kept.version if kept else 0]) + 1
    values = memories.to_values(memory_at_end(replay(user, fact_id, log, plan))) | {"version": version}
    if kept is None:
        new = {"learner_id": user.id, "fact_id": fact_id, "suspended": False}
        session.execute(insert(memory_table).values(new | values))
        return
    if not kept.suspended:
        values["leech_lapses"] = None
    own = (memory_table.c.learner_id == user.id, memory_table.c.fact_id == fact_id)
    written = session.execute(update(memory_table).where(*own, memory_table.c.version == kept.version).values(values))
    if written.rowcount == 0:  # type: ignore[attr-defined]
        raise StaleAnswer


def _read_learner(session: Session, learner_id: int, checked: Checked) -> _Learner | None:
    """Return what is kept about a learner and what the log gives; None if they were deleted meanwhile."""
    user = session.get(User, learner_id)
    if user is None:
        return None
    more = (MemoryRow.fact_id, MemoryRow.version, MemoryRow.suspended, MemoryRow.leech_lapses)
    of_memory = select(*more, *memories.COLUMNS)
    kept = session.execute(of_memory.where(MemoryRow.learner_id == learner_id)).all()
    days = session.execute(select(day_table).where(day_table.c.learner_id == learner_id)).all()
    log, plan = read_log(session, learner_id), memories.adapt_plan(Plan(), user)
    steps = {fact_id: replay(user, fact_id, entries, plan) for fact_id, entries in log.items()}
    checked.learners += 1
    checked.memories += len(kept)
    checked.reviews += sum(entry.kind is None for entries in log.values() for entry in entries)
    return _Learner(
        user=user,
        memories={row.fact_id: row for row in kept},
        steps=steps,
        days={row.day: row._asdict() for row in days},
        computed_days=count_days(step for each in steps.values() for step in each),
    )


def _compare_memory(where: str, kept: Any, steps: Sequence[Step]) -> Iterator[Difference]:
    """Compare a memory with what its log leads to, as far as that does not depend on the plan.

    On which day it is due depends on the plan, but not whether it is due at all: every memory is, unless it is NEW.
    """
    expected = memory_at_end(steps)
    if kept is None:
        yield Difference(where, "row", None, ngettext("%(num)s answer", "%(num)s answers", expected.reps))
        return
    memory = memories.to_core(kept)
    yield from _compare(where, _logged(memory), _logged(expected))
    if (memory.due_day is None) != (expected.due_day is None):
        yield Difference(where, "due_day", memory.due_day, expected.due_day)
    if kept.leech_lapses is not None and not kept.suspended:
        yield Difference(where, "leech_lapses", kept.leech_lapses, None)
    last = max((step.entry.version for step in steps), default=0)
    if kept.version < last:
        yield Difference(where, "version", kept.version, gettext("%(number)s or more", number=last))


def _logged(memory: Memory) -> dict[str, Any]:
    return {name: getattr(memory, name) for name in (*LOGGED_FIELDS, "due_at")}


def _compare_reviews(learner_id: int, steps: Sequence[Step]) -> Iterator[Difference]:
    for step in steps:
        if step.entry.kind is None and differs(step):
            where = gettext("review %(review)s of learner %(learner)s", review=step.entry.id, learner=learner_id)
            yield Difference(
                where, gettext("memory before the review"), step.entry.before["stability"], step.before.stability
            )


def _compare(where: str, kept: Mapping[Any, Any], computed: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in computed.items():
        if not is_same(kept[name], value):
            yield Difference(where, name, kept[name], value)


def check_attempts(session: Session, checked: Checked) -> Iterator[Difference]:
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
        yield from _compare(
            gettext("attempt %(attempt)s", attempt=row.id), kept, {"marks": row.sum, "unmarked": row.waiting}
        )
