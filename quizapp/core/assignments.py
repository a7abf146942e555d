"""Assignments: what one to study does to a plan; whether a quiz is open, until when it runs, when it may tell."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

AT_ONCE, AT_END, AFTER_DUE, NEVER = "at-once", "at-end", "after-due", "never"
FEEDBACK = (AT_ONCE, AT_END, AFTER_DUE, NEVER)  # when an assigned quiz tells what was right

LEAST_FACTOR, MOST_FACTOR = 1.0, 5.0  # of time limits


class NoSuchTime(ValueError):
    """The clocks of the time zone are put forward past this wall time: it never comes."""


class Phase(StrEnum):
    WAITING = "waiting"  # not open yet
    OPEN = "open"
    LATE = "late"  # past due, and still possible
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a student is granted instead of an assignment's terms; None leaves a term as it is."""

    due_at: datetime | None = None
    closes_at: datetime | None = None
    attempts: int | None = None
    time_factor: float | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one student: None is no opening, due or closing time, any number of attempts, no time limit."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    attempts: int | None = None
    minutes: float | None = None

    def for_student(self, factor: float, granted: Granted | None) -> "Terms":
        """These terms for a student whose time limits are multiplied by `factor`, and with what was granted.

        Who may hand in until later is not shut out by a closing time before that.
        """
        granted = granted or Granted()
        due_at, closes_at = granted.due_at or self.due_at, granted.closes_at or self.closes_at
        if granted.due_at and closes_at:
            closes_at = max(closes_at, granted.due_at)
        return replace(
            self,
            due_at=due_at,
            closes_at=closes_at,
            attempts=self.attempts if granted.attempts is None else granted.attempts,
            minutes=None if self.minutes is None else self.minutes * (granted.time_factor or factor),
        )

    def phase(self, now: datetime) -> Phase:
        """Where it stands at an instant; each time belongs to what it begins."""
        if self.closes_at is not None and now >= self.closes_at:
            return Phase.CLOSED
        if self.opens_at is not None and now < self.opens_at:
            return Phase.WAITING
        return Phase.LATE if self.is_late(now) else Phase.OPEN

    def is_late(self, instant: datetime) -> bool:
        """Whether what is handed in at that instant is late."""
        return self.due_at is not None and instant > self.due_at

    def attempts_left(self, begun: int) -> int | None:
        """How many attempts more may be begun; None: as many as wanted."""
        return None if self.attempts is None else max(self.attempts - begun, 0)

    def deadline(self, begun_at: datetime) -> datetime | None:
        """When an attempt begun then ends by itself: its time is up, or the assignment closes."""
        ends = [] if self.minutes is None else [begun_at + timedelta(minutes=self.minutes)]
        return min([*ends, *([self.closes_at] if self.closes_at else [])], default=None)


def told_from(feedback: str, everybody: Iterable[Terms], handed_in: datetime) -> datetime | None:
    """From when an attempt handed in then tells what was right: None is never.

    After the due day means after that of everybody, extensions included: whoever still writes is told nothing by those
    who are done. Where nothing is due, it is the closing time, and without either the handing in.
    """
    if feedback == NEVER:
        return None
    return _all_done(everybody, handed_in) if feedback == AFTER_DUE else handed_in


def counts_from(feedback: str, everybody: Iterable[Terms], handed_in: datetime) -> datetime:
    """From when the answers of an attempt count as reviews, which the pages of one's progress show.

    It is when they are told; of a quiz that never tells, once nobody has it before them any more.
    """
    told = told_from(feedback, everybody, handed_in)
    if told is not None:
        return told
    closing = [terms.closes_at or terms.due_at for terms in everybody]
    return max([handed_in, *(each for each in closing if each)])


def _all_done(everybody: Iterable[Terms], handed_in: datetime) -> datetime:
    return max([handed_in, *(each for terms in everybody if (each := terms.due_at or terms.closes_at))])


def instant(wall: datetime, timezone: str, *, later: bool = False) -> datetime:
    """The instant (UTC) at which clocks in a time zone show a wall time without one.

    Where they show it twice, it is the first time, or the `later` one. Raises NoSuchTime.
    """
    zone = ZoneInfo(timezone)
    found = wall.replace(tzinfo=zone, fold=int(later)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        raise NoSuchTime(f"{wall:%Y-%m-%d %H:%M} is skipped in {timezone}")
    return found


def wall_time(instant: datetime, timezone: str) -> datetime:
    """What clocks in a time zone show at an instant, without the zone."""
    return instant.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class Aim:
    """How a set is to be studied. No topics: new facts come from all of them."""

    topics: tuple[str, ...]
    exam_day: date | None
    desired_retention: float  # 0.70..0.97
    new_per_day: int

    def met_by(self, own: "Aim | None", today: date, *, former_exam: date | None = None) -> "Aim":
        """The plan of a student who is asked to study by this aim and had a plan of their `own`, or none.

        Their own choices stay, but for the nearer exam to come, the higher retention, and more topics: a plan for the
        whole set stays whole. One that brought nothing new, as facts assigned by name make, gets the aim's pace. An
        exam day that an earlier word of the same assignment set (`former_exam`) is moved with it.
        """
        ahead = [day for day in (self.exam_day,) if day and day >= today]
        if own is None:
            return replace(self, exam_day=min(ahead, default=None))
        theirs = None if own.exam_day == former_exam else own.exam_day
        ahead += [theirs] if theirs and theirs >= today else []
        whole = not own.topics or not self.topics
        return Aim(
            topics=() if whole else tuple(dict.fromkeys([*own.topics, *self.topics])),
            exam_day=min(ahead, default=theirs),
            desired_retention=max(own.desired_retention, self.desired_retention),
            new_per_day=own.new_per_day or self.new_per_day,
        )
