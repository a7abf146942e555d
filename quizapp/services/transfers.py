"""Large files that are imported or exported in the background: adding, finding, following and deleting them.

A job does the work (cli/transfers.py), on any machine, so the file is kept in the database.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from quizapp.core.formats.tables.table import TableOptions
from quizapp.core.translation import ngettext
from quizapp.models import Fact, Transfer, User
from quizapp.services.errors import NotFound, UndecidedTable

LARGE_FILE = 500_000  # bytes, unpacked: larger files are imported in the background
LARGE_SET = 1_000  # facts: larger sets are exported in the background
MOST = 3  # files of one person at a time
KEPT = timedelta(days=1)
MOST_SHOWN = 200  # changes of each sort on the preview


class TooManyTransfers(Exception):
    """The person's other files have to be finished first; the message says so."""


def is_large_set(session: Session, set_id: int) -> bool:
    """Return whether a set is exported in the background."""
    return (session.scalar(select(func.count(Fact.id)).where(Fact.set_id == set_id)) or 0) > LARGE_SET


def add_transfer(session: Session, user: User, *, now: datetime, **about: Any) -> Transfer:
    """Add a file to be imported, or one to be made; `about` are columns of Transfer.

    The oldest finished ones of the person make room for it. Raises TooManyTransfers when none is finished.
    """
    _make_room(session, user)
    transfer = Transfer(user_id=user.id, state="working", step="waiting", created_at=now, changed_at=now, **about)
    session.add(transfer)
    session.flush()
    return transfer


def _make_room(session: Session, user: User) -> None:
    session.execute(select(User.id).where(User.id == user.id).with_for_update())  # one at a time
    mine = session.scalars(select(Transfer).where(Transfer.user_id == user.id).order_by(Transfer.changed_at)).all()
    surplus = len(mine) - MOST + 1
    if surplus <= 0:
        return
    finished = [transfer.id for transfer in mine if transfer.state != "working"]
    if len(finished) < surplus:
        raise TooManyTransfers(
            ngettext(
                "%(num)s file of yours is being imported or exported. Wait until it is finished.",
                "%(num)s files of yours are being imported or exported. Wait until one is finished.",
                MOST,
            )
        )
    session.execute(delete(Transfer).where(Transfer.id.in_(finished[:surplus])))


def find_transfer(session: Session, user: User, transfer_id: int, *, lock: bool = False) -> Transfer:
    """Return somebody's own file. Raises NotFound."""
    query = select(Transfer).where(Transfer.id == transfer_id, Transfer.user_id == user.id)
    transfer = session.scalar(query.with_for_update() if lock else query)
    if transfer is None:
        raise NotFound
    return transfer


def list_transfers(session: Session, user: User) -> Sequence[Transfer]:
    """Return somebody's own files, the latest first."""
    query = select(Transfer).where(Transfer.user_id == user.id).order_by(Transfer.created_at.desc(), Transfer.id.desc())
    return session.scalars(query).all()


def confirm_import(session: Session, user: User, transfer_id: int, *, now: datetime) -> Transfer | None:
    """Let an import go on after its preview. None if it did not wait for that. Raises NotFound and UndecidedTable."""
    transfer = find_transfer(session, user, transfer_id, lock=True)
    if transfer.is_export or transfer.state != "ready":
        return None
    if not (transfer.preview or {}).get("is_ready", True):
        raise UndecidedTable
    note(transfer, state="working", step="waiting", is_confirmed=True, message="", now=now)
    session.flush()
    return transfer


def preview_again(
    session: Session, user: User, transfer_id: int, options: TableOptions, *, now: datetime
) -> Transfer | None:
    """Let there be a new preview of a table with other options. None if there is no preview yet. Raises NotFound."""
    transfer = find_transfer(session, user, transfer_id, lock=True)
    if transfer.is_export or transfer.state != "ready":
        return None
    note(transfer, state="working", step="waiting", is_confirmed=False, message="", preview=None, now=now)
    transfer.table_options = options.model_dump(mode="json")
    session.flush()
    return transfer


def find_work(session: Session, transfer_id: int, *, lock: bool = False) -> Transfer | None:
    """Return the file that a job works on, as it is by now. None if it was deleted or finished meanwhile."""
    query = select(Transfer).where(Transfer.id == transfer_id, Transfer.state == "working")
    return session.scalar((query.with_for_update() if lock else query).execution_options(populate_existing=True))


def note(transfer: Transfer, *, now: datetime, **changed: Any) -> None:
    """Note how far the work is, or how it ended."""
    for name, value in changed.items():
        setattr(transfer, name, value)
    transfer.changed_at = now


def fail_transfer(transfer: Transfer, message: str, *, now: datetime) -> None:
    """Note why the work cannot be finished, and forget the file."""
    note(transfer, state="failed", message=message, packed=None, now=now)


def delete_transfer(session: Session, user: User, transfer_id: int) -> None:
    """Delete a file; a job that works on it stops. Raises NotFound."""
    session.delete(find_transfer(session, user, transfer_id, lock=True))
    session.flush()


def delete_old_transfers(session: Session, *, now: datetime) -> None:
    """Delete everybody's files that are too old."""
    session.execute(
        delete(Transfer).where(Transfer.changed_at < now - KEPT), execution_options={"synchronize_session": False}
    )
