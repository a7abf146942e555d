"""How long each kind of answer takes a learner, including reading the feedback, estimated from recent answers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from statistics import fmean

LONGEST = 120.0  # seconds from one answer to the next; beyond it the learner was away
# The number of answers after which the learner's own times count as much as the standard ones.
_FEW = 10


class AnswerKind(StrEnum):
    """The kinds of answers that take different times. The values are the fields of `AnswerTimes`."""

    FIRST = "first"  # to a new fact
    RIGHT = "right"  # right, and the first answer to the fact on this study day
    WRONG = "wrong"  # wrong, and the first answer to the fact on this study day
    REPEAT = "repeat"  # to a fact that was answered before on this study day


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """The mean time of each kind of answer in seconds: the question, the answer and reading the feedback."""

    first: float = 20.0
    right: float = 9.0
    wrong: float = 16.0
    repeat: float = 7.0


STANDARD_TIMES = AnswerTimes()


@dataclass(frozen=True, slots=True)
class RecentAnswer:
    """An answer given at an instant, `seconds` after its question was shown (None: not known).

    `guess` is the chance (0..1) of a right answer without knowing the fact. `stability` (days, 0 for a new fact) and
    `predicted`, the retrievability (None at the first meeting and within a day), are those just before.
    """

    kind: AnswerKind
    at: datetime
    seconds: float | None
    right: bool
    guess: float
    predicted: float | None
    stability: float = 0.0


def estimate_times(answers: Sequence[RecentAnswer]) -> AnswerTimes:
    """Return a learner's times from recent answers, oldest first.

    With few answers, the estimates stay close to the standard times: the overall pace is estimated first, as a
    multiple of them, and then the time of each kind from that pace.
    """
    taken = list(_times_taken(answers))
    standard = {kind: getattr(STANDARD_TIMES, kind) for kind in AnswerKind}
    pace = _shrunk((seconds / standard[kind] for kind, seconds in taken), toward=1.0)
    return AnswerTimes(
        **{
            kind.value: _shrunk((seconds for of, seconds in taken if of == kind), toward=pace * usual)
            for kind, usual in standard.items()
        }
    )


def _times_taken(answers: Sequence[RecentAnswer]) -> Iterator[tuple[AnswerKind, float]]:
    """Yield the kind of each answer and the seconds from its question to the next one, unless a pause followed.

    If it is not known when the next question was shown, use the time from one answer to the next.
    """
    for answer, following in pairwise(answers):
        gap = (following.at - answer.at).total_seconds()
        if not 0 <= gap <= LONGEST:
            continue
        if answer.seconds is not None and following.seconds is not None:
            yield answer.kind, min(answer.seconds + max(gap - following.seconds, 0.0), LONGEST)
        elif gap:
            yield following.kind, gap


def _shrunk(values: Iterable[float], *, toward: float) -> float:
    return fmean([*values, *[toward] * _FEW])
