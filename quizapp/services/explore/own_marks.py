"""A learner's own stars and notes on the facts of a set."""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from quizapp.models import FactNote, StarredFact, User


def find_own_marks(session: Session, learner: User | None, fact_id: int) -> tuple[bool | None, str | None]:
    """Return whether the learner starred the fact, and their note on it."""
    if learner is None:
        return None, None
    starred = exists().where(StarredFact.learner_id == learner.id, StarredFact.fact_id == fact_id)
    note = select(FactNote.text).where(FactNote.learner_id == learner.id, FactNote.fact_id == fact_id)
    row = session.execute(select(starred, note.scalar_subquery())).one()
    return bool(row[0]), row[1]


def list_starred(session: Session, learner: User | None, fact_ids: Collection[int]) -> set[int]:
    """Return which of these facts the learner starred."""
    if learner is None:
        return set()
    mine = StarredFact.learner_id == learner.id, StarredFact.fact_id.in_(fact_ids)
    return set(session.scalars(select(StarredFact.fact_id).where(*mine)))
