"""A study session: what to ask next, and with which question.

Everything is computed from stored data, so that a session continues after a reload or in a second tab.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from quizapp.core.kinds import Question
from quizapp.core.kinds.base import Stage
from quizapp.core.scheduling.scheduler import Memory, State

# The stability, in days, from which a fact is asked for completion, and from which it is asked for recall.
COMPLETE_FROM = 1.0
RECALL_FROM = 7.0


class QueueGroup(StrEnum):
    """The facts waiting in a session, grouped by the reason."""

    STEP = "step"  # in learning steps, and the wait is over
    REVIEW = "review"  # due today
    NEW = "new"  # not met yet, and allowed today
    LATER_STEP = "later-step"  # in learning steps, still waiting: asked early if nothing else is left
    OVER_LIMIT = "over-limit"  # due, but over the daily limit of its set: left for another day


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """The progress of a session: facts done for today, facts asked again today, and facts still to come."""

    done: int
    learning: int
    to_come: int

    @property
    def share(self) -> float:
        """Return how much of the session is done, 0..1; a fact that will be asked again counts half."""
        whole = self.done + self.learning + self.to_come
        return (self.done + self.learning / 2) / whole if whole else 1.0


def progress(waiting: Mapping[QueueGroup, int], finished: int) -> SessionProgress:
    """Return the progress of a session from the number of waiting facts in each group and of finished facts."""
    learning = waiting.get(QueueGroup.STEP, 0) + waiting.get(QueueGroup.LATER_STEP, 0)
    return SessionProgress(finished, learning, sum(waiting.values()) - learning - waiting.get(QueueGroup.OVER_LIMIT, 0))


def next_group(waiting: Mapping[QueueGroup, int], answered: int) -> QueueGroup | None:
    """Return the group to ask from next, or None when nothing is left. `answered` counts today's answers.

    Learning steps come first, because they wait only minutes; new facts are spread evenly among reviews.
    """
    if waiting.get(QueueGroup.STEP):
        return QueueGroup.STEP
    reviews, new = waiting.get(QueueGroup.REVIEW, 0), waiting.get(QueueGroup.NEW, 0)
    if reviews and new:
        fewer, more = (QueueGroup.NEW, QueueGroup.REVIEW) if new <= reviews else (QueueGroup.REVIEW, QueueGroup.NEW)
        stretch = 1 + round(max(reviews, new) / min(reviews, new))
        return fewer if answered % stretch == stretch - 1 else more
    for group in (QueueGroup.REVIEW, QueueGroup.NEW, QueueGroup.LATER_STEP):
        if waiting.get(group):
            return group
    return None


def stage_of(memory: Memory) -> Stage:
    """Return the stage that a memory's stability allows, one stage lower just after a lapse."""
    stability = memory.stability or 0.0
    stage = Stage((stability >= COMPLETE_FROM) + (stability >= RECALL_FROM))
    return Stage(max(stage - 1, 0)) if memory.state == State.RELEARNING else stage


def choose_question(questions: Sequence[Question], memory: Memory, seed: str) -> int:
    """Return the index of the question to ask: one of the memory's stage, else the nearest easier, else the nearest.

    Questions of the same stage take turns.
    """
    wanted = stage_of(memory)
    stages = [question.stage for question in questions]
    stage = min(stages, key=lambda s: (s > wanted, abs(s - wanted)))
    fitting = [index for index, asked in enumerate(stages) if asked == stage]
    return fitting[(Random(seed).randrange(len(fitting)) + memory.reps) % len(fitting)]
