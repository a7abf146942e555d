"""Assignments: settings, when feedback is released, and how an assignment changes a student's plan."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from quizapp.core.attempts import AFTER_DUE, NEVER


class NoSuchTime(ValueError):
    """This wall time does not exist, because the clocks in the time zone skip it."""


class Phase(StrEnum):
    WAITING = "waiting"  # not open yet
    OPEN = "open"
    LATE = "late"  # past due, but can still be handed in
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ExtensionSettings:
    """The settings that one student has instead of the assignment's; None means no change."""

    due_at: datetime | None = None
    closes_at: datetime | None = None
    attempts: int | None = None
    time_factor: float | None = None


@dataclass(frozen=True, slots=True)
class AssignmentSettings:
    """When a quiz can be taken, how often and for how long.

    None means no opening, due or closing time, no limit on attempts, or no time limit.
    """

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    attempts: int | None = None
    minutes: float | None = None

    def for_student(self, factor: float, extension: ExtensionSettings | None) -> "AssignmentSettings":
        """Return the settings for a student with this factor for time limits and this extension.

        If the extended due time is after the closing time, the student can hand in until then.
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
        """Return the phase at an instant. The instant at which a phase begins belongs to it."""
        if self.closes_at is not None and now >= self.closes_at:
            return Phase.CLOSED
        if self.opens_at is not None and now < self.opens_at:
            return Phase.WAITING
        return Phase.LATE if self.is_late(now) else Phase.OPEN

    def is_late(self, instant: datetime) -> bool:
        """Return whether an attempt handed in at this instant is late."""
        return self.due_at is not None and instant > self.due_at

    def attempts_left(self, begun: int) -> int | None:
        """Return how many more attempts can be started, or None for no limit."""
        return None if self.attempts is None else max(self.attempts - begun, 0)

    def deadline(self, begun_at: datetime) -> datetime | None:
        """Return when an attempt begun at this time expires, by its time limit or the closing time; None for never."""
        ends = [] if self.minutes is None else [begun_at + timedelta(minutes=self.minutes)]
        return min([*ends, *([self.closes_at] if self.closes_at else [])], default=None)


@dataclass(frozen=True, slots=True)
class FeedbackRelease:
    """When attempts release their feedback. `settings` are those of every student of the assignment, if any."""

    feedback: str  # AT_ONCE, AT_END, AFTER_DUE or NEVER
    settings: tuple[AssignmentSettings, ...] = ()

    def released_at(self, handed_in: datetime) -> datetime | None:
        """Return when an attempt handed in at this time releases its feedback, or None for never.

        AFTER_DUE waits for the last student, including extensions, so that the key does not reach anyone who is still
        answering. Without a due time it waits for the closing time, and without either it is released on handing in.
        """
        if self.feedback == NEVER:
            return None
        return self._all_due(handed_in) if self.feedback == AFTER_DUE else handed_in

    def is_released(self, handed_in: datetime, now: datetime) -> bool:
        """Return whether an attempt handed in at `handed_in` has released its feedback by `now`."""
        at = self.released_at(handed_in)
        return at is not None and at <= now

    def ends_attempts(self, handed_in: Iterable[datetime], now: datetime) -> bool:
        """Return whether no other attempt may begin, given when earlier ones were handed in.

        AFTER_DUE releases the key once nobody is asked any more; who has seen it cannot be asked again.
        """
        return self.feedback == AFTER_DUE and any(self.is_released(each, now) for each in handed_in)

    def reviews_are_due(self, handed_in: datetime, now: datetime) -> bool:
        """Return whether the answers of an attempt handed in at `handed_in` count as reviews by `now`."""
        return self.reviews_due_at(handed_in) <= now

    def reviews_due_at(self, handed_in: datetime) -> datetime:
        """Return when the answers start to count as reviews, which learners see on their progress pages.

        This is when feedback is released, or, if it never is, when the assignment is over for everyone.
        """
        released = self.released_at(handed_in)
        return self._all_closed(handed_in) if released is None else released

    def _all_due(self, handed_in: datetime) -> datetime:
        return max([handed_in, *(at for each in self.settings if (at := each.due_at or each.closes_at))])

    def _all_closed(self, handed_in: datetime) -> datetime:
        return max([handed_in, *(at for each in self.settings if (at := each.closes_at or each.due_at))])


def instant(wall: datetime, timezone: str, *, later: bool = False) -> datetime:
    """Return the instant (UTC) at which clocks in a time zone show a wall time.

    If they show it twice, this is the first time, or the second if `later`. Raises NoSuchTime.
    """
    zone = ZoneInfo(timezone)
    found = wall.replace(tzinfo=zone, fold=int(later)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        raise NoSuchTime(wall, timezone)
    return found


def wall_time(instant: datetime, timezone: str) -> datetime:
    """Return what clocks in a time zone show at an instant, as a naive datetime."""
    return instant.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class StudyGoal:
    """The plan that an assignment asks for. An empty `topics` means that new facts come from all topics."""

    topics: tuple[str, ...]
    exam_day: date | None
    desired_retention: float  # 0.70..0.97
    new_per_day: int

    def apply_to(self, own: "StudyGoal | None", today: date, *, former_exam: date | None = None) -> "StudyGoal":
        """Return the plan for a student who gets this assignment and may already have a plan (`own`).

        The student's own choices stay, except that the nearer future exam, the higher retention and all topics of both
        are used; a plan for the whole set still covers the whole set. If the plan adds no new facts, as when facts are
        assigned by name, it gets the pace of the assignment. If the exam day came from an earlier version of the
        assignment (`former_exam`), it follows the new one.
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
