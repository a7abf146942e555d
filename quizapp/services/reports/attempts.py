"""The attempts at the quizzes of a class that count, and the marks in them as they stand after any regrading."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.attempts import Score
from quizapp.core.questions import Question, parse_question
from quizapp.models import Assignment, Attempt, Extension, Fact, QuestionVersion, Response
from quizapp.models import Question as QuestionRow
from quizapp.models.base import UTCDateTime
from quizapp.services.attempts.lifecycle import GRACE

TAKES = ("best", "last", "first")  # which of somebody's attempts counts


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
    """Whether an attempt counts: it was handed in, or its time is up and nobody has looked at it since."""
    over = Attempt.deadline <= now - GRACE
    return (Attempt.purpose == "assignment") & or_(Attempt.finished_at.is_not(None), over)


# What an attempt came to, also where its time ran out and that was not put on record yet.
ENDED_AT = func.coalesce(Attempt.finished_at, Attempt.deadline, type_=UTCDateTime())
_MARKS = func.coalesce(
    Attempt.marks,
    select(func.sum(Response.fraction)).where(Response.attempt_id == Attempt.id).scalar_subquery(),
    0.0,
)


def finished(
    session: Session, assignments: Sequence[Assignment], students: Iterable[int], *, now: datetime
) -> dict[int, list[FinishedAttempt]]:
    """By assignment the finished attempts of the students, each student's in the order they began; two statements."""
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
            ENDED_AT.label("finished_at"), _MARKS.label("marks"), Attempt.size,
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
        times, score = (row.started_at, row.finished_at), Score(row.marks, row.size)
        attempt = FinishedAttempt(row.id, row.learner_id, row.assignment_id, numbers[key], *times, score, late)
        found[row.assignment_id].append(attempt)
    return found


def counting_attempts(attempts: Iterable[FinishedAttempt], take: str) -> dict[int, FinishedAttempt]:
    """Return for each student the attempt that counts: the best (of equals the earlier), the last or the first."""
    chosen: dict[int, FinishedAttempt] = {}
    for each in attempts:
        before = chosen.get(each.learner_id)
        if before is None or take == "last" or (take == "best" and each.score.share > before.score.share):
            chosen[each.learner_id] = each
    return chosen


def responses(session: Session, attempt_ids: Iterable[int]) -> Sequence[Any]:
    """The questions of attempts in their order, answered or not; one statement."""
    return session.execute(
        select(
            Response.attempt_id, Response.position, Response.fact_id, Response.response, Response.verdict,
            Response.fraction, Response.ms, Response.question_version_id, Response.regraded_by_id,
            QuestionVersion.question_id,
        )
        .join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .where(Response.attempt_id.in_(list(attempt_ids)))
        .order_by(Response.attempt_id, Response.position)
    ).all()  # fmt: skip


def questions(session: Session, version_ids: Iterable[int | None]) -> dict[int, Question]:
    """The versions of questions that were asked or marked by; one statement."""
    rows = session.execute(
        select(QuestionVersion.id, QuestionVersion.body).where(QuestionVersion.id.in_(set(version_ids) - {None}))
    )
    return {row.id: parse_question(row.body) for row in rows}


def current(session: Session, question_ids: Iterable[int]) -> Mapping[int, tuple[int, Question]]:
    """For each question the set it is in and what it asks now; one statement."""
    rows = session.execute(
        select(QuestionRow.id, Fact.set_id, QuestionVersion.body)
        .join(Fact, Fact.id == QuestionRow.fact_id)
        .join(QuestionVersion, QuestionVersion.question_id == QuestionRow.id)
        .where(QuestionRow.id.in_(list(question_ids)), QuestionVersion.number == QuestionRow.current)
    )
    return {row.id: (row.set_id, parse_question(row.body)) for row in rows}
