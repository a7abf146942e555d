"""How a learner prepares for an exam: the day, the minutes and the new facts on each day before it."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

# The share of the days to the exam in which every fact is met, chosen by simulation (python tests/simulate.py exam).
MEET_SHARE = 0.6
LAST_DAYS = 3  # before the exam, over which the last round is spread, beginning with the day before it
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ExamPlan:
    """How a learner prepares for an exam: `minutes` a day, and `pace` new facts a day.

    If `pace` is None, it follows from the days left. `since` is the study day on which the exam was set. The weekdays
    in `easy_days` (Monday is 0) bring nothing, except the day before the exam.
    """

    day: date
    since: date
    minutes: float
    pace: float | None = None
    easy_days: tuple[int, ...] = ()

    def is_free(self, day: date) -> bool:
        """Return whether nothing is asked on a day before the exam."""
        return day.weekday() in self.easy_days and day + _ONE_DAY != self.day

    def new_on(self, today: date, *, unmet: int, met_today: int = 0) -> int:
        """Return how many new facts to offer on a day, those met on it already included."""
        if today >= self.day or self.is_free(today):
            return 0
        if self.pace is not None:
            number = (today - self.since).days
            return int(self.pace * (number + 1)) - int(self.pace * number)
        end = self.since + timedelta(days=max(round((self.day - self.since).days * MEET_SHARE), 1))
        ahead = (today + timedelta(days=number) for number in range(max((end - today).days, 1)))
        days = sum(not self.is_free(day) for day in ahead)
        return ceil((unmet + met_today) / max(days, 1))
