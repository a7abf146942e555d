"""Marks that people enter: of their own answers in quizzes and practice, and of their students' in assigned quizzes.

An answer may be marked again, which changes its credit. It becomes a review when it is marked first, once the other
answers of its attempt have; that review stays as it is.

Where learners mark their own answers, they may also override the verdict on what they typed.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from quizapp.core.attempts import AT_ONCE, POLICIES
from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.kinds.base import Verdict
from quizapp.core.kinds.essay import Essay
from quizapp.core.scheduling.scheduler import Rating
from quizapp.models import Assignment, Attempt, Classroom, Enrolment, QuestionVersion, Response, Review, User
from quizapp.services import access, audit_log, overrides
from quizapp.services.attempts.lifecycle import NotHandedIn, finish_attempt, is_over, own_attempt
from quizapp.services.attempts.questions import get_question
from quizapp.services.attempts.reviews import assignment_release, record_reviews
from quizapp.services.errors import NotFound
from quizapp.services.memories import StaleAnswer


def own_markable_attempt(
    session: Session, learner: User, attempt_id: int, *, lock: bool = False, now: datetime
) -> Attempt:
    """Return an attempt of the learner's whose answers the learner marks, once their model answers are shown.

    Raises NotFound, InRunningQuiz and NotHandedIn.
    """
    purposes = [name for name, policy in POLICIES.items() if policy.marked_by_learner]
    attempt = own_attempt(session, learner, attempt_id, purposes=purposes, lock=lock, shown_at=now)
    if attempt.finished_at is None and attempt.feedback != AT_ONCE:
        raise NotHandedIn
    return attempt


def mark_own_answer(
    session: Session,
    learner: User,
    attempt_id: int,
    position: int,
    mark: float,
    points: Iterable[int],
    *,
    now: datetime,
) -> Attempt:
    """Give one's own answer a mark (0..1), with the places of the points it meets.

    Raises NotFound, also for an attempt that its learner does not mark, InRunningQuiz and NotHandedIn.
    """
    attempt = own_markable_attempt(session, learner, attempt_id, lock=True, now=now)
    _mark(session, learner, attempt, position, mark, points)
    return attempt


def override_own_verdict(
    session: Session, learner: User, attempt_id: int, position: int, *, right: bool, now: datetime
) -> Attempt:
    """Let a learner say whether a typed answer of theirs was right; its review follows.

    Raises NotFound, also where the verdict cannot be doubted, InRunningQuiz and NotHandedIn.
    """
    attempt = own_markable_attempt(session, learner, attempt_id, lock=True, now=now)
    asked = get_question(session, attempt, position)
    if asked.grade is None or not asked.can_override:
        raise NotFound
    overridden = asked.grade.correct != right
    verdict = (Verdict.RIGHT if right else Verdict.WRONG) if overridden else asked.grade.verdict
    values = {
        "overridden": overridden,
        "verdict": verdict.value,
        "fraction": float(right) if overridden else asked.grade.fraction,
        "review_id": _override_review(session, learner, asked.review_id, right=right, now=now),
    }
    own = (Response.attempt_id == attempt.id, Response.position == position)
    session.execute(update(Response).where(*own).values(values))
    _add_up(session, attempt)
    return attempt


def _override_review(
    session: Session, learner: User, review_id: int | None, *, right: bool, now: datetime
) -> int | None:
    """Override the review of an answer if it says otherwise; return the latest."""
    review = review_id and session.get(Review, review_id)
    if review and (review.rating != Rating.AGAIN) != right:
        with suppress(StaleAnswer, NotFound):
            return overrides.override_review(session, learner, review.id, now=now)
    return review_id


def _add_up(session: Session, attempt: Attempt) -> None:
    """Add up the marks of a locked attempt again, if it is finished."""
    if attempt.finished_at is not None:
        session.execute(update(Attempt).where(Attempt.id == attempt.id).values(attempt_totals()))
    session.refresh(attempt)


def mark_student_answer(
    session: Session,
    teacher: User,
    assignment_id: int,
    user_id: int,
    attempt_id: int,
    position: int,
    mark: float,
    points: Iterable[int],
    *,
    now: datetime,
) -> None:
    """Give a student's answer in a finished attempt at an assigned quiz a mark (0..1), and record it in the audit log.

    Raises NotFound, also for an attempt that runs and for somebody who is not a student of the class.
    """
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    student = _student(session, assignment, user_id)
    attempt = own_attempt(session, student, attempt_id, purposes=["assignment"], lock=True)
    if attempt.assignment_id != assignment_id:
        raise NotFound
    if attempt.finished_at is None:
        if not is_over(attempt, now):
            raise NotFound
        finish_attempt(session, attempt, now=now)
    _mark(session, student, attempt, position, mark, points)
    _log(session, teacher, student, assignment, attempt, position, mark, now)


def _log(
    session: Session,
    teacher: User,
    student: User,
    assignment: Assignment,
    attempt: Attempt,
    position: int,
    mark: float,
    now: datetime,
) -> None:
    """Log a mark for the student to read: with the mark itself only if it is released."""
    assert attempt.finished_at is not None
    details: dict[str, Any] = {"title": assignment.title, "number": position}
    if assignment_release(session, assignment).is_released(attempt.finished_at, now):
        action, details["mark"] = "marked_answer", f"{mark:g}"
    else:
        action = "marked_unreleased"
    classroom = session.get_one(Classroom, assignment.class_id)
    audit_log.record(session, teacher, action, now=now, classroom=classroom, subject=student, **details)


def _student(session: Session, assignment: Assignment, user_id: int) -> User:
    student = session.scalar(
        select(User)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(User.id == user_id, *access.is_student_of(assignment.class_id))
    )
    if student is None:
        raise NotFound
    return student


def _mark(session: Session, learner: User, attempt: Attempt, position: int, mark: float, points: Iterable[int]) -> None:
    """Mark an answer of a locked attempt, and add up its marks. Raises NotFound for what a person does not mark."""
    row = session.execute(
        select(Response.response, QuestionVersion.body)
        .join(QuestionVersion, QuestionVersion.id == Response.question_version_id)
        .where(Response.attempt_id == attempt.id, Response.position == position, Response.response.is_not(None))
    ).one_or_none()
    question = row and parse_question(row.body)
    if row is None or not isinstance(question, Essay):
        raise NotFound
    given = parse_response(row.response)
    if question.grade(given).verdict is Verdict.UNANSWERED:
        raise NotFound
    marked = question.add_mark(given, mark, points)
    grade = question.grade(marked)
    session.execute(
        update(Response)
        .where(Response.attempt_id == attempt.id, Response.position == position)
        .values(response=marked.model_dump(mode="json"), verdict=grade.verdict.value, fraction=grade.fraction)
    )
    if attempt.recorded_at is not None:
        record_reviews(session, learner, attempt, position=position)
    _add_up(session, attempt)


def attempt_totals() -> dict[str, Any]:
    """Return what to write into an attempt: the sum of its credits, and how many answers wait to be marked."""
    own = Response.attempt_id == Attempt.id
    waiting = select(func.count()).where(own, Response.verdict == Verdict.UNMARKED.value)
    return {
        "marks": select(func.coalesce(func.sum(Response.fraction), 0.0)).where(own).scalar_subquery(),
        "unmarked": waiting.scalar_subquery(),
    }
