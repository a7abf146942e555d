"""A practice from its first question to its end. Nothing of it reaches the schedule before `count`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.models import Plan, User
from quizapp.services import attempts
from quizapp.services.attempts import Item
from quizapp.services.practice.offers import PURPOSES


class NotOver(Exception):
    """The practice is still going on."""


class NotTakenUp(Exception):
    """The set is not studied, so there is no schedule that an answer could count in."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One question of a practice, asked or answered; `done` of `size` are answered, `next` waits after this one."""

    id: int
    title: str
    is_pretest: bool
    item: Item
    over: bool
    done: int
    size: int
    next: int | None


@dataclass(frozen=True, slots=True)
class Answered:
    kind: str
    next: int | None  # the position that waits; None once the practice is over


@dataclass(frozen=True, slots=True)
class Report:
    """A practice that is over. `passage` is the paragraph to read now, where it was guessing before reading."""

    id: int
    title: str
    is_pretest: bool
    set_key: str
    size: int
    items: tuple[Item, ...]  # those answered
    taken_up: bool
    passage: int | None

    @property
    def right(self) -> int:
        return sum(item.remembered for item in self.items)

    @property
    def to_look_at(self) -> list[Item]:
        return [item for item in self.items if not item.remembered]

    @property
    def counted(self) -> int:
        return sum(item.review_id is not None for item in self.items)


@dataclass(frozen=True, slots=True)
class Counted:
    answers: int
    right: int


def question(session: Session, learner: User, practice_id: int, position: int | None = None) -> Sitting | None:
    """A question of a practice, or the one that waits; None when none does. Raises NotFound."""
    attempt = attempts.own_attempt(session, learner, practice_id, purposes=PURPOSES)
    so_far = attempts.progress(session, attempt)
    if position is None:
        position = _next(so_far, after=0)
        if position is None or attempt.finished_at is not None:
            return None
    return Sitting(
        id=attempt.id,
        title=attempt.title,
        is_pretest=attempt.purpose == "pretest",
        item=attempts.item(session, attempt, position),
        over=attempt.finished_at is not None,
        done=_answered(so_far),
        size=attempt.size,
        next=None if attempt.finished_at is not None else _next(so_far, after=position),
    )


def answer(
    session: Session,
    learner: User,
    practice_id: int,
    position: int,
    posted: Mapping[str, str],
    *,
    ms: int | None,
    confidence: int | None,
    now: datetime,
) -> Answered:
    """Answer a question; the last answer ends the practice.

    Raises NotFound, attempts.AttemptOver, attempts.AnsweredAlready and core.sessions.Unreadable; then nothing has
    changed.
    """
    attempt = attempts.own_attempt(session, learner, practice_id, purposes=PURPOSES, lock=True)
    response = attempts.respond(session, attempt, position, posted, ms=ms, confidence=confidence, now=now)
    following = _next(attempts.progress(session, attempt), after=position)
    if following is None:
        attempts.finish(session, attempt, now=now)
    return Answered(response.kind, following)


def stop(session: Session, learner: User, practice_id: int, *, now: datetime) -> None:
    """End a practice where it is. Raises NotFound, and attempts.AttemptOver when it is over already."""
    attempt = attempts.own_attempt(session, learner, practice_id, purposes=PURPOSES, lock=True)
    attempts.finish(session, attempt, now=now)


def report(session: Session, learner: User, practice_id: int) -> Report:
    """How a practice went. Raises NotFound, and NotOver."""
    attempt = attempts.own_attempt(session, learner, practice_id, purposes=PURPOSES)
    if attempt.finished_at is None:
        raise NotOver
    is_pretest = attempt.purpose == "pretest"
    every = attempts.items(session, attempt)
    return Report(
        id=attempt.id,
        title=attempt.title,
        is_pretest=is_pretest,
        set_key=every[0].set_key,
        size=attempt.size,
        items=tuple(item for item in every if item.answered),
        taken_up=session.get(Plan, (learner.id, attempt.set_id)) is not None,
        passage=int(attempt.about["value"]) if is_pretest else None,
    )


def count(session: Session, learner: User, practice_id: int) -> Counted:
    """Let the answers of a practice that is over count as reviews; those that do already are left alone.

    Raises NotFound (also for guesses before reading, which never count), NotOver, NotTakenUp, and
    memories.StaleAnswer when a fact was answered in the meantime: then nothing may be kept.
    """
    attempt = attempts.own_attempt(session, learner, practice_id, purposes=("practice",), lock=True)
    if attempt.finished_at is None:
        raise NotOver
    if session.get(Plan, (learner.id, attempt.set_id)) is None:
        raise NotTakenUp
    fresh = [item for item in attempts.items(session, attempt) if item.answered and item.review_id is None]
    attempts.record_reviews(session, learner, attempt)
    return Counted(len(fresh), sum(item.remembered for item in fresh))


def _next(so_far: Mapping[int, float | None], *, after: int) -> int | None:
    """The position that waits: the first unanswered one after `after`, else the first of all."""
    waiting = [position for position, fraction in so_far.items() if fraction is None]
    return next((position for position in waiting if position > after), waiting[0] if waiting else None)


def _answered(so_far: Mapping[int, float | None]) -> int:
    return sum(fraction is not None for fraction in so_far.values())
