"""Whether the database can be used, found out by writing to it."""

from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.models import HealthCheck
from quizapp.models.database import free_space, insert_or

LEAST_SPACE = 1024 * 1024  # bytes; below that, the next answer may not fit


class DiskFull(Exception):
    """There is no room for more answers."""


def check_database(session: Session, *, now: datetime) -> None:
    """Write a row. Raises SQLAlchemyError when the database cannot be read or written, and DiskFull."""
    row = insert_or(session, HealthCheck.__table__).values(id=1, checked_at=now)
    session.execute(row.on_conflict_do_update(index_elements=[HealthCheck.id], set_={"checked_at": now}))
    space = free_space(session)
    if space is not None and space < LEAST_SPACE:
        raise DiskFull
