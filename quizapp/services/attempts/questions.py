"""The questions that an attempt may ask, and those it asks, with the answers to them and their grades."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from quizapp.core.attempts import GRADABLE, Candidate
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import Response, carry_over, parse_question, parse_response, read_response
from quizapp.core.kinds.base import Grade
from quizapp.core.kinds.hints import HintPart
from quizapp.models import Attempt, Fact, Question, QuestionSet, QuestionVersion
from quizapp.models import Response as ResponseRow
from quizapp.services.errors import NotFound

GRADED_BY = aliased(QuestionVersion)  # the version an answer was regraded by, if any


@dataclass(frozen=True, slots=True)
class AttemptQuestion:
    """One question of an attempt with its answer and the fact it asks for.

    `response` is None until it is answered, and `grade` until it is graded. `header` is that of the set. It has the
    attributes of review.feedback.AnswerFeedback, so that the same templates draw both.
    """

    position: int
    fact: Fact
    set_key: str
    header: dict[str, Any]
    question_version_id: int
    question: AskedQuestion
    order: tuple[int, ...]
    answered: bool
    response: Response | None
    grade: Grade | None
    confidence: int | None
    review_id: int | None
    ms: int | None = None
    answered_at: datetime | None = None
    own_credit: float | None = None  # 0..1, if the learner overrode the verdict
    received_at: datetime | None = None  # if that was after the deadline
    hinted: bool = False  # a hint was shown, so it counts as not remembered

    @property
    def remembered(self) -> bool:
        if self.hinted:
            return False
        if self.own_credit is not None:
            return self.own_credit == 1
        return self.grade is not None and self.grade.correct

    @property
    def waits_for_mark(self) -> bool:
        return self.answered and self.grade is not None and self.grade.waits_for_mark

    @property
    def can_be_recorded(self) -> bool:
        """Return whether the answer is graded and is no review yet."""
        return self.answered and not self.waits_for_mark and self.review_id is None

    @property
    def credit(self) -> float | None:
        """Return the credit that counts, 0..1; None while the answer is not graded or waits to be marked."""
        if self.hinted and self.grade is not None:
            return 0.0
        return self.own_credit if self.overridden or self.grade is None else self.grade.fraction

    @property
    def overridden(self) -> bool:
        return self.own_credit is not None

    @property
    def can_override(self) -> bool:
        if self.hinted or not self.answered or self.grade is None:
            return False
        return self.question.can_be_overridden(self.grade)

    @property
    def hint(self) -> Sequence[HintPart]:
        """Return what a hint says; empty where the kind gives none."""
        return self.question.give_hint(self.order)


class QuestionProgress(NamedTuple):
    """Whether a question is answered, and its credit (0..1), None while it is not graded or waits to be marked."""

    answered: bool
    fraction: float | None


def list_candidates(
    session: Session,
    set_id: int,
    *,
    topics: Sequence[str] = (),
    kinds: Sequence[str] = (),
    shown: Sequence[ColumnElement[bool]] = (),
) -> list[Candidate]:
    """Return every current question of a set of some topics and kinds.

    Without topics it is of all of them; without kinds, of all those that need nobody to mark them. `shown` are further
    conditions on the facts.
    """
    query = (
        select(Fact.id, Fact.topic, QuestionVersion.id, QuestionVersion.kind)
        .join(Question, (Question.fact_id == Fact.id) & Question.archived_at.is_(None))
        .join(Question.current_version)
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), *shown)
        .where(QuestionVersion.kind.in_(kinds or GRADABLE))
    )
    if topics:
        query = query.where(Fact.topic.in_(topics))
    return [Candidate(*row) for row in session.execute(query)]


def list_questions(session: Session, attempt: Attempt) -> list[AttemptQuestion]:
    """Return every question of an attempt, in order; one statement."""
    return [_attempt_question(attempt, row) for row in session.execute(_rows(attempt.id))]


def list_with_keys(session: Session, attempt: Attempt) -> list[AttemptQuestion]:
    """Return every question of a finished attempt, those left open with an empty answer, so that all show the key."""
    return [question if question.answered else _left_open(question) for question in list_questions(session, attempt)]


def _left_open(question: AttemptQuestion) -> AttemptQuestion:
    blank = read_response(question.question, {}, question.order)
    return replace(question, response=blank, grade=question.question.grade(blank))


def get_question(session: Session, attempt: Attempt, position: int) -> AttemptQuestion:
    """Return one question of an attempt; one statement. Raises NotFound for a position it does not have."""
    if position not in range(1, attempt.size + 1):
        raise NotFound
    return _attempt_question(attempt, session.execute(_rows(attempt.id).where(ResponseRow.position == position)).one())


def get_progress(session: Session, attempt: Attempt) -> dict[int, QuestionProgress]:
    """Return the progress of each question by position, in order; one statement."""
    rows = session.execute(
        select(ResponseRow.position, ResponseRow.at.is_not(None), ResponseRow.fraction)
        .where(ResponseRow.attempt_id == attempt.id)
        .order_by(ResponseRow.position)
    )
    return {position: QuestionProgress(bool(answered), fraction) for position, answered, fraction in rows}


def as_graded(
    asked: AskedQuestion, response: Response | None, graded_by: dict[str, Any] | None
) -> tuple[AskedQuestion, Response | None]:
    """Return a question and its answer as they were graded: by the version asked, or the one they were regraded by."""
    if graded_by is None:
        return asked, response
    question = parse_question(graded_by)
    return question, None if response is None else carry_over(asked, response, question)


def _rows(attempt_id: int) -> Any:
    return (
        select(
            ResponseRow,
            QuestionVersion.body,
            GRADED_BY.body.label("graded_by"),
            Fact,
            QuestionSet.key.label("set_key"),
            QuestionSet.header,
        )
        .join(QuestionVersion, QuestionVersion.id == ResponseRow.question_version_id)
        .outerjoin(GRADED_BY, GRADED_BY.id == ResponseRow.regraded_by_id)
        .join(Fact, Fact.id == ResponseRow.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .where(ResponseRow.attempt_id == attempt_id)
        .order_by(ResponseRow.position)
        .execution_options(populate_existing=True)
    )


def _attempt_question(attempt: Attempt, row: Any) -> AttemptQuestion:
    stored = row.Response
    given = None if stored.response is None else parse_response(stored.response)
    question, response = as_graded(parse_question(row.body), given, row.graded_by)
    return AttemptQuestion(
        position=stored.position,
        fact=row.Fact,
        set_key=row.set_key,
        header=row.header,
        question_version_id=stored.question_version_id,
        question=question,
        order=question.shuffle_options(f"{attempt.id}:{stored.position}"),
        answered=response is not None,
        response=response,
        grade=None if response is None else question.grade(response),
        confidence=stored.confidence,
        review_id=stored.review_id,
        ms=stored.ms,
        answered_at=stored.at,
        own_credit=stored.fraction if stored.overridden else None,
        received_at=stored.received_at,
        hinted=stored.hinted,
    )
