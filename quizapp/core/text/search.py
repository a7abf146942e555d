"""Search in texts: every word must occur, in any order, whatever its case and accents."""

from collections.abc import Sequence
from functools import lru_cache

from quizapp.core.text.normal import fold

MOST_SEARCHED = 200  # characters of a search

_folded = lru_cache(maxsize=16_384)(fold)  # the texts of a set are searched again and again


def search_words(query: str) -> tuple[str, ...]:
    """Return the words of a search, of which only the first MOST_SEARCHED characters count."""
    query = query[:MOST_SEARCHED].strip()
    return tuple(fold(query).split()) if query else ()


def has_words(words: Sequence[str], *texts: str) -> bool:
    """Return whether each of the words is in at least one of the texts, also as a part of a word."""
    return all(any(word in _folded(text) for text in texts) for word in words)
