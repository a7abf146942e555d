"""A class with its teacher and students, and a quiz assigned to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from attempts import add_facts, right_answer
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.models import Assignment, Attempt, Classroom, Enrolment, Question, QuestionSet, QuestionVersion, User
from quizapp.services.assignments.assignments import create_assignment
from quizapp.services.assignments.student_attempts import begin_assigned_attempt
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.questions import list_questions

KINDS = ["choice", "typed", "multiple", "true_false"]


@dataclass(frozen=True)
class School:
    classroom: Classroom
    teacher: User
    students: list[User]
    set_id: int

    @property
    def class_id(self) -> int:
        return self.classroom.id


def person(session: Session, name: str, **more: Any) -> User:
    user = User(name=name, name_folded=name.lower(), password_hash="", created_at=NOON, **more)
    session.add(user)
    session.flush()
    return user


def join(session: Session, classroom: Classroom, user: User, role: str = "student", **more: Any) -> None:
    session.add(Enrolment(class_id=classroom.id, user_id=user.id, role=role, joined_at=NOON, **more))
    session.flush()


def open_school(session: Session, students: int = 2, *, timezone: str = "Europe/Berlin", suffix: str = "") -> School:
    """A class; the suffix of its people's names tells it from others in one database."""
    classroom = Classroom(title="7b", timezone=timezone, created_at=NOON)
    session.add(classroom)
    teacher = person(session, f"Leyla{suffix}", is_teacher=True)
    join(session, classroom, teacher, "teacher")
    learners = [person(session, f"Student{number:02}{suffix}") for number in range(students)]
    for learner in learners:
        join(session, classroom, learner)
    session.commit()
    return School(classroom, teacher, learners, session.scalars(select(func.min(QuestionSet.id))).one())


def question_ids(session: Session, kinds: list[str], first: int = 100) -> list[int]:
    """New facts, one of each kind; the ids of the questions that ask them."""
    versions = [version for _, version in add_facts(session, kinds, first=first)]
    found = {
        row.id: row.question_id for row in session.execute(select(QuestionVersion.id, QuestionVersion.question_id))
    }
    return [found[version] for version in versions]


def quiz(session: Session, school: School, *, now: datetime = NOON, **settings: Any) -> Assignment:
    """A quiz of four questions, one of each of KINDS, unless the settings say otherwise."""
    if not settings.keys() & {"question_ids", "draws"}:
        settings["question_ids"] = question_ids(session, KINDS)
    values = {"title": "Rivers", "attempts": 1, "shuffled": False, **settings}
    made = create_assignment(session, school.teacher, school.class_id, school.set_id, "quiz", values, now=now)
    session.commit()
    return made


def study(session: Session, school: School, *, now: datetime = NOON, **settings: Any) -> Assignment:
    values = {"title": "Before the exam", "desired_retention": 0.9, "new_per_day": 8, **settings}
    made = create_assignment(session, school.teacher, school.class_id, school.set_id, "study", values, now=now)
    session.commit()
    return made


def begin(session: Session, student: User, assignment: Assignment, *, now: datetime = NOON) -> Attempt:
    attempt = begin_assigned_attempt(session, student, assignment.id, now=now)
    session.commit()
    return attempt


def answer(
    session: Session, student: User, attempt: Attempt, position: int, posted: dict[str, str], *, now: datetime = NOON
) -> None:
    lifecycle.answer_question(session, student, attempt.id, position, posted, ms=4000, confidence=None, now=now)
    session.commit()


def take(session: Session, student: User, assignment: Assignment, *, right: int = 99, now: datetime = NOON) -> Attempt:
    """Take a quiz, with so many answers right and the others "I don't know", and hand it in."""
    attempt = begin(session, student, assignment, now=now)
    for item in list_questions(session, attempt):
        answer(session, student, attempt, item.position, right_answer(item) if item.position <= right else {}, now=now)
    lifecycle.hand_in_attempt(session, student, attempt.id, now=now)
    session.commit()
    return attempt


def mend(session: Session, question_id: int, **changes: Any) -> None:
    """Edit a question: its next version, which is asked from now on."""
    question = session.get_one(Question, question_id)
    current = next(version for version in question.versions if version.number == question.current)
    question.current += 1
    body = current.body | changes
    session.add(QuestionVersion(question_id=question_id, number=question.current, body=body, created_at=NOON))
    session.commit()
    session.expire_all()
