"""The life of an attempt: begin, show, answer, hand in, expire, discard.

Every answer is saved as it is given, so that a closed browser loses nothing. Where feedback follows each answer, the
answer is final; otherwise it may be changed until the attempt is handed in.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import false, func, insert, select, update
from sqlalchemy.orm import Session

from quizapp.core.attempts import AT_ONCE, POLICIES, ReviewTiming
from quizapp.core.kinds import DoubtfulAnswer, Response, answers_another_kind, read_submission
from quizapp.core.kinds.base import Doubt, WrittenResponse
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.models import Attempt, Plan, User
from quizapp.models import Response as ResponseRow
from quizapp.services import access, memories, running_quizzes, vocabulary
from quizapp.services.attempts.questions import (
    AttemptQuestion,
    QuestionProgress,
    get_progress,
    get_question,
    list_questions,
)
from quizapp.services.attempts.reviews import (
    attempt_release,
    mark_facts_known,
    record_released_reviews,
    record_reviews,
)
from quizapp.services.errors import NotFound, NotInClass
from quizapp.services.running_quizzes import InRunningQuiz

# An answer sent just before the time was up may still be on its way.
GRACE = timedelta(seconds=10)


class NoQuestions(Exception):
    """There is no question to ask."""


class AttemptOver(Exception):
    """The attempt was handed in, or its time is up."""


class NotHandedIn(Exception):
    """The attempt was not handed in yet."""


class AlreadyAnswered(Exception):
    """The answer was shown together with the key, so it is final."""


class SetNotStudied(Exception):
    """The set is not studied, so there is no schedule in which an answer could count."""


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """An attempt with the progress of its questions by position, and one question to show, if any."""

    attempt: Attempt
    progress: dict[int, QuestionProgress]
    question: AttemptQuestion | None = None

    @property
    def unanswered(self) -> list[int]:
        return [position for position, progress in self.progress.items() if not progress.answered]

    def next_after(self, position: int) -> int | None:
        """Return the first unanswered position after this one, else the first of all; None when there is none."""
        if self.attempt.finished_at is not None:
            return None
        unanswered = self.unanswered
        return next((each for each in unanswered if each > position), unanswered[0] if unanswered else None)


class SavedAnswer(NamedTuple):
    """An answer that is saved, and why it may not be meant, if the page may ask and does not know it is."""

    response: Response
    doubt: Doubt | None


def begin_attempt(
    session: Session,
    learner: User,
    asked: Sequence[tuple[int, int]],
    *,
    set_id: int,
    purpose: str,
    title: str,
    feedback: str,
    now: datetime,
    about: dict[str, Any] | None = None,
    quiz_id: int | None = None,
    assignment_id: int | None = None,
    minutes: float | None = None,
    deadline: datetime | None = None,
) -> Attempt:
    """Begin an attempt at `asked`, pairs of (fact id, question version id), in that order.

    It expires after so many minutes, or at the deadline, if there is one. Raises NoQuestions when nothing is asked.
    """
    if not asked:
        raise NoQuestions
    attempt = Attempt(
        learner_id=learner.id,
        set_id=set_id,
        quiz_id=quiz_id,
        assignment_id=assignment_id,
        purpose=purpose,
        title=title,
        about=about or {},
        feedback=feedback,
        size=len(asked),
        started_at=now,
        deadline=now + timedelta(minutes=minutes) if minutes else deadline,
    )
    session.add(attempt)
    session.flush()
    session.execute(
        insert(ResponseRow),
        [
            {"attempt_id": attempt.id, "position": position, "fact_id": fact_id, "question_version_id": version_id}
            for position, (fact_id, version_id) in enumerate(asked, start=1)
        ],
    )
    return attempt


def own_attempt(
    session: Session,
    learner: User,
    attempt_id: int,
    *,
    purposes: Collection[str] = POLICIES.keys(),
    lock: bool = False,
    shown_at: datetime | None = None,
) -> Attempt:
    """Return an attempt that the learner may open, of one of the purposes; `lock` it to change it.

    Raises NotFound, NotInClass for one of a class they left, and InRunningQuiz for one that shows, at `shown_at`, facts
    of a quiz that their class is taking.
    """
    hidden = false() if shown_at is None else running_quizzes.SHOWS_HIDDEN
    query = select(Attempt, hidden.label("hidden")).where(
        Attempt.id == attempt_id, Attempt.purpose.in_(purposes), access.open_attempts(learner)
    )
    if lock:  # what was read before may have changed while it was waited for
        query = query.with_for_update(of=Attempt).execution_options(populate_existing=True)
    reader = None if shown_at is None else running_quizzes.reader_values(learner, shown_at)
    row = session.execute(query, reader).one_or_none()
    if row is None:
        raise why_not_open(session, learner, attempt_id)
    if row.hidden:
        raise InRunningQuiz
    attempt: Attempt = row.Attempt
    return attempt


def why_not_open(session: Session, learner: User, attempt_id: int) -> NotFound:
    """Return the error that says why an attempt does not open for the learner; one statement."""
    own = (Attempt.id == attempt_id, Attempt.learner_id == learner.id, Attempt.purpose == "assignment")
    of_class = select(Attempt.id).where(*own, ~access.open_attempts(learner))
    return NotFound() if session.scalar(of_class) is None else NotInClass()


def list_running(
    session: Session, learner: User, purposes: Collection[str], *, limit: int | None = None
) -> list[tuple[Attempt, int]]:
    """Return the attempts that were not handed in, the latest begun first, each with the number of its answers."""
    answered = (
        select(func.count(ResponseRow.at))
        .where(ResponseRow.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Attempt, answered)
        .where(access.open_attempts(learner), Attempt.purpose.in_(purposes), Attempt.finished_at.is_(None))
        .order_by(Attempt.id.desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [(attempt, number) for attempt, number in rows]


def is_over(attempt: Attempt, now: datetime) -> bool:
    """Return whether the attempt was handed in or its time is up."""
    return attempt.finished_at is not None or (attempt.deadline is not None and now >= attempt.deadline)


def show_attempt(
    session: Session, learner: User, attempt_id: int, *, position: int | None = None, now: datetime
) -> AttemptSummary:
    """Return an attempt as it is now, with the question at a position if one is given; three statements.

    Raises NotFound, InRunningQuiz, and AttemptOver when it was handed in or its time is up. An attempt whose questions
    come one at a time still shows those that were answered.
    """
    attempt = own_attempt(session, learner, attempt_id, shown_at=now)
    over = is_over(attempt, now)
    if over and (position is None or not POLICIES[attempt.purpose].one_at_a_time):
        raise AttemptOver
    question = None if position is None else get_question(session, attempt, position)
    if over and question and not question.answered:
        raise AttemptOver
    return AttemptSummary(attempt, get_progress(session, attempt), question)


def answer_question(
    session: Session,
    learner: User,
    attempt_id: int,
    position: int,
    posted: Mapping[str, str],
    *,
    ms: int | None,
    confidence: int | None,
    now: datetime,
    may_ask: bool = False,
) -> tuple[AttemptSummary, SavedAnswer]:
    """Save an answer, and hand the attempt in when its time is up, or with the last answer if its policy says so.

    Where feedback follows each answer, the answer is recorded as a review at once. While there is time, the page
    `may_ask` whether a doubtful answer is meant. Raises NotFound and what save_answer raises.
    """
    attempt = own_attempt(session, learner, attempt_id, lock=True, shown_at=now)
    asks = may_ask and not is_over(attempt, now)
    saved = save_answer(session, attempt, position, posted, ms=ms, confidence=confidence, now=now, may_ask=asks)
    return settle_answer(session, learner, attempt, position, now=now), saved


def settle_answer(session: Session, learner: User, attempt: Attempt, position: int, *, now: datetime) -> AttemptSummary:
    """Record an answer just saved as a review, and hand the attempt in, if either is due."""
    policy = POLICIES[attempt.purpose]
    if attempt.feedback == AT_ONCE and policy.reviews == ReviewTiming.WITH_FEEDBACK:
        record_reviews(session, learner, attempt, position=position)
    summary = AttemptSummary(attempt, get_progress(session, attempt))
    if is_over(attempt, now) or (policy.one_at_a_time and not summary.unanswered):
        finish_and_record(session, learner, attempt, now)
    return summary


def save_answer(
    session: Session,
    attempt: Attempt,
    position: int,
    posted: Mapping[str, str],
    *,
    ms: int | None,
    confidence: int | None,
    now: datetime,
    may_ask: bool = False,
) -> SavedAnswer:
    """Save the answer to one question of a locked attempt.

    Raises AttemptOver and what store_answer raises; then nothing has changed.
    """
    if not takes_answers(attempt, now):
        raise AttemptOver
    return store_answer(session, attempt, position, posted, ms=ms, confidence=confidence, at=now, may_ask=may_ask)


def takes_answers(attempt: Attempt, now: datetime) -> bool:
    """Return whether an answer that arrives now is in time."""
    return attempt.finished_at is None and (attempt.deadline is None or now <= attempt.deadline + GRACE)


def store_answer(
    session: Session,
    attempt: Attempt,
    position: int,
    posted: Mapping[str, str],
    *,
    ms: int | None,
    confidence: int | None,
    at: datetime,
    received_at: datetime | None = None,
    may_ask: bool = False,
) -> SavedAnswer:
    """Store the answer to one question of a locked attempt, given at `at`; `received_at` if that was too late.

    Raises AlreadyAnswered, NotFound for a position the attempt does not have, UnreadableResponse for a form that does
    not answer this kind of question, and DoubtfulAnswer for an answer that would be final and may not be meant, if the
    page `may_ask`; then nothing has changed.
    """
    asked = get_question(session, attempt, position)
    if asked.answered and attempt.feedback == AT_ONCE:
        raise AlreadyAnswered
    if answers_another_kind(asked.question, posted):
        raise UnreadableResponse  # it answers a question of another kind
    response = read_submission(asked.question, posted, asked.order)
    if isinstance(response, WrittenResponse):
        set_id, language = asked.fact.set_id, asked.header["language"]
        response, grade = vocabulary.grade_in_set(session, set_id, language, asked.question, response)
    else:
        grade = asked.question.grade(response)
    doubt = asked.question.find_doubt(response, grade) if may_ask else None
    if doubt and attempt.feedback == AT_ONCE:
        raise DoubtfulAnswer(response, doubt)
    session.execute(
        update(ResponseRow)
        .where(ResponseRow.attempt_id == attempt.id, ResponseRow.position == position)
        .values(
            response=response.model_dump(mode="json"),
            verdict=grade.verdict.value,
            fraction=0.0 if asked.hinted else grade.fraction,
            overridden=False,
            confidence=confidence,
            ms=memories.plausible_time(ms),
            at=at,
            received_at=received_at,
        )
    )
    return SavedAnswer(response, doubt)


def hand_in_attempt(session: Session, learner: User, attempt_id: int, *, now: datetime) -> Attempt:
    """Hand an attempt in: what is answered counts. Raises NotFound, and AttemptOver when it was handed in before."""
    attempt = own_attempt(session, learner, attempt_id, lock=True)
    finish_and_record(session, learner, attempt, now)
    return attempt


def expire_attempt(session: Session, learner: User, attempt_id: int, *, now: datetime) -> None:
    """Hand in an attempt if its time ran out, as of then, and record its reviews if they are due. Raises NotFound."""
    attempt = own_attempt(session, learner, attempt_id, lock=True)
    if attempt.finished_at is None and is_over(attempt, now):
        finish_and_record(session, learner, attempt, now)
    else:
        record_released_reviews(session, learner, attempt, attempt_release(session, attempt), now=now)


def list_overdue(session: Session, *, now: datetime, limit: int) -> list[tuple[User, int]]:
    """Return running attempts whose time is up, answers on their way included: learner and attempt id, oldest first."""
    rows = session.execute(
        select(User, Attempt.id)
        .join(User, User.id == Attempt.learner_id)
        .where(Attempt.finished_at.is_(None), Attempt.deadline <= now - GRACE, Attempt.purpose.in_(POLICIES))
        .order_by(Attempt.deadline, Attempt.id)
        .limit(limit)
    )
    return [(learner, attempt_id) for learner, attempt_id in rows]


def finish_and_record(session: Session, learner: User, attempt: Attempt, now: datetime) -> None:
    """Hand in a locked attempt, and let its answers count as its policy says. Raises AttemptOver."""
    finish_attempt(session, attempt, now=now)
    if POLICIES[attempt.purpose].marks_known:
        mark_facts_known(session, learner, attempt, now=now)
    record_released_reviews(session, learner, attempt, attempt_release(session, attempt), now=now)


def finish_attempt(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Add up the marks of a locked attempt and close it, as of now or of when its time was up.

    Raises AttemptOver when it was handed in before.
    """
    if attempt.finished_at is not None:
        raise AttemptOver
    attempt.finished_at = min(now, attempt.deadline) if attempt.deadline else now
    progress = get_progress(session, attempt).values()
    attempt.marks = sum(each.fraction or 0.0 for each in progress)
    attempt.unmarked = sum(each.answered and each.fraction is None for each in progress)
    session.flush()


