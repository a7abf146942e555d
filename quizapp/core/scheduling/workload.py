"""A forecast of the workload and result of a plan, simulated day by day and fact by fact with seeded chance.

A fact that is asked is recalled with its chance of recall on that day, or guessed, and rated Good; otherwise it is
rated Again. It is repeated on the same day until its learning steps are done. How often a new fact is known, an answer
guessed, and a repeat right, is estimated from the learner's own answers. Each answer goes through `after_answer`, so
that intervals, easy days and the exam follow the plan. For a large set, a sample of a few hundred facts is simulated,
each one weighted.

It supposes that the learner studies every day and rates nothing Hard or Easy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from random import Random

from quizapp.core.progress.mastery import known_now
from quizapp.core.scheduling.effort import STANDARD_EFFORT, Effort, or_guessed
from quizapp.core.scheduling.plans import allowance
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, State, after_answer, retrievability
from quizapp.core.scheduling.study_days import StudyClock

DAYS = 30  # covered by a workload forecast
SAMPLE = 150  # simulated facts; an answer takes about 30 µs

_CLOCK = StudyClock("UTC", 0)


@dataclass(frozen=True, slots=True)
class StudyState:
    """The progress of one learner in one set on study day `today`.

    `memories` are those of the facts met and not suspended; none is NEW. `met_today` and `reviewed_today` count against
    what the plan allows for today.
    """

    today: date
    memories: tuple[Memory, ...]
    unmet: int
    met_today: int = 0
    reviewed_today: int = 0

    @property
    def facts(self) -> int:
        return len(self.memories) + self.unmet

    def known_on(self, day: date) -> float:
        """Return the number of facts expected to be recalled on a day if nothing is studied until then."""
        return sum(known_now(memory, day) for memory in self.memories)


@dataclass(frozen=True, slots=True)
class Projection:
    """The result of a simulated plan: the answers and the seconds they take on each day, and the facts expected to be
    known the morning after."""

    answers: tuple[float, ...]
    seconds: tuple[float, ...]
    known: float

    @property
    def answers_a_day(self) -> float:
        return sum(self.answers) / len(self.answers)

    @property
    def minutes_a_day(self) -> float:
        return sum(self.seconds) / len(self.seconds) / 60


class _SimulatedFact:
    """A simulated fact, which represents `weight` facts of the set."""

    __slots__ = ("draws", "memory", "seed", "weight")

    def __init__(self, memory: Memory, seed: str, weight: float) -> None:
        self.memory, self.seed, self.weight = memory, seed, weight
        self.draws = Random(seed)

    def is_due(self, day: date) -> bool:
        return self.memory.due_day is not None and self.memory.due_day <= day

    def urgency(self, day: date) -> float:
        """Return the time since the last review, in stabilities: the higher it is, the lower the retrievability."""
        assert self.memory.last_day is not None and self.memory.stability is not None
        return (day - self.memory.last_day).days / self.memory.stability

    def ask(self, day: date, plan: Plan, effort: Effort) -> tuple[float, float]:
        """Answer until the fact is done for the day. Return the answers and seconds, for all facts it represents."""
        answers, seconds = 0, 0.0
        while answers == 0 or self.memory.state is not State.REVIEW:
            seconds += self._answer(day, plan, effort)
            answers += 1
        return answers * self.weight, seconds * self.weight

    def _answer(self, day: date, plan: Plan, effort: Effort) -> float:
        """Answer once. Return the seconds that it takes."""
        recall, times = retrievability(self.memory, day), effort.times
        if self.memory.state is State.NEW:
            guess = effort.guess_first
            right = self.draws.random() < or_guessed(effort.known_first, guess)
            seconds = times.first
        elif recall is None:
            guess, seconds = effort.guess_repeat, times.repeat
            right = self.draws.random() < effort.repeat_right
        else:
            assert self.memory.stability is not None
            guess = effort.guess(self.memory.stability)
            right = self.draws.random() < or_guessed(effort.recall(recall), guess)
            seconds = times.right if right else times.wrong
        rating, now = Rating.GOOD if right else Rating.AGAIN, datetime.combine(day, time(), UTC)
        self.memory = after_answer(self.memory, rating, now=now, clock=_CLOCK, plan=plan, guess=guess, seed=self.seed)
        return seconds


def project(study: StudyState, plan: Plan, *, days: int, seed: str, effort: Effort = STANDARD_EFFORT) -> Projection:
    """Simulate the next `days` study days under a plan, with the rest of today; the same for the same arguments."""
    met, unmet = _sample(study, min(study.unmet, plan.new_per_day * days), seed)
    efforts: list[list[tuple[float, float]]] = []  # the answers and seconds of each fact, by day
    room_kept = new_kept = 0.0  # the unused part of a day's allowance, because one fact represents several
    for number in range(days):
        day = study.today + timedelta(days=number)
        first = number == 0
        allowed = allowance(
            plan, day, met=study.met_today if first else 0, reviewed=study.reviewed_today if first else 0
        )
        asked = [fact for fact in met if fact.is_due(day) and fact.memory.state is not State.REVIEW]
        due = [fact for fact in met if fact.is_due(day) and fact.memory.state is State.REVIEW]
        within, room = _within(due, day, room_kept + (inf if allowed.reviews is None else allowed.reviews))
        over_limit = len(within) < len(due)
        room_kept = room if over_limit else 0.0
        asked += within
        if not over_limit:
            new_kept += allowed.new
            while unmet and new_kept >= unmet[-1].weight / 2:
                new_kept -= unmet[-1].weight
                met.append(unmet[-1])
                asked.append(unmet.pop())
        efforts.append([fact.ask(day, plan, effort) for fact in asked])
    end = study.today + timedelta(days=days)
    answers, seconds = (tuple(sum(fact[part] for fact in of_day) for of_day in efforts) for part in (0, 1))
    return Projection(answers, seconds, sum(known_now(fact.memory, end) * fact.weight for fact in met))


def _within(due: Sequence[_SimulatedFact], day: date, room: float) -> tuple[list[_SimulatedFact], float]:
    """Return the facts to review within the limit `room`, and the room left.

    Facts with the lowest chance of recall come first, as in a session.
    """
    within = []
    for fact in sorted(due, key=lambda fact: -fact.urgency(day)):
        if room < fact.weight / 2:
            break
        room -= fact.weight
        within.append(fact)
    return within, room


def _sample(study: StudyState, new: int, seed: str) -> tuple[list[_SimulatedFact], list[_SimulatedFact]]:
    """Return the facts to simulate: an even sample of those met, by due day and stability, and of the `new` ones.

    Both samples have the same ratio. The next new fact is the last in the list.
    """
    ratio = min(1.0, SAMPLE / max(len(study.memories) + new, 1))
    ordered = sorted(study.memories, key=lambda memory: (memory.due_day or date.min, memory.stability or 0.0))
    met = _evenly(ordered, ratio)
    unmet = _evenly([NEW_MEMORY] * new, ratio)
    return (
        [_SimulatedFact(memory, f"{seed}:met:{n}", len(ordered) / len(met)) for n, memory in enumerate(met)],
        [_SimulatedFact(memory, f"{seed}:new:{n}", new / len(unmet)) for n, memory in reversed(list(enumerate(unmet)))],
    )


def _evenly(memories: Sequence[Memory], ratio: float) -> list[Memory]:
    count = max(round(len(memories) * ratio), 1) if memories else 0
    return [memories[(2 * n + 1) * len(memories) // (2 * count)] for n in range(count)]
