"""Compare a typed date with a right answer that is written as a text: "27/4" with "27 April"."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from quizapp.core.text.date_prompts import asks_time, date_order, said_parts, said_years
from quizapp.core.text.edtf import Precision, season_of
from quizapp.core.text.number_words import is_unit
from quizapp.core.text.typed_dates import TypedDate, parse_date, read_dates

# Figures such as "4.5" and "1/2" are numbers rather than dates.
_WORD_OR_YEAR = re.compile(r"[^\W\d_]{3}|\d{4}|\d ?[ap]\.? ?m\b", re.IGNORECASE)
_CLOCK = re.compile(r"\d\d?:\d\d")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class DateComparison:
    """The accepted form whose date was typed, and the parts of it that are missing, such as "year"."""

    matched: str
    missing: tuple[str, ...]


def compare_date(typed: str, accepted: Sequence[str], prompt: str, language: str = "en") -> DateComparison | None:
    """Return how a typed text states the date of an accepted form, as far as it goes, or None if it does not.

    No part may contradict the form, nor the year that the prompt says; what the prompt says need not be typed.
    `language` is that of the set.
    """
    is_time = _LETTER.search(typed) is not None or asks_time(prompt)
    keys = [(form, key) for form in accepted if (key := _read_key(form, clock=is_time))]
    clock = any(_is_time(key) for _, key in keys)
    readings = read_dates(typed, clock=clock, order=date_order(prompt, language)) if keys else []
    years = said_years(prompt) | {key.year for _, key in keys if key.year}
    compared = [
        DateComparison(form, missing)
        for reading in readings
        for form, key in keys
        if (missing := _missing_parts(reading, key, said_parts(prompt, key), years)) is not None
    ]
    return min(compared, key=lambda found: len(found.missing), default=None)


@lru_cache(maxsize=4096)
def _read_key(form: str, *, clock: bool) -> TypedDate | None:
    """Return the date or time that an accepted form is, or None if it is something else, such as "5 hours".

    With `clock`, "23:00" is a time rather than a ratio.
    """
    is_date = _WORD_OR_YEAR.search(form) or (clock and _CLOCK.fullmatch(form))
    key = parse_date(form) if is_date else None
    if key is None or (key.hour is None and not key.year and not key.month and not key.season):
        return None
    return None if _is_time(key) and is_unit(form.split()[-1]) else key


def _is_time(date: TypedDate) -> bool:
    return (date.year, date.month, date.day, date.season) == (None, None, None, None)


def _missing_parts(
    typed: TypedDate, key: TypedDate, said: Collection[Precision], years: Collection[int]
) -> tuple[str, ...] | None:
    """Return the parts of the key that were neither typed nor said, or None if no part is right or one is wrong."""
    if _is_time(key) and not _is_time(typed):  # nothing is known about the day
        return None
    if (key.year, key.month) == (None, None) and key.season != typed.season:  # April need not be the whole spring
        return None
    missing: list[str] = []
    some_right = False
    for part in Precision:
        given, wanted = _values(typed, part, years), _values(key, part, years)
        if given and given.isdisjoint(wanted or (years if part is Precision.YEAR and years else given)):
            return None
        if wanted and part not in said:
            some_right |= bool(given)
            if not given or not given <= wanted:
                missing.append("season" if key.season and part is Precision.MONTH else part.name.lower())
    return tuple(missing) if some_right else None


def _values(date: TypedDate, part: Precision, years: Collection[int]) -> frozenset[object]:
    """Return what a part of a date can be: one value, but three months for a season; empty if it was not typed."""
    match part:
        case Precision.YEAR if date.year is not None and date.year < 100:
            return frozenset({year for year in years if year % 100 == date.year} or {date.year})
        case Precision.MONTH if date.season:
            return frozenset(month for month in range(1, 13) if season_of(month) == date.season)
        case Precision.TIME:
            return frozenset() if date.hour is None else frozenset({(date.hour, date.minute)})
    value = getattr(date, part.name.lower())
    return frozenset() if value is None else frozenset({value})
