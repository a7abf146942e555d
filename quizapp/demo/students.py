"""Simulated students: what they answer, day by day.

Each student has an FSRS memory of their own, with parameters drawn around the usual ones, which the app never sees. An
answer is right with the probability that this true memory gives, or by a lucky guess; core.scheduling then schedules
the fact as for everybody. The same `Random` and the same facts give the same answers.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Literal

import fsrs

from quizapp.core.kinds import Question, read_response
from quizapp.core.kinds.base import ResponseBase
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, State, after_answer, retrievability
from quizapp.core.scheduling.sessions import choose_question
from quizapp.core.scheduling.study_days import StudyClock

WITHIN_A_DAY = 0.9  # the chance of recalling what was met earlier in the day
GIVES_UP = 0.2  # the chance that a student who does not know says so instead of guessing

_DEFAULTS = fsrs.Scheduler().parameters
_BOUNDS = list(zip(fsrs.scheduler.LOWER_BOUNDS_PARAMETERS, fsrs.scheduler.UPPER_BOUNDS_PARAMETERS, strict=True))

Flaw = Literal["miskeyed", "misleading"]


@dataclass(frozen=True, slots=True)
class DemoAnswer:
    """A possible answer to a question, as a review stores it."""

    response: dict[str, Any]
    verdict: str
    fraction: float  # 0..1

    @property
    def rating(self) -> Rating:
        return Rating.GOOD if self.verdict in ("right", "slip") else Rating.AGAIN


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """A question with its possible answers, graded: the right one, no answer, and wrong ones."""

    version_id: int
    body: Question
    guess: float
    right: DemoAnswer
    blank: DemoAnswer
    wrong: tuple[DemoAnswer, ...]


@dataclass(frozen=True, slots=True)
class DemoReview:
    """One answer of a student, with the memory before and after it; `predicted` is the retrievability before it."""

    fact_id: int
    question: DemoQuestion
    answer: DemoAnswer
    at: datetime
    day: date
    ms: int
    before: Memory
    after: Memory
    predicted: float | None


@dataclass
class SimulatedStudent:
    """A simulated student. `talent` is 0 for an average one, about -1..1; `prior` is the chance (0..1) that they know a
    fact before they study it."""

    chance: Random
    talent: float
    prior: float = 0.2
    seconds: float = 9.0
    scheduler: fsrs.Scheduler = field(init=False)
    cards: dict[int, fsrs.Card] = field(default_factory=dict)  # the true memories
    ease: dict[int, float] = field(default_factory=dict)  # of each fact for this student: 1 is average

    def __post_init__(self) -> None:
        drawn = list(_DEFAULTS)
        for index in range(4):  # stability after the first answer, in days
            drawn[index] *= math.exp(self.talent + self.chance.gauss(0, 0.2))
        drawn[8] += 0.4 * self.talent  # how much a recall adds to it
        drawn[11] *= math.exp(0.3 * self.talent)  # what is left of it once forgotten
        kept = [min(max(value, low), high) for value, (low, high) in zip(drawn, _BOUNDS, strict=True)]
        self.scheduler = fsrs.Scheduler(kept, learning_steps=(), relearning_steps=(), enable_fuzzing=False)

    def knows(self, fact_id: int, day: date) -> float:
        """Return the true chance (0..1) of recalling a fact on a day."""
        card = self.cards.get(fact_id)
        if card is None or card.stability is None or card.last_review is None:
            return self.prior
        elapsed = (day - card.last_review.date()).days
        if elapsed < 1:
            return WITHIN_A_DAY
        memory = Memory(State.REVIEW, None, card.stability, None, card.last_review.date(), None, None, 0, 0)
        chance = retrievability(memory, day) or 0.0
        return float(chance ** (1 / self._ease(fact_id)))

    def learn(self, fact_id: int, *, knew: bool, day: date) -> None:
        """Update the true memory after the feedback on an answer."""
        midnight = datetime.combine(day, time(), UTC)
        card = self.cards.get(fact_id) or fsrs.Card(card_id=0, due=midnight)
        rating = fsrs.Rating.Good if knew else fsrs.Rating.Again
        self.cards[fact_id], _ = self.scheduler.review_card(card, rating, midnight)

    def answer(self, question: DemoQuestion, *, knew: bool) -> DemoAnswer:
        """Return the student's answer, whether or not they knew it; a guess may be lucky."""
        if knew or self.chance.random() < question.guess:
            return question.right
        if not question.wrong or self.chance.random() < GIVES_UP:
            return question.blank
        # The first wrong answer is the tempting one.
        return question.wrong[0] if self.chance.random() < 0.5 else self.chance.choice(question.wrong)

    def milliseconds(self) -> int:
        return int(1000 * min(self.seconds * self.chance.lognormvariate(0, 0.5), 240))

    def _ease(self, fact_id: int) -> float:
        if fact_id not in self.ease:
            self.ease[fact_id] = math.exp(self.chance.gauss(0, 0.25))
        return self.ease[fact_id]


