"""Patterns of words, for recognising forms of questions that a set refuses.

A pattern consists of words, and `*` for any text, even none: `what happened on 15 April*`, `who signed * ultimatum`. It
matches if its words occur anywhere in a text as whole words, whatever their case and accents; a `*` next to a word also
matches the rest of that word. It is not a regular expression, so it takes linear time.
"""

from quizapp.core.text.normal import fold


def matches(pattern: str, text: str) -> bool:
    """Return whether the pattern occurs in the text."""
    folded, start = f" {fold(text)} ", 0
    for piece in _pieces(pattern):
        found = folded.find(piece, start)
        if found < 0:
            return False
        # One space ends a word and begins the next.
        start = found + len(piece) - piece.endswith(" ")
    return True


def has_words(pattern: str) -> bool:
    return bool(_pieces(pattern))


def _pieces(pattern: str) -> list[str]:
    """Return the folded texts between the `*`; a space at an end means that a word begins or ends there."""
    parts = f" {pattern} ".split("*")
    return [_bounded(fold(part), part) for part in parts if any(char.isalnum() for char in part)]


def _bounded(folded: str, part: str) -> str:
    return " " * part[0].isspace() + folded + " " * part[-1].isspace()
