"""All quizzes of a learner, what is running, and what was handed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Float, cast, func, select
from sqlalchemy.orm import Session

from quizapp.core.quizzes import Score
from quizapp.models import Attempt, QuestionSet, Quiz, Response, User
from quizapp.services.errors import NotFound
from quizapp.services.quizzes.sitting import PURPOSES

HISTORY_PAGE = 20  # attempts


class Sat(NamedTuple):
    """A finished attempt."""

    attempt_id: int
    title: str
    finished_at: datetime
    score: Score


@dataclass(frozen=True, slots=True)
class Running:
    """An attempt that was begun and not handed in; `left` is the time it still has, none when it is over."""

    attempt_id: int
    quiz_id: int
    title: str
    size: int
    answered: int
    left: timedelta | None  # None: untimed

    @property
    def over(self) -> bool:
        return self.left is not None and self.left <= timedelta(0)


@dataclass(frozen=True, slots=True)
class Listed:
    """A quiz in the list, with the last and the best attempt at it."""

    quiz: Quiz
    set_title: str
    topics: list[str]  # titles; none is every topic
    sittings: int
    last: Score | None
    best: float | None  # share, 0..1
    running: int | None  # an attempt's id


@dataclass(frozen=True, slots=True)
class Shelf:
    """All quizzes of a learner, and a page of the attempts handed in, the newest first."""

    running: list[Running]
    quizzes: list[Listed]
    archived: list[Listed]
    history: list[Sat]
    page: int
    has_older: bool


def shelf(session: Session, learner: User, *, page: int, now: datetime) -> Shelf:
    """A learner's quizzes and attempts; four statements, whatever their number. Raises NotFound for no such page."""
    if page not in range(1, 1_000_000):
        raise NotFound
    running = _running(session, learner, now)
    by_quiz = {attempt.quiz_id: attempt.attempt_id for attempt in running}
    scores = _scores(session, learner)
    rows = session.execute(
        select(Quiz, QuestionSet.title, QuestionSet.header["topics"].label("topics"))
        .join(QuestionSet, QuestionSet.id == Quiz.set_id)
        .where(Quiz.owner_id == learner.id)
        .order_by(Quiz.id.desc())
    )
    listed = []
    for quiz, set_title, topics in rows:
        sittings, last, best = scores.get(quiz.id, (0, None, None))
        chosen = [topic["title"] for topic in topics if topic["key"] in quiz.topics]
        listed.append(Listed(quiz, set_title, chosen, sittings, last, best, by_quiz.get(quiz.id)))
    history = finished(session, learner, limit=HISTORY_PAGE + 1, offset=(page - 1) * HISTORY_PAGE)
    return Shelf(
        running,
        [each for each in listed if each.quiz.archived_at is None],
        [each for each in listed if each.quiz.archived_at is not None],
        history[:HISTORY_PAGE],
        page,
        len(history) > HISTORY_PAGE,
    )


def _running(session: Session, learner: User, now: datetime) -> list[Running]:
    rows = session.execute(
        select(
            Attempt.id,
            Attempt.quiz_id,
            Attempt.title,
            Attempt.size,
            func.count(Response.at).label("answered"),
            Attempt.deadline,
        )
        .join(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.learner_id == learner.id, Attempt.purpose.in_(PURPOSES), Attempt.finished_at.is_(None))
        .group_by(Attempt.id)
        .order_by(Attempt.id.desc())
    )
    return [
        Running(row.id, row.quiz_id, row.title, row.size, row.answered, row.deadline - now if row.deadline else None)
        for row in rows
    ]


def _scores(session: Session, learner: User) -> dict[int, tuple[int, Score, float]]:
    """For each quiz how many attempts were handed in, the last one's score, and the best share (0..1)."""
    share = Attempt.marks / cast(Attempt.size, Float)
    ranked = (
        select(
            Attempt.quiz_id,
            Attempt.marks,
            Attempt.size,
            func.count().over(partition_by=Attempt.quiz_id).label("sittings"),
            func.max(share).over(partition_by=Attempt.quiz_id).label("best"),
            func.row_number().over(partition_by=Attempt.quiz_id, order_by=Attempt.id.desc()).label("place"),
        )
        .where(Attempt.learner_id == learner.id, Attempt.purpose.in_(PURPOSES), Attempt.finished_at.is_not(None))
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.place == 1))
    return {row.quiz_id: (row.sittings, Score(row.marks, row.size), row.best) for row in rows}


def finished(session: Session, learner: User, *conditions: Any, limit: int, offset: int = 0) -> list[Sat]:
    rows = session.execute(
        select(Attempt.id, Attempt.title, Attempt.finished_at, Attempt.marks, Attempt.size)
        .where(Attempt.learner_id == learner.id, Attempt.purpose.in_(PURPOSES), Attempt.finished_at.is_not(None))
        .where(*conditions)
        .order_by(Attempt.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Sat(row.id, row.title, row.finished_at, Score(row.marks, row.size)) for row in rows]
