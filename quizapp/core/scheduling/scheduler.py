"""When a fact is asked again: FSRS-6 over study days.

py-fsrs computes stability and difficulty. Three things are added here: time passes in whole study days (each one is
midnight UTC for py-fsrs), a right answer may have been a lucky guess, and due days are spread by a reproducible fuzz.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import lru_cache
from random import Random
from typing import Any, TypeVar

import fsrs

from quizapp.core import defaults
from quizapp.core.scheduling.exam_plan import ExamPlan
from quizapp.core.scheduling.study_days import StudyClock, as_utc

MAX_INTERVAL = 36_500  # days
LEECH_LAPSES, LEECH_STEP = 8, 4  # a fact is suspended after so many lapses, and again after every few more

_Moment = TypeVar("_Moment", bound=date)

Parameters = tuple[float, ...]  # the 21 weights of FSRS-6
STANDARD: Parameters = fsrs.Scheduler().parameters
STANDARD_DECAY = STANDARD[20]
# The assumed chance of knowing a fact that was never reviewed, or was reviewed the same day.
_PRIOR_KNOWN = 0.5
# So long after it was due, a learning step still belongs to the study day of the last answer: no night lies between.
_STEP_LASTS = timedelta(hours=4)
# (from days, to days, share of the days in between), as in Anki
_FUZZ_BANDS = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, math.inf, 0.05))


class State(IntEnum):
    """The state of a memory. All but NEW have the numbers of py-fsrs."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


class Rating(IntEnum):
    """How well a fact was recalled; the numbers are those of FSRS."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Memory:
    """The FSRS state of one learner and one fact.

    Stability is in days, difficulty 1..10. `last_day` is the study day of the last review, and `due_day` that of the
    next one: days rather than instants, so that daylight saving and a new time zone do not move them. `due_at` (UTC) is
    set only during (re)learning steps, which are minutes apart. `lapses` counts how often the fact was forgotten in
    REVIEW. `decay` is w20 of the parameters that stability was computed with: how steeply the curve of forgetting
    falls. Raises ValueError for a naive `due_at`.
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
    decay: float = STANDARD_DECAY

    def __post_init__(self) -> None:
        if self.due_at is not None:
            object.__setattr__(self, "due_at", as_utc(self.due_at))


