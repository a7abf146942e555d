"""Retention: how much of what was learned is recalled. Lucky guesses do not count."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

FEWEST_ANSWERS = 30  # with fewer, the share says more about chance than about memory
_NORMAL_95 = 1.96  # standard deviations around the mean that cover 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Retention:
    """Answers to learned facts, each given a day or more after the one before.

    `correct` of them were right. With g the chance of a lucky guess, `recalled` is the sum of (right - g)/(1 - g), and
    `guess_odds` that of g/(1 - g).
    """

    answers: int = 0
    correct: int = 0
    recalled: float = 0.0
    guess_odds: float = 0.0

    def __add__(self, other: Retention) -> Retention:
        return Retention(
            self.answers + other.answers,
            self.correct + other.correct,
            self.recalled + other.recalled,
            self.guess_odds + other.guess_odds,
        )

    @property
    def missing(self) -> int:
        """Return the number of answers still needed to estimate the share."""
        return max(FEWEST_ANSWERS - self.answers, 0)

    @property
    def share(self) -> float | None:
        """Return the estimated share recalled, 0..1, or None if there are too few answers."""
        return None if self.missing else max(self.recalled / self.answers, 0.0)

    @property
    def lucky(self) -> float:
        """Return the estimated number of right answers that were lucky guesses."""
        return max(self.correct - max(self.recalled, 0.0), 0.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the 95 % confidence interval of the share, 0..1. Raises ZeroDivisionError without answers.

        An answer is right with the chance g + (1 - g)r, so the mean of (right - g)/(1 - g) has the mean r and the
        variance (1 - r)(r + o)/n, o being the mean of g/(1 - g). The bounds are the r that are 1.96 standard deviations
        from the estimate. Without guesses this is Wilson's score interval.
        """
        n, mean, odds = self.answers, self.recalled / self.answers, self.guess_odds / self.answers
        z2 = _NORMAL_95**2 / n
        middle = mean + z2 * (1 - odds) / 2
        reach = sqrt(max(middle**2 - (1 + z2) * (mean**2 - z2 * odds), 0.0))
        return max((middle - reach) / (1 + z2), 0.0), min((middle + reach) / (1 + z2), 1.0)

    @property
    def uncertainty(self) -> float:
        """Return half the width of the confidence interval, 0..1. Raises ZeroDivisionError without answers."""
        low, high = self.bounds
        return (high - low) / 2

    def compared(self, target: float) -> str | None:
        """Return 'below', 'at' or 'above' the target (0..1), or None if there are too few answers.

        'at' means that the difference may be chance.
        """
        if self.missing:
            return None
        low, high = self.bounds
        if high < target:
            return "below"
        return "above" if low > target else "at"


def recalled(right: bool, guess: float) -> float:
    """Return what an answer says about recall, (right - g)/(1 - g); its mean is the share recalled.

    `guess` is the chance of a lucky guess, 0 <= g < 1.
    """
    return (right - guess) / (1 - guess)
