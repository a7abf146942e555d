"""A learner's own parameters: found from their reviews, and their memories computed with them.

Reading and computing come first and take seconds for a long log; `save_adjustment` then writes in one short
transaction.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session

from quizapp.core.kinds import parse_question
from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.events import EventKind
from quizapp.core.scheduling.personal import (
    ENOUGH,
    Findings,
    History,
    PastReview,
    find_out,
    typical_factor,
)
from quizapp.core.scheduling.plans import spread_over_days
from quizapp.core.scheduling.scheduler import STANDARD, Rating, State, replanned
from quizapp.models import DayCount, Fact, Memory, MemoryEvent, Plan, QuestionVersion, Review, User
from quizapp.services import memories
from quizapp.services.memories import memory_table, seed_of
from quizapp.services.replay import memory_at_end, read_log, replay

FITTED_EVERY = timedelta(days=7)
NEW_REVIEWS = 20  # long-term reviews since the last time, below which nothing new is to be expected
QUIET_FOR = timedelta(hours=1)  # since the last answer; memories are not computed again in the middle of a session
USUAL_DAYS, FEWEST_A_DAY = 30, 10  # a normal day: the mean of these days, and what anybody can do
NOTEWORTHY = 0.05  # a factor within this of 1 is no adjustment that anybody would notice

# How fast a learner forgets, and the factor of the usual intervals below which that is so
PACES = {"faster": 0.6, "slightly_faster": 0.9, "usual": 1.1, "slightly_slower": 1.6, "slower": math.inf}

Histories = Mapping[
    int, Sequence[History]
]  # of each fact: the last one led to its memory, others to one before a reset


class ChangedMeanwhile(Exception):
    """What an adjustment rests on is no longer so: it has to be found again."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is to be saved about a learner, and the memories that it changes, as values by bind names.

    `basis` is what it rests on besides the answers; `versions` are those of all memories that it was computed from, by
    the fact's id.
    """

    basis: list[Any]
    findings: Findings
    uses_standard: bool
    changed: list[dict[str, Any]]
    versions: Mapping[int, int]

    @property
    def in_force(self) -> Findings:
        return Findings() if self.uses_standard else self.findings


def list_due_learners(session: Session, *, now: datetime, limit: int) -> Sequence[User]:
    """Return learners with enough reviews, enough of them new, who were not looked at within the week."""
    today = now.date()
    is_new = or_(User.fitted_on.is_(None), DayCount.day >= User.fitted_on)
    new = func.sum(case((is_new, DayCount.long_term), else_=0))
    ids = (
        select(User.id)
        .join(DayCount, DayCount.learner_id == User.id)
        .where(or_(User.fitted_on.is_(None), User.fitted_on <= today - FITTED_EVERY))
        .group_by(User.id)
        .having(func.sum(DayCount.long_term) >= ENOUGH, new >= NEW_REVIEWS)
    )
    return session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id).limit(limit)).all()


def is_studying(session: Session, learner: User, *, now: datetime) -> bool:
    """Return whether a learner has answered within the last hour."""
    last = (
        select(Review.at).where(Review.learner_id == learner.id).order_by(Review.day.desc(), Review.id.desc()).limit(1)
    )
    at = session.scalar(last)
    return at is not None and at > now - QUIET_FOR


def find_adjustment(session: Session, learner: User, *, now: datetime) -> Adjustment:
    """Return what a learner's reviews say by now, and the memories under it."""
    basis = _read_basis(session, learner.id)
    histories = _read_histories(session, learner.id)
    logs = [history for of_fact in histories.values() for history in of_fact]
    findings = find_out(logs, tuple(learner.fitted_parameters or STANDARD))
    return _adjustment(session, learner, basis, findings, uses_standard=learner.uses_standard, now=now)


def find_switch(session: Session, learner: User, *, uses_standard: bool, now: datetime) -> Adjustment:
    """Return what it changes to use the standard parameters, or the learner's own again."""
    basis = _read_basis(session, learner.id)
    own = tuple(learner.fitted_parameters or STANDARD)
    findings = Findings(own, learner.fitted_factor, learner.fitted_elimination)
    return _adjustment(session, learner, basis, findings, uses_standard=uses_standard, now=now)


