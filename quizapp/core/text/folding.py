"""Text as it is searched and compared: lower-case words in plain Latin letters."""

import re
from functools import lru_cache

from anyascii import anyascii

from quizapp.core.text.normal import normalise

ARTICLES = frozenset({"the", "a", "an"})

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
_INITIALS = re.compile(r"\b[^\W\d_](?: [^\W\d_]\b)+")


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
