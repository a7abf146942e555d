"""Lists of students: kept while their teacher checks them and a job works on them, and until the slips are printed."""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, undefer

from quizapp.core.accounts import fold_name
from quizapp.core.classes import derive_password
from quizapp.core.formats.tables.table import Table
from quizapp.core.rosters import entries as rules
from quizapp.core.rosters.choices import RosterChoices
from quizapp.core.rosters.entries import Roster, StudentEntry
from quizapp.core.translation import gettext
from quizapp.models import AuditEntry, Classroom, Enrolment, StudentList, User, pack_file
from quizapp.services.access import ACTIVE, STUDENT, class_to_teach
from quizapp.services.classes.roster import list_for_passwords
from quizapp.services.errors import NotFound

MOST = 30  # lists of one person at a time
KEPT = timedelta(days=1)
BATCH = 20  # students in one transaction
ACCOUNTS, PASSWORDS = "accounts", "passwords"
AT_ONCE = 5_000  # user names in one statement
NOTHING_CHOSEN = RosterChoices()


class TooManyLists(Exception):
    """The person's other lists have to be finished first; the message says so."""


# A teacher's own lists


def add_list(
    session: Session,
    user: User,
    class_id: int,
    packed: bytes,
    *,
    filename: str,
    choices: RosterChoices = NOTHING_CHOSEN,
    now: datetime,
) -> StudentList:
    """Keep a packed file to be checked; it replaces one for the class that was not used.

    Raises NotFound, TooManyLists.
    """
    class_to_teach(session, user, class_id)
    session.execute(
        delete(StudentList).where(
            StudentList.user_id == user.id, StudentList.class_id == class_id, StudentList.state == "checking"
        )
    )
    row = _add(session, user, class_id, ACCOUNTS, state="checking", packed=packed, filename=filename, now=now)
    save_choices(row, choices, now=now)
    return row


def add_password_list(
    session: Session, user: User, class_id: int, user_ids: Collection[int] | None, *, now: datetime
) -> StudentList | None:
    """Begin to give students new passwords, all of them with None; None if no teacher sets their passwords.

    Raises NotFound, TooManyLists.
    """
    _, students, _ = list_for_passwords(session, user, class_id, user_ids)
    if not students:
        return None
    entries = [
        StudentEntry(line, row.called, name=row.name, group_name=row.group_name, user_id=row.user_id)
        for line, row in enumerate(students, start=1)
    ]
    made = _add(session, user, class_id, PASSWORDS, state="working", packed=_pack(entries), filename="", now=now)
    made.total = len(entries)
    return made


def _add(session: Session, user: User, class_id: int, purpose: str, *, now: datetime, **about: Any) -> StudentList:
    _make_room(session, user, now)
    row = StudentList(
        class_id=class_id,
        user_id=user.id,
        purpose=purpose,
        choices={},
        nonce=secrets.token_hex(16),
        created_at=now,
        changed_at=now,
        **about,
    )
    session.add(row)
    session.flush()
    return row


def _make_room(session: Session, user: User, now: datetime) -> None:
    session.execute(select(User.id).where(User.id == user.id).with_for_update())  # one at a time
    mine = session.scalars(
        select(StudentList).where(StudentList.user_id == user.id).order_by(StudentList.changed_at)
    ).all()
    surplus = max(len(mine) - MOST + 1, 0)
    unneeded = [row.id for row in mine if row.state != "working" and (not row.slips or row.changed_at < now - KEPT)]
    if len(unneeded) < surplus:
        raise TooManyLists(
            gettext(
                "You have %(most)s unfinished lists. Print the slips of older ones, and select “I have printed them”.",
                most=MOST,
            )
        )
    session.execute(delete(StudentList).where(StudentList.id.in_(unneeded[:surplus])))


def find_list(
    session: Session, user: User, class_id: int, list_id: int, *, now: datetime, lock: bool = False
) -> tuple[Classroom, StudentList]:
    """Return a class and a teacher's own list for it. Raises NotFound, also a day after it was last used."""
    classroom = class_to_teach(session, user, class_id)
    query = select(StudentList).where(StudentList.id == list_id, *_own(user, class_id, now))
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)
    if row is None:
        raise NotFound
    return classroom, row


def list_lists(session: Session, user: User, class_id: int, *, now: datetime) -> Sequence[StudentList]:
    """Return a teacher's own lists for a class, the latest first; one statement."""
    return session.scalars(
        select(StudentList)
        .where(*_own(user, class_id, now))
        .options(undefer(StudentList.packed))
        .order_by(StudentList.created_at.desc(), StudentList.id)
    ).all()


def name_only_student(row: StudentList) -> str:
    """Return the name of the student who has the only slip of a list, "" if there are more or none."""
    if row.slips != 1:
        return ""
    entry = next(entry for entry in _entries(row)[: row.done] if entry.line not in row.refused)
    return entry.called or entry.name


def _own(user: User, class_id: int, now: datetime) -> tuple[Any, ...]:
    return StudentList.user_id == user.id, StudentList.class_id == class_id, StudentList.changed_at >= now - KEPT


def delete_list(session: Session, user: User, class_id: int, list_id: int, *, now: datetime) -> bool:
    """Delete a list, and return whether it had slips; a job that works on it stops. Raises NotFound."""
    row = find_list(session, user, class_id, list_id, now=now, lock=True)[1]
    session.delete(row)
    session.flush()
    return row.slips > 0


