"""Record what teachers do to others, and authors to shared sets, so that everyone concerned can read it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from quizapp.core.text.direction import isolate
from quizapp.core.translation import gettext, ngettext
from quizapp.models import AuditEntry, Classroom, QuestionSet, User

PAGE = 50  # entries

Values = Mapping[str, Any]  # {"actor": …, "subject": …} and the details that an action was recorded with

# Action → its sentence
SENTENCES: dict[str, Callable[[Values], str]] = {
    "opened_class": lambda v: gettext("%(actor)s created the class.", **v),
    "renamed_class": lambda v: gettext("%(actor)s renamed the class from “%(before)s” to “%(title)s”.", **v),
    "changed_timezone": lambda v: gettext("%(actor)s changed the time zone from %(before)s to %(timezone)s.", **v),
    "changed_class": lambda v: gettext("%(actor)s changed the class: %(changes)s.", **v),  # no longer recorded
    "archived_class": lambda v: gettext("%(actor)s archived the class.", **v),
    "restored_class": lambda v: gettext("%(actor)s restored the class.", **v),
    "rotated_code": lambda v: gettext("%(actor)s made a new join code. The old one no longer works.", **v),
    "closed_joining": lambda v: gettext("%(actor)s turned off joining.", **v),
    "opened_joining": lambda v: gettext("%(actor)s turned on joining, with a new code.", **v),
    "joined": lambda v: gettext("%(subject)s joined.", **v),
    "left": lambda v: gettext("%(subject)s left.", **v),
    "enrolled": lambda v: gettext("%(actor)s created an account for %(subject)s and added them to the class.", **v),
    "removed": lambda v: gettext("%(actor)s removed %(subject)s from the class.", **v),
    "banned": lambda v: gettext("%(actor)s banned %(subject)s from the class.", **v),
    "restored": lambda v: gettext("%(actor)s added %(subject)s back to the class.", **v),
    "added_teacher": lambda v: gettext("%(actor)s made %(subject)s a teacher of the class.", **v),
    "removed_teacher": lambda v: gettext("%(actor)s removed %(subject)s as a teacher of the class.", **v),
    "set_password": lambda v: gettext("%(actor)s gave %(subject)s a new password.", **v),
    "set_time_factor": lambda v: gettext(
        "%(actor)s set %(subject)s’s time allowance to %(factor)s times the usual time.", **v
    ),
    "named": lambda v: gettext("%(actor)s set %(subject)s’s name to “%(called)s”.", **v),
    "grouped": lambda v: gettext("%(actor)s set %(subject)s’s group to “%(group_name)s”.", **v),
    "assigned": lambda v: gettext("%(actor)s assigned “%(title)s”.", **v),
    "changed_assignment": lambda v: gettext("%(actor)s changed the assignment “%(title)s”.", **v),
    "archived_assignment": lambda v: gettext("%(actor)s archived the assignment “%(title)s”.", **v),
    "restored_assignment": lambda v: gettext("%(actor)s restored the assignment “%(title)s”.", **v),
    "extended": lambda v: gettext("%(actor)s changed %(subject)s’s settings for “%(title)s”: %(settings)s.", **v),
    "regraded": lambda v: ngettext(
        "%(actor)s regraded “%(title)s”: %(num)s answer changed.",
        "%(actor)s regraded “%(title)s”: %(num)s answers changed.",
        v["changed"],
        **v,
    ),
    "regraded_answers": lambda v: gettext(
        "%(actor)s regraded “%(title)s”. %(subject)s’s marks went from %(before)s to %(after)s.", **v
    ),
    "regraded_unreleased": lambda v: gettext("%(actor)s regraded %(subject)s’s answers to “%(title)s”.", **v),
    "marked_answer": lambda v: gettext(
        "%(actor)s gave %(subject)s %(mark)s out of 1 for question %(number)s of “%(title)s”.", **v
    ),
    "marked_unreleased": lambda v: gettext(
        "%(actor)s marked %(subject)s’s answer to question %(number)s of “%(title)s”.", **v
    ),
    "changed_set": lambda v: gettext("%(actor)s changed the details of the set: %(fields)s.", **v),
    "left_set": lambda v: gettext("%(actor)s stopped being a co-author.", **v),
    "shared_set": lambda v: gettext("%(actor)s made the set %(visibility)s.", **v),
    "added_author": lambda v: gettext("%(actor)s made %(subject)s a co-author.", **v),
    "removed_author": lambda v: gettext("%(actor)s removed %(subject)s as a co-author.", **v),
    "handed_over_set": lambda v: gettext("%(actor)s handed the set over to %(subject)s.", **v),
    "archived_set": lambda v: gettext("%(actor)s archived the set.", **v),
    "restored_set": lambda v: gettext("%(actor)s restored the set.", **v),
    "reset_progress": lambda v: ngettext(
        "%(actor)s reset everyone’s progress on “%(statement)s”: %(num)s learner.",
        "%(actor)s reset everyone’s progress on “%(statement)s”: %(num)s learners.",
        v["learners"],
        **v,
    ),
    "moved_facts": lambda v: gettext("%(actor)s moved %(facts)s to the set “%(title)s”.", **v),
    "archived_facts": lambda v: gettext("%(actor)s archived %(facts)s.", **v),
    "restored_facts": lambda v: gettext("%(actor)s restored %(facts)s.", **v),
    "took_updates": lambda v: ngettext(
        "%(actor)s applied %(num)s change from the original set.",
        "%(actor)s applied %(num)s changes from the original set.",
        v["changes"],
        **v,
    ),
    "archived_question": lambda v: gettext("%(actor)s archived the question “%(prompt)s”.", **v),
    "restored_question": lambda v: gettext("%(actor)s restored the question “%(prompt)s”.", **v),
    "imported": lambda v: gettext("%(actor)s imported %(file)s: %(added)s added, %(changed)s changed.", **v),
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
    SENTENCES[action]({"actor": "", "subject": "", **details})  # raises now rather than when the log is read
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
        SENTENCES[action]({"actor": "", "subject": "", **details})
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
    people = {
        "actor": isolate(actor or gettext("A former user")),
        "subject": isolate(subject or gettext("a former user")),
    }
    return SENTENCES[entry.action]({**people, **entry.details})
