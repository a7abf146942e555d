"""A class opened, renamed, put away and brought back; its join code."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.core.classes import make_code
from quizapp.models import Classroom, Enrolment, User
from quizapp.services import audit_log
from quizapp.services.access import TEACHER, class_to_teach


class NotATeacher(Exception):
    """The account is not one of somebody who teaches."""


def open_class(session: Session, user: User, *, title: str, timezone: str, now: datetime) -> Classroom:
    """A class that people may join. Raises NotATeacher."""
    if not user.is_teacher:
        raise NotATeacher
    classroom = Classroom(title=title, timezone=timezone, join_code=_new_code(), created_at=now)
    session.add(classroom)
    session.flush()
    session.add(Enrolment(class_id=classroom.id, user_id=user.id, role=TEACHER, joined_at=now))
    audit_log.record(session, user, "opened class", now=now, classroom=classroom)
    return classroom


def change(session: Session, user: User, class_id: int, *, title: str, timezone: str, now: datetime) -> None:
    """Another title or time zone."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    changes = []
    if title != classroom.title:
        changes.append(f"its title is “{title}”, no longer “{classroom.title}”")
    if timezone != classroom.timezone:
        changes.append(f"its time zone is {timezone}, no longer {classroom.timezone}")
    if changes:
        classroom.title, classroom.timezone = title, timezone
        audit_log.record(session, user, "changed class", now=now, classroom=classroom, changes=", and ".join(changes))


def renew_code(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    """A new join code: the old one stops at once, or a closed class is open again."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    what = "rotated code" if classroom.join_code else "opened joining"
    classroom.join_code = _new_code()
    audit_log.record(session, user, what, now=now, classroom=classroom)


def close_joining(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    classroom = class_to_teach(session, user, class_id, lock=True)
    if classroom.join_code is not None:
        classroom.join_code = None
        audit_log.record(session, user, "closed joining", now=now, classroom=classroom)


def archive(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    """Put the class away: nobody joins it, and everything in it stays."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    if classroom.archived_at is None:
        classroom.archived_at = now
        audit_log.record(session, user, "archived class", now=now, classroom=classroom)


def restore(session: Session, user: User, class_id: int, *, now: datetime) -> None:
    classroom = class_to_teach(session, user, class_id, lock=True)
    if classroom.archived_at is not None:
        classroom.archived_at = None
        audit_log.record(session, user, "restored class", now=now, classroom=classroom)


def _new_code() -> str:
    return make_code(secrets.SystemRandom())