def discard_attempt(session: Session, learner: User, attempt_id: int) -> Attempt:
    """Delete an attempt of a purpose that can be discarded, and return it. Raises NotFound."""
    purposes = [name for name, policy in POLICIES.items() if policy.can_be_discarded]
    attempt = own_attempt(session, learner, attempt_id, purposes=purposes, lock=True)
    session.delete(attempt)
    session.flush()
    return attempt


def record_on_request(session: Session, learner: User, attempt_id: int, *, now: datetime) -> list[AttemptQuestion]:
    """Record the answers of a finished attempt as reviews because its learner wants them to count.

    Returns the questions recorded now; those recorded before, and answers that wait to be marked, are left alone.
    Raises NotFound for a purpose whose answers do not count on request, NotHandedIn, SetNotStudied, and
    memories.StaleAnswer when a fact was answered in the meantime: the caller then keeps nothing.
    """
    purposes = [name for name, policy in POLICIES.items() if policy.reviews == ReviewTiming.ON_REQUEST]
    attempt = own_attempt(session, learner, attempt_id, purposes=purposes, lock=True)
    if attempt.finished_at is None:
        raise NotHandedIn
    if session.get(Plan, (learner.id, attempt.set_id)) is None:
        raise SetNotStudied
    fresh = [each for each in list_questions(session, attempt) if each.can_be_recorded]
    record_reviews(session, learner, attempt)
    attempt.recorded_at = attempt.recorded_at or now
    session.flush()
    return fresh
