"""A fact that somebody may write in, and what is taken in its set."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.models import Fact, Question, QuestionSet, User
from quizapp.services.access import set_to_write
from quizapp.services.errors import NotFound


def fact_to_write(
    session: Session, user: User, set_id: int, fact_id: int, *, lock: bool = False
) -> tuple[QuestionSet, Fact]:
    """A fact of a set that the person writes in; `lock` it to change it. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    query = select(Fact).where(Fact.id == fact_id, Fact.set_id == set_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    fact = session.scalar(query)
    if fact is None:
        raise NotFound
    return row, fact


def facts_of(session: Session, set_id: int, ids: Collection[int]) -> list[Fact]:
    """Those of the facts that are in the set, in its order, to be changed."""
    query = select(Fact).where(Fact.set_id == set_id, Fact.id.in_(ids)).order_by(Fact.position, Fact.id)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def fact_keys(session: Session, set_id: int) -> set[str]:
    """The keys of a set's facts, archived ones too."""
    return set(session.scalars(select(Fact.key).where(Fact.set_id == set_id)))


def question_keys(session: Session, set_id: int) -> set[str]:
    """The keys of a set's questions, archived ones too; in its files no two may be alike."""
    return set(session.scalars(select(Question.key).join(Fact).where(Fact.set_id == set_id)))
