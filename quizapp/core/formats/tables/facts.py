"""The fields of a fact as cells of a table, both ways."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from quizapp.core.formats.format import shorten
from quizapp.core.formats.tables.cells import as_edtf
from quizapp.core.sets import schema
from quizapp.core.sets.schema import NORMAL
from quizapp.core.translation import gettext

OF_FACT = ("statement", "date", "importance", "caution", "passages", "notes", "actors", "tags")


def fact_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the fact in a row. An empty cell means an empty field, except for the statement."""
    fact: dict[str, Any] = {}
    for name, value in ((name, cells.get(name)) for name in OF_FACT):
        if value is not None and (value or name != "statement"):
            fact[name] = _FACT_READERS[name](value)
    if cells.get("tags") and "fact" not in cells:
        fact["tags"] = _tags(cells["tags"])
    return fact


def _numbers(cell: str) -> list[int]:
    words = re.split(r"[\s,;|]+", cell.strip()) if cell.strip() else []
    if not all(word.isascii() and word.isdigit() and len(word) < 4 for word in words):
        raise ValueError(_not_numbers_message(shorten(cell, 40)))
    return list(map(int, words))


def _importance(cell: str) -> int:
    if cell not in ("", "1", "2", "3"):
        raise ValueError(_not_importance_message(shorten(cell, 40)))
    return int(cell or NORMAL)


def _not_numbers_message(text: str) -> str:
    return gettext("“%(text)s” is not a list of numbers. Write numbers with spaces between them.", text=text)


def _not_importance_message(text: str) -> str:
    return gettext("“%(text)s” is not a level of importance. Write 3 (essential), 2 (normal) or 1 (detail).", text=text)


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split("|") if word.strip()]


def _tags(cell: str) -> list[str]:
    """Return tags as other people divide them; in our own tables, a comma is part of a tag."""
    return _words(cell) if "|" in cell else [word.strip() for word in re.split("[;,\n]", cell) if word.strip()]


_FACT_READERS: dict[str, Callable[[str], Any]] = {
    "statement": str,
    "date": lambda cell: as_edtf(cell) or None,
    "importance": _importance,
    "caution": lambda cell: cell or None,
    "passages": _numbers,
    "notes": _numbers,
    "actors": _words,
    "tags": _words,
}


def cells_of_fact(fact: schema.Fact) -> dict[str, str]:
    """Return the cells for the fields of a fact, with empty ones."""
    return {
        "statement": fact.statement,
        "date": fact.date or "",
        "importance": "" if fact.importance == NORMAL else str(fact.importance),
        "caution": fact.caution or "",
        "passages": " ".join(map(str, fact.passages)),
        "notes": " ".join(map(str, fact.notes)),
        "actors": " | ".join(fact.actors),
        "tags": " | ".join(fact.tags),
    }
