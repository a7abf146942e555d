"""The questions of a set that an attempt may ask."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.attempts import GRADABLE, Candidate
from quizapp.models import Fact, Question, QuestionVersion


def list_candidates(
    session: Session, set_id: int, *, topics: Sequence[str] = (), kinds: Sequence[str] = ()
) -> list[Candidate]:
    """Return every current question of a set of some topics and kinds.

    Without topics it is of all of them; without kinds, of all those that need nobody to mark them.
    """
    kind = QuestionVersion.body["kind"].as_string()
    query = (
        select(Fact.id, Fact.topic, QuestionVersion.id, kind)
        .join(Question, (Question.fact_id == Fact.id) & Question.archived_at.is_(None))
        .join(Question.current_version)
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), kind.in_(kinds or GRADABLE))
    )
    if topics:
        query = query.where(Fact.topic.in_(topics))
    return [Candidate(*row) for row in session.execute(query)]
