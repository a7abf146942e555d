"""Reviews replayed by the scheduler."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, after_answer, retrievability
from quizapp.core.scheduling.study_days import StudyClock


@dataclass(frozen=True, slots=True)
class ReplayedReview:
    """A review with the memory before and after it, and the chance of recall (0..1) predicted for its study day."""

    day: date
    before: Memory
    after: Memory
    retrievability: float | None  # None where there is none to trust


def replay(
    reviews: Iterable[tuple[datetime, Rating, float]], *, clock: StudyClock, plan: Plan, seed: str | int
) -> Iterator[ReplayedReview]:
    """Yield the history of one memory, from NEW, out of its (instant, rating, guess) in the order they were given."""
    memory = NEW_MEMORY
    for instant, rating, guess in reviews:
        before, day = memory, clock.day(instant)
        memory = after_answer(before, rating, now=instant, clock=clock, plan=plan, guess=guess, seed=seed)
        yield ReplayedReview(day, before, memory, retrievability(before, day))
