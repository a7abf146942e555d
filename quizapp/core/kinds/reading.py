"""Reading posted choices, and carrying them over to another version of the question."""

from collections.abc import Sequence


class UnreadableResponse(ValueError):
    """The posted form is not a response to this question."""


class NoSuchChoice(UnreadableResponse):
    """The response picks a choice that the question does not have."""


class CannotCarryOver(Exception):
    """A version of a question has no counterpart for a response to an earlier version."""


def read_place(posted: str) -> int | None:
    """Return the posted small number, or None for a blank. Raises UnreadableResponse."""
    if not posted:
        return None
    if not posted.isascii() or not posted.isdigit() or len(posted) > 2:
        raise UnreadableResponse(repr(posted[:20]))
    return int(posted)


def read_option(posted: str, order: Sequence[int]) -> int | None:
    """Return the option at the posted place, counted from 0 in the order shown, or None for a blank.

    Raises UnreadableResponse.
    """
    place = read_place(posted)
    if place is None:
        return None
    if place >= len(order):
        raise NoSuchChoice(f"choice {place}")
    return order[place]


def find_option(text: str, options: Sequence[str]) -> int:
    """Return the index of a text among options that differ in more than case. Raises CannotCarryOver."""
    folded = [option.casefold() for option in options]
    try:
        return folded.index(text.strip().casefold())
    except ValueError:
        raise CannotCarryOver from None


def require_shown(wanted: Sequence[str], shown: Sequence[str]) -> None:
    """Raise CannotCarryOver unless all the wanted texts were shown."""
    for text in wanted:
        find_option(text, shown)


def pad(given: Sequence[int | None], size: int) -> list[int | None]:
    """Return the list filled up with None to `size` entries."""
    return [*given, *[None] * (size - len(given))]
