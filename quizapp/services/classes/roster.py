"""Who is in a class, for its teachers' eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.classes import sort_key
from quizapp.models import Classroom, DayCount, Enrolment, User
from quizapp.services.access import ACTIVE, STUDENT, TEACHER, class_to_teach
from quizapp.services.errors import NotFound


@dataclass(frozen=True, slots=True)
class Student:
    """`last_day` is the last study day, None before the first."""

    user_id: int
    name: str
    called: str
    status: str
    time_factor: float
    joined_at: datetime
    ended_at: datetime | None
    last_day: date | None
    may_get_password: bool

    @property
    def is_active(self) -> bool:
        return self.status == ACTIVE


@dataclass(frozen=True, slots=True)
class Teacher:
    user_id: int
    name: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """A class and everybody in it; `former` students left, or were removed or banned."""

    classroom: Classroom
    teachers: Sequence[Teacher]
    students: Sequence[Student]
    former: Sequence[Student]


def roster(session: Session, user: User, class_id: int) -> Roster:
    """Two statements, however many there are. Raises NotFound."""
    classroom = class_to_teach(session, user, class_id)
    rows = _members(session, Enrolment.class_id == class_id)
    students = sorted(
        (_student(*row) for row in rows if row[0].role == STUDENT), key=lambda one: sort_key(one.called or one.name)
    )
    return Roster(
        classroom,
        [Teacher(row.user_id, name or "", row.joined_at) for row, name, *_ in rows if _teaches_now(row)],
        [student for student in students if student.is_active],
        [student for student in students if not student.is_active],
    )


def student_of(session: Session, user: User, class_id: int, user_id: int) -> tuple[Classroom, Student]:
    """One student, in the class now or before. Raises NotFound."""
    classroom = class_to_teach(session, user, class_id)
    rows = _members(session, Enrolment.class_id == class_id, Enrolment.user_id == user_id, Enrolment.role == STUDENT)
    if not rows:
        raise NotFound
    return classroom, _student(*rows[0])


def _members(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    """Enrolment, user name, whether the account teaches, and the last study day; who came first first."""
    last_day = select(func.max(DayCount.day)).where(DayCount.learner_id == Enrolment.user_id).scalar_subquery()
    elsewhere = Enrolment.__table__.alias("elsewhere")
    teaches = (
        select(elsewhere.c.user_id)
        .where(elsewhere.c.user_id == Enrolment.user_id, elsewhere.c.role == TEACHER, elsewhere.c.status == ACTIVE)
        .exists()
    )
    return session.execute(
        select(Enrolment, User.name, or_(User.is_teacher, teaches), last_day)
        .join(User, User.id == Enrolment.user_id)
        .where(*conditions)
        .order_by(Enrolment.joined_at, Enrolment.user_id)
    ).all()


def _student(row: Enrolment, name: str | None, teaches: bool, last_day: date | None) -> Student:
    return Student(
        row.user_id,
        name or "",
        row.called,
        row.status,
        row.time_factor,
        row.joined_at,
        row.ended_at,
        last_day,
        row.status == ACTIVE and not teaches,
    )


def _teaches_now(row: Enrolment) -> bool:
    return row.role == TEACHER and row.status == ACTIVE
