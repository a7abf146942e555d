"""The time until a memory is due and the time that studying takes, in words."""

import math
from datetime import datetime, timedelta

from quizapp.core.scheduling.scheduler import Memory
from quizapp.core.scheduling.study_days import StudyClock, as_utc
from quizapp.core.translation import gettext, ngettext


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
        return gettext("%(minutes)s min", minutes=minutes) if minutes > 0 else gettext("now")
    if days < 1:
        return gettext("%(hours)s h", hours=hours)
    months, years = round(days / 30.4375, 1), round(days / 365.25, 1)
    if days < 31:
        return ngettext("%(num)s day", "%(num)s days", days)
    if months < 12:
        return ngettext("%(months)s month", "%(months)s months", math.ceil(months), months=f"{months:g}")
    return ngettext("%(years)s year", "%(years)s years", math.ceil(years), years=f"{years:g}")


def describe_minutes(minutes: float) -> str:
    """Return a length of time in words, as after "about": "1 minute", "59 minutes", "1 hour", "1 hour 20 minutes".

    From an hour on it is rounded to ten minutes.
    """
    whole = round(minutes)
    if whole < 60:
        return ngettext("%(num)s minute", "%(num)s minutes", whole)
    hours, rest = divmod(10 * round(minutes / 10), 60)
    if not rest:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    return ngettext("%(num)s hour %(rest)s minutes", "%(num)s hours %(rest)s minutes", hours, rest=rest)
