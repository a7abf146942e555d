"""The curve of a memory: how the chance of recall fell between reviews, rose with each answer, and will fall."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from quizapp.core.scheduling.scheduler import Memory, retrievability

POINTS = 120  # about how many points make up the whole curve
FURTHEST = 365  # days shown after today at least, even if a fact is due only in some years

_ONE_DAY = timedelta(days=1)

Point = tuple[date, float]  # a study day, and the chance of recall on it (0..1)


@dataclass(frozen=True, slots=True)
class ReviewPoint:
    """A review for the curve: its study day, whether the fact was recalled, and the memory after it.

    `predicted` is the chance of recall (0..1) just before it, None for a first meeting and on the same day.
    """

    day: date
    right: bool
    predicted: float | None
    after: Memory


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """The mark of a review on the curve, at the chance of recall just before it.

    Without that chance the mark is above the curve, in a `row` that counts from 0.
    """

    day: date
    right: bool
    chance: float | None  # 0..1
    row: int


@dataclass(frozen=True, slots=True)
class MemoryCurve:
    """The curve to draw: `past` has a piece for each time between reviews, falling from 1; `ahead` is the future."""

    start: date
    end: date
    today: date
    due: date
    past: tuple[tuple[Point, ...], ...]
    ahead: tuple[Point, ...]
    marks: tuple[ReviewMark, ...]
    left_out: int  # reviews without a mark, because their day has too many

    @property
    def days(self) -> int:
        """Return the number of days that the curve covers, at least one."""
        return (self.end - self.start).days

    @property
    def lowest(self) -> float:
        """Return the lowest chance of recall on the curve, 0..1."""
        return min(chance for stretch in (*self.past, self.ahead) for _, chance in stretch)


def chained(befores: Sequence[Memory], current: Memory) -> list[Memory]:
    """Return the memory after each review, given the memory before each of them and the current one."""
    return [*befores[1:], current][: len(befores)]


def memory_curve(recalls: Sequence[ReviewPoint], *, today: date, rows: int = 4) -> MemoryCurve:
    """Return the curve of a fact through its reviews, which come in order, to some days after its due day.

    Reviews without a prediction are marked above the curve, up to `rows` for each day. Raises ValueError when there are
    no reviews.
    """
    if not recalls:
        raise ValueError("a memory without a review has no curve")
    last = recalls[-1]
    due = last.after.due_day or last.day
    start = min(recall.day for recall in recalls)
    end = _end(start, due, max(today, last.day))
    step = max((end - start).days // POINTS, 1)
    now = max(today, last.day)
    stretches = [(one.after, one.day, other.day) for one, other in pairwise(recalls)] + [(last.after, last.day, now)]
    marks = _marks(recalls)
    return MemoryCurve(
        start=start,
        end=end,
        today=today,
        due=due,
        past=tuple(tuple(_fall(memory, first, to, step)) for memory, first, to in stretches if to > first),
        ahead=tuple(_fall(last.after, now, end, step)),
        marks=tuple(mark for mark in marks if mark.row < rows),
        left_out=sum(mark.row >= rows for mark in marks),
    )


def _end(start: date, due: date, now: date) -> date:
    """Return a day some time after the due day, but not more than a year or twice the past length ahead."""
    wanted = max(due, now) + max((max(due, now) - start) // 8, 3 * _ONE_DAY)
    return min(wanted, now + max(2 * (now - start), FURTHEST * _ONE_DAY))


def _fall(memory: Memory, first: date, to: date, step: int) -> Iterator[Point]:
    """Yield the chance of recall from one day to another, both included; on the day of the review it is 1."""
    for number in range(0, (to - first).days, step):
        yield _at(memory, first + number * _ONE_DAY)
    yield _at(memory, to)


def _at(memory: Memory, day: date) -> Point:
    chance = retrievability(memory, day)
    return day, 1.0 if chance is None else chance


def _marks(recalls: Sequence[ReviewPoint]) -> list[ReviewMark]:
    """Return a mark for each review; marks without a prediction are stacked in rows above their day."""
    stacked: dict[date, int] = {}
    marks = []
    for recall in recalls:
        row = 0
        if recall.predicted is None:
            row = stacked.get(recall.day, 0)
            stacked[recall.day] = row + 1
        marks.append(ReviewMark(recall.day, recall.right, recall.predicted, row))
    return marks
