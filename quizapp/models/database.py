"""What differs between the two databases: column types, connections, transactions, and a few statements.

On SQLite a transaction that will write takes the write lock when it begins. Begun as a reader, it could find when it
wants to write that another writer came first, and then no waiting helps: "database is locked" at once. SQLite lets
writers wait by sleeping and retrying, each on its own, so that some wait for seconds while others go first again and
again; here they queue.
"""

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, Engine, FromClause, Integer, Row, String, Table, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

try:
    import fcntl
except ImportError:  # Windows, where the app is one process
    fcntl = None  # type: ignore[assignment]

BUSY_TIMEOUT = 15  # seconds

writing: ContextVar[bool] = ContextVar("writing", default=True)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; SQLite alone would hand back naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored; give it a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StudyDay(TypeDecorator[date]):
    """A learner's study day, stored as its ordinal so that both databases subtract days alike."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | int | None, dialect: Dialect) -> int | None:
        return value.toordinal() if isinstance(value, date) else value

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromordinal(value)


class Labels(TypeDecorator[list[str]]):
    """A few words without a | in them, stored as "|dates|causes|", so that one LIKE tells whether a row has one."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return "".join(f"|{word}" for word in value) + "|" if value else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        return None if value is None else [word for word in value.split("|") if word]


class WriteQueue:
    """Lets in one writer at a time, first come, first served: the threads of this process, then the processes.

    It only spares writers SQLite's own way of waiting; SQLite still decides who may write.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: int | None = None
        self._guard = threading.Lock()  # held for an instant, around what follows
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def enter(self) -> bool:
        """Wait for a turn. False when it does not come: whoever writes then leaves the rest to SQLite."""
        if not self._enter_thread():
            return False
        if fcntl:
            with suppress(OSError):  # another user's file, or a file system without locks: threads queue all the same
                if self._file is None:
                    self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._file, fcntl.LOCK_EX)
        return True

    def leave(self) -> None:
        if fcntl and self._file is not None:
            with suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_UN)
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()  # the turn goes from hand to hand: no newcomer can take it
            else:
                self._taken = False

    def _enter_thread(self) -> bool:
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout=BUSY_TIMEOUT):
            return True
        with self._guard:
            if turn.is_set():
                return True
            self._waiting.remove(turn)
            return False

    def __del__(self) -> None:
        if self._file is not None:
            os.close(self._file)


class QueueingConnection(sqlite3.Connection):
    """A connection that gives up its turn to write as its transaction ends, and not before."""

    queue: WriteQueue | None = None

    def wait_for_turn(self, queue: WriteQueue) -> None:
        if self.queue is None and queue.enter():
            self.queue = queue

    def _pass_turn_on(self) -> None:
        if self.queue is not None and not self.in_transaction:
            queue, self.queue = self.queue, None
            queue.leave()

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self._pass_turn_on()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._pass_turn_on()

    def close(self) -> None:
        super().close()
        if self.queue is not None:
            queue, self.queue = self.queue, None
            queue.leave()


def _prepare_sqlite(engine: Engine, *, synchronous: str) -> None:
    """Set each new connection up, and begin its transactions ourselves."""
    queue = WriteQueue(f"{engine.url.database}-lock") if engine.url.database else None

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: ConnectionPoolEntry, arguments: Any, options: dict[str, Any]) -> None:
        options["factory"] = QueueingConnection

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        assert isinstance(connection, QueueingConnection)
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT * 1000}",
            f"synchronous={synchronous}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not writing.get():
            connection.exec_driver_sql("BEGIN")
            return
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, QueueingConnection)
        if queue:
            raw.wait_for_turn(queue)
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            raw.rollback()
            raise


def prepare_engine(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set an engine of either database up, before its first connection."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, synchronous=synchronous)


def wait_for_turn(session: Session, task: str) -> None:
    """Keep everybody else who waits for a turn at this task out until the transaction ends.

    On SQLite there is nothing to wait for: a transaction that may write is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(task))))


def begin_snapshot(session: Session) -> None:
    """Begin a transaction that only reads, and sees the database as it is now until it ends. Nobody waits for it."""
    writing.set(False)
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def insert_or(session: Session, table: FromClause) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that can be told what to do where the row is there already; the two databases say it alike."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table)  # type: ignore[arg-type]


def add_counts(
    session: Session, table: Table, keys: dict[str, Any], added: dict[str, Any], returning: Sequence[Column[Any]]
) -> Row[Any]:
    """Add numbers to the columns of one row, making the row if it is not there; one atomic statement."""
    statement = insert_or(session, table).values(**keys, **added)
    return session.execute(
        statement.on_conflict_do_update(
            index_elements=list(keys), set_={name: table.c[name] + value for name, value in added.items()}
        ).returning(*returning)
    ).one()
