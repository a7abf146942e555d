"""The order in which learners meet the facts of a set."""

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from quizapp.core.sets.chronology import Moment, span
from quizapp.core.sets.schema import Fact
from quizapp.core.sets.stems import answers_of
from quizapp.core.text.normal import fold

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
    left = [fact for fact in facts if fact.key not in set(first)]
    causes = {fact.key: {cause.key for cause in left if fact.key in cause.leads_to} for fact in left}
    ranks = _ranks(left, list(TopologicalSorter(causes).static_order()))
    known = {fact.key: answers(fact) for fact in facts}
    sorter = TopologicalSorter(causes)
    sorter.prepare()
    ready: list[_Rank] = []
    while sorter.is_active():
        for key in sorter.get_ready():
            heappush(ready, ranks[key])
        key = _take(ready, known, known[ordered[-1].key] if ordered else frozenset())
        ordered.append(by_key[key])
        sorter.done(key)
    return ordered


def _ranks(facts: Sequence[Fact], causes_first: Sequence[str]) -> dict[str, _Rank]:
    """Return the rank of each fact; that of a cause is no later than those of its effects."""
    ranks: dict[str, _Rank] = {}
    middle = float("-inf")
    for place, fact in enumerate(facts):
        if fact.date:
            first, last = map(_days, span(fact.date))
            if last - first <= SEASON:
                middle = (first + last) / 2
        ranks[fact.key] = middle, place, fact.key
    effects = {fact.key: ranks.keys() & fact.leads_to.keys() for fact in facts}
    for key in reversed(causes_first):
        earliest, place, _ = ranks[key]
        ranks[key] = min([earliest, *(ranks[effect][0] for effect in effects[key])]), place, key
    return ranks


def _days(moment: Moment) -> float:
    year, month, day, hour, minute = moment
    return (year * 12 + month) * 31 + day + hour / 24 + minute / 1440


def _take(ready: list[_Rank], known: Mapping[str, frozenset[str]], last: frozenset[str]) -> str:
    """Remove the first fact without any of the last answers, or else the first, and return its key."""
    passed: list[_Rank] = []
    for _ in range(min(LOOK_AHEAD, len(ready))):
        rank = heappop(ready)
        if last.isdisjoint(known[rank[-1]]):
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
