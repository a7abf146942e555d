"""A quiz put together from a set, and the attempts at it begun."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.quizzes import draw
from quizapp.models import Attempt, QuestionSet, Quiz, Response, User
from quizapp.services import access, attempts
from quizapp.services.errors import NotFound
from quizapp.services.quizzes.sitting import settle


class NoQuestions(Exception):
    """No question of the set is of these topics and kinds."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a quiz may draw from a set: for each topic its facts that can be asked, for each kind its questions."""

    set_id: int
    key: str
    title: str
    topics: dict[str, str]  # titles by key
    facts: Counter[str]  # by topic
    questions: Counter[str]  # by kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a learner wants of a quiz. No topics or no kinds: all of them; no minutes: untimed."""

    title: str
    topics: Sequence[str]
    kinds: Sequence[str]
    size: int
    minutes: int | None
    feedback: str


class Begun(NamedTuple):
    attempt_id: int
    size: int  # questions
    missing: int = 0  # questions more were wanted, and the set has none


def sets(session: Session, learner: User) -> list[tuple[str, str]]:
    """The key and title of every set put before the learner, the oldest first."""
    offered = select(QuestionSet.key, QuestionSet.title).where(access.offered_to(learner))
    rows = session.execute(offered.order_by(QuestionSet.id))
    return [(row.key, row.title) for row in rows]


def offer(session: Session, learner: User, set_key: str) -> Offer:
    """What a quiz may draw from a set; two statements. Raises NotFound."""
    found = access.find_set(session, learner, set_key)
    pool = attempts.pool(session, found.id)
    return Offer(
        found.id,
        found.key,
        found.title,
        {topic["key"]: topic["title"] for topic in found.header["topics"]},
        Counter(topic for _, topic in {(candidate.fact_id, candidate.topic) for candidate in pool}),
        Counter(candidate.kind for candidate in pool),
    )


def make(session: Session, learner: User, set_id: int, wanted: Wanted, *, now: datetime) -> Begun:
    """Keep a quiz, as large as the set allows, and begin the first attempt at it. Raises NoQuestions."""
    quiz = Quiz(
        owner_id=learner.id,
        set_id=set_id,
        title=wanted.title,
        topics=list(wanted.topics),
        kinds=list(wanted.kinds),
        size=wanted.size,
        minutes=wanted.minutes,
        feedback=wanted.feedback,
        created_at=now,
    )
    session.add(quiz)
    session.flush()
    begun = _begin(session, learner, quiz, now=now)
    quiz.size = begun.size
    return begun


def take(session: Session, learner: User, quiz_id: int, *, now: datetime) -> Begun:
    """Begin another attempt at a quiz, drawn anew; or go on with one that is running.

    Raises NotFound, also for one that is archived, and NoQuestions when the set has none left that fit.
    """
    quiz = _own_quiz(session, learner, quiz_id, lock=True)
    if quiz.archived_at is not None:
        raise NotFound
    access.set_to_read(session, learner, quiz.set_id)
    own = select(Attempt).where(Attempt.quiz_id == quiz_id, Attempt.learner_id == learner.id)
    running = session.scalars(own.where(Attempt.finished_at.is_(None))).all()
    settle(session, learner, [attempt.id for attempt in running], now=now)
    for attempt in running:
        if attempt.finished_at is None:
            return Begun(attempt.id, attempt.size)
    return _begin(session, learner, quiz, now=now)


def _begin(session: Session, learner: User, quiz: Quiz, *, now: datetime) -> Begun:
    own = select(func.max(Attempt.id)).where(Attempt.quiz_id == quiz.id, Attempt.learner_id == learner.id)
    last = session.scalar(own)
    asked_last = set(session.scalars(select(Response.fact_id).where(Response.attempt_id == (last or 0))))
    pool = attempts.pool(session, quiz.set_id, topics=quiz.topics, kinds=quiz.kinds)
    drawn = draw(pool, quiz.size, seed=f"{quiz.id}:{last or 0}", asked_last=asked_last)
    if not drawn:
        raise NoQuestions
    attempt_id = attempts.begin(
        session,
        learner,
        [(candidate.fact_id, candidate.question_version_id) for candidate in drawn],
        set_id=quiz.set_id,
        purpose="quiz",
        title=quiz.title,
        feedback=quiz.feedback,
        now=now,
        quiz_id=quiz.id,
        minutes=quiz.minutes,
    )
    return Begun(attempt_id, len(drawn), quiz.size - len(drawn))


def archive(session: Session, learner: User, quiz_id: int, *, now: datetime) -> None:
    """Put a quiz away; its attempts stay. Raises NotFound."""
    _own_quiz(session, learner, quiz_id).archived_at = now
    session.flush()


def restore(session: Session, learner: User, quiz_id: int) -> None:
    """Take a quiz out of the archive. Raises NotFound."""
    _own_quiz(session, learner, quiz_id).archived_at = None
    session.flush()


def _own_quiz(session: Session, learner: User, quiz_id: int, *, lock: bool = False) -> Quiz:
    query = select(Quiz).where(Quiz.id == quiz_id, Quiz.owner_id == learner.id)
    quiz = session.scalar(query.with_for_update() if lock else query)
    if quiz is None:
        raise NotFound
    return quiz
