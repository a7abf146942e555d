"""Shares of right answers, and how reliable they are."""

from dataclasses import dataclass
from math import sqrt

FEWEST_ANSWERS = 10  # with fewer, a share says more about chance than about memory
_NORMAL_95 = 1.96  # standard deviations around the mean that cover 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Share:
    """The number of answers, and how many of them were right."""

    answers: int
    correct: int

    @property
    def share(self) -> float | None:
        """Return the share of right answers, 0..1, or None if there are too few answers."""
        return self.correct / self.answers if self.answers >= FEWEST_ANSWERS else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the 95 % confidence interval of the share, 0..1. Source: Wilson (1927), the score interval.

        Raises ZeroDivisionError when there are no answers.
        """
        n, z = self.answers, _NORMAL_95
        share = self.correct / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        reach = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return max(0.0, middle - reach), min(1.0, middle + reach)
