"""Find the fact that a wrong answer mistakes the one asked for."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import Response
from quizapp.core.kinds.base import WrittenResponse
from quizapp.core.kinds.mixups import MixupKind
from quizapp.core.progress.mastery import FactRef
from quizapp.core.scheduling.scheduler import State
from quizapp.core.text.normal import fold
from quizapp.models import Fact, FactAnswer, Memory
from quizapp.services.review.recent import READER
from quizapp.services.running_quizzes import SHOWN


class MixedUpFact(NamedTuple):
    """Another fact that the learner knows, and the answer to it which they gave."""

    answer: str
    fact: FactRef


# The facts that a learner has met and one of these answers is right for.
_MET_WITH_ANSWER = (
    select(FactAnswer.answer, Fact.key, Fact.statement)
    .join(Fact, Fact.id == FactAnswer.fact_id)
    .join(Memory, and_(Memory.learner_id == READER, Memory.fact_id == Fact.id, Memory.state != State.NEW))
    .where(
        FactAnswer.set_id == bindparam("set_id"),
        FactAnswer.answer.in_(bindparam("answers", expanding=True)),
        FactAnswer.right,
        Fact.id != bindparam("asked_id"),
        Fact.archived_at.is_(None),
        SHOWN,
    )
    .order_by(Fact.position, Fact.id)
    .limit(1)
)


def find_mixed_up(
    session: Session, row: Any, question: AskedQuestion, response: Response, reader: Mapping[str, Any]
) -> MixedUpFact | None:
    """Return a fact the learner has met whose right answer was given to this question; one statement.

    `row` names the fact that was asked and has its set; `reader` are running_quizzes.reader_values.
    """
    given = [mixup.taken for mixup in question.find_mixups(response) if mixup.kind is not MixupKind.ORDER]
    if isinstance(response, WrittenResponse):
        given += response.texts
    forms = {fold(text): text for text in given if text.strip()}
    if not forms:
        return None
    asked = {"set_id": row.fact_set_id, "asked_id": row.review__fact_id, "answers": list(forms)}
    other = session.execute(_MET_WITH_ANSWER, {**reader, **asked}).first()
    if other is None:
        return None
    fact = FactRef(row.set_key, other.key, other.statement, row.header["language"])
    return MixedUpFact(forms[other.answer], fact)
