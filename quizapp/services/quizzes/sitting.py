"""An attempt at a quiz while it goes on: a question looked at, answered, the whole handed in."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.models import Attempt, User
from quizapp.services import attempts
from quizapp.services.attempts import AT_ONCE, Sitting

PURPOSES = ("quiz",)


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
    if attempt.feedback == AT_ONCE:
        attempts.record_reviews(session, learner, attempt, position=position)
    if attempts.is_over(attempt, now):
        _close(session, learner, attempt, now)
    return attempt


def hand_in(session: Session, learner: User, attempt_id: int, *, now: datetime) -> None:
    """End an attempt: what is answered counts, and becomes reviews. Raises NotFound and AttemptOver."""
    attempt = attempts.own_attempt(session, learner, attempt_id, purposes=PURPOSES, lock=True)
    _close(session, learner, attempt, now)


def settle(session: Session, learner: User, attempt_ids: Iterable[int], *, now: datetime) -> None:
    """Hand in those of these attempts whose time ran out, as of then. Raises NotFound."""
    for attempt_id in attempt_ids:
        attempt = attempts.own_attempt(session, learner, attempt_id, purposes=PURPOSES, lock=True)
        if attempt.finished_at is None and attempts.is_over(attempt, now):
            _close(session, learner, attempt, now)


def _close(session: Session, learner: User, attempt: Attempt, now: datetime) -> None:
    attempts.finish(session, attempt, now=now)
    attempts.record_reviews(session, learner, attempt)
