"""How a learner studies each set: the plan, what it will cost and bring, and its change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from quizapp.core.defaults import RETENTION_CHOICES
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.plans import pace_needed
from quizapp.core.scheduling.scheduler import State
from quizapp.core.scheduling.workload import DAYS, StudyState, project
from quizapp.models import Fact, Memory, Plan, QuestionSet, User
from quizapp.services import memories
from quizapp.services.answer_times import read_effort
from quizapp.services.errors import NotFound
from quizapp.services.memories import to_plan


@dataclass(frozen=True, slots=True)
class Exam:
    """What awaits a learner on an exam day, as shares of the set's facts expected to be recalled that morning.

    `ready` is the share if the plan is kept, `if_stopped` if nothing more is studied; suspended facts are left out.
    `pace_needed` are the new facts a day it takes to meet every fact in time, None where the plan is enough.
    """

    day: date
    days_to_go: int
    ready: float  # 0..1
    if_stopped: float  # 0..1
    unmet: int
    pace_needed: int | None


@dataclass(frozen=True, slots=True)
class Workload:
    """What a desired retention (0..1) means, on average over the next DAYS days."""

    desired_retention: float
    reviews: float  # answers a day
    minutes: float  # a day


@dataclass(frozen=True, slots=True)
class PlanPage:
    """`plan` is what the form shows: an exam that is over is not in it, and stands in `exam_over`."""

    key: str
    title: str
    language: str  # of the set
    plan: scheduler.Plan
    paused: bool
    topics: tuple[str, ...]  # that new facts come from; none: all
    all_topics: dict[str, str]  # titles by key
    unmet: int  # of those topics
    exam: Exam | None
    exam_over: date | None
    workloads: tuple[Workload, ...]  # of RETENTION_CHOICES and the plan's own, by rising retention


class PreviousPlan(NamedTuple):
    """How a set was studied before a change."""

    plan: scheduler.Plan
    paused: bool
    topics: list[str]


def read_plan(session: Session, learner: User, set_key: str, *, now: datetime) -> PlanPage:
    """Return the plan of a set the learner studies, and what it means; four statements. Raises NotFound."""
    today = learner.clock.day(now)
    row = _own_plan(session, learner, set_key)
    plan, over = _as_of(to_plan(row.Plan), today)
    study = _studies(session, learner, [row.set_id], today)[row.set_id]
    effort, seed = read_effort(session, learner.id), _seed(learner, row.set_id)
    workloads = []
    for retention in sorted({*RETENTION_CHOICES, plan.desired_retention}):
        future = project(study, replace(plan, desired_retention=retention), days=DAYS, seed=seed, effort=effort)
        workloads.append(Workload(retention, future.answers_a_day, future.minutes_a_day))
    return PlanPage(
        key=row.key,
        title=row.title,
        language=row.language,
        plan=plan,
        paused=row.Plan.paused,
        topics=tuple(row.Plan.topics),
        all_topics={topic["key"]: topic["title"] for topic in row.header_topics},
        unmet=study.unmet,
        exam=_exam(study, plan, paused=row.Plan.paused, seed=_seed(learner, row.set_id)),
        exam_over=over,
        workloads=tuple(workloads),
    )


def read_exams(
    session: Session, learner: User, plans: Mapping[int, scheduler.Plan], *, now: datetime
) -> dict[int, Exam | None]:
    """Return what awaits the learner on the exams of these plans, by the id of the set; two statements, none without
    plans."""
    if not plans:
        return {}
    studies = _studies(session, learner, list(plans), learner.clock.day(now))
    return {
        set_id: _exam(studies[set_id], plan, paused=False, seed=_seed(learner, set_id))
        for set_id, plan in plans.items()
    }


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
    former = PreviousPlan(_as_of(to_plan(row.Plan), today)[0], row.Plan.paused, row.Plan.topics)
    plan, _ = _as_of(plan, today)
    row.Plan.desired_retention, row.Plan.new_per_day = plan.desired_retention, plan.new_per_day
    row.Plan.exam_day, row.Plan.ceiling, row.Plan.paused = plan.exam_day, plan.ceiling, paused
    row.Plan.easy_days = "".join(map(str, sorted(plan.easy_days)))
    if topics is not None:
        chosen = [topic["key"] for topic in row.header_topics if topic["key"] in topics]
        row.Plan.topics = [] if len(chosen) == len(row.header_topics) else chosen
    session.flush()
    memories.replan(session, row.set_id, {learner.id: plan})
    return former


def resume_set(session: Session, learner: User, set_key: str) -> None:
    """Let a paused set be asked again. Raises NotFound."""
    _own_plan(session, learner, set_key).Plan.paused = False
    session.flush()


def clear_exam(session: Session, learner: User, set_key: str, *, now: datetime) -> None:
    """Remove the exam from a plan: what was brought forward for it falls due on its own day. Raises NotFound."""
    row = _own_plan(session, learner, set_key)
    change_plan(session, learner, set_key, replace(to_plan(row.Plan), exam_day=None), paused=row.Plan.paused, now=now)


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


def _as_of(plan: scheduler.Plan, today: date) -> tuple[scheduler.Plan, date | None]:
    """Return the plan without an exam that is over, and that exam's day."""
    if plan.exam_day is None or plan.exam_day >= today:
        return plan, None
    return replace(plan, exam_day=None), plan.exam_day


def _studies(session: Session, learner: User, set_ids: Sequence[int], today: date) -> dict[int, StudyState]:
    """Return where the learner stands with each set, in two statements; what is new is that of the plan's topics."""
    rows = session.execute(
        select(Fact.set_id, *memories.COLUMNS)
        .join(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == learner.id))
        .outerjoin(Memory, and_(Memory.fact_id == Fact.id, Memory.learner_id == learner.id))
        .where(
            Fact.set_id.in_(set_ids),
            Fact.archived_at.is_(None),
            or_(Memory.suspended.is_(None), Memory.suspended.is_(False)),
            or_(Memory.state != State.NEW, memories.in_topics()),
            *memories.is_asked(learner),
        )
        .order_by(Fact.set_id, Fact.position)
    ).all()
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


def _exam(study: StudyState, plan: scheduler.Plan, *, paused: bool, seed: str) -> Exam | None:
    if plan.exam_day is None:
        return None
    days = (plan.exam_day - study.today).days
    if_stopped = study.known_on(plan.exam_day)
    ready = if_stopped if paused or not days else project(study, plan, days=days, seed=seed).known
    facts = max(study.facts, 1)
    return Exam(
        day=plan.exam_day,
        days_to_go=days,
        ready=ready / facts,
        if_stopped=if_stopped / facts,
        unmet=study.unmet,
        pace_needed=pace_needed(plan, study.today, unmet=study.unmet, met_today=study.met_today),
    )


def _seed(learner: User, set_id: int) -> str:
    return f"{learner.id}:{set_id}"
