"""Which facts and questions come up in a learner's reviews, as conditions of queries."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from sqlalchemy import BindParameter, ColumnElement, String, and_, literal, or_, select, type_coerce

from quizapp.core.attempts import MARKED_BY_HAND
from quizapp.models import Fact, Memory, Plan, Question, QuestionVersion


def in_topics() -> ColumnElement[bool]:
    """Return whether a fact is of the topics that a plan takes new facts from."""
    topics = type_coerce(Plan.topics, String)
    return or_(topics == "", topics.like(literal("%|").concat(Fact.topic).concat("|%")))


class AskedLearner(Protocol):
    """A learner, or as much of one as decides what they are asked."""

    @property
    def asks_essays(self) -> bool: ...


def asks_now(*, asks_essays: bool, kinds: Sequence[str] = ()) -> list[ColumnElement[bool]]:
    """Return the conditions on a QuestionVersion to be asked in a learner's reviews: essays only if they want.

    `kinds` are those of a custom session, () for all.
    """
    chosen: list[ColumnElement[bool]] = [QuestionVersion.kind.in_(kinds)] if kinds else []
    return chosen if asks_essays else [*chosen, QuestionVersion.kind.not_in(MARKED_BY_HAND)]


def is_asked(learner: AskedLearner, kinds: Sequence[str] = ()) -> list[ColumnElement[bool]]:
    """Return the conditions on a Fact to come up in a learner's reviews: it has a question that they are asked."""
    if learner.asks_essays and not kinds:
        return []
    questions = (
        select(Question.id)
        .join(Question.current_version)
        .where(
            Question.fact_id == Fact.id,
            Question.archived_at.is_(None),
            *asks_now(asks_essays=learner.asks_essays, kinds=kinds),
        )
    )
    return [questions.exists()]


def is_active(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition that a Memory is neither suspended nor skipped on a study day."""
    return and_(Memory.suspended.is_(False), or_(Memory.skipped_until.is_(None), Memory.skipped_until <= day))
