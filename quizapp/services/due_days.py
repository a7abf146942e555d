"""The days on which memories fall due, when the plans of their learners change."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import State, replanned
from quizapp.models import Fact, Memory
from quizapp.services import memories


def replan(session: Session, set_id: int, plans: Mapping[int, scheduler.Plan]) -> None:
    """Let the memories of a set fall due by the plans of these learners, by their ids; two statements.

    Their versions stay: a question on the screen is still the one to answer. A memory that is answered meanwhile has
    another version and is left to its own answer.
    """
    rows = session.execute(
        select(Memory.learner_id, Memory.fact_id, Memory.version, *memories.COLUMNS)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(Memory.learner_id.in_(plans), Fact.set_id == set_id, Memory.state == State.REVIEW)
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
