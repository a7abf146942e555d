"""Groups of facts to practise: by topic, passage, actor and period, or the weakest memories; and choosing from them."""

import calendar
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from random import Random
from typing import NamedTuple

from quizapp.core.practice.moments import Span, span_of

MOST_PERIODS = 12  # more would not help in choosing
FULL_ENOUGH = 4  # facts per period, on average, that make half-months and months worthwhile
WIDEST = 2  # periods that a fact may belong to; more means that its date is too vague for any


Grain = Callable[[Span], Iterator[str]]


class Scope(StrEnum):
    """What the facts of a practice have in common."""

    ALL = "all"
    TOPIC = "topic"
    PASSAGE = "passage"
    ACTOR = "actor"
    PERIOD = "period"
    WRONG = "wrong"  # recently answered wrong
    FORGETTING = "forgetting"  # learned; the weakest first
    STARRED = "starred"
    FACTS = "facts"  # the same facts again


IN_ORDER = (Scope.WRONG, Scope.FORGETTING)  # scopes in which the first facts matter most


class Practisable(NamedTuple):
    """A fact that can be asked, and whether the learner met it.

    `recall` is the chance (0..1) of recalling a learned fact today, None for others and on the day of the last answer.
    """

    fact_id: int
    topic: str
    passages: tuple[int, ...]
    actors: tuple[str, ...]
    date: str | None  # EDTF
    met: bool
    recall: float | None


def by_topic(facts: Iterable[Practisable]) -> dict[str, list[int]]:
    """Return fact ids by topic key."""
    return _grouped((fact.topic, fact.fact_id) for fact in facts)


def by_passage(facts: Iterable[Practisable]) -> dict[str, list[int]]:
    """Return fact ids by the number of the passage, as text."""
    return _grouped((str(number), fact.fact_id) for fact in facts for number in fact.passages)


def by_actor(facts: Iterable[Practisable]) -> dict[str, list[int]]:
    """Return fact ids by the key of a name."""
    return _grouped((key, fact.fact_id) for fact in facts for key in fact.actors)


def by_period(facts: Iterable[Practisable]) -> dict[str, list[int]]:
    """Return fact ids by period (EDTF), in order of time: half-months, months, years, decades or centuries.

    The periods are the shortest that give no more than MOST_PERIODS and contain enough facts. A fact is in each period
    that its date may fall in; facts without a date, or with more than WIDEST such periods, are in none.
    """
    dated = [(fact.fact_id, fact.date) for fact in facts if fact.date]
    periods = _periods(Counter(date for _, date in dated))
    found = _grouped((key, fact_id) for fact_id, date in dated for key in periods[date])
    return {key: found[key] for key in sorted(found, key=lambda key: span_of(key).first)}


def _periods(dates: Mapping[str, int]) -> dict[str, list[str]]:
    """Return the periods that each date falls in, from the number of facts of each date."""
    spans = {date: span_of(date) for date in dates}
    for grain, fine in _GRAINS:
        found = _in_few_periods(grain, spans)
        if found is None:
            continue
        periods = {period for each in found.values() for period in each}
        members = sum(dates[date] * len(each) for date, each in found.items())
        if not fine or members >= FULL_ENOUGH * len(periods) > 0:
            return found
    return {date: [] for date in dates}


def _in_few_periods(grain: Grain, spans: Mapping[str, Span]) -> dict[str, list[str]] | None:
    """Return the periods that each span falls in, or None as soon as there are more than help in choosing."""
    found, periods = dict[str, list[str]](), set[str]()
    for date, span in spans.items():
        found[date] = _narrow(grain, span)
        periods.update(found[date])
        if len(periods) > MOST_PERIODS:
            return None
    return found


def weakest(facts: Iterable[Practisable]) -> list[int]:
    """Return the learned facts sorted by their chance of recall, the lowest first."""
    chances = [(fact.recall, fact.fact_id) for fact in facts if fact.recall is not None]
    return [fact_id for _, fact_id in sorted(chances)]


def chosen(group: Sequence[int], size: int, *, in_order: bool, seed: str) -> list[int]:
    """Return up to `size` facts of a group: the first ones if `in_order`, else random ones."""
    return list(group[:size]) if in_order else Random(seed).sample(group, min(size, len(group)))


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for key, fact_id in pairs:
        groups[key].append(fact_id)
    return dict(groups)


def _narrow(grain: Grain, span: Span) -> list[str]:
    """Return the periods that a span falls in, or none if there are too many."""
    periods: list[str] = []
    for period in grain(span):
        if len(periods) == WIDEST:
            return []
        periods.append(period)
    return periods


def _half_months(span: Span) -> Iterator[str]:
    for year, month in _calendar_months(span):
        for first, last in ((1, 15), (16, calendar.monthrange(year, month)[1])):
            if span.first[:3] <= (year, month, last) and (year, month, first) <= span.last[:3]:
                yield f"{year:04}-{month:02}-{first:02}/{year:04}-{month:02}-{last:02}"


def _months(span: Span) -> Iterator[str]:
    for year, month in _calendar_months(span):
        yield f"{year:04}-{month:02}"


def _calendar_months(span: Span) -> Iterator[tuple[int, int]]:
    first, last = (moment[0] * 12 + moment[1] - 1 for moment in (span.first, span.last))
    return ((month // 12, month % 12 + 1) for month in range(first, last + 1))


def _years(span: Span) -> Iterator[str]:
    return (f"{year:04}" for year in range(span.first[0], span.last[0] + 1))


def _of_years(length: int) -> Grain:
    def periods(span: Span) -> Iterator[str]:
        for number in range(span.first[0] // length, span.last[0] // length + 1):
            yield f"{max(number * length, 1):04}/{number * length + length - 1:04}"  # there is no year 0

    return periods


# Each with whether it needs enough facts.
_GRAINS: tuple[tuple[Grain, bool], ...] = (
    (_half_months, True),
    (_months, True),
    (_years, False),
    (_of_years(10), False),
    (_of_years(100), False),
)
