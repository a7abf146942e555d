"""An assigned quiz taken: begun or gone on with, answered, handed in; and tried by its teacher."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from quizapp.core.assignments import Phase, Terms
from quizapp.core.quizzes import draw
from quizapp.models import Assignment, Attempt, Enrolment, Extension, Fact, Question, QuestionVersion, Response, User
from quizapp.services import access, attempts
from quizapp.services.assignments.ending import PREVIEW, PURPOSE, close, settle, terms_for
from quizapp.services.attempts import AT_ONCE, Sitting
from quizapp.services.errors import NotFound

PURPOSES = (PURPOSE, PREVIEW)


class NotNow(Exception):
    """The assignment is not open, or no longer."""


class NoAttemptsLeft(Exception):
    """Every attempt there was has been begun."""


class NoQuestions(Exception):
    """Nothing that was to be asked is in the set any more."""


def begin(session: Session, learner: User, assignment_id: int, *, now: datetime) -> int:
    """The id of a new attempt at an assigned quiz, or of the one that is running.

    Whoever presses twice waits for the first press. Raises NotFound, NotNow, NoAttemptsLeft and NoQuestions.
    """
    assignment, enrolment = _to_take(session, learner, assignment_id)
    if enrolment.role != access.STUDENT:
        raise NotFound
    settle(session, learner, assignment, now=now)
    own = _own(session, learner, assignment, PURPOSE)
    for attempt in own:
        if attempt.finished_at is None:
            return attempt.id
    extension = session.get(Extension, (assignment.id, learner.id))
    terms = terms_for(assignment, enrolment, extension)
    if terms.phase(now) in (Phase.WAITING, Phase.CLOSED):
        raise NotNow
    if terms.attempts_left(len(own)) == 0:
        raise NoAttemptsLeft
    return _begin(session, learner, assignment, terms, own, PURPOSE, now)


def preview(session: Session, teacher: User, assignment_id: int, *, now: datetime) -> int:
    """The id of an attempt by which a teacher sees what students will, at any time. Raises NotFound and NoQuestions.

    One that runs is gone on with; one that is over makes way.
    """
    access.assignment_to_teach(session, teacher, assignment_id)
    assignment, _ = _to_take(session, teacher, assignment_id)
    for attempt in _own(session, teacher, assignment, PREVIEW):
        if not attempts.is_over(attempt, now):
            return attempt.id
        session.delete(attempt)
    session.flush()
    terms = Terms(minutes=assignment.minutes)
    return _begin(session, teacher, assignment, terms, [], PREVIEW, now)


def discard(session: Session, teacher: User, attempt_id: int) -> int:
    """Throw a preview away; gives the id of its assignment. Raises NotFound."""
    attempt = attempts.own_attempt(session, teacher, attempt_id, purposes=[PREVIEW], lock=True)
    session.execute(delete(Attempt).where(Attempt.id == attempt.id))
    assert attempt.assignment_id is not None
    return attempt.assignment_id


def sitting(session: Session, learner: User, attempt_id: int, *, position: int | None = None, now: datetime) -> Sitting:
    """An attempt as it stands, with one of its questions if wanted. Raises NotFound and AttemptOver."""
    return attempts.sitting(session, learner, attempt_id, purposes=PURPOSES, position=position, now=now)


def answer(
    session: Session,
    learner: User,
    attempt_id: int,
    position: int,
    posted: Mapping[str, str],
    *,
    ms: int | None,
    confidence: int | None,
    now: datetime,
) -> Attempt:
    """Save an answer; told at once, it is a review at once. One that comes just as the time is up hands in.

    Raises NotFound and what attempts.respond raises.
    """
    attempt = attempts.own_attempt(session, learner, attempt_id, purposes=PURPOSES, lock=True)
    attempts.respond(session, attempt, position, posted, ms=ms, confidence=confidence, now=now)
    if attempt.feedback == AT_ONCE and attempt.purpose == PURPOSE:
        attempts.record_reviews(session, learner, attempt, position=position)
    if attempts.is_over(attempt, now):
        close(session, learner, _assignment(session, attempt), attempt, now=now)
    return attempt


def hand_in(session: Session, learner: User, attempt_id: int, *, now: datetime) -> None:
    """End an attempt: what is answered counts. Raises NotFound and AttemptOver."""
    attempt = attempts.own_attempt(session, learner, attempt_id, purposes=PURPOSES, lock=True)
    close(session, learner, _assignment(session, attempt), attempt, now=now)


def settle_attempts(session: Session, learner: User, attempt_ids: Iterable[int], *, now: datetime) -> None:
    """Hand in those of these attempts whose time ran out, as of then. Raises NotFound."""
    for attempt_id in attempt_ids:
        attempt = attempts.own_attempt(session, learner, attempt_id, purposes=PURPOSES, lock=True)
        if attempt.finished_at is None and attempts.is_over(attempt, now):
            close(session, learner, _assignment(session, attempt), attempt, now=now)


def _assignment(session: Session, attempt: Attempt) -> Assignment:
    return session.get_one(Assignment, attempt.assignment_id)


def _to_take(session: Session, learner: User, assignment_id: int) -> tuple[Assignment, Enrolment]:
    """An assigned quiz of a class that the person is in. Nobody else begins for them until the transaction ends."""
    assignment, classroom, enrolment = access.assignment_to_do(session, learner, assignment_id)
    if assignment.kind != "quiz":
        raise NotFound
    session.execute(
        select(Enrolment.user_id)
        .where(Enrolment.class_id == classroom.id, Enrolment.user_id == learner.id)
        .with_for_update()
    )
    return assignment, enrolment


def _own(session: Session, learner: User, assignment: Assignment, purpose: str) -> list[Attempt]:
    query = (
        select(Attempt)
        .where(Attempt.assignment_id == assignment.id, Attempt.learner_id == learner.id, Attempt.purpose == purpose)
        .order_by(Attempt.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _begin(
    session: Session,
    learner: User,
    assignment: Assignment,
    terms: Terms,
    own: list[Attempt],
    purpose: str,
    now: datetime,
) -> int:
    seed = f"{assignment.id}:{learner.id}:{len(own)}"
    asked_last = select(Response.fact_id).where(Response.attempt_id == (own[-1].id if own else 0))
    asked = (
        _picked(session, assignment)
        if assignment.question_ids
        else _drawn(session, assignment, seed, set(session.scalars(asked_last)))
    )
    if not asked:
        raise NoQuestions
    if assignment.shuffled:
        Random(seed).shuffle(asked)
    return attempts.begin(
        session,
        learner,
        asked,
        set_id=assignment.set_id,
        purpose=purpose,
        title=assignment.title,
        feedback=assignment.feedback,
        now=now,
        assignment_id=assignment.id,
        deadline=terms.deadline(now),
    )


class _Asked(NamedTuple):
    fact_id: int
    question_version_id: int


def _picked(session: Session, assignment: Assignment) -> list[tuple[int, int]]:
    """The questions picked, as they are asked now; a fact that two of them ask by now is asked once."""
    rows = session.execute(
        select(Question.id, Question.fact_id, QuestionVersion.id.label("version_id"))
        .join(Fact, Fact.id == Question.fact_id)
        .join(Question.current_version)
        .where(Question.id.in_(assignment.question_ids), Question.archived_at.is_(None), Fact.archived_at.is_(None))
    )
    found = {row.id: _Asked(row.fact_id, row.version_id) for row in rows}
    by_fact: dict[int, tuple[int, int]] = {}
    for question_id in assignment.question_ids:
        if question_id in found:
            by_fact.setdefault(found[question_id].fact_id, found[question_id])
    return list(by_fact.values())


def _drawn(session: Session, assignment: Assignment, seed: str, asked_last: set[int]) -> list[tuple[int, int]]:
    """As many questions of each topic as are to be drawn; facts that the last attempt did not ask go first."""
    pool = attempts.pool(session, assignment.set_id, topics=list(assignment.draws), kinds=assignment.kinds)
    drawn = []
    for topic, number in assignment.draws.items():
        of_topic = [candidate for candidate in pool if candidate.topic == topic]
        drawn += draw(of_topic, number, seed=f"{seed}:{topic}", asked_last=asked_last)
    return [(candidate.fact_id, candidate.question_version_id) for candidate in drawn]
