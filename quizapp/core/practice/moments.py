"""The time that a date may mean, as precisely as it is known, and texts with their dates hidden."""

import calendar
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Self

from babel import Locale

from quizapp.core.text.edtf import PartialDate, parse_edtf
from quizapp.core.text.typed_dates import LANGUAGES

Moment = tuple[int, int, int, int, int]  # year, month, day, hour, minute

# The first and last month of a season; a winter is either at the beginning or at the end of its year.
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (1, 14)}

HIDDEN = "…"  # replaces a date
_SAID_TWICE = re.compile(rf"{HIDDEN}(?: (?:on|of) {HIDDEN})+")  # the hour and the day


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last moment that a date may mean; not `certain` if it is written as about or possibly."""

    first: Moment
    last: Moment
    certain: bool

    def is_before(self, other: Self) -> bool:
        """Return whether this was certainly over before the other began; always False for uncertain dates."""
        return self.certain and other.certain and self.last < other.first

    def overlaps(self, other: Self) -> bool:
        return self.first <= other.last and other.first <= self.last


@lru_cache(maxsize=16_384)
def span_of(edtf: str) -> Span:
    """Return the span of an EDTF date. Raises ValueError for other texts."""
    start, end = parse_edtf(edtf)
    return Span(_bound(start, last=False), _bound(end, last=True), not (start.qualifier or end.qualifier))


def _bound(point: PartialDate, *, last: bool) -> Moment:
    months = _SEASONS[point.season] if point.season else (1, 12)
    over, month = divmod((point.month or months[last]) - 1, 12)
    year, month = point.year + over, month + 1
    return (
        year,
        month,
        point.day or (calendar.monthrange(year, month)[1] if last else 1),
        (23 if last else 0) if point.hour is None else point.hour,
        (59 if last else 0) if point.minute is None else point.minute,
    )


def hide_dates(text: str) -> str:
    """Return the text with every date and time of day replaced by HIDDEN."""
    dates, clock = _patterns()
    return _SAID_TWICE.sub(HIDDEN, clock.sub(HIDDEN, dates.sub(HIDDEN, text)))


def count_dates(text: str) -> int:
    """Return the number of dates in a text; times of day do not count."""
    return len(_patterns()[0].findall(text))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns for dates and for times of day, as sets write them in the languages of typed dates."""
    day, year = r"\d{1,2}(?:st|nd|rd|th)?", r"(?:1\d{3}|20\d{2})"
    of_year = rf"(?:,?\s+(?:of\s+)?{year}\b(?:-\w+)?(?:\s+(?:il\w*|год\w*|г\.))?)"
    dates = [
        rf"(?:\b{day}(?:\s*(?:[–-]|and|to)\s*{day})?\s+(?:of\s+)?)?\b(?:{'|'.join(_month_names())})\b(?:\s+{day}\b)?{of_year}?",
        rf"\b{day}\s+may\b{of_year}?",  # without a day it is an English word
        rf"\b(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter)\s+(?:of\s+)?{year}\b",
        rf"\b{year}\b(?:[–/-](?:{year}|\d\d)\b)?(?:-\w+)?(?:\s+(?:il\w*|год\w*|г\.))?",
        r"\b\d{1,2}(?:st|nd|rd|th)[ -]century\b",
        r"\bAD\s\d{1,4}\b|\b\d{1,4}\s(?:BCE?|AD|CE)\b",
    ]
    clock = [
        r"\b\d{1,2}[:.]\d\d\b(?:\s?[ap]\.?m\b\.?)?",
        r"\b\d{1,2}\s?[ap]\.?m\b\.?",
        r"\b\w+ o[’']clock\b(?:\sin\sthe\s(?:morning|afternoon|evening))?",
        r"\b(?:[Mm]idnight|[Nn]oon)\b",
    ]
    return re.compile("|".join(dates)), re.compile("|".join(clock))


def _month_names() -> list[str]:
    """Return the names of the months, the longest first.

    English ones need their capital: "March" is a month, "march" is not.
    """
    names: set[str] = set()
    for language in LANGUAGES:
        months = Locale.parse(language).months
        for use in ("format", "stand-alone"):
            for name in months[use]["wide"].values():
                names.add(re.escape(name.capitalize()))
                if language != "en" and name.lower() != "may":
                    names.add(re.escape(name.lower()) + (r"\w{0,3}" if language == "az" else ""))
    return sorted(names, key=len, reverse=True)
