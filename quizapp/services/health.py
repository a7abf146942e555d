"""Whether the database can be used, found out by writing to it."""

import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from quizapp.models import HealthCheck
from quizapp.models.database import insert_or

LEAST_SPACE = 1024 * 1024  # bytes; below that, the next answer may not fit


class DiskFull(Exception):
    """There is no room for more answers."""


def check_database(session: Session, *, now: datetime) -> None:
    """Write a row. Raises SQLAlchemyError when the database cannot be read or written, and DiskFull."""
    row = insert_or(session, HealthCheck.__table__).values(id=1, checked_at=now)
    session.execute(row.on_conflict_do_update(index_elements=[HealthCheck.id], set_={"checked_at": now}))
    space = _free_space(session)
    if space is not None and space < LEAST_SPACE:
        raise DiskFull


def _free_space(session: Session) -> int | None:
    """Return the bytes free where SQLite keeps its file, or None for a database that is elsewhere."""
    bind = session.get_bind()
    if bind.dialect.name != "sqlite":
        return None
    path = session.execute(text("PRAGMA database_list")).one()[2]
    return shutil.disk_usage(Path(path).parent).free if path else None
