"""Find the fact that a wrong answer mistakes the one asked for."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import Response
from quizapp.core.kinds.base import WrittenResponse
from quizapp.core.kinds.mixups import MixupKind
from quizapp.core.progress.mastery import FactRef
from quizapp.core.scheduling.scheduler import State
from quizapp.core.text.answers import fold
from quizapp.models import Fact, FactAnswer, Memory, User
from quizapp.services import running_quizzes


class MixedUpFact(NamedTuple):
    """Another fact that the learner knows, and the answer to it which they gave."""

    answer: str
    fact: FactRef


def find_mixed_up(
    session: Session, learner: User, row: Any, question: AskedQuestion, response: Response, now: datetime
) -> MixedUpFact | None:
    """Return a fact the learner has met whose right answer was given to this question; one statement."""
    given = [mixup.taken for mixup in question.find_mixups(response) if mixup.kind is not MixupKind.ORDER]
    if isinstance(response, WrittenResponse):
        given += response.texts
    forms = {fold(text): text for text in given if text.strip()}
    if not forms:
        return None
    other = session.execute(
        select(FactAnswer.answer, Fact.key, Fact.statement)
        .join(Fact, Fact.id == FactAnswer.fact_id)
        .join(Memory, and_(Memory.learner_id == learner.id, Memory.fact_id == Fact.id, Memory.state != State.NEW))
        .where(
            FactAnswer.set_id == row.Fact.set_id,
            FactAnswer.answer.in_(forms),
            FactAnswer.right,
            Fact.id != row.Fact.id,
            Fact.archived_at.is_(None),
            *running_quizzes.is_shown(learner, now),
        )
        .order_by(Fact.position, Fact.id)
        .limit(1)
    ).one_or_none()
    if other is None:
        return None
    fact = FactRef(row.set_key, other.key, other.statement, row.header["language"])
    return MixedUpFact(forms[other.answer], fact)
