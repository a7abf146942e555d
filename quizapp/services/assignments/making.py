"""An assignment made, changed, put away, taken to another class; and what a set has to pick from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.answers import fold
from quizapp.core.assignments import instant, wall_time
from quizapp.core.quizzes import GRADABLE
from quizapp.models import Assignment, Classroom, Enrolment, Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.services import access, audit_log
from quizapp.services.assignments.ending import move_terms
from quizapp.services.assignments.entering import enter, students
from quizapp.services.errors import NotFound

SHOWN = 50  # questions to pick from at a time
TIMES = ("opens_at", "due_at", "closes_at")


@dataclass(frozen=True, slots=True)
class Pick:
    """A question that may be picked."""

    question_id: int
    fact_id: int
    topic: str
    kind: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be assigned of a set: its topics with their facts, and its questions that can be marked, in order."""

    question_set: QuestionSet
    topics: dict[str, str]  # titles by key
    facts: Counter[str]  # by topic
    picks: dict[int, Pick]  # by question id

    @property
    def askable(self) -> Counter[str]:
        """By topic the facts that a quiz can ask."""
        return Counter(topic for _, topic in {(pick.fact_id, pick.topic) for pick in self.picks.values()})

    @property
    def kinds(self) -> Counter[str]:
        return Counter(pick.kind for pick in self.picks.values())

    def found(self, text: str, topic: str, kind: str) -> list[Pick]:
        """The questions that hold a text, accents and case aside, and are of a topic and a kind; "" is any."""
        wanted = fold(text)
        return [
            pick
            for pick in self.picks.values()
            if topic in ("", pick.topic) and kind in ("", pick.kind) and wanted in fold(pick.prompt)
        ]


def sets(session: Session, teacher: User) -> list[QuestionSet]:
    """The sets that are put before a teacher to assign: what came with the app and what is theirs, by title."""
    query = select(QuestionSet).where(access.offered_to(teacher), QuestionSet.archived_at.is_(None))
    return list(session.scalars(query.order_by(QuestionSet.title, QuestionSet.id)))


def offer(session: Session, teacher: User, set_id: int) -> Offer:
    """What may be assigned of a set that the teacher may see; three statements. Raises NotFound."""
    found = access.set_to_read(session, teacher, set_id)
    topics = session.scalars(select(Fact.topic).where(Fact.set_id == set_id, Fact.archived_at.is_(None)))
    picks = [Pick(*row) for row in session.execute(_questions(set_id))]
    return Offer(
        found,
        {topic["key"]: topic["title"] for topic in found.header["topics"]},
        Counter(topics),
        {pick.question_id: pick for pick in picks},
    )


def assign(
    session: Session,
    teacher: User,
    class_id: int,
    set_id: int,
    kind: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> Assignment:
    """Ask a class to study a set, or to take a quiz on it; `values` are columns of Assignment. Raises NotFound."""
    classroom = access.class_to_teach(session, teacher, class_id)
    access.set_to_read(session, teacher, set_id)
    return _add(session, teacher, classroom, {**values, "set_id": set_id, "kind": kind}, now)


def change(
    session: Session, teacher: User, assignment_id: int, values: Mapping[str, Any], *, now: datetime
) -> Assignment:
    """Ask it otherwise: plans take it up anew, attempts that run end by the new times.

    Raises NotFound, also for facts that were brought back by name: that is done.
    """
    assignment = access.assignment_to_teach(session, teacher, assignment_id, lock=True)
    if assignment.fact_ids:
        raise NotFound
    former_exam = assignment.exam_day
    for name, value in values.items():
        setattr(assignment, name, value)
    session.flush()
    if assignment.kind == "quiz":
        move_terms(session, assignment)
    else:
        enter(session, students(session, assignment.class_id), assignment, now=now, former_exam=former_exam)
    _note(session, teacher, "changed assignment", assignment, now)
    return assignment


def archive(session: Session, teacher: User, assignment_id: int, *, now: datetime) -> Assignment:
    """Put an assignment away: students see it no more, results and plans stay. Raises NotFound."""
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    if assignment.archived_at is None:
        assignment.archived_at = now
        _note(session, teacher, "archived assignment", assignment, now)
    return assignment


def restore(session: Session, teacher: User, assignment_id: int, *, now: datetime) -> Assignment:
    """Take an assignment out of the archive. Raises NotFound."""
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    if assignment.archived_at is not None:
        assignment.archived_at = None
        _note(session, teacher, "restored assignment", assignment, now)
    return assignment


def classes_taught(session: Session, teacher: User) -> list[Classroom]:
    """The classes a person teaches that are not put away, by title."""
    query = (
        select(Classroom)
        .join(Enrolment, Enrolment.class_id == Classroom.id)
        .where(
            Enrolment.user_id == teacher.id,
            Enrolment.role == access.TEACHER,
            Enrolment.status == access.ACTIVE,
            Classroom.archived_at.is_(None),
        )
        .order_by(Classroom.title, Classroom.id)
    )
    return list(session.scalars(query))


def duplicate(session: Session, teacher: User, assignment_id: int, class_id: int, *, now: datetime) -> Assignment:
    """Ask another class (or the same again) the same; times keep what the clock shows there.

    Raises NotFound, also for facts that were brought back by name.
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
    """The instant at which clocks there show what they show here at `at`; where they skip it, the same instant."""
    try:
        return instant(wall_time(at, here), there, later=True)
    except ValueError:
        return at


def _add(session: Session, teacher: User, classroom: Classroom, values: Mapping[str, Any], now: datetime) -> Assignment:
    assignment = Assignment(class_id=classroom.id, made_by_id=teacher.id, created_at=now, **values)
    session.add(assignment)
    session.flush()
    if assignment.kind == "study":
        enter(session, students(session, classroom.id), assignment, now=now)
    _note(session, teacher, "assigned", assignment, now)
    return assignment


def _note(session: Session, teacher: User, what: str, assignment: Assignment, now: datetime) -> None:
    classroom = session.get_one(Classroom, assignment.class_id)
    audit_log.record(session, teacher, what, now=now, classroom=classroom, title=assignment.title)


def _questions(set_id: int) -> Any:
    """The questions of a set that are asked now and can be marked."""
    kind = QuestionVersion.body["kind"].as_string()
    return (
        select(Question.id, Fact.id, Fact.topic, kind, QuestionVersion.body["prompt"].as_string())
        .join(Fact, Fact.id == Question.fact_id)
        .join(Question.current_version)
        .where(Fact.set_id == set_id, Fact.archived_at.is_(None), Question.archived_at.is_(None), kind.in_(GRADABLE))
        .order_by(Fact.position, Question.position, Question.id)
    )


def twins(offer: Offer, question_ids: Sequence[int]) -> list[Pick]:
    """Of picked questions, those that ask a fact another one before them asks already."""
    seen: set[int] = set()
    again = []
    for pick in (offer.picks[question_id] for question_id in question_ids if question_id in offer.picks):
        if pick.fact_id in seen:
            again.append(pick)
        seen.add(pick.fact_id)
    return again
