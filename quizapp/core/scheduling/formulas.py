"""The formulas of FSRS-6 for days after the last answer and for the same day, as plain functions of numbers.

py-fsrs remains what moves a learner's memory. A forecast evaluates these formulas some ten thousand times for one page,
for which its objects take too long; a test compares the two. Source: FSRS-6 (py-fsrs, `scheduler.py`).
"""

from math import exp
from typing import NamedTuple

import fsrs

_W = fsrs.Scheduler().parameters
_DECAY = -_W[20]
_FACTOR = 0.9 ** (1 / _DECAY) - 1
_AGAIN, _GOOD, _EASY = 1, 3, 4
_SHORTEST = 0.001  # days: no stability is below it


class Strength(NamedTuple):
    """How strong a memory is: its stability in days, and its difficulty 1..10."""

    stability: float
    difficulty: float


def recall_after(days: float, strength: Strength) -> float:
    """Return the chance (0..1) of recall so many days after an answer; 1 on the same day."""
    return float((1 + _FACTOR * days / strength.stability) ** _DECAY) if days > 0 else 1.0


def first_strength(*, known: bool) -> Strength:
    """Return the strength after the first answer to a fact, right or wrong."""
    rating = _GOOD if known else _AGAIN
    return Strength(_W[rating - 1], _clamped(_first_difficulty(rating)))


def after_right(strength: Strength, recall: float) -> Strength:
    """Return the strength after a right answer on a later day, at which the chance of recall was `recall`."""
    stability, difficulty = strength
    growth = exp(_W[8]) * (11 - difficulty) * stability ** -_W[9] * (exp(_W[10] * (1 - recall)) - 1)
    return Strength(stability * (1 + growth), _next_difficulty(difficulty, _GOOD))


def after_wrong(strength: Strength, recall: float) -> Strength:
    """Return the strength after a wrong answer on a later day, at which the chance of recall was `recall`."""
    stability, difficulty = strength
    forgotten = _W[11] * difficulty ** -_W[12] * ((stability + 1) ** _W[13] - 1) * exp(_W[14] * (1 - recall))
    lowest = max(min(forgotten, stability / exp(_W[17] * _W[18])), _SHORTEST)
    return Strength(lowest, _next_difficulty(difficulty, _AGAIN))


def after_repeat(strength: Strength) -> Strength:
    """Return the strength after a right answer on the day of the last one."""
    stability, difficulty = strength
    growth = exp(_W[17] * _W[18]) * stability ** -_W[19]
    return Strength(stability * max(growth, 1.0), _next_difficulty(difficulty, _GOOD))


def _first_difficulty(rating: int) -> float:
    return _W[4] - exp(_W[5] * (rating - 1)) + 1


def _next_difficulty(difficulty: float, rating: int) -> float:
    changed = difficulty - _W[6] * (rating - 3) * (10 - difficulty) / 9
    return _clamped(_W[7] * _first_difficulty(_EASY) + (1 - _W[7]) * changed)


def _clamped(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)
