"""Learners whose true memory is known, who study through the services of the product day by day.

The true memory is separate from what the application believes: it decides what is recalled, and only the answers reach
the application. It is therefore the measure of what the application predicts.
"""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol

import fsrs
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from quizapp.core.kinds import Question
from quizapp.core.sets.files import read_set
from quizapp.models import Base, Fact, QuestionSet, User
from quizapp.services import accounts, exams, parameters
from quizapp.services.review import answers, queue, today
from quizapp.services.sets.updates import load_set

BANK = Path(__file__).parents[2] / "question_bank/april-1920"
FIRST_DAY = date(2026, 3, 2)
STUDIES_AT = time(17)  # UTC
KNOWN_BEFORE = 0.2  # the share of facts known before they are met
SAME_DAY = 0.95  # the chance of a right repeat on the same day
TIMES = {"first": 20.0, "right": 9.0, "wrong": 16.0, "repeat": 7.0}  # seconds, with reading the feedback

STANDARD = tuple(fsrs.Scheduler().parameters)


class TrueMemory(Protocol):
    """What a learner really remembers of one fact."""

    last_day: date | None

    def recall(self, day: date) -> float:
        """Return the chance (0..1) of recall on a day after the last answer."""

    def learn(self, day: date, *, knew: bool) -> None:
        """Update the memory after the feedback on an answer."""


@cache
def _scheduler(parameters: tuple[float, ...]) -> fsrs.Scheduler:
    return fsrs.Scheduler(parameters, learning_steps=(), relearning_steps=(), enable_fuzzing=False)


class FsrsMemory:
    """A memory that follows FSRS-6 with the given parameters, in whole study days."""

    def __init__(self, parameters: tuple[float, ...] = STANDARD) -> None:
        self.parameters = parameters
        self.card = fsrs.Card(card_id=0, due=datetime(2026, 1, 1, tzinfo=UTC))
        self.last_day: date | None = None

    def recall(self, day: date) -> float:
        assert self.last_day is not None and self.card.stability is not None
        decay = -self.parameters[20]
        factor = 0.9 ** (1 / decay) - 1
        return float((1 + factor * (day - self.last_day).days / self.card.stability) ** decay)

    def learn(self, day: date, *, knew: bool) -> None:
        rating = fsrs.Rating.Good if knew else fsrs.Rating.Again
        at = datetime.combine(day, time(), UTC)
        self.card, _ = _scheduler(self.parameters).review_card(self.card, rating, at)
        self.last_day = day


class ExponentialMemory:
    """A memory of another model: R = exp(-t/s), where each spaced recall multiplies s.

    As in half-life regression (Settles and Meeder, 2016), with a spacing effect: the lower R was, the more is added.
    """

    def __init__(self) -> None:
        self.days = 0.0  # s
        self.last_day: date | None = None

    def recall(self, day: date) -> float:
        assert self.last_day is not None
        return math.exp(-(day - self.last_day).days / self.days)

    def learn(self, day: date, *, knew: bool) -> None:
        if self.last_day is None:
            self.days = 12.0 if knew else 3.0
        elif day == self.last_day:
            self.days *= 1.1
        elif knew:
            self.days *= 1.3 + 6.0 * (1 - self.recall(day))
        else:
            self.days = max(3.0, self.days * 0.4)
        self.last_day = day


class Answered(NamedTuple):
    """A simulated answer; `recall` is the true chance before it, None at a first meeting and on the same day."""

    day: date
    fact_id: int
    kind: str
    guess: float
    recall: float | None
    predicted: float | None
    right: bool
    seconds: float
    interval_days: int | None  # since the last answer
    was_new: bool


def right_form(question: Question, order: Sequence[int]) -> dict[str, str]:
    """Return the form that answers a question rightly, with its options shown in that order."""
    pick = question.right_pick(order)
    if pick is not None:
        return {"picked": pick}
    right = question.sample_responses()[0].model_dump()
    match question.kind:
        case "flashcard":
            return {"rating": "good"}
        case "multiple":
            return {f"pick-{order.index(index)}": "y" for index in right["picked"]}
        case "ordering":
            return {f"place-{order.index(index)}": str(place) for index, place in enumerate(right["places"])}
        case "matching":
            return {f"match-{stem}": str(order.index(target)) for stem, target in enumerate(right["targets"])}
        case "cloze":
            return {f"gap-{n}": _gap_value(question, name, order) for n, name in enumerate(question.gap_names)}
        case _:
            return {"text": right["text"]}


def _gap_value(question: Question, name: str, order: Sequence[int]) -> str:
    if not question.gaps[name].distractors:
        return question.gaps[name].answer
    own = question.option_ranges[name]
    return str([question.options[index] for index in order[own.start : own.stop]].index(question.gaps[name].answer))


@cache
def _bank() -> bytes:
    """Return a database that holds the built-in bank."""
    engine = _engine(sqlite3.connect(":memory:", check_same_thread=False))
    Base.metadata.create_all(engine)
    source, problems = read_set(BANK)
    assert source is not None, problems
    with Session(engine) as session:
        load_set(session, source, now=datetime.combine(FIRST_DAY, time(), UTC))
        session.commit()
        return bytes(session.connection().connection.driver_connection.serialize())  # type: ignore[union-attr]