def _read_basis(session: Session, learner_id: int, *, lock: bool = False) -> list[Any]:
    """Return the settings and plans of a learner, and how much of the log is no answer or was undone.

    With `lock`, others who change the settings or plans wait until this transaction ends. Four statements.
    """
    own = (
        User.timezone, User.rollover_hour, User.uses_standard, User.fitted_parameters, User.fitted_factor,
        User.fitted_elimination,
    )  # fmt: skip
    plans = select(Plan.set_id, *memories.PLAN_COLUMNS).where(Plan.learner_id == learner_id).order_by(Plan.set_id)
    events = select(func.count(), func.count(MemoryEvent.undone_at)).where(MemoryEvent.learner_id == learner_id)
    undone = select(func.count(Review.undone_at)).where(Review.learner_id == learner_id)
    kept = [select(*own).where(User.id == learner_id), plans]
    if lock:
        kept = [query.with_for_update(key_share=True) for query in kept]
    return [session.execute(query).all() for query in (*kept, events, undone)]


def _adjustment(
    session: Session, learner: User, basis: list[Any], findings: Findings, *, uses_standard: bool, now: datetime
) -> Adjustment:
    in_force = Findings() if uses_standard else findings
    versions = _read_versions(session, learner.id)
    changed = _changed_memories(session, learner, in_force, now, read_log(session, learner.id), versions)
    return Adjustment(basis, findings, uses_standard, changed, versions)


def save_adjustment(session: Session, learner: User, adjustment: Adjustment, *, now: datetime) -> None:
    """Save an adjustment. The memories that were answered meanwhile are computed here.

    What today asks for an exam is chosen again. Raises ChangedMeanwhile.
    """
    if _read_basis(session, learner.id, lock=True) != adjustment.basis:
        raise ChangedMeanwhile
    session.refresh(learner)
    own = adjustment.findings
    learner.fitted_parameters = None if own.parameters == STANDARD else list(own.parameters)
    learner.fitted_factor, learner.fitted_elimination = own.interval_factor, own.elimination
    learner.uses_standard = adjustment.uses_standard
    is_adjusted = own.parameters != STANDARD or abs(own.interval_factor - 1) >= NOTEWORTHY
    learner.adjusted_on = (learner.adjusted_on or learner.clock.day(now)) if is_adjusted else None
    session.flush()
    session.execute(update(Plan).where(Plan.learner_id == learner.id).values(planned_on=None, planned_new=None))
    versions = _read_versions(session, learner.id)
    answered = [fact_id for fact_id, version in versions.items() if adjustment.versions.get(fact_id) != version]
    changed = [each for each in adjustment.changed if each["fact"] not in answered]
    if answered:
        log = {fact_id: read_log(session, learner.id, fact_id)[fact_id] for fact_id in answered}
        changed += _changed_memories(session, learner, adjustment.in_force, now, log, answered)
    if changed:
        key = (
            memory_table.c.learner_id == learner.id,
            memory_table.c.fact_id == bindparam("fact"),
            memory_table.c.version == bindparam("seen"),
        )
        session.connection().execute(update(memory_table).where(*key), changed)


def forgetting_pace(learner: User) -> str | None:
    """Return how the learner's own intervals compare with the usual ones, as a key of PACES; None for a learner who
    has none."""
    if learner.adjusted_on is None:
        return None
    own = Findings(tuple(learner.fitted_parameters or STANDARD), learner.fitted_factor)
    factor = typical_factor(own)
    return next(pace for pace, longest in PACES.items() if factor < longest)


def note_fitted(session: Session, learner: User, *, now: datetime) -> None:
    """Note that a learner's reviews were looked at."""
    learner.fitted_on = learner.clock.day(now)
    session.flush()


def _read_histories(session: Session, learner_id: int) -> Histories:
    """Return the reviews of each fact that count; two statements.

    A review whose memory had no repetitions before begins a new history: the progress on the fact was reset.
    """
    questions = _read_questions(session, learner_id)
    rows = session.execute(
        select(
            Review.fact_id, Review.at, Review.day, Review.rating, Review.guess, Review.question_version_id,
            Review.before["reps"].as_integer().label("reps"),
        )
        .where(Review.learner_id == learner_id, Review.undone_at.is_(None))
        .order_by(Review.fact_id, Review.at, Review.version)
    )  # fmt: skip
    histories: dict[int, list[list[PastReview]]] = {}
    for row in rows:
        of_fact = histories.setdefault(row.fact_id, [])
        if not of_fact or not row.reps:
            of_fact.append([])
        chance, kind = questions[row.question_version_id]
        of_fact[-1].append(PastReview(row.at, row.day, Rating(row.rating), row.guess, chance, kind))
    return histories


