"""The report of a learner's record, from memories and day counts; it never counts reviews."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, case, cast, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import (
    CalendarWeek,
    DueDay,
    FactRef,
    GroupMastery,
    Mastery,
    TimedDay,
    TimeSpent,
    WeakFact,
    calendar,
    forecast,
    known_now,
    streak,
    time_spent,
)
from quizapp.core.progress.retention import Retention
from quizapp.core.scheduling.scheduler import LEECH_LAPSES, State
from quizapp.models import DayCount, Fact, Memory, Plan, QuestionSet, User
from quizapp.models.database import StudyDay
from quizapp.models.recall import known_on
from quizapp.services import eligibility, memories, running_quizzes

FORECAST_DAYS = 30
RETENTION_DAYS = 30
TIME_DAYS = 30
LISTED = 10  # facts in a list

# What the same facts can be grouped by: the groups of a fact, and where the set names them.
VIEWS: dict[str, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
    "topic": (Fact.topic, QuestionSet.header["topics"]),  # type: ignore[dict-item]
    "passage": (Fact.passages, QuestionSet.header["passages"]),  # type: ignore[dict-item]
    "actor": (Fact.actors, QuestionSet.names),  # type: ignore[dict-item]
}


@dataclass(frozen=True, slots=True)
class SetMastery:
    """A set the learner studies: all of it, and its groups. `placed` are the facts that are in a group at all."""

    key: str
    title: str
    language: str
    desired_retention: float  # 0..1
    mastery: Mastery
    placed: int
    groups: tuple[GroupMastery, ...]


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
class ProgressReport:
    """Everything the progress page shows, as of study day `today`; `leeches` counts all, of which some are listed."""

    today: date
    by: str  # one of VIEWS
    studied_today: bool
    streak: int
    totals: Totals
    retention: Retention
    forecast: list[DueDay]
    calendar: list[CalendarWeek]
    time: TimeSpent
    sets: list[SetMastery]
    weakest: list[WeakFact]
    worst_leeches: list[WeakFact]
    leeches: int

    @property
    def targets(self) -> list[float]:
        """The retention aimed for (0..1): one number when all sets agree, else the lowest and the highest."""
        aims = {each.desired_retention for each in self.sets}
        return sorted({min(aims), max(aims)}) if aims else []

    @property
    def mastery(self) -> Mastery:
        return sum((each.mastery for each in self.sets), Mastery(0))


def read_report(session: Session, learner: User, *, now: datetime, by: str = "topic") -> ProgressReport:
    """Read the learner's report at an instant, with mastery by one of VIEWS; six statements, whatever its size."""
    today = learner.clock.day(now)
    days = _day_counts(session, learner)
    answers = {row.day: row.answers for row in days if row.answers}
    leeches = session.execute(_leeches(learner, now)).all()
    return ProgressReport(
        today=today,
        by=by,
        studied_today=today in answers,
        streak=streak(answers, today),
        totals=Totals(len(answers), sum(answers.values()), sum(row.ms for row in days), sum(row.timed for row in days)),
        retention=_retention(days, today),
        forecast=forecast(read_due_days(session, learner, today), today, FORECAST_DAYS),
        calendar=calendar(answers, today),
        time=time_spent((TimedDay(row.day, row.ms, row.timed) for row in days), today, TIME_DAYS),
        sets=_sets(session, learner, today, by),
        weakest=[_weak_fact(row, today) for row in session.execute(_weakest(learner, today, now))],
        worst_leeches=[_weak_fact(row, today) for row in leeches],
        leeches=leeches[0].total if leeches else 0,
    )


def _day_counts(session: Session, learner: User) -> Sequence[DayCount]:
    return session.scalars(select(DayCount).where(DayCount.learner_id == learner.id)).all()


def _retention(days: Sequence[DayCount], today: date) -> Retention:
    since = today - timedelta(days=RETENTION_DAYS - 1)
    recent = (
        Retention(row.long_term, row.long_term_correct, row.long_term_recalled, row.long_term_guess_odds)
        for row in days
        if row.day >= since
    )
    return sum(recent, Retention())


def read_due_days(session: Session, learner: User, today: date, days: int = FORECAST_DAYS) -> dict[date, int]:
    """Count the facts due on each of `days` study days from today; a skipped one on the day it comes back.

    Nothing of a set that is paused falls due.
    """
    day: ColumnElement[date] = type_coerce(
        case((Memory.skipped_until > Memory.due_day, Memory.skipped_until), else_=Memory.due_day), StudyDay
    )
    rows = session.execute(
        select(day, func.count())
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, (Plan.set_id == Fact.set_id) & (Plan.learner_id == Memory.learner_id))
        .where(
            Memory.learner_id == learner.id,
            Memory.due_day < today + timedelta(days=days),
            Memory.suspended.is_(False),
            Fact.archived_at.is_(None),
            Plan.paused.is_(False),
            *eligibility.is_asked(learner),
        )
        .group_by(day)
    )
    return dict(rows.all())


