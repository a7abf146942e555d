"""What a record says, worked out by hand on small ones."""

from datetime import date, timedelta

import pytest

from quizapp.core.progress.mastery import (
    CALENDAR_WEEKS,
    DueDay,
    Mastery,
    TimedDay,
    calendar,
    forecast,
    known_now,
    mastery,
    mastery_by,
    streak,
    time_spent,
)
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, State, retrievability

TODAY = date(2026, 3, 5)  # a Thursday


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def memory(state: State, stability: float, answered: date) -> Memory:
    return Memory(state, None, stability, 5.0, answered, None, None, 1, 0)


# Days in a row


@pytest.mark.parametrize(
    ("studied", "length"),
    [
        ([], 0),
        ([0], 1),
        ([0, 1, 2], 3),
        ([1, 2], 2),  # today may still come
        ([2, 3], 2),  # yesterday was free
        ([3, 4], 0),
        ([0, 1, 3, 4], 4),  # one day a week is free
        ([0, 1, 4, 5], 2),  # two days in a row end it
        ([0, 1, 3, 4, 6, 7], 4),  # and so do two in a week
        ([0, 2, 3, 4, 5, 6, 7, 9, 10], 9),  # a week apart, both are free
        ([2, 3, 5, 6], 2),  # yesterday was free, and so the fourth day ago was not
        ([-1, 0, 1], 3),  # flown west since: the last study day is tomorrow here
        (range(400), 400),
    ],
)
def test_a_streak_is_days_in_a_row_with_one_free_day_a_week(studied: list[int], length: int) -> None:
    assert streak([days_ago(number) for number in studied], TODAY) == length


# What is known now


def test_known_now_is_retrievability_from_the_next_day_on() -> None:
    seven_days = memory(State.REVIEW, 7.0, days_ago(7))
    assert known_now(seven_days, TODAY) == retrievability(seven_days, TODAY) == pytest.approx(0.9)
    forgotten_yesterday = memory(State.RELEARNING, 1.0, days_ago(1))
    assert known_now(forgotten_yesterday, TODAY) == pytest.approx(0.9)


@pytest.mark.parametrize(("state", "chance"), [(State.REVIEW, 1.0), (State.LEARNING, 0.0), (State.RELEARNING, 0.0)])
def test_on_the_day_itself_a_fact_is_known_once_it_was_recalled_to_the_end(state: State, chance: float) -> None:
    assert known_now(memory(state, 3.0, TODAY), TODAY) == chance


def test_a_fact_never_met_is_not_known() -> None:
    assert known_now(NEW_MEMORY, TODAY) == 0.0


def test_mastery_adds_up_the_chances_of_the_facts_met() -> None:
    memories = [memory(State.REVIEW, 7.0, days_ago(7)), memory(State.REVIEW, 2.0, TODAY), NEW_MEMORY]
    found = mastery(memories, total=4, today=TODAY)
    assert (found.total, found.met) == (4, 2)
    assert found.known == pytest.approx(1.9)
    assert found.share == pytest.approx(0.475)


def test_masteries_of_topics_add_up_to_that_of_the_set() -> None:
    assert Mastery(4, 2, 1.5) + Mastery(6, 1, 0.5) == Mastery(10, 3, 2.0)


def test_a_group_without_facts_has_a_share_of_nothing() -> None:
    assert Mastery(0).share == 0.0


def test_a_fact_with_two_actors_counts_in_both() -> None:
    known, half, unmet = memory(State.REVIEW, 2.0, TODAY), memory(State.REVIEW, 7.0, days_ago(7)), NEW_MEMORY
    found = mastery_by([(("speke", "burton"), known), (("speke",), half), (("burton",), unmet), ((), known)], TODAY)
    assert set(found) == {"speke", "burton"}
    assert found["burton"] == Mastery(2, 1, 1.0)
    assert (found["speke"].total, found["speke"].met) == (2, 2)
    assert found["speke"].known == pytest.approx(1.9)


# Upcoming reviews


def test_the_forecast_has_every_day_and_takes_the_overdue_into_today() -> None:
    due = {days_ago(9): 2, days_ago(1): 1, TODAY: 4, days_ago(-2): 5, days_ago(-3): 7}
    assert forecast(due, TODAY, 3) == [
        DueDay(TODAY, 7, overdue=3),
        DueDay(days_ago(-1), 0),
        DueDay(days_ago(-2), 5),
    ]


def test_nothing_due_is_a_forecast_of_noughts() -> None:
    assert [each.facts for each in forecast({}, TODAY, 30)] == [0] * 30


# The calendar


def test_the_calendar_is_whole_weeks_from_monday_and_ends_today() -> None:
    weeks = calendar({TODAY: 3, days_ago(4): 12}, TODAY, weeks=2)
    assert [week.start for week in weeks] == [date(2026, 2, 23), date(2026, 3, 2)]
    assert [len(week.days) for week in weeks] == [7, 4]
    assert [week.answers for week in weeks] == [12, 3]
    assert weeks[-1].days[-1].day == TODAY


@pytest.mark.parametrize("today", [date(2026, 3, 2), date(2026, 3, 8), date(2028, 2, 29)])
def test_the_calendar_reaches_back_a_year(today: date) -> None:
    days = [day.day for week in calendar({}, today) for day in week.days]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert days[0] <= today - timedelta(days=364)
    assert len(calendar({}, today)) == CALENDAR_WEEKS


@pytest.mark.parametrize(
    ("answers", "level"), [(0, 0), (1, 1), (9, 1), (10, 2), (24, 2), (25, 3), (49, 3), (50, 4), (900, 4)]
)
def test_more_answers_make_a_higher_level(answers: int, level: int) -> None:
    assert calendar({TODAY: answers}, TODAY, weeks=1)[0].days[-1].level == level


# Time


def test_time_is_shown_day_by_day_with_the_days_that_had_none() -> None:
    spent = time_spent([TimedDay(TODAY, 90_000, 9), TimedDay(days_ago(2), 60_000, 3)], TODAY, days=4)
    assert [(each.day, each.minutes) for each in spent.days] == [
        (days_ago(3), 0),
        (days_ago(2), 1.0),
        (days_ago(1), 0),
        (TODAY, 1.5),
    ]
    assert (spent.ms, spent.timed, spent.seconds_per_answer) == (150_000, 12, 12.5)


def test_this_week_is_the_seven_days_up_to_today_and_the_week_before_the_seven_before() -> None:
    spent = time_spent([TimedDay(days_ago(number), 10**number, 1) for number in (0, 6, 7, 13, 14)], TODAY, days=3)
    assert spent.this_week == 1_000_001
    assert spent.week_before == 10_000_010_000_000
    assert len(spent.days) == 3


def test_without_a_timed_answer_there_is_no_mean() -> None:
    assert time_spent([TimedDay(TODAY)], TODAY, days=30).seconds_per_answer is None
