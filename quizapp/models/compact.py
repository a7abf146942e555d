"""Column types that store in few bytes what the largest table, that of reviews, says again and again.

In Python the values are what they would be without: words, objects by name, aware instants. What is stored must mean
the same for ever, so that names are only ever added at the end of these lists.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, LargeBinary, SmallInteger, Uuid
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

VERDICTS = ("wrong", "right", "slip", "close", "unanswered", "unmarked")
SOURCES = ("study", "quiz", "practice")

MEMORY_FIELDS = (
    "state", "reps", "lapses", "stability", "difficulty", "last_day", "due_day", "step", "due_at", "decay",
)  # fmt: skip
USUAL_DECAY = 0.1542  # stored as nothing

# Of the responses of each kind in core.kinds. Those that are left out at times come last.
RESPONSE_FIELDS = {
    "choice": ("picked",),
    "point": ("picked",),
    "true_false": ("picked",),
    "multiple": ("picked",),
    "flashcard": ("rating",),
    "typed": ("text", "context"),
    "date": ("text", "context"),
    "number": ("text", "context"),
    "cloze": ("gaps", "context"),
    "matching": ("targets",),
    "ordering": ("places",),
    "essay": ("text", "points", "rating", "mark"),
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite, which has no type for it, stores microseconds since 1970 instead of a text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored; give it a time zone")
        return _microseconds(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return _instant(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class Word(TypeDecorator[str]):
    """One of a few words, stored as its place among them: 0 and 1 take no room on SQLite."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:
        return None if value is None else self.words.index(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words[value]


class ClientId(TypeDecorator[str]):
    """A UUID as a browser writes it, stored as its 16 bytes."""

    impl = Uuid(as_uuid=False)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(LargeBinary(16) if dialect.name == "sqlite" else Uuid(as_uuid=False))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return UUID(value).bytes if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return str(UUID(bytes=value)) if isinstance(value, bytes) else value


class MemoryBefore(TypeDecorator[dict[str, Any]]):
    """A memory as core.scheduling.scheduler.to_json gives it, stored as an array without the empty end.

    Its fields can be selected by name: `Review.before["state"].as_integer()`.
    """

    impl = JSON
    cache_ok = True

    class Comparator(JSON.Comparator[Any]):
        def __getitem__(self, name: str) -> Any:
            return super().__getitem__(MEMORY_FIELDS.index(name))  # type: ignore[no-untyped-call]

    comparator_factory = Comparator

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> list[Any] | None:
        return None if value is None else pack_memory(value)

    def process_result_value(self, value: list[Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else unpack_memory(value)


class GivenResponse(TypeDecorator[dict[str, Any]]):
    """A response of core.kinds, stored as an array: its kind, then the values of RESPONSE_FIELDS."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> Any:
        return None if value is None else pack_response(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else unpack_response(value)


def pack_memory(memory: dict[str, Any]) -> list[Any]:
    """Return the values in the order of MEMORY_FIELDS, days as ordinals and the instant in microseconds."""
    if not memory:
        return []
    values = {
        **memory,
        **{name: memory[name] and date.fromisoformat(memory[name]).toordinal() for name in ("last_day", "due_day")},
        "due_at": memory["due_at"] and _microseconds(datetime.fromisoformat(memory["due_at"])),
        "decay": None if memory["decay"] == USUAL_DECAY else memory["decay"],
    }
    packed = [values[name] for name in MEMORY_FIELDS]
    while packed[-1] is None:
        packed.pop()
    return packed


def unpack_memory(packed: list[Any]) -> dict[str, Any]:
    """Return the memory that `pack_memory` packed."""
    if not packed:
        return {}
    values: dict[str, Any] = dict.fromkeys(MEMORY_FIELDS) | dict(zip(MEMORY_FIELDS, packed, strict=False))
    for name, written in _WRITTEN.items():
        values[name] = values[name] and written(values[name])
    values["decay"] = USUAL_DECAY if values["decay"] is None else values["decay"]
    return values


def pack_response(response: dict[str, Any]) -> Any:
    """Return the kind and the values of its fields, of which the last may be missing; others stay an object."""
    fields = RESPONSE_FIELDS.get(response.get("kind", ""), ())[: len(response) - 1]
    if not fields or response.keys() != {"kind", *fields}:
        return response
    return [response["kind"], *(response[name] for name in fields)]


def unpack_response(packed: Any) -> dict[str, Any]:
    """Return the response that `pack_response` packed."""
    if isinstance(packed, dict):
        return packed
    kind, *values = packed
    return {"kind": kind, **dict(zip(RESPONSE_FIELDS[kind], values, strict=False))}


def _microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


_WRITTEN: dict[str, Callable[[int], str]] = {
    "last_day": lambda ordinal: date.fromordinal(ordinal).isoformat(),
    "due_day": lambda ordinal: date.fromordinal(ordinal).isoformat(),
    "due_at": lambda microseconds: _instant(microseconds).isoformat(),
}
