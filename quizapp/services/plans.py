"""How a learner studies each set: the plan, what it will cost and bring, and its change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.defaults import RETENTION_CHOICES
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.exam import ExamForecast
from quizapp.core.scheduling.exam_plan import ExamPlan
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
    """Return the plan of a set the learner studies, and what it means; five statements at most. Raises NotFound."""
    today = learner.clock.day(now)
    row = _own_plan(session, learner, set_key)
    plan = _as_of(to_plan(row.Plan, learner), today)
    studied = _as_studied(plan, paused=row.Plan.paused)
    study = _studies(session, learner, [row.set_id], today)[row.set_id]
    effort, seed = read_effort(session, learner.id), _seed(learner, row.set_id)
    before, total = _plans_before(session, learner, row.set_id, today), learner.total_new_per_day
    pace = plan.new_per_day if total is None else shared_pace(plan.new_per_day, before, total=total, days=DAYS)
    workloads = []
    for retention in sorted({*RETENTION_CHOICES, plan.desired_retention}):
        long_term = replace(plan, desired_retention=retention, exam_day=None, new_per_day=pace)
        future = project(study, long_term, days=DAYS, seed=seed, effort=effort)
        workloads.append(Workload(retention, future.answers_a_day, future.minutes_a_day))
    return PlanPage(
        key=row.key,
        title=row.title,
        language=row.language,
        plan=plan,
        paused=row.Plan.paused,
        topics=tuple(row.Plan.topics),
        all_topics={topic["key"]: topic["title"] for topic in row.header_topics},
        new_facts=_new_facts(study, plan, before, total),
        exam=read_exams(session, learner, {row.set_id: studied}, now=now).get(row.set_id),
        workloads=tuple(workloads),
    )


def read_exams(
    session: Session, learner: User, plans: Mapping[int, scheduler.Plan], *, now: datetime
) -> dict[int, Exam]:
    """Return what awaits the learner on the exams of these plans, by the id of the set.

    Three statements; none without an exam.
    """
    ahead = {set_id: plan for set_id, plan in plans.items() if plan.exam_day is not None}
    if not ahead:
        return {}
    studies = exams.read_studies(session, learner, list(ahead), learner.clock.day(now))
    return {set_id: _exam(studies[set_id], plan, seed=_seed(learner, set_id)) for set_id, plan in ahead.items()}


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
    study = _studies(session, learner, [row.set_id], today)[row.set_id]
    changed = _with_exam_of(plan, to_plan(row.Plan, learner), today)
    return Preview(
        new_facts=_new_facts(study, plan, before, learner.total_new_per_day),
        exam=read_exams(session, learner, {row.set_id: changed}, now=now).get(row.set_id),
    )


def _new_facts(
    study: StudyState, plan: scheduler.Plan, before: Sequence[tuple[int, int]], total: int | None
) -> NewFacts:
    day = all_met_on(plan, study.today, unmet=study.unmet, met_today=study.met_today, before=before, total=total)
    return NewFacts(study.facts, study.unmet, day)


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
    return replace(plan, exam_minutes=0, exam_pace=0) if paused else plan


def _with_exam_of(plan: scheduler.Plan, former: scheduler.Plan, today: date) -> scheduler.Plan:
    """Return the plan with the day on which its exam was set: today, unless the former plan has the same exam."""
    same = former.exam_day == plan.exam_day and former.exam_since is not None
    since = former.exam_since if same else today
    return replace(plan, exam_since=since if plan.exam_day else None, planned_on=None, planned_new=None)


def _studies(session: Session, learner: User, set_ids: Sequence[int], today: date) -> dict[int, StudyState]:
    """Return where the learner stands with each set, in two statements; what is new is that of the plan's topics."""
    rows = session.execute(exams.select_facts(learner, set_ids)).all()
    done = memories.done_on(learner.id, today)
    done_in = {row.set_id: row for row in session.execute(select(done))}
    met: dict[int, list[scheduler.Memory]] = {set_id: [] for set_id in set_ids}
    unmet = dict.fromkeys(set_ids, 0)
    for row in rows:
        if row.state in (None, State.NEW):
            unmet[row.set_id] += 1
        else:
            met[row.set_id].append(memories.to_core(row))
    return {
        set_id: StudyState(
            today,
            tuple(met[set_id]),
            unmet[set_id],
            met_today=done_in[set_id].met if set_id in done_in else 0,
            reviewed_today=done_in[set_id].reviewed if set_id in done_in else 0,
        )
        for set_id in set_ids
    }


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
    ahead = plan.exam_plan(study.today) or ExamPlan(plan.exam_day, study.today, 0)
    return Exam(
        day=plan.exam_day,
        days_to_go=(plan.exam_day - study.today).days,
        forecast=study.forecast(ahead, seed),
        if_stopped=study.score_if_stopped(plan.exam_day),
        unmet=study.unmet,
        new_today=len(study.choose(plan).new) + study.met_today,
    )


def _seed(learner: User, set_id: int) -> str:
    return f"{learner.id}:{set_id}"
