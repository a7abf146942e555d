"""What changes a memory besides answers: progress is reset, a fact is marked as known or asked for today."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Rating, State


class EventKind(StrEnum):
    """What happened to the memory of a fact."""

    RESET = "reset"  # the learner reset their progress
    RESET_BY_AUTHOR = "reset-by-author"  # the fact means something else now
    KNOWN = "known"  # the learner said "I know this"
    ASKED = "asked"  # put into today's review


OWN_EVENTS = (EventKind.RESET, EventKind.KNOWN)  # which a learner may undo


def after_event(
    memory: Memory, kind: EventKind, *, at: datetime, day: date, rate: Callable[[Memory, Rating], Memory]
) -> Memory:
    """Return the memory after an event at the instant `at` of a study day.

    `rate` returns a memory after an answer given then. A fact that is known becomes what it would be if it had been
    rated Easy at first meeting (FSRS-6 then begins with 8.3 days' stability), so that it is asked again to check; a
    memory that is stronger stays as it is.
    """
    match kind:
        case EventKind.RESET | EventKind.RESET_BY_AUTHOR:
            return NEW_MEMORY
        case EventKind.ASKED:
            return _asked(memory, at, day)
        case EventKind.KNOWN:
            easy = rate(NEW_MEMORY, Rating.EASY)
            return memory if _is_stronger(memory, easy) else replace(easy, reps=memory.reps, lapses=memory.lapses)


def _asked(memory: Memory, at: datetime, day: date) -> Memory:
    """Return the memory due by `day`; a fact that was never answered begins its first learning step."""
    if memory.state is State.NEW:
        return replace(memory, state=State.LEARNING, step=0, due_day=day, due_at=at)
    return replace(memory, due_day=min(memory.due_day or day, day))


def _is_stronger(memory: Memory, other: Memory) -> bool:
    return memory.state is State.REVIEW and (memory.stability or 0) >= (other.stability or 0)
