"""Answers that a browser kept while it had no connection, and sent when it was back.

An answer that arrives after the deadline counts if the browser says that it was given before. A browser's clock proves
nothing, so it is marked for the teachers, and it is final, because its marks can be seen. Nothing counts that arrives
more than LATEST after the deadline, once the learner has seen the right answers, or after the attempt was handed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.models import Attempt, Response, User
from quizapp.services.attempts.lifecycle import (
    GRACE,
    AlreadyAnswered,
    finish_and_record,
    own_attempt,
    settle_answer,
    store_answer,
    takes_answers,
)
from quizapp.services.attempts.marking import attempt_totals
from quizapp.services.attempts.reviews import record_reviews
from quizapp.services.errors import NotFound

LATEST = timedelta(hours=24)  # after the deadline


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as a browser sent it. `given_at` is by the browser's clock, corrected by the page's time of the server.

    `seen_at` is when the answer that the page showed had been given, or None if it showed none.
    """

    attempt_id: int
    position: int
    given_at: datetime
    seen_at: datetime | None
    posted: Mapping[str, str]
    ms: int | None = None
    confidence: int | None = None


class KeptOutcome(StrEnum):
    """What became of an answer."""

    SAVED = "saved"
    LATE = "late"  # saved and marked: it arrived after the deadline
    KNOWN = "known"  # it had arrived before, or one given later or after the deadline had
    OVER = "over"  # the attempt was handed in before
    TOO_LATE = "too-late"  # it was given after the deadline, or arrived more than LATEST after it
    SHOWN = "shown"  # the learner had seen the right answers
    GONE = "gone"  # the attempt or the question is gone, or not the learner's
    UNREADABLE = "unreadable"  # it does not answer this kind of question


def save_kept_answer(session: Session, learner: User, kept: KeptAnswer, *, now: datetime) -> KeptOutcome:
    """Save an answer, unless a newer one is there, and return what became of it."""
    try:
        attempt = own_attempt(session, learner, kept.attempt_id, lock=True)
        save = _save_in_time if takes_answers(attempt, now) else _save_late
        return save(session, learner, attempt, kept, min(kept.given_at, now), now)
    except NotFound:
        return KeptOutcome.GONE
    except UnreadableResponse:
        return KeptOutcome.UNREADABLE
    except AlreadyAnswered:
        return KeptOutcome.SHOWN


def _save_in_time(
    session: Session, learner: User, attempt: Attempt, kept: KeptAnswer, given_at: datetime, now: datetime
) -> KeptOutcome:
    if _has_newer(session, kept, given_at):
        return KeptOutcome.KNOWN
    _store(session, attempt, kept, given_at)
    settle_answer(session, learner, attempt, kept.position, now=now)
    return KeptOutcome.SAVED


def _save_late(
    session: Session, learner: User, attempt: Attempt, kept: KeptAnswer, given_at: datetime, now: datetime
) -> KeptOutcome:
    deadline = attempt.deadline
    if deadline is None or (attempt.finished_at is not None and attempt.finished_at < deadline):
        return KeptOutcome.OVER
    if given_at > deadline + GRACE or now > deadline + LATEST:
        return KeptOutcome.TOO_LATE
    given_at = min(given_at, deadline)
    if _has_newer(session, kept, given_at) or _came_late_before(session, kept, now):
        return KeptOutcome.KNOWN
    if _key_was_shown(session, attempt):
        return KeptOutcome.SHOWN
    _store(session, attempt, kept, given_at, received_at=now)
    if attempt.finished_at is None:
        finish_and_record(session, learner, attempt, now)
    else:
        _add_to_finished(session, learner, attempt, kept.position)
    return KeptOutcome.LATE


def _has_newer(session: Session, kept: KeptAnswer, given_at: datetime) -> bool:
    """Return whether the question has an answer that the page did not show and that was not given before this one."""
    answered_at = session.scalar(
        select(Response.at).where(Response.attempt_id == kept.attempt_id, Response.position == kept.position)
    )
    return answered_at is not None and answered_at != kept.seen_at and answered_at >= given_at


def _came_late_before(session: Session, kept: KeptAnswer, now: datetime) -> bool:
    """Return whether the question has an answer that arrived after the deadline, in an earlier request than this."""
    received_at = session.scalar(
        select(Response.received_at).where(Response.attempt_id == kept.attempt_id, Response.position == kept.position)
    )
    return received_at is not None and received_at != now


def _store(
    session: Session, attempt: Attempt, kept: KeptAnswer, given_at: datetime, received_at: datetime | None = None
) -> None:
    store_answer(
        session,
        attempt,
        kept.position,
        kept.posted,
        ms=kept.ms,
        confidence=kept.confidence,
        at=max(given_at, attempt.started_at),
        received_at=received_at,
    )


def _add_to_finished(session: Session, learner: User, attempt: Attempt, position: int) -> None:
    """Count an answer of a finished, locked attempt in its marks, and as a review once the others are."""
    session.execute(update(Attempt).where(Attempt.id == attempt.id).values(attempt_totals()))
    if attempt.recorded_at is not None:
        record_reviews(session, learner, attempt, position=position)
    session.refresh(attempt)


# Whether the right answers were shown


def can_still_arrive(attempt: Attempt, now: datetime) -> bool:
    """Return whether answers to an attempt with a deadline, or to an earlier one like it, may still arrive."""
    return attempt.deadline is not None and now <= attempt.deadline + LATEST


def note_key_shown(session: Session, learner: User, attempt_id: int, *, now: datetime) -> None:
    """Note that the learner sees the right answers of an attempt now. Raises NotFound."""
    attempt = own_attempt(session, learner, attempt_id, lock=True)
    attempt.key_shown_at = attempt.key_shown_at or now
    session.flush()


def _key_was_shown(session: Session, attempt: Attempt) -> bool:
    """Return whether the learner saw the right answers since the deadline, in this attempt or another at the same
    assignment or quiz."""
    same = Attempt.id == attempt.id
    if attempt.assignment_id is not None:
        same |= (Attempt.assignment_id == attempt.assignment_id) & (Attempt.learner_id == attempt.learner_id)
    elif attempt.quiz_id is not None:
        same |= Attempt.quiz_id == attempt.quiz_id
    return bool(session.scalar(select(exists().where(same, Attempt.key_shown_at > attempt.deadline))))