NEW_MEMORY = Memory(State.NEW, None, None, None, None, None, None, 0, 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """How one learner studies one set: the desired retention (0.70..0.97) and the new facts per study day.

    Until `exam_day` has passed, nothing is due on it, and each day's facts are chosen for it (core.scheduling.exam):
    `planned_on` is the study day for which this was done last, and `planned_new` the new facts it brings. `exam_since`,
    `exam_minutes` and `exam_pace` are `since`, `minutes` and `pace` of an ExamPlan. The weekdays in `easy_days` (Monday
    is 0) are kept free if the fuzz allows; `ceiling` is the most facts reviewed per study day. `parameters` and
    `interval_factor`, by which intervals are multiplied, are the same in all plans of a learner
    (core.scheduling.personal). Raises ValueError for values out of range.
    """

    desired_retention: float = defaults.DESIRED_RETENTION
    new_per_day: int = defaults.NEW_PER_DAY
    exam_day: date | None = None
    easy_days: tuple[int, ...] = ()
    ceiling: int | None = None
    exam_since: date | None = None
    exam_minutes: int = defaults.EXAM_MINUTES
    exam_pace: int | None = None
    planned_on: date | None = None
    planned_new: int | None = None
    parameters: Parameters = STANDARD
    interval_factor: float = 1.0

    def __post_init__(self) -> None:
        if not defaults.LOWEST_RETENTION <= self.desired_retention <= defaults.HIGHEST_RETENTION:
            raise ValueError(f"desired retention {self.desired_retention!r} is out of range")
        if self.new_per_day < 0:
            raise ValueError(f"new per day {self.new_per_day!r} is negative")
        if not set(self.easy_days) <= set(range(7)):
            raise ValueError(f"easy days {self.easy_days!r} are not weekdays 0..6")
        if self.ceiling is not None and self.ceiling < 1:
            raise ValueError(f"ceiling {self.ceiling!r} is not 1 or more")

    @property
    def aim(self) -> float:
        """The recall (0..1) for which intervals are chosen, so that the recall over all reviews is the desired one.

        Facts that were forgotten are due after a day, the shortest interval, which is too long for a high retention:
        they are recalled less often, and the others make up for it, unless a fact lasts longer than half a day after a
        wrong first answer. The figures were found by simulation (tests/simulate.py retention).
        """
        extra = min(0.25 * max(self.desired_retention - 0.85, 0.0), 0.013)
        lasts = self.parameters[0]  # days until the recall falls to 90 %
        return self.desired_retention + extra * min(max(2.0 - 4.0 * lasts, 0.0), 1.0)

    def needs_planning(self, today: date) -> bool:
        """Return whether a day's facts still have to be chosen for the exam, or it is over and has to be removed."""
        return self.exam_day is not None and (self.exam_day < today or self.planned_on != today)

    def exam_plan(self, today: date) -> ExamPlan | None:
        """Return how to prepare for the exam, from the day before it at the latest; None without an exam to come."""
        if self.exam_day is None or self.exam_day <= today:
            return None
        since = self.exam_since or today
        return ExamPlan(self.exam_day, min(since, today), self.exam_minutes, self.exam_pace, self.easy_days)


def after_answer(
    memory: Memory,
    rating: Rating,
    *,
    now: datetime,
    clock: StudyClock,
    plan: Plan,
    guess: float = 0.0,
    seed: str | int,
    day: date | None = None,
) -> Memory:
    """Return the memory after an answer with this rating.

    `now` is aware; `guess` is the chance (0..1) of a right answer without knowing the fact; `seed` identifies the
    learner and the fact, so that the same answer always leads to the same due day. `day` is the study day that a
    recorded answer counts for, where the learner's clock may have changed since.

    No time has passed if the clock ran backwards since the last review, if the learner travelled west into the day
    before, or in a learning step that goes on past the rollover. A right answer to a fact in REVIEW on the day of its
    last review neither lowers its stability nor makes it due sooner. Raises ValueError for a naive `now` or a guess out
    of range.
    """
    if not 0 <= guess <= 1:
        raise ValueError(f"chance of a lucky guess {guess!r} is not 0..1")
    now = as_utc(now)
    elapsed, last_day = _elapsed(memory, now, day or clock.day(now))
    card = _reviewed(memory, rating, elapsed, last_day, plan.parameters)
    stability, difficulty = _strength(memory, card, rating, elapsed, last_day, guess, plan.parameters)
    decay = plan.parameters[20]
    due_at: datetime | None = None
    if card.state == fsrs.State.Review:
        due = due_day(stability, last_day, plan, seed, memory.reps + 1, decay)
        if _is_known_today(memory, rating, elapsed):
            due = max(due, memory.due_day or due)
    else:
        due_at = now + (card.due - _midnight(last_day))
        due = clock.day(due_at)
    return Memory(
        state=State(card.state),
        step=card.step,
        stability=stability,
        difficulty=difficulty,
        last_day=last_day,
        due_day=due,
        due_at=due_at,
        reps=memory.reps + 1,
        lapses=memory.lapses + (memory.state == State.REVIEW and rating == Rating.AGAIN),
        decay=decay,
    )


def due_day(
    stability: float, last_day: date, plan: Plan, seed: str | int, reps: int, decay: float = STANDARD_DECAY
) -> date:
    """Return the study day on which a memory in REVIEW is due, at least one day after its `reps`-th (last) review.

    The interval of FSRS is varied within its fuzz, and falls on an easy day only if no other day is in range. Before
    the exam, nothing is due later than the day before it; what was reviewed on that day is due after the exam.
    """
    days_until_due = plan.interval_factor * interval(stability, plan.aim, decay)
    shortest, longest = _fuzz_range(_whole_days(days_until_due))
    days: Sequence[int] = range(shortest, longest + 1)
    if plan.easy_days:
        days = [day for day in days if (last_day.weekday() + day) % 7 not in plan.easy_days] or days
    # One random number for all four ratings, so that a better rating never leads to an earlier day.
    place = int(Random(f"{seed}:{reps - 1}").random() * len(days)) if len(days) > 1 else 0
    due = last_day + timedelta(days=days[place])
    return _beside_exam(due, last_day, plan.exam_day) if plan.exam_day else due


def _beside_exam(due: date, last_day: date, exam: date) -> date:
    day_before = exam - timedelta(days=1)
    if last_day < day_before:
        return min(due, day_before)
    return max(due, exam + timedelta(days=1)) if last_day <= exam else due


def replanned(memory: Memory, plan: Plan, seed: str | int) -> Memory:
    """Return the memory with the due day under this plan. Plans do not affect learning steps."""
    if memory.state != State.REVIEW:
        return memory
    assert memory.stability is not None and memory.last_day is not None
    due = due_day(memory.stability, memory.last_day, plan, seed, memory.reps, memory.decay)
    return replace(memory, due_day=due)


def next_memories(
    memory: Memory, *, now: datetime, clock: StudyClock, plan: Plan, guess: float = 0.0, seed: str | int
) -> dict[Rating, Memory]:
    """Return the memory after each rating, as `after_answer` returns it, for the labels of the buttons."""
    return {
        rating: after_answer(memory, rating, now=now, clock=clock, plan=plan, guess=guess, seed=seed)
        for rating in Rating
    }


def retrievability(memory: Memory, day: date) -> float | None:
    """Return the chance (0..1) of recall on a study day: R = (1 + F t/S)^(-w20), F = 0.9^(-1/w20) - 1.

    None for a NEW memory and on the day of the last review, for which FSRS-6 has no useful curve. Source: FSRS-6
    (py-fsrs, `get_card_retrievability`).
    """
    if memory.stability is None or memory.last_day is None or day <= memory.last_day:
        return None
    elapsed = (day - memory.last_day).days
    return chance_after(elapsed, memory.stability, memory.decay)


def chance_after(days: float, stability: float, decay: float = STANDARD_DECAY) -> float:
    """Return the chance (0..1) of recall so many days after a review, by the formula of `retrievability`."""
    return float((1 + _factor(decay) * days / stability) ** -decay)


def predicted_recall(memory: Memory, *, now: datetime, clock: StudyClock, day: date | None = None) -> float | None:
    """Return the chance (0..1) of recall in an answer given now, as `retrievability` does; `day` as in `after_answer`.

    None also in a learning step that goes on past the rollover.
    """
    elapsed, last_day = _elapsed(memory, as_utc(now), day or clock.day(now))
    return retrievability(memory, last_day) if elapsed else None


def interval(stability: float, desired_retention: float, decay: float = STANDARD_DECAY) -> float:
    """Return the days until retrievability falls to `desired_retention`: I = (S/F) (DR^(-1/w20) - 1).

    Source: FSRS-6.
    """
    return float(stability / _factor(decay) * (desired_retention ** (-1 / decay) - 1))


def leech_limit(lapses: int) -> int:
    """Return the number of lapses, up to this one, at which a fact was suspended last: 8, 12, 16 …; 0 for none yet.

    A fact that is forgotten so often has to be learned in another way.
    """
    if lapses < LEECH_LAPSES:
        return 0
    return lapses - (lapses - LEECH_LAPSES) % LEECH_STEP


def to_json(memory: Memory) -> dict[str, Any]:
    """Return a memory as JSON values, stored with each review so that it can be undone; days are ISO strings."""
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
        "decay": memory.decay,
    }


