"""Cards on sheets of paper: eight a page, each back behind its front when the sheets are turned over the long edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

COLUMNS, ROWS = 2, 4
CARDS_ON_A_PAGE = COLUMNS * ROWS


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """What is at each of the CARDS_ON_A_PAGE places of a sheet, row by row; None where it is empty."""

    fronts: tuple[T | None, ...]
    backs: tuple[T | None, ...]


def lay_out(cards: Sequence[T]) -> list[Sheet[T]]:
    """Return the sheets for these cards; turned over, a row has its first card on the right."""
    sheets = []
    for start in range(0, len(cards), CARDS_ON_A_PAGE):
        here = cards[start : start + CARDS_ON_A_PAGE]
        fronts: list[T | None] = [*here, *[None] * (CARDS_ON_A_PAGE - len(here))]
        rows = [fronts[place : place + COLUMNS] for place in range(0, CARDS_ON_A_PAGE, COLUMNS)]
        sheets.append(Sheet(tuple(fronts), tuple(card for row in rows for card in reversed(row))))
    return sheets
