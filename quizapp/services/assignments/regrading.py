"""Everybody marked anew, after a question's key was mended: foreseen first, done when it is confirmed."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from quizapp.core.grading import Grade, grade
from quizapp.core.questions import Question as AskedQuestion
from quizapp.core.questions import parse_question
from quizapp.core.regrading import carried_over
from quizapp.core.responses import parse_response
from quizapp.core.sessions import choice_order, judge
from quizapp.core.telling import in_words
from quizapp.models import Assignment, Attempt, Classroom, Question, QuestionVersion, Response, User
from quizapp.services import access, audit_log
from quizapp.services.assignments.ending import PURPOSE, marks_given, telling


class ChangedMeanwhile(Exception):
    """A question was edited, or an attempt handed in, since the change of marks was shown."""


@dataclass(frozen=True, slots=True)
class NewMark:
    """The answer of a student in words ("" where there is none), its credit (0..1) before and after."""

    attempt_id: int
    position: int
    student: str
    answer: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Edited:
    """A question that was edited since it was asked: the marks that change, and the answers that cannot follow."""

    question: AskedQuestion
    key: str  # the right answer, in words, by which it is marked now
    marks: list[NewMark] = field(default_factory=list)
    kept: list[NewMark] = field(default_factory=list)  # before and after are the same
    same: int = 0  # answers whose mark stays


@dataclass(frozen=True, slots=True)
class Total:
    """The marks of one attempt, before and after."""

    attempt_id: int
    student: User
    size: int
    finished_at: datetime
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Regrading:
    """What marking by the questions as they are now would change. `mark` tells it from any other."""

    assignment: Assignment
    questions: list[Edited]
    totals: list[Total]
    mark: str
    changes: list[dict[str, Any]]  # of responses

    @property
    def changed(self) -> int:
        """How many answers get another mark."""
        return sum(len(edited.marks) for edited in self.questions)


def foresee(session: Session, teacher: User, assignment_id: int) -> Regrading:
    """What a regrading would change in attempts that were handed in; three statements. Raises NotFound."""
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    return _foreseen(session, assignment)


def regrade(session: Session, teacher: User, assignment_id: int, mark: str, *, now: datetime) -> Regrading:
    """Mark everybody anew, as it was foreseen; eight statements. Memories and reviews stay as they are.

    Done again it finds nothing to do. Raises NotFound and ChangedMeanwhile.
    """
    assignment = access.assignment_to_teach(session, teacher, assignment_id, lock=True)
    found = _foreseen(session, assignment)
    if found.mark != mark:
        raise ChangedMeanwhile
    if found.changes:
        classroom = session.get_one(Classroom, assignment.class_id)
        audit_log.record(
            session,
            teacher,
            "regraded",
            now=now,
            classroom=classroom,
            title=assignment.title,
            changed=found.changed,
        )
        _note_each(session, teacher, assignment, classroom, found, now)
        _apply(session, assignment, found)
    return found


def _note_each(
    session: Session, teacher: User, assignment: Assignment, classroom: Classroom, found: Regrading, now: datetime
) -> None:
    """Note it for each student whose marks change: with the marks, where these may be told, or without."""
    when, title = telling(session, assignment), assignment.title
    told = [total for total in found.totals if when.is_told(total, now)]
    marks = [
        (each.student, {"title": title, "before": f"{each.before:g}", "after": f"{each.after:g}"}) for each in told
    ]
    untold = [(each.student, {"title": title}) for each in found.totals if each not in told]
    audit_log.record_each(session, teacher, "regraded answers", marks, now=now, classroom=classroom)
    audit_log.record_each(session, teacher, "regraded unreleased", untold, now=now, classroom=classroom)


def _apply(session: Session, assignment: Assignment, found: Regrading) -> None:
    table: Any = Response.__table__
    session.connection().execute(
        update(table).where(table.c.attempt_id == bindparam("which"), table.c.position == bindparam("place")),
        found.changes,
    )
    session.execute(
        update(Attempt)
        .where(Attempt.assignment_id == assignment.id, Attempt.purpose == PURPOSE, Attempt.finished_at.is_not(None))
        .values(marks=marks_given())
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _foreseen(session: Session, assignment: Assignment) -> Regrading:
    rows = _outdated(session, assignment)
    questions = _bodies(session, rows)
    by_question: dict[int, Edited] = {}
    changes: list[dict[str, Any]] = []
    moved: dict[int, float] = defaultdict(float)
    for row in rows:
        new = questions[row.current_id]
        edited = by_question.setdefault(row.question_id, Edited(new, _key(new)))
        after = _after(row, questions[row.question_version_id], new)
        mark = _mark(row, questions[row.question_version_id], after)
        if after is None:
            edited.kept.append(mark)
            continue
        changes.append(_change(row, after))
        if mark.before != mark.after:
            edited.marks.append(mark)
            moved[row.attempt_id] += mark.after - mark.before
        else:
            by_question[row.question_id] = _one_more(edited)
    totals = {row.attempt_id: _total(row, moved[row.attempt_id]) for row in rows if row.attempt_id in moved}
    seen = [f"{row.attempt_id}.{row.position}.{row.current_id}" for row in rows]
    return Regrading(assignment, list(by_question.values()), list(totals.values()), _digest(seen), changes)


def _outdated(session: Session, assignment: Assignment) -> Sequence[Any]:
    """What was asked and handed in, and marked by another version of its question than the one that is asked now."""
    asked, current = aliased(QuestionVersion), aliased(QuestionVersion)
    return session.execute(
        select(
            Response.attempt_id,
            Response.position,
            Response.question_version_id,
            Response.response,
            Response.fraction,
            Attempt.size,
            Attempt.finished_at,
            Attempt.marks,
            Question.id.label("question_id"),
            current.id.label("current_id"),
            User,
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(User, User.id == Attempt.learner_id)
        .join(asked, asked.id == Response.question_version_id)
        .join(Question, Question.id == asked.question_id)
        .join(Question.current_version.of_type(current))
        .where(
            Attempt.assignment_id == assignment.id,
            Attempt.purpose == PURPOSE,
            Attempt.finished_at.is_not(None),
            current.id != func.coalesce(Response.regraded_by_id, Response.question_version_id),
        )
        .order_by(Question.id, User.name_folded, Response.attempt_id)
    ).all()


def _bodies(session: Session, rows: Sequence[Any]) -> dict[int, AskedQuestion]:
    """Each version once, by its id."""
    wanted = {row.question_version_id for row in rows} | {row.current_id for row in rows}
    found = session.execute(select(QuestionVersion.id, QuestionVersion.body).where(QuestionVersion.id.in_(wanted)))
    return {version_id: parse_question(body) for version_id, body in found}


@dataclass(frozen=True, slots=True)
class _After:
    grade: Grade | None  # None: there was no answer


def _after(row: Any, old: AskedQuestion, new: AskedQuestion) -> _After | None:
    """The mark by the new key; None for an answer that cannot follow."""
    if row.response is None:
        return _After(None)
    carried = carried_over(old, parse_response(row.response), new)
    return None if carried is None else _After(grade(new, carried))


def _mark(row: Any, old: AskedQuestion, after: _After | None) -> NewMark:
    before = row.fraction or 0.0
    answer = "" if row.response is None else in_words(old, parse_response(row.response))
    credit = before if after is None else (after.grade.fraction if after.grade else 0.0)
    return NewMark(row.attempt_id, row.position, row.User.name or "", answer, before, credit)


def _change(row: Any, after: _After) -> dict[str, Any]:
    return {
        "which": row.attempt_id,
        "place": row.position,
        "regraded_by_id": None if row.current_id == row.question_version_id else row.current_id,
        "verdict": after.grade.verdict.value if after.grade else None,
        "fraction": after.grade.fraction if after.grade else None,
    }


def _one_more(edited: Edited) -> Edited:
    return Edited(edited.question, edited.key, edited.marks, edited.kept, edited.same + 1)


def _key(question: AskedQuestion) -> str:
    """The right answer as marking tells it."""
    return judge(question, {}, choice_order(question, "")).grade.key


def _total(row: Any, moved: float) -> Total:
    before = row.marks or 0.0
    return Total(row.attempt_id, row.User, row.size, row.finished_at, before, round(before + moved, 9))


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]
