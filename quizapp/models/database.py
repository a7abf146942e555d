"""What differs between the two databases: column types, connections, transactions, and a few statements.

On SQLite a transaction that will write takes the write lock when it begins. Begun as a reader, it could find when it
wants to write that another writer came first, and then no waiting helps: "database is locked" at once. SQLite lets
writers wait by sleeping and retrying, each on its own, so that some wait for seconds while others go first again and
again; here they queue.

SQLite goes on writing to a file that was deleted, and acknowledges what nobody will ever read. So each transaction
checks when it begins and when it ends that the file it opened is still the one at that path.
"""

import atexit
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Engine,
    Executable,
    FromClause,
    Integer,
    Row,
    String,
    Table,
    event,
    func,
    make_url,
    select,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapper, Session, class_mapper, make_transient_to_detached
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from quizapp.core.text.normal import fold

try:
    import fcntl
except ImportError:  # Windows, where the app is one process
    fcntl = None  # type: ignore[assignment]

BUSY_TIMEOUT = 15  # seconds that a writer waits for others on SQLite
POOL_TIMEOUT = 5  # seconds that a request waits for a free connection to PostgreSQL, or for a new one

writing: ContextVar[bool] = ContextVar("writing", default=True)


@contextmanager
def reading() -> Iterator[None]:
    """Let transactions that begin in this block read only, so that they keep no writer waiting on SQLite.

    They must end in it too.
    """
    before = writing.set(False)
    try:
        yield
    finally:
        writing.reset(before)


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
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


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
        return None if value is None else "".join(f"|{word}" for word in [*value, ""] if value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:
        return None if value is None else [word for word in value.split("|") if word]


class FoldedText(TypeDecorator[str]):
    """A text stored as it is searched: folded by core.text.normal.fold."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value and fold(value)


def kind_in_body(context: DefaultExecutionContext) -> Any:
    """Return the kind of the question version that is being inserted."""
    return context.get_current_parameters()["body"].get("kind", "")  # type: ignore[no-untyped-call]


class DatabaseFileLost(sqlite3.OperationalError):
    """The file that was opened is no longer at its path: it was deleted, or another one was put in its place."""


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


def _file_at(path: str) -> tuple[int, int] | None:
    """Return which file is at a path, or None if there is none. A file keeps its number while it is open."""
    try:
        found = os.stat(path)  # noqa: PTH116 - three times a transaction: a Path takes longer than the rest
    except OSError:
        return None
    return found.st_dev, found.st_ino


class WatchedFiles:
    """The files that were found at some paths, to check later that they are still there."""

    def __init__(self, *paths: str) -> None:
        self._found = [(path, file) for path in paths if (file := _file_at(path))]

    def check(self) -> None:
        """Raise DatabaseFileLost unless they are."""
        for path, file in self._found:
            if _file_at(path) != file:
                raise DatabaseFileLost(f"{path} was deleted or replaced while it was in use")


class QueueingConnection(sqlite3.Connection):
    """A connection that gives up its turn to write as its transaction ends, and not before."""

    queue: WriteQueue | None = None
    files = WatchedFiles()

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
        self.files.check()  # before what was written is acknowledged

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


def _make_private(path: str) -> None:
    """Let nobody but its owner read a database; SQLite would make it for everybody, and its other files likewise."""
    with suppress(OSError):  # another user's file; whether it can be used, connecting will tell
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for file in map(Path, (path, f"{path}-wal", f"{path}-shm")):
        with suppress(OSError):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)


def _prepare_sqlite(engine: Engine, *, synchronous: str) -> None:
    """Set each new connection up, and begin its transactions ourselves."""
    queue = WriteQueue(f"{engine.url.database}-lock") if engine.url.database else None
    database: list[WatchedFiles] = []  # the file that the first connection opened

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: ConnectionPoolEntry, arguments: Any, options: dict[str, Any]) -> None:
        options["factory"] = QueueingConnection
        for known in database:
            known.check()  # or a new connection would create an empty database, or mix two
        if engine.url.database:
            _make_private(engine.url.database)

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        assert isinstance(connection, QueueingConnection)
        connection.isolation_level = None
        patience = f"busy_timeout={BUSY_TIMEOUT * 1000}"
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", patience, f"synchronous={synchronous}"):
            connection.execute(f"PRAGMA {pragma}")
        path = connection.execute("PRAGMA database_list").fetchone()[2]  # empty when it is in memory
        connection.files = WatchedFiles(path, f"{path}-wal", f"{path}-shm")
        if not database:
            database.append(WatchedFiles(path))

    @event.listens_for(engine, "engine_disposed")
    def forget(engine: Engine) -> None:
        database.clear()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, QueueingConnection)
        try:
            raw.files.check()
        except DatabaseFileLost as lost:
            raise OperationalError("BEGIN", {}, lost) from lost
        if not writing.get():
            connection.exec_driver_sql("BEGIN")
            return
        if queue:
            raw.wait_for_turn(queue)
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            raw.rollback()
            raise


def prepare_engine(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set an engine of either database up, before its first connection, and close its connections as the process ends.

    SQLite removes the write-ahead log beside its file when the last connection is closed.
    """
    atexit.register(engine.dispose)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, synchronous=synchronous)


