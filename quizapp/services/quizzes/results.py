"""An attempt once it is over: marks, each question with its key, and what to review of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from quizapp.core.kinds.grade import Verdict
from quizapp.core.quizzes import Score, by_topic
from quizapp.models import Attempt, Fact, Memory, QuestionSet, Quiz, Response, User
from quizapp.services import attempts, memories
from quizapp.services.attempts import Marked
from quizapp.services.quizzes.listing import Sat, finished
from quizapp.services.quizzes.sitting import PURPOSES

EARLIER = 10  # attempts a result is compared with


class StillRunning(Exception):
    """The attempt was not handed in yet."""


class Asked(NamedTuple):
    """Facts put into today's review, and the set they are of."""

    set_id: int
    facts: int


@dataclass(frozen=True, slots=True)
class Result:
    attempt: Attempt
    set_key: str
    set_title: str
    questions: list[Marked]
    topics: list[tuple[dict[str, Any], Score]]  # in the set's order
    earlier: list[Sat]  # attempts at the same quiz, the newest first
    answering: timedelta | None  # as far as it was measured
    can_retake: bool

    @property
    def score(self) -> Score:
        return Score(self.attempt.marks or 0.0, self.attempt.size)

    @property
    def missed(self) -> int:
        return sum(not marked.right for marked in self.questions)


def result(session: Session, learner: User, attempt_id: int) -> Result:
    """What an attempt came to; four statements. Raises NotFound and StillRunning."""
    attempt = _own_finished(session, learner, attempt_id)
    quiz_set, archived_at = session.execute(
        select(QuestionSet, Quiz.archived_at)
        .join(Quiz, Quiz.set_id == QuestionSet.id)
        .where(Quiz.id == attempt.quiz_id)
    ).one()
    marked = attempts.marked(session, attempt)
    scores = by_topic((each.item.topic["key"], each.item.grade.fraction) for each in marked if each.item.grade)
    ms = sum(each.item.ms or 0 for each in marked)
    return Result(
        attempt=attempt,
        set_key=quiz_set.key,
        set_title=quiz_set.title,
        questions=marked,
        topics=[(topic, scores[topic["key"]]) for topic in quiz_set.header["topics"] if topic["key"] in scores],
        earlier=finished(session, learner, Attempt.quiz_id == attempt.quiz_id, Attempt.id < attempt.id, limit=EARLIER),
        answering=timedelta(milliseconds=ms) if ms else None,
        can_retake=archived_at is None,
    )


def _own_finished(session: Session, learner: User, attempt_id: int) -> Attempt:
    attempt = attempts.own_attempt(session, learner, attempt_id, purposes=PURPOSES)
    if attempt.finished_at is None:
        raise StillRunning
    return attempt


def ask_today(session: Session, learner: User, attempt_id: int, *, now: datetime) -> Asked:
    """Let today's review ask what an attempt got wrong or left open, once the set is studied.

    A fact that was never answered has been met all the same, with its key beside it on the result page: it is asked
    too. Raises NotFound and StillRunning.
    """
    attempt = _own_finished(session, learner, attempt_id)
    missed = session.scalars(
        select(Response.fact_id)
        .join(Fact, Fact.id == Response.fact_id)
        .where(
            Response.attempt_id == attempt.id,
            or_(Response.verdict.is_(None), Response.verdict.not_in([v.value for v in Verdict if v.correct])),
            Fact.archived_at.is_(None),
        )
        .order_by(Response.fact_id)
    ).all()
    memories.ask_today(session, [learner], missed, now=now)
    waiting = select(func.count()).where(
        Memory.learner_id == learner.id, Memory.fact_id.in_(missed), Memory.suspended.is_(False)
    )
    return Asked(attempt.set_id, session.scalar(waiting) or 0)
