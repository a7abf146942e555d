"""Which facts and questions come up in a learner's reviews, as conditions of queries."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, String, func, literal, or_, select, type_coerce
from sqlalchemy.orm import aliased

from quizapp.core.attempts import MARKED_BY_HAND
from quizapp.core.scheduling.sessions import MOST_TIMES
from quizapp.models import Fact, Plan, Question, QuestionVersion, Review
from quizapp.services.review.recent import ANSWERED_TODAY


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
    kind = QuestionVersion.body["kind"].as_string()
    chosen = [kind.in_(kinds)] if kinds else []
    return chosen if asks_essays else [*chosen, kind.not_in(MARKED_BY_HAND)]


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


def has_words_left(*, asks_essays: bool) -> ColumnElement[bool]:
    """Return whether a Fact has a question that was not asked MOST_TIMES today; otherwise it waits until tomorrow."""
    version = aliased(QuestionVersion)
    uses_today = (
        select(func.count())
        .select_from(Review)
        .join(version, version.id == Review.question_version_id)
        .where(*ANSWERED_TODAY, Review.fact_id == Fact.id, version.question_id == Question.id)
        .correlate(Fact, Question)
        .scalar_subquery()
    )
    questions = select(Question.id).join(Question.current_version).where(*asks_now(asks_essays=asks_essays))
    return questions.where(
        Question.fact_id == Fact.id, Question.archived_at.is_(None), uses_today < MOST_TIMES
    ).exists()
