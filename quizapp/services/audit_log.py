"""Record what teachers do to others, and authors to shared sets, so that everyone concerned can read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from quizapp.core.text.direction import isolate
from quizapp.models import AuditEntry, Classroom, QuestionSet, User

PAGE = 50  # entries

# Action → its sentence. Besides {actor} and {subject}, a sentence uses the details it was recorded with.
SENTENCES = {
    "opened class": "{actor} opened the class.",
    "changed class": "{actor} changed the class: {changes}.",
    "archived class": "{actor} archived the class.",
    "restored class": "{actor} took the class out of the archive.",
    "rotated code": "{actor} made a new join code; the old one stopped working.",
    "closed joining": "{actor} closed the class to newcomers.",
    "opened joining": "{actor} opened the class to newcomers.",
    "joined": "{subject} joined.",
    "left": "{subject} left.",
    "enrolled": "{actor} made an account for {subject} and put them in the class.",
    "removed": "{actor} removed {subject} from the class.",
    "banned": "{actor} banned {subject} from the class.",
    "restored": "{actor} took {subject} back into the class.",
    "added teacher": "{actor} made {subject} a teacher of the class.",
    "removed teacher": "{actor} ended {subject}’s teaching in the class.",
    "set password": "{actor} gave {subject} a new password.",
    "set time factor": "{actor} set {subject}’s time allowance to {factor} times the usual.",
    "named": "{actor} noted {subject}’s name as “{called}”.",
    "assigned": "{actor} assigned “{title}”.",
    "changed assignment": "{actor} changed the assignment “{title}”.",
    "archived assignment": "{actor} archived the assignment “{title}”.",
    "restored assignment": "{actor} took the assignment “{title}” out of the archive.",
    "extended": "{actor} gave {subject} other settings for “{title}”: {settings}.",
    "regraded": "{actor} regraded “{title}”: {changed} answers changed.",
    "regraded answers": "{actor} regraded “{title}”; {subject}’s marks went from {before} to {after}.",
    "marked answer": "{actor} gave {subject} {mark} of 1 mark for question {number} of “{title}”.",
    "marked unreleased": "{actor} marked {subject}’s answer to question {number} of “{title}”.",
    "changed set": "{actor} changed what the set says of itself: {fields}.",
    "left set": "{actor} ended their own co-authorship.",
    "regraded unreleased": "{actor} regraded {subject}’s answers to “{title}”.",
    "shared set": "{actor} made the set {visibility}.",
    "added author": "{actor} made {subject} a co-author.",
    "removed author": "{actor} ended {subject}’s co-authorship.",
    "handed over set": "{actor} handed the set over to {subject}.",
    "archived set": "{actor} archived the set.",
    "restored set": "{actor} took the set out of the archive.",
    "reset progress": "{actor} reset everyone’s progress on “{statement}”: {learners} learners.",
    "moved facts": "{actor} moved {facts} to the set “{title}”.",
    "archived facts": "{actor} put {facts} into the archive.",
    "restored facts": "{actor} took {facts} out of the archive.",
    "took updates": "{actor} took over what was new in the set it was copied from: {changes} changes.",
    "archived question": "{actor} archived the question “{prompt}”.",
    "restored question": "{actor} took the question “{prompt}” out of the archive.",
    "imported": "{actor} imported {file}: {added} added, {changed} changed.",
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry as a sentence. `where` is the title of its class or set."""

    at: datetime
    sentence: str
    where: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first."""

    entries: Sequence[LogLine]
    number: int  # from 1
    has_older: bool


def record(
    session: Session,
    actor: User,
    action: str,
    *,
    now: datetime,
    classroom: Classroom | None = None,
    question_set: QuestionSet | None = None,
    subject: User | None = None,
    **details: Any,
) -> None:
    """Record an action. `details` are the plain values that its sentence uses."""
    SENTENCES[action].format(actor="", subject="", **details)  # raises now rather than when the log is read
    session.add(
        AuditEntry(
            at=now,
            actor_id=actor.id,
            subject_id=subject.id if subject else None,
            class_id=classroom.id if classroom else None,
            set_id=question_set.id if question_set else None,
            action=action,
            details=details,
        )
    )
    session.flush()


def record_each(
    session: Session,
    actor: User,
    action: str,
    people: Sequence[tuple[User, Mapping[str, Any]]],
    *,
    now: datetime,
    classroom: Classroom,
) -> None:
    """Record an action once for each person, with details of its own; one statement."""
    for _, details in people:
        SENTENCES[action].format(actor="", subject="", **details)
    rows = [
        {"at": now, "actor_id": actor.id, "subject_id": subject.id, "class_id": classroom.id, "action": action}
        | {"details": dict(details)}
        for subject, details in people
    ]
    if rows:
        session.execute(insert(AuditEntry), rows)


def delete_old_entries(session: Session, *, before: datetime, limit: int) -> int:
    """Delete entries older than that, `limit` at most; return how many."""
    old = select(AuditEntry.id).where(AuditEntry.at < before).order_by(AuditEntry.at).limit(limit)
    deleted: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(AuditEntry).where(AuditEntry.id.in_(old)), execution_options={"synchronize_session": False}
    )
    return deleted.rowcount


def delete_noted_names(session: Session, user: User) -> None:
    """Delete the entries that have the name by which teachers call a person, who is about to be deleted."""
    session.execute(delete(AuditEntry).where(AuditEntry.subject_id == user.id, AuditEntry.action == "named"))


def read_class_log(session: Session, class_id: int, *, page: int = 1) -> Page:
    """Return a page of what was done in a class; one statement."""
    return _page(session, AuditEntry.class_id == class_id, page)


def read_set_log(session: Session, set_id: int, *, page: int = 1) -> Page:
    """Return a page of what was done to a set; one statement."""
    return _page(session, AuditEntry.set_id == set_id, page)


def read_user_log(session: Session, user: User, *, class_id: int | None = None) -> Page:
    """Return the latest of what was done to a person, everywhere or in one class; one statement."""
    condition = AuditEntry.subject_id == user.id
    return _page(session, condition if class_id is None else condition & (AuditEntry.class_id == class_id), 1)


def _page(session: Session, condition: ColumnElement[bool], number: int) -> Page:
    actor, subject = aliased(User), aliased(User)
    rows = session.execute(
        select(AuditEntry, actor.name, subject.name, Classroom.title, QuestionSet.title)
        .outerjoin(actor, actor.id == AuditEntry.actor_id)
        .outerjoin(subject, subject.id == AuditEntry.subject_id)
        .outerjoin(Classroom, Classroom.id == AuditEntry.class_id)
        .outerjoin(QuestionSet, QuestionSet.id == AuditEntry.set_id)
        .where(condition)
        .order_by(AuditEntry.id.desc())
        .limit(PAGE + 1)
        .offset((max(number, 1) - 1) * PAGE)
    ).all()
    lines = [
        LogLine(entry.at, _sentence(entry, by, to), class_title or set_title)
        for entry, by, to, class_title, set_title in rows
    ]
    return Page(lines[:PAGE], max(number, 1), len(lines) > PAGE)


def _sentence(entry: AuditEntry, actor: str | None, subject: str | None) -> str:
    people = {"actor": isolate(actor or "A former user"), "subject": isolate(subject or "a former user")}
    return SENTENCES[entry.action].format(**people, **entry.details)
