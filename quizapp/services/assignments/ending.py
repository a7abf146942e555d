"""When attempts at an assignment end, and when their answers count: decided at the next look at them by anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ScalarSelect, bindparam, func, select, update
from sqlalchemy.orm import Session

from quizapp.core.assignments import Granted, Terms, counts_from, told_from
from quizapp.models import Assignment, Attempt, Enrolment, Extension, Response, User
from quizapp.services import attempts

PURPOSE, PREVIEW = "assignment", "preview"
RECORDED_AT_ONCE = 200  # answers that become reviews on one look at somebody else's attempts


def terms_of(assignment: Assignment) -> Terms:
    """The terms for everybody."""
    return Terms(assignment.opens_at, assignment.due_at, assignment.closes_at, assignment.attempts, assignment.minutes)


def terms_for(assignment: Assignment, enrolment: Enrolment, extension: Extension | None) -> Terms:
    """The terms for one student."""
    return terms_of(assignment).for_student(enrolment.time_factor, granted(extension))


def granted(extension: Extension | None) -> Granted | None:
    if extension is None:
        return None
    return Granted(extension.due_at, extension.closes_at, extension.attempts, extension.time_factor)


class Finished(Protocol):
    """What was handed in, and when."""

    @property
    def finished_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Telling:
    """When the attempts at an assignment tell what was right, and count: it hangs on the terms of everybody."""

    feedback: str
    everybody: tuple[Terms, ...]

    def told_from(self, attempt: Finished) -> datetime | None:
        assert attempt.finished_at is not None
        return told_from(self.feedback, self.everybody, attempt.finished_at)

    def is_told(self, attempt: Finished, now: datetime) -> bool:
        """Whether a finished attempt tells what was right."""
        moment = self.told_from(attempt)
        return moment is not None and moment <= now

    def counts(self, attempt: Attempt, now: datetime) -> bool:
        """Whether the answers of a finished attempt count as reviews."""
        assert attempt.finished_at is not None
        return counts_from(self.feedback, self.everybody, attempt.finished_at) <= now


def telling(session: Session, assignment: Assignment) -> Telling:
    """One statement."""
    extensions = session.scalars(select(Extension).where(Extension.assignment_id == assignment.id))
    base = terms_of(assignment)
    return Telling(assignment.feedback, (base, *(base.for_student(1.0, granted(each)) for each in extensions)))


def close(session: Session, learner: User, assignment: Assignment, attempt: Attempt, *, now: datetime) -> None:
    """Hand in an attempt that is locked, and let it count if it may already. Raises AttemptOver."""
    attempts.finish(session, attempt, now=now)
    let_count(session, learner, telling(session, assignment), attempt, now=now)


def let_count(session: Session, learner: User, when: Telling, attempt: Attempt, *, now: datetime) -> None:
    """Let the answers of a finished attempt that is locked become reviews, once, when they may be told."""
    if attempt.purpose == PURPOSE and not attempt.about.get("counted") and when.counts(attempt, now):
        attempts.record_reviews(session, learner, attempt)
        attempt.about = {**attempt.about, "counted": True}
        session.flush()


def settle(session: Session, learner: User, assignment: Assignment, *, now: datetime) -> None:
    """End what of the learner's own attempts is over, and let count what may."""
    query = select(Attempt).where(Attempt.assignment_id == assignment.id, Attempt.learner_id == learner.id)
    when = telling(session, assignment)
    for attempt in _locked(session, query):
        if attempt.finished_at is None and attempts.is_over(attempt, now):
            attempts.finish(session, attempt, now=now)
        if attempt.finished_at is not None:
            let_count(session, learner, when, attempt, now=now)


def unsettled(session: Session, assignment: Assignment, *, now: datetime, learner: User | None = None) -> bool:
    """Whether something of the assignment, or of one learner's, is to be settled; two statements."""
    query = select(Attempt).where(Attempt.assignment_id == assignment.id)
    if learner is not None:
        query = query.where(Attempt.learner_id == learner.id)
    when = telling(session, assignment)
    return any(
        attempts.is_over(each, now) if each.finished_at is None else _waits(each, when, now)
        for each in session.scalars(query)
    )


def _waits(attempt: Attempt, when: Telling, now: datetime) -> bool:
    return attempt.purpose == PURPOSE and not attempt.about.get("counted") and when.counts(attempt, now)


def settle_all(session: Session, assignment: Assignment, *, now: datetime) -> None:
    """End whatever attempts of the class are over, in one statement, and let count what may.

    No more answers than RECORDED_AT_ONCE (and one attempt at least) become reviews on one look.
    """
    session.execute(
        update(Attempt)
        .where(Attempt.assignment_id == assignment.id, Attempt.finished_at.is_(None), Attempt.deadline <= now)
        .values(finished_at=Attempt.deadline, marks=marks_given())
        .execution_options(synchronize_session=False)
    )
    when, room = telling(session, assignment), RECORDED_AT_ONCE
    query = select(Attempt).where(Attempt.assignment_id == assignment.id, Attempt.finished_at.is_not(None))
    waiting = [attempt for attempt in _locked(session, query) if _waits(attempt, when, now)]
    whose = {user.id: user for user in _learners(session, waiting)}
    for attempt in waiting:
        if room > 0:
            let_count(session, whose[attempt.learner_id], when, attempt, now=now)
        room -= attempt.size


def marks_given() -> ScalarSelect[float]:
    """The sum of an attempt's credits, to be written into its marks."""
    total = select(func.coalesce(func.sum(Response.fraction), 0.0)).where(Response.attempt_id == Attempt.id)
    return total.scalar_subquery()


def _locked(session: Session, query: Any) -> Sequence[Attempt]:
    locked = query.order_by(Attempt.id).with_for_update().execution_options(populate_existing=True)
    found: Sequence[Attempt] = session.scalars(locked).all()
    return found


def _learners(session: Session, found: Sequence[Attempt]) -> Sequence[User]:
    return session.scalars(select(User).where(User.id.in_({attempt.learner_id for attempt in found}))).all()


def move_terms(session: Session, assignment: Assignment, *, learner_id: int | None = None) -> None:
    """Let attempts that run end, and tell, by the terms as they are now; two statements."""
    query = (
        select(Attempt, Enrolment, Extension)
        .join(Enrolment, (Enrolment.user_id == Attempt.learner_id) & (Enrolment.class_id == assignment.class_id))
        .outerjoin(Extension, (Extension.assignment_id == assignment.id) & (Extension.user_id == Attempt.learner_id))
        .where(Attempt.assignment_id == assignment.id, Attempt.purpose == PURPOSE, Attempt.finished_at.is_(None))
        .order_by(Attempt.id)
        .with_for_update(of=Attempt)
    )
    if learner_id is not None:
        query = query.where(Attempt.learner_id == learner_id)
    moved = [
        {
            "which": attempt.id,
            "feedback": assignment.feedback,
            "deadline": _not_before(
                attempt.started_at, terms_for(assignment, enrolment, extension).deadline(attempt.started_at)
            ),
        }
        for attempt, enrolment, extension in session.execute(query)
    ]
    if moved:
        table: Any = Attempt.__table__
        session.connection().execute(update(table).where(table.c.id == bindparam("which")), moved)
        session.expire_all()


def _not_before(started_at: datetime, deadline: datetime | None) -> datetime | None:
    """A quiz that is closed as of a time before an attempt began ends that attempt as it began."""
    return deadline if deadline is None else max(deadline, started_at)