def engine_options(url: str, *, connections: int) -> dict[str, Any]:
    """Return the arguments of create_engine for the database at that address."""
    if make_url(url).get_backend_name() == "sqlite":
        return {}
    return {
        "pool_size": connections,
        "max_overflow": 0,
        "pool_timeout": POOL_TIMEOUT,
        "pool_pre_ping": True,  # so that a restart of the server costs nobody an error
        # PgBouncer gives each transaction another server connection, which knows nothing prepared on the last one.
        "connect_args": {"prepare_threshold": None, "connect_timeout": POOL_TIMEOUT},
    }


def wait_for_turn(session: Session, task: str) -> None:
    """Keep everybody else who waits for a turn at this task out until the transaction ends.

    On SQLite there is nothing to wait for: a transaction that may write is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(task))))


def begin_snapshot(session: Session, *, to_write: bool = False) -> None:
    """Begin a transaction that sees the database as it is now until it ends. If it only reads, nobody waits for it."""
    writing.set(to_write)
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def attach(session: Session, row: Sequence[Any], *entities: type[Any]) -> list[Any]:
    """Return the objects of these entities in a row that begins with `column_names` of each.

    A query by the ORM does the same with more work, which counts where it is done for each request.
    """
    found = []
    for mapper in map(class_mapper, entities):
        names = column_names(mapper)
        values, row = dict(zip(names, row, strict=False)), row[len(names) :]
        key = mapper.identity_key_from_primary_key(tuple([values[str(column.key)] for column in mapper.primary_key]))
        if (each := session.identity_map.get(key)) is None:
            each = mapper.class_manager.new_instance()
            each.__dict__.update(values)
            make_transient_to_detached(each)
            session.add(each)
        found.append(each)
    return found


@lru_cache
def column_names(mapper: Mapper[Any]) -> list[str]:
    """Return the names of the columns that are loaded with an object."""
    return [attribute.key for attribute in mapper.column_attrs if not attribute.deferred]


def insert_or(session: Session, table: FromClause) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that can be told what to do where the row is there already; the two databases say it alike."""
    return _upsert(session.get_bind().dialect.name, table)


def _upsert(dialect: str, table: FromClause) -> postgresql.Insert | sqlite.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table)  # type: ignore[arg-type]


def add_counts(
    connection: Connection, table: Table, keys: dict[str, Any], added: dict[str, Any], returning: Sequence[Column[Any]]
) -> Row[Any]:
    """Add numbers to the columns of one row, making the row if it is not there; one atomic statement."""
    statement = _adding(connection.dialect.name, table, tuple(keys), tuple(added), tuple(returning))
    return connection.execute(statement, keys | added).one()


@lru_cache  # as building it takes longer than running it
def _adding(
    dialect: str, table: Table, keys: tuple[str, ...], added: tuple[str, ...], returning: tuple[Column[Any], ...]
) -> Executable:
    statement = _upsert(dialect, table)
    sums = {name: table.c[name] + statement.excluded[name] for name in added}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=sums).returning(*returning)
