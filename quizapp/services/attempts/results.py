"""The result of a finished attempt: marks, each question with its key, and the facts it missed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from quizapp.core.attempts import AFTER_DUE, POLICIES, Score, by_topic
from quizapp.core.kinds.base import Verdict
from quizapp.core.scheduling.events import EventKind
from quizapp.models import (
    Assignment,
    Attempt,
    Classroom,
    Fact,
    Memory,
    MemoryEvent,
    Plan,
    QuestionSet,
    Quiz,
    Response,
    User,
)
from quizapp.services.access import open_attempts, visible_sets
from quizapp.services.attempts.lifecycle import NotHandedIn, own_attempt, why_not_open
from quizapp.services.attempts.questions import AttemptQuestion, get_progress, list_with_keys
from quizapp.services.attempts.reviews import attempt_release, can_record
from quizapp.services.memory_events import ask_today
from quizapp.services.running_quizzes import SHOWS_HIDDEN, InRunningQuiz, reader_values

EARLIER = 10  # attempts a result is compared with


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """A finished attempt. `questions` and `topics` are empty until feedback is released; None is never."""

    attempt: Attempt
    question_set: QuestionSet
    quiz: Quiz | None
    assignment: Assignment | None
    classroom: Classroom | None  # of the assignment
    is_readable: bool  # whether the learner may read the set
    is_studied: bool  # whether the learner has a plan for it
    is_released: bool
    waits_for_other: bool  # feedback waits until the learner has handed in another attempt
    feedback_released_at: datetime | None
    can_record: bool  # whether its answers are due to become reviews
    answered: int
    questions: list[AttemptQuestion]
    topics: list[tuple[dict[str, Any], Score]]  # in the set's order
    earlier: list[Attempt]  # finished attempts at the same quiz, the newest first
    known: dict[int, MemoryEvent]  # how facts were marked as known when it was handed in, by their ids

    @property
    def right(self) -> list[AttemptQuestion]:
        return [question for question in self.questions if question.answered and question.remembered]

    @property
    def wrong(self) -> list[AttemptQuestion]:
        """The questions answered, but not rightly."""
        return [each for each in self.questions if each.answered and not each.remembered and not each.waits_for_mark]

    @property
    def waiting(self) -> list[AttemptQuestion]:
        """The questions whose answers wait to be marked."""
        return [question for question in self.questions if question.waits_for_mark]

    @property
    def missed(self) -> int:
        """How many questions were answered wrongly or left open."""
        return len(self.questions) - len(self.right) - len(self.waiting)

    @property
    def answering_time(self) -> timedelta | None:
        """The time the answers took, as far as it was measured."""
        ms = sum(question.ms or 0 for question in self.questions)
        return timedelta(milliseconds=ms) if ms else None

    @property
    def recorded(self) -> int:
        """How many answers count as reviews."""
        return sum(question.review_id is not None for question in self.questions)


def get_result(session: Session, learner: User, attempt_id: int, *, now: datetime) -> AttemptResult:
    """Return the result of an attempt as far as its learner may know it; five statements at most.

    Raises NotFound, InRunningQuiz and NotHandedIn.
    """
    row = _row(session, learner, attempt_id, now)
    attempt, question_set, quiz, assignment, classroom, plan, is_readable, *_ = row
    release = attempt_release(session, attempt)
    # Who began another attempt in time still takes it, after the due date too.
    waits = release.feedback == AFTER_DUE and bool(row.takes_another)
    is_released = release.is_released(attempt.finished_at, now) and not waits
    questions = list_with_keys(session, attempt) if is_released else []
    return AttemptResult(
        attempt=attempt,
        question_set=question_set,
        quiz=quiz,
        assignment=assignment,
        classroom=classroom,
        is_readable=is_readable,
        is_studied=plan is not None,
        is_released=is_released,
        waits_for_other=waits,
        feedback_released_at=release.released_at(attempt.finished_at),
        can_record=can_record(attempt, release, now),
        answered=_answered(session, attempt, questions),
        questions=questions,
        topics=_topics(question_set, questions),
        earlier=_earlier(session, attempt) if quiz else [],
        known=_known(session, attempt) if POLICIES[attempt.purpose].marks_known else {},
    )


def _row(session: Session, learner: User, attempt_id: int, now: datetime) -> Any:
    hidden = SHOWS_HIDDEN.label("hidden")
    other = aliased(Attempt)
    another = exists().where(
        other.assignment_id == Attempt.assignment_id,
        other.learner_id == Attempt.learner_id,
        other.finished_at.is_(None),
        or_(other.deadline.is_(None), other.deadline > now),
    )
    takes_another = another.correlate(Attempt).label("takes_another")
    found = session.execute(
        select(Attempt, QuestionSet, Quiz, Assignment, Classroom, Plan, visible_sets(learner), hidden, takes_another)
        .join(QuestionSet, QuestionSet.id == Attempt.set_id)
        .outerjoin(Quiz, Quiz.id == Attempt.quiz_id)
        .outerjoin(Assignment, Assignment.id == Attempt.assignment_id)
        .outerjoin(Classroom, Classroom.id == Assignment.class_id)
        .outerjoin(Plan, (Plan.learner_id == Attempt.learner_id) & (Plan.set_id == Attempt.set_id))
        .where(Attempt.id == attempt_id, open_attempts(learner), Attempt.purpose.in_(POLICIES)),
        reader_values(learner, now),
    ).one_or_none()
    if found is None:
        raise why_not_open(session, learner, attempt_id)
    if found.Attempt.finished_at is None:
        raise NotHandedIn
    if found.hidden:
        raise InRunningQuiz
    return found


def _answered(session: Session, attempt: Attempt, questions: list[AttemptQuestion]) -> int:
    if questions:
        return sum(question.answered for question in questions)
    return sum(progress.answered for progress in get_progress(session, attempt).values())


def _topics(question_set: QuestionSet, questions: list[AttemptQuestion]) -> list[tuple[dict[str, Any], Score]]:
    scores = by_topic((each.fact.topic, each.credit) for each in questions if each.grade)
    return [(topic, scores[topic["key"]]) for topic in question_set.header["topics"] if topic["key"] in scores]


def _earlier(session: Session, attempt: Attempt) -> list[Attempt]:
    query = select(Attempt).where(
        Attempt.quiz_id == attempt.quiz_id,
        Attempt.learner_id == attempt.learner_id,
        Attempt.id < attempt.id,
        Attempt.finished_at.is_not(None),
    )
    return list(session.scalars(query.order_by(Attempt.id.desc()).limit(EARLIER)))


def _known(session: Session, attempt: Attempt) -> dict[int, MemoryEvent]:
    query = select(MemoryEvent).where(
        MemoryEvent.learner_id == attempt.learner_id,
        MemoryEvent.fact_id.in_(select(Response.fact_id).where(Response.attempt_id == attempt.id)),
        MemoryEvent.kind == EventKind.KNOWN,
        MemoryEvent.at == attempt.finished_at,
    )
    return {event.fact_id: event for event in session.scalars(query)}


def review_missed(session: Session, learner: User, attempt_id: int, *, now: datetime) -> tuple[Attempt, int]:
    """Add the facts that an attempt missed to today's review, once the set is studied; returns how many there are.

    A fact whose question was left open counts as seen, because the result page shows its key. One whose answer waits to
    be marked is not missed. Raises NotFound, also
    for a purpose whose missed facts cannot be reviewed, and NotHandedIn.
    """
    purposes = [name for name, policy in POLICIES.items() if policy.can_review_missed]
    attempt = own_attempt(session, learner, attempt_id, purposes=purposes)
    if attempt.finished_at is None:
        raise NotHandedIn
    missed = session.scalars(
        select(Response.fact_id)
        .join(Fact, Fact.id == Response.fact_id)
        .where(
            Response.attempt_id == attempt.id,
            or_(
                Response.verdict.is_(None),
                Response.verdict.not_in([v.value for v in Verdict if v.correct or v is Verdict.UNMARKED]),
            ),
            Fact.archived_at.is_(None),
        )
        .order_by(Response.fact_id)
    ).all()
    ask_today(session, [learner], missed, now=now)
    waiting = select(func.count()).where(
        Memory.learner_id == learner.id, Memory.fact_id.in_(missed), Memory.suspended.is_(False)
    )
    return attempt, session.scalar(waiting) or 0
