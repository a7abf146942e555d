"""Dates of any precision, written in EDTF, the Extended Date/Time Format (ISO 8601-2).

Only the part of EDTF that a history set needs is supported: `1920`, `1919-22` (a season), `1920-03`, `1920-04-27`,
`1920-04-27T23:00`, a final `~` (about) or `?` (uncertain), and an interval `start/end`.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from quizapp.core.translation import gettext

MONTHS = [
    gettext("January"), gettext("February"), gettext("March"), gettext("April"), gettext("May"), gettext("June"),
    gettext("July"), gettext("August"), gettext("September"), gettext("October"), gettext("November"),
    gettext("December"),
]  # fmt: skip
SEASONS = {21: gettext("spring"), 22: gettext("summer"), 23: gettext("autumn"), 24: gettext("winter")}
PART_NAMES = {
    "year": gettext("year"),
    "season": gettext("season"),
    "month": gettext("month"),
    "day": gettext("day"),
    "time": gettext("time"),
}

_POINT = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2})(T(?P<hour>\d{2}):(?P<minute>\d{2}))?)?)?(?P<qualifier>[~?])?"
)


class Precision(IntEnum):
    """How precisely a date is known or asked for; higher values are more precise."""

    YEAR = 1
    MONTH = 2
    DAY = 3
    TIME = 4


@dataclass(frozen=True, slots=True)
class PartialDate:
    """One point in time as far as it is known. `season` (21..24, as in EDTF) replaces the month."""

    year: int
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    season: int | None = None
    qualifier: str = ""

    @property
    def precision(self) -> Precision:
        if self.hour is not None:
            return Precision.TIME
        if self.day is not None:
            return Precision.DAY
        return Precision.YEAR if self.month is None else Precision.MONTH

    @property
    def sort_key(self) -> tuple[int, int, int, int, int]:
        """Return a key that sorts points in time; a less precise date sorts before everything inside it."""
        month = (self.season - 20) * 3 if self.season else self.month or 0
        return (self.year, month, self.day or 0, self.hour or 0, self.minute or 0)


def parse_edtf(text: str) -> tuple[PartialDate, PartialDate]:
    """Return the start and the end of an EDTF date; they are the same unless it is an interval.

    Raises ValueError, with a message for an author, when the text is not EDTF or the day does not exist.
    """
    first, slash, second = text.partition("/")
    start = _parse_point(first)
    end = _parse_point(second) if slash else start
    if end.sort_key < start.sort_key:
        raise ValueError(gettext("“%(date)s” ends before it begins", date=text))
    return start, end


def season_of(month: int) -> int:
    """Return the season (21..24) of a month in the northern hemisphere; December is in winter."""
    return 20 + (month % 12 // 3 or 4)


def _parse_point(text: str) -> PartialDate:
    match = _POINT.fullmatch(text)
    if not match:
        raise ValueError(
            gettext(
                "“%(date)s” is not a date; write 1920, 1920-03, 1920-04-27, 1920-04-27T23:00, or start/end", date=text
            )
        )
    parts = {name: int(value) for name, value in match.groupdict().items() if value and name != "qualifier"}
    qualifier = match["qualifier"] or ""
    if parts.get("month") in SEASONS and "day" not in parts:
        return PartialDate(parts["year"], season=parts["month"], qualifier=qualifier)
    try:
        datetime(**{"month": 1, "day": 1, **parts})  # type: ignore[arg-type]
    except ValueError:
        raise ValueError(gettext("there is no such day as “%(date)s”", date=text)) from None
    return PartialDate(**parts, qualifier=qualifier)


def display_date(edtf: str) -> str:
    """Return an EDTF date as English text: "27 April 1920, 00:05", "about March 1920", "27–28 April 1920".

    Raises ValueError when the text is not EDTF.
    """
    start, end = parse_edtf(edtf)
    if start == end:
        return _display_point(start)
    if start.qualifier or end.qualifier or Precision.TIME in (start.precision, end.precision):
        return _display_span(start, end)
    first, last = _words(start), _words(end)
    while len(first) > 1 and len(last) > 1 and first[-1] == last[-1]:
        first, last = first[:-1], last[:-1]
    shared = _words(end)[len(last) :]
    dash = "–" if len(first) == len(last) == 1 else " – "
    return " ".join([" ".join(first) + dash + " ".join(last), *shared])


def _display_span(start: PartialDate, end: PartialDate) -> str:
    same_day = _words(start) == _words(end) and start.qualifier == end.qualifier
    if same_day and start.precision == end.precision == Precision.TIME:
        return f"{_display_point(start)}–{_clock(end)}"
    return f"{_display_point(start)} – {_display_point(end)}"


def _display_point(point: PartialDate) -> str:
    suffix = f", {_clock(point)}" if point.precision is Precision.TIME else ""
    date = " ".join(_words(point)) + suffix
    if point.qualifier == "~":
        return gettext("about %(date)s", date=date)
    return gettext("possibly %(date)s", date=date) if point.qualifier else date


def _words(point: PartialDate) -> list[str]:
    """Return the day as words, as far as it is known: ["27", "April", "1920"]."""
    if point.season:
        return [SEASONS[point.season], str(point.year)]
    month = MONTHS[point.month - 1] if point.month else None
    return [str(word) for word in (point.day, month, point.year) if word is not None]


def _clock(point: PartialDate) -> str:
    return f"{point.hour:02}:{point.minute:02}"
