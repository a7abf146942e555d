"""Answers graded again after the key of a question was corrected: first shown, then done when confirmed."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.kinds import carry_over, parse_question, parse_response
from quizapp.core.kinds.base import Grade, WrittenResponse
from quizapp.models import Assignment, Attempt, Classroom, Enrolment, Question, QuestionVersion, Response, User
from quizapp.services import access, audit_log, vocabulary
from quizapp.services.attempts.marking import attempt_totals
from quizapp.services.attempts.reviews import assignment_release


class RegradeOutdated(Exception):
    """A question was edited, or an attempt handed in, since the change of marks was shown."""


@dataclass(frozen=True, slots=True)
class RegradedAnswer:
    """The answer of a student in words ("" where there is none), its credit (0..1) before and after."""

    attempt_id: int
    position: int
    student: str
    answer: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class RegradedQuestion:
    """A question that was edited since it was asked: the answers whose credit changes, and those
    that cannot be carried over."""

    question: AskedQuestion
    key: str  # the right answer in words, by which it is graded now
    changed: list[RegradedAnswer] = field(default_factory=list)
    kept: list[RegradedAnswer] = field(default_factory=list)  # before and after are the same
    unchanged: list[RegradedAnswer] = field(default_factory=list)  # whose credit stays


@dataclass(frozen=True, slots=True)
class RegradedAttempt:
    """The marks of one attempt, before and after."""

    attempt_id: int
    student: User
    name: str  # by which the class knows the student
    size: int
    finished_at: datetime
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Regrading:
    """What grading by the current questions would change. `digest` tells it from any other."""

    assignment: Assignment
    questions: list[RegradedQuestion]
    attempts: list[RegradedAttempt]
    digest: str
    changes: list[dict[str, Any]]  # of responses

    @property
    def changed(self) -> int:
        """The number of answers that get another credit."""
        return sum(len(edited.changed) for edited in self.questions)


def plan_regrade(session: Session, teacher: User, assignment_id: int) -> Regrading:
    """Return what a regrade would change in attempts that were handed in. Raises NotFound.

    That takes three statements, and one for each answer that is taken for a typing slip.
    """
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    return _plan(session, assignment)


def regrade(session: Session, teacher: User, found: Regrading, *, now: datetime) -> None:
    """Write what was planned; eight statements. Memories and reviews stay as they are.

    Grading many answers takes long, so `found` is planned before the transaction. Raises NotFound, and RegradeOutdated
    where it would be another plan by now.
    """
    assignment = access.assignment_to_teach(session, teacher, found.assignment.id, lock=True)
    if _digest(_outdated(session, assignment)) != found.digest:
        raise RegradeOutdated
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
        _log_each(session, teacher, assignment, classroom, found, now)
        _apply(session, assignment, found)


def _log_each(
    session: Session, teacher: User, assignment: Assignment, classroom: Classroom, found: Regrading, now: datetime
) -> None:
    """Log it for each student whose marks change: with the marks if they are released, or without."""
    release, title = assignment_release(session, assignment), assignment.title
    released = [each for each in found.attempts if release.is_released(each.finished_at, now)]
    marks = [
        (each.student, {"title": title, "before": f"{each.before:g}", "after": f"{each.after:g}"}) for each in released
    ]
    unreleased = [(each.student, {"title": title}) for each in found.attempts if each not in released]
    audit_log.record_each(session, teacher, "regraded_answers", marks, now=now, classroom=classroom)
    audit_log.record_each(session, teacher, "regraded_unreleased", unreleased, now=now, classroom=classroom)


def _apply(session: Session, assignment: Assignment, found: Regrading) -> None:
    table: Any = Response.__table__
    session.connection().execute(
        update(table).where(table.c.attempt_id == bindparam("which"), table.c.position == bindparam("place")),
        found.changes,
    )
    session.execute(
        update(Attempt)
        .where(
            Attempt.assignment_id == assignment.id, Attempt.purpose == "assignment", Attempt.finished_at.is_not(None)
        )
        .values(attempt_totals())
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _plan(session: Session, assignment: Assignment) -> Regrading:
    rows = _outdated(session, assignment)
    questions = _bodies(session, rows)
    by_question: dict[int, RegradedQuestion] = {}
    changes: list[dict[str, Any]] = []
    moved: dict[int, float] = defaultdict(float)
    for row in rows:
        old, new = questions[row.question_version_id], questions[row.current_id]
        regraded = by_question.setdefault(row.question_id, RegradedQuestion(new, new.right_answer))
        is_carried, given, grade = _grade_again(session, assignment.set_id, row, old, new)
        credit = grade.fraction if grade else None
        answer = _regraded_answer(row, old, credit if is_carried else row.fraction)
        if not is_carried:
            regraded.kept.append(answer)
            continue
        changes.append(_change(row, given, grade))
        (regraded.unchanged if answer.before == answer.after else regraded.changed).append(answer)
        if answer.before != answer.after:
            moved[row.attempt_id] += answer.after - answer.before
    by_name = sorted(rows, key=lambda row: row.sort_key or "")
    attempts = {
        row.attempt_id: _regraded_attempt(row, moved[row.attempt_id]) for row in by_name if row.attempt_id in moved
    }
    return Regrading(assignment, list(by_question.values()), list(attempts.values()), _digest(rows), changes)


def _outdated(session: Session, assignment: Assignment) -> Sequence[Any]:
    """Return the questions handed in that were graded by another version than the current one."""
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
            func.coalesce(func.nullif(Enrolment.called, ""), User.name, "").label("name"),
            Enrolment.sort_key,
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(User, User.id == Attempt.learner_id)
        .outerjoin(Enrolment, and_(Enrolment.user_id == User.id, Enrolment.class_id == assignment.class_id))
        .join(asked, asked.id == Response.question_version_id)
        .join(Question, Question.id == asked.question_id)
        .join(Question.current_version.of_type(current))
        .where(
            Attempt.assignment_id == assignment.id,
            Attempt.purpose == "assignment",
            Attempt.finished_at.is_not(None),
            current.id != func.coalesce(Response.regraded_by_id, Response.question_version_id),
        )
        .order_by(Question.id, *access.BY_NAME, Response.attempt_id)
    ).all()


def _bodies(session: Session, rows: Sequence[Any]) -> dict[int, AskedQuestion]:
    """Return each version once, by its id."""
    wanted = {row.question_version_id for row in rows} | {row.current_id for row in rows}
    found = session.execute(select(QuestionVersion.id, QuestionVersion.body).where(QuestionVersion.id.in_(wanted)))
    return {version_id: parse_question(body) for version_id, body in found}


def _grade_again(
    session: Session, set_id: int, row: Any, old: AskedQuestion, new: AskedQuestion
) -> tuple[bool, dict[str, Any] | None, Grade | None]:
    """Return whether an answer can be carried over, the answer to store, and its grade by the new key."""
    if row.response is None:
        return True, None, None
    given = parse_response(row.response)
    carried = carry_over(old, given, new)
    if carried is None:
        return False, row.response, None
    if not isinstance(carried, WrittenResponse) or not isinstance(given, WrittenResponse):
        return True, row.response, new.grade(carried)
    carried, grade = vocabulary.grade_in_set(session, set_id, carried.context.language, new, carried)
    return True, given.within(carried.context).model_dump(mode="json"), grade


def _regraded_answer(row: Any, old: AskedQuestion, credit: float | None) -> RegradedAnswer:
    answer = "" if row.response is None else old.describe_answer(parse_response(row.response))
    return RegradedAnswer(row.attempt_id, row.position, row.name, answer, row.fraction or 0.0, credit or 0.0)


def _change(row: Any, given: dict[str, Any] | None, grade: Grade | None) -> dict[str, Any]:
    return {
        "which": row.attempt_id,
        "place": row.position,
        "regraded_by_id": None if row.current_id == row.question_version_id else row.current_id,
        "response": given,
        "verdict": grade.verdict.value if grade else None,
        "fraction": grade.fraction if grade else None,
    }


def _regraded_attempt(row: Any, moved: float) -> RegradedAttempt:
    before = row.marks or 0.0
    after = round(before + moved, 9)
    return RegradedAttempt(row.attempt_id, row.User, row.name, row.size, row.finished_at, before, after)


def _digest(rows: Sequence[Any]) -> str:
    seen = sorted(f"{row.attempt_id}.{row.position}.{row.current_id}" for row in rows)
    return hashlib.sha256(" ".join(seen).encode()).hexdigest()[:16]
