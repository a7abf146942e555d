"""How a learner studies each set: the plan, what it will cost and bring, and its change."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.defaults import RETENTION_CHOICES
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.exam import ExamForecast
from quizapp.core.scheduling.plans import all_met_on, place_in_total, shared_pace
from quizapp.core.scheduling.scheduler import State
from quizapp.core.scheduling.workload import DAYS, StudyState, project
from quizapp.models import Fact, Memory, Plan, QuestionSet, User
from quizapp.services import due_days, eligibility, exams, memories
from quizapp.services.answer_times import read_effort
from quizapp.services.errors import NotFound
from quizapp.services.memories import to_plan


@dataclass(frozen=True, slots=True)
class Exam:
    """What awaits a learner on an exam day, as shares of the set's facts expected to be recalled that morning.

    `forecast` is what the plan brings if it is kept, `if_stopped` the score if nothing more is studied; suspended facts
    are left out. `new_today` are the new facts that today brings by the plan.
    """

    day: date
    days_to_go: int
    forecast: ExamForecast
    if_stopped: float  # 0..1
    unmet: int
    new_today: int


@dataclass(frozen=True, slots=True)
class NewFacts:
    """How many facts a set has, those of other topics left out, and when all will have been met without an exam."""

    facts: int
    unmet: int
    all_met_on: date | None  # None for never


@dataclass(frozen=True, slots=True)
class Workload:
    """What a desired retention (0..1) means, on average over the next DAYS days."""

    desired_retention: float
    reviews: float  # answers a day
    minutes: float  # a day


@dataclass(frozen=True, slots=True)
class PlanPage:
    """`plan` is what the form shows: an exam that is over is not in it."""

    key: str
    title: str
    language: str  # of the set
    plan: scheduler.Plan
    paused: bool
    topics: tuple[str, ...]  # that new facts come from; none: all
    all_topics: dict[str, str]  # titles by key
    new_facts: NewFacts
    exam: Exam | None
    workloads: tuple[Workload, ...]  # of RETENTION_CHOICES and the plan's own, by rising retention
    workload_to_keep: dict[str, Any] | None  # for `keep_workload`; None where it is kept

    @property
    def unmet(self) -> int:
        return self.new_facts.unmet


class Preview(NamedTuple):
    """What a changed plan would bring."""

    new_facts: NewFacts
    exam: Exam | None


class PreviousPlan(NamedTuple):
    """How a set was studied before a change."""

    plan: scheduler.Plan
    paused: bool
    topics: list[str]


def read_plan(session: Session, learner: User, set_key: str, *, now: datetime) -> PlanPage:
    """Return the plan of a set the learner studies, and what it means; eight statements at most. Raises NotFound.

    The workload is computed once a study day for the same plan, and kept with it.
    """
    today = learner.clock.day(now)
    row = _own_plan(session, learner, set_key)
    plan = _as_of(to_plan(row.Plan, learner), today)
    standing = _read_standing(session, learner, row.set_id)
    ahead = {row.set_id: _as_studied(plan, paused=row.Plan.paused)} if plan.exam_day else {}
    before, total = _plans_before(session, learner, row.set_id, today), learner.total_new_per_day
    pace = plan.new_per_day if total is None else shared_pace(plan.new_per_day, before, total=total, days=DAYS)
    long_term = replace(plan, exam_day=None, new_per_day=pace, planned_on=None, planned_new=None)
    basis = _basis(learner, long_term, row.Plan.topics, today)
    kept = row.Plan.workload or {}
    is_kept = kept.get("basis") == basis
    if not is_kept:
        kept = {"basis": basis, "workloads": _foresee_workloads(session, learner, row.set_id, long_term, today)}
    return PlanPage(
        key=row.key,
        title=row.title,
        language=row.language,
        plan=plan,
        paused=row.Plan.paused,
        topics=tuple(row.Plan.topics),
        all_topics={topic["key"]: topic["title"] for topic in row.header_topics},
        new_facts=_new_facts(session, learner, row.set_id, standing, plan, today, before),
        exam=_read_exams(session, learner, ahead, today, {row.set_id: standing}).get(row.set_id),
        workloads=tuple(Workload(*each) for each in kept["workloads"]),
        workload_to_keep=None if is_kept else kept,
    )


def keep_workload(session: Session, learner: User, set_key: str, workload: dict[str, Any]) -> None:
    """Keep the workload that `read_plan` computed. Raises NotFound."""
    _own_plan(session, learner, set_key).Plan.workload = workload
    session.flush()


def _basis(learner: User, plan: scheduler.Plan, topics: Sequence[str], today: date) -> str:
    """Return what a kept workload is valid for, in short."""
    decisive = (today, astuple(plan), *topics, learner.asks_essays)
    return sha256(repr(decisive).encode()).hexdigest()[:16]


def _foresee_workloads(
    session: Session, learner: User, set_id: int, plan: scheduler.Plan, today: date
) -> list[tuple[float, float, float]]:
    """Return the values of a Workload for each desired retention; three statements."""
    study, effort = _read_study(session, learner, set_id, today), read_effort(session, learner.id)
    workloads = []
    for retention in sorted({*RETENTION_CHOICES, plan.desired_retention}):
        aimed = replace(plan, desired_retention=retention)
        future = project(study, aimed, days=DAYS, seed=exams.seed_of(learner, set_id), effort=effort)
        workloads.append((retention, future.answers_a_day, future.minutes_a_day))
    return workloads


def read_exams(
    session: Session, learner: User, plans: Mapping[int, scheduler.Plan], *, now: datetime
) -> dict[int, Exam]:
    """Return what awaits the learner on the exams of these plans, by the id of the set.

    For those whose day is planned, the forecast is what was foreseen then. Three statements for these, and three for
    all others; none without an exam.
    """
    ahead = {set_id: plan for set_id, plan in plans.items() if plan.exam_day is not None}
    if not ahead:
        return {}
    return _read_exams(session, learner, ahead, learner.clock.day(now))


def _read_exams(
    session: Session,
    learner: User,
    ahead: Mapping[int, scheduler.Plan],
    today: date,
    standings: Mapping[int, exams.Standing] | None = None,
) -> dict[int, Exam]:
    """Return the exams of these plans; `standings` are those of their sets where they were read."""
    planned = [set_id for set_id, plan in ahead.items() if plan.planned_on == today]
    forecasts = exams.read_forecasts(session, learner, planned, today) if planned else {}
    if standings is None:
        standings = exams.read_standing(session, learner, forecasts) if forecasts else {}
    others = [set_id for set_id in ahead if set_id not in forecasts or set_id not in standings]
    studies = exams.read_studies(session, learner, others, today) if others else {}
    return {
        set_id: _exam(studies[set_id], plan, seed=exams.seed_of(learner, set_id))
        if set_id in studies
        else _planned_exam(plan, forecasts[set_id], standings[set_id], today)
        for set_id, plan in ahead.items()
    }


def list_exam_days(session: Session, learner: User, today: date) -> Sequence[Any]:
    """Return key, title and exam day of the sets with an exam to come, the soonest first; one statement."""
    return session.execute(
        select(QuestionSet.key, QuestionSet.title, Plan.exam_day)
        .join(QuestionSet, QuestionSet.id == Plan.set_id)
        .where(Plan.learner_id == learner.id, Plan.paused.is_(False), Plan.exam_day >= today)
        .order_by(Plan.exam_day, QuestionSet.id)
    ).all()


def preview_plan(
    session: Session, learner: User, set_key: str, plan: scheduler.Plan | None, *, now: datetime
) -> Preview | None:
    """Return what a changed plan would bring; None without a valid plan. Raises NotFound."""
    today = learner.clock.day(now)
    row = _own_plan(session, learner, set_key)
    if plan is None:
        return None
    before = _plans_before(session, learner, row.set_id, today)
    changed = _with_exam_of(plan, to_plan(row.Plan, learner), today)
    return Preview(
        new_facts=_new_facts(
            session, learner, row.set_id, _read_standing(session, learner, row.set_id), plan, today, before
        ),
        exam=read_exams(session, learner, {row.set_id: changed}, now=now).get(row.set_id),
    )


def _new_facts(
    session: Session,
    learner: User,
    set_id: int,
    standing: exams.Standing,
    plan: scheduler.Plan,
    today: date,
    before: Sequence[tuple[int, int]],
) -> NewFacts:
    met_today, _ = _read_done(session, learner, set_id, today)
    total = learner.total_new_per_day
    day = all_met_on(plan, today, unmet=standing.unmet, met_today=met_today, before=before, total=total)
    return NewFacts(standing.facts, standing.unmet, day)


def _read_standing(session: Session, learner: User, set_id: int) -> exams.Standing:
    return exams.read_standing(session, learner, [set_id]).get(set_id, exams.Standing(0, 0))


def _read_done(session: Session, learner: User, set_id: int, today: date) -> tuple[int, int]:
    """Return how many facts of a set were met today, and how many reviewed; one statement."""
    done = memories.done_on(learner.id, today)
    row = session.execute(select(done.c.met, done.c.reviewed).where(done.c.set_id == set_id)).one_or_none()
    return (row.met, row.reviewed) if row else (0, 0)


def change_plan(
    session: Session,
    learner: User,
    set_key: str,
    plan: scheduler.Plan,
    *,
    paused: bool,
    topics: Sequence[str] | None = None,
    now: datetime,
) -> PreviousPlan:
    """Change how a set is studied: everything in REVIEW falls due as if last answered under the new plan. Four
    statements.

    New facts come from `topics` ([]: from all), None leaves them as they were. Gives how it was before, an exam that
    is over left out. Raises NotFound.
    """
    today = learner.clock.day(now)
    row = _own_plan(session, learner, set_key)
    former = PreviousPlan(_as_of(to_plan(row.Plan, learner), today), row.Plan.paused, row.Plan.topics)
    plan = _with_exam_of(_as_of(plan, today), former.plan, today)
    row.Plan.desired_retention, row.Plan.new_per_day = plan.desired_retention, plan.new_per_day
    row.Plan.exam_day, row.Plan.ceiling, row.Plan.paused = plan.exam_day, plan.ceiling, paused
    row.Plan.easy_days = "".join(map(str, sorted(plan.easy_days)))
    row.Plan.exam_since, row.Plan.exam_minutes, row.Plan.exam_pace = plan.exam_since, plan.exam_minutes, plan.exam_pace
    row.Plan.planned_on = row.Plan.planned_new = None  # today is planned again
    if topics is not None:
        chosen = [topic["key"] for topic in row.header_topics if topic["key"] in topics]
        row.Plan.topics = [] if len(chosen) == len(row.header_topics) else chosen
    session.flush()
    due_days.replan(session, row.set_id, {learner.id: memories.adapt_plan(plan, learner)})
    return former


def resume_set(session: Session, learner: User, set_key: str) -> None:
    """Let a paused set be asked again. Raises NotFound."""
    _own_plan(session, learner, set_key).Plan.paused = False
    session.flush()


def _own_plan(session: Session, learner: User, set_key: str) -> Any:
    row = session.execute(
        select(
            Plan,
            QuestionSet.id.label("set_id"),
            QuestionSet.key,
            QuestionSet.title,
            QuestionSet.header["language"].as_string().label("language"),
            QuestionSet.header["topics"].label("header_topics"),
        )
        .join(QuestionSet, QuestionSet.id == Plan.set_id)
        .where(Plan.learner_id == learner.id, QuestionSet.key == set_key)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _as_of(plan: scheduler.Plan, today: date) -> scheduler.Plan:
    """Return the plan without an exam that is over."""
    return replace(plan, exam_day=None) if plan.exam_day and plan.exam_day < today else plan


def _as_studied(plan: scheduler.Plan, *, paused: bool) -> scheduler.Plan:
    """Return the plan as it is kept: a paused one takes no time."""
    return replace(plan, exam_minutes=0, exam_pace=0, planned_on=None) if paused else plan


def _with_exam_of(plan: scheduler.Plan, former: scheduler.Plan, today: date) -> scheduler.Plan:
    """Return the plan with the day on which its exam was set: today, unless the former plan has the same exam."""
    same = former.exam_day == plan.exam_day and former.exam_since is not None
    since = former.exam_since if same else today
    return replace(plan, exam_since=since if plan.exam_day else None, planned_on=None, planned_new=None)


def _read_study(session: Session, learner: User, set_id: int, today: date) -> StudyState:
    """Return where the learner stands with a set, in two statements; what is new is that of the plan's topics."""
    rows = session.execute(exams.select_facts(learner, [set_id])).all()
    met = tuple(memories.to_core(row) for row in rows if row.state not in (None, State.NEW))
    return StudyState(today, met, len(rows) - len(met), *_read_done(session, learner, set_id, today))


