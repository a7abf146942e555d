"""What a learner's study day holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CTE, Integer, Select, and_, case, cast, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.core.progress.mastery import FactRef
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.effort import Effort
from quizapp.core.scheduling.exam import StudyDay
from quizapp.core.scheduling.scheduler import State, chance_after
from quizapp.core.scheduling.sessions import RECALL_FROM, QueueGroup
from quizapp.models import Fact, Memory, Plan, QuestionSet, User
from quizapp.services import access, eligibility, exams, running_quizzes
from quizapp.services.answer_times import read_effort
from quizapp.services.memories import to_plan
from quizapp.services.review.allowances import (
    ORDINARY,
    SessionScope,
    catch_up_days,
    check_planned,
    day_of,
    needs_planning,
    read_plans,
)
from quizapp.services.review.queue import parameters, shape_of
from quizapp.services.review.waiting import waiting_facts

MOST_SUSPENDED = 50  # facts in a list

LONG_OVERDUE = 10  # stabilities since the last review


@dataclass(frozen=True, slots=True)
class SetToday:
    """One set's part of today; `over_limit` are facts due that its ceiling leaves for later days."""

    set_id: int
    key: str
    title: str
    language: str
    plan: scheduler.Plan
    paused: bool
    due: int
    new: int
    over_limit: int


@dataclass(frozen=True, slots=True)
class Today:
    """What today holds: facts due, facts new, facts done with, answers given, and about how long the rest takes."""

    day: date
    sets: tuple[SetToday, ...]
    finished: int
    answers: int
    minutes: int
    next_in: timedelta | None  # until the next day on which something falls due; None while something waits today
    days_late: int  # for how long the oldest review has been due
    catch_up_until: date | None  # the last day over which a backlog is spread; None where none is

    @property
    def due(self) -> int:
        return sum(each.due for each in self.sets)

    @property
    def new(self) -> int:
        return sum(each.new for each in self.sets)

    @property
    def over_limit(self) -> int:
        return sum(each.over_limit for each in self.sets)

    @property
    def all_paused(self) -> bool:
        return all(each.paused for each in self.sets)

    @property
    def exams_ahead(self) -> dict[int, scheduler.Plan]:
        """The plans with an exam to come, by the id of their set; not the paused ones."""
        return {
            each.set_id: each.plan
            for each in self.sets
            if each.plan.exam_day and each.plan.exam_day >= self.day and not each.paused
        }

    @property
    def only_exams(self) -> bool:
        """Return whether an exam is to come in every set that is not paused."""
        return all(each.paused or each.set_id in self.exams_ahead for each in self.sets)

    @property
    def needs_planning(self) -> bool:
        """Return whether services.exams.plan_study_day still has to choose what an exam asks, or to end one."""
        return any(each.plan.needs_planning(self.day) and not each.paused for each in self.sets)

    @property
    def left(self) -> int:
        return self.due + self.new


def start_plan(session: Session, learner: User, set_id: int, *, now: datetime) -> bool:
    """Start studying a set, or resume it if it was paused; return whether it is new to the learner. Raises NotFound."""
    access.set_to_read(session, learner, set_id)
    plan = session.get(Plan, (learner.id, set_id))
    if plan is None:
        session.add(Plan(learner_id=learner.id, set_id=set_id, started_at=now))
    else:
        plan.paused = False
    session.flush()
    return plan is None


def studies_others(session: Session, learner: User, set_id: int) -> bool:
    """Return whether a learner studies other sets than this one, which are not paused."""
    others = select(Plan.set_id).where(Plan.learner_id == learner.id, Plan.set_id != set_id, Plan.paused.is_(False))
    return session.scalar(others.limit(1)) is not None


def read_today(session: Session, learner: User, *, now: datetime, scope: SessionScope = ORDINARY) -> Today | None:
    """Read what today, or a custom session, holds for a learner, or None when no set is studied.

    Four statements at most. Raises DayNotPlanned for a custom session.
    """
    study_day = learner.clock.day(now)
    plans = read_plans(session, learner, study_day)
    if not plans:
        return None
    if scope != ORDINARY:
        check_planned(plans, study_day)
    day = day_of(learner, plans, study_day, scope=scope)
    waits = waiting_facts(shape_of(learner, day, scope))
    waiting = session.execute(_count_waiting(waits, study_day), parameters(learner, day, now, scope)).all()
    counts: Counter[tuple[int, QueueGroup]] = Counter()
    for row in waiting:
        counts[row.set_id, QueueGroup(row.group)] += row.facts
    chosen = _choose_for_exams(session, learner, plans, study_day)
    for set_id, each in chosen.items():
        counts[set_id, QueueGroup.REVIEW], counts[set_id, QueueGroup.NEW] = len(each.reviews), len(each.new)
        counts[set_id, QueueGroup.OVER_LIMIT] = 0
    days_late = max(((study_day - row.oldest).days for row in waiting if row.oldest), default=0)
    sets = tuple(_set_today(learner, plan, counts) for plan in plans)
    due, new, over_limit = (sum(getattr(each, name) for each in sets) for name in ("due", "new", "over_limit"))
    minutes = _minutes(waiting, chosen, read_effort(session, learner.id)) if due + new else 0
    next_in = None
    if not due + new:
        next_in = timedelta(days=1) if over_limit else _next_in(session, learner, study_day, now)
    catch_up_until = learner.catch_up_until if catch_up_days(learner, study_day) else None
    return Today(study_day, sets, day.finished, day.answers, minutes, next_in, days_late, catch_up_until)