def delete_old_lists(session: Session, *, now: datetime) -> None:
    """Delete everybody's lists that are too old."""
    session.execute(
        delete(StudentList).where(StudentList.changed_at < now - KEPT),
        execution_options={"synchronize_session": False},
    )


# Checking


def check_list(session: Session, classroom: Classroom, table: Table, choices: RosterChoices) -> Roster:
    """Return a list with its user names held against the accounts and the names of the class."""
    roster = rules.read_roster(table, choices, title=classroom.title)
    taken = _find_taken(session, sorted(rules.candidates(roster.entries, choices)))
    present = {rules.fold_called(name) for name in session.scalars(_names_in(classroom.id))}
    settled = rules.settle(roster.entries, choices, taken=taken, present=present)
    return replace(roster, entries=tuple(settled))


def _find_taken(session: Session, names: Sequence[str]) -> set[str]:
    """Return those of the folded user names that somebody has."""
    taken: set[str] = set()
    for start in range(0, len(names), AT_ONCE):
        some = select(User.name_folded).where(User.name_folded.in_(names[start : start + AT_ONCE]))
        taken.update(name for name in session.scalars(some) if name)
    return taken


def _names_in(class_id: int) -> Any:
    return select(func.coalesce(func.nullif(Enrolment.called, ""), User.name, "")).where(
        User.id == Enrolment.user_id,
        Enrolment.class_id == class_id,
        Enrolment.role == STUDENT,
        Enrolment.status == ACTIVE,
    )


def save_choices(row: StudentList, choices: RosterChoices, *, now: datetime) -> None:
    """Keep what the teacher chose."""
    row.choices, row.changed_at = choices.model_dump(mode="json", exclude_defaults=True), now


def begin_accounts(row: StudentList, entries: Iterable[StudentEntry], *, now: datetime) -> None:
    """Let accounts be made for those students of a checked list who are ready."""
    ready = [entry for entry in entries if entry.is_ready]
    row.packed, row.total, row.choices = _pack(ready), len(ready), {}
    row.state, row.changed_at = "working", now


def _pack(entries: Iterable[StudentEntry]) -> bytes:
    return pack_file(json.dumps(rules.dump_entries(entries)).encode())


def _entries(row: StudentList) -> list[StudentEntry]:
    return [StudentEntry(**each) for each in json.loads(row.data)]


# Working


@dataclass(frozen=True, slots=True)
class Batch:
    """The next students of a list, each with a password; `start` of them were done before."""

    class_id: int
    user_id: int
    purpose: str
    start: int
    entries: Sequence[StudentEntry]


def next_batch(session: Session, list_id: int, key: str) -> Batch | None:
    """Return what a job does next. None if the list was deleted or finished meanwhile."""
    row = find_work(session, list_id)
    if row is None:
        return None
    entries = _entries(row)[row.done : row.done + BATCH]
    return Batch(row.class_id, row.user_id, row.purpose, row.done, _with_passwords(row, entries, key))


def find_work(session: Session, list_id: int, *, lock: bool = False) -> StudentList | None:
    """Return the list that a job works on, as it is by now. None if it was deleted or finished meanwhile."""
    query = select(StudentList).where(StudentList.id == list_id, StudentList.state == "working")
    return session.scalar((query.with_for_update() if lock else query).execution_options(populate_existing=True))


def note_batch(row: StudentList, batch: Batch, refused: Iterable[int], *, now: datetime) -> None:
    """Note that a batch is done, but for the refused lines."""
    row.done, row.refused, row.changed_at = batch.start + len(batch.entries), [*row.refused, *refused], now
    if row.done >= row.total:
        row.state = "done"


def fail_list(row: StudentList, message: str, *, now: datetime) -> None:
    """Note why the rest of the work cannot be done."""
    row.state, row.message, row.changed_at = "failed", message, now


def _with_passwords(row: StudentList, entries: Iterable[StudentEntry], key: str) -> list[StudentEntry]:
    return [replace(entry, password=entry.password or derive_password(key, row.nonce, entry.line)) for entry in entries]


# Slips


@dataclass(frozen=True, slots=True)
class Slips:
    """The students with their passwords, and those who got none: `refused` ones, and the `rest` of a failed list."""

    entries: Sequence[StudentEntry]
    refused: Sequence[StudentEntry]
    rest: Sequence[StudentEntry]


def read_slips(row: StudentList, key: str) -> Slips:
    """Return what is done of a list."""
    entries, refused = _entries(row), set(row.refused)
    done = [entry for entry in entries[: row.done] if entry.line not in refused]
    return Slips(
        _with_passwords(row, done, key),
        [entry for entry in entries if entry.line in refused],
        entries[row.done :],
    )


def explain_outdated(session: Session, row: StudentList, entries: Iterable[StudentEntry]) -> dict[int, str]:
    """Return why the password on a slip no longer works, by line; one statement."""
    renewed = exists().where(
        AuditEntry.subject_id == User.id, AuditEntry.action == "set_password", AuditEntry.at > row.changed_at
    )
    students = session.execute(
        select(User.id, User.name_folded, User.must_change_password, renewed)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.class_id == row.class_id)
    )
    why = {
        key: _explain(must_change, is_renewed)
        for user_id, folded, must_change, is_renewed in students
        for key in (user_id, folded)
    }
    found = {entry.line: why.get(entry.user_id or fold_name(entry.name), "") for entry in entries}
    return {line: reason for line, reason in found.items() if reason}


def _explain(must_change: bool, is_renewed: bool) -> str:
    if not must_change:
        return gettext("The student has chosen a password.")
    return gettext("Replaced by a newer slip.") if is_renewed else ""
