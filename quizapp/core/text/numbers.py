"""Read numbers that people type: "5,000", "5 000", "five thousand", "5 million liras"."""

import re
from decimal import Decimal

from quizapp.core.text.answers import fold

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
_SMALL = {word: Decimal(n) for n, word in enumerate(_WORDS.split())}
# in English, Azerbaijani and Russian, as `fold` returns them
_SCALES = {
    Decimal(100): {"hundred", "yuz", "sto"},
    Decimal(1000): {"thousand", "k", "min", "tysyach", "tysyacha", "tysyachi", "tys"},
    Decimal(1_000_000): {"million", "millions", "m", "mln", "milyon", "millionov", "milliona"},
}
LONGEST = 200  # characters; a longer text is not a number
_GROUPED = re.compile(r"-?\d{1,3}(?:([,.\u00a0\u202f\u2009 '])\d{3})(?:\1\d{3})*(?!\d)")
_PLAIN = re.compile(r"-?\d{1,15}(?:[.,]\d{1,9})?")


def parse_number(text: str) -> Decimal | None:
    """Return the one number in a text, or None if there is none or more than one.

    Three digits after a point, comma or space are thousands, because numbers in history are whole. Words after the
    number ("men", "liras") are ignored.
    """
    if len(text) > LONGEST:
        return None
    text = text.strip()
    found = _GROUPED.match(text) or _PLAIN.match(text)
    if found:
        digits = found[0]
        grouped = found.re is _GROUPED
        value = Decimal(re.sub(r"[^\d-]", "", digits) if grouped else digits.replace(",", "."))
        rest = text[found.end() :]
    else:
        first, _, rest = fold(text).partition(" ")
        if first not in _SMALL:
            return None
        value = _SMALL[first]
    if re.search(r"\d", rest):
        return None
    return value * _scale(fold(rest))


def _scale(words: str) -> Decimal:
    """Return the factor that the words right after a number multiply it by."""
    factor = Decimal(1)
    for word in words.split():
        scale = next((value for value, names in _SCALES.items() if word in names), None)
        if scale is None:
            break
        factor *= scale
    return factor
