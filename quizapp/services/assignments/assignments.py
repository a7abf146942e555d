"""Assignments created, changed, archived, restored and copied to another class."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.assignments import instant, wall_time
from quizapp.models import Assignment, Classroom, QuestionSet, User
from quizapp.services import access, audit_log
from quizapp.services.assignments.deadlines import move_deadlines
from quizapp.services.assignments.study_plans import add_to_plans, list_students
from quizapp.services.errors import NotFound
from quizapp.services.running_quizzes import InRunningQuiz, has_hidden_facts

TIMES = ("opens_at", "due_at", "closes_at")


def list_sets(session: Session, teacher: User) -> list[QuestionSet]:
    """Return the sets offered to a teacher to assign, by title: the built-in ones and their own."""
    query = select(QuestionSet).where(access.offered_sets(teacher), QuestionSet.archived_at.is_(None))
    return list(session.scalars(query.order_by(QuestionSet.title, QuestionSet.id)))


def create_assignment(
    session: Session,
    teacher: User,
    class_id: int,
    set_id: int,
    kind: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> Assignment:
    """Ask a class to study a set, or to take a quiz on it; `values` are columns of Assignment.

    Raises NotFound, and InRunningQuiz: in a class of their own, a student could read what they are being asked.
    """
    classroom = access.class_to_teach(session, teacher, class_id)
    access.set_to_read(session, teacher, set_id)
    return _add(session, teacher, classroom, {**values, "set_id": set_id, "kind": kind}, now)


def change_assignment(
    session: Session, teacher: User, assignment_id: int, values: Mapping[str, Any], *, now: datetime
) -> Assignment:
    """Change an assignment: plans and running attempts follow.

    Raises NotFound, also for facts assigned by name, which were for one day.
    """
    assignment = access.assignment_to_teach(session, teacher, assignment_id, lock=True)
    if assignment.fact_ids:
        raise NotFound
    former_exam = assignment.exam_day
    for name, value in values.items():
        setattr(assignment, name, value)
    session.flush()
    if assignment.kind == "quiz":
        move_deadlines(session, assignment)
    else:
        add_to_plans(session, list_students(session, assignment.class_id), assignment, now=now, former_exam=former_exam)
    _log(session, teacher, "changed_assignment", assignment, now)
    return assignment


def archive_assignment(session: Session, teacher: User, assignment_id: int, *, now: datetime) -> Assignment:
    """Archive an assignment: students no longer see it, results and plans stay. Raises NotFound."""
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    if assignment.archived_at is None:
        assignment.archived_at = now
        _log(session, teacher, "archived_assignment", assignment, now)
    return assignment


def restore_assignment(session: Session, teacher: User, assignment_id: int, *, now: datetime) -> Assignment:
    """Restore an archived assignment. Raises NotFound."""
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    if assignment.archived_at is not None:
        assignment.archived_at = None
        _log(session, teacher, "restored_assignment", assignment, now)
    return assignment


def copy_assignment(session: Session, teacher: User, assignment_id: int, class_id: int, *, now: datetime) -> Assignment:
    """Assign the same to another class, or to the same again; times keep what the clock shows there.

    Raises NotFound, also for facts assigned by name, and InRunningQuiz.
    """
    original = access.assignment_to_teach(session, teacher, assignment_id)
    if original.fact_ids:
        raise NotFound
    here = session.get_one(Classroom, original.class_id)
    there = access.class_to_teach(session, teacher, class_id)
    left_out = {"id", "class_id", "made_by_id", "created_at", "archived_at"}
    values = {c.key: getattr(original, c.key) for c in Assignment.__table__.c if c.key not in left_out}
    for name in TIMES:
        if values[name] is not None:
            values[name] = _moved(values[name], here.timezone, there.timezone)
    return _add(session, teacher, there, values, now)


def _moved(at: datetime, here: str, there: str) -> datetime:
    """Return the instant at which clocks there show what they show here at `at`, or `at` if they skip that time."""
    try:
        return instant(wall_time(at, here), there, later=True)
    except ValueError:
        return at


def _add(session: Session, teacher: User, classroom: Classroom, values: Mapping[str, Any], now: datetime) -> Assignment:
    if has_hidden_facts(session, teacher, values["set_id"], now=now):
        raise InRunningQuiz
    assignment = Assignment(class_id=classroom.id, made_by_id=teacher.id, created_at=now, **values)
    session.add(assignment)
    session.flush()
    if assignment.kind == "study":
        add_to_plans(session, list_students(session, classroom.id), assignment, now=now)
    _log(session, teacher, "assigned", assignment, now)
    return assignment


def _log(session: Session, teacher: User, what: str, assignment: Assignment, now: datetime) -> None:
    classroom = session.get_one(Classroom, assignment.class_id)
    audit_log.record(session, teacher, what, now=now, classroom=classroom, title=assignment.title)
