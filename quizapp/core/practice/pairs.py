"""Which of two events came first: pairs from a timeline, and pairs that a learner put in the wrong order."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from math import ceil
from random import Random

from quizapp.core.practice.moments import Moment, Span, count_dates, span_of

TRIES = 40  # pairs drawn at random before all the rest are used in order
NEAREST = 0.1  # the smallest share of the later events from which the second one is chosen
FEW = 100  # facts
HEAD_START = 2  # right and wrong answers assumed at the start

Dated = tuple[int, str]  # a fact's id and its date, EDTF
Pair = tuple[int, int]  # the earlier, the later


def comes_before(earlier: str, later: str) -> bool:
    """Return whether one EDTF date was certainly over before the other began."""
    return span_of(earlier).is_before(span_of(later))


def reach(right: int, wrong: int) -> float:
    """Return how far apart two events may be, as the share (NEAREST..1) of later moments, nearest first.

    The share is 1 for learners who get half of the pairs right, and falls as they get more right.
    """
    share = (right + HEAD_START) / (right + wrong + 2 * HEAD_START)
    return min(1.0, max(NEAREST, 2 * (1 - share)))


def pairs_in_time(facts: Iterable[Dated], *, reach: float, seed: str, without: Collection[Pair] = ()) -> Iterator[Pair]:
    """Yield pairs of facts of which one certainly came first, without repeats: first random near ones, then all.

    Overlapping and uncertain dates form no pairs. Intervals are compared only in a set without other dates, because
    "first" could refer to their start or end.
    """
    spans = {fact_id: (span_of(date), "/" in date) for fact_id, date in facts}
    moments = {fact_id: span for fact_id, (span, lasted) in spans.items() if span.certain and not lasted}
    timeline = _Timeline(moments)
    if not timeline.followed:
        timeline = _Timeline({fact_id: span for fact_id, (span, _) in spans.items() if span.certain})
    given = set(without)
    for pair in chain(timeline.drawn(reach, Random(seed)), timeline.every()):
        if pair not in given:
            given.add(pair)
            yield pair


def has_pairs(facts: Sequence[Dated]) -> bool:
    """Return whether there are two facts of which one certainly came first; a few facts mostly show it."""
    return any(next(pairs_in_time(some, reach=1.0, seed=""), None) for some in (facts[:FEW], facts))


class _Timeline:
    """Facts by the moment at which they began."""

    def __init__(self, spans: Mapping[int, Span]) -> None:
        self.spans = spans
        self.starting: defaultdict[Moment, list[int]] = defaultdict(list)
        for fact_id, span in spans.items():
            self.starting[span.first].append(fact_id)
        self.starts = sorted(self.starting)
        self.followed = [fact_id for fact_id, span in spans.items() if span.last < self.starts[-1]]

    def later_than(self, fact_id: int) -> Sequence[Moment]:
        """Return the moments at which something began after this fact was over."""
        return self.starts[bisect_right(self.starts, self.spans[fact_id].last) :]

    def drawn(self, reach: float, dice: Random) -> Iterator[Pair]:
        for _ in range(TRIES if self.followed else 0):
            earlier = dice.choice(self.followed)
            moments = self.later_than(earlier)
            near = moments[: ceil(reach * len(moments))]
            yield earlier, dice.choice(self.starting[dice.choice(near)])

    def every(self) -> Iterator[Pair]:
        for earlier in self.followed:
            for moment in self.later_than(earlier):
                for later in self.starting[moment]:
                    yield earlier, later


def names_one_moment(statement: str) -> bool:
    """Return whether a statement has at most one date; several dates mean several events."""
    return count_dates(statement) <= 1


def inverted(answers: Iterable[Sequence[int | None]], ranks: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs (earlier, later) of items that a learner last put in the wrong order.

    `answers` are the places given to each item, the latest answer first; `ranks` are the right places. For each pair
    the latest answer that ranks the two counts; items of the same rank may be in any order.
    """
    last: dict[tuple[int, int], bool] = {}
    for places in answers:
        for one, other in combinations(range(min(len(places), len(ranks))), 2):
            earlier, later = sorted((one, other), key=ranks.__getitem__)
            first, second = places[earlier], places[later]
            if ranks[earlier] != ranks[later] and first is not None and second is not None and first != second:
                last.setdefault((earlier, later), first > second)
    return [pair for pair, is_inverted in last.items() if is_inverted]
