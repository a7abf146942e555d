"""Patterns of words, for telling a form of question that a set keeps out.

A pattern is words, and `*` for anything, nothing included: `what happened on 15 April*`, `who signed * ultimatum`.
It matches when its words occur anywhere in a text, whole, whatever their case and accents; a `*` that touches a
word stands for the rest of that word too. It is not a regular expression, so it takes linear time.
"""

from quizapp.core.text.answers import fold


def matches(pattern: str, text: str) -> bool:
    """Return whether the pattern occurs in the text."""
    folded, start = f" {fold(text)} ", 0
    for piece in _pieces(pattern):
        found = folded.find(piece, start)
        if found < 0:
            return False
        # One space both ends a word and begins the next.
        start = found + len(piece) - piece.endswith(" ")
    return True


def has_words(pattern: str) -> bool:
    return bool(_pieces(pattern))


def _pieces(pattern: str) -> list[str]:
    """Return what stands between the `*`, folded; a space at an end says that a word begins or ends there."""
    parts = f" {pattern} ".split("*")
    return [_bounded(fold(part), part) for part in parts if any(char.isalnum() for char in part)]


def _bounded(folded: str, part: str) -> str:
    return " " * part[0].isspace() + folded + " " * part[-1].isspace()
