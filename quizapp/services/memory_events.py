"""What changes memories besides answers, as events in their logs: resets, "I know this", facts to ask today.

An event comes last in the log of its fact; services.replay takes it into account whenever the log changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, bindparam, func, insert, literal, or_, select, true, update
from sqlalchemy.orm import Session

from quizapp.core.scheduling.events import OWN_EVENTS, EventKind
from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, Memory, MemoryEvent, Plan, QuestionSet, User
from quizapp.models.database import insert_or
from quizapp.services import due_days, memories
from quizapp.services.errors import NotFound
from quizapp.services.memories import memory_table
from quizapp.services.replay import memory_after_entry, read_log, rewrite

event_table: Table = MemoryEvent.__table__  # type: ignore[assignment]


# A suspended fact stays so when progress is reset, though it counts as never forgotten then.
_AS_SUSPENDED = {"leech_lapses": None}


class _NewEvent(NamedTuple):
    kind: EventKind
    at: datetime
    day: date


def ask_today(session: Session, learners: Iterable[User], fact_ids: Sequence[int], *, now: datetime) -> None:
    """Let today's review ask these facts, once their set is studied; four statements for each date it is somewhere.

    They are due today and no longer skipped, and stay due until they are answered. A fact that was never answered
    begins to be learned, in its first step, so that today's session asks it whatever its allowance of new facts.
    Suspended facts stay suspended.
    """
    by_day: dict[date, dict[int, User]] = {}
    for learner in learners:
        by_day.setdefault(learner.clock.day(now), {})[learner.id] = learner
    for today, theirs in by_day.items():
        _meet(session, theirs, fact_ids)
        chosen = (Memory.learner_id.in_(theirs), Memory.fact_id.in_(fact_ids), Memory.suspended.is_(False))
        later = or_(Memory.due_day > today, Memory.skipped_until > today, Memory.state == State.NEW)
        may_become_later = and_(Memory.state == State.REVIEW, ~due_days.is_asked_for())
        which = [*chosen, or_(later, may_become_later)]
        _record(session, theirs, EventKind.ASKED, which, now, also={"skipped_until": None})


def mark_known(session: Session, learner: User, fact_ids: Sequence[int], *, now: datetime) -> int | None:
    """Mark facts that a learner studies as known: each is asked again as if rated Easy at first meeting.

    A fact that is remembered better stays as it is. Return the id of an event with which `undo_events` takes all of
    this back, or None if nothing changed. Raises NotFound where the learner studies none of the facts.
    """
    studied = select(Fact.id).join(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == learner.id))
    found = session.scalars(studied.where(Fact.id.in_(fact_ids)).order_by(Fact.id)).all()
    if not found:
        raise NotFound
    _meet(session, {learner.id: learner}, found)
    chosen = [Memory.learner_id == learner.id, Memory.fact_id.in_(found)]
    return _record(session, {learner.id: learner}, EventKind.KNOWN, chosen, now)


def reset_fact(session: Session, learner: User, fact_id: int, *, now: datetime) -> int | None:
    """Reset a learner's progress on a fact: it is new again. Its reviews stay on record, and it stays suspended.

    Return the id of an event for `undo_events`, or None if it was never met. Raises NotFound where it is not studied.
    """
    set_id = session.scalar(select(Fact.set_id).where(Fact.id == fact_id))
    if set_id is None or session.get(Plan, (learner.id, set_id)) is None:
        raise NotFound
    chosen = [Memory.learner_id == learner.id, Memory.fact_id == fact_id, Memory.state != State.NEW]
    return _record(session, {learner.id: learner}, EventKind.RESET, chosen, now, also=_AS_SUSPENDED)


def reset_set(session: Session, learner: User, set_key: str, *, now: datetime) -> tuple[int | None, int]:
    """Reset a learner's progress on all facts of a set, likewise; return the id of an event, and how many facts."""
    studied = read_studied_set(session, learner, set_key)
    chosen = [Memory.learner_id == learner.id, Fact.set_id == studied.id, Memory.state != State.NEW]
    return _record(session, {learner.id: learner}, EventKind.RESET, chosen, now, also=_AS_SUSPENDED), studied.met


