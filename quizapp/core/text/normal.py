"""Unicode normal forms of text from outside, the classes of its characters, and text as it is searched.

The standard library sorts the combining marks after a letter in quadratic time: 120,000 of them take minutes.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from anyascii import anyascii

MOST_MARKS = 30  # after one letter; no language needs more (https://unicode.org/reports/tr15/#Stream_Safe_Text_Format)
SHORT = 1000  # characters that are normalised in less than a millisecond whatever they are

# Accents and stress marks that stand alone, the points of Hebrew and Arabic, the long line in Arabic words (tatweel),
# the selectors that make a sign an emoji, and the skin tones of emoji.
_POINTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e8\u06ea-\u06ed\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]+"
)
ARTICLES = frozenset({"the", "a", "an"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
_INITIALS = re.compile(r"\b[^\W\d_](?: [^\W\d_]\b)+")
_NUMERAL = re.compile(r"(?<!\w)[XVILХІ]{2,}(?!\w)")
_LATIN_NUMERALS = str.maketrans("ХІ", "XI")


def normalise(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return the text in a normal form; in a long text, only the first MOST_MARKS marks after each letter are kept."""
    return unicodedata.normalize(form, text if len(text) <= SHORT or text.isascii() else _with_fewer_marks(text))


def without_points(text: str) -> str:
    """Return a normalised text without the marks that people leave out: accents alone, Hebrew and Arabic points.

    Marks that are letters of their own, such as the vowels of Hindi and Thai, are kept.
    """
    return _POINTS.sub("", text)


def with_latin_numerals(text: str) -> str:
    """Return a text with Latin letters for Cyrillic ones in Roman numerals, where they look the same."""
    return _NUMERAL.sub(lambda found: found[0].translate(_LATIN_NUMERALS), text)


@lru_cache(maxsize=4096)
def character_class(character: str) -> str:
    """Return the Unicode class of a character: "Lu" is a capital letter, "Sm" a mathematical sign."""
    return unicodedata.category(character)


def is_sign(text: str) -> bool:
    """Return whether a text is one sign with a meaning of its own, such as "♠", rather than punctuation."""
    return len(text) == 1 and character_class(text)[0] == "S"


@lru_cache(maxsize=4096)
def base_letter(character: str) -> str:
    """Return a letter without its accents: "ά" becomes "α"."""
    return unicodedata.normalize("NFKD", character)[0]


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


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the text as lower-case ASCII words with single spaces, for searching and grouping; idempotent.

    Leading articles are dropped; initials are joined ("R.S.F.S.R." becomes "rsfsr"), and so are thousands ("5,000"
    becomes "5000"). Text without letters or digits is returned unchanged.
    """
    normal = normalise("NFKC", text)
    # Transliterate first, because "İ".lower() has two characters.
    # anyascii writes the soft and the hard sign as quotation marks, which do not separate words.
    plain = anyascii(normal).lower().replace("'", "").replace('"', "").replace("&", " and ")
    plain = _NOT_WORD.sub(" ", plain).strip()
    plain = _THOUSANDS.sub("", _ORDINAL.sub("", plain))
    words = join_initials(plain).split()
    start, end = 0, len(words)
    while end - start > 1 and words[start] in ARTICLES:
        start += 1
    while end - start > 1 and words[end - 1] == "the":
        end -= 1
    return " ".join(words[start:end] or normal.split())


def join_initials(text: str) -> str:
    """Return the text with single letters that follow one another joined: "r s f s r" becomes "rsfsr"."""
    return _INITIALS.sub(lambda match: match[0].replace(" ", ""), text)