def _read_questions(session: Session, learner_id: int) -> dict[int, tuple[float, str]]:
    """Return the chance of picking the right answer blindly, and the kind, of the question versions answered."""
    answered = select(Review.question_version_id).where(Review.learner_id == learner_id)
    rows = session.execute(select(QuestionVersion.id, QuestionVersion.body).where(QuestionVersion.id.in_(answered)))
    parsed = {row.id: parse_question(row.body) for row in rows}
    return {version_id: (question.guess_chance, question.kind) for version_id, question in parsed.items()}


def _read_versions(session: Session, learner_id: int) -> dict[int, int]:
    """Return the versions of a learner's memories by the fact's id; one statement."""
    rows = session.execute(select(Memory.fact_id, Memory.version).where(Memory.learner_id == learner_id))
    return {row.fact_id: row.version for row in rows}


def _changed_memories(
    session: Session,
    learner: User,
    in_force: Findings,
    now: datetime,
    log: Mapping[int, Sequence[Any]],
    fact_ids: Collection[int],
) -> list[dict[str, Any]]:
    """Return the memories of these facts that differ under these findings. `log` is that of the facts.

    Facts that fall due sooner are spread over days.
    """
    today = learner.clock.day(now)
    rows = session.execute(
        select(Memory.fact_id, Memory.version, *memories.COLUMNS, *memories.PLAN_COLUMNS)
        .join(Fact, Fact.id == Memory.fact_id)
        .outerjoin(Plan, and_(Plan.set_id == Fact.set_id, Plan.learner_id == Memory.learner_id))
        .where(Memory.learner_id == learner.id, Memory.state != State.NEW)
        .order_by(Memory.fact_id)
    ).all()
    found, sooner = {}, []
    for row in (row for row in rows if row.fact_id in fact_ids):
        plan = _plan_in_force(row, in_force, today)
        kept, seed = memories.to_core(row), seed_of(learner.id, row.fact_id)
        entries = log.get(row.fact_id, [])
        memory = _recomputed(learner, row.fact_id, kept, entries, plan)
        if not (entries and entries[-1].kind == EventKind.ASKED):  # what was put into review stays due
            memory = replanned(memory, plan, seed)
        found[row.fact_id] = (row.version, kept, memory)
        if memory.state == State.REVIEW and memory.due_day and kept.due_day and kept.due_day > today:
            assert memory.last_day and memory.stability
            if memory.due_day < kept.due_day:
                urgency = (today - memory.last_day).days / memory.stability
                sooner.append((row.fact_id, memory.due_day, kept.due_day, urgency))
    days = spread_over_days(sooner, today, _normal_day(session, learner, today))
    return [
        _changed(fact_id, version, memory, days.get(fact_id, memory.due_day))
        for fact_id, (version, kept, memory) in found.items()
        if memory != kept
    ]


def _plan_in_force(row: Any, in_force: Findings, today: date) -> scheduler.Plan:
    """Return the plan of a fact, without an exam that is over."""
    plan = memories.to_plan(row, None)
    exam_day = plan.exam_day if plan.exam_day and plan.exam_day >= today else None
    return replace(plan, exam_day=exam_day, parameters=in_force.parameters, interval_factor=in_force.interval_factor)


def _recomputed(
    learner: User, fact_id: int, kept: scheduler.Memory, log: Sequence[Any], plan: scheduler.Plan
) -> scheduler.Memory:
    """Return a memory as its log leads to it under a plan; as it is where the log does not lead to it at all."""
    memory = memory_at_end(replay(learner, fact_id, log, plan))
    known = any(entry.kind == EventKind.KNOWN for entry in log)  # which counts only if it makes the memory stronger
    same = ("state", "step", "reps") if known else ("state", "step", "reps", "last_day")
    if not all(getattr(memory, name) == getattr(kept, name) for name in same):
        return kept
    return replace(memory, lapses=kept.lapses, due_day=kept.due_day, due_at=kept.due_at)


def _normal_day(session: Session, learner: User, today: date) -> int:
    """Return how many answers the learner gives on a day of study."""
    mean = select(func.avg(DayCount.answers)).where(
        DayCount.learner_id == learner.id,
        DayCount.day > today - timedelta(days=USUAL_DAYS),
        DayCount.answers > 0,
    )
    return max(round(session.scalar(mean) or 0), FEWEST_A_DAY)


def _changed(fact_id: int, version: int, memory: scheduler.Memory, due_day: date | None) -> dict[str, Any]:
    return {
        "fact": fact_id,
        "seen": version,
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "decay": memory.decay,
        "last_day": memory.last_day,
        "due_day": due_day,
    }
