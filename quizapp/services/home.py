"""What the start page shows: the sets there are, and how much is in each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session, aliased

from quizapp.core.sets.schema import SetHeader
from quizapp.models import Classroom, Enrolment, Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.services import access
from quizapp.services.errors import NotFound


@dataclass(frozen=True, slots=True)
class OfferedSet:
    """A set on the start page, and what it has that is not archived. `mine`: the reader writes in it."""

    id: int
    mine: bool
    header: SetHeader
    facts: Counter[str]  # by topic
    questions: int


@dataclass(frozen=True, slots=True)
class StudyOffer:
    """A set somebody was sent a link to, and its number of facts: in all, and with a question of each kind."""

    header: SetHeader
    facts: int
    kinds: dict[str, int]


def offered_sets(session: Session, reader: User | None) -> list[OfferedSet]:
    """Return the sets put before a reader, the oldest first, in three statements whatever their number."""
    mine = access.own_sets(reader) if reader else false()
    offered = select(QuestionSet.id, QuestionSet.header, mine.label("mine")).where(access.offered_sets(reader))
    rows = session.execute(offered.order_by(QuestionSet.id)).all()
    ids = [row.id for row in rows]
    facts, questions = _facts_by_topic(session, ids), _questions_by_set(session, ids)
    return [
        OfferedSet(
            row.id,
            bool(row.mine),
            SetHeader.model_validate(row.header),
            facts.get(row.id, Counter()),
            questions[row.id],
        )
        for row in rows
    ]


def taught_classes(session: Session, teacher: User) -> Sequence[Any]:
    """Return id, title and number of students of the classes a person teaches, newest first; one statement.

    Archived classes are left out.
    """
    own, others = aliased(Enrolment), aliased(Enrolment)
    students = (others.class_id == Classroom.id) & (others.role == access.STUDENT) & (others.status == access.ACTIVE)
    query = (
        select(Classroom.id, Classroom.title, func.count(others.user_id).label("students"))
        .join(own, own.class_id == Classroom.id)
        .outerjoin(others, students)
        .where(
            own.user_id == teacher.id,
            own.role == access.TEACHER,
            own.status == access.ACTIVE,
            Classroom.archived_at.is_(None),
        )
        .group_by(Classroom.id, Classroom.title)
        .order_by(Classroom.id.desc())
    )
    return session.execute(query).all()


def set_to_study(session: Session, reader: User | None, key: str | None) -> int:
    """Return the id of the set named `key`, or of the first one on offer. Raises NotFound when there is none."""
    if key:
        return access.find_set(session, reader, key).id
    found = session.scalar(select(QuestionSet.id).where(access.offered_sets(reader)).order_by(QuestionSet.id).limit(1))
    if found is None:
        raise NotFound
    return found


def read_study_offer(session: Session, reader: User | None, key: str) -> StudyOffer:
    """Return what a set has to study, for somebody who may read it; two statements. Raises NotFound."""
    row = access.find_set(session, reader, key)
    asked = (
        select(QuestionVersion.kind, func.count(Fact.id.distinct()))
        .join(Question, Question.fact_id == Fact.id)
        .join(Question.current_version)
        .where(Fact.set_id == row.id, Fact.archived_at.is_(None), Question.archived_at.is_(None))
        .group_by(QuestionVersion.kind)
    )
    facts = session.scalar(select(func.count()).where(Fact.set_id == row.id, Fact.archived_at.is_(None))) or 0
    return StudyOffer(SetHeader.model_validate(row.header), facts, dict(session.execute(asked).all()))


def _facts_by_topic(session: Session, set_ids: Sequence[int]) -> dict[int, Counter[str]]:
    rows = session.execute(
        select(Fact.set_id, Fact.topic, func.count())
        .where(Fact.set_id.in_(set_ids), Fact.archived_at.is_(None))
        .group_by(Fact.set_id, Fact.topic)
    )
    counts: dict[int, Counter[str]] = {}
    for set_id, topic, count in rows:
        counts.setdefault(set_id, Counter())[topic] = count
    return counts


def _questions_by_set(session: Session, set_ids: Sequence[int]) -> Counter[int]:
    rows = session.execute(
        select(Fact.set_id, func.count())
        .join(Question, Question.fact_id == Fact.id)
        .where(Fact.set_id.in_(set_ids), Fact.archived_at.is_(None), Question.archived_at.is_(None))
        .where(Question.made.is_(None))
        .group_by(Fact.set_id)
    )
    return Counter(dict(rows.all()))
