"""What a plan allows on a study day."""

from dataclasses import dataclass
from datetime import date

from quizapp.core.scheduling.scheduler import Plan


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
