"""A learner's reviews, exams and assignments as a calendar (RFC 5545).

Instants are written in UTC, which every calendar program shows in its own time zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

PRODUCT = "-//quizapp//calendar//EN"
FETCHED_EVERY = timedelta(hours=6)  # what calendar programs are asked for


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """Something on a day or at an instant (`start`); `key` is the same whenever the calendar is written.

    Without `minutes` it takes the whole day, or no time.
    """

    key: str
    start: date | datetime
    title: str
    minutes: int | None = None


def write_calendar(
    events: Iterable[CalendarEvent], *, name: str, owner_id: int, link: str, host: str, written_at: datetime
) -> bytes:
    """Return a calendar file; each event leads to `link`. The same events written at the same time are the same."""
    from icalendar import Calendar  # here, as importing it takes long and few learners have a calendar

    calendar = Calendar()
    for header, value in (("prodid", PRODUCT), ("version", "2.0"), ("method", "PUBLISH"), ("x-wr-calname", name)):
        calendar.add(header, value)
    calendar.add("refresh-interval", FETCHED_EVERY, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for each in events:
        calendar.add_component(_event(each, uid=f"{each.key}-{owner_id}@{host}", link=link, written_at=written_at))
    if not calendar.subcomponents:
        calendar.add_component(_utc())  # a calendar must have something in it
    written: bytes = calendar.to_ical()
    return written


def _event(event: CalendarEvent, *, uid: str, link: str, written_at: datetime) -> Any:
    from icalendar import Event

    written = Event()
    values = {"uid": uid, "dtstamp": written_at, "dtstart": event.start, "summary": event.title, "url": link}
    if event.minutes is not None:
        values["duration"] = timedelta(minutes=event.minutes)
    for name, value in (values | {"transp": "TRANSPARENT"}).items():  # it doesn't make anybody busy
        written.add(name, value)
    return written


def _utc() -> Any:
    from icalendar import Timezone, TimezoneStandard

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard.add("dtstart", datetime(1970, 1, 1))
    for name in ("tzoffsetfrom", "tzoffsetto"):
        standard.add(name, timedelta())
    zone.add_component(standard)
    return zone
