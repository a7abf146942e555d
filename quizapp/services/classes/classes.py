"""Create, change, archive and list classes."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, aliased

from quizapp.core.classes import make_code
from quizapp.core.text.alphabets import LANGUAGE, name_key
from quizapp.models import Classroom, Enrolment, User
from quizapp.services import audit_log
from quizapp.services.access import ACTIVE, STUDENT, TEACHER, class_to_teach
from quizapp.services.classes.names import make_enrolment, sort_class_again


class NotATeacher(Exception):
    """The account is not one of somebody who teaches."""


def create_class(
    session: Session, user: User, *, title: str, timezone: str, language: str = LANGUAGE, now: datetime
) -> Classroom:
    """Create a class that people may join. Raises NotATeacher."""
    if not user.is_teacher:
        raise NotATeacher
    classroom = Classroom(title=title, timezone=timezone, language=language, join_code=_new_code(), created_at=now)
    session.add(classroom)
    session.flush()
    session.add(make_enrolment(classroom, user, TEACHER, now=now))
    audit_log.record(session, user, "opened_class", now=now, classroom=classroom)
    return classroom


def change_class(
    session: Session, user: User, class_id: int, *, title: str, timezone: str, language: str, now: datetime
) -> None:
    """Change the title, the time zone or the language of a class. Raises NotFound."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    if title != classroom.title:
        before, classroom.title = classroom.title, title
        audit_log.record(session, user, "renamed_class", now=now, classroom=classroom, before=before, title=title)
    if timezone != classroom.timezone:
        before, classroom.timezone = classroom.timezone, timezone
        audit_log.record(
            session, user, "changed_timezone", now=now, classroom=classroom, before=before, timezone=timezone
        )
    if language != classroom.language:
        classroom.language = language
        sort_class_again(session, classroom)


def renew_code(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    """Give a class a new join code; the old one stops at once, and a closed class is open again."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    what = "rotated_code" if classroom.join_code else "opened_joining"
    classroom.join_code = _new_code()
    audit_log.record(session, user, what, now=now, classroom=classroom)


def close_joining(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    classroom = class_to_teach(session, user, class_id, lock=True)
    if classroom.join_code is not None:
        classroom.join_code = None
        audit_log.record(session, user, "closed_joining", now=now, classroom=classroom)


def archive_class(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    """Archive a class: nobody can join it, and everything in it stays."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    if classroom.archived_at is None:
        classroom.archived_at = now
        audit_log.record(session, user, "archived_class", now=now, classroom=classroom)


def restore_class(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    classroom = class_to_teach(session, user, class_id, lock=True)
    if classroom.archived_at is not None:
        classroom.archived_at = None
        audit_log.record(session, user, "restored_class", now=now, classroom=classroom)


def _new_code() -> str:
    return make_code(secrets.SystemRandom())


# Lists


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """A class as its members find it. How many `students` it has is for teachers alone."""

    classroom: Classroom
    teachers: Sequence[str]
    students: int | None


@dataclass(frozen=True, slots=True)
class ClassLists:
    """By title. `archived` are archived ones, taught or not."""

    taught: Sequence[ClassSummary]
    attended: Sequence[ClassSummary]
    archived: Sequence[ClassSummary]


def list_classes(session: Session, user: User) -> ClassLists:
    """Return the classes that a person teaches or is in; two statements, however many there are."""
    student = Enrolment.__table__.alias("student")
    students = (
        select(func.count())
        .select_from(student)
        .where(student.c.class_id == Classroom.id, student.c.role == STUDENT, student.c.status == ACTIVE)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Classroom, Enrolment.role, students)
        .join(Enrolment)
        .where(Enrolment.user_id == user.id, Enrolment.status == ACTIVE)
        .order_by(Classroom.id)
    ).all()
    rows = sorted(rows, key=lambda row: name_key(LANGUAGE, row[0].title))
    teachers = teacher_names(session, [classroom.id for classroom, *_ in rows])
    cards = [
        (role, ClassSummary(classroom, teachers[classroom.id], count if role == TEACHER else None))
        for classroom, role, count in rows
    ]
    return ClassLists(
        taught=[card for role, card in cards if role == TEACHER and card.classroom.archived_at is None],
        attended=[card for role, card in cards if role == STUDENT and card.classroom.archived_at is None],
        archived=[card for _, card in cards if card.classroom.archived_at is not None],
    )


def teacher_names(session: Session, class_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the names of the teachers of each class, the longest-standing first; one statement."""
    rows = session.execute(
        select(Enrolment.class_id, User.name)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.class_id.in_(class_ids), Enrolment.role == TEACHER, Enrolment.status == ACTIVE)
        .order_by(Enrolment.joined_at, Enrolment.user_id)
    )
    names: dict[int, list[str]] = {class_id: [] for class_id in class_ids}
    for class_id, name in rows:
        names[class_id].append(name or "")
    return names


# When a teacher leaves


def archive_untaught_classes(session: Session, user: User, *, now: datetime) -> None:
    """Archive the classes that nobody else teaches, before the person is deleted.

    Their students keep what is theirs.
    """
    other = aliased(Enrolment)
    another = exists().where(
        other.class_id == Enrolment.class_id,
        other.user_id != user.id,
        other.role == TEACHER,
        other.status == ACTIVE,
    )
    alone = select(Enrolment.class_id).where(Enrolment.user_id == user.id, Enrolment.role == TEACHER, ~another)
    session.execute(
        update(Classroom)
        .where(Classroom.id.in_(alone), Classroom.archived_at.is_(None))
        .values(archived_at=now, join_code=None)
    )
