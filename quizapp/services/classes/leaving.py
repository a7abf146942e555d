"""What becomes of a teacher's classes when the account is deleted."""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from quizapp.models import Classroom, Enrolment, User
from quizapp.services.access import ACTIVE, TEACHER


def leave_all(session: Session, user: User, *, now: datetime) -> None:
    """Archive the classes that nobody else teaches, before the person is deleted.

    Their students keep what is theirs.
    """
    other = aliased(Enrolment)
    another = exists().where(
        other.class_id == Enrolment.class_id,
        other.user_id != user.id,
        other.role == TEACHER,
        other.status == ACTIVE,
    )
    alone = select(Enrolment.class_id).where(Enrolment.user_id == user.id, Enrolment.role == TEACHER, ~another)
    session.execute(
        update(Classroom)
        .where(Classroom.id.in_(alone), Classroom.archived_at.is_(None))
        .values(archived_at=now, join_code=None)
    )
