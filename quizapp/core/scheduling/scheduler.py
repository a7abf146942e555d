"""When a fact is asked again: FSRS-6 over study days.

py-fsrs moves stability and difficulty. Three things are decided here: time passes in whole study days
(midnight UTC stands for a day whenever py-fsrs is called), a right answer may have been a lucky guess, and
due days are spread by a fuzz that can be computed again.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from random import Random
from typing import Any, TypeVar

import fsrs

from quizapp.core import defaults
from quizapp.core.scheduling.study_days import StudyClock, as_utc

MAX_INTERVAL = 36_500  # days

_Moment = TypeVar("_Moment", bound=date)

# Neither the fuzz nor the interval of py-fsrs is used, so one scheduler serves every desired retention.
_SCHEDULER = fsrs.Scheduler(enable_fuzzing=False)
_DECAY = -_SCHEDULER.parameters[20]
_FACTOR = 0.9 ** (1 / _DECAY) - 1
# The chance of knowing a fact that was never reviewed, or was reviewed the same day.
_PRIOR_KNOWN = 0.5
# (from days, to days, share of the days between them), as in Anki.
_FUZZ_BANDS = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, math.inf, 0.05))


class State(IntEnum):
    """Where a memory stands. All but NEW carry the numbers of py-fsrs."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


class Rating(IntEnum):
    """How a recall went; the numbers are those of FSRS."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Memory:
    """The FSRS state of one learner and one fact.

    Stability is in days, difficulty 1..10; `last_day` is the study day of the last review, `due_day` the study
    day the next one falls due: a day, not an instant, so that neither daylight saving nor a new time zone
    moves it. `due_at` (UTC) is set only while in (re)learning steps, which are minutes apart. `lapses` counts
    the times the fact was forgotten in REVIEW. Raises ValueError for a naive `due_at`.
    """

    state: State
    step: int | None
    stability: float | None
    difficulty: float | None
    last_day: date | None
    due_day: date | None
    due_at: datetime | None
    reps: int
    lapses: int

    def __post_init__(self) -> None:
        if self.due_at is not None:
            object.__setattr__(self, "due_at", as_utc(self.due_at))


NEW_MEMORY = Memory(State.NEW, None, None, None, None, None, None, 0, 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """How one learner studies one set: the recall to aim for (0.70..0.97) and the new facts met per study day.

    Until `exam_day` is over nothing falls due after it; the weekdays in `easy_days` (Monday is 0) are kept free where
    the fuzz allows; `ceiling` is the most facts reviewed per study day. Raises ValueError outside those bounds.
    """

    desired_retention: float = defaults.DESIRED_RETENTION
    new_per_day: int = defaults.NEW_PER_DAY
    exam_day: date | None = None
    easy_days: tuple[int, ...] = ()
    ceiling: int | None = None

    def __post_init__(self) -> None:
        if not defaults.LOWEST_RETENTION <= self.desired_retention <= defaults.HIGHEST_RETENTION:
            raise ValueError(f"desired retention {self.desired_retention!r} is out of range")
        if self.new_per_day < 0:
            raise ValueError(f"new per day {self.new_per_day!r} is negative")
        if not set(self.easy_days) <= set(range(7)):
            raise ValueError(f"easy days {self.easy_days!r} are not weekdays 0..6")
        if self.ceiling is not None and self.ceiling < 1:
            raise ValueError(f"ceiling {self.ceiling!r} is not 1 or more")


def after_answer(
    memory: Memory,
    rating: Rating,
    *,
    now: datetime,
    clock: StudyClock,
    plan: Plan,
    guess: float = 0.0,
    seed: str | int,
) -> Memory:
    """Return the memory once an answer has been rated.

    `now` is aware; `guess` is the chance (0..1) of being right without knowing; `seed` names the learner and
    the fact, so that the same answer always falls due on the same day. If the clock ran backwards since the
    last review, no time has passed. Raises ValueError for a naive `now` or a guess out of range.
    """
    if not 0 <= guess <= 1:
        raise ValueError(f"chance of a lucky guess {guess!r} is not 0..1")
    now = as_utc(now)
    today = clock.day(now)
    card = _reviewed(memory, rating, today)
    stability, difficulty = _strength(memory, card, rating, today, guess)
    due_at: datetime | None = None
    if card.state == fsrs.State.Review:
        due = due_day(stability, today, plan, seed, memory.reps + 1)
    else:
        due_at = now + (card.due - _midnight(today))
        due = clock.day(due_at)
    return Memory(
        state=State(card.state),
        step=card.step,
        stability=stability,
        difficulty=difficulty,
        last_day=today,
        due_day=due,
        due_at=due_at,
        reps=memory.reps + 1,
        lapses=memory.lapses + (memory.state == State.REVIEW and rating == Rating.AGAIN),
    )


def due_day(stability: float, last_day: date, plan: Plan, seed: str | int, reps: int) -> date:
    """Return the study day a memory in REVIEW falls due, at the earliest the day after its last review (its `reps`-th).

    The interval of FSRS is spread over its fuzz, and lands on an easy day only where the fuzz holds no other. Before
    the exam nothing falls due after it.
    """
    shortest, longest = _fuzz_range(_whole_days(interval(stability, plan.desired_retention)))
    days = [last_day + timedelta(days=number) for number in range(shortest, longest + 1)]
    days = [day for day in days if day.weekday() not in plan.easy_days] or days
    # One draw for all four ratings, then scaled: a better rating never comes back sooner for the fuzz alone.
    due = days[int(Random(f"{seed}:{reps - 1}").random() * len(days))]
    if plan.exam_day is not None and last_day < plan.exam_day:
        return min(due, plan.exam_day)
    return due


def replanned(memory: Memory, plan: Plan, seed: str | int) -> Memory:
    """Return the memory as if its last answer had been given under this plan. Learning steps are no plan's affair."""
    if memory.state != State.REVIEW:
        return memory
    assert memory.stability is not None and memory.last_day is not None
    return replace(memory, due_day=due_day(memory.stability, memory.last_day, plan, seed, memory.reps))


