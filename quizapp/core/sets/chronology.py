"""Checks of the dates in a set: effects before their causes, questions that contradict their facts.

A date known to the month may be any moment in it; only what is wrong for every such moment is a problem.
"""

from collections.abc import Iterator

from quizapp.core.kinds.date import Date
from quizapp.core.sets.parsed_set import ParsedSet
from quizapp.core.sets.schema import Fact, Problem
from quizapp.core.text.edtf import PartialDate, display_date, parse_edtf
from quizapp.core.translation import gettext

Moment = tuple[int, int, int, int, int]
Span = tuple[Moment, Moment]

# The first and last month of a season; a winter is either at the beginning or at the end of its year.
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (1, 14)}


def effects_before_causes(draft: ParsedSet) -> Iterator[Problem]:
    """Yield each `leads_to` that points to a fact which was certainly over before its cause began."""
    facts = {entry.value.key: entry.value for entry in draft.facts}
    for entry in draft.facts:
        cause = entry.value
        for key in cause.leads_to:
            if key in facts and _is_over_before(facts[key], cause):
                message = gettext(
                    "“%(effect)s” (%(effect_date)s) ended before “%(cause)s” (%(cause_date)s) began, so it can’t "
                    "result from it. Correct a date, or remove the link.",
                    effect=key, effect_date=display_date(facts[key].date or ""),
                    cause=cause.key, cause_date=display_date(cause.date or ""),
                )  # fmt: skip
                yield entry.at("leads_to", key).problem(message)


def questions_at_odds_with_facts(draft: ParsedSet) -> Iterator[Problem]:
    """Yield date questions with no right answer inside the date of their fact."""
    for asked in draft.questions:
        question, date = asked.question, asked.fact.date
        if isinstance(question, Date) and date:
            answers = [span(text) for text in [question.answer, *question.accept]]
            if not any(_overlap(known, span(date)) for known in answers):
                message = gettext(
                    "The answer (%(answer)s) does not agree with the date of the fact (%(date)s). Correct one of them.",
                    answer=display_date(question.answer), date=display_date(date),
                )  # fmt: skip
                yield asked.at("answer").problem(message)


def _is_over_before(effect: Fact, cause: Fact) -> bool:
    if not effect.date or not cause.date or _is_vague(effect.date) or _is_vague(cause.date):
        return False
    return span(effect.date)[1] < span(cause.date)[0]


def _is_vague(date: str) -> bool:
    return any(point.qualifier for point in parse_edtf(date))


def _overlap(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def span(date: str) -> Span:
    """Return the first and last moment that a date may mean."""
    start, end = parse_edtf(date)
    return _bound(start, last=False), _bound(end, last=True)


def _bound(point: PartialDate, *, last: bool) -> Moment:
    months = _SEASONS[point.season] if point.season else (1, 12)
    day, hour, minute = (31, 23, 59) if last else (1, 0, 0)
    return (
        point.year,
        point.month or months[last],
        point.day or day,
        hour if point.hour is None else point.hour,
        minute if point.minute is None else point.minute,
    )
