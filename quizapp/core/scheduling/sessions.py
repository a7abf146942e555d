"""A study session: what to ask next, and with which question.

Everything here is decided from what is stored, so that a reload, a second tab or a closed lid finds the session
where it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from quizapp.core.kinds import Question
from quizapp.core.kinds.base import Stage
from quizapp.core.scheduling.scheduler import Memory, State

# Stability, in days, from which a fact is asked to be completed, and from which it is asked to be recalled.
COMPLETE_FROM = 1.0
RECALL_FROM = 7.0


class QueueGroup(StrEnum):
    """What waits in a session, by why it waits."""

    STEP = "step"  # in learning steps, and its wait is over
    REVIEW = "review"  # due today
    NEW = "new"  # never met, within today's allowance
    LATER_STEP = "later-step"  # in learning steps, still waiting: asked early when nothing else is left
    OVER_LIMIT = "over-limit"  # due, but over the daily limit of its set: left for later days


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """A session so far: facts recalled and due on a later day, facts met that are asked again, facts to come."""

    done: int
    learning: int
    to_come: int

    @property
    def share(self) -> float:
        """How much of the session lies behind, 0..1; a fact that was met and comes again counts half."""
        whole = self.done + self.learning + self.to_come
        return (self.done + self.learning / 2) / whole if whole else 1.0


def progress(waiting: Mapping[QueueGroup, int], finished: int) -> SessionProgress:
    """Return the session's progress, given how many facts wait in each group and how many are finished with."""
    learning = waiting.get(QueueGroup.STEP, 0) + waiting.get(QueueGroup.LATER_STEP, 0)
    return SessionProgress(finished, learning, sum(waiting.values()) - learning - waiting.get(QueueGroup.OVER_LIMIT, 0))


def next_group(waiting: Mapping[QueueGroup, int], answered: int) -> QueueGroup | None:
    """Return what to ask next, given how many facts wait in each group and the answers given today; None: all is done.

    Steps come first, because their wait is minutes; new facts are spread evenly among those due.
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
    """Return how much to ask of a memory: the stage its stability allows, one lower just after a lapse."""
    stability = memory.stability or 0.0
    stage = Stage((stability >= COMPLETE_FROM) + (stability >= RECALL_FROM))
    return Stage(max(stage - 1, 0)) if memory.state == State.RELEARNING else stage


def choose_question(questions: Sequence[Question], memory: Memory, seed: str) -> int:
    """Return the index of the question to ask: of the memory's stage, else the nearest easier one, else the nearest.

    Where a fact has several questions of one stage, they take turns.
    """
    wanted = stage_of(memory)
    stages = [question.stage for question in questions]
    stage = min(stages, key=lambda s: (s > wanted, abs(s - wanted)))
    fitting = [index for index, asked in enumerate(stages) if asked == stage]
    return fitting[(Random(seed).randrange(len(fitting)) + memory.reps) % len(fitting)]
