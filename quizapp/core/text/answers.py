"""Comparing what people type with what was asked for: names and short answers.

Case, accents, punctuation, script (Cyrillic, Azerbaijani Latin …), titles and small typing slips are forgiven;
digits and Roman numerals are not. A spelling that differs by more than that belongs in `accept`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA

# fmt: off
TITLES = frozenset({
    "bey", "bek", "beg", "bay", "khan", "xan", "han", "pasha", "pasa", "pacha", "efendi", "effendi", "general",
    "gen", "colonel", "col", "mr", "mrs", "ms", "dr", "sir", "comrade", "tovarishch", "yoldas",
})
# fmt: on
ARTICLES = frozenset({"the", "a", "an"})
# One slip is forgiven from 4 letters on, two from 8, three from 15, and never more.
SLIPS_FROM = (4, 8, 15)

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
_INITIALS = re.compile(r"\b[a-z](?: [a-z]\b)+")
_ROMAN = re.compile(r"(?=.)m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")


class Match(StrEnum):
    EXACT = "exact"
    SLIP = "slip"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """How a typed answer compares. `matched` is the accepted form it equals or nearly equals.

    `mistaken_for` is the refused form that a wrong answer equals or nearly equals, if there is one.
    """

    verdict: Match
    matched: str | None = None
    mistaken_for: str | None = None


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text as lower-case ASCII words with single spaces, for comparing and searching; idempotent.

    Leading articles go, initials join ("R.S.F.S.R." is "rsfsr"), and so do thousands ("5,000" is "5000"). Text
    without any letter or digit is kept as it is.
    """
    normal = unicodedata.normalize("NFKC", text)
    # Transliterating first makes lower() safe: "İ".lower() would be two characters.
    # anyascii writes the soft and the hard sign as quotation marks: they are no word boundary.
    plain = anyascii(normal).lower().replace("'", "").replace('"', "").replace("&", " and ")
    plain = _NOT_WORD.sub(" ", plain).strip()
    plain = _THOUSANDS.sub("", _ORDINAL.sub("", plain))
    words = _INITIALS.sub(lambda match: match[0].replace(" ", ""), plain).split()
    while len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    while len(words) > 1 and words[-1] == "the":
        words = words[:-1]
    return " ".join(words or normal.split())


def compare(typed: str, accepted: Sequence[str], refused: Sequence[str] = ()) -> AnswerComparison:
    """Return whether the typed answer is one of the accepted forms, or a typing slip away from one.

    An answer at least as near to a refused form as to an accepted one is wrong.
    """
    if not typed.strip():
        return AnswerComparison(Match.WRONG)
    cost, matched = _nearest(typed, accepted)
    refused_cost = min((_cost(typed, form) for form in refused), default=None)
    # An author who lists one form on both sides meant to accept it.
    if matched is None or (cost > 0 and refused_cost is not None and refused_cost <= cost):
        return AnswerComparison(Match.WRONG, mistaken_for=_nearest(typed, refused)[1])
    return AnswerComparison(Match.EXACT if cost <= 1 else Match.SLIP, matched)


def is_slip(typed: str, form: str) -> bool:
    """Whether `typed` is a small typing slip for `form`: not the same, yet too near to be called wrong.

    Each word may be off by one letter from 4 letters on, by two from 8, by three from 15 (a swap of neighbours
    counts once), and so may the whole. First letters, short words, numerals and acronyms must be right.
    """
    given, wanted = _untitled(typed), _untitled(form)
    if _cost(typed, form) <= 1 or not _acronyms(form) <= set(given):
        return False
    if len(given) != len(wanted):
        return _joined_slip(given, wanted)
    return any(_words_slip(given, words) for words in _orders(wanted))


def _nearest(typed: str, forms: Sequence[str]) -> tuple[int, str | None]:
    """The form that equals the typed text or is a slip away, and its cost; (0, None) if there is none."""
    costs = ((_cost(typed, form), form) for form in forms)
    near = ((cost, form) for cost, form in costs if cost <= 1 or is_slip(typed, form))
    return min(near, default=(0, None), key=lambda found: found[0])


def _cost(typed: str, form: str) -> int:
    """0 for the same text, 1 for the same name written otherwise, else 1 + the letters that differ."""
    if fold(typed) == fold(form):
        return 0
    given, wanted = _untitled(typed), _untitled(form)
    orders = list(_orders(wanted))
    same_digits = _digits(given) == _digits(wanted)
    if same_digits and (given in orders or "".join(given) == "".join(wanted) or given in _shortened(wanted)):
        return 1
    return 1 + max(1, min(OSA.distance(" ".join(given), " ".join(words)) for words in orders))


def _untitled(text: str) -> list[str]:
    words = fold(text).split()
    return [word for word in words if word not in TITLES] or words


def _digits(words: list[str]) -> list[str]:
    return re.findall(r"\d+", " ".join(words))


def _orders(words: list[str]) -> Iterator[list[str]]:
    """The words as written, then with the surname first.

    Rotations, not every order: "Baku to Batumi" is not "Batumi to Baku".
    """
    turns = 1 if _digits(words) else len(words)
    return (words[turn:] + words[:turn] for turn in range(turns))


def _shortened(words: list[str]) -> list[list[str]]:
    """A name of several words with initials for first names: "ma rasulzade", "m rasulzade"."""
    if len(words) < 2 or any(_is_numeral(word) for word in words):
        return []
    initials = "".join(word[0] for word in words[:-1])
    return [[initials, words[-1]], [initials[0], words[-1]]]


def _joined_slip(given: list[str], wanted: list[str]) -> bool:
    """Whether words run together or apart differ by one letter besides."""
    if list(filter(_is_numeral, given)) != list(filter(_is_numeral, wanted)):
        return False
    joined, whole = "".join(given), "".join(wanted)
    return word_slip(joined, whole) and OSA.distance(joined, whole) <= 1


def _words_slip(given: list[str], wanted: list[str]) -> bool:
    total = OSA.distance(" ".join(given), " ".join(wanted))
    return total <= _allowance(" ".join(wanted)) and all(map(word_slip, given, wanted))


def word_slip(given: str, wanted: str) -> bool:
    """Whether a folded word is another, or a typing slip for it; numerals are never slips for one another."""
    if given == wanted:
        return True
    if _is_numeral(given) or _is_numeral(wanted):
        return False
    starts_alike = given[0] == wanted[0] or given[:2] == wanted[1::-1]
    return starts_alike and OSA.distance(given, wanted) <= _allowance(wanted)


def _allowance(text: str) -> int:
    """How many letters may be off in a word or a phrase of this length."""
    return sum(len(text) >= length for length in SLIPS_FROM)


def _is_numeral(word: str) -> bool:
    return any(char.isdigit() for char in word) or _ROMAN.fullmatch(word) is not None


def _acronyms(form: str) -> set[str]:
    """The short words with several capitals: "AzCP" is not "AUCP"."""
    words = re.findall(r"\b\w{2,6}\b", form)
    return {fold(word) for word in words if sum(char.isupper() for char in word) > 1}
