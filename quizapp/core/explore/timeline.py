"""The time that each date covers, and the periods that a timeline should show.

Time is in minutes since the start of year 1.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil

from quizapp.core.text.edtf import PartialDate, Precision, display_date, parse_edtf

HOUR = 60
DAY = 24 * HOUR
YEAR = 366 * DAY
SHOWN = 0.95  # the share of the facts that the whole view must show; the others are at its edges
LONGEST_IN_MONTHS = 10 * YEAR  # a longer view begins and ends with a year instead of a month

_LAST_DAY = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Extent:
    """The minutes from `start` to `end` that a date may mean; a moment starts and ends in the same minute.

    `lasting` means for the whole time rather than at some point in it.
    """

    start: int
    end: int
    lasting: bool = False
    doubtful: bool = False  # "about", "possibly"

    @property
    def order(self) -> tuple[int, int, bool, bool]:
        """Return a key that sorts dates by their start, a longer period before everything inside it."""
        return (self.start, -self.end, self.lasting, self.doubtful)


@dataclass(frozen=True, slots=True)
class Window:
    """A period to draw, from the minute `start` to `end`; `precision` is that of its heading."""

    start: int
    end: int
    precision: Precision

    @property
    def title(self) -> str:
        """Return the heading: "January–April 1920", "27–28 April 1920"."""
        first, last = (_iso(minute, self.precision) for minute in (self.start, max(self.end - 1, self.start)))
        return display_date(first if first == last else f"{first}/{last}")

    def beyond(self, extent: Extent) -> int:
        """Return -1 for a date before this window, 1 for a date after it, else 0."""
        if extent.start >= self.end:
            return 1
        return -1 if extent.end < self.start or extent.start < extent.end <= self.start else 0

    def is_part_of(self, extent: Extent) -> bool:
        """Return whether the date covers all of this window and more."""
        return (
            extent.start <= self.start
            and self.end <= extent.end
            and (extent.start, extent.end)
            != (
                self.start,
                self.end,
            )
        )


@lru_cache(maxsize=32768)
def extent(edtf: str) -> Extent:
    """Return all the time that an EDTF date may mean. Raises ValueError when the text is not EDTF."""
    start, end = parse_edtf(edtf)
    return Extent(
        start=_span(start)[0],
        end=_span(end)[1],
        lasting=start != end,
        doubtful=bool(start.qualifier or end.qualifier),
    )


def stretch(extents: Iterable[Extent]) -> str:
    """Return the days from the first to the last of several dates as text: "3–9 April 1920"."""
    members = list(extents)
    return Window(min(each.start for each in members), max(each.end for each in members), Precision.DAY).title


def zooms(extents: Sequence[Extent]) -> dict[str, Window]:
    """Return the useful views of these dates: `whole` always, `month` and `hours` if they are shorter than that.

    Empty if there are no dates.
    """
    if not extents:
        return {}
    views = {"whole": _whole(extents)}
    if month := _densest_month(extents):
        views["month"] = month
    if hours := _densest_days(extents):
        views["hours"] = hours
    whole = views["whole"].end - views["whole"].start
    return {name: view for name, view in views.items() if name == "whole" or view.end - view.start < whole}


def _span(point: PartialDate) -> tuple[int, int]:
    """Return the first minute of a date and the first minute after it."""
    if point.season:
        month = (point.season - 20) * 3
        return minute_of(point.year, month), minute_of(point.year, month + 3)
    if point.month is None:
        return minute_of(point.year, 1), minute_of(point.year, 13)
    if point.day is None:
        return minute_of(point.year, point.month), minute_of(point.year, point.month + 1)
    midnight = date(point.year, point.month, point.day).toordinal() * DAY
    if point.hour is None:
        return midnight, midnight + DAY
    minute = midnight + point.hour * HOUR + (point.minute or 0)
    return minute, minute


def minute_of(year: int, month: int) -> int:
    """Return the minute in which a month begins; month 13 is January of the next year. The last year is 9999."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return (date(max(year, 1), month, 1).toordinal() if year <= date.max.year else _LAST_DAY + 1) * DAY


def day_of(minute: int) -> date:
    return date.fromordinal(min(max(minute // DAY, 1), _LAST_DAY))


def _iso(minute: int, precision: Precision) -> str:
    """Return the EDTF date that contains a minute."""
    day = day_of(minute).isoformat()
    return {Precision.YEAR: day[:4], Precision.MONTH: day[:7]}.get(precision, day)


# The views


def _whole(extents: Sequence[Extent]) -> Window:
    """Return the shortest period with a share SHOWN of the dates, ignoring those known only to the year.

    If all dates need at most twice as long, all are included. The period consists of whole months, or of whole years if
    it is long.
    """
    close = [each for each in extents if each.end - each.start < YEAR - DAY]
    known = sorted(close or extents, key=lambda each: each.start)
    start, end = _shortest(known, ceil(SHOWN * len(known)))
    first, last = known[0].start, max(each.end for each in known)
    if last - first <= 2 * (end - start):
        start, end = first, last
    first_day, last_day = day_of(start), day_of(max(end - 1, start))
    if end - start > LONGEST_IN_MONTHS:
        return Window(minute_of(first_day.year, 1), minute_of(last_day.year, 13), Precision.YEAR)
    return Window(
        minute_of(first_day.year, first_day.month), minute_of(last_day.year, last_day.month + 1), Precision.MONTH
    )


def _shortest(ordered: Sequence[Extent], number: int) -> tuple[int, int]:
    """Return the shortest period that contains `number` of the extents, which are sorted by start."""
    ends: list[int] = []
    found: list[tuple[int, int, int]] = []
    for each in reversed(ordered):
        insort(ends, each.end)
        if len(ends) >= number:
            found.append((ends[number - 1] - each.start, each.start, ends[number - 1]))
    return min(found)[1:]


def _densest_month(extents: Iterable[Extent]) -> Window | None:
    """Return the month with the most dates known to the day, if it has two or more."""
    months = Counter(day_of(each.start).replace(day=1) for each in extents if _is_day(each))
    if not months or max(months.values()) < 2:
        return None
    month = min(months, key=lambda month: (-months[month], month))
    return Window(minute_of(month.year, month.month), minute_of(month.year, month.month + 1), Precision.MONTH)


def _densest_days(extents: Sequence[Extent]) -> Window | None:
    """Return the two days with the most dates known to the minute, if they have two or more."""
    timed = Counter(each.start // DAY for each in extents if each.start == each.end)
    dated = Counter(each.start // DAY for each in extents if _is_day(each))
    pairs = {first: timed[first] + timed[first + 1] for day in timed for first in (day - 1, day)}
    if not pairs or max(pairs.values()) < 2:
        return None
    first = min(pairs, key=lambda day: (-pairs[day], -dated[day] - dated[day + 1], day not in timed, day))
    return Window(first * DAY, (first + 2) * DAY, Precision.DAY)


def _is_day(each: Extent) -> bool:
    return not each.lasting and each.end - each.start <= DAY
