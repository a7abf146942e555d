"""Read the few protocol buffers in newer packages: varints and the fields of a message.

Format: https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator

from quizapp.core.formats.format import Unreadable
from quizapp.core.translation import gettext

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
PACKAGE_DAMAGED = gettext("This package is damaged. Export it from Anki again.")


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and value of each field: an int for a varint, bytes for the others. Raises Unreadable."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire = tag & 7
        if wire == VARINT:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        size, at = _size(message, at, wire)
        if at + size > len(message):
            raise _damaged()
        yield tag >> 3, message[at : at + size]
        at += size


def first(message: bytes, number: int) -> int | bytes | None:
    """Return the first field with this number, or None if there is none."""
    return next((value for found, value in fields(message) if found == number), None)


def text(message: bytes, number: int) -> str:
    """Return the first field with this number as text, or "" if there is none."""
    value = first(message, number)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _size(message: bytes, at: int, wire: int) -> tuple[int, int]:
    if wire == BYTES:
        return _varint(message, at)
    if wire in (FIXED64, FIXED32):
        return (8 if wire == FIXED64 else 4), at
    raise _damaged()


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _damaged()


def _damaged() -> Unreadable:
    return Unreadable("", PACKAGE_DAMAGED)
