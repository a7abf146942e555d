"""How long answers take a learner, from the learner's recent reviews."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.scheduling.answer_times import AnswerKind, AnswerTimes, TimedAnswer, estimate_times
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.models import Review

RECENT = 300  # answers


def read_answer_times(session: Session, learner_id: int) -> AnswerTimes:
    """Return how long each kind of answer takes a learner; one statement."""
    state = Review.before["state"].as_integer().label("state")
    recent = session.execute(
        select(Review.at, Review.ms, Review.rating, Review.predicted, state)
        .where(Review.learner_id == learner_id, Review.undone_at.is_(None))
        .order_by(Review.id.desc())
        .limit(RECENT)
    ).all()
    return estimate_times(
        [TimedAnswer(_kind(row), row.at, None if row.ms is None else row.ms / 1000) for row in reversed(recent)]
    )


def _kind(review: Any) -> AnswerKind:
    if review.state == State.NEW:
        return AnswerKind.FIRST
    if review.predicted is None:  # there is no prediction within a study day
        return AnswerKind.REPEAT
    return AnswerKind.WRONG if review.rating == Rating.AGAIN else AnswerKind.RIGHT
