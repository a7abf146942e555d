"""Attempts at an assignment that expire: they are handed in when somebody looks at them next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from quizapp.models import Assignment, Attempt, Enrolment, Extension, User
from quizapp.services.attempts.lifecycle import GRACE, finish_attempt, is_over
from quizapp.services.attempts.marking import attempt_totals
from quizapp.services.attempts.reviews import assignment_release, can_record, record_released_reviews

RECORDED_AT_ONCE = 200  # answers of others that become reviews during one request


def needs_expiry(session: Session, assignment: Assignment, *, now: datetime, learner: User | None = None) -> bool:
    """Return whether attempts at an assignment, or those of one learner, expired or have reviews to be recorded.

    Two statements.
    """
    query = _unsettled(assignment)
    if learner is not None:
        query = query.where(Attempt.learner_id == learner.id)
    release = assignment_release(session, assignment)
    return any(
        is_over(attempt, now) if attempt.finished_at is None else can_record(attempt, release, now)
        for attempt in session.scalars(query)
    )


def expire_own_attempts(session: Session, learner: User, assignment: Assignment, *, now: datetime) -> None:
    """Hand in the learner's own attempts whose time is up, and record the reviews that are due."""
    release = assignment_release(session, assignment)
    for attempt in _locked(session, _unsettled(assignment).where(Attempt.learner_id == learner.id)):
        if attempt.finished_at is None and is_over(attempt, now):
            finish_attempt(session, attempt, now=now)
        record_released_reviews(session, learner, attempt, release, now=now)


def expire_all_attempts(session: Session, assignment: Assignment, *, now: datetime) -> None:
    """Hand in all attempts whose time is up, in one statement, and record the reviews that are due.

    An attempt stays open for GRACE: its last answer may be on the way.

    No more answers than RECORDED_AT_ONCE (and one attempt at least) become reviews during one request.
    """
    session.execute(
        update(Attempt)
        .where(Attempt.assignment_id == assignment.id, Attempt.finished_at.is_(None), Attempt.deadline <= now - GRACE)
        .values(finished_at=Attempt.deadline, **attempt_totals())
        .execution_options(synchronize_session=False)
    )
    release, room = assignment_release(session, assignment), RECORDED_AT_ONCE
    due = [attempt for attempt in _locked(session, _unsettled(assignment)) if can_record(attempt, release, now)]
    learners = {user.id: user for user in _learners(session, due)}
    for attempt in due:
        if room > 0:
            record_released_reviews(session, learners[attempt.learner_id], attempt, release, now=now)
        room -= attempt.size


def _unsettled(assignment: Assignment) -> Any:
    """Select the attempts that run, or whose answers are not recorded as reviews."""
    unrecorded = and_(Attempt.purpose == "assignment", Attempt.recorded_at.is_(None))
    return select(Attempt).where(Attempt.assignment_id == assignment.id, or_(Attempt.finished_at.is_(None), unrecorded))


def _locked(session: Session, query: Any) -> Sequence[Attempt]:
    locked = query.order_by(Attempt.id).with_for_update().execution_options(populate_existing=True)
    found: Sequence[Attempt] = session.scalars(locked).all()
    return found


def _learners(session: Session, attempts: Sequence[Attempt]) -> Sequence[User]:
    return session.scalars(select(User).where(User.id.in_({attempt.learner_id for attempt in attempts}))).all()


def move_deadlines(session: Session, assignment: Assignment, *, learner_id: int | None = None) -> None:
    """Give running attempts the deadline and the feedback of the settings as they are now; two statements."""
    query = (
        select(Attempt, Enrolment, Extension)
        .join(Enrolment, (Enrolment.user_id == Attempt.learner_id) & (Enrolment.class_id == assignment.class_id))
        .outerjoin(Extension, (Extension.assignment_id == assignment.id) & (Extension.user_id == Attempt.learner_id))
        .where(Attempt.assignment_id == assignment.id, Attempt.purpose == "assignment", Attempt.finished_at.is_(None))
        .order_by(Attempt.id)
        .with_for_update(of=Attempt)
    )
    if learner_id is not None:
        query = query.where(Attempt.learner_id == learner_id)
    moved = []
    for attempt, enrolment, extension in session.execute(query):
        deadline = assignment.settings_for(enrolment, extension).deadline(attempt.started_at)
        if deadline is not None:  # if it now closes before the attempt began, the attempt ends at its start
            deadline = max(deadline, attempt.started_at)
        moved.append({"which": attempt.id, "feedback": assignment.feedback, "deadline": deadline})
    if moved:
        table: Any = Attempt.__table__
        session.connection().execute(update(table).where(table.c.id == bindparam("which")), moved)
        session.expire_all()
