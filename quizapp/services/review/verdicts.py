"""An answer as it is shown afterwards: the verdict, the key, why, and the passage it rests on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from quizapp.core.calibration import Confidence
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import Response, parse_question, parse_response
from quizapp.core.kinds.grade import Grade
from quizapp.core.scheduling import Rating, State, wait
from quizapp.models import Fact, Memory, Plan, QuestionSet, QuestionVersion, Review, User
from quizapp.services import memories
from quizapp.services.errors import NotFound
from quizapp.services.review.asking import order_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """A graded answer with all that teaches something about it.

    `remembered` is the verdict that counts, after an override; `grade` the one the program gave. `due_in` is None
    once the fact was answered again or changed since, and then nothing can be overridden either.
    """

    review_id: int
    fact_id: int
    fact_key: str
    set_key: str
    topic: dict[str, Any]
    question: AskedQuestion
    response: Response
    order: tuple[int, ...]
    grade: Grade
    remembered: bool
    overridden: bool
    can_override: bool
    statement: str
    caution: str | None
    passages: tuple[dict[str, Any], ...]
    notes: tuple[dict[str, Any], ...]
    due_in: timedelta | None
    again_today: bool
    predicted: float | None  # the chance of recall just before the answer, 0..1
    target: float  # desired retention, 0..1
    confidence: Confidence | None  # how sure the learner said to be

    @property
    def surprising(self) -> bool:
        """Whether the learner was certain, and mistaken: such errors are mended best when pointed out."""
        return self.confidence == Confidence.CERTAIN and not self.remembered


def verdict_of(session: Session, learner: User, review_id: int, *, now: datetime) -> Verdict:
    """An answer of the learner's, as it stands. Raises NotFound for another's, or one that was taken back."""
    row = session.execute(
        select(
            Review,
            QuestionVersion.body,
            Fact,
            QuestionSet.key.label("set_key"),
            QuestionSet.header,
            Plan.desired_retention,
            Memory.version,
            *memories.COLUMNS,
        )
        .join(QuestionVersion, QuestionVersion.id == Review.question_version_id)
        .join(Fact, Fact.id == Review.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Memory, and_(Memory.learner_id == Review.learner_id, Memory.fact_id == Review.fact_id))
        .join(Plan, and_(Plan.learner_id == Review.learner_id, Plan.set_id == Fact.set_id))
        .where(Review.id == review_id, Review.learner_id == learner.id, Review.undone_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    review, fact, header = row.Review, row.Fact, row.header
    question, response = parse_question(row.body), parse_response(review.response)
    memory = memories.to_core(row)
    stands = row.version == review.version
    return Verdict(
        review_id=review.id,
        fact_id=fact.id,
        fact_key=fact.key,
        set_key=row.set_key,
        topic=next(topic for topic in header["topics"] if topic["key"] == fact.topic),
        question=question,
        response=response,
        order=order_of(question, learner.id, review.question_version_id, review.version - 1),
        grade=question.grade(response),
        remembered=review.rating != Rating.AGAIN,
        overridden=review.overridden,
        can_override=stands and question.can_be_overridden,
        statement=fact.statement,
        caution=fact.caution,
        passages=tuple(p for p in header["passages"] if p["number"] in fact.passages),
        notes=tuple(n for n in header["notes"] if n["number"] in fact.notes),
        due_in=wait(memory, now=now, clock=learner.clock) if stands else None,
        again_today=memory.state in (State.LEARNING, State.RELEARNING),
        predicted=review.predicted,
        target=row.desired_retention,
        confidence=Confidence(review.confidence) if review.confidence else None,
    )


def review_of(session: Session, learner: User, fact_id: int, version: int) -> int | None:
    """The id of the learner's standing review that moved a memory on to `version`, if there is one.

    It is how a double click or a replayed request finds the answer that counted.
    """
    return session.scalar(
        select(Review.id).where(
            Review.learner_id == learner.id,
            Review.fact_id == fact_id,
            Review.version == version,
            Review.undone_at.is_(None),
        )
    )
