"""Begin or continue attempts at an assigned quiz, and previews of it by its teachers."""

from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.assignments import AssignmentSettings, Phase
from quizapp.core.attempts import draw
from quizapp.models import Assignment, Attempt, Enrolment, Extension, Fact, Question, QuestionVersion, Response, User
from quizapp.services import access
from quizapp.services.assignments.deadlines import expire_own_attempts
from quizapp.services.attempts.lifecycle import begin_attempt, is_over
from quizapp.services.attempts.questions import list_candidates
from quizapp.services.attempts.reviews import assignment_release
from quizapp.services.errors import NotFound


class NotOpen(Exception):
    """The assignment is not open yet, or closed."""


class KeyShown(Exception):
    """The learner was shown the right answers after the due date, so they cannot take the quiz again."""


class NoAttemptsLeft(Exception):
    """Every attempt there was has been begun."""


def begin_assigned_attempt(session: Session, learner: User, assignment_id: int, *, now: datetime) -> Attempt:
    """Begin an attempt at an assigned quiz, or return the one that is running.

    A second press waits for the first. Raises NotFound, NotOpen, NoAttemptsLeft, KeyShown and NoQuestions.
    """
    assignment, enrolment = _lock_enrolment(session, learner, assignment_id)
    if enrolment.role != access.STUDENT:
        raise NotFound
    expire_own_attempts(session, learner, assignment, now=now)
    own = _own_attempts(session, learner, assignment, "assignment")
    for attempt in own:
        if attempt.finished_at is None:
            return attempt
    extension = session.get(Extension, (assignment.id, learner.id))
    settings = assignment.settings_for(enrolment, extension)
    if settings.phase(now) in (Phase.WAITING, Phase.CLOSED):
        raise NotOpen
    if settings.attempts_left(len(own)) == 0:
        raise NoAttemptsLeft
    if assignment_release(session, assignment).ends_attempts(
        [each.finished_at for each in own if each.finished_at], now
    ):
        raise KeyShown
    return _begin(session, learner, assignment, settings, own, "assignment", now)


def begin_preview(session: Session, teacher: User, assignment_id: int, *, now: datetime) -> Attempt:
    """Begin an attempt that shows a teacher what students will see, at any time. Raises NotFound and NoQuestions.

    A preview that is running is continued; one that is over is replaced.
    """
    access.assignment_to_teach(session, teacher, assignment_id)
    assignment, _ = _lock_enrolment(session, teacher, assignment_id)
    for attempt in _own_attempts(session, teacher, assignment, "preview"):
        if not is_over(attempt, now):
            return attempt
        session.delete(attempt)
    session.flush()
    settings = AssignmentSettings(minutes=assignment.minutes)
    return _begin(session, teacher, assignment, settings, [], "preview", now)


def _lock_enrolment(session: Session, learner: User, assignment_id: int) -> tuple[Assignment, Enrolment]:
    """Return a quiz assigned to the person's class. Nobody else begins an attempt for them until the transaction ends.

    Raises NotFound.
    """
    assignment, classroom, enrolment = access.assignment_to_do(session, learner, assignment_id)
    if assignment.kind != "quiz":
        raise NotFound
    still = select(Enrolment.user_id).where(
        Enrolment.class_id == classroom.id, Enrolment.user_id == learner.id, Enrolment.status == access.ACTIVE
    )
    if session.execute(still.with_for_update()).one_or_none() is None:  # removed while this waited
        raise NotFound
    return assignment, enrolment


def _own_attempts(session: Session, learner: User, assignment: Assignment, purpose: str) -> list[Attempt]:
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
    settings: AssignmentSettings,
    own: list[Attempt],
    purpose: str,
    now: datetime,
) -> Attempt:
    seed = f"{assignment.id}:{learner.id}:{len(own)}"
    asked_last = select(Response.fact_id).where(Response.attempt_id == (own[-1].id if own else 0))
    asked = (
        _picked(session, assignment)
        if assignment.question_ids
        else _drawn(session, assignment, seed, set(session.scalars(asked_last)))
    )
    if assignment.shuffled:
        Random(seed).shuffle(asked)
    return begin_attempt(
        session,
        learner,
        asked,
        set_id=assignment.set_id,
        purpose=purpose,
        title=assignment.title,
        feedback=assignment.feedback,
        now=now,
        assignment_id=assignment.id,
        deadline=settings.deadline(now),
    )


def _picked(session: Session, assignment: Assignment) -> list[tuple[int, int]]:
    """Return the questions picked, in their current versions; a fact that two of them ask by now is asked once."""
    rows = session.execute(
        select(Question.id, Question.fact_id, QuestionVersion.id.label("version_id"))
        .join(Fact, Fact.id == Question.fact_id)
        .join(Question.current_version)
        .where(Question.id.in_(assignment.question_ids), Question.archived_at.is_(None), Fact.archived_at.is_(None))
    )
    found = {row.id: row for row in rows}
    by_fact: dict[int, int] = {}
    for row in (found[each] for each in assignment.question_ids if each in found):
        by_fact.setdefault(row.fact_id, row.version_id)
    return list(by_fact.items())


def _drawn(session: Session, assignment: Assignment, seed: str, asked_last: set[int]) -> list[tuple[int, int]]:
    """Draw as many questions of each topic as the assignment says, facts that the last attempt did not ask first."""
    candidates = list_candidates(session, assignment.set_id, topics=list(assignment.draws), kinds=assignment.kinds)
    drawn = []
    for topic, number in assignment.draws.items():
        of_topic = [candidate for candidate in candidates if candidate.topic == topic]
        drawn += draw(of_topic, number, seed=f"{seed}:{topic}", asked_last=asked_last)
    return [(candidate.fact_id, candidate.question_version_id) for candidate in drawn]
