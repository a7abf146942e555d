"""Preparing for an exam: what each study day before it asks, and the score to expect."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, bindparam, case, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.effort import Effort
from quizapp.core.scheduling.exam import ExamFact, ExamForecast, MemoryModel, StudyDay, forecast, plan_day
from quizapp.core.scheduling.exam_plan import ExamPlan
from quizapp.core.scheduling.formulas import Formulas, Strength
from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, Memory, Plan, User
from quizapp.models.recall import recall_after
from quizapp.services import due_days, eligibility, memories
from quizapp.services.answer_times import read_effort

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ExamStudy:
    """Where a learner stands with the facts of an exam on study day `today`; `spent` seconds of it are used up."""

    today: date
    model: MemoryModel
    facts: tuple[ExamFact, ...]  # without suspended ones, in the order in which they are met
    due: Mapping[int, date] = field(default_factory=dict)  # due days of those in REVIEW, by fact id
    asked: Set[int] = frozenset()  # those of them that were put into review, and are due
    met_today: int = 0
    spent: float = 0.0

    @property
    def unmet(self) -> int:
        return sum(not fact.met for fact in self.facts)

    def choose(self, plan: scheduler.Plan) -> StudyDay:
        """Return what `today` asks for the exam of a plan, and what was put into review; nothing on the exam day.

        Facts in learning steps are left out: they are asked anyway.
        """
        ahead = plan.exam_plan(self.today)
        if ahead is None:
            return StudyDay((), (), 0.0)
        facts = [fact for fact in self.facts if not fact.met or fact.key in self.due]
        day = plan_day(facts, ahead, self.today, model=self.model, spent=self.spent, met_today=self.met_today)
        return replace(day, reviews=(*day.reviews, *sorted(self.asked - {*day.reviews})))

    def forecast(self, plan: scheduler.Plan, seed: str) -> ExamForecast:
        """Return what the plan brings by its exam, which is not over."""
        assert plan.exam_day is not None
        ahead = plan.exam_plan(self.today) or ExamPlan(plan.exam_day, self.today, 0)
        return forecast(
            self.facts, ahead, self.today, seed=seed, model=self.model, spent=self.spent, met_today=self.met_today
        )

    def score_if_stopped(self, exam: date) -> float:
        """Return the share of the facts expected to be recalled on the exam if nothing more is studied, 0..1."""
        return sum(self.model.recall(fact, exam) for fact in self.facts) / max(len(self.facts), 1)


def read_studies(session: Session, learner: User, set_ids: Sequence[int], today: date) -> dict[int, ExamStudy]:
    """Return where a learner stands with sets, by set id; three statements."""
    parameters = memories.adapt_plan(scheduler.Plan(), learner).parameters
    model = MemoryModel(Formulas(parameters), read_effort(session, learner.id))
    done = {row.set_id: row for row in session.execute(select(memories.done_on(learner.id, today)))}
    facts: dict[int, list[ExamFact]] = {set_id: [] for set_id in set_ids}
    due: dict[int, dict[int, date]] = {set_id: {} for set_id in set_ids}
    asked: dict[int, set[int]] = {set_id: set() for set_id in set_ids}
    is_asked = due_days.is_asked_for().label("asked")
    for row in session.execute(select_facts(learner, set_ids, Fact.id, Fact.importance, is_asked)):
        facts[row.set_id].append(_exam_fact(row))
        if row.state == State.REVIEW:
            due[row.set_id][row.id] = row.due_day
            if row.asked and row.due_day <= today:
                asked[row.set_id].add(row.id)
    return {
        set_id: ExamStudy(
            today, model, tuple(facts[set_id]), due[set_id], asked[set_id], *_used(done.get(set_id), model.effort)
        )
        for set_id in set_ids
    }


def _used(done: Any, effort: Effort) -> tuple[int, float]:
    """Return how many facts were met today, and about how many seconds were spent."""
    if done is None:
        return 0, 0.0
    return done.met, done.met * effort.new_seconds() + done.reviewed * effort.times.right


class Standing(NamedTuple):
    """How many facts are studied under a plan, how many of them were not met, and the score (0..1) if no more is
    studied until its exam, without one 0."""

    facts: int
    unmet: int
    score_if_stopped: float = 0.0


def read_standing(session: Session, learner: User, set_ids: Collection[int]) -> dict[int, Standing]:
    """Return where a learner stands with sets and the exams of their plans, by set id; two statements.

    The score is the same as ExamStudy.score_if_stopped. Sets without facts are left out.
    """
    decay = learner.parameters[20]
    days = type_coerce(Plan.exam_day, Integer) - type_coerce(Memory.last_day, Integer)
    chance = case((days > 0, recall_after(days, decay)), else_=1.0)
    unmet = func.coalesce(Memory.state, State.NEW) == State.NEW
    rows = session.execute(
        select_facts(learner, list(set_ids))
        .with_only_columns(
            Fact.set_id,
            func.count().label("facts"),
            func.sum(case((unmet, 1), else_=0)).label("unmet"),
            func.sum(case((unmet | Plan.exam_day.is_(None), 0.0), else_=chance)).label("recalled"),
        )
        .order_by(None)
        .group_by(Fact.set_id)
    )
    known_first = read_effort(session, learner.id).known_first
    return {
        row.set_id: Standing(row.facts, row.unmet, (row.recalled + row.unmet * known_first) / row.facts) for row in rows
    }


def read_forecasts(session: Session, learner: User, set_ids: Collection[int], today: date) -> dict[int, ExamForecast]:
    """Return what was foreseen for the exams of sets when `today` was planned, by set id; one statement."""
    kept = select(Plan.set_id, Plan.exam_forecast).where(
        Plan.learner_id == learner.id, Plan.set_id.in_(set_ids), Plan.planned_on == today
    )
    return {row.set_id: _from_json(row.exam_forecast) for row in session.execute(kept) if row.exam_forecast}


def _to_json(found: ExamForecast) -> dict[str, Any]:
    return asdict(found) | {"all_met_on": found.all_met_on and found.all_met_on.isoformat()}


def _from_json(kept: dict[str, Any]) -> ExamForecast:
    day = kept["all_met_on"]
    return ExamForecast(**kept | {"all_met_on": day and date.fromisoformat(day)})


def seed_of(learner: User, set_id: int) -> str:
    """Return what makes the chance in every forecast of a plan the same again."""
    return f"{learner.id}:{set_id}"


def select_facts(learner: User, set_ids: Sequence[int], *columns: Any) -> Any:
    """Select these columns of the facts studied under the plans of sets, with the learner's memories of them.

    Suspended facts are left out, and unmet ones of topics that a plan does not take new facts from.
    """
    return (
        select(Fact.set_id, *columns, *memories.COLUMNS)
        .join(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == learner.id))
        .outerjoin(Memory, and_(Memory.fact_id == Fact.id, Memory.learner_id == learner.id))
        .where(
            Fact.set_id.in_(set_ids),
            Fact.archived_at.is_(None),
            or_(Memory.suspended.is_(None), Memory.suspended.is_(False)),
            or_(Memory.state != State.NEW, eligibility.in_topics()),
            *eligibility.is_asked(learner),
        )
        .order_by(Fact.set_id, Fact.position)
    )


def _exam_fact(row: Any) -> ExamFact:
    if row.stability is None or row.last_day is None:
        return ExamFact(row.id, row.importance)
    return ExamFact(row.id, row.importance, row.last_day, Strength(row.stability, row.difficulty))


# The study day


def is_day_planned(session: Session, learner: User, *, now: datetime) -> bool:
    """Return whether what today asks for exams was chosen already, and no exam is over; one statement."""
    today = learner.clock.day(now)
    unplanned = select(Plan.set_id).where(
        Plan.learner_id == learner.id,
        Plan.paused.is_(False),
        or_(Plan.exam_day < today, Plan.exam_day.is_not(None) & Plan.planned_on.is_distinct_from(today)),
    )
    return session.execute(unplanned.limit(1)).first() is None


def plan_study_day(session: Session, learner: User, *, now: datetime) -> None:
    """Choose what today asks for the exams of a learner's plans, and keep what is foreseen, unless that was done.

    Nothing is asked on the exam day. Once it is over, it is removed, and everything falls due on its own day again.
    """
    today = learner.clock.day(now)
    rows = session.execute(
        select(Plan.set_id, *memories.PLAN_COLUMNS)
        .where(Plan.learner_id == learner.id, Plan.exam_day.is_not(None), Plan.paused.is_(False))
        .order_by(Plan.set_id)
        .with_for_update(key_share=True)  # before the memories, as others who change a plan
    ).all()
    for row in rows:
        plan = memories.to_plan(row, learner)
        if plan.needs_planning(today):
            _plan_set(session, learner, row.set_id, plan, today)


def _plan_set(session: Session, learner: User, set_id: int, plan: scheduler.Plan, today: date) -> None:
    assert plan.exam_day is not None
    row = update(Plan).where(Plan.learner_id == learner.id, Plan.set_id == set_id)
    if today >= plan.exam_day:  # on the exam day, what is due by then waits for the next one
        due_days.replan(session, set_id, {learner.id: replace(plan, exam_day=None)})
    if today > plan.exam_day:
        over = {"exam_day": None, "exam_since": None, "planned_on": None, "planned_new": None, "exam_forecast": None}
        session.execute(row.values(over))
        return
    study = read_studies(session, learner, [set_id], today)[set_id]
    chosen = study.choose(plan)
    _move(session, learner.id, _due_days(study, chosen.reviews))
    foreseen = _to_json(study.forecast(plan, seed_of(learner, set_id)))
    new = len(chosen.new) + study.met_today
    session.execute(row.values(planned_on=today, planned_new=new, exam_forecast=foreseen))


def _due_days(study: ExamStudy, chosen: Sequence[int]) -> dict[int, date]:
    """Return the due days that change: what is chosen is due today, and what else would be due waits."""
    later = study.today + _ONE_DAY
    wanted = {fact_id: max(day, later) for fact_id, day in study.due.items()} | dict.fromkeys(chosen, study.today)
    return {fact_id: day for fact_id, day in wanted.items() if fact_id in study.due and study.due[fact_id] != day}


def _move(session: Session, learner_id: int, due_days: Mapping[int, date]) -> None:
    if due_days:
        of = memories.memory_table.c
        session.connection().execute(
            update(memories.memory_table).where(
                of.learner_id == learner_id, of.fact_id == bindparam("fact"), of.state == State.REVIEW
            ),
            [{"fact": fact_id, "due_day": day} for fact_id, day in sorted(due_days.items())],
        )
