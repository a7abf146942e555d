"""For how many days in a row a learner has studied."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import streak
from quizapp.models import DayCount, User


def read_streak(session: Session, learner: User, *, now: datetime) -> int:
    """Return for how many study days in a row there were answers, with one free day a week; one statement."""
    studied = select(DayCount.day).where(DayCount.learner_id == learner.id, DayCount.answers > 0)
    return streak(session.scalars(studied).all(), learner.clock.day(now))
