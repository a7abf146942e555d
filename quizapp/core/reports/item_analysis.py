"""Item analysis: how hard each question of a quiz was, and how well it discriminated between learners.

Source of the formulas: Moodle's quiz statistics. x is a learner's mark (0..1) for the question, and y the sum of the
marks for the rest of the quiz, y = total - x. Each learner's first finished attempt counts; variances and covariances
are those of a sample, divided by n - 1.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt
from typing import NamedTuple

from quizapp.core.kinds.base import Option

FEWEST = 10  # learners; with fewer, the numbers say more about chance than about the question
TOO_HARD, TOO_EASY = 0.2, 0.95  # facility


class ItemMark(NamedTuple):
    """One learner's mark for a question (x, 0..1), and the marks for the other questions (y)."""

    mark: float
    rest: float


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """The statistics of a question over n learners.

    Facility is 0..1, the discrimination index -100..100 per cent, and discriminative efficiency up to 100 per cent. The
    latter two are None if all learners have the same mark, or the same marks for the rest.
    """

    n: int
    facility: float
    discrimination: float | None
    efficiency: float | None
    same_mark: bool  # everybody got the same

    @property
    def is_small(self) -> bool:
        return self.n < FEWEST


class ItemProblem(StrEnum):
    """A possible problem of a question, according to its answers."""

    NEGATIVE = "negative"  # learners who did well elsewhere did worse here
    LURE = "lure"  # a distractor was chosen more often than the key
    TOO_HARD = "too-hard"
    TOO_EASY = "too-easy"
    SAME = "same"  # everybody got the same mark


@dataclass(frozen=True, slots=True)
class OptionCount:
    """An option, and how many of the n learners chose it."""

    pick: Option
    count: int
    n: int

    @property
    def share(self) -> float:
        return self.count / self.n if self.n else 0.0


def marks_of(attempt: Mapping[int, float], *, relative: bool = False) -> dict[int, ItemMark]:
    """Return x and y for each question (by its id) from the marks (0..1) of one learner's attempt.

    With `relative`, y is a mean, so that attempts at quizzes of different lengths are comparable.
    """
    total = fsum(attempt.values())
    others = len(attempt) - 1 if relative and len(attempt) > 1 else 1
    # Round, so that equal sums of thirds stay equal.
    return {key: ItemMark(mark, round((total - mark) / others, 9)) for key, mark in attempt.items()}


def analyse(marks: Sequence[ItemMark]) -> ItemStatistics:
    """Return the statistics of one question. Raises ValueError if nobody was asked.

    Facility = mean(x). Discrimination index = 100 cov(x, y) / sqrt(var x var y). Discriminative efficiency = 100 cov(x,
    y) / covmax(x, y), where covmax pairs x and y after sorting each.
    """
    if not marks:
        raise ValueError("nobody was asked this question")
    xs, ys = [each.mark for each in marks], [each.rest for each in marks]
    same_mark = min(xs) == max(xs)
    facility = fsum(xs) / len(xs)
    if same_mark or min(ys) == max(ys):
        return ItemStatistics(len(marks), facility, None, None, same_mark)
    together = covariance(xs, ys)
    most = covariance(sorted(xs), sorted(ys))
    index = 100 * together / sqrt(covariance(xs, xs) * covariance(ys, ys))
    return ItemStatistics(len(marks), facility, index, 100 * together / most, same_mark)


def covariance(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return the covariance of a sample: sum((x - mean x)(y - mean y)) / (n - 1), for n of 2 or more."""
    mean_x, mean_y = fsum(xs) / len(xs), fsum(ys) / len(ys)
    return fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / (len(xs) - 1)


def count(offered: Sequence[Option], chosen: Iterable[Option], n: int) -> list[OptionCount]:
    """Return how many learners chose each option: the offered ones in order, then those of earlier versions."""
    counted = Counter(chosen)
    order = [*offered, *(pick for pick in counted if pick not in offered)]
    return [OptionCount(pick, counted[pick], n) for pick in order]


def item_problems(item: ItemStatistics, chosen: Sequence[OptionCount]) -> list[ItemProblem]:
    """Return the possible problems of a question, the most serious first."""
    lure = max((each.count for each in chosen if not each.pick.right), default=0)
    key = min((each.count for each in chosen if each.pick.right), default=lure)
    found = {
        ItemProblem.NEGATIVE: item.discrimination is not None and item.discrimination < 0,
        ItemProblem.LURE: lure > key,
        ItemProblem.TOO_HARD: item.facility < TOO_HARD,
        ItemProblem.TOO_EASY: item.facility > TOO_EASY,
        ItemProblem.SAME: item.same_mark and item.n > 1,
    }
    return [fault for fault, present in found.items() if present]
