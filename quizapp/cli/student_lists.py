"""What a background job does with a list of students: makes accounts or sets passwords, some in each transaction.

After a crash another job goes on with the first batch that was not committed. Passwords follow from the list
(core.classes.derive_password), so those that were made are on the slips.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from quizapp.cli.security_log import record_event
from quizapp.core.accounts import InvalidInput
from quizapp.core.rosters.entries import StudentEntry
from quizapp.core.translation import gettext
from quizapp.models import User
from quizapp.models.database import reading
from quizapp.services import accounts
from quizapp.services.access import class_to_teach
from quizapp.services.assignments.study_plans import add_all_to_plans
from quizapp.services.classes import roster, student_lists
from quizapp.services.classes.student_lists import ACCOUNTS, Batch
from quizapp.services.errors import NotFound

MOST_TRIES = 3  # after which it is taken for the reason why the process ended each time

_NO_ACCESS = gettext("You no longer teach this class.")
_NOT_FINISHED = gettext("Something went wrong. Try again with the students who are left.")

log = logging.getLogger("quizapp.jobs")


def run_student_list(session: Session, list_id: int, *, key: str, tries: int, now: datetime) -> bool:
    """Do the next part of a list; return whether there is more. Nothing happens if the list is done or deleted."""
    with reading():
        batch = student_lists.next_batch(session, list_id, key)
        session.commit()
    if batch is None:
        return False
    try:
        if tries > MOST_TRIES:
            raise RuntimeError("the job ended again and again")
        return _save(session, list_id, batch, _hash(batch.entries), now)
    except SQLAlchemyError:  # another try may succeed
        raise
    except NotFound:
        _fail(session, list_id, _NO_ACCESS, now)
    except Exception:
        log.exception("a list of students cannot be finished", extra={"fields": {"list": list_id}})
        _fail(session, list_id, _NOT_FINISHED, now)
    return False


def _fail(session: Session, list_id: int, message: str, now: datetime) -> None:
    session.rollback()
    if row := student_lists.find_work(session, list_id, lock=True):
        student_lists.fail_list(row, message, now=now)
    session.commit()


def _hash(entries: Sequence[StudentEntry]) -> list[str | None]:
    """Return the hashes of the passwords, None for one that is refused. Takes long, and needs no database."""
    return [_hash_one(entry) for entry in entries]


def _hash_one(entry: StudentEntry) -> str | None:
    try:
        return accounts.hash_password(entry.password, entry.name)
    except InvalidInput:
        return None


def _save(session: Session, list_id: int, batch: Batch, hashes: Sequence[str | None], now: datetime) -> bool:
    """Save a batch in one transaction, unless another process did; return whether there is more."""
    row = student_lists.find_work(session, list_id, lock=True)
    if row is None or row.done != batch.start:
        session.rollback()
        return row is not None
    teacher = session.get_one(User, batch.user_id)
    class_to_teach(session, teacher, batch.class_id, lock=True)
    save = _create_account if batch.purpose == ACCOUNTS else _change_password
    refused, changed = [], []
    # In the order of user names: two jobs that want the same ones then wait for each other, but not both at once.
    for entry, password_hash in sorted(zip(batch.entries, hashes, strict=True), key=lambda pair: pair[0].name):
        student = password_hash and save(session, teacher, batch.class_id, entry, password_hash, now)
        if student:
            changed.append(student.id)
        else:
            refused.append(entry.line)
    student_lists.note_batch(row, batch, refused, now=now)
    has_more = row.state == "working"
    session.commit()
    if batch.purpose != ACCOUNTS:
        for user_id in changed:
            record_event("password-change", user_id, by=str(batch.user_id), list=list_id)
    return has_more


def _create_account(
    session: Session, teacher: User, class_id: int, entry: StudentEntry, password_hash: str, now: datetime
) -> User | None:
    """Return a new account in the class, or None if someone has taken its user name. Raises NotFound."""
    timezone = class_to_teach(session, teacher, class_id).timezone
    try:
        student = accounts.sign_up(
            session,
            guest=None,
            name=entry.name,
            password_hash=password_hash,
            email=entry.email,
            is_teacher=False,
            timezone=timezone,
            by_teacher=True,
            now=now,
        )
    except accounts.UserNameTaken:
        return None
    about = {"called": entry.called, "surname": entry.surname, "group_name": entry.group_name}
    roster.enrol_student(session, teacher, class_id, student, about, now=now)
    add_all_to_plans(session, student, class_id, now=now)
    return student


def _change_password(
    session: Session, teacher: User, class_id: int, entry: StudentEntry, password_hash: str, now: datetime
) -> User | None:
    """Return the student whose password is changed, or None if no teacher may set it by now."""
    try:
        student = roster.record_new_password(session, teacher, class_id, entry.user_id or 0, now=now)
    except (NotFound, roster.NoNewPassword):
        return None
    accounts.change_password(session, student, password_hash, must_change=True)
    return student
