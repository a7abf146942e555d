"""Why a database cannot be used, in the words of the log and of health checks."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, TimeoutError

from quizapp.models.database import DatabaseFileLost

# By SQLite's result code or PostgreSQL's SQLSTATE
FAULTS: dict[int | str | None, str] = {
    sqlite3.SQLITE_FULL: "the disk is full",
    "53100": "the disk is full",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    "25006": "the database is read-only",
    sqlite3.SQLITE_IOERR: "the disk can't be read or written",
    sqlite3.SQLITE_CANTOPEN: "the database file can't be opened",
    sqlite3.SQLITE_BUSY: "the database is locked",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "the database file is damaged",
    "53300": "no database connection is free",
}


def describe_fault(error: SQLAlchemyError) -> str | None:
    """Return why the database cannot be used now, or None where the fault is the program's."""
    if isinstance(error, TimeoutError):
        return "no database connection is free"
    if not isinstance(error, DBAPIError):
        return None
    cause = error.orig
    if isinstance(cause, DatabaseFileLost):
        return "the database file was deleted or replaced"
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return FAULTS.get(code & 0xFF)  # the rest of the code is a detail
    words = FAULTS.get(getattr(cause, "sqlstate", None))
    return words or ("the database is not responding" if isinstance(error, OperationalError) else None)
