"""A day of study as it is told at its end: what was learned, what was hard, when to come back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, func, select
from sqlalchemy.orm import Session

from quizapp.core.progress import FactRef
from quizapp.core.scheduling import Rating, State
from quizapp.models import DayCount, Fact, Memory, QuestionSet, Review, User
from quizapp.services.review.asking import Today, today


@dataclass(frozen=True, slots=True)
class Recap:
    """A study day, once nothing waits in it any more.

    A fact stands in one list only: answered wrong in the course of the day it is worth a second look, however it ended.
    """

    answers: int
    finished: int  # facts recalled and put off to a later day
    minutes: int  # spent on the answers whose time is known
    learned: tuple[FactRef, ...]  # met for the first time and recalled
    mistaken: tuple[FactRef, ...]  # answered wrong, the one with the most slips first
    tomorrow: Today  # as it will be when it begins

    @property
    def next_day(self) -> date | None:
        """The next study day that brings something; None when none is in sight."""
        if self.tomorrow.left:
            return self.tomorrow.day
        return self.tomorrow.day + self.tomorrow.next_in if self.tomorrow.next_in else None


def recap(session: Session, learner: User, *, now: datetime) -> Recap | None:
    """The learner's study day so far, or None when no set has been taken up. Six statements at most."""
    day = learner.clock.day(now)
    tomorrow = today(session, learner, now=learner.clock.start(day + timedelta(days=1)))
    if tomorrow is None:
        return None
    count = session.get(DayCount, (learner.id, day))
    answered = session.execute(_answered(learner, day)).all() if count and count.answers else []
    return Recap(
        answers=count.answers if count else 0,
        finished=count.finished if count else 0,
        minutes=round(count.ms / 60_000) if count else 0,
        learned=tuple(_ref(row) for row in answered if row.met and not row.slips and row.state == State.REVIEW),
        mistaken=tuple(_ref(row) for row in answered if row.slips),
        tomorrow=tomorrow,
    )


def _ref(row: Row[Any]) -> FactRef:
    return FactRef(row.set_key, row.key, row.statement)


def _answered(learner: User, day: date) -> Any:
    """The facts answered on a study day, with how many answers were wrong and whether one was the first meeting."""
    wrong = func.sum(case((Review.rating == Rating.AGAIN, 1), else_=0)).label("slips")
    first_meeting = func.max(case((Review.before["state"].as_integer() == State.NEW, 1), else_=0)).label("met")
    return (
        select(Fact.key, QuestionSet.key.label("set_key"), Fact.statement, Memory.state, wrong, first_meeting)
        .select_from(Review)
        .join(Fact, Fact.id == Review.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Memory, and_(Memory.learner_id == Review.learner_id, Memory.fact_id == Review.fact_id))
        .where(Review.learner_id == learner.id, Review.day == day, Review.undone_at.is_(None))
        .group_by(Fact.id, Fact.key, QuestionSet.key, Fact.statement, Memory.state)
        .order_by(wrong.desc(), func.min(Review.id))
    )
