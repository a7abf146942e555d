"""A study session: what to ask next, and with which question.

Everything is computed from stored data, so that a session continues after a reload or in a second tab.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random

from quizapp.core.kinds import Question
from quizapp.core.kinds.base import Stage
from quizapp.core.scheduling.exam_plan import LAST_DAYS
from quizapp.core.scheduling.scheduler import Memory, Plan, State

RECALL_FROM = 3.0  # days of stability from which a fact is asked for recall
MOST_TIMES = 3  # that the same wording is asked on a study day
MOST_TRUE_FALSE = 2  # right answers to true/false questions of a fact, before it is asked in another form
CONTRAST_FROM = 7.0  # days of stability from which two similar facts are asked one after the other, once
SOON_DUE = 5  # they may be asked before they are due, but only in the last fifth of the interval
REVIEWS_AT_ONCE = 200  # of a backlog, from which the next are chosen
GAP = 5  # other questions before a fact is asked again, if so many facts wait


class QueueGroup(StrEnum):
    """The facts waiting in a session, grouped by the reason."""

    CONTRAST = "contrast"  # learned, soon due, and similar to the fact just recalled: asked once right after it
    STEP = "step"  # in learning steps, and the wait is over
    REVIEW = "review"  # due today
    NEW = "new"  # not met yet, and allowed today
    LATER_STEP = "later-step"  # in learning steps, still waiting: asked early if nothing else is left
    OVER_LIMIT = "over-limit"  # due, but over the daily limit of its set: left for another day


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """The progress of a session: facts done for today, facts asked again today, and facts still to come.

    `more_to_come`: REVIEWS_AT_ONCE of the reviews are counted, and there may be more.
    """

    done: int
    learning: int
    to_come: int
    more_to_come: bool = False

    @property
    def share(self) -> float:
        """Return how much of the session is done, 0..1; a fact that will be asked again counts half."""
        whole = self.done + self.learning + self.to_come
        return (self.done + self.learning / 2) / whole if whole else 1.0


def progress(waiting: Mapping[QueueGroup, int], finished: int) -> SessionProgress:
    """Return the progress of a session from the number of waiting facts in each group and of finished facts."""
    learning = waiting.get(QueueGroup.STEP, 0) + waiting.get(QueueGroup.LATER_STEP, 0)
    to_come = waiting.get(QueueGroup.REVIEW, 0) + waiting.get(QueueGroup.NEW, 0)
    return SessionProgress(finished, learning, to_come, waiting.get(QueueGroup.REVIEW, 0) >= REVIEWS_AT_ONCE)


def next_group(
    waiting: Mapping[QueueGroup, int], answered: int, delays: Mapping[QueueGroup, int] | None = None
) -> QueueGroup | None:
    """Return the group to ask from next, or None when nothing is left. `answered` counts today's answers.

    Learning steps come first, because they wait only minutes; new facts are spread evenly among reviews. `delays` has
    the `delay` of each group's next fact: groups with one wait as long as another group has a fact without.
    """
    if waiting.get(QueueGroup.CONTRAST):
        return QueueGroup.CONTRAST
    delays = delays or {}
    ready = {group: size for group, size in waiting.items() if size and not delays.get(group)}
    if ready.get(QueueGroup.STEP):
        return QueueGroup.STEP
    reviews, new = ready.get(QueueGroup.REVIEW, 0), ready.get(QueueGroup.NEW, 0)
    if reviews and new:
        fewer, more = (QueueGroup.NEW, QueueGroup.REVIEW) if new <= reviews else (QueueGroup.REVIEW, QueueGroup.NEW)
        stretch = 1 + round(max(reviews, new) / min(reviews, new))
        return fewer if answered % stretch == stretch - 1 else more
    for group in (QueueGroup.REVIEW, QueueGroup.NEW, QueueGroup.LATER_STEP):
        if ready.get(group):
            return group
    left = [group for group, size in waiting.items() if size and group is not QueueGroup.OVER_LIMIT]
    return min(left, key=lambda group: delays.get(group, 0), default=None)


def delay(ago: int | None, *, is_similar: bool) -> int:
    """Return how far a fact is from being asked next: 0 for not at all, more the shorter ago it was asked.

    `ago` counts today's answers since the one to this fact, which is 1 for the last; `is_similar` tells whether the
    fact is similar to the one answered last.
    """
    return is_similar + (2 * max(GAP + 1 - ago, 0) if ago else 0)


def introduce(
    new: Sequence[int],
    set_of: Mapping[int, int],
    allowed: Mapping[int, int],
    is_similar: Callable[[int, int], bool],
    *,
    total: int | None = None,
) -> list[int]:
    """Return the new facts to meet on one day, as many of each set as are `allowed` and `total` in all, in their order.

    A fact similar to one before it is passed over as long as there are others. Sets that come first in `allowed` use up
    the total first.
    """
    chosen: list[int] = []
    for is_last_resort in (False, True):
        for fact in new:
            enough = sum(set_of[other] == set_of[fact] for other in chosen) >= allowed[set_of[fact]]
            passed_over = not is_last_resort and any(is_similar(fact, other) for other in chosen)
            if fact not in chosen and not enough and not passed_over:
                chosen.append(fact)
    places = list(allowed)
    chosen.sort(key=lambda fact: (places.index(set_of[fact]), new.index(fact)))
    return sorted(chosen[:total], key=new.index)


def order_session(
    groups: Mapping[QueueGroup, Sequence[int]],
    answered: int,
    ago: Mapping[int, int],
    is_similar: Callable[[int, int], bool],
    limit: int,
) -> list[int]:
    """Return up to `limit` of the facts waiting, in the order they are asked if each is answered once.

    `groups` are in order; `ago` is how many answers ago a fact was asked today.
    """
    left = {group: list(facts) for group, facts in groups.items()}
    order: list[int] = []

    def delay_of(fact: int) -> int:
        since = ago[fact] + len(order) if fact in ago else None
        return delay(since, is_similar=bool(order) and is_similar(fact, order[-1]))

    while len(order) < limit:
        first = {group: min(facts, key=delay_of) for group, facts in left.items() if facts}
        sizes = {group: len(facts) for group, facts in left.items()}
        group = next_group(sizes, answered + len(order), {group: delay_of(fact) for group, fact in first.items()})
        if group is None:
            break
        left[group].remove(first[group])
        order.append(first[group])
    return order


def stage_of(memory: Memory) -> Stage:
    """Return the stage that a memory allows, one stage lower just after a lapse.

    Facts are recognised on their first study day, completed from the second on, and recalled from RECALL_FROM on.
    """
    if memory.state in (State.NEW, State.LEARNING):
        return Stage.RECOGNISE
    stage = Stage.RECALL if (memory.stability or 0.0) >= RECALL_FROM else Stage.COMPLETE
    return Stage(stage - 1) if memory.state == State.RELEARNING else stage


def exam_stage(memory: Memory, plan: Plan, today: date) -> Stage:
    """Return the lowest stage to ask a fact at on a day planned for an exam, where it will have to be recalled.

    Facts are recalled from their second study day on. One that is met in the last days is recalled as soon as it was
    answered once, because it may not be asked again.
    """
    if plan.exam_day is None or plan.planned_on != today or memory.state == State.NEW:
        return Stage.RECOGNISE
    is_last_chance = (plan.exam_day - today).days <= LAST_DAYS
    return Stage.RECALL if memory.state == State.REVIEW or is_last_chance else Stage.RECOGNISE


@dataclass(frozen=True, slots=True)
class PastUse:
    """How a question was used to ask a learner before.

    `last` is the number of the fact's review in which it was asked last, 0 if it never was; `today` is how often it was
    asked on this study day, and `right` how often it was ever answered right.
    """

    last: int = 0
    today: int = 0
    right: int = 0


def choose_question(
    questions: Sequence[Question],
    memory: Memory,
    seed: str,
    past: Sequence[PastUse] = (),
    *,
    at_least: Stage = Stage.RECOGNISE,
) -> int:
    """Return the index of the question to ask: one of the memory's stage, else the nearest easier, else the nearest.

    `past` tells how each question was used before. The same wording is not asked twice in a row, nor more than
    MOST_TIMES a day, while the fact has another: a harder one if possible. Questions of the same stage take turns.
    `at_least` is the lowest stage wanted.
    """
    wanted = max(stage_of(memory), at_least)
    used = _by_wording(questions, past or [PastUse()] * len(questions))
    fresh = _fresh(questions, used)
    fit = min((question.stage for question in questions), key=lambda s: (s > wanted, abs(s - wanted)))
    stage = min((questions[index].stage for index in fresh), key=lambda s: (s < fit, abs(s - fit)))
    fitting = [index for index in fresh if questions[index].stage == stage]
    start = (Random(seed).randrange(len(fitting)) + memory.reps) % len(fitting)
    return min(fitting[start:] + fitting[:start], key=lambda index: used[index].last)


def _by_wording(questions: Sequence[Question], past: Sequence[PastUse]) -> list[PastUse]:
    """Return the past use of each question, with that of the fact's other questions in the same words."""
    words: dict[str, PastUse] = {}
    for question, use in zip(questions, past, strict=True):
        other = words.get(question.stem, PastUse())
        words[question.stem] = PastUse(max(use.last, other.last), use.today + other.today, use.right + other.right)
    return [words[question.stem] for question in questions]


def _fresh(questions: Sequence[Question], used: Sequence[PastUse]) -> list[int]:
    """Return the questions that may be asked again; where the rules leave none, those that break the fewest."""
    latest = max(use.last for use in used)
    often = [index for index, use in enumerate(used) if use.today < MOST_TIMES] or list(range(len(used)))
    fresh = [index for index in often if used[index].last < latest or not latest] or often
    true_false = [index for index, question in enumerate(questions) if question.kind == "true_false"]
    if sum(used[index].right for index in true_false) < MOST_TRUE_FALSE:
        return fresh
    return [index for index in fresh if index not in true_false] or fresh
