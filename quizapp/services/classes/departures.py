"""What ends for somebody who leaves a class, is removed or is banned.

What they learned stays theirs; what they could read only because of the class does not open any more.
"""

from datetime import datetime

from sqlalchemy import delete, false, func, select, update
from sqlalchemy.orm import Session

from quizapp.models import Assignment, Attempt, Enrolment, Plan, QuestionSet, User
from quizapp.services import access
from quizapp.services.attempts.marking import attempt_totals


def end_enrolment(session: Session, enrolment: Enrolment, person: User, status: str, *, now: datetime) -> None:
    """End an enrolment, hand in the running attempts, and end the study of sets that only the class opened."""
    enrolment.status, enrolment.ended_at = status, now
    session.flush()
    _hand_in_attempts(session, enrolment, now)
    _end_plans(session, enrolment, person)
    session.expire_all()


def _hand_in_attempts(session: Session, enrolment: Enrolment, now: datetime) -> None:
    """Hand in the running attempts at the assigned quizzes of the class, as of now or of when their time was up."""
    of_class = select(Assignment.id).where(Assignment.class_id == enrolment.class_id)
    running = (
        Attempt.learner_id == enrolment.user_id,
        Attempt.assignment_id.in_(of_class),
        Attempt.finished_at.is_(None),
    )
    expired, others = update(Attempt).where(*running, Attempt.deadline <= now), update(Attempt).where(*running)
    for attempts, finished_at in ((expired, Attempt.deadline), (others, now)):
        session.execute(
            attempts.values(finished_at=finished_at, **attempt_totals()).execution_options(synchronize_session=False)
        )


def _end_plans(session: Session, enrolment: Enrolment, person: User) -> None:
    """Delete the plans for private sets that the class was assigned and nothing else lets the person read.

    The memories stay: with a new plan, study continues where it ended.
    """
    of_class = select(Assignment.set_id).where(Assignment.class_id == enrolment.class_id)
    closed = select(QuestionSet.id).where(
        QuestionSet.id.in_(of_class),
        QuestionSet.visibility == access.PRIVATE,
        ~func.coalesce(access.own_sets(person), false()),
        ~access.assigned_sets(person),
    )
    plans = delete(Plan).where(Plan.learner_id == person.id, Plan.set_id.in_(closed))
    session.execute(plans.execution_options(synchronize_session=False))
