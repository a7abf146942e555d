"""Read the feedback on an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import Response, parse_question, parse_response
from quizapp.core.kinds.base import Grade
from quizapp.core.progress.calibration import Confidence
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.core.scheduling.waits import wait
from quizapp.models import Fact, Memory, Plan, QuestionSet, QuestionVersion, Review, User
from quizapp.models.database import attach
from quizapp.models.prepared import PreparedQuery, all_columns
from quizapp.services import memories, running_quizzes
from quizapp.services.errors import NotFound
from quizapp.services.review.mixed_up import MixedUpFact, find_mixed_up
from quizapp.services.review.recent import READER, has_words_left
from quizapp.services.review.tools import TOOL_COLUMNS, FactTools, read_tools
from quizapp.services.running_quizzes import HIDDEN, InRunningQuiz


@dataclass(frozen=True, slots=True)
class AnswerFeedback:
    """A graded answer with the fact it was about; `header` is that of the set.

    `remembered` is the verdict that counts, after an override; `grade` the one the program gave. `due_in` is None
    once the fact was answered again or changed since.
    """

    review_id: int
    fact: Fact
    set_key: str
    header: dict[str, Any]
    question: AskedQuestion
    response: Response
    order: tuple[int, ...]
    grade: Grade
    remembered: bool
    overridden: bool
    can_override: bool
    due_in: timedelta | None
    before_exam: bool  # it is due before an exam to come, for which each day's facts are chosen
    again_today: bool
    is_first: bool  # the fact was never answered before
    again_tomorrow: bool  # each of its questions was asked MOST_TIMES today
    predicted: float | None  # the chance of recall just before the answer, 0..1
    target: float  # desired retention, 0..1
    confidence: Confidence | None  # how sure the learner said to be
    leech_lapses: int | None  # how often the fact was forgotten, if it is suspended for that
    mixed_up: MixedUpFact | None  # another fact, to which the answer would have been right
    hinted: bool  # the learner took a hint, so it counts as not remembered
    version_id: int  # of the question
    tools: FactTools

    @property
    def surprising(self) -> bool:
        """Whether the learner was certain, and mistaken: such errors are mended best when pointed out."""
        return self.confidence == Confidence.CERTAIN and not self.remembered


def read_feedback(session: Session, learner: User, review_id: int, *, now: datetime) -> AnswerFeedback:
    """Read the feedback on an answer of the learner's.

    Raises NotFound for another's, or one that was undone, and InRunningQuiz.
    """
    values = running_quizzes.reader_values(learner, now) | {"study_day": learner.clock.day(now), "review_id": review_id}
    connection = session.connection()
    find = _select_feedback(asks_essays=learner.asks_essays)[connection.dialect.name]
    row = connection.execute(find, values).one_or_none()
    if row is None:
        raise NotFound
    if row.hidden:
        raise InRunningQuiz
    review, fact = attach(session, row, Review, Fact)
    question, response = parse_question(row.body), parse_response(review.response)
    grade = question.grade(response)
    memory = memories.to_core(row)
    stands = row.version == review.version
    is_learning = memory.state in (State.LEARNING, State.RELEARNING)
    return AnswerFeedback(
        review_id=review.id,
        fact=fact,
        set_key=row.set_key,
        header=row.header,
        question=question,
        response=response,
        order=memories.option_order(question, learner.id, review.question_version_id, review.version - 1),
        grade=grade,
        remembered=review.rating != Rating.AGAIN,
        overridden=review.overridden,
        can_override=question.can_be_overridden(grade) and not review.hinted,
        due_in=wait(memory, now=now, clock=learner.clock) if stands else None,
        before_exam=bool(memory.due_day and row.exam_day and learner.clock.day(now) < memory.due_day < row.exam_day),
        again_today=is_learning and row.has_words_left,
        again_tomorrow=is_learning and not row.has_words_left,
        is_first=review.before["state"] == State.NEW,
        predicted=review.predicted,
        target=row.desired_retention,
        confidence=Confidence(review.confidence) if review.confidence else None,
        leech_lapses=row.leech_lapses,
        mixed_up=None if grade.correct else find_mixed_up(session, row, question, response, values),
        hinted=review.hinted,
        version_id=review.question_version_id,
        tools=read_tools(row),
    )


@cache
def _select_feedback(*, asks_essays: bool) -> PreparedQuery:
    """Select a review that counts, with its question and fact, and the memory and plan as they are now."""
    return PreparedQuery(
        select(
            *all_columns(Review),
            *all_columns(Fact),
            QuestionVersion.body,
            QuestionSet.key.label("set_key"),
            QuestionSet.header,
            Plan.desired_retention,
            Plan.exam_day,
            Memory.version,
            Memory.leech_lapses,
            has_words_left(asks_essays=asks_essays).label("has_words_left"),
            *memories.COLUMNS,
            HIDDEN.label("hidden"),
            *TOOL_COLUMNS,
        )
        .select_from(Review)
        .join(QuestionVersion, QuestionVersion.id == Review.question_version_id)
        .join(Fact, Fact.id == Review.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Memory, and_(Memory.learner_id == Review.learner_id, Memory.fact_id == Review.fact_id))
        .join(Plan, and_(Plan.learner_id == Review.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Review.id == bindparam("review_id"),
            Review.learner_id == READER,
            Review.undone_at.is_(None),
        )
    )
