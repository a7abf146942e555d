"""What is assigned for study enters each student's own plan."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from quizapp.core import defaults
from quizapp.core.assignments import StudyGoal
from quizapp.core.scheduling import scheduler
from quizapp.models import Assignment, Enrolment, Fact, Plan, User
from quizapp.models.database import insert_or
from quizapp.services import access, audit_log, due_days, memories
from quizapp.services.errors import NotFound
from quizapp.services.memory_events import ask_today

_plan_table: Table = Plan.__table__  # type: ignore[assignment]


def add_all_to_plans(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    """Add everything a class was asked to study to the plans of a student who joined it.

    Facts assigned by name are left out: they were for one day. Raises NotFound for somebody who is not in the class.
    """
    _, enrolment = access.enrolled(session, user, class_id)
    if enrolment.role != access.STUDENT:
        return
    asked = session.scalars(
        select(Assignment)
        .where(Assignment.class_id == class_id, Assignment.kind == "study", Assignment.archived_at.is_(None))
        .order_by(Assignment.id)
    )
    for assignment in asked:
        if not assignment.fact_ids:
            add_to_plans(session, [user], assignment, now=now)


def list_students(session: Session, class_id: int) -> list[User]:
    """Return the current students of a class."""
    query = (
        select(User)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(*access.is_student_of(class_id))
        .order_by(User.id)
    )
    return list(session.scalars(query))


def add_to_plans(
    session: Session,
    learners: Sequence[User],
    assignment: Assignment,
    *,
    now: datetime,
    former_exam: date | None = None,
) -> None:
    """Add an assignment to study to the plans of learners (see StudyGoal.apply_to); five statements at most.

    The due days of facts they have learned follow the changed plans.
    """
    goal = assignment.goal
    plans = _plans(session, learners, assignment.set_id)
    created, changed, replanned = [], [], {}
    for learner in learners:
        today = learner.clock.day(now)
        plan = plans.get(learner.id)
        values = _values(goal.apply_to(_goal(plan), today, former_exam=former_exam))
        values |= _exam_start(values["exam_day"], plan, today)
        key = {"learner_id": learner.id, "set_id": assignment.set_id}
        if plan is None:
            created.append(key | values | {"started_at": now})
        elif values != _values(_goal(plan)) | _exam_start(plan.exam_day, plan, today):
            changed.append(key | values)
            replanned[learner.id] = _plan_of(values, plan, learner, today)
    _create_plans(session, created)
    if changed:
        session.execute(update(Plan), changed)
        due_days.replan(session, assignment.set_id, replanned)


def assign_facts(
    session: Session,
    teacher: User,
    class_id: int,
    set_id: int,
    fact_ids: Sequence[int],
    *,
    title: str,
    now: datetime,
) -> Assignment:
    """Ask these facts of a set in today's review of every student of a class; ten statements.

    A student without a plan for the set gets one without new facts. Raises NotFound, also for facts of another set.
    """
    classroom = access.class_to_teach(session, teacher, class_id)
    access.set_to_read(session, teacher, set_id)
    facts = select(Fact.id).where(Fact.set_id == set_id, Fact.id.in_(fact_ids), Fact.archived_at.is_(None))
    found = sorted(session.scalars(facts))
    if not found:
        raise NotFound
    assignment = Assignment(
        class_id=class_id,
        set_id=set_id,
        made_by_id=teacher.id,
        kind="study",
        title=title,
        created_at=now,
        fact_ids=found,
        new_per_day=0,
    )
    session.add(assignment)
    session.flush()
    learners = list_students(session, class_id)
    plan = {"set_id": set_id, "started_at": now, "new_per_day": 0, "desired_retention": defaults.DESIRED_RETENTION}
    _create_plans(session, [plan | {"learner_id": learner.id, "exam_day": None, "topics": []} for learner in learners])
    ask_today(session, learners, found, now=now)
    audit_log.record(session, teacher, "assigned", now=now, classroom=classroom, title=title)
    return assignment


def _plans(session: Session, learners: Sequence[User], set_id: int) -> dict[int, Plan]:
    query = (
        select(Plan)
        .where(Plan.set_id == set_id, Plan.learner_id.in_([learner.id for learner in learners]))
        .order_by(Plan.learner_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {plan.learner_id: plan for plan in session.scalars(query)}


def _create_plans(session: Session, plans: list[dict[str, Any]]) -> None:
    """Create plans where there are none yet."""
    if plans:
        usual = {"paused": False, "easy_days": "", "ceiling": None}
        rows = [usual | plan for plan in plans]
        session.execute(insert_or(session, _plan_table).values(rows).on_conflict_do_nothing())


def _plan_of(values: dict[str, Any], plan: Plan, learner: User, today: date) -> scheduler.Plan:
    """Return the changed plan, without an exam that is over."""
    kept = {name: getattr(plan, name) for name in ("easy_days", "ceiling", "exam_minutes", "exam_pace")}
    found = memories.to_plan(SimpleNamespace(**values, **kept), learner)
    return found if found.exam_day is None or found.exam_day >= today else replace(found, exam_day=None)


def _exam_start(exam: date | None, plan: Plan | None, today: date) -> dict[str, Any]:
    """Return the columns that an exam sets in a plan: its facts are chosen again if it is not the same as before."""
    if plan is not None and plan.exam_day == exam:
        return {name: getattr(plan, name) for name in ("exam_since", "planned_on", "planned_new")}
    return {"exam_since": today if exam else None, "planned_on": None, "planned_new": None}


def _goal(plan: Plan | None) -> StudyGoal | None:
    if plan is None:
        return None
    return StudyGoal(tuple(plan.topics), plan.exam_day, plan.desired_retention, plan.new_per_day)


def _values(goal: StudyGoal | None) -> dict[str, Any]:
    assert goal is not None
    return {
        "topics": list(goal.topics),
        "exam_day": goal.exam_day,
        "desired_retention": goal.desired_retention,
        "new_per_day": goal.new_per_day,
    }
