"""What a study session brought: how its answers went, and which facts were learned, are known better or were missed.

A session has no beginning or end of its own: it is the answers of a study day since the last long break.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from quizapp.core.scheduling.scheduler import State

BREAK = timedelta(minutes=30)  # between two answers, from which another session begins


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """One answer. State and stability (days) are those just before it; its time is not always known."""

    fact_id: int
    at: datetime
    right: bool
    state: State
    stability: float | None
    ms: int | None


@dataclass(frozen=True, slots=True)
class SessionGains:
    """The gains of a session, with the ids of facts.

    A fact that was missed and then recalled is in two of them.
    """

    answers: int = 0
    right: int = 0
    ms: int = 0
    learned: tuple[int, ...] = ()  # met for the first time, and due on a later day now
    better: tuple[int, ...] = ()  # learned before, and remembered for longer now
    missed: tuple[int, ...] = ()  # answered wrong, the one with the most mistakes first


def last_session(answers: Sequence[SessionAnswer]) -> list[SessionAnswer]:
    """Return the answers since the last break, from those of a study day in the order they were given."""
    start = 0
    for place in range(1, len(answers)):
        if answers[place].at - answers[place - 1].at >= BREAK:
            start = place
    return list(answers[start:])


def sum_up(answers: Sequence[SessionAnswer], stability: Mapping[int, float]) -> SessionGains:
    """Return the gains of the answers of a session, in the order they were given.

    `stability` (days) is that of the facts which are in review now, by their ids.
    """
    first: dict[int, SessionAnswer] = {}
    for answer in answers:
        first.setdefault(answer.fact_id, answer)
    recalled = [answer for answer in first.values() if answer.fact_id in stability]
    mistakes = Counter(answer.fact_id for answer in answers if not answer.right)
    return SessionGains(
        answers=len(answers),
        right=sum(answer.right for answer in answers),
        ms=sum(answer.ms or 0 for answer in answers),
        learned=tuple(each.fact_id for each in recalled if each.state is State.NEW),
        better=tuple(each.fact_id for each in recalled if 0 < (each.stability or 0) < stability[each.fact_id]),
        missed=tuple(fact for fact, _ in mistakes.most_common()),
    )
