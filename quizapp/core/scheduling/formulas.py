"""The formulas of FSRS-6 for later days and for the same day, as plain functions of numbers.

py-fsrs is what moves a learner's memory on. A forecast evaluates these formulas some ten thousand times for one page,
for which its objects take too long; a test compares the two. Source: FSRS-6 (py-fsrs, `scheduler.py`).
"""

from math import exp
from typing import NamedTuple

from quizapp.core.scheduling.scheduler import STANDARD, Parameters

_AGAIN, _GOOD, _EASY = 1, 3, 4
_SHORTEST = 0.001  # days: no stability is below it


class Strength(NamedTuple):
    """How strong a memory is: its stability in days, and its difficulty 1..10."""

    stability: float
    difficulty: float


class Formulas:
    """The formulas with the given parameters."""

    def __init__(self, parameters: Parameters = STANDARD) -> None:
        self.w = parameters
        self.decay = -parameters[20]
        self.factor = 0.9 ** (1 / self.decay) - 1

    def recall_after(self, days: float, strength: Strength) -> float:
        """Return the chance (0..1) of recall so many days after an answer; 1 on the same day."""
        return self.recall_by_stability(days, strength.stability)

    def recall_by_stability(self, days: float, stability: float) -> float:
        return float((1 + self.factor * days / stability) ** self.decay) if days > 0 else 1.0

    def first(self, *, right: bool) -> Strength:
        """Return the strength after the first answer to a fact."""
        rating = _GOOD if right else _AGAIN
        return Strength(self.w[rating - 1], _clamped(self._first_difficulty(rating)))

    def after_right(self, strength: Strength, recall: float) -> Strength:
        """Return the strength after a right answer on a later day, at which the chance of recall was `recall`."""
        return Strength(self.stability_after_right(strength, recall), self._next_difficulty(strength.difficulty, _GOOD))

    def after_wrong(self, strength: Strength, recall: float) -> Strength:
        """Return the strength after a wrong answer on a later day, at which the chance of recall was `recall`."""
        return Strength(
            self.stability_after_wrong(strength, recall), self._next_difficulty(strength.difficulty, _AGAIN)
        )

    def after_repeat(self, strength: Strength) -> Strength:
        """Return the strength after a right answer on the day of the last one."""
        return Strength(
            self.stability_after_repeat(strength.stability), self._next_difficulty(strength.difficulty, _GOOD)
        )

    # The stability alone, for whom the difficulty makes no difference

    def stability_after_right(self, strength: Strength, recall: float) -> float:
        w, (stability, difficulty) = self.w, strength
        growth = exp(w[8]) * (11 - difficulty) * stability ** -w[9] * (exp(w[10] * (1 - recall)) - 1)
        return float(stability * (1 + growth))

    def stability_after_wrong(self, strength: Strength, recall: float) -> float:
        w, (stability, difficulty) = self.w, strength
        forgotten = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * exp(w[14] * (1 - recall))
        return float(max(min(forgotten, stability / exp(w[17] * w[18])), _SHORTEST))

    def stability_after_repeat(self, stability: float) -> float:
        w = self.w
        return float(stability * max(exp(w[17] * w[18]) * stability ** -w[19], 1.0))

    def _first_difficulty(self, rating: int) -> float:
        return self.w[4] - exp(self.w[5] * (rating - 1)) + 1

    def _next_difficulty(self, difficulty: float, rating: int) -> float:
        w = self.w
        changed = difficulty - w[6] * (rating - 3) * (10 - difficulty) / 9
        return _clamped(w[7] * self._first_difficulty(_EASY) + (1 - w[7]) * changed)


def _clamped(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)
