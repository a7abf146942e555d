"""Other settings of an assigned quiz for one student."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.assignments import ExtensionSettings, wall_time
from quizapp.core.translation import gettext, ngettext
from quizapp.models import Assignment, Classroom, Enrolment, Extension, User
from quizapp.services import access, audit_log
from quizapp.services.assignments.deadlines import move_deadlines
from quizapp.services.errors import NotFound


def get_extension(
    session: Session, teacher: User, assignment_id: int, user_id: int
) -> tuple[Assignment, Classroom, User, Enrolment, ExtensionSettings | None]:
    """Return an assigned quiz, its class, a student of it, and their extension if there is one. Raises NotFound."""
    assignment = access.assignment_to_teach(session, teacher, assignment_id)
    row = session.execute(
        select(Classroom, User, Enrolment, Extension)
        .join(Enrolment, Enrolment.class_id == Classroom.id)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(Extension, (Extension.assignment_id == assignment_id) & (Extension.user_id == User.id))
        .where(User.id == user_id, *access.is_student_of(assignment.class_id))
    ).one_or_none()
    if row is None or assignment.kind != "quiz":
        raise NotFound
    return assignment, row.Classroom, row.User, row.Enrolment, row.Extension.settings if row.Extension else None


def save_extension(
    session: Session, teacher: User, assignment_id: int, user_id: int, wanted: ExtensionSettings, *, now: datetime
) -> None:
    """Give a student other settings, or, if all of them are None, those of everybody. Raises NotFound.

    Running attempts follow. It is logged, and not twice for the same settings.
    """
    access.assignment_to_teach(session, teacher, assignment_id, lock=True)  # of two at once, one comes first
    assignment, classroom, student, _, before = get_extension(session, teacher, assignment_id, user_id)
    if wanted == (before or ExtensionSettings()):
        return
    extension = session.get(Extension, (assignment_id, user_id))
    if wanted == ExtensionSettings():
        session.delete(extension)
    elif extension is None:
        session.add(Extension(assignment_id=assignment_id, user_id=user_id, **asdict(wanted)))
    else:
        for name, value in asdict(wanted).items():
            setattr(extension, name, value)
    session.flush()
    move_deadlines(session, assignment, learner_id=user_id)
    audit_log.record(
        session,
        teacher,
        "extended",
        now=now,
        classroom=classroom,
        subject=student,
        title=assignment.title,
        settings=describe_extension(wanted, classroom.timezone),
    )


def describe_extension(wanted: ExtensionSettings, timezone: str) -> str:
    """Return the settings in words, for the audit log."""
    parts = []
    if wanted.due_at is not None:
        parts.append(gettext("due %(time)s", time=_describe_time(wanted.due_at, timezone)))
    if wanted.closes_at is not None:
        parts.append(gettext("closes %(time)s", time=_describe_time(wanted.closes_at, timezone)))
    if wanted.attempts is not None:
        parts.append(ngettext("%(num)s attempt", "%(num)s attempts", wanted.attempts))
    if wanted.time_factor is not None:
        parts.append(gettext("%(factor)s times the usual time", factor=f"{wanted.time_factor:g}"))
    return ", ".join(parts) or gettext("same as the class")


def _describe_time(at: datetime, timezone: str) -> str:
    return f"{wall_time(at, timezone):%Y-%m-%d %H:%M} ({timezone})"