def next_memories(
    memory: Memory, *, now: datetime, clock: StudyClock, plan: Plan, guess: float = 0.0, seed: str | int
) -> dict[Rating, Memory]:
    """Return what each rating would lead to: the memories `after_answer` returns, to label the buttons with."""
    return {
        rating: after_answer(memory, rating, now=now, clock=clock, plan=plan, guess=guess, seed=seed)
        for rating in Rating
    }


def retrievability(memory: Memory, day: date) -> float | None:
    """Return the chance (0..1) that the fact is recalled on a study day: R = (1 + F t/S)^(-w20), F = 0.9^(-1/w20) - 1.

    None for a NEW memory and within the day of the last review, where FSRS-6 has no curve worth showing.
    Source: FSRS-6 (py-fsrs, `get_card_retrievability`).
    """
    if memory.stability is None or memory.last_day is None or day <= memory.last_day:
        return None
    elapsed = (day - memory.last_day).days
    return float((1 + _FACTOR * elapsed / memory.stability) ** _DECAY)


def interval(stability: float, desired_retention: float) -> float:
    """Return the days until retrievability falls to `desired_retention`: I = (S/F) (DR^(-1/w20) - 1). Source:
    FSRS-6."""
    return float(stability / _FACTOR * (desired_retention ** (1 / _DECAY) - 1))


def wait(memory: Memory, *, now: datetime, clock: StudyClock) -> timedelta:
    """Return how long until a memory is due, never negative: to the second in steps, in whole study days in REVIEW."""
    if memory.due_day is None:
        return timedelta(0)
    if memory.due_at is not None:
        return max(memory.due_at - as_utc(now), timedelta(0))
    return max(memory.due_day - clock.day(now), timedelta(0))


def describe_wait(wait: timedelta) -> str:
    """Return a wait as a button shows it: "now", "10 min", "5 h", "12 days", "3 months", "1.4 years"."""
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


def to_json(memory: Memory) -> dict[str, Any]:
    """Return a memory as JSON-ready values, stored with each review so that it can be undone; days are ISO strings."""
    return {
        "state": int(memory.state),
        "step": memory.step,
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "last_day": memory.last_day and memory.last_day.isoformat(),
        "due_day": memory.due_day and memory.due_day.isoformat(),
        "due_at": memory.due_at and memory.due_at.isoformat(),
        "reps": memory.reps,
        "lapses": memory.lapses,
    }


def from_json(stored: dict[str, Any]) -> Memory:
    """Return the memory that `to_json` wrote, exactly. Raises ValueError for an unknown state or a bad day."""
    state = State(stored["state"])
    last_day, due_day = (_parsed(date, stored[name]) for name in ("last_day", "due_day"))
    due_at = _parsed(datetime, stored["due_at"])
    return Memory(**{**stored, "state": state, "last_day": last_day, "due_day": due_day, "due_at": due_at})


def _reviewed(memory: Memory, rating: Rating, today: date) -> fsrs.Card:
    """Return the py-fsrs card after a rating, with midnight UTC for every study day."""
    review_time = _midnight(today)
    # An id and a due date are always given: without them py-fsrs sleeps a millisecond and reads the clock.
    card = fsrs.Card(
        card_id=0,
        state=fsrs.State(memory.state or State.LEARNING),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=review_time,
        # Never later than today: where the clock ran backwards, no time has passed.
        last_review=None if memory.last_day is None else _midnight(min(memory.last_day, today)),
    )
    reviewed, _ = _SCHEDULER.review_card(card, fsrs.Rating(rating), review_time)
    return reviewed


def _strength(memory: Memory, card: fsrs.Card, rating: Rating, today: date, guess: float) -> tuple[float, float]:
    """Stability and difficulty after a rating. A right answer that may have been a guess lies between Good
    and Again, weighed by the posterior chance of knowing, R / (R + (1 - R) g): ln S and D are blended."""
    assert card.stability is not None and card.difficulty is not None
    if rating != Rating.GOOD or guess == 0:
        return card.stability, card.difficulty
    again = _reviewed(memory, Rating.AGAIN, today)
    assert again.stability is not None and again.difficulty is not None
    known = retrievability(memory, today) or _PRIOR_KNOWN
    weight = known / (known + (1 - known) * guess)
    log_stability = weight * math.log(card.stability) + (1 - weight) * math.log(again.stability)
    return math.exp(log_stability), weight * card.difficulty + (1 - weight) * again.difficulty


def _whole_days(days: float) -> int:
    return min(max(round(days), 1), MAX_INTERVAL)


def _fuzz_range(days: int) -> tuple[int, int]:
    """Return the shortest and longest interval (days, both included) that may stand for `days`: none below 2.5, then
    one day and 15 % of what lies in 2.5-7, 10 % in 7-20 and 5 % above. Source: Anki's `fuzz_bounds`."""
    if days < 2.5:
        return days, days
    delta = 1 + sum(share * max(min(days, end) - start, 0.0) for start, end, share in _FUZZ_BANDS)
    return max(2, round(days - delta)), min(MAX_INTERVAL, round(days + delta))


def _parsed(kind: type[_Moment], text: str | None) -> _Moment | None:
    return None if text is None else kind.fromisoformat(text)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _count(number: float, unit: str) -> str:
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"
