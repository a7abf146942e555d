"""What one student is granted beyond an assignment's terms."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.assignments import Granted, wall_time
from quizapp.models import Assignment, Classroom, Enrolment, Extension, User
from quizapp.services import access, audit_log
from quizapp.services.assignments.ending import granted, move_terms
from quizapp.services.errors import NotFound


def extension_of(
    session: Session, teacher: User, assignment_id: int, user_id: int
) -> tuple[Assignment, Classroom, User, Enrolment, Granted | None]:
    """An assigned quiz, its class, a student of it, and what was granted to them. Raises NotFound."""
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    row = session.execute(
        select(Classroom, User, Enrolment, Extension)
        .join(Enrolment, Enrolment.class_id == Classroom.id)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(Extension, (Extension.assignment_id == assignment_id) & (Extension.user_id == User.id))
        .where(
            Classroom.id == assignment.class_id,
            User.id == user_id,
            Enrolment.role == access.STUDENT,
            Enrolment.status == access.ACTIVE,
        )
    ).one_or_none()
    if row is None or assignment.kind != "quiz":
        raise NotFound
    return assignment, row[0], row[1], row[2], granted(row[3])


def extend(
    session: Session, teacher: User, assignment_id: int, user_id: int, wanted: Granted, *, now: datetime
) -> None:
    """Grant a student other terms, or, where all of them are None, those of everybody. Raises NotFound.

    An attempt that runs ends by them. It is noted, and not twice for the same.
    """
    access.assignment_to_teach(session, teacher, assignment_id, lock=True)  # of two at once, one comes first
    assignment, classroom, student, _, before = extension_of(session, teacher, assignment_id, user_id)
    if wanted == (before or Granted()):
        return
    extension = session.get(Extension, (assignment_id, user_id))
    if wanted == Granted():
        session.delete(extension)
    elif extension is None:
        session.add(Extension(assignment_id=assignment_id, user_id=user_id, **_columns(wanted)))
    else:
        for name, value in _columns(wanted).items():
            setattr(extension, name, value)
    session.flush()
    move_terms(session, assignment, learner_id=user_id)
    audit_log.record(
        session,
        teacher,
        "extended",
        now=now,
        classroom=classroom,
        subject=student,
        title=assignment.title,
        terms=in_words(wanted, classroom.timezone),
    )


def in_words(wanted: Granted, timezone: str) -> str:
    """What was granted, for the audit log."""
    told = []
    for word, at in (("due", wanted.due_at), ("closes", wanted.closes_at)):
        if at is not None:
            told.append(f"{word} {wall_time(at, timezone):%Y-%m-%d %H:%M} ({timezone})")
    if wanted.attempts is not None:
        told.append(f"{wanted.attempts} attempt{'' if wanted.attempts == 1 else 's'}")
    if wanted.time_factor is not None:
        told.append(f"{wanted.time_factor:g} times the time")
    return ", ".join(told) or "those of everybody again"


def _columns(wanted: Granted) -> dict[str, datetime | int | float | None]:
    return {
        "due_at": wanted.due_at,
        "closes_at": wanted.closes_at,
        "attempts": wanted.attempts,
        "time_factor": wanted.time_factor,
    }
