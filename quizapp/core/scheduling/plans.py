"""What a plan allows on a study day, and how a backlog is spread over days."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import TypeVar

from quizapp.core.scheduling.scheduler import Plan

CATCH_UP_DAYS = (2, 3, 4, 5, 7, 10, 14)  # over which a backlog can be spread
LIGHT_DAY, LONG_DAY = 20, 100  # reviews: what any learner can do, and what few will do, unless it is their usual day
ABSENCE = 3  # days
FURTHEST = 20 * 365  # days that a forecast looks ahead
FORGOTTEN = 0.25  # the share of a backlog that is forgotten, and due again the next day

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many new facts and reviews a set may still bring on a study day; `reviews` is None for no limit."""

    new: int
    reviews: int | None


def allowance(plan: Plan, day: date, *, met: int, reviewed: int) -> Allowance:
    """Return what a plan still allows on a study day, after `met` new facts and `reviewed` reviews.

    On a day planned for an exam, the new facts are those chosen, and nothing limits the reviews. An easy day brings
    nothing new. The ceiling applies to reviews only: facts met or forgotten today are always finished.
    """
    if plan.planned_on == day:
        return Allowance(max((plan.planned_new or 0) - met, 0), None)
    new = 0 if day.weekday() in plan.easy_days else max(plan.new_per_day - met, 0)
    return Allowance(new, None if plan.ceiling is None else max(plan.ceiling - reviewed, 0))


def place_in_total(exam_day: date | None, today: date) -> date:
    """Return by what plans are sorted that share a total of new facts: those with an exam ahead first, by its day."""
    return exam_day if exam_day is not None and exam_day >= today else date.max


def shared_pace(pace: int, before: Sequence[tuple[int, int]], *, total: int, days: int) -> int:
    """Return the new facts a day that a plan with this pace brings, on average over `days`, of a shared total.

    `before` are the plans that come first, each with its pace and its number of facts not met yet.
    """
    left = _left_each_day(before, total)
    return round(sum(min(pace, next(left)) for _ in range(days)) / days)


def all_met_on(
    plan: Plan,
    today: date,
    *,
    unmet: int,
    met_today: int,
    before: Sequence[tuple[int, int]] = (),
    total: int | None = None,
) -> date | None:
    """Return the study day on which the last of the unmet facts of a plan is met, None if it is not in FURTHEST days.

    Each day brings as many as the plan allows, and no more than the plans `before` it leave of a shared total. An exam
    and the limit of reviews are left out of account.
    """
    plan = replace(plan, exam_day=None, planned_on=None)
    left = _left_each_day(before, unmet if total is None else total)
    for number in range(FURTHEST):
        day = today + timedelta(days=number)
        allowed = allowance(plan, day, met=0 if number else met_today, reviewed=0)
        unmet -= min(allowed.new, next(left))
        if unmet <= 0:
            return day
    return None


def _left_each_day(before: Sequence[tuple[int, int]], total: int) -> Iterator[int]:
    """Return day by day how many of `total` new facts are left by plans with this pace and so many unmet facts."""
    unmet = [facts for _, facts in before]
    while True:
        left = total
        for place, (pace, _) in enumerate(before):
            new = min(pace, unmet[place], left)
            unmet[place] -= new
            left -= new
        yield left


def reviews_a_day(due: int, days: int) -> int:
    """Return how many reviews a day it takes to be done with `due` of them in so many days.

    With x a day, x (days - 1) FORGOTTEN come back before the end: x days = due + x (days - 1) FORGOTTEN.
    """
    return ceil(due / (days - (days - 1) * FORGOTTEN))


def catch_up_allowance(due: int, days: int, *, reviewed: int) -> Allowance:
    """Return what is allowed today while a backlog is spread evenly over `days`, which include today.

    `due` are the reviews left that are due by the last of these days. There are no new facts meanwhile.
    """
    return Allowance(0, max(reviews_a_day(due + reviewed, days) - reviewed, 0))


def most_on_a_day(usual: float) -> float:
    """Return the reviews a day that may be expected of a learner: twice the answers of a `usual` day, within reason."""
    return min(max(2 * usual, LIGHT_DAY), max(usual, LONG_DAY))


def is_backlog(due: int, *, days_late: int, usual: float = 0.0) -> bool:
    """Return whether so many reviews are due after an absence that they should be spread over several days.

    `days_late` is for how long the oldest has been due, `usual` the number of answers on a usual day.
    """
    return days_late >= ABSENCE and due > most_on_a_day(usual)


def spread_over_days(sooner: Iterable[tuple[_Key, date, date, float]], today: date, a_day: int) -> dict[_Key, date]:
    """Return due days for facts that would be due sooner than before: at most `a_day` more on each coming day.

    Each comes with its new and its former due day and an urgency: the most urgent come first, and none later than it
    would have been.
    """
    ahead = sorted(sooner, key=lambda each: each[1], reverse=True)
    waiting: list[tuple[_Key, date, date, float]] = []
    planned: dict[_Key, date] = {}
    day = today
    while ahead or waiting:
        day = day + timedelta(days=1) if waiting or day == today else max(day + timedelta(days=1), ahead[-1][1])
        while ahead and ahead[-1][1] <= day:
            waiting.append(ahead.pop())
        waiting.sort(key=lambda each: (each[2] > day, -each[3]))
        due_anyway = sum(former <= day for _, _, former, _ in waiting)
        now_due, waiting = waiting[: due_anyway + a_day], waiting[due_anyway + a_day :]
        planned |= {key: day for key, *_ in now_due}
    return planned
