"""Between rows of the memory table and the memory that core decides on."""

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement

from quizapp.core import scheduling
from quizapp.core.scheduling import NEW_MEMORY, State
from quizapp.models import Memory

FIELDS = tuple(field.name for field in fields(scheduling.Memory))

COLUMNS: tuple[ColumnElement[Any], ...] = tuple(getattr(Memory, name) for name in FIELDS)


def to_core(row: Any) -> scheduling.Memory:
    """The memory in a row that has COLUMNS; one that the learner never met is NEW."""
    if row.state is None:
        return NEW_MEMORY
    values = {name: getattr(row, name) for name in FIELDS}
    return scheduling.Memory(**{**values, "state": State(row.state)})


def to_values(memory: scheduling.Memory) -> dict[str, Any]:
    """The column values of a memory."""
    return {name: getattr(memory, name) for name in FIELDS} | {"state": int(memory.state)}