@cache
def count_facts() -> int:
    """Return the number of facts of the built-in bank."""
    source, problems = read_set(BANK)
    assert source is not None, problems
    return len(source.facts)


def _engine(connection: sqlite3.Connection) -> Engine:
    return create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)


@dataclass
class SimulatedLearner:
    """One learner in a database of their own with the built-in bank, and the instant it is for them."""

    seed: int
    memory: type[TrueMemory] | None = None  # None: FSRS-6 with `parameters`
    parameters: tuple[float, ...] = STANDARD
    guesses: bool = True
    times: dict[str, float] = field(default_factory=lambda: dict(TIMES))
    session: Session = field(init=False)
    user: User = field(init=False)
    set_id: int = field(init=False)
    now: datetime = field(init=False)
    true: dict[int, TrueMemory] = field(default_factory=dict)
    log: list[Answered] = field(default_factory=list)

    def __post_init__(self) -> None:
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.deserialize(_bank())
        self.session = Session(_engine(connection), expire_on_commit=False)
        self.dice = Random(self.seed)
        self.now = datetime.combine(FIRST_DAY, STUDIES_AT, UTC)
        self.user = accounts.create_guest(self.session, timezone="UTC", now=self.now)
        self.set_id = self.session.scalars(select(QuestionSet.id)).one()
        today.start_plan(self.session, self.user, self.set_id, now=self.now)
        self.session.commit()
        facts = select(Fact.id).where(Fact.set_id == self.set_id, Fact.archived_at.is_(None)).order_by(Fact.position)
        self.facts = list(self.session.scalars(facts))

    @property
    def day(self) -> date:
        return self.user.clock.day(self.now)

    def wake_on(self, day: date) -> None:
        self.now = max(self.now, datetime.combine(day, STUDIES_AT, UTC))

    def adjust(self) -> None:
        """Adjust the intervals to the learner's own reviews if it is time, as the background job does."""
        if parameters.list_due_learners(self.session, now=self.now, limit=1):
            adjustment = parameters.find_adjustment(self.session, self.user, now=self.now)
            parameters.save_adjustment(self.session, self.user, adjustment, now=self.now)
            parameters.note_fitted(self.session, self.user, now=self.now)
            self.session.commit()

    def study(self, minutes: float | None = None) -> float:
        """Answer what today's session asks, for so many minutes at most; the minutes it took."""
        exams.plan_study_day(self.session, self.user, now=self.now)
        self.session.commit()
        began = self.now
        while minutes is None or self.now - began < timedelta(minutes=minutes):
            prompt = queue.next_prompt(self.session, self.user, now=self.now)
            if prompt is None:
                break
            self._answer(prompt)
        return (self.now - began) / timedelta(minutes=1)

    def _answer(self, prompt: queue.Prompt) -> None:
        day, memory = self.day, self.true.get(prompt.fact_id)
        was_new = memory is None
        if memory is None:
            memory = self.true[prompt.fact_id] = self.memory() if self.memory else FsrsMemory(self.parameters)
        last = memory.last_day
        recall = memory.recall(day) if last is not None and last < day else None
        chance = KNOWN_BEFORE if was_new else SAME_DAY if recall is None else recall
        knew = self.dice.random() < chance
        right = knew or (self.guesses and self.dice.random() < prompt.question.guess_chance)
        repeat = not was_new and recall is None
        seconds = self.times["first" if was_new else "repeat" if repeat else "right" if right else "wrong"]
        reading = timedelta(seconds=seconds / 2)  # the question, and then the feedback
        self.now += reading
        posted = right_form(prompt.question, prompt.order) if right else {"give-up": "1"}
        given = answers.SubmittedAnswer(
            prompt.fact_id, prompt.question_version_id, prompt.version, posted, ms=int(seconds * 500)
        )
        answers.record_answer(self.session, self.user, given, now=self.now)
        self.session.commit()
        self.now += reading
        memory.learn(day, knew=knew)
        elapsed = None if last is None else (day - last).days
        asked = prompt.question
        self.log.append(
            Answered(
                day=day,
                fact_id=prompt.fact_id,
                kind=asked.kind,
                guess=asked.guess_chance,
                recall=recall,
                predicted=prompt.predicted,
                right=right,
                seconds=seconds,
                interval_days=elapsed,
                was_new=was_new,
            )
        )

    def expected_score(self, day: date) -> float:
        """Return the mean true chance (0..1) of recalling each fact on a morning, without guessing."""
        return sum(self._true_recall(fact_id, day) for fact_id in self.facts) / len(self.facts)

    def _true_recall(self, fact_id: int, day: date) -> float:
        memory = self.true.get(fact_id)
        if memory is None:
            return KNOWN_BEFORE
        return memory.recall(day) if memory.last_day is not None and memory.last_day < day else SAME_DAY

    def close(self) -> None:
        self.session.close()
