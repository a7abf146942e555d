"""Which of two came first: pairs made from a timeline, and pairs a learner put the wrong way round."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from math import ceil
from random import Random

from quizapp.core.practice.moments import Moment, Span, count_dates, span_of

TRIES = 40  # pairs drawn at random before all of them are gone through
NEAREST = 0.1  # the share of what came later among which the second event is looked for at the least
HEAD_START = 2  # right and wrong answers taken for granted until there are some

Dated = tuple[int, str]  # a fact's id and its date, EDTF
Pair = tuple[int, int]  # the earlier, the later


def comes_before(earlier: str, later: str) -> bool:
    """Return whether one EDTF date was over before the other began, whatever moments they mean."""
    return span_of(earlier).is_before(span_of(later))


def reach(right: int, wrong: int) -> float:
    """Return how far apart in time two events are drawn, as the share (NEAREST..1) of the later moments, nearest first.

    A learner who gets half of the pairs right is asked any; the share shrinks as that rises towards all.
    """
    share = (right + HEAD_START) / (right + wrong + 2 * HEAD_START)
    return min(1.0, max(NEAREST, 2 * (1 - share)))


def pairs_in_time(facts: Iterable[Dated], *, reach: float, seed: str, without: Collection[Pair] = ()) -> Iterator[Pair]:
    """Yield pairs of facts of which one certainly came first, none of them twice: near ones while they last, then any.

    Dates that overlap at the precision they are known with, and uncertain ones, make no pair. What lasted from one
    date to another is compared only in a set that has nothing else: "first" might mean begun or over.
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
        """The moments at which something began once this was over."""
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
    """Return whether a statement names one event at most: several dates mean several events."""
    return count_dates(statement) <= 1


def inverted(answers: Iterable[Sequence[int | None]], ranks: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs (earlier, later) of items to order that a learner last put the wrong way round.

    `answers` are the places given to each item, the last answer first; `ranks` the right ones. For each pair the last
    answer that put one before the other counts; items of one rank may come in either order.
    """
    last: dict[tuple[int, int], bool] = {}
    for places in answers:
        for one, other in combinations(range(min(len(places), len(ranks))), 2):
            earlier, later = sorted((one, other), key=ranks.__getitem__)
            first, second = places[earlier], places[later]
            if ranks[earlier] != ranks[later] and first is not None and second is not None and first != second:
                last.setdefault((earlier, later), first > second)
    return [pair for pair, is_inverted in last.items() if is_inverted]
