"""The end of a study session: what it brought, what was missed, when to come back, and more to learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from quizapp.core.progress.gains import SessionAnswer, SessionGains, last_session, sum_up
from quizapp.core.progress.mastery import FactRef
from quizapp.core.scheduling.scheduler import Rating, State
from quizapp.models import Fact, Memory, QuestionSet, Review, User
from quizapp.services import access, running_quizzes
from quizapp.services.review.allowances import ORDINARY
from quizapp.services.review.custom import allow_more
from quizapp.services.review.today import Today, read_today

MORE = 10  # new facts


class MoreFacts(NamedTuple):
    """A custom session of more new facts: how many, about how many minutes, and `new` of its address."""

    facts: int
    minutes: int
    new: int


@dataclass(frozen=True, slots=True)
class Recap:
    """What the last session of a study day brought, and what is next."""

    gains: SessionGains
    learned: tuple[FactRef, ...]
    missed: tuple[FactRef, ...]  # the one with the most mistakes first
    left: Today  # of today's session
    more: MoreFacts | None  # None while something is left, or if there is nothing new
    tomorrow: Today  # as it will be when it begins

    @property
    def minutes(self) -> int:
        """The minutes spent on the answers whose time is known."""
        return round(self.gains.ms / 60_000)

    @property
    def next_day(self) -> date | None:
        """The next study day that brings something; None when none is in sight."""
        if self.tomorrow.left:
            return self.tomorrow.day
        return self.tomorrow.day + self.tomorrow.next_in if self.tomorrow.next_in else None


def read_recap(session: Session, learner: User, *, now: datetime) -> Recap | None:
    """Read the end of the learner's session, or None when no set is studied; 14 statements at most.

    Raises DayNotPlanned.
    """
    left = read_today(session, learner, now=now)
    tomorrow = read_today(session, learner, now=learner.clock.start(learner.clock.day(now) + timedelta(days=1)))
    if left is None or tomorrow is None:
        return None
    gains, facts = _read_gains(session, learner, now)
    return Recap(
        gains=gains,
        learned=tuple(facts[fact_id] for fact_id in gains.learned),
        missed=tuple(facts[fact_id] for fact_id in gains.missed),
        left=left,
        more=None if left.left or left.catch_up_until else _offer_more(session, learner, now),
        tomorrow=tomorrow,
    )


def list_missed(session: Session, learner: User, *, now: datetime) -> Sequence[int]:
    """Return the ids of the facts that were answered wrong in the last session of the study day; one statement."""
    return _read_gains(session, learner, now)[0].missed


def _read_gains(session: Session, learner: User, now: datetime) -> tuple[SessionGains, dict[int, FactRef]]:
    """Return what the last session of the study day brought, and its facts by id."""
    rows = session.execute(_todays_answers(learner, now)).all()
    answers = [
        SessionAnswer(row.fact_id, row.at, row.rating != Rating.AGAIN, State(row.before), row.stability_before, row.ms)
        for row in rows
    ]
    in_review = {row.fact_id: row.stability for row in rows if row.state == State.REVIEW}
    facts = {row.fact_id: FactRef(row.set_key, row.key, row.statement, row.language) for row in rows}
    return sum_up(last_session(answers), in_review), facts


def _todays_answers(learner: User, now: datetime) -> Select[Any]:
    """Select the answers of the study day in the order they were given, with their facts and what became of them."""
    return (
        select(
            Review.fact_id,
            Review.at,
            Review.rating,
            Review.ms,
            Review.before["state"].as_integer().label("before"),
            Review.before["stability"].as_float().label("stability_before"),
            Memory.state,
            Memory.stability,
            Fact.key,
            Fact.statement,
            QuestionSet.key.label("set_key"),
            QuestionSet.header["language"].as_string().label("language"),
        )
        .select_from(Review)
        .join(Fact, Fact.id == Review.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Memory, and_(Memory.learner_id == Review.learner_id, Memory.fact_id == Review.fact_id))
        .where(
            Review.learner_id == learner.id,
            Review.day == learner.clock.day(now),
            Review.undone_at.is_(None),
            access.visible_sets(learner),
            *running_quizzes.is_shown(learner, now),
        )
        .order_by(Review.at, Review.id)
    )


def _offer_more(session: Session, learner: User, now: datetime) -> MoreFacts | None:
    """Return more new facts to learn on a day whose session is done, if there are any."""
    scope = allow_more(session, learner, ORDINARY, MORE, now=now)
    found = read_today(session, learner, now=now, scope=scope)
    if found is None or not found.new or scope.new is None:
        return None
    return MoreFacts(found.new, found.minutes, scope.new)
