"""The days on which memories fall due, when the plans of their learners change."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session, aliased

from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.events import EventKind
from quizapp.core.scheduling.scheduler import State, replanned
from quizapp.models import Fact, Memory, MemoryEvent, Review
from quizapp.services import memories

_LATER_EVENT = aliased(MemoryEvent)


def is_asked_for() -> ColumnElement[bool]:
    """Return whether a Memory was put into review and not answered since. Until it is, its due day stays."""
    asked = (MemoryEvent.learner_id == Memory.learner_id, MemoryEvent.fact_id == Memory.fact_id)
    later = [
        select(each.id).where(
            each.learner_id == MemoryEvent.learner_id,
            each.fact_id == MemoryEvent.fact_id,
            each.at > MemoryEvent.at,
            each.undone_at.is_(None),
        )
        for each in (Review, _LATER_EVENT)
    ]
    in_force = (MemoryEvent.kind == EventKind.ASKED, MemoryEvent.undone_at.is_(None))
    return select(MemoryEvent.id).where(*asked, *in_force, *(~each.exists() for each in later)).exists()


def replan(session: Session, set_id: int, plans: Mapping[int, scheduler.Plan]) -> None:
    """Let the memories of a set fall due by the plans of these learners, by their ids; two statements.

    Those put into review stay due until they are answered.
    Their versions stay: a question on the screen is still the one to answer. A memory that is answered meanwhile has
    another version and is left to its own answer.
    """
    rows = session.execute(
        select(Memory.learner_id, Memory.fact_id, Memory.version, *memories.COLUMNS)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(Memory.learner_id.in_(plans), Fact.set_id == set_id, Memory.state == State.REVIEW, ~is_asked_for())
        .order_by(Memory.learner_id, Memory.fact_id)  # as whoever else takes several at once
    ).all()
    moved = []
    for row in rows:
        seed = memories.seed_of(row.learner_id, row.fact_id)
        due_day = replanned(memories.to_core(row), plans[row.learner_id], seed).due_day
        if due_day != row.due_day:
            moved.append({"whose": row.learner_id, "fact": row.fact_id, "seen": row.version, "due_day": due_day})
    if moved:
        session.connection().execute(
            update(memories.memory_table).where(
                memories.memory_table.c.learner_id == bindparam("whose"),
                memories.memory_table.c.fact_id == bindparam("fact"),
                memories.memory_table.c.version == bindparam("seen"),
            ),
            moved,
        )
