"""How the app uses SQLite: what is set on each connection, when a transaction begins to write, and whose turn it is.

A transaction that will write takes the write lock when it begins. Begun as a reader it could find, once it wants to
write, that another writer came first, and then no waiting helps: "database is locked" at once. SQLite itself lets
writers wait by sleeping and trying again, each on its own, so that some wait for seconds while others go first again
and again; here they queue.
"""

import os
import sqlite3
import threading
from collections import deque
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

try:
    import fcntl
except ImportError:  # Windows, where the app is one process
    fcntl = None  # type: ignore[assignment]

BUSY_TIMEOUT = 15  # seconds

writing: ContextVar[bool] = ContextVar("writing", default=True)


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


def prepare(engine: Engine, *, synchronous: str) -> None:
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
