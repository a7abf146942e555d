"""What a teacher does to the students of a class; each action is recorded where the student can read it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core import classes as rules
from quizapp.models import Classroom, Enrolment, User
from quizapp.services import audit_log
from quizapp.services.access import ACTIVE, BANNED, REMOVED, STUDENT, class_to_teach
from quizapp.services.classes.roster import student_of
from quizapp.services.errors import NotFound


class NoNewPassword(Exception):
    """The account is one of somebody who teaches, or not in the class now: no teacher sets its password."""


def remove(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> None:
    """Take a student out, who may join again."""
    _put_out(session, user, class_id, user_id, REMOVED, now)


def ban(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> None:
    """Take a student out, who may not join again."""
    _put_out(session, user, class_id, user_id, BANNED, now)


def _put_out(session: Session, user: User, class_id: int, user_id: int, status: str, now: datetime) -> None:
    classroom, enrolment, student = _student(session, user, class_id, user_id)
    if enrolment.status not in (ACTIVE, REMOVED, BANNED) or enrolment.status == status:
        return  # who left is gone already
    enrolment.status, enrolment.ended_at = status, now
    audit_log.record(session, user, status, now=now, classroom=classroom, subject=student)


def take_back(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> User | None:
    """Have a student back who was removed or banned; None where there is nobody to have back.

    Who left of their own accord is not made to return.
    """
    classroom, enrolment, student = _student(session, user, class_id, user_id)
    if enrolment.status not in (REMOVED, BANNED):
        return None
    enrolment.status, enrolment.ended_at = ACTIVE, None
    audit_log.record(session, user, "restored", now=now, classroom=classroom, subject=student)
    return student


def describe(
    session: Session, user: User, class_id: int, user_id: int, *, called: str, time_factor: float, now: datetime
) -> None:
    """Note a student's name, and the factor (1..5) that time limits are multiplied by."""
    classroom, enrolment, student = _student(session, user, class_id, user_id)
    if called != enrolment.called:
        enrolment.called = called
        audit_log.record(session, user, "named", now=now, classroom=classroom, subject=student, called=called)
    if time_factor != enrolment.time_factor:
        enrolment.time_factor = time_factor
        factor = f"{time_factor:g}"
        audit_log.record(session, user, "set time factor", now=now, classroom=classroom, subject=student, factor=factor)


# Passwords, and accounts made by a teacher: hashing takes long, so it is done before and not here


def give_password(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> User:
    """The student whose password is to be changed, with the change recorded. Raises NotFound, NoNewPassword."""
    classroom, _, student = _student(session, user, class_id, user_id)
    if not student_of(session, user, class_id, user_id)[1].may_get_password:
        raise NoNewPassword
    audit_log.record(session, user, "set password", now=now, classroom=classroom, subject=student)
    return student


def prepare(session: Session, user: User, class_id: int, text: str) -> Sequence[rules.Entry]:
    """A list of students as accounts can be made of it; two statements. Raises NotFound, core's Unreadable."""
    class_to_teach(session, user, class_id)
    entries = rules.read_list(text)
    taken = session.scalars(select(User.name_folded).where(User.name_folded.in_(rules.candidates(entries))))
    return rules.settle(entries, {name for name in taken if name})


def enrol(session: Session, user: User, class_id: int, made: Iterable[tuple[User, str]], *, now: datetime) -> None:
    """Put new accounts into the class, each with the name its student is called by."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    for student, called in made:
        session.add(Enrolment(class_id=classroom.id, user_id=student.id, role=STUDENT, called=called, joined_at=now))
        audit_log.record(session, user, "enrolled", now=now, classroom=classroom, subject=student)


def _student(session: Session, user: User, class_id: int, user_id: int) -> tuple[Classroom, Enrolment, User]:
    """A student in the class now or before, to be changed. Raises NotFound."""
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
