"""What the reports of a class are made from: its students, its assignments and sets, and the finished attempts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.attempts import Score
from quizapp.core.kinds import Question, parse_question
from quizapp.core.kinds.base import Verdict
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.core.translation import gettext
from quizapp.models import (
    Assignment,
    Attempt,
    Classroom,
    Enrolment,
    Extension,
    Fact,
    QuestionSet,
    QuestionVersion,
    Response,
    User,
)
from quizapp.models import Question as QuestionRow
from quizapp.models.database import UTCDateTime
from quizapp.services.access import BY_NAME, is_student_of
from quizapp.services.attempts.lifecycle import GRACE
from quizapp.services.errors import NotFound

ASSIGNMENT = "assignment"  # the purpose of an attempt that counts


@dataclass(frozen=True, slots=True)
class ClassStudent:
    id: int
    user_name: str
    called: str  # "" where the teachers noted no name

    @property
    def name(self) -> str:
        return self.called or self.user_name


def list_students(session: Session, class_id: int) -> list[ClassStudent]:
    """Return the students who are in the class now, by name; one statement."""
    rows = session.execute(
        select(User.id, User.name, Enrolment.called)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(*is_student_of(class_id))
        .order_by(*BY_NAME)
    )
    return [ClassStudent(row.id, row.name or gettext("Guest %(number)s", number=row.id), row.called) for row in rows]


def find_student(session: Session, class_id: int, user_id: int) -> ClassStudent:
    """Return a student who is in the class now; one statement. Raises NotFound."""
    student = next((each for each in list_students(session, class_id) if each.id == user_id), None)
    if student is None:
        raise NotFound
    return student


def list_assignments(session: Session, class_id: int) -> Sequence[Assignment]:
    """Return what the class is asked to do, the earliest first; one statement."""
    return session.scalars(
        select(Assignment)
        .where(Assignment.class_id == class_id, Assignment.archived_at.is_(None))
        .order_by(Assignment.created_at, Assignment.id)
    ).all()


def list_sets(session: Session, class_id: int) -> list[QuestionSet]:
    """Return the sets that are assigned to the class, the latest assigned first; one statement."""
    found = session.scalars(
        select(QuestionSet)
        .join(Assignment, Assignment.set_id == QuestionSet.id)
        .where(Assignment.class_id == class_id, Assignment.archived_at.is_(None))
        .order_by(Assignment.id.desc())
    )
    return list(dict.fromkeys(found))


def group_titles(question_set: QuestionSet, by: str) -> dict[Any, str]:
    """Return the titles of the set's topics ("topic") by key, or of its passages ("passage") by number, in order."""
    if by == "passage":
        return {passage["number"]: passage["title"] for passage in question_set.header["passages"]}
    return {topic["key"]: topic["title"] for topic in question_set.header["topics"]}


def today_in(classroom: Classroom, now: datetime) -> date:
    """Return the study day in the class's time zone."""
    return StudyClock(classroom.timezone).day(now)


def next_exam(work: Sequence[Assignment], set_id: int, today: date) -> Assignment | None:
    """Return the study assignment of a set whose exam comes first from today on."""
    ahead = [each for each in work if each.set_id == set_id and each.exam_day is not None and each.exam_day >= today]
    return min(ahead, key=lambda each: (each.exam_day or today, each.id), default=None)


# Attempts

COUNTED_ATTEMPTS = ("best", "last", "first")  # which of somebody's attempts counts


@dataclass(frozen=True, slots=True)
class FinishedAttempt:
    """A finished attempt, the `number`-th of the student at the assignment."""

    id: int
    learner_id: int
    assignment_id: int
    number: int
    started_at: datetime
    finished_at: datetime
    score: Score
    late: bool

    @property
    def duration(self) -> timedelta:
        return self.finished_at - self.started_at


def is_finished(now: datetime) -> ColumnElement[bool]:
    """Return whether an attempt counts: it was handed in, or its time is up and nobody has looked at it since."""
    over = Attempt.deadline <= now - GRACE
    return (Attempt.purpose == ASSIGNMENT) & or_(Attempt.finished_at.is_not(None), over)


# The results of an attempt, also when its time ran out and its row is not closed yet.
ENDED_AT = func.coalesce(Attempt.finished_at, Attempt.deadline, type_=UTCDateTime())
_MARKS = func.coalesce(
    Attempt.marks,
    select(func.sum(Response.fraction)).where(Response.attempt_id == Attempt.id).scalar_subquery(),
    0.0,
)


