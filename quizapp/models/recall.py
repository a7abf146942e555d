"""What is known of facts as an expression of SQL, with which a database sums up thousands of memories at once."""

import sqlite3
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine, Float, Integer, and_, case, event, func, literal, type_coerce
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from quizapp.core.scheduling.scheduler import State
from quizapp.models.memory import Memory


def known_on(day: date) -> ColumnElement[float]:
    """Return the chance (0..1) that the fact of a Memory is known on a study day, as core.progress.mastery.known_now.

    0 for a fact that was never met, which has no Memory.
    """
    elapsed = literal(day.toordinal()) - type_coerce(Memory.last_day, Integer)
    was_before = and_(Memory.stability.is_not(None), elapsed > 0)
    return case((was_before, recall_after(elapsed, Memory.decay)), (Memory.state == State.REVIEW, 1.0), else_=0.0)


def recall_after(days: ColumnElement[int], decay: Any) -> ColumnElement[float]:
    """Return the chance (0..1) of recalling the fact of a Memory, 1 day or more after its last answer.

    `decay` is a column or a number (see core.scheduling.scheduler.Memory).
    """
    factor = func.power(0.9, -1 / decay) - 1
    return func.power(1 + factor * days / Memory.stability, -decay, type_=Float)


@event.listens_for(Engine, "connect")
def _provide_power(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    """Let an SQLite that was built without mathematical functions call Python's."""
    if not isinstance(connection, sqlite3.Connection):
        return
    try:
        connection.execute("SELECT power(2, 2)")
    except sqlite3.OperationalError:
        connection.create_function("power", 2, pow, deterministic=True)