def _sets(session: Session, learner: User, today: date, by: str) -> list[SetMastery]:
    groups_of, named_in = VIEWS[by]
    masteries: defaultdict[tuple[int, Any], Mastery] = defaultdict(Mastery)
    placed: Counter[int] = Counter()
    for row in session.execute(_sum_up(learner, groups_of, today)):
        summed = Mastery(row.facts, row.met, row.known)
        groups = {row.groups} if by == "topic" else set(json.loads(row.groups))
        placed[row.set_id] += row.facts if groups else 0
        for group in (None, *groups):
            masteries[row.set_id, group] += summed
    sets = session.execute(
        select(QuestionSet.id, QuestionSet.key, QuestionSet.title, Plan.desired_retention, named_in.label("named"))
        .add_columns(QuestionSet.header["language"].as_string().label("language"))
        .join(Plan, Plan.set_id == QuestionSet.id)
        .where(Plan.learner_id == learner.id)
        .order_by(Plan.started_at, QuestionSet.id)
    )
    return [
        SetMastery(
            row.key,
            row.title,
            row.language,
            row.desired_retention,
            masteries[row.id, None],
            placed[row.id],
            tuple(_groups(row, masteries, by)),
        )
        for row in sets
    ]


def _sum_up(learner: User, groups: ColumnElement[Any], today: date) -> Select[int, str, int, Any, float]:
    """Select the mastery of the facts of the learner's sets that are in the same groups, which are a text or JSON."""
    return (
        select(
            Fact.set_id,
            cast(groups, String).label("groups"),
            func.count().label("facts"),
            func.sum(case((Memory.state != State.NEW, 1), else_=0)).label("met"),
            func.sum(known_on(today)).label("known"),
        )
        .join(Plan, (Plan.set_id == Fact.set_id) & (Plan.learner_id == learner.id))
        .outerjoin(Memory, (Memory.fact_id == Fact.id) & (Memory.learner_id == learner.id))
        .where(Fact.archived_at.is_(None))
        .group_by(Fact.set_id, cast(groups, String))
    )


def _groups(row: Any, masteries: Mapping[tuple[int, Any], Mastery], by: str) -> list[GroupMastery]:
    """Return the groups of a set that have facts: topics and passages in its order, actors by their facts,
    most first."""
    key, title = ("number", "title") if by == "passage" else ("key", "name" if by == "actor" else "title")
    found = [
        GroupMastery(str(named[key]), named[title], masteries[row.id, named[key]], named.get("icon"))
        for named in row.named
        if (row.id, named[key]) in masteries
    ]
    return sorted(found, key=lambda group: -group.mastery.total) if by == "actor" else found


def _met_facts(learner: User, now: datetime, *more: ColumnElement[Any]) -> Select[Any]:
    """Select the first LISTED facts met, of the sets the learner studies."""
    return (
        select(
            QuestionSet.key.label("set_key"),
            QuestionSet.header["language"].as_string().label("language"),
            Fact.key,
            Fact.statement,
            *memories.CURVE_COLUMNS,
            Memory.lapses,
            Memory.suspended,
            *more,
        )
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Plan, (Plan.set_id == Fact.set_id) & (Plan.learner_id == Memory.learner_id))
        .where(Memory.learner_id == learner.id, Fact.archived_at.is_(None), *running_quizzes.is_shown(learner, now))
        .limit(LISTED)
    )


def _weakest(learner: User, today: date, now: datetime) -> Select[Any]:
    """Select the learned facts least likely to be recalled today; retrievability falls with days elapsed per
    stability."""
    elapsed = literal(today.toordinal()) - type_coerce(Memory.last_day, Integer)
    return (
        _met_facts(learner, now)
        .where(Memory.state == State.REVIEW, Memory.last_day < today, Memory.suspended.is_(False))
        .order_by((elapsed / Memory.stability).desc(), Fact.id)
    )


def _leeches(learner: User, now: datetime) -> Select[Any]:
    """Select the facts most often forgotten, suspended ones included; `total` counts all."""
    found = _met_facts(learner, now, func.count().over().label("total")).where(Memory.lapses >= LEECH_LAPSES)
    return found.order_by(Memory.lapses.desc(), Fact.id)


def _weak_fact(row: Any, today: date) -> WeakFact:
    fact = FactRef(row.set_key, row.key, row.statement, row.language)
    return WeakFact(fact, known_now(memories.curve_memory(row), today), row.lapses, row.suspended)