def from_json(stored: dict[str, Any]) -> Memory:
    """Return the memory that `to_json` stored. Raises ValueError for an unknown state or an invalid day."""
    state = State(stored["state"])
    last_day, due_day = (_parsed(date, stored[name]) for name in ("last_day", "due_day"))
    due_at = _parsed(datetime, stored["due_at"])
    return Memory(**{**stored, "state": state, "last_day": last_day, "due_day": due_day, "due_at": due_at})


@lru_cache(maxsize=256)
def _scheduler(parameters: Parameters) -> fsrs.Scheduler:
    """Return the scheduler for these parameters. It serves every desired retention: the fuzz and the interval of
    py-fsrs are not used."""
    return fsrs.Scheduler(parameters, enable_fuzzing=False)


@lru_cache(maxsize=256)
def _factor(decay: float) -> float:
    return float(0.9 ** (-1 / decay) - 1)


def _elapsed(memory: Memory, now: datetime, today: date) -> tuple[int, date]:
    """Return the study days since the last review, never negative, and the later of its day and `today`.

    A learning step is answered on the day of the answer before it, unless it was left for longer than _STEP_LASTS.
    """
    if memory.last_day is None:
        return 0, today
    goes_on = memory.due_at is not None and now < memory.due_at + _STEP_LASTS
    elapsed = 0 if goes_on else max((today - memory.last_day).days, 0)
    return elapsed, max(memory.last_day, today)


