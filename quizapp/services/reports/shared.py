"""What the reports of a class share: who is in it, and what it was asked to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core import scheduling
from quizapp.core.scheduling import NEW_MEMORY, State
from quizapp.core.studydays import StudyClock
from quizapp.models import Assignment, Classroom, Enrolment, QuestionSet, User
from quizapp.services.access import ACTIVE, STUDENT


@dataclass(frozen=True, slots=True)
class Student:
    id: int
    user_name: str
    called: str  # "" where the teachers noted no name

    @property
    def name(self) -> str:
        return self.called or self.user_name


@dataclass(frozen=True, slots=True)
class ClassSet:
    """A set that is assigned to the class."""

    id: int
    key: str
    title: str
    header: dict[str, Any]

    def names_by(self, by: str) -> dict[Any, str]:
        """The topics ("topic") or passages ("passage") in the set's order: key or number, and title."""
        if by == "passage":
            return {each["number"]: each["title"] for each in self.header["passages"]}
        return {each["key"]: each["title"] for each in self.header["topics"]}


def roster(session: Session, class_id: int) -> list[Student]:
    """The students who are in the class now, by name; one statement."""
    rows = session.execute(
        select(User.id, User.name, Enrolment.called)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.class_id == class_id, Enrolment.role == STUDENT, Enrolment.status == ACTIVE)
    )
    students = [Student(row.id, row.name or f"Guest {row.id}", row.called) for row in rows]
    return sorted(students, key=lambda student: (student.name.casefold(), student.id))


def assignments(session: Session, class_id: int) -> Sequence[Assignment]:
    """What the class is asked to do, the earliest first; one statement."""
    return session.scalars(
        select(Assignment)
        .where(Assignment.class_id == class_id, Assignment.archived_at.is_(None))
        .order_by(Assignment.created_at, Assignment.id)
    ).all()


def sets_of(session: Session, class_id: int) -> list[ClassSet]:
    """The sets that are assigned to the class, the latest assigned first; one statement."""
    rows = session.execute(
        select(QuestionSet.id, QuestionSet.key, QuestionSet.title, QuestionSet.header)
        .join(Assignment, Assignment.set_id == QuestionSet.id)
        .where(Assignment.class_id == class_id, Assignment.archived_at.is_(None))
        .order_by(Assignment.id.desc())
    )
    return list({row.id: ClassSet(row.id, row.key, row.title, row.header) for row in rows}.values())


def today_in(classroom: Classroom, now: datetime) -> date:
    """The study day in the class's time zone."""
    return StudyClock(classroom.timezone).day(now)


def next_exam(work: Sequence[Assignment], set_id: int, today: date) -> Assignment | None:
    """The study assignment of a set whose exam comes first from today on."""
    ahead = [each for each in work if each.set_id == set_id and each.exam_day is not None and each.exam_day >= today]
    return min(ahead, key=lambda each: (each.exam_day or today, each.id), default=None)


def memory(state: int | None, stability: float | None, last_day: date | None) -> scheduling.Memory:
    """As much of a memory as its curve needs; NEW where there is none."""
    if state is None or stability is None:
        return NEW_MEMORY
    return scheduling.Memory(State(state), None, stability, None, last_day, None, None, 0, 0)
