"""Study days: the day that an instant belongs to for a learner, in the learner's time zone.

A study day begins at a quiet hour (04:00 by default), so that studying past midnight counts for the same day.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from quizapp.core.defaults import ROLLOVER_HOUR

_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)


def as_utc(instant: datetime) -> datetime:
    """Return the same instant in `datetime.timezone.utc`. Raises ValueError for a naive datetime."""
    if instant.utcoffset() is None:
        raise ValueError(f"{instant!r} has no time zone")
    return instant.astimezone(UTC)


def valid_timezone(name: str) -> bool:
    """Return whether `name` is a known time zone, spelled as in the IANA database; never raises."""
    return name in _timezones()


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


@dataclass(frozen=True, slots=True)
class StudyClock:
    """A learner's calendar: an IANA time zone name and the local hour (0..23) at which a study day begins.

    Raises ValueError for an unknown zone or an hour out of range.
    """

    timezone: str
    rollover_hour: int = ROLLOVER_HOUR

    def __post_init__(self) -> None:
        if not valid_timezone(self.timezone):
            raise ValueError(f"unknown time zone {self.timezone!r}")
        if self.rollover_hour not in range(24):
            raise ValueError(f"rollover hour {self.rollover_hour!r} is not 0..23")

    def day(self, instant: datetime) -> date:
        """Return the study day of an aware instant: the date of (local wall-clock time - rollover hours).

        Days never go backwards: if the clock is set back past the rollover hour, the new day continues. Raises
        ValueError for a naive datetime.
        """
        return _day(self, as_utc(instant))

    def start(self, day: date) -> datetime:
        """Return the first instant (UTC) at which the wall clock shows the rollover hour of `day` or later.

        If the clock skips the rollover hour, this is the instant of the jump. A civil day that the zone skipped
        (Pacific/Apia, 30 December 2011) has the hours between the jump and the next rollover; with rollover 0 there are
        none, and it starts at the same instant as the day after it.
        """
        wall = datetime.combine(day, time(self.rollover_hour))
        local = wall.replace(tzinfo=ZoneInfo(self.timezone))
        start = local.astimezone(UTC)
        if self._wall_time(start) == wall:
            return start
        # The wall time does not exist; PEP 495: fold 1 then reads before the jump, fold 0 after it.
        before = local.replace(fold=1).astimezone(UTC)
        seconds = range((start - before) // _ONE_SECOND)
        jump = bisect_left(seconds, wall, key=lambda second: self._wall_time(before + second * _ONE_SECOND))
        return before + jump * _ONE_SECOND

    def _wall_time(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)


@lru_cache(maxsize=256)  # everything that one request computes is of the same instant
def _day(clock: StudyClock, instant: datetime) -> date:
    local = instant.astimezone(ZoneInfo(clock.timezone))
    day = (local.replace(tzinfo=None) - timedelta(hours=clock.rollover_hour)).date()
    # Only a repeated hour (fold 1, PEP 495) can be before a rollover that has already passed.
    if local.fold and clock.start(day + _ONE_DAY) <= instant:
        return day + _ONE_DAY
    return day


@lru_cache(maxsize=256)
def study_clock(timezone: str, rollover_hour: int) -> StudyClock:
    """Return the calendar of this time zone and hour, the same object each time. Raises ValueError as StudyClock."""
    return StudyClock(timezone, rollover_hour)


class PersonalClock:
    """As an attribute of somebody who has a `timezone` and a `rollover_hour`: their calendar."""

    def __get__(self, person: Any, owner: type[Any]) -> StudyClock:
        return study_clock(person.timezone, person.rollover_hour)
