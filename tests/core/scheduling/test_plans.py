"""What a plan allows on a study day."""

from datetime import date, timedelta

import pytest

from quizapp.core.scheduling.plans import Allowance, all_met_on, allowance, catch_up_allowance, shared_pace
from quizapp.core.scheduling.scheduler import Plan

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("plan", "met", "reviewed", "expected"),
    [
        (Plan(), 0, 0, Allowance(10, None)),
        (Plan(new_per_day=5), 3, 99, Allowance(2, None)),  # without a ceiling reviews are never counted
        (Plan(new_per_day=5), 8, 0, Allowance(0, None)),  # a quiz brought more than the plan
        (Plan(ceiling=20), 0, 5, Allowance(10, 15)),
        (Plan(ceiling=20), 0, 25, Allowance(10, 0)),
        (Plan(easy_days=(0, 6)), 0, 0, Allowance(0, None)),
        (Plan(easy_days=(0,), ceiling=20), 0, 0, Allowance(0, 20)),  # an easy day still brings what is due
    ],
)
def test_what_a_monday_may_still_bring(plan: Plan, met: int, reviewed: int, expected: Allowance) -> None:
    assert allowance(plan, MONDAY, met=met, reviewed=reviewed) == expected


def test_the_day_after_an_easy_day_brings_new_facts_again() -> None:
    assert allowance(Plan(easy_days=(0,)), TUESDAY, met=0, reviewed=0) == Allowance(10, None)


def test_a_day_planned_for_an_exam_brings_what_was_chosen() -> None:
    plan = Plan(new_per_day=10, ceiling=5, exam_day=MONDAY + timedelta(days=9), planned_on=MONDAY, planned_new=22)
    assert allowance(plan, MONDAY, met=4, reviewed=30) == Allowance(18, None)


@pytest.mark.parametrize(
    ("before", "total", "pace"),
    [
        ([], 20, 10),
        ([], 6, 6),
        ([(10, 999)], 15, 5),
        ([(10, 50)], 10, 5),  # nothing for five days, then all
        ([(10, 999), (10, 999)], 15, 0),
        ([(10, 0)], 15, 10),
    ],
)
def test_the_pace_of_a_plan_after_others_that_share_a_total(
    before: list[tuple[int, int]], total: int, pace: int
) -> None:
    assert shared_pace(10, before, total=total, days=10) == pace


def test_a_backlog_is_spread_evenly() -> None:
    """Of 90 reviews in three days 36 today, also after some of them; on the last day all that is left.

    Of 72 on two days a quarter are forgotten: 90 - 72 + 18 = 36 are left for the last day.
    """
    assert catch_up_allowance(90, 3, reviewed=0) == Allowance(0, 36)
    assert catch_up_allowance(78, 3, reviewed=12) == Allowance(0, 24)
    assert catch_up_allowance(31, 1, reviewed=5) == Allowance(0, 31)
    assert catch_up_allowance(0, 2, reviewed=50) == Allowance(0, 0)


@pytest.mark.parametrize(
    ("plan", "unmet", "met_today", "before", "total", "days"),
    [
        (Plan(new_per_day=10), 30, 0, [], None, 2),
        (Plan(new_per_day=10), 31, 0, [], None, 3),
        (Plan(new_per_day=10), 30, 9, [], None, 3),  # today's are used up
        (Plan(new_per_day=10, easy_days=(0, 1)), 20, 0, [], None, 3),  # nothing on Monday and Tuesday
        (Plan(new_per_day=10, exam_day=TUESDAY, planned_on=MONDAY, planned_new=30), 30, 0, [], None, 2),
        (Plan(new_per_day=10), 20, 0, [], 5, 3),
        (Plan(new_per_day=10), 20, 0, [(3, 6)], 5, 5),  # 2 and 2 while another plan comes first, then 5 a day
        (Plan(new_per_day=0), 1, 0, [], None, None),
        (Plan(new_per_day=1), 10_000, 0, [], None, None),
    ],
)
def test_when_the_last_new_fact_is_met(
    plan: Plan, unmet: int, met_today: int, before: list[tuple[int, int]], total: int | None, days: int | None
) -> None:
    found = all_met_on(plan, MONDAY, unmet=unmet, met_today=met_today, before=before, total=total)
    assert found == (None if days is None else MONDAY + timedelta(days=days))
