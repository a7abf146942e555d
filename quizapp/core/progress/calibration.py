"""Whether a learner's confidence is justified: how often answers given with each level of it were right."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from quizapp.core.progress.shares import Share


class Confidence(IntEnum):
    """How sure a learner was of an answer before seeing the verdict."""

    UNSURE = 1
    FAIRLY = 2
    CERTAIN = 3


class CalibrationFinding(StrEnum):
    """How answers given when certain compare with those given when unsure."""

    TELLS = "tells"  # right more often when certain, beyond chance
    MISLEADS = "misleads"  # right less often when certain, beyond chance
    OPEN = "open"  # chance explains the difference


@dataclass(frozen=True, slots=True)
class ConfidenceLevel:
    """The answers given with one level of confidence, and how many were right."""

    confidence: Confidence
    share: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """All levels of confidence, from unsure to certain."""

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
        """Return whether confidence is justified, or None if there are too few certain or unsure answers.

        If two 95 % intervals do not touch, the difference is more than chance; this test is strict. Source: Schenker
        and Gentleman (2001), on judging a difference by examining the overlap between intervals.
        """
        unsure, certain = self.levels[0].share, self.levels[-1].share
        if unsure.share is None or certain.share is None:
            return None
        if certain.bounds[0] > unsure.bounds[1]:
            return CalibrationFinding.TELLS
        return CalibrationFinding.MISLEADS if certain.bounds[1] < unsure.bounds[0] else CalibrationFinding.OPEN


def calibration(counts: Mapping[int, tuple[int, int]]) -> Calibration:
    """Return the calibration from (answers, right answers) for each Confidence; a missing one has no answers."""
    return Calibration(tuple(ConfidenceLevel(each, Share(*counts.get(each, (0, 0)))) for each in Confidence))
