"""How long answers take a learner, and how many studying takes, from the recent reviews."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.scheduling.answer_times import AnswerKind, AnswerTimes, RecentAnswer
from quizapp.core.scheduling.effort import Effort, estimate_effort
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.models import Review

RECENT = 400  # answers


def read_effort(session: Session, learner_id: int) -> Effort:
    """Return how many answers studying takes a learner, and how long each takes; one statement."""
    state = Review.before["state"].as_integer().label("state")
    stability = Review.before["stability"].as_float().label("stability")
    recent = session.execute(
        select(Review.at, Review.ms, Review.rating, Review.guess, Review.predicted, state, stability)
        .where(Review.learner_id == learner_id, Review.undone_at.is_(None))
        .order_by(Review.day.desc(), Review.id.desc())
        .limit(RECENT)
    ).all()
    return estimate_effort([_recent_answer(row) for row in reversed(recent)])


def read_answer_times(session: Session, learner_id: int) -> AnswerTimes:
    """Return how long each kind of answer takes a learner; one statement."""
    return read_effort(session, learner_id).times


def _recent_answer(review: Any) -> RecentAnswer:
    right = review.rating != Rating.AGAIN
    if review.state == State.NEW:
        kind = AnswerKind.FIRST
    elif review.predicted is None:  # there is no prediction within a study day
        kind = AnswerKind.REPEAT
    else:
        kind = AnswerKind.RIGHT if right else AnswerKind.WRONG
    seconds = None if review.ms is None else review.ms / 1000
    return RecentAnswer(kind, review.at, seconds, right, review.guess, review.predicted, review.stability or 0.0)