def _plans_before(session: Session, learner: User, set_id: int, today: date) -> list[tuple[int, int]]:
    """Return the plans that use up a shared total of new facts before this one, each with its pace and unmet facts.

    None do without a shared total, which takes no statement.
    """
    if learner.total_new_per_day is None:
        return []
    sharing = session.execute(
        select(Plan.set_id, Plan.new_per_day, Plan.exam_day, func.count().label("unmet"))
        .join(Fact, Fact.set_id == Plan.set_id)
        .outerjoin(Memory, and_(Memory.fact_id == Fact.id, Memory.learner_id == Plan.learner_id))
        .where(
            Plan.learner_id == learner.id,
            or_(Plan.paused.is_(False), Plan.set_id == set_id),
            Fact.archived_at.is_(None),
            or_(Memory.fact_id.is_(None), and_(Memory.state == State.NEW, Memory.suspended.is_(False))),
            eligibility.in_topics(),
            *eligibility.is_asked(learner),
        )
        .group_by(Plan.set_id, Plan.new_per_day, Plan.exam_day, Plan.started_at)
        .order_by(Plan.started_at, Plan.set_id)
    ).all()
    ordered = sorted(sharing, key=lambda row: place_in_total(row.exam_day, today))
    return [(row.new_per_day, row.unmet) for row in takewhile(lambda row: row.set_id != set_id, ordered)]


def _exam(study: exams.ExamStudy, plan: scheduler.Plan, *, seed: str) -> Exam:
    assert plan.exam_day is not None
    return Exam(
        day=plan.exam_day,
        days_to_go=(plan.exam_day - study.today).days,
        forecast=study.forecast(plan, seed),
        if_stopped=study.score_if_stopped(plan.exam_day),
        unmet=study.unmet,
        new_today=len(study.choose(plan).new) + study.met_today,
    )


def _planned_exam(plan: scheduler.Plan, forecast: ExamForecast, standing: exams.Standing, today: date) -> Exam:
    assert plan.exam_day is not None
    return Exam(
        day=plan.exam_day,
        days_to_go=(plan.exam_day - today).days,
        forecast=forecast,
        if_stopped=standing.score_if_stopped,
        unmet=standing.unmet,
        new_today=plan.planned_new or 0,
    )