def prepare_question(version_id: int, question: Question) -> DemoQuestion:
    """Return a question with its possible answers, graded."""
    right, *wrong = question.sample_responses()
    return DemoQuestion(
        version_id,
        question,
        question.guess_chance,
        _graded(question, right),
        _graded(question, read_response(question, {}, question.shuffle_options(""))),
        tuple(_graded(question, each) for each in wrong),
    )


def _graded(question: Question, response: ResponseBase) -> DemoAnswer:
    grade = question.grade(response)
    return DemoAnswer(response.model_dump(mode="json"), grade.verdict.value, grade.fraction or 0.0)


def study(
    student: SimulatedStudent,
    facts: Mapping[int, Sequence[DemoQuestion]],
    days: Iterable[tuple[datetime, int]],
    *,
    clock: StudyClock,
    plan: Plan,
    seed: Callable[[int], str],
) -> Iterator[DemoReview]:
    """Yield all answers of a student who studies on `days`: pairs of an instant (aware) and a number of answers.

    Questions come in the order of the app: what comes back within the session, then what is due, then new facts as far
    as the plan allows, then the weakest facts. `seed` returns the seed of a fact's schedule.
    """
    memories: dict[int, Memory] = {}
    unmet = list(facts)[::-1]
    owed = 0  # what one session had no facts for is made up for in the next
    for at, answers in days:
        owed += answers
        for step in _session(student, facts, memories, unmet, at, owed, clock, plan, seed):
            owed -= 1
            yield step


def _session(
    student: SimulatedStudent,
    facts: Mapping[int, Sequence[DemoQuestion]],
    memories: dict[int, Memory],
    unmet: list[int],
    at: datetime,
    answers: int,
    clock: StudyClock,
    plan: Plan,
    seed: Callable[[int], str],
) -> Iterator[DemoReview]:
    day = clock.day(at)
    waiting = [(m.due_day or day, fact) for fact, m in memories.items() if m.due_day and m.due_day <= day]
    heapq.heapify(waiting)
    steps: list[tuple[datetime, int]] = []
    spare = iter(sorted(memories, key=lambda fact: memories[fact].stability or 0.0))
    new = plan.new_per_day
    for _ in range(answers):
        if steps and steps[0][0] <= at:
            fact = heapq.heappop(steps)[1]
        elif waiting:
            fact = heapq.heappop(waiting)[1]
        elif unmet and new > 0:
            fact, new = unmet.pop(), new - 1
        elif steps:
            fact = heapq.heappop(steps)[1]
        else:
            found = next((each for each in spare if memories[each].last_day != day), None)
            if found is None:
                return
            fact = found
        step = _answered(student, facts[fact], memories.get(fact, NEW_MEMORY), fact, at, day, clock, plan, seed(fact))
        memories[fact] = step.after
        if step.after.due_at is not None:
            heapq.heappush(steps, (step.after.due_at, fact))
        at = step.at + timedelta(seconds=2)
        yield step


def _answered(
    student: SimulatedStudent,
    questions: Sequence[DemoQuestion],
    before: Memory,
    fact_id: int,
    at: datetime,
    day: date,
    clock: StudyClock,
    plan: Plan,
    seed: str,
) -> DemoReview:
    question = questions[choose_question([each.body for each in questions], before, seed)]
    knew = student.chance.random() < student.knows(fact_id, day)
    answer = student.answer(question, knew=knew)
    ms = student.milliseconds()
    at += timedelta(milliseconds=ms)
    after = after_answer(before, answer.rating, now=at, clock=clock, plan=plan, guess=question.guess, seed=seed)
    student.learn(fact_id, knew=knew, day=day)
    return DemoReview(
        fact_id, question, answer, at, clock.day(at), ms, before, after, retrievability(before, clock.day(at))
    )


def take_quiz(
    student: SimulatedStudent, asked: Sequence[tuple[int, DemoQuestion, Flaw | None]], day: date
) -> list[DemoAnswer]:
    """Return the answers to a quiz of (fact id, question, its flaw) on a day.

    Students who know the fact of a miskeyed question choose its first distractor, which is the true answer; the most
    talented get a misleading question wrong most often.
    """
    answers = []
    for fact_id, question, flaw in asked:
        knew = student.chance.random() < student.knows(fact_id, day)
        if flaw == "miskeyed" and question.wrong:
            answers.append(question.wrong[0] if knew else student.answer(question, knew=False))
        elif flaw == "misleading":
            right = student.chance.random() < 0.5 - 0.35 * math.tanh(2 * student.talent)
            answers.append(question.right if right else (question.wrong or (question.blank,))[-1])
        else:
            answers.append(student.answer(question, knew=knew))
    return answers
