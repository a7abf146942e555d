"""A class that studies the sample set and takes quizzes, for tests of reports."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from study import MONDAY, NOON

from quizapp.models import (
    Assignment,
    Attempt,
    Classroom,
    Fact,
    Memory,
    Question,
    QuestionSet,
    QuestionVersion,
    Response,
    Review,
    User,
)
from quizapp.services.classes.names import make_enrolment

WEEKS_AGO = NOON - timedelta(days=21)


def person(session: Session, name: str, *, teaches: bool = False) -> User:
    user = User(name=name, name_folded=name.lower(), password_hash="", is_teacher=teaches, created_at=NOON)
    session.add(user)
    session.flush()
    return user


class Course:
    """A class with its teacher and students, by name; nothing is assigned yet."""

    def __init__(self, session: Session, *students: str) -> None:
        self.session = session
        self.teacher = person(session, "Teacher", teaches=True)
        self.classroom = Classroom(title="7b", timezone="UTC", created_at=WEEKS_AGO)
        session.add(self.classroom)
        session.flush()
        self.enrol(self.teacher, "teacher")
        self.students = {name: self.enrol(person(session, name), "student") for name in students}
        self.set_id = session.scalars(select(QuestionSet.id).order_by(QuestionSet.id)).first() or 0
        self.facts = list(session.scalars(select(Fact.id).where(Fact.set_id == self.set_id).order_by(Fact.position)))
        session.commit()

    @property
    def id(self) -> int:
        return self.classroom.id

    def enrol(self, user: User, role: str, **values: Any) -> User:
        enrolment = make_enrolment(self.classroom, user, role, now=WEEKS_AGO)
        for name, value in values.items():
            setattr(enrolment, name, value)
        self.session.add(enrolment)
        self.session.flush()
        return user

    def assign(self, kind: str = "study", *, at: datetime = WEEKS_AGO, **values: Any) -> Assignment:
        values = {"title": "All of it", "set_id": self.set_id} | values
        assignment = Assignment(class_id=self.id, kind=kind, created_at=at, **values)
        self.session.add(assignment)
        self.session.commit()
        return assignment

    def remember(
        self,
        name: str,
        fact_id: int,
        *,
        stability: float = 10.0,
        last: date = MONDAY - timedelta(days=1),
        **values: Any,
    ) -> None:
        """Have a student know a fact as well as that."""
        usual = {"version": 1, "state": 2, "difficulty": 5.0, "due_day": MONDAY, "reps": 3, "lapses": 0}
        self.session.add(
            Memory(
                learner_id=self.students[name].id, fact_id=fact_id, stability=stability, last_day=last,
                **(usual | values),
            )
        )  # fmt: skip
        self.session.commit()

    def answered(
        self, name: str, fact_id: int, day: date, ratings: Sequence[int], *, ms: int = 6000, guess: float = 0.0
    ) -> None:
        """Put reviews on a student's record."""
        learner_id, version_id = self.students[name].id, self.session.scalars(select(QuestionVersion.id)).first()
        for number, rating in enumerate(ratings, 1):
            self.session.add(
                Review(
                    learner_id=learner_id, fact_id=fact_id, version=day.toordinal() * 100 + number,
                    question_version_id=version_id or 0, at=NOON, day=day, response={}, verdict="right",
                    fraction=1.0, rating=rating, guess=guess, predicted=0.9, before={}, ms=ms,
                )
            )  # fmt: skip
        self.session.commit()

    def take(
        self,
        quiz: Assignment,
        name: str,
        answers: Mapping[int, tuple[dict[str, Any] | None, float | None]],
        *,
        finished: datetime | None = NOON,
        **values: Any,
    ) -> Attempt:
        """Have a student take a quiz: for each question the response and the credit it was given."""
        marks = sum(fraction or 0.0 for _, fraction in answers.values())
        attempt = Attempt(
            learner_id=self.students[name].id, set_id=quiz.set_id, assignment_id=quiz.id, title=quiz.title,
            size=len(answers), finished_at=finished, marks=marks if finished else None,
            **({"purpose": "assignment", "feedback": "at-end", "started_at": NOON - timedelta(minutes=9)} | values),
        )  # fmt: skip
        self.session.add(attempt)
        self.session.flush()
        for position, (question_id, (response, fraction)) in enumerate(answers.items(), 1):
            question = self.session.get_one(Question, question_id)
            verdict = None if fraction is None else ("right" if fraction == 1 else "wrong")
            self.session.add(
                Response(
                    attempt_id=attempt.id, position=position, fact_id=question.fact_id,
                    question_version_id=question.versions[-1].id, response=response, fraction=fraction,
                    verdict=verdict, at=finished,
                )
            )  # fmt: skip
        self.session.commit()
        return attempt

    def question(self, key: str, body: dict[str, Any]) -> int:
        """A further question of the set's first fact."""
        question = Question(fact_id=self.facts[0], key=key, position=9, current=1)
        version = QuestionVersion(number=1, body={"key": key, "prompt": f"{key}?"} | body, created_at=NOON)
        question.versions.append(version)
        self.session.add(question)
        self.session.commit()
        return question.id


def choice(key: str) -> dict[str, Any]:
    """A choice question: right is A, and B stands for a misconception."""
    lures = [{"text": "B", "misconception": "mix-up", "why_not": "Not B."}, {"text": "C"}]
    return {"kind": "choice", "prompt": f"{key}?", "answer": "A", "distractors": lures}


def picked(index: int | None) -> tuple[dict[str, Any], float]:
    """A response to it, and its credit."""
    return {"kind": "choice", "picked": index}, 1.0 if index == 0 else 0.0
