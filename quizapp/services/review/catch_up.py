"""Catching up after an absence: the backlog is spread evenly over some days, without new facts meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.scheduling.plans import CATCH_UP_DAYS, FORGOTTEN, is_backlog, most_on_a_day, reviews_a_day
from quizapp.core.scheduling.scheduler import State
from quizapp.core.scheduling.sessions import RECALL_FROM
from quizapp.models import DayCount, Fact, Memory, Plan, User
from quizapp.services import eligibility, running_quizzes
from quizapp.services.answer_times import read_effort

RECENT = 14  # days with answers, by which the usual day is measured


@dataclass(frozen=True, slots=True)
class CatchUpOption:
    """A number of days to catch up in, and the reviews and minutes a day that it means."""

    days: int
    reviews: int
    minutes: int


@dataclass(frozen=True, slots=True)
class CatchUpOffer:
    """A backlog: the facts `due`, the oldest for `days_late` days, and over how many days they can be spread."""

    due: int
    days_late: int
    options: tuple[CatchUpOption, ...]
    suggested: int  # days


def read_offer(session: Session, learner: User, *, now: datetime) -> CatchUpOffer | None:
    """Read the backlog of a learner after an absence, None where there is none; three statements at most."""
    today = learner.clock.day(now)
    due_on = _count_by_due_day(session, learner, today, now)
    due = sum(count for day, count in due_on if day <= today)
    if not due:
        return None
    days_late, usual = (today - due_on[0].due_day).days, _usual_answers(session, learner, today)
    if not is_backlog(due, days_late=days_late, usual=usual):
        return None
    seconds = read_effort(session, learner.id).due_seconds(1 - FORGOTTEN, RECALL_FROM)
    options = tuple(_option(due_on, days, today, seconds) for days in CATCH_UP_DAYS)
    suggested = next((each.days for each in options if each.reviews <= most_on_a_day(usual)), CATCH_UP_DAYS[-1])
    return CatchUpOffer(due, days_late, options, suggested)


def begin_catch_up(learner: User, days: int, *, now: datetime) -> None:
    """Spread the reviews that are due over so many days, today included."""
    learner.catch_up_until = learner.clock.day(now) + timedelta(days=days - 1)


def end_catch_up(learner: User) -> None:
    """Let everything that is due wait today again."""
    learner.catch_up_until = None


def _count_by_due_day(session: Session, learner: User, today: date, now: datetime) -> Sequence[Any]:
    """Return the number of reviews due on each day until the last to which they could be spread, oldest first.

    Sets with an exam ahead are left out: what they ask each day is chosen for the exam.
    """
    return session.execute(
        select(Memory.due_day, func.count())
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, and_(Plan.learner_id == Memory.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Memory.learner_id == learner.id,
            Memory.due_day < today + timedelta(days=CATCH_UP_DAYS[-1]),
            Memory.state == State.REVIEW,
            eligibility.is_active(today),
            Plan.paused.is_(False),
            or_(Plan.exam_day.is_(None), Plan.exam_day < today),
            Fact.archived_at.is_(None),
            *eligibility.is_asked(learner),
            *running_quizzes.is_shown(learner, now),
        )
        .group_by(Memory.due_day)
        .order_by(Memory.due_day)
    ).all()


def _usual_answers(session: Session, learner: User, today: date) -> float:
    """Return the mean number of answers on the last days before today on which there were any; 0 without such days."""
    recent = (
        select(DayCount.answers)
        .where(DayCount.learner_id == learner.id, DayCount.day < today, DayCount.answers > 0)
        .order_by(DayCount.day.desc())
        .limit(RECENT)
    )
    answers = session.scalars(recent).all()
    return fmean(answers) if answers else 0.0


def _option(due_on: Sequence[Any], days: int, today: date, seconds: float) -> CatchUpOption:
    """Return what it means to spread all that is due by the last of these days, where a review takes so long."""
    reviews = reviews_a_day(sum(count for day, count in due_on if day < today + timedelta(days=days)), days)
    return CatchUpOption(days, reviews, max(round(reviews * seconds / 60), 1))
