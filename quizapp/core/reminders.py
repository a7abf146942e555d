"""When learners are reminded to study, and what a reminder says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from quizapp.core.scheduling.study_days import StudyClock
from quizapp.core.translation import ngettext

USUAL_HOUR = 18
SPREAD = timedelta(minutes=10)  # over which the learners of one hour are reminded, so that not all of them come at once
LATEST = timedelta(hours=3)  # after the chosen hour; later, as after a failure of the server, nobody is reminded
PATIENCE = timedelta(days=30)  # without study, after which reminders stop: they would only be a nuisance

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """What waits for a learner today: facts due, new facts, and about how many minutes both take."""

    due: int
    new: int
    minutes: int

    @property
    def title(self) -> str:
        if not self.due:
            return ngettext("%(num)s new fact", "%(num)s new facts", self.new)
        return ngettext("%(num)s fact is due", "%(num)s facts are due", self.due)

    @property
    def estimate(self) -> str:
        if self.due and self.new:
            return ngettext(
                "About %(num)s minute, including new facts", "About %(num)s minutes, including new facts", self.minutes
            )
        return ngettext("About %(num)s minute", "About %(num)s minutes", self.minutes)


def time_on(clock: StudyClock, day: date, hour: int) -> datetime:
    """Return the instant (UTC) at which the learner's clock shows `hour` on a study day.

    An hour before the one at which study days begin is on the next date. If the clock skips the hour, this is as long
    after the last one that it shows.
    """
    on = day if hour >= clock.rollover_hour else day + _ONE_DAY
    return datetime.combine(on, time(hour), ZoneInfo(clock.timezone)).astimezone(UTC)


def next_time(clock: StudyClock, hour: int, *, after: datetime, learner_id: int) -> datetime:
    """Return when a learner is reminded next after an instant: at the hour, plus the learner's share of SPREAD."""
    share = timedelta(seconds=learner_id * 7 % SPREAD.seconds)
    today = clock.day(after)
    times = (time_on(clock, today + number * _ONE_DAY, hour) + share for number in (-1, 0, 1, 2))
    return next(each for each in times if each > after)


def is_too_late(wanted_at: datetime, now: datetime) -> bool:
    """Return whether it is too late for a reminder that was to come at `wanted_at`."""
    return now - wanted_at > LATEST


def is_welcome(last_day: date | None, day: date) -> bool:
    """Return whether to remind a learner on a study day who last studied on `last_day`: not today, nor long ago."""
    return last_day is not None and last_day < day <= last_day + PATIENCE
