"""The people in a class for its teachers, and what a teacher does to a student."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from quizapp.models import Classroom, DayCount, Enrolment, User
from quizapp.services import audit_log
from quizapp.services.access import ACTIVE, BANNED, REMOVED, STUDENT, TEACHER, class_to_teach
from quizapp.services.classes.departures import end_enrolment
from quizapp.services.classes.names import make_enrolment, set_sort_key
from quizapp.services.errors import NotFound


@dataclass(frozen=True, slots=True)
class Roster:
    """A class and everybody in it, as rows of `_members`; `former` students left, or were removed or banned."""

    classroom: Classroom
    teachers: Sequence[Any]
    students: Sequence[Any]
    former: Sequence[Any]


def read_roster(session: Session, user: User, class_id: int) -> Roster:
    """Return everybody in a class; two statements, however many there are. Raises NotFound."""
    classroom = class_to_teach(session, user, class_id)
    rows = _members(session, Enrolment.class_id == class_id)
    students = sorted((row for row in rows if row.role == STUDENT), key=lambda row: (row.sort_key, row.user_id))
    return Roster(
        classroom,
        [row for row in rows if row.role == TEACHER and row.status == ACTIVE],
        [row for row in students if row.status == ACTIVE],
        [row for row in students if row.status != ACTIVE],
    )


def find_student(session: Session, user: User, class_id: int, user_id: int) -> tuple[Classroom, Any]:
    """Return a student who is or was in the class. Raises NotFound."""
    classroom = class_to_teach(session, user, class_id)
    rows = _members(session, Enrolment.class_id == class_id, Enrolment.user_id == user_id, Enrolment.role == STUDENT)
    if not rows:
        raise NotFound
    return classroom, rows[0]


def list_for_passwords(
    session: Session, user: User, class_id: int, user_ids: Collection[int] | None
) -> tuple[Classroom, Sequence[Any], Sequence[Any]]:
    """Return the class, and those of the students (None: all) whose passwords teachers may set, and the others.

    Raises NotFound.
    """
    roster = read_roster(session, user, class_id)
    chosen = [row for row in roster.students if user_ids is None or row.user_id in user_ids]
    may = [row for row in chosen if row.may_get_password]
    return roster.classroom, may, [row for row in chosen if not row.may_get_password]


def _members(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    """Return enrolments with the user's name and last study day, and whether a teacher may set their password."""
    last_day = select(func.max(DayCount.day)).where(DayCount.learner_id == Enrolment.user_id).scalar_subquery()
    return session.execute(
        select(
            Enrolment.user_id,
            Enrolment.role,
            Enrolment.status,
            Enrolment.called,
            Enrolment.surname,
            Enrolment.group_name,
            Enrolment.sort_key,
            Enrolment.time_factor,
            Enrolment.joined_at,
            Enrolment.ended_at,
            func.coalesce(User.name, "").label("name"),
            last_day.label("last_day"),
            _may_get_password().label("may_get_password"),
            User.created_by_teacher,
        )
        .join(User, User.id == Enrolment.user_id)
        .where(*conditions)
        .order_by(Enrolment.joined_at, Enrolment.user_id)
    ).all()


def _may_get_password() -> ColumnElement[bool]:
    """Return whether a teacher of the class may set a student's password.

    The account must have been made by a teacher: who sets the password of another takes it over.
    """
    elsewhere = Enrolment.__table__.alias("elsewhere")
    teaches = (
        select(elsewhere.c.user_id)
        .where(elsewhere.c.user_id == Enrolment.user_id, elsewhere.c.role == TEACHER, elsewhere.c.status == ACTIVE)
        .exists()
    )
    return and_(Enrolment.status == ACTIVE, User.created_by_teacher, User.is_teacher.is_(False), ~teaches)


# What a teacher does to a student


class NoNewPassword(Exception):
    """No teacher sets this password: the account was not made by one, belongs to one, or is not in the class now."""


def remove_student(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> None:
    """Remove a student, who may join again."""
    _end_enrolment(session, user, class_id, user_id, REMOVED, now)


def ban_student(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> None:
    """Remove a student, who may not join again."""
    _end_enrolment(session, user, class_id, user_id, BANNED, now)


def _end_enrolment(session: Session, user: User, class_id: int, user_id: int, status: str, now: datetime) -> None:
    classroom, enrolment, student = _student_to_change(session, user, class_id, user_id)
    if enrolment.status not in (ACTIVE, REMOVED, BANNED) or enrolment.status == status:
        return  # who left is gone already
    end_enrolment(session, enrolment, student, status, now=now)
    audit_log.record(session, user, status, now=now, classroom=classroom, subject=student)


def restore_student(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> User | None:
    """Restore a student who was removed or banned; return None for one who was neither.

    A student who left is not made to return.
    """
    classroom, enrolment, student = _student_to_change(session, user, class_id, user_id)
    if enrolment.status not in (REMOVED, BANNED):
        return None
    enrolment.status, enrolment.ended_at = ACTIVE, None
    audit_log.record(session, user, "restored", now=now, classroom=classroom, subject=student)
    return student


def update_student(
    session: Session,
    user: User,
    class_id: int,
    user_id: int,
    *,
    called: str,
    surname: str,
    group_name: str,
    time_factor: float,
    now: datetime,
) -> None:
    """Update a student's name and group in the class, and the factor (1..5) that time limits are multiplied by."""
    classroom, enrolment, student = _student_to_change(session, user, class_id, user_id)
    if called != enrolment.called:
        enrolment.called = called
        audit_log.record(session, user, "named", now=now, classroom=classroom, subject=student, called=called)
    enrolment.surname = surname
    set_sort_key(enrolment, student.name, classroom.language)
    if group_name != enrolment.group_name:
        enrolment.group_name = group_name
        audit_log.record(session, user, "grouped", now=now, classroom=classroom, subject=student, group_name=group_name)
    if time_factor != enrolment.time_factor:
        enrolment.time_factor = time_factor
        factor = f"{time_factor:g}"
        audit_log.record(session, user, "set_time_factor", now=now, classroom=classroom, subject=student, factor=factor)


# Passwords, and accounts made by a teacher: hashing takes long, so it is done before and not here


def record_new_password(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> User:
    """Record that a student gets a new password, and return the student. Raises NotFound, NoNewPassword."""
    classroom, _, student = _student_to_change(session, user, class_id, user_id)
    if not find_student(session, user, class_id, user_id)[1].may_get_password:
        raise NoNewPassword
    audit_log.record(session, user, "set_password", now=now, classroom=classroom, subject=student)
    return student


def enrol_student(
    session: Session, user: User, class_id: int, student: User, about: Mapping[str, str], *, now: datetime
) -> None:
    """Enrol a new account in the class; `about` has the student's name, surname and group. Raises NotFound."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    session.add(make_enrolment(classroom, student, STUDENT, **about, now=now))
    audit_log.record(session, user, "enrolled", now=now, classroom=classroom, subject=student)


def _student_to_change(session: Session, user: User, class_id: int, user_id: int) -> tuple[Classroom, Enrolment, User]:
    """Return a student who is or was in the class, locked to be changed. Raises NotFound."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    row = session.execute(
        select(Enrolment, User)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.class_id == class_id, Enrolment.user_id == user_id, Enrolment.role == STUDENT)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return classroom, row[0], row[1]
