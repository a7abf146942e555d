"""What a learner knows, did and will have to do, from memories and day counts; no page ever counts reviews."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.core import scheduling
from quizapp.core.progress import (
    CalendarWeek,
    DueDay,
    Mastery,
    Retention,
    calendar,
    forecast,
    mastery,
    streak,
)
from quizapp.core.scheduling import State
from quizapp.models import DayCount, Fact, Memory, Plan, QuestionSet, User
from quizapp.models.base import StudyDay

FORECAST_DAYS = 30
RETENTION_DAYS = 30


@dataclass(frozen=True, slots=True)
class TopicMastery:
    key: str
    title: str
    mastery: Mastery


@dataclass(frozen=True, slots=True)
class SetMastery:
    """A set the learner studies; its topics in the set's own order, and all of them together."""

    key: str
    title: str
    desired_retention: float  # 0..1
    topics: tuple[TopicMastery, ...]

    @property
    def mastery(self) -> Mastery:
        return sum((topic.mastery for topic in self.topics), Mastery(0))


@dataclass(frozen=True, slots=True)
class Totals:
    """Since the learner began. `ms` is the time of the `timed` answers only."""

    days: int
    answers: int
    ms: int
    timed: int

    @property
    def minutes(self) -> int:
        return round(self.ms / 60_000)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the progress page shows, as of study day `today`."""

    today: date
    studied_today: bool
    streak: int
    totals: Totals
    retention: Retention
    forecast: list[DueDay]
    calendar: list[CalendarWeek]
    sets: list[SetMastery]

    @property
    def targets(self) -> list[float]:
        """The retention aimed for (0..1): one number when all sets agree, else the lowest and the highest."""
        aims = {each.desired_retention for each in self.sets}
        return sorted({min(aims), max(aims)}) if aims else []

    @property
    def mastery(self) -> Mastery:
        return sum((each.mastery for each in self.sets), Mastery(0))


def report(session: Session, learner: User, *, now: datetime) -> Report:
    """What the learner's record says at an instant; five statements, whatever its size."""
    today = learner.clock.day(now)
    days = _day_counts(session, learner)
    answers = {row.day: row.answers for row in days if row.answers}
    return Report(
        today=today,
        studied_today=today in answers,
        streak=streak(answers, today),
        totals=Totals(len(answers), sum(answers.values()), sum(row.ms for row in days), sum(row.timed for row in days)),
        retention=_retention(days, today),
        forecast=forecast(_due_days(session, learner, today), today, FORECAST_DAYS),
        calendar=calendar(answers, today),
        sets=_sets(session, learner, today),
    )


def _day_counts(session: Session, learner: User) -> Sequence[DayCount]:
    return session.scalars(select(DayCount).where(DayCount.learner_id == learner.id)).all()


def _retention(days: Sequence[DayCount], today: date) -> Retention:
    since = today - timedelta(days=RETENTION_DAYS - 1)
    recent = [row for row in days if row.day >= since]
    return Retention(sum(row.long_term for row in recent), sum(row.long_term_correct for row in recent))


def _due_days(session: Session, learner: User, today: date) -> dict[date, int]:
    """Facts due on each study day up to the end of the forecast; a buried one on the day it comes back."""
    day: ColumnElement[date] = type_coerce(
        case((Memory.buried_until > Memory.due_day, Memory.buried_until), else_=Memory.due_day), StudyDay
    )
    rows = session.execute(
        select(day, func.count())
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, (Plan.set_id == Fact.set_id) & (Plan.learner_id == Memory.learner_id))
        .where(
            Memory.learner_id == learner.id,
            Memory.due_day < today + timedelta(days=FORECAST_DAYS),
            Memory.suspended.is_(False),
            Fact.retired_at.is_(None),
        )
        .group_by(day)
    )
    return dict(rows.all())


def _sets(session: Session, learner: User, today: date) -> list[SetMastery]:
    sizes = _topic_sizes(session, learner)
    memories = _memories(session, learner)
    return [
        SetMastery(
            row.key,
            row.title,
            row.desired_retention,
            tuple(
                TopicMastery(
                    topic["key"],
                    topic["title"],
                    mastery(memories[row.id, topic["key"]], total=sizes[row.id, topic["key"]], today=today),
                )
                for topic in row.topics
                if (row.id, topic["key"]) in sizes
            ),
        )
        for row in session.execute(
            select(
                QuestionSet.id,
                QuestionSet.key,
                QuestionSet.title,
                QuestionSet.header["topics"].label("topics"),
                Plan.desired_retention,
            )
            .join(Plan, Plan.set_id == QuestionSet.id)
            .where(Plan.learner_id == learner.id)
            .order_by(Plan.started_at, QuestionSet.id)
        )
    ]


def _topic_sizes(session: Session, learner: User) -> dict[tuple[int, str], int]:
    rows = session.execute(
        select(Fact.set_id, Fact.topic, func.count())
        .join(Plan, Plan.set_id == Fact.set_id)
        .where(Plan.learner_id == learner.id, Fact.retired_at.is_(None))
        .group_by(Fact.set_id, Fact.topic)
    )
    return {(set_id, topic): facts for set_id, topic, facts in rows}


def _memories(session: Session, learner: User) -> dict[tuple[int, str], list[scheduling.Memory]]:
    """The learner's memories by set and topic, each with no more than retrievability needs."""
    rows = session.execute(
        select(Fact.set_id, Fact.topic, Memory.state, Memory.stability, Memory.last_day)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(Memory.learner_id == learner.id, Fact.retired_at.is_(None))
    )
    memories = defaultdict(list)
    for set_id, topic, state, stability, last_day in rows:
        memories[set_id, topic].append(
            scheduling.Memory(State(state), None, stability, None, last_day, None, None, 0, 0)
        )
    return memories
