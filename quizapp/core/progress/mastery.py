"""A learner's progress: mastery, upcoming reviews, and the study calendar."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from quizapp.core.scheduling.scheduler import Memory, State, chance_after, retrievability

LEVELS = (1, 10, 25, 50)  # the fewest answers in a day for levels 1, 2, 3, 4 of the calendar
CALENDAR_WEEKS = 53  # a year and the current week
_ONE_DAY = timedelta(days=1)
_WEEK = 7  # days

T = TypeVar("T", bound=Hashable)
Curve = tuple[int, float | None, int | None, float]  # of a memory: state, stability, ordinal of the last day, decay


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact as lists show it and link to it; `language` is that of its set."""

    set_key: str
    key: str
    statement: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class WeakFact:
    """A fact that was met, the chance of recalling it today (0..1), and how often it was forgotten."""

    fact: FactRef
    recall: float
    lapses: int
    suspended: bool = False


def known_now(memory: Memory, today: date) -> float:
    """Return the chance (0..1) that a fact is recalled on study day `today`.

    From the day after its last answer this is its retrievability. FSRS has no curve for the same day: a fact recalled
    and due on a later day counts as known (1), a fact in learning steps as not known (0).
    """
    chance = retrievability(memory, today)
    if chance is not None:
        return chance
    return 1.0 if memory.state is State.REVIEW else 0.0


def known_on(curves: Iterable[Curve], day: date) -> list[float]:
    """Return the chances (0..1) that facts are recalled on a study day, as `known_now` does for each."""
    ordinal, factors = day.toordinal(), _Factors()
    return [
        (1 + factors[decay] * (ordinal - last_day) / stability) ** -decay
        if last_day is not None and stability is not None and last_day < ordinal
        else float(state == State.REVIEW)
        for state, stability, last_day, decay in curves
    ]


class _Factors(dict[float, float]):
    """F in the formula of `retrievability` by decay, from the chance after 1 day at a stability of 1 day."""

    def __missing__(self, decay: float) -> float:
        self[decay] = factor = float(chance_after(1, 1, decay) ** (-1 / decay) - 1)
        return factor


@dataclass(frozen=True, slots=True)
class Mastery:
    """How well one learner knows a group of facts: the number in total, met, and expected to be known now."""

    total: int = 0
    met: int = 0
    known: float = 0.0

    @property
    def share(self) -> float:
        """Return the share known, 0..1; 0 for a group without facts."""
        return self.known / self.total if self.total else 0.0

    def __add__(self, other: Mastery) -> Mastery:
        return Mastery(self.total + other.total, self.met + other.met, self.known + other.known)


@dataclass(frozen=True, slots=True)
class GroupMastery:
    """The mastery of a topic, a passage or an actor of a set."""

    key: str
    title: str
    mastery: Mastery
    icon: str | None  # of a topic


def mastery(memories: Iterable[Memory], *, total: int, today: date) -> Mastery:
    """Return the mastery of `total` facts from a learner's memories of them; facts in NEW are not met."""
    chances = [known_now(memory, today) for memory in memories if memory.state is not State.NEW]
    return Mastery(total, met=len(chances), known=sum(chances))


def mastery_by(facts: Iterable[tuple[Iterable[T], Memory]], today: date) -> dict[T, Mastery]:
    """Return the mastery of each group from the groups and memory of every fact.

    A fact counts in each of its groups.
    """
    totals: dict[T, int] = defaultdict(int)
    memories: dict[T, list[Memory]] = defaultdict(list)
    for groups, memory in facts:
        for group in groups:
            totals[group] += 1
            memories[group].append(memory)
    return {group: mastery(memories[group], total=total, today=today) for group, total in totals.items()}


@dataclass(frozen=True, slots=True)
class DueDay:
    """The facts to review on a study day, and how many of them are overdue (on the first day only)."""

    day: date
    facts: int
    overdue: int = 0


def forecast(due: Mapping[date, int], today: date, days: int) -> list[DueDay]:
    """Return the facts due on each of `days` study days from today; overdue facts are due today."""
    overdue = sum(facts for day, facts in due.items() if day < today)
    ahead = [today + number * _ONE_DAY for number in range(days)]
    return [
        DueDay(day, due.get(day, 0) + (overdue if day == today else 0), overdue if day == today else 0) for day in ahead
    ]


def streak(studied: Collection[date], today: date) -> int:
    """Return the number of study days with answers in a row, up to today.

    One day a week is free: a day without answers ends the streak only if another one is less than a week away from it.
    Today may still come. A day after today also counts: it was studied in a time zone further east.
    """
    days = frozenset(studied)
    day = max([today, *days])
    length, free = 0, None
    while True:
        if day in days:
            length += 1
        elif day < today:
            if free is not None and (free - day).days < _WEEK:
                return length
            free = day
        day -= _ONE_DAY


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """The answers on a study day, and their level (0..4, see LEVELS)."""

    day: date
    answers: int

    @property
    def level(self) -> int:
        return bisect_right(LEVELS, self.answers)


@dataclass(frozen=True, slots=True)
class CalendarWeek:
    """Monday to Sunday; the current week ends with today."""

    days: tuple[CalendarDay, ...]

    @property
    def start(self) -> date:
        return self.days[0].day

    @property
    def answers(self) -> int:
        return sum(day.answers for day in self.days)


def calendar(answers: Mapping[date, int], today: date, weeks: int = CALENDAR_WEEKS) -> list[CalendarWeek]:
    """Return the last `weeks` weeks with the current one, oldest first."""
    first = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    starts = [first + timedelta(days=7 * number) for number in range(weeks)]
    return [
        CalendarWeek(
            tuple(
                CalendarDay(day, answers.get(day, 0))
                for day in (start + number * _ONE_DAY for number in range(7))
                if day <= today
            )
        )
        for start in starts
    ]


@dataclass(frozen=True, slots=True)
class TimedDay:
    """The time spent on answers on a study day, and the number of answers with a known time."""

    day: date
    ms: int = 0
    timed: int = 0

    @property
    def minutes(self) -> float:
        return self.ms / 60_000


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """The time spent each day up to today, oldest first, in milliseconds."""

    days: tuple[TimedDay, ...]
    this_week: int  # the seven days up to today
    week_before: int

    @property
    def ms(self) -> int:
        return sum(day.ms for day in self.days)

    @property
    def timed(self) -> int:
        return sum(day.timed for day in self.days)

    @property
    def seconds_per_answer(self) -> float | None:
        """Return the mean time of an answer in seconds, or None if no time is known."""
        return self.ms / self.timed / 1000 if self.timed else None


def time_spent(timed: Iterable[TimedDay], today: date, days: int) -> TimeSpent:
    """Return the time of the last `days` study days and of the last two weeks."""
    known = {each.day: each for each in timed}
    back = [known.get(today - number * _ONE_DAY, TimedDay(today - number * _ONE_DAY)) for number in range(days)]
    weeks = [
        sum(
            known[day].ms
            for day in (today - number * _ONE_DAY for number in range(first, first + _WEEK))
            if day in known
        )
        for first in (0, _WEEK)
    ]
    return TimeSpent(tuple(reversed(back)), *weeks)