def _choose_for_exams(session: Session, learner: User, plans: Sequence[Any], day: date) -> dict[int, StudyDay]:
    """Return what will be chosen for exams on a day that is not planned yet, by set.

    No statement is needed if every plan has its day planned, or has no exam to come.
    """
    ahead = {row.set_id: to_plan(row, learner) for row in plans if needs_planning(row, day) and row.exam_day >= day}
    studies = exams.read_studies(session, learner, list(ahead), day) if ahead else {}
    return {set_id: study.choose(ahead[set_id]) for set_id, study in studies.items()}


def _count_waiting(waits: CTE, day: date) -> Select[Any]:
    """Count the facts that wait by set, group, state and step, and those to review by their stability and
    retrievability too.

    The latter depends on the time `elapsed` in stabilities. Both are the means of facts that are about the same.
    """
    in_review = waits.c.group == QueueGroup.REVIEW.value
    elapsed = case((in_review, (literal(day.toordinal()) - type_coerce(waits.c.last_day, Integer)) / waits.c.stability))
    about = case((elapsed < LONG_OVERDUE, cast(4 * elapsed, Integer)))
    asked_for_recall = case((in_review & (waits.c.stability >= RECALL_FROM), 1), else_=0)
    by = (waits.c.set_id, waits.c.group, waits.c.state, waits.c.step)
    return select(
        *by,
        func.avg(elapsed).label("elapsed"),
        func.avg(waits.c.stability).label("stability"),
        func.min(waits.c.due_day).label("oldest"),
        func.count().label("facts"),
    ).group_by(*by, about, asked_for_recall)


def _minutes(waiting: Sequence[Any], chosen: Mapping[int, StudyDay], effort: Effort) -> int:
    """Return the minutes that the facts which wait today are expected to take, at least 1.

    In the sets of an exam, those `chosen` take the place of the reviews and new facts that wait.
    """
    replaced = {(set_id, group) for set_id in chosen for group in (QueueGroup.REVIEW, QueueGroup.NEW)}
    seconds: float = sum(day.seconds for day in chosen.values())
    seconds += sum(row.facts * _seconds(row, effort) for row in waiting if (row.set_id, row.group) not in replaced)
    return max(round(seconds / 60), 1)


def _seconds(row: Any, effort: Effort) -> float:
    match QueueGroup(row.group):
        case QueueGroup.NEW:
            return effort.new_seconds()
        case QueueGroup.REVIEW:
            return effort.due_seconds(chance_after(row.elapsed, 1.0), row.stability)
        case QueueGroup.STEP | QueueGroup.LATER_STEP:
            return effort.step_seconds(State(row.state), row.step)
        case QueueGroup.OVER_LIMIT | QueueGroup.CONTRAST:
            return 0.0  # a contrast is asked instead of a later review


def _set_today(learner: User, row: Any, counts: Mapping[tuple[int, QueueGroup], int]) -> SetToday:
    due = sum(
        counts.get((row.set_id, group), 0) for group in (QueueGroup.STEP, QueueGroup.REVIEW, QueueGroup.LATER_STEP)
    )
    return SetToday(
        set_id=row.set_id,
        key=row.key,
        title=row.title,
        language=row.language,
        plan=to_plan(row, learner),
        paused=row.paused,
        due=due,
        new=counts.get((row.set_id, QueueGroup.NEW), 0),
        over_limit=counts.get((row.set_id, QueueGroup.OVER_LIMIT), 0),
    )


def _next_in(session: Session, learner: User, day: date, now: datetime) -> timedelta | None:
    soonest = session.scalar(
        select(Memory.due_day)
        .join(Fact, Fact.id == Memory.fact_id)
        .join(Plan, and_(Plan.learner_id == Memory.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Memory.learner_id == learner.id,
            Memory.due_day > day,
            Memory.suspended.is_(False),
            Plan.paused.is_(False),
            Fact.archived_at.is_(None),
            *eligibility.is_asked(learner),
            *running_quizzes.is_shown(learner, now),
        )
        .order_by(Memory.due_day)
        .limit(1)
    )
    return soonest - day if soonest else None


class SuspendedFact(NamedTuple):
    """A suspended fact; `leech_lapses` is how often it was forgotten if that is the reason."""

    fact_id: int
    fact: FactRef
    leech_lapses: int | None


def list_suspended(session: Session, learner: User, *, now: datetime) -> list[SuspendedFact]:
    """Return the suspended facts of the sets a learner studies, MOST_SUSPENDED at most; one statement."""
    rows = session.execute(
        select(
            Fact.id, Fact.key, Fact.statement, Memory.leech_lapses, QuestionSet.key.label("set_key"),
            QuestionSet.header["language"].as_string().label("language"),
        )
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .join(QuestionSet, QuestionSet.id == Fact.set_id)
        .join(Plan, and_(Plan.learner_id == Memory.learner_id, Plan.set_id == Fact.set_id))
        .where(
            Memory.learner_id == learner.id,
            Memory.suspended.is_(True),
            Fact.archived_at.is_(None),
            *running_quizzes.is_shown(learner, now),
        )
        .order_by(Memory.lapses.desc(), Fact.id)
        .limit(MOST_SUSPENDED)
    )  # fmt: skip
    return [
        SuspendedFact(row.id, FactRef(row.set_key, row.key, row.statement, row.language), row.leech_lapses)
        for row in rows
    ]
