"""Who teaches a class. They may all do the same, but nobody ends the teaching of those who were there before them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.accounts import fold_name
from quizapp.models import Enrolment, User
from quizapp.services import audit_log
from quizapp.services.access import ACTIVE, REMOVED, TEACHER, class_to_teach
from quizapp.services.classes.opening import NotATeacher
from quizapp.services.errors import NotFound


class NobodyOfThatName(Exception):
    """No account has that user name."""


class TeachesAlready(Exception):
    """They are a teacher of the class."""


def add_teacher(session: Session, user: User, class_id: int, name: str, *, now: datetime) -> User:
    """Raises NobodyOfThatName, NotATeacher where the account says that it learns, TeachesAlready."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    folded = fold_name(name)
    other = session.scalar(select(User).where(User.name_folded == folded)) if folded.isprintable() else None
    if other is None:
        raise NobodyOfThatName
    if not other.is_teacher:
        raise NotATeacher
    enrolment = session.get(Enrolment, (class_id, other.id))
    if enrolment is None:
        session.add(Enrolment(class_id=class_id, user_id=other.id, role=TEACHER, joined_at=now))
    elif (enrolment.role, enrolment.status) == (TEACHER, ACTIVE):
        raise TeachesAlready
    else:
        enrolment.role, enrolment.status, enrolment.joined_at, enrolment.ended_at = TEACHER, ACTIVE, now, None
    audit_log.record(session, user, "added teacher", now=now, classroom=classroom, subject=other)
    return other


def end_teaching(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> None:
    """End the teaching of somebody who came later. Raises NotFound, also for those who came before."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    rows = session.execute(
        select(Enrolment, User)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.class_id == class_id, Enrolment.role == TEACHER, Enrolment.status == ACTIVE)
        .order_by(Enrolment.joined_at, Enrolment.user_id)
    ).all()
    order = [row.user_id for row, _ in rows]
    if user_id not in order[order.index(user.id) + 1 :]:
        raise NotFound
    enrolment, other = rows[order.index(user_id)]
    enrolment.status, enrolment.ended_at = REMOVED, now
    audit_log.record(session, user, "removed teacher", now=now, classroom=classroom, subject=other)
