"""When a learner is reminded, what a reminder says, and the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from quizapp.core.calendar_feed import CalendarEvent, write_calendar
from quizapp.core.reminders import SPREAD, Reminder, next_time, time_on
from quizapp.core.scheduling.study_days import StudyClock

BAKU = StudyClock("Asia/Baku")  # UTC+4
BERLIN = StudyClock("Europe/Berlin")  # the clocks skip 2:00 on 29 March 2026
NIGHT = StudyClock("UTC", 4)


@pytest.mark.parametrize(
    ("clock", "day", "hour", "instant"),
    [
        (BAKU, date(2026, 3, 2), 18, "2026-03-02T14:00"),
        (BERLIN, date(2026, 3, 28), 18, "2026-03-28T17:00"),
        (BERLIN, date(2026, 3, 29), 18, "2026-03-29T16:00"),
        (BERLIN, date(2026, 3, 28), 2, "2026-03-29T01:00"),  # 3:00, since there is no 2:00
        (NIGHT, date(2026, 3, 2), 3, "2026-03-03T03:00"),  # still the same study day
        (NIGHT, date(2026, 3, 2), 4, "2026-03-02T04:00"),
    ],
)
def test_the_hour_is_that_of_the_learners_clock(clock: StudyClock, day: date, hour: int, instant: str) -> None:
    found = time_on(clock, day, hour)
    assert found == datetime.fromisoformat(f"{instant}+00:00")
    assert clock.day(found) == day


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-03-02T13:00", "2026-03-02T14:00"),
        ("2026-03-02T14:10", "2026-03-03T14:00"),
        ("2026-03-02T23:30", "2026-03-03T14:00"),  # 3:30 in Baku, the same study day
    ],
)
def test_reminders_come_once_a_day_and_not_all_at_once(after: str, expected: str) -> None:
    at, hour = datetime.fromisoformat(f"{after}+00:00"), datetime.fromisoformat(f"{expected}+00:00")
    found = [next_time(BAKU, 18, after=at, learner_id=number) - hour for number in range(200)]
    assert all(timedelta() <= wait < SPREAD for wait in found)
    assert len(set(found)) > 60


def test_a_reminder_says_how_much_there_is() -> None:
    said = [(each.title, each.estimate) for each in (Reminder(1, 0, 1), Reminder(12, 5, 4), Reminder(0, 5, 3))]
    assert said == [
        ("1 fact is due", "About 1 minute"),
        ("12 facts are due", "About 4 minutes, including new facts"),
        ("5 new facts", "About 3 minutes"),
    ]


def test_a_calendar_can_be_read_and_stays_the_same() -> None:
    review, due = datetime(2026, 3, 2, 14, tzinfo=UTC), datetime(2026, 3, 9, 20, 30, tzinfo=UTC)
    events = [
        CalendarEvent("review-2026-03-02", review, "12 facts are due", 4),
        CalendarEvent("exam-rivers", date(2026, 3, 20), "Exam: Rivers, lakes; \n“Nil” " + "ə" * 100),
        CalendarEvent("assignment-7", due, "Due: Quiz"),
    ]
    about = {"name": "quizapp", "owner_id": 3, "link": "https://quiz.example/today", "host": "quiz.example"}
    written = write_calendar(events, **about, written_at=review)
    assert written == write_calendar(events, **about, written_at=review)
    lines = written.split(b"\r\n")
    assert lines[-1] == b"" and max(map(len, lines)) <= 75
    read = Calendar.from_ical(written)
    found = {str(event["uid"]): event for event in read.walk("VEVENT")}
    assert list(found) == [f"{each.key}-3@quiz.example" for each in events]
    starts = [event.decoded("dtstart") for event in found.values()]
    assert starts == [review, date(2026, 3, 20), due]
    assert next(iter(found.values())).decoded("duration") == timedelta(minutes=4)
    assert [str(event["summary"]) for event in found.values()] == [each.title for each in events]
    assert all(not event.errors and event["dtstamp"].dt == review for event in found.values())
    empty = Calendar.from_ical(write_calendar([], **about, written_at=review))
    assert empty.subcomponents and not empty.walk("VEVENT")
