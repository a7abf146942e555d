"""What a plan allows on a study day, and the pace that an exam needs."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from quizapp.core.scheduling.scheduler import Plan


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many new facts and reviews a set may still bring on a study day; `reviews` is None for no limit."""

    new: int
    reviews: int | None


def allowance(plan: Plan, day: date, *, met: int, reviewed: int) -> Allowance:
    """Return what a plan still allows on a study day, after `met` new facts and `reviewed` reviews.

    An easy day brings nothing new. The ceiling applies to reviews only: facts met or forgotten today are always
    finished.
    """
    new = 0 if day.weekday() in plan.easy_days else max(plan.new_per_day - met, 0)
    return Allowance(new, None if plan.ceiling is None else max(plan.ceiling - reviewed, 0))


def pace_needed(plan: Plan, today: date, *, unmet: int, met_today: int) -> int | None:
    """Return the new facts per day needed to meet every fact before the exam, if that is more than the plan brings.

    None if the plan is enough, has no exam, or has no day left before it for new facts.
    """
    if plan.exam_day is None:
        return None
    ahead = [today + timedelta(days=number) for number in range((plan.exam_day - today).days)]
    days = sum(day.weekday() not in plan.easy_days for day in ahead)
    # Facts met today count towards the days left, which include today.
    begun = met_today if today.weekday() not in plan.easy_days else 0
    needed = ceil((unmet + begun) / days) if days else plan.new_per_day
    return needed if unmet and needed > plan.new_per_day else None
