"""Whether a learner's certainty tells: how often answers given with each degree of it were right."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from quizapp.core.progress.shares import Share


class Confidence(IntEnum):
    """How sure a learner was of an answer, before seeing whether it was right."""

    UNSURE = 1
    FAIRLY = 2
    CERTAIN = 3


class CalibrationFinding(StrEnum):
    """What the answers given when certain say beside those given when unsure."""

    TELLS = "tells"  # right more often when certain, beyond chance
    MISLEADS = "misleads"  # right less often when certain, beyond chance
    OPEN = "open"  # chance explains the difference


@dataclass(frozen=True, slots=True)
class ConfidenceLevel:
    """The answers given with one degree of confidence, and how many were right."""

    confidence: Confidence
    share: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """Every degree of confidence, from unsure to certain."""

    levels: tuple[ConfidenceLevel, ...]

    @property
    def answers(self) -> int:
        return sum(level.share.answers for level in self.levels)

    @property
    def certain_but_wrong(self) -> int:
        certain = self.levels[-1].share
        return certain.answers - certain.correct

    @property
    def finding(self) -> CalibrationFinding | None:
        """Whether certainty tells; None where either end has too few answers.

        Two intervals of 95 % that do not touch differ by more than chance; this test is strict rather than lenient.
        Source: Schenker and Gentleman (2001), on judging a difference by examining the overlap between intervals.
        """
        unsure, certain = self.levels[0].share, self.levels[-1].share
        if unsure.share is None or certain.share is None:
            return None
        if certain.bounds[0] > unsure.bounds[1]:
            return CalibrationFinding.TELLS
        return CalibrationFinding.MISLEADS if certain.bounds[1] < unsure.bounds[0] else CalibrationFinding.OPEN


def calibration(counts: Mapping[int, tuple[int, int]]) -> Calibration:
    """Return the calibration out of (answers, right ones) for each Confidence; one that is missing has none."""
    return Calibration(tuple(ConfidenceLevel(each, Share(*counts.get(each, (0, 0)))) for each in Confidence))
