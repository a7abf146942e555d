"""A placement test finds out which facts of a set somebody knows already: what it asks, and by which question."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from quizapp.core.kinds import Question

SIZE = 20  # questions
LUCKY_GUESS = 0.10  # a question that is easier to guess does not show that a fact is known


class UnmetFact(NamedTuple):
    """A fact that can be asked, and the question to ask it by."""

    fact_id: int
    topic: str
    importance: int
    question_version_id: int


def find_proof(questions: Sequence[Question]) -> int | None:
    """Return the index of the question that shows best whether a fact is known; None where all could be guessed.

    Recall comes first. Cards come last, because learners rate themselves; what a person must mark is never asked.
    """
    fitting = [
        (question.self_graded, -question.stage, question.guess_chance, index)
        for index, question in enumerate(questions)
        if question.guess_chance <= LUCKY_GUESS and not question.marked_by_hand
    ]
    return min(fitting)[-1] if fitting else None


def draw_evenly(facts: Sequence[UnmetFact], size: int, *, seed: str) -> list[UnmetFact]:
    """Draw up to `size` facts so that each topic, and within it each importance, gets its share; in random order.

    Source: systematic sampling from a list sorted by strata (Cochran 1977, chapter 8).
    """
    chance = Random(seed)
    size = min(size, len(facts))
    shuffled = chance.sample(facts, len(facts))
    ordered = sorted(shuffled, key=lambda fact: (fact.topic, fact.importance))
    start = chance.randrange(len(facts)) if facts else 0
    drawn = [ordered[(start + place * len(facts)) // size] for place in range(size)]
    chance.shuffle(drawn)
    return drawn