_UNMARKED = case(
    (Attempt.finished_at.is_not(None), Attempt.unmarked),
    else_=select(func.count())
    .where(Response.attempt_id == Attempt.id, Response.verdict == Verdict.UNMARKED.value)
    .scalar_subquery(),
)


def finished_attempts(
    session: Session, assignments: Sequence[Assignment], students: Iterable[int], *, now: datetime
) -> dict[int, list[FinishedAttempt]]:
    """Return the finished attempts of the students by assignment, each student's in the order they began; two
    statements."""
    due = {each.id: each.due_at for each in assignments}
    extended = {
        (row.assignment_id, row.user_id): row.due_at
        for row in session.execute(
            select(Extension.assignment_id, Extension.user_id, Extension.due_at).where(
                Extension.assignment_id.in_(due), Extension.due_at.is_not(None)
            )
        )
    }
    rows = session.execute(
        select(
            Attempt.id, Attempt.learner_id, Attempt.assignment_id, Attempt.started_at,
            ENDED_AT.label("finished_at"), _MARKS.label("marks"), Attempt.size, _UNMARKED.label("unmarked"),
        )
        .where(
            Attempt.assignment_id.in_(due),
            Attempt.learner_id.in_(list(students)),
            is_finished(now),
        )
        .order_by(Attempt.started_at, Attempt.id)
    )  # fmt: skip
    found: dict[int, list[FinishedAttempt]] = {each.id: [] for each in assignments}
    numbers: dict[tuple[int, int], int] = defaultdict(int)
    for row in rows:
        key = row.assignment_id, row.learner_id
        numbers[key] += 1
        due_at = extended.get(key, due[row.assignment_id])
        late = due_at is not None and row.finished_at > due_at
        score = Score(row.marks, row.size, row.unmarked)
        found[row.assignment_id].append(
            FinishedAttempt(
                row.id, row.learner_id, row.assignment_id, numbers[key], row.started_at, row.finished_at, score, late
            )
        )
    return found


def counted_attempts(attempts: Iterable[FinishedAttempt], take: str) -> dict[int, FinishedAttempt]:
    """Return for each student the attempt that counts: the best (of equals the earlier), the last or the first."""
    chosen: dict[int, FinishedAttempt] = {}
    for each in attempts:
        before = chosen.get(each.learner_id)
        if before is None or take == "last" or (take == "best" and each.score.share > before.score.share):
            chosen[each.learner_id] = each
    return chosen


def read_marks(session: Session, attempt_ids: Iterable[int]) -> Sequence[Any]:
    """Return the marks of the questions of attempts in their order, without the answers; one statement."""
    return session.execute(
        select(
            Response.attempt_id, Response.position, Response.verdict, Response.fraction,
            Response.received_at.is_not(None).label("is_late"), QuestionVersion.question_id,
        )
        .join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .where(Response.attempt_id.in_(list(attempt_ids)))
        .order_by(Response.attempt_id, Response.position)
    ).all()  # fmt: skip


def read_responses(session: Session, attempt_ids: Iterable[int]) -> Sequence[Any]:
    """Return the questions of attempts in their order, answered or not; one statement."""
    return session.execute(
        select(
            Response.attempt_id, Response.position, Response.fact_id, Response.response, Response.verdict,
            Response.fraction, Response.ms, Response.question_version_id, Response.regraded_by_id,
            Response.received_at, Attempt.deadline, QuestionVersion.question_id,
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .where(Response.attempt_id.in_(list(attempt_ids)))
        .order_by(Response.attempt_id, Response.position)
    ).all()  # fmt: skip


def read_questions(session: Session, version_ids: Iterable[int | None]) -> dict[int, Question]:
    """Return the versions of questions that were asked or marked by; one statement."""
    rows = session.execute(
        select(QuestionVersion.id, QuestionVersion.body).where(QuestionVersion.id.in_(set(version_ids) - {None}))
    )
    return {row.id: parse_question(row.body) for row in rows}


def current_questions(session: Session, question_ids: Iterable[int]) -> Mapping[int, tuple[int, Question]]:
    """Return for each question the set it is in and what it asks now; one statement."""
    rows = session.execute(
        select(QuestionRow.id, Fact.set_id, QuestionVersion.body)
        .join(Fact, Fact.id == QuestionRow.fact_id)
        .join(QuestionRow.current_version)
        .where(QuestionRow.id.in_(list(question_ids)))
    )
    return {row.id: (row.set_id, parse_question(row.body)) for row in rows}
