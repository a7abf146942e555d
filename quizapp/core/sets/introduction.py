"""The order in which learners meet the facts of a set."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from quizapp.core.sets.chronology import Moment, span
from quizapp.core.sets.schema import Fact
from quizapp.core.sets.stems import answers_of
from quizapp.core.text.answers import fold

# How many facts are looked through for one with another answer than the fact before it.
LOOK_AHEAD = 20
# Days of a season, in months of 31 days.
SEASON = 92

_Rank = tuple[float, int, str]  # the middle of its date, its place in the files, its key


def order_facts(facts: Sequence[Fact], first: Sequence[str] = ()) -> list[Fact]:
    """Return the facts in the order in which learners meet them.

    The facts with the keys in `first` come first. After them, causes come before their effects (`leads_to`), and
    earlier dates before later ones; a fact without a date, or with one vaguer than a season, stays with the one before
    it. Two facts with the same answer are kept apart where that is possible. Raises graphlib.CycleError when facts lead
    to one another in a circle.
    """
    by_key = {fact.key: fact for fact in facts}
    ordered = [by_key[key] for key in dict.fromkeys(first) if key in by_key]
    met = set(first)
    ranks = {rank[-1]: rank for rank in _ranks(facts) if rank[-1] not in met}
    sorter = TopologicalSorter(dict.fromkeys(ranks, ()))
    for fact in facts:
        for effect in fact.leads_to:
            if fact.key in ranks and effect in ranks:
                sorter.add(effect, fact.key)
    sorter.prepare()
    ready: list[_Rank] = []
    while sorter.is_active():
        for key in sorter.get_ready():
            heappush(ready, ranks[key])
        key = _take(ready, by_key, ordered[-1] if ordered else None)
        ordered.append(by_key[key])
        sorter.done(key)
    return ordered


def _ranks(facts: Sequence[Fact]) -> Iterator[_Rank]:
    middle = float("-inf")
    for place, fact in enumerate(facts):
        if fact.date:
            first, last = map(_days, span(fact.date))
            if last - first <= SEASON:
                middle = (first + last) / 2
        yield middle, place, fact.key


def _days(moment: Moment) -> float:
    year, month, day, hour, minute = moment
    return (year * 12 + month) * 31 + day + hour / 24 + minute / 1440


def _take(ready: list[_Rank], facts: Mapping[str, Fact], last: Fact | None) -> str:
    """Remove the first fact that has no answer in common with the last one, or else the first, and return its key."""
    taken = answers(last) if last else frozenset()
    passed: list[_Rank] = []
    for _ in range(min(LOOK_AHEAD, len(ready))):
        rank = heappop(ready)
        if taken.isdisjoint(answers(facts[rank[-1]])):
            break
        passed.append(rank)
    else:
        rank = passed.pop(0)
    for each in passed:
        heappush(ready, each)
    return rank[-1]


def answers(fact: Fact) -> frozenset[str]:
    """Return the right answers to the questions of a fact, folded; of dates, numbers and true/false there are none."""
    return frozenset(fold(answer) for question in fact.questions for answer in answers_of(question, []))
