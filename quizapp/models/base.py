"""What every table shares: naming convention, column types, and how a connection to either database begins."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Engine,
    FromClause,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from quizapp.models import sqlite as sqlite_connections
from quizapp.models.sqlite import writing

__all__ = [
    "Base",
    "BigId",
    "Labels",
    "StudyDay",
    "UTCDateTime",
    "add_counts",
    "prepare_engine",
    "wait_for_turn",
    "writing",
]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")


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


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            date: StudyDay(),
            str: String(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            list[int]: JSON(),
            list[str]: JSON(),
            dict[str, str]: JSON(),
        },
    )


def prepare_engine(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Set an engine of either database up, before its first connection."""
    if engine.dialect.name == "sqlite":
        sqlite_connections.prepare(engine, synchronous=synchronous)


def wait_for_turn(session: Session, task: str) -> None:
    """Keep everybody else who waits for a turn at this task out until the transaction ends.

    On SQLite there is nothing to wait for: a transaction that may write is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(task))))


def insert_or(session: Session, table: FromClause) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can be told what to do where the row is there already; the two databases say it alike."""
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