def _is_known_today(memory: Memory, rating: Rating, elapsed: int) -> bool:
    """Return whether this is a right answer to a fact in REVIEW on the day of its last review."""
    return memory.state == State.REVIEW and rating != Rating.AGAIN and not elapsed


def _reviewed(memory: Memory, rating: Rating, elapsed: int, today: date, parameters: Parameters) -> fsrs.Card:
    """Return the py-fsrs card after a rating; each study day is midnight UTC."""
    review_time = _midnight(today)
    # Pass an id and a due date: without them py-fsrs sleeps for a millisecond and reads the clock.
    card = fsrs.Card(
        card_id=0,
        state=fsrs.State(memory.state or State.LEARNING),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=review_time,
        last_review=None if memory.last_day is None else review_time - timedelta(days=elapsed),
    )
    reviewed, _ = _scheduler(parameters).review_card(card, fsrs.Rating(rating), review_time)
    return reviewed


def _strength(
    memory: Memory, card: fsrs.Card, rating: Rating, elapsed: int, today: date, guess: float, parameters: Parameters
) -> tuple[float, float]:
    """Return stability and difficulty after a rating.

    For a right answer that may have been a guess, ln S and D are weighted means of those after Good and Again. The
    weight is the posterior chance of knowing, R / (R + (1 - R) g). It is 1 for a fact in REVIEW that was answered
    earlier in the day: it is fresh in mind.
    """
    assert card.stability is not None and card.difficulty is not None
    if _is_known_today(memory, rating, elapsed):
        return max(card.stability, memory.stability or 0.0), card.difficulty
    if rating != Rating.GOOD or guess == 0:
        return card.stability, card.difficulty
    again = _reviewed(memory, Rating.AGAIN, elapsed, today, parameters)
    assert again.stability is not None and again.difficulty is not None
    known = (retrievability(memory, today) if elapsed else None) or _PRIOR_KNOWN
    weight = known / (known + (1 - known) * guess)
    log_stability = weight * math.log(card.stability) + (1 - weight) * math.log(again.stability)
    return math.exp(log_stability), weight * card.difficulty + (1 - weight) * again.difficulty


def _whole_days(days: float) -> int:
    return min(max(round(days), 1), MAX_INTERVAL)


def _fuzz_range(days: int) -> tuple[int, int]:
    """Return the shortest and longest interval (days, both included) that may replace `days`.

    There is no fuzz below 2.5 days; above, it is one day and 15 % of the part in 2.5-7, 10 % in 7-20 and 5 % beyond.
    Source: Anki's `fuzz_bounds`.
    """
    if days < 2.5:
        return days, days
    delta = 1 + sum(share * max(min(days, end) - start, 0.0) for start, end, share in _FUZZ_BANDS)
    return max(2, round(days - delta)), min(MAX_INTERVAL, round(days + delta))


def _parsed(kind: type[_Moment], text: str | None) -> _Moment | None:
    return None if text is None else kind.fromisoformat(text)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
