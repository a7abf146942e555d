"""Who may see, write in and teach what.

Each lookup fetches and authorises at once: an outsider gets NotFound.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from quizapp.core.accounts import fold_name
from quizapp.models import Assignment, Attempt, Classroom, Enrolment, Fact, Plan, Question, QuestionSet, SetAuthor, User
from quizapp.services.errors import NotFound

RowT = TypeVar("RowT", QuestionSet, Classroom, Assignment)

PRIVATE, BY_LINK, PUBLIC = "private", "link", "public"
TEACHER, STUDENT = "teacher", "student"
ACTIVE, REMOVED, BANNED = "active", "removed", "banned"
BY_NAME = Enrolment.sort_key, Enrolment.user_id  # the order of students, everywhere

# Accounts


def find_account(session: Session, name: str) -> User | None:
    """Return the account of that user name, however it is written."""
    folded = fold_name(name)
    if not folded.isprintable():  # nobody is called that, and PostgreSQL refuses to be asked about NUL
        return None
    return session.scalar(select(User).where(User.name_folded == folded))


# Sets


def own_sets(user: User) -> ColumnElement[bool]:
    """Return the SQL condition for the sets that a person writes in, as owner or co-author."""
    return sets_written_by(user.id)


def sets_written_by(user_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Return the same by the person's id."""
    written = select(SetAuthor.set_id).where(SetAuthor.user_id == user_id)
    return or_(QuestionSet.owner_id == user_id, QuestionSet.id.in_(written))


def studied_sets(user: User) -> ColumnElement[bool]:
    """Return the SQL condition for the sets that a person studies, has assigned to study, or teaches a class with.

    An assigned quiz is not enough: in a private set its answers could be read.
    """
    studied = select(Plan.set_id).where(Plan.learner_id == user.id)
    return or_(QuestionSet.id.in_(studied), assigned_sets(user))


def assigned_sets(user: User) -> ColumnElement[bool]:
    """Return which sets a person was asked to study by a class that they are in, or teaches a class with."""
    assigned = (
        select(Assignment.set_id)
        .join(Enrolment, Enrolment.class_id == Assignment.class_id)
        .where(
            Enrolment.user_id == user.id,
            Enrolment.status == ACTIVE,
            Assignment.archived_at.is_(None),
            or_(Assignment.kind == "study", Enrolment.role == TEACHER),
        )
    )
    return QuestionSet.id.in_(assigned)


def visible_sets(user: User | None) -> ColumnElement[bool]:
    """Return the SQL condition for the sets that a person may read: those shared by link or with everybody, until
    they are archived, and their own, studied or assigned ones always."""
    shared = and_(QuestionSet.visibility.in_((BY_LINK, PUBLIC)), QuestionSet.archived_at.is_(None))
    return shared if user is None else or_(shared, own_sets(user), studied_sets(user))


def offered_sets(user: User | None) -> ColumnElement[bool]:
    """Return the SQL condition for the sets listed without a search: built-in ones, and a person's own, studied or
    assigned ones."""
    built_in = and_(QuestionSet.owner_id.is_(None), QuestionSet.visibility == PUBLIC, QuestionSet.archived_at.is_(None))
    if user is None:
        return built_in
    return or_(built_in, and_(own_sets(user), QuestionSet.archived_at.is_(None)), studied_sets(user))


def list_offered_sets(session: Session, user: User | None) -> Sequence[Any]:
    """Return the key and title of every set put before a person unasked, the oldest first."""
    offered = select(QuestionSet.key, QuestionSet.title).where(offered_sets(user))
    return session.execute(offered.order_by(QuestionSet.id)).all()


def find_set(session: Session, user: User | None, key: str) -> QuestionSet:
    """Return a set that the person may read, by its key. Raises NotFound."""
    return _one(session, select(QuestionSet).where(QuestionSet.key == key, visible_sets(user)))


def set_to_read(session: Session, user: User | None, set_id: int) -> QuestionSet:
    """Return the same, by its id. Raises NotFound."""
    return _one(session, select(QuestionSet).where(QuestionSet.id == set_id, visible_sets(user)))


def set_to_write(session: Session, user: User, set_id: int, *, lock: bool = False) -> QuestionSet:
    """Return a set that the person owns or is a co-author of; `lock` it to change it. Raises NotFound."""
    return _one(session, select(QuestionSet).where(QuestionSet.id == set_id, own_sets(user)), lock=lock)


