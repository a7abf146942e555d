"""Which parts of a date a question asks for, by the words of its prompt in English, Azerbaijani or Russian."""

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from quizapp.core.text.date_words import month_names, plain
from quizapp.core.text.edtf import PartialDate, Precision
from quizapp.core.text.typed_dates import LANGUAGES, DateOrder, TypedDate

# What must be typed whatever the prompt says: for a day also its month, for a time not even the day.
_AT_LEAST = {
    Precision.YEAR: frozenset({Precision.YEAR}),
    Precision.MONTH: frozenset({Precision.MONTH}),
    Precision.DAY: frozenset({Precision.MONTH, Precision.DAY}),
    Precision.TIME: frozenset({Precision.TIME}),
}
_WHEN = re.compile(
    r"\bwhen\b(?=\?|$| (?:in \d+ )?(?:did|was|were|is|are|does|do|had|has)\b)"
    r"|\bne (?:vaxt|zaman)\b|\bhacan\b|^\W*kogda\b"
)
_YEAR = re.compile(
    r"\b(?:which|what|(?:and|give) the|and) year\b|\byear and\b|\b(?:hansi|necenci) il|\b(?:ve il|il ve)\b"
    r"|\bkak(?:om|ogo|oy) god|\bi god\b|\bgod i\b"
)
_MONTH = re.compile(r"\bmonth\b|\b(?:hansi|necenci) ay|\bmesyats")
_DAY = re.compile(
    r"\b(?:which|what|(?:and|give) the|and) (?:day|date)\b|\b(?:day|date),? and\b"
    r"|\b(?:hansi|necenci) gun\b|\b(?:gun|tarix)u?n?u? ve\b|\bhansi tarix|\bayin necesi"
    r"|\bkak(?:oy|ogo) (?:den|dnya|chisla|date|data)\b|\b(?:den|datu|chislo) i\b"
)
_TIME = re.compile(
    r"\b(?:what|which) (?:time|hour)\b|\bwhen\b|\bsaat|\bne vaxt\b|\bkotorom chas|\bvo skolko\b|\bkogda\b"
)
_DAY_FIRST = re.compile(r"[\u0400-\u04ffƏə]")


@lru_cache(maxsize=4096)
def asked_parts(prompt: str, key: PartialDate, precision: Precision) -> frozenset[Precision]:
    """Return the parts that an answer must have: those of the precision, and those that the prompt asks for besides.

    A month needs its year unless the prompt asks for the month alone. What the prompt says need not be repeated:
    "In which month of 1920 …?", "On which day of April 1920 …?".
    """
    text, said = plain(prompt), said_parts(prompt, key)
    asked = set(_AT_LEAST[precision])
    if precision is Precision.TIME and (_WHEN.search(text) or _DAY.search(text)):
        asked |= {Precision.MONTH, Precision.DAY} - said
    if precision is Precision.DAY:
        asked -= said & {Precision.MONTH}
    dated = precision is Precision.MONTH and not _MONTH.search(text)
    if dated or (precision in (Precision.MONTH, Precision.DAY) and _WHEN.search(text)):
        asked |= {Precision.YEAR} - said
    return frozenset(asked | {Precision.YEAR} if _YEAR.search(text) else asked)


def date_order(prompt: str, language: str) -> DateOrder | None:
    """Return what "1/2" means in answer to a prompt of a set in a language (a code such as "az"), if that is clear.

    In English it is not: only a region tells.
    """
    return DateOrder.DAY_FIRST if _DAY_FIRST.search(prompt) else _order_in(language)


@lru_cache(maxsize=256)
def _order_in(language: str) -> DateOrder | None:
    if language == "en":
        return None
    try:
        pattern = Locale.parse(language, sep="-").date_formats["short"].pattern
    except (UnknownLocaleError, ValueError):
        return None
    first = pattern.lstrip("'\u200f")[:1]
    return {"d": DateOrder.DAY_FIRST, "M": DateOrder.MONTH_FIRST}.get(first)  # or the year comes first


def asks_time(prompt: str) -> bool:
    """Return whether a prompt asks for a time of day."""
    return _TIME.search(plain(prompt)) is not None


def said_years(prompt: str) -> set[int]:
    """Return the years that the prompt says, in four digits."""
    return {int(year) for year in re.findall(r"(?<!\d)[12]\d{3}(?!\d)", prompt)}


def said_parts(prompt: str, key: PartialDate | TypedDate) -> frozenset[Precision]:
    """Return the year, month and day of the key that the prompt says itself."""
    # In lower case, "may" and "march" are other words.
    words = [word for word in re.findall(r"[^\W\d_]+|\d+", prompt) if word not in {"may", "march"}]
    folded = [plain(word) for word in words]
    months = month_names(LANGUAGES)
    said = {Precision.YEAR} if str(key.year) in folded else set[Precision]()
    for place, word in enumerate(folded):
        if key.month is not None and months.get(word) == key.month:
            near = folded[max(0, place - 3) : place + 2]
            said |= {Precision.MONTH, Precision.DAY} if str(key.day) in near else {Precision.MONTH}
    return frozenset(said)
