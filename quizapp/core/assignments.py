"""Assignments: the settings of a quiz, when it releases feedback, and what an assignment to study does to a plan."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from quizapp.core.attempts import AFTER_DUE, NEVER

LEAST_FACTOR, MOST_FACTOR = 1.0, 5.0  # of time limits


class NoSuchTime(ValueError):
    """The clocks of the time zone are put forward past this wall time: it never comes."""


class Phase(StrEnum):
    WAITING = "waiting"  # not open yet
    OPEN = "open"
    LATE = "late"  # past due, and still possible
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ExtensionSettings:
    """What one student has instead of an assignment's settings; None leaves a setting as it is."""

    due_at: datetime | None = None
    closes_at: datetime | None = None
    attempts: int | None = None
    time_factor: float | None = None


@dataclass(frozen=True, slots=True)
class AssignmentSettings:
    """When a quiz can be taken, how often and for how long.

    None means no opening, due or closing time, any number of attempts, no time limit.
    """

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    attempts: int | None = None
    minutes: float | None = None

    def for_student(self, factor: float, extension: ExtensionSettings | None) -> "AssignmentSettings":
        """Return the settings of a student whose time limits are multiplied by `factor` and who has an extension.

        A student whose due time is extended past the closing time may hand in until then.
        """
        extension = extension or ExtensionSettings()
        due_at, closes_at = extension.due_at or self.due_at, extension.closes_at or self.closes_at
        if extension.due_at and closes_at:
            closes_at = max(closes_at, extension.due_at)
        return replace(
            self,
            due_at=due_at,
            closes_at=closes_at,
            attempts=self.attempts if extension.attempts is None else extension.attempts,
            minutes=None if self.minutes is None else self.minutes * (extension.time_factor or factor),
        )

    def phase(self, now: datetime) -> Phase:
        """Return the phase at an instant; each time belongs to the phase it begins."""
        if self.closes_at is not None and now >= self.closes_at:
            return Phase.CLOSED
        if self.opens_at is not None and now < self.opens_at:
            return Phase.WAITING
        return Phase.LATE if self.is_late(now) else Phase.OPEN

    def is_late(self, instant: datetime) -> bool:
        """Return whether an attempt handed in at that instant is late."""
        return self.due_at is not None and instant > self.due_at

    def attempts_left(self, begun: int) -> int | None:
        """Return how many more attempts may be begun, or None for any number."""
        return None if self.attempts is None else max(self.attempts - begun, 0)

    def deadline(self, begun_at: datetime) -> datetime | None:
        """Return when an attempt begun then expires: its time is up, or the assignment closes."""
        ends = [] if self.minutes is None else [begun_at + timedelta(minutes=self.minutes)]
        return min([*ends, *([self.closes_at] if self.closes_at else [])], default=None)


@dataclass(frozen=True, slots=True)
class FeedbackRelease:
    """When attempts release their feedback, given the settings of every student of the assignment, if there is one."""

    feedback: str  # AT_ONCE, AT_END, AFTER_DUE or NEVER
    settings: tuple[AssignmentSettings, ...] = ()

    def released_at(self, handed_in: datetime) -> datetime | None:
        """Return when an attempt handed in then releases its feedback, or None for never.

        AFTER_DUE waits for the last student, extensions included, so that nobody who is still answering can be told
        the key. Where nothing is due it waits for the closing time, and without either it is on handing in.
        """
        if self.feedback == NEVER:
            return None
        return self._all_due(handed_in) if self.feedback == AFTER_DUE else handed_in

    def is_released(self, handed_in: datetime, now: datetime) -> bool:
        """Return whether an attempt handed in then has released its feedback."""
        at = self.released_at(handed_in)
        return at is not None and at <= now

    def reviews_are_due(self, handed_in: datetime, now: datetime) -> bool:
        """Return whether the answers of an attempt handed in then count as reviews by now."""
        return self.reviews_due_at(handed_in) <= now

    def reviews_due_at(self, handed_in: datetime) -> datetime:
        """Return when the answers count as reviews, which the learner's progress pages show.

        That is when feedback is released; if it never is, once the assignment is over for everybody.
        """
        released = self.released_at(handed_in)
        return self._all_closed(handed_in) if released is None else released

    def _all_due(self, handed_in: datetime) -> datetime:
        return max([handed_in, *(at for each in self.settings if (at := each.due_at or each.closes_at))])

    def _all_closed(self, handed_in: datetime) -> datetime:
        return max([handed_in, *(at for each in self.settings if (at := each.closes_at or each.due_at))])


def instant(wall: datetime, timezone: str, *, later: bool = False) -> datetime:
    """Return the instant (UTC) at which clocks in a time zone show a wall time without one.

    Where they show it twice, it is the first time, or the `later` one. Raises NoSuchTime.
    """
    zone = ZoneInfo(timezone)
    found = wall.replace(tzinfo=zone, fold=int(later)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        raise NoSuchTime(f"{wall:%Y-%m-%d %H:%M} is skipped in {timezone}")
    return found


def wall_time(instant: datetime, timezone: str) -> datetime:
    """Return what clocks in a time zone show at an instant, without the zone."""
    return instant.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class StudyGoal:
    """How a set is to be studied. No topics: new facts come from all of them."""

    topics: tuple[str, ...]
    exam_day: date | None
    desired_retention: float  # 0.70..0.97
    new_per_day: int

    def apply_to(self, own: "StudyGoal | None", today: date, *, former_exam: date | None = None) -> "StudyGoal":
        """Return the plan of a student who is asked to study by this goal and had a plan of their `own`, or none.

        Their own choices stay, but for the nearer exam to come, the higher retention, and more topics: a plan for the
        whole set stays whole. One that brought nothing new, as facts assigned by name make, gets the goal's pace. An
        exam day that an earlier word of the same assignment set (`former_exam`) is moved with it.
        """
        ahead = [day for day in (self.exam_day,) if day and day >= today]
        if own is None:
            return replace(self, exam_day=min(ahead, default=None))
        theirs = None if own.exam_day == former_exam else own.exam_day
        ahead += [theirs] if theirs and theirs >= today else []
        whole = not own.topics or not self.topics
        return StudyGoal(
            topics=() if whole else tuple(dict.fromkeys([*own.topics, *self.topics])),
            exam_day=min(ahead, default=theirs),
            desired_retention=max(own.desired_retention, self.desired_retention),
            new_per_day=own.new_per_day or self.new_per_day,
        )