def read_studied_set(session: Session, learner: User, set_key: str) -> Any:
    """Return id, key, title and language of a set that a learner studies, and how many facts of it were `met`.

    Raises NotFound.
    """
    met = (
        select(func.count())
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(Memory.learner_id == learner.id, Fact.set_id == QuestionSet.id, Memory.state != State.NEW)
    )
    language = QuestionSet.header["language"].as_string().label("language")
    columns = (QuestionSet.id, QuestionSet.key, QuestionSet.title, language)
    row = session.execute(
        select(*columns, met.correlate(QuestionSet).scalar_subquery().label("met"))
        .join(Plan, and_(Plan.set_id == QuestionSet.id, Plan.learner_id == learner.id))
        .where(QuestionSet.key == set_key)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def reset_everyones_progress(session: Session, fact_id: int, *, now: datetime) -> int:
    """Reset every learner's memory of a fact, which means something else now; return how many learners."""
    met = (Memory.fact_id == fact_id, Memory.state != State.NEW)
    users = session.scalars(select(User).join(Memory, Memory.learner_id == User.id).where(*met)).all()
    learners = {user.id: user for user in users}
    _record(session, learners, EventKind.RESET_BY_AUTHOR, list(met), now, also=_AS_SUSPENDED)
    return len(learners)


def undo_events(session: Session, learner: User, event_id: int, *, now: datetime) -> int:
    """Undo an event that a learner caused, with those of the same kind and moment; return how many facts it changes.

    Asked twice, it changes nothing more. Raises NotFound.
    """
    named = session.get(MemoryEvent, event_id)
    if named is None or named.learner_id != learner.id or named.kind not in OWN_EVENTS:
        raise NotFound
    together = (MemoryEvent.learner_id == learner.id, MemoryEvent.at == named.at, MemoryEvent.kind == named.kind)
    fact_ids = select(MemoryEvent.fact_id).where(*together, MemoryEvent.undone_at.is_(None))
    changed = session.scalars(fact_ids.order_by(MemoryEvent.fact_id)).all()
    for fact_id in changed:
        memory = session.get_one(Memory, (learner.id, fact_id), with_for_update=True)
        suspended, leech_lapses = memory.suspended, memory.leech_lapses
        old = read_log(session, learner.id, fact_id)[fact_id]
        session.execute(update(MemoryEvent).where(*together, MemoryEvent.fact_id == fact_id).values(undone_at=now))
        plan = memories.plan_to_record_by(session, learner, fact_id)
        rewrite(session, learner, fact_id, old, plan, version=memory.version)
        session.refresh(memory)
        memory.suspended, memory.leech_lapses = suspended, leech_lapses  # an event has not changed these
    session.flush()
    return len(changed)


def _meet(session: Session, learners: Mapping[int, User], fact_ids: Sequence[int]) -> None:
    """Make a NEW memory of each fact for each learner who has none."""
    new = {"version": 0, "state": int(State.NEW), "reps": 0, "lapses": 0, "suspended": False}
    pairs = (
        select(User.id, Fact.id, *(literal(value, memory_table.c[name].type) for name, value in new.items()))
        .join(Fact, true())
        .where(User.id.in_(learners), Fact.id.in_(fact_ids))
        .order_by(User.id, Fact.id)
    )
    insert_new = insert_or(session, memory_table).from_select(["learner_id", "fact_id", *new], pairs)
    session.execute(insert_new.on_conflict_do_nothing())


def _record(
    session: Session,
    learners: Mapping[int, User],
    kind: EventKind,
    which: list[ColumnElement[bool]],
    now: datetime,
    also: Mapping[str, Any] | None = None,
) -> int | None:
    """Record an event for each memory, joined with its fact, that is chosen and that it changes.

    `also` are other columns to write; with them, an event is recorded for every memory that is chosen. A memory that
    stays as it is keeps its version, so that a question on the screen is still the one to answer. Return the id of one
    of the events, if there is any; three statements.
    """
    events, moved = [], []
    rows = _lock_memories(session, which)
    # One moment for all, by which they are undone together; the latest, if the server's clock was set back.
    at = max([now, *(last + memories.INSTANT for last in map(memories.last_at, rows) if last)])
    for row in rows:
        learner = learners.get(row.learner_id)
        if learner is None:  # it was met a moment ago
            continue
        event = _NewEvent(kind, at, learner.clock.day(at))
        before = memories.to_core(row)
        after = memory_after_entry(learner, row.fact_id, before, event, memories.to_plan(row, learner))
        if after != before or also:
            values = memories.to_values(after) | dict(also or {})
            moves = any(getattr(row, name) != value for name, value in values.items())
            version = row.version + moves
            key = {"learner_id": learner.id, "fact_id": row.fact_id}
            events.append({**key, **event._asdict(), "version": version})
            if moves:
                moved.append({"whose": learner.id, "fact": row.fact_id, **values, "version": version})
    if not events:
        return None
    of = memory_table.c
    where = (of.learner_id == bindparam("whose"), of.fact_id == bindparam("fact"))
    if moved:
        session.connection().execute(update(memory_table).where(*where), moved)
    ids: list[int] = list(session.execute(insert(event_table).returning(event_table.c.id), events).scalars())
    return min(ids)


def _lock_memories(session: Session, which: list[ColumnElement[bool]]) -> Sequence[Any]:
    """Return the chosen memories, with the plans they are studied by, and make other answers to them wait."""
    return session.execute(
        select(
            Memory.learner_id,
            Memory.fact_id,
            Memory.version,
            Memory.skipped_until,
            Memory.leech_lapses,
            *memories.COLUMNS,
            *memories.LAST_COLUMNS,
            *memories.PLAN_COLUMNS,
        )
        .join(Fact, Fact.id == Memory.fact_id)
        .outerjoin(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == Memory.learner_id))
        .where(*which)
        .order_by(Memory.learner_id, Memory.fact_id)
        .with_for_update(of=Memory)
    ).all()
