"""Compare a typed name or short answer with the right one.

Differences in case, accents, punctuation, script (Cyrillic, Azerbaijani Latin …) and titles are ignored, and so are
small typing slips, but not in digits and Roman numerals. A spelling that differs more belongs in `accept`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA

from quizapp.core.text.normal import normalise
from quizapp.core.text.numbers import same_number

# fmt: off
TITLES = frozenset({
    "bey", "bek", "beg", "bay", "khan", "xan", "han", "pasha", "pasa", "pacha", "efendi", "effendi", "general",
    "gen", "colonel", "col", "mr", "mrs", "ms", "dr", "sir", "comrade", "tovarishch", "yoldas",
})
# fmt: on
ARTICLES = frozenset({"the", "a", "an"})
# One slip is allowed from 4 letters on, two from 8, three from 15, and never more.
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
    """How a typed answer compares. `matched` is the accepted form that it equals or nearly equals.

    `mistaken_for` is the refused form that a wrong answer equals or nearly equals, if any.
    """

    verdict: Match
    matched: str | None = None
    mistaken_for: str | None = None


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the text as lower-case ASCII words with single spaces, for comparing and searching; idempotent.

    Leading articles are dropped; initials are joined ("R.S.F.S.R." becomes "rsfsr"), and so are thousands ("5,000"
    becomes "5000"). Text without letters or digits is returned unchanged.
    """
    normal = normalise("NFKC", text)
    # Transliterate first, because "İ".lower() has two characters.
    # anyascii writes the soft and the hard sign as quotation marks, which do not separate words.
    plain = anyascii(normal).lower().replace("'", "").replace('"', "").replace("&", " and ")
    plain = _NOT_WORD.sub(" ", plain).strip()
    plain = _THOUSANDS.sub("", _ORDINAL.sub("", plain))
    words = _INITIALS.sub(lambda match: match[0].replace(" ", ""), plain).split()
    start, end = 0, len(words)
    while end - start > 1 and words[start] in ARTICLES:
        start += 1
    while end - start > 1 and words[end - 1] == "the":
        end -= 1
    return " ".join(words[start:end] or normal.split())


def compare(typed: str, accepted: Sequence[str], refused: Sequence[str] = ()) -> AnswerComparison:
    """Return whether the typed answer is one of the accepted forms, or a typing slip away from one.

    An answer that is at least as close to a refused form as to an accepted one is wrong.
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
    """Return whether `typed` is a small typing slip for `form`: not the same, but too close to be called wrong.

    Each word may differ by one letter from 4 letters on, by two from 8 and by three from 15 (swapped neighbours count
    as one), and the same limits hold for the whole text. First letters, short words, numerals and acronyms must be
    right.
    """
    given, wanted = _untitled(typed), _untitled(form)
    if _cost(typed, form) <= 1 or same_number(typed, form) is False or not _acronyms(form) <= set(given):
        return False
    if len(given) != len(wanted):
        return _joined_slip(given, wanted)
    return any(_words_slip(given, words) for words in _orders(wanted))


def _nearest(typed: str, forms: Sequence[str]) -> tuple[int, str | None]:
    """Return the closest form that the typed text equals or is a slip of, and its cost; (0, None) if there is none."""
    costs = ((_cost(typed, form), form) for form in forms)
    near = ((cost, form) for cost, form in costs if cost <= 1 or is_slip(typed, form))
    return min(near, default=(0, None), key=lambda found: found[0])


def _cost(typed: str, form: str) -> int:
    """Return 0 for the same text, 1 for the same name written differently, else 1 + the number of different letters."""
    same = same_number(typed, form)
    if same is not None:
        return int(fold(typed) != fold(form)) if same else 2
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
    """Return the words as written, then with the surname first.

    Only rotations are used, because "Baku to Batumi" is not "Batumi to Baku".
    """
    turns = 1 if _digits(words) else len(words)
    return (words[turn:] + words[:turn] for turn in range(turns))


def _shortened(words: list[str]) -> list[list[str]]:
    """Return a name of several words with initials for first names: "ma rasulzade", "m rasulzade"."""
    if len(words) < 2 or any(_is_numeral(word) for word in words):
        return []
    initials = "".join(word[0] for word in words[:-1])
    return [[initials, words[-1]], [initials[0], words[-1]]]


def _joined_slip(given: list[str], wanted: list[str]) -> bool:
    """Return whether two texts differ by at most one letter when spaces are ignored."""
    if list(filter(_is_numeral, given)) != list(filter(_is_numeral, wanted)):
        return False
    joined, whole = "".join(given), "".join(wanted)
    return word_slip(joined, whole) and OSA.distance(joined, whole) <= 1


def _words_slip(given: list[str], wanted: list[str]) -> bool:
    total = OSA.distance(" ".join(given), " ".join(wanted))
    return total <= _allowance(" ".join(wanted)) and all(map(word_slip, given, wanted))


def word_slip(given: str, wanted: str) -> bool:
    """Return whether a folded word equals another or is a typing slip for it; numerals are never slips."""
    if given == wanted:
        return True
    if _is_numeral(given) or _is_numeral(wanted):
        return False
    starts_alike = given[0] == wanted[0] or given[:2] == wanted[1::-1]
    return starts_alike and OSA.distance(given, wanted) <= _allowance(wanted)


def _allowance(text: str) -> int:
    """Return how many letters may be wrong in a word or phrase of this length."""
    return sum(len(text) >= length for length in SLIPS_FROM)


def _is_numeral(word: str) -> bool:
    return any(char.isdigit() for char in word) or _ROMAN.fullmatch(word) is not None


def _acronyms(form: str) -> set[str]:
    """Return the short words with several capitals, because "AzCP" is not "AUCP"."""
    words = re.findall(r"\b\w{2,6}\b", form)
    return {fold(word) for word in words if sum(char.isupper() for char in word) > 1}