def own_set(session: Session, user: User, set_id: int) -> QuestionSet:
    """Return a set that the person owns, locked to be changed. Raises NotFound."""
    query = select(QuestionSet).where(QuestionSet.id == set_id, QuestionSet.owner_id == user.id)
    return _one(session, query, lock=True)


def fact_to_write(
    session: Session, user: User, set_id: int, fact_id: int, *, lock: bool = False
) -> tuple[QuestionSet, Fact]:
    """Return a set that the person writes in and a fact of it; `lock` the fact to change it. Raises NotFound."""
    row = set_to_write(session, user, set_id)
    query = select(Fact).where(Fact.id == fact_id, Fact.set_id == set_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    fact = session.scalar(query)
    if fact is None:
        raise NotFound
    return row, fact


def question_to_write(
    session: Session, user: User, set_id: int, question_id: int, *, lock: bool = False
) -> tuple[QuestionSet, Question]:
    """Return a set that the person writes in and a question that was written in it; `lock` the set to change it.

    Raises NotFound, also for a question made from a card, which is changed with the card.
    """
    row = set_to_write(session, user, set_id, lock=lock)
    written = select(Question).join(Fact).where(Fact.set_id == set_id, Question.made.is_(None))
    question = session.scalar(written.where(Question.id == question_id))
    if question is None:
        raise NotFound
    return row, question


# Classes


def list_classes_taught(session: Session, user: User) -> list[Classroom]:
    """Return the classes that a person teaches and that are not archived, by title."""
    query = select(Classroom).join(Enrolment).where(*_active(user), _teaches(), Classroom.archived_at.is_(None))
    return list(session.scalars(query.order_by(Classroom.title, Classroom.id)))


def is_student_of(class_id: int | InstrumentedAttribute[int]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for an enrolment of a current student of a class."""
    return Enrolment.class_id == class_id, Enrolment.role == STUDENT, Enrolment.status == ACTIVE


def class_to_teach(session: Session, user: User, class_id: int, *, lock: bool = False) -> Classroom:
    """Return a class that the person teaches. Raises NotFound."""
    query = select(Classroom).join(Enrolment).where(Classroom.id == class_id, *_active(user), _teaches())
    return _one(session, query, lock=lock)


def enrolled(session: Session, user: User, class_id: int) -> tuple[Classroom, Enrolment]:
    """Return a class that the person is in, as teacher or student, and how. Raises NotFound."""
    query = select(Classroom, Enrolment).join(Enrolment).where(Classroom.id == class_id, *_active(user))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def assignment_to_teach(session: Session, user: User, assignment_id: int, *, lock: bool = False) -> Assignment:
    """Return an assignment of a class that the person teaches, archived or not. Raises NotFound."""
    query = (
        select(Assignment)
        .join(Enrolment, Enrolment.class_id == Assignment.class_id)
        .where(Assignment.id == assignment_id, *_active(user), _teaches())
    )
    return _one(session, query, lock=lock)


def assignment_to_do(session: Session, user: User, assignment_id: int) -> tuple[Assignment, Classroom, Enrolment]:
    """Return an assignment of a class that the person is in. Raises NotFound, for students also once it is archived."""
    row = session.execute(
        select(Assignment, Classroom, Enrolment)
        .join(Classroom, Classroom.id == Assignment.class_id)
        .join(Enrolment, Enrolment.class_id == Assignment.class_id)
        .where(Assignment.id == assignment_id, *_active(user), or_(Assignment.archived_at.is_(None), _teaches()))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


# Attempts


def open_attempts(user: User) -> ColumnElement[bool]:
    """Return which of a person's attempts they may open: those at assigned quizzes while they are in the class,
    previews while they teach it, and all others as long as they may read the set."""
    member = (
        select(Assignment.id)
        .join(Enrolment, Enrolment.class_id == Assignment.class_id)
        .where(*_active(user), or_(Attempt.purpose != "preview", _teaches()))
        .correlate(Attempt)
    )
    readable = select(QuestionSet.id).where(visible_sets(user))
    return and_(
        Attempt.learner_id == user.id,
        or_(Attempt.assignment_id.in_(member), and_(Attempt.assignment_id.is_(None), Attempt.set_id.in_(readable))),
    )


def _active(user: User) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Enrolment.user_id == user.id, Enrolment.status == ACTIVE


def _teaches() -> ColumnElement[bool]:
    return Enrolment.role == TEACHER


def _one(session: Session, query: Select[RowT], *, lock: bool = False) -> RowT:
    if lock:  # what was read before may have changed while it was waited for
        query = query.with_for_update(of=query.column_descriptions[0]["entity"]).execution_options(
            populate_existing=True
        )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found
