"""Unicode normal forms of text from outside, in linear time.

The standard library sorts the combining marks after a letter in quadratic time: 120,000 of them take minutes.
"""

import unicodedata
from functools import lru_cache
from typing import Literal

MOST_MARKS = 30  # after one letter; no language needs more (https://unicode.org/reports/tr15/#Stream_Safe_Text_Format)
SHORT = 1000  # characters that are normalised in less than a millisecond whatever they are


def normalise(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return the text in a normal form; in a long text, only the first MOST_MARKS marks after each letter are kept."""
    return unicodedata.normalize(form, text if len(text) <= SHORT or text.isascii() else _with_fewer_marks(text))


def _with_fewer_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    """Return whether a character combines with the one before it, in its decomposed form if it has one."""
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0
