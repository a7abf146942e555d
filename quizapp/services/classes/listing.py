"""The classes a person teaches or is in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.classes import sort_key
from quizapp.models import Classroom, Enrolment, User
from quizapp.services.access import ACTIVE, STUDENT, TEACHER


@dataclass(frozen=True, slots=True)
class ClassCard:
    """A class as its members find it. How many `students` it has is for teachers alone."""

    classroom: Classroom
    teachers: Sequence[str]
    students: int | None


@dataclass(frozen=True, slots=True)
class Classes:
    """By title. `put_away` are archived ones, taught or not."""

    taught: Sequence[ClassCard]
    attended: Sequence[ClassCard]
    put_away: Sequence[ClassCard]


def classes_of(session: Session, user: User) -> Classes:
    """Two statements, however many there are."""
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
    rows = sorted(rows, key=lambda row: sort_key(row[0].title))
    teachers = teachers_of(session, [classroom.id for classroom, *_ in rows])
    cards = [
        (role, ClassCard(classroom, teachers[classroom.id], count if role == TEACHER else None))
        for classroom, role, count in rows
    ]
    return Classes(
        taught=[card for role, card in cards if role == TEACHER and card.classroom.archived_at is None],
        attended=[card for role, card in cards if role == STUDENT and card.classroom.archived_at is None],
        put_away=[card for _, card in cards if card.classroom.archived_at is not None],
    )


def teachers_of(session: Session, class_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of those who teach each class, who came first first; one statement."""
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
