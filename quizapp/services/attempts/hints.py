"""Take a hint for a question of an attempt, where its policy gives hints."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from quizapp.core.attempts import POLICIES
from quizapp.models import Response, User
from quizapp.services.attempts.lifecycle import AttemptOver, is_over, own_attempt
from quizapp.services.attempts.questions import get_question
from quizapp.services.errors import NotFound


def take_hint(session: Session, learner: User, attempt_id: int, position: int, *, now: datetime) -> None:
    """Note that a hint is shown for a question, so that the answer counts as not remembered.

    Raises NotFound, also where no hint is given or the question is answered, InRunningQuiz and AttemptOver.
    """
    purposes = [purpose for purpose, policy in POLICIES.items() if policy.gives_hints]
    attempt = own_attempt(session, learner, attempt_id, purposes=purposes, lock=True, shown_at=now)
    if is_over(attempt, now):
        raise AttemptOver
    asked = get_question(session, attempt, position)
    if asked.answered or not asked.hint:
        raise NotFound
    own = (Response.attempt_id == attempt.id, Response.position == position)
    session.execute(update(Response).where(*own).values(hinted=True))
