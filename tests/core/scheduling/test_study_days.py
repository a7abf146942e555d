"""Which study day an instant belongs to, through every odd thing clocks have done."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling.study_days import StudyClock, as_utc, valid_timezone

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "rollover", "instant", "day"),
    [
        ("Asia/Baku", 4, "2026-03-01T23:59:59", "2026-03-01"),  # 03:59:59 there
        ("Asia/Baku", 4, "2026-03-02T00:00:00", "2026-03-02"),
        ("America/New_York", 4, "2026-01-10T08:59:59", "2026-01-09"),
        ("America/New_York", 4, "2026-01-10T09:00:00", "2026-01-10"),
        ("UTC", 0, "2026-03-02T00:00:00", "2026-03-02"),
        ("UTC", 23, "2026-03-02T22:59:59", "2026-03-01"),
        ("Asia/Kathmandu", 4, "2026-03-01T22:15:00", "2026-03-02"),  # UTC + 5:45
    ],
)
def test_it_works(zone: str, rollover: int, instant: str, day: str) -> None:
    assert StudyClock(zone, rollover).day(utc(instant)) == date.fromisoformat(day)


def test_a_study_day_starts_at_four_by_default() -> None:
    assert StudyClock("Asia/Baku").start(date(2026, 3, 2)) == utc("2026-03-02T00:00")


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 7), 23), (date(2026, 10, 31), 25), (date(2026, 6, 1), 24)])
def test_a_study_day_is_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    clock = StudyClock("America/New_York")
    assert clock.start(day + DAY) - clock.start(day) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "rollover", "day", "start"),
    [
        ("America/Sao_Paulo", 0, "2018-11-04", "2018-11-04T03:00"),  # midnight was skipped: 00:00 -> 01:00
        ("Asia/Beirut", 0, "2022-03-27", "2022-03-26T22:00"),  # the same
        ("America/New_York", 2, "2026-03-08", "2026-03-08T07:00"),  # 02:00 -> 03:00
        (
            "America/St_Johns",
            1,
            "1990-04-01",
            "1990-04-01T03:31",
        ),  # 00:01 -> 01:01, so 01:00 lies inside the gap
        ("Australia/Lord_Howe", 2, "2026-10-04", "2026-10-03T15:30"),  # 02:00 -> 02:30
    ],
)
def test_a_rollover_the_clock_skips_happens_at_the_jump(zone: str, rollover: int, day: str, start: str) -> None:
    assert StudyClock(zone, rollover).start(date.fromisoformat(day)) == utc(start)


@pytest.mark.parametrize(
    ("zone", "rollover", "day", "start"),
    [
        ("America/New_York", 1, "2026-11-01", "2026-11-01T05:00"),  # 01:00 came twice
        ("America/Sao_Paulo", 23, "2018-02-17", "2018-02-18T01:00"),  # 00:00 -> 23:00
        ("Asia/Beirut", 23, "2022-10-29", "2022-10-29T20:00"),  # the same
        ("America/St_Johns", 0, "1990-10-28", "1990-10-28T02:30"),  # 00:01 -> 23:01: midnight came twice
    ],
)
def test_a_rollover_that_comes_twice_counts_once_at_the_first(zone: str, rollover: int, day: str, start: str) -> None:
    clock, expected = StudyClock(zone, rollover), date.fromisoformat(day)
    assert clock.start(expected) == utc(start)
    later = [clock.day(utc(start) + timedelta(minutes=minutes)) for minutes in range(0, 180, 5)]
    assert set(later) == {expected}


def test_a_skipped_civil_day_keeps_the_hours_until_the_next_rollover() -> None:
    clock, skipped = StudyClock("Pacific/Apia", 4), date(2011, 12, 30)
    assert clock.start(skipped) == utc("2011-12-30T10:00")
    assert clock.start(skipped + DAY) == utc("2011-12-30T14:00")
    assert clock.day(clock.start(skipped)) == skipped


def test_a_skipped_civil_day_is_empty_where_the_day_turns_at_midnight() -> None:
    clock, skipped = StudyClock("Pacific/Apia", 0), date(2011, 12, 30)
    assert clock.start(skipped) == clock.start(skipped + DAY) == utc("2011-12-30T10:00")
    assert clock.day(clock.start(skipped)) == skipped + DAY
    assert clock.day(clock.start(skipped) - TICK) == skipped - DAY


def assert_starts_are_sound(clock: StudyClock, day: date) -> None:
    before, start, after = (clock.start(each) for each in (day - DAY, day, day + DAY))
    assert before <= start <= after
    assert start.tzinfo is UTC
    if start < after:
        assert clock.day(start) == clock.day(after - TICK) == day
    if before < start:
        assert clock.day(start - TICK) == day - DAY


zones = st.sampled_from(sorted(available_timezones()))
clocks = st.builds(StudyClock, zones, st.integers(0, 23))


@given(clocks, st.dates(date(1800, 1, 1), date(2200, 1, 1)))
def test_days_meet_without_gap_or_overlap(clock: StudyClock, day: date) -> None:
    assert_starts_are_sound(clock, day)


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        ("America/New_York", 2026),
        ("Europe/London", 2026),
        ("America/Sao_Paulo", 2018),
        ("Asia/Beirut", 2022),
        ("Australia/Lord_Howe", 2026),
        ("America/St_Johns", 1990),
        ("Antarctica/Troll", 2026),  # two hours at once
        ("Africa/Casablanca", 2025),  # winter time in Ramadan
        ("Pacific/Apia", 2011),
        ("Pacific/Kwajalein", 1993),  # a day skipped
        ("Pacific/Kwajalein", 1969),  # 23 hours lived twice
        ("America/Juneau", 1867),  # a day lived twice
    ],
)
def test_days_meet_around_every_change_of_the_clock(zone: str, year: int) -> None:
    for day in days_of_change(zone, year):
        for rollover in range(24):
            assert_starts_are_sound(StudyClock(zone, rollover), day)


def days_of_change(zone: str, year: int) -> list[date]:
    """Each day in the year on which the offset changed, and the days on either side."""
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + number * DAY for number in range(365)]
    offsets = [noon.astimezone(ZoneInfo(zone)).utcoffset() for noon in noons]
    changed = [noons[i].date() for i in range(1, 365) if offsets[i] != offsets[i - 1]]
    assert changed
    return [day + offset * DAY for day in changed for offset in (-2, -1, 0, 1)]


@given(clocks, st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1)), st.timedeltas(timedelta(0), 400 * DAY))
def test_days_never_run_backwards(clock: StudyClock, first: datetime, later: timedelta) -> None:
    instant = first.replace(tzinfo=UTC)
    assert clock.day(instant) <= clock.day(instant + later)


@given(zones, st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))
def test_an_instant_may_be_written_in_any_zone(zone: str, moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    written = instant.astimezone(ZoneInfo(zone))
    assert as_utc(written) == instant
    assert as_utc(written).tzinfo is UTC
    assert StudyClock("Asia/Baku").day(written) == StudyClock("Asia/Baku").day(instant)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        StudyClock("Asia/Baku").day(datetime(2026, 3, 2, 12))


@pytest.mark.parametrize("name", ["Asia/Baku", "UTC", "America/Argentina/Buenos_Aires"])
def test_a_known_zone_is_valid(name: str) -> None:
    assert valid_timezone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "Mars/Olympus",
        "asia/baku",
        "Asia",
        "../../etc/passwd",
        "/etc/localtime",
        "a\0b",
        "\udc80",
        "A" * 9999,
    ],
)
def test_an_unknown_zone_is_refused_without_a_traceback(name: str) -> None:
    assert not valid_timezone(name)
    with pytest.raises(ValueError, match="unknown time zone"):
        StudyClock(name)


@pytest.mark.parametrize("hour", [-1, 24])
def test_a_rollover_hour_is_an_hour_of_the_day(hour: int) -> None:
    with pytest.raises(ValueError, match=r"not 0\.\.23"):
        StudyClock("UTC", hour)
