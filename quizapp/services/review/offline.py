"""Study offline: today's questions to take along, and the answers that are sent later."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.core.kinds import read_response
from quizapp.core.kinds.base import Grade
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.models import Fact, Memory, Plan, QuestionSet, Review, User
from quizapp.services.errors import NotFound
from quizapp.services.memories import StaleAnswer
from quizapp.services.review.answers import ASKED, SubmittedAnswer, apply_answer, asked_values
from quizapp.services.review.queue import Prompt, upcoming_prompts

MOST_QUESTIONS = 100  # questions
OLDEST = timedelta(days=30)  # an older answer counts as given then
DEVICES = 2  # on which a fact may be answered days after its question was handed out
TRIES = 3  # to record an answer while others to the same fact come in


@dataclass(frozen=True, slots=True)
class OfflineQuestion:
    """A question to be asked offline, with the fact it is about; `header` is that of the set.

    It has attributes of AnswerFeedback, so that the same templates draw both.
    """

    prompt: Prompt
    fact: Fact
    set_key: str
    header: dict[str, Any]
    grade: Grade  # of "I don't know"
    remembered: bool = field(default=True, init=False)  # until the learner has answered

    @property
    def right(self) -> str | None:
        """The value of the form's `picked` that is right, for kinds where it decides; None for all others."""
        return self.prompt.question.right_pick(self.prompt.order)


class SyncStatus(StrEnum):
    """What became of an answer that was sent later."""

    RECORDED = "recorded"
    ADDED = "added"  # recorded too, after another answer that it knew nothing of
    KNOWN = "known"  # it had arrived before
    GONE = "gone"  # the fact or the question is gone, or not among what the learner studies
    UNREADABLE = "unreadable"  # it does not answer this kind of question
    LATER = "later"  # others to the same fact kept coming in: to be sent again


@dataclass(frozen=True, slots=True)
class SyncResult:
    client_id: str
    status: SyncStatus
    review_id: int | None = None


def list_offline_questions(session: Session, learner: User, *, now: datetime) -> list[OfflineQuestion]:
    """Return today's questions in the order they would be asked, MOST_QUESTIONS at most; five statements.

    Essays are left for when the learner is back online.
    """
    upcoming = upcoming_prompts(session, learner, now=now, limit=MOST_QUESTIONS)
    prompts = [prompt for prompt in upcoming if not prompt.question.marked_by_hand]
    facts = {fact.id: fact for fact in session.scalars(select(Fact).where(Fact.id.in_([p.fact_id for p in prompts])))}
    set_ids = {fact.set_id for fact in facts.values()}
    sets = {found.id: found for found in session.scalars(select(QuestionSet).where(QuestionSet.id.in_(set_ids)))}
    return [_offline_question(prompt, facts[prompt.fact_id], sets[facts[prompt.fact_id].set_id]) for prompt in prompts]


def _offline_question(prompt: Prompt, fact: Fact, its_set: QuestionSet) -> OfflineQuestion:
    unanswered = read_response(prompt.question, {}, prompt.order)
    return OfflineQuestion(prompt, fact, its_set.key, its_set.header, prompt.question.grade(unanswered))


def record_offline_answers(
    session: Session, learner: User, answers: Iterable[tuple[SubmittedAnswer, datetime]], *, now: datetime
) -> list[SyncResult]:
    """Record answers that were given offline, each at an instant by the browser's clock, in that order.

    Return what became of each. None is lost for coming late: where the fact was answered later already, the answer
    takes its place before, and what came after is replayed.
    """
    return [_record(session, learner, given, at, now) for given, at in answers]


def _record(session: Session, learner: User, given: SubmittedAnswer, at: datetime, now: datetime) -> SyncResult:
    assert given.client_id is not None
    for _ in range(TRIES):
        asked = ASKED.where(Plan.set_id == Fact.set_id).add_columns(_seen_at(given), *_count_uses(learner, given))
        row = session.execute(asked, asked_values(learner, given))
        try:
            with session.begin_nested():
                return _record_once(session, learner, given, at, row.one_or_none(), now)
        except NotFound:
            return SyncResult(given.client_id, SyncStatus.GONE)
        except UnreadableResponse:
            return SyncResult(given.client_id, SyncStatus.UNREADABLE)
        except (StaleAnswer, IntegrityError):
            continue  # another answer to the fact, or this very one, came in between
    return SyncResult(given.client_id, SyncStatus.LATER)


def _record_once(
    session: Session, learner: User, given: SubmittedAnswer, at: datetime, row: Any, now: datetime
) -> SyncResult:
    assert given.client_id is not None
    if row is None:
        raise NotFound
    if row.known_as is not None:
        return SyncResult(given.client_id, SyncStatus.KNOWN, row.known_as)
    answered = apply_answer(session, learner, given, row, at=_answer_time(learner, at, given, row, now))
    status = SyncStatus.RECORDED if (row.version or 0) == given.seen else SyncStatus.ADDED
    return SyncResult(given.client_id, status, answered.review_id)


def _seen_at(given: SubmittedAnswer) -> Any:
    """Select when the memory that the answer was given for had been changed last by a review."""
    seen = (Review.learner_id == Memory.learner_id, Review.fact_id == Memory.fact_id, Review.version <= given.seen)
    return select(func.max(Review.at)).where(*seen).correlate(Memory).scalar_subquery().label("seen_at")


def _count_uses(learner: User, given: SubmittedAnswer) -> tuple[Any, Any]:
    """Select how many answers to the fact had their question handed out at the same moment, and on the same day."""
    if given.handed_out is None:
        return literal(0).label("uses"), literal(0).label("uses_of_day")
    day = learner.clock.day(given.handed_out)
    start, end = learner.clock.start(day), learner.clock.start(day + timedelta(days=1))
    of_fact = select(func.count()).where(Review.learner_id == learner.id, Review.fact_id == given.fact_id)
    same_moment = of_fact.where(Review.handed_out == given.handed_out)
    same_day = of_fact.where(Review.handed_out >= start, Review.handed_out < end)
    return same_moment.scalar_subquery().label("uses"), same_day.scalar_subquery().label("uses_of_day")


def _answer_time(learner: User, claimed: datetime, given: SubmittedAnswer, row: Any, now: datetime) -> datetime:
    """Return when an answer counts as given.

    A browser's clock may be wrong, but no answer was given before its question was handed out, before a review that
    the question already took into account, or after it arrived. A question is handed out for one answer, and to a few
    devices a day: with more answers than that on later days, nobody can make up a history of spaced reviews.
    """
    earliest = max(at for at in (now - OLDEST, given.handed_out, row.seen_at) if at)
    at = min(max(claimed, earliest), now)
    day = learner.clock.day
    if given.handed_out and (row.uses or row.uses_of_day >= DEVICES) and day(at) > day(given.handed_out):
        return now
    return at
