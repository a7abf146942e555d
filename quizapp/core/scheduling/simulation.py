"""Simulated learners: what somebody who studies a set would answer, day by day.

Each learner has an FSRS memory of their own, with parameters drawn around the usual ones, that nobody else sees. An
answer is right with the chance that this true memory gives, or by a lucky guess; what the app makes of it is decided by
core.scheduling.scheduler, as for everybody. Whoever is given the same `Random` and the same facts answers the same.
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
GIVES_UP = 0.2  # how often somebody who does not know says so, rather than guess

_DEFAULTS = fsrs.Scheduler().parameters
_BOUNDS = list(zip(fsrs.scheduler.LOWER_BOUNDS_PARAMETERS, fsrs.scheduler.UPPER_BOUNDS_PARAMETERS, strict=True))

Flaw = Literal["miskeyed", "misleading"]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that may be given to a question, as it is stored with a review."""

    response: dict[str, Any]
    verdict: str
    fraction: float  # 0..1

    @property
    def rating(self) -> Rating:
        return Rating.GOOD if self.verdict in ("right", "slip") else Rating.AGAIN


@dataclass(frozen=True, slots=True)
class Form:
    """A question with the answers it may get: the right one, that of somebody who gives up, and wrong ones."""

    version_id: int
    question: Question
    guess: float
    right: Given
    blank: Given
    wrong: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of a learner, and the memory before and after it; `sure` is the chance of recall the app foresaw."""

    fact_id: int
    form: Form
    given: Given
    at: datetime
    day: date
    ms: int
    before: Memory
    after: Memory
    sure: float | None


@dataclass
class Learner:
    """Somebody who studies. `talent` is 0 for the usual learner, about -1..1; `prior` is what they know beforehand."""

    chance: Random
    talent: float
    prior: float = 0.2
    seconds: float = 9.0
    scheduler: fsrs.Scheduler = field(init=False)
    cards: dict[int, fsrs.Card] = field(default_factory=dict)  # the true memories
    ease: dict[int, float] = field(default_factory=dict)  # of each fact for this learner: 1 is usual

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
        """Take in the feedback to an answer: the true memory moves on."""
        midnight = datetime.combine(day, time(), UTC)
        card = self.cards.get(fact_id) or fsrs.Card(card_id=0, due=midnight)
        rating = fsrs.Rating.Good if knew else fsrs.Rating.Again
        self.cards[fact_id], _ = self.scheduler.review_card(card, rating, midnight)

    def answer(self, form: Form, *, knew: bool) -> Given:
        """Return what the learner answers, who knew it or did not; a guess may be lucky."""
        if knew or self.chance.random() < form.guess:
            return form.right
        if not form.wrong or self.chance.random() < GIVES_UP:
            return form.blank
        # The first wrong answer is the tempting one.
        return form.wrong[0] if self.chance.random() < 0.5 else self.chance.choice(form.wrong)

    def milliseconds(self) -> int:
        return int(1000 * min(self.seconds * self.chance.lognormvariate(0, 0.5), 240))

    def _ease(self, fact_id: int) -> float:
        if fact_id not in self.ease:
            self.ease[fact_id] = math.exp(self.chance.gauss(0, 0.25))
        return self.ease[fact_id]


def form_of(version_id: int, question: Question) -> Form:
    """Return a question with the answers it may get, graded."""
    right, *wrong = question.sample_responses()
    return Form(
        version_id,
        question,
        question.guess_chance,
        _graded(question, right),
        _graded(question, read_response(question, {}, question.shuffle_options(""))),
        tuple(_graded(question, each) for each in wrong),
    )


def _graded(question: Question, response: ResponseBase) -> Given:
    grade = question.grade(response)
    return Given(response.model_dump(mode="json"), grade.verdict.value, grade.fraction or 0.0)


def study(
    learner: Learner,
    facts: Mapping[int, Sequence[Form]],
    days: Iterable[tuple[datetime, int]],
    *,
    clock: StudyClock,
    plan: Plan,
    seed: Callable[[int], str],
) -> Iterator[Step]:
    """Yield all answers of a learner who sits down at each of these instants (aware) for so many answers.

    They are asked as in the app: what comes back within the session, then what is due, then new facts as far as the
    plan allows; who still has not had enough goes over what is least sure. `seed` gives that of a fact's schedule.
    """
    memories: dict[int, Memory] = {}
    unmet = list(facts)[::-1]
    owed = 0  # what one session had no facts for is made up for in the next
    for at, answers in days:
        owed += answers
        for step in _session(learner, facts, memories, unmet, at, owed, clock, plan, seed):
            owed -= 1
            yield step


def _session(
    learner: Learner,
    facts: Mapping[int, Sequence[Form]],
    memories: dict[int, Memory],
    unmet: list[int],
    at: datetime,
    answers: int,
    clock: StudyClock,
    plan: Plan,
    seed: Callable[[int], str],
) -> Iterator[Step]:
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
        step = _answered(learner, facts[fact], memories.get(fact, NEW_MEMORY), fact, at, day, clock, plan, seed(fact))
        memories[fact] = step.after
        if step.after.due_at is not None:
            heapq.heappush(steps, (step.after.due_at, fact))
        at = step.at + timedelta(seconds=2)
        yield step


def _answered(
    learner: Learner,
    forms: Sequence[Form],
    before: Memory,
    fact_id: int,
    at: datetime,
    day: date,
    clock: StudyClock,
    plan: Plan,
    seed: str,
) -> Step:
    form = forms[choose_question([each.question for each in forms], before, seed)]
    knew = learner.chance.random() < learner.knows(fact_id, day)
    given = learner.answer(form, knew=knew)
    ms = learner.milliseconds()
    at += timedelta(milliseconds=ms)
    after = after_answer(before, given.rating, now=at, clock=clock, plan=plan, guess=form.guess, seed=seed)
    learner.learn(fact_id, knew=knew, day=day)
    return Step(fact_id, form, given, at, clock.day(at), ms, before, after, retrievability(before, clock.day(at)))


def take_quiz(learner: Learner, asked: Sequence[tuple[int, Form, Flaw | None]], day: date) -> list[Given]:
    """Return the answers to a quiz of (fact id, form, what is wrong with the question) on a day.

    Who knows the fact of a miskeyed question chooses the first distractor, which is what is true; a misleading one is
    got wrong by those most who know.
    """
    given = []
    for fact_id, form, flaw in asked:
        knew = learner.chance.random() < learner.knows(fact_id, day)
        if flaw == "miskeyed" and form.wrong:
            given.append(form.wrong[0] if knew else learner.answer(form, knew=False))
        elif flaw == "misleading":
            right = learner.chance.random() < 0.5 - 0.35 * math.tanh(2 * learner.talent)
            given.append(form.right if right else (form.wrong or (form.blank,))[-1])
        else:
            given.append(learner.answer(form, knew=knew))
    return given
