"""The time until a memory is due, and how it is said on buttons and pages."""

import math
from datetime import datetime, timedelta

from quizapp.core.scheduling.scheduler import Memory
from quizapp.core.scheduling.study_days import StudyClock, as_utc


def wait(memory: Memory, *, now: datetime, clock: StudyClock) -> timedelta:
    """Return the time until a memory is due, never negative: exact in learning steps, whole study days in REVIEW."""
    if memory.due_day is None:
        return timedelta(0)
    if memory.due_at is not None:
        return max(memory.due_at - as_utc(now), timedelta(0))
    return max(memory.due_day - clock.day(now), timedelta(0))


def describe_wait(wait: timedelta) -> str:
    """Return a wait in words, as on a button: "now", "10 min", "5 h", "12 days", "3 months", "1.4 years"."""
    minutes = math.ceil(wait / timedelta(minutes=1))
    hours, days = minutes // 60, minutes // (24 * 60)
    if hours < 1:
        return f"{minutes} min" if minutes > 0 else "now"
    if days < 1:
        return f"{hours} h"
    months, years = round(days / 30.4375, 1), round(days / 365.25, 1)
    if days < 31:
        return _count(days, "day")
    return _count(months, "month") if months < 12 else _count(years, "year")


def _count(number: float, unit: str) -> str:
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"
