"""Retention without lucky guesses, and how far it may be off."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.progress.retention import FEWEST_ANSWERS, Retention, recalled
from quizapp.core.progress.shares import Share

guesses = st.sampled_from([0.0, 0.01, 0.25, 0.5])
answers = st.lists(st.tuples(st.booleans(), guesses), min_size=FEWEST_ANSWERS, max_size=200)


def of(answers: Sequence[tuple[bool, float]]) -> Retention:
    single = (Retention(1, right, recalled(right, guess), guess / (1 - guess)) for right, guess in answers)
    return sum(single, Retention())


@pytest.mark.parametrize("guess", [0.0, 0.25, 0.5])
def test_a_learner_who_recalls_nine_in_ten_is_shown_nine_in_ten_however_the_facts_are_asked(guess: float) -> None:
    chance = Random(1)
    learned = [of([(chance.random() < 0.9 + 0.1 * guess, guess) for _ in range(400)]) for _ in range(400)]
    assert sum(each.share or 0 for each in learned) / 400 == pytest.approx(0.9, abs=0.002)
    covered = sum(low <= 0.9 <= high for low, high in (each.bounds for each in learned))
    assert covered / 400 == pytest.approx(0.95, abs=0.03)


def test_guessing_alone_is_no_retention() -> None:
    found = of([(number % 2 == 0, 0.5) for number in range(100)])
    assert (found.share, found.lucky, found.bounds[0]) == (0.0, 50.0, 0.0)
    assert of([(False, 0.5)] * 100).share == 0.0


def test_it_takes_thirty_answers() -> None:
    few = of([(True, 0.25)] * 29)
    assert (few.share, few.missing, few.compared(0.9)) == (None, 1, None)
    assert of([(True, 0.25)] * 30).share == 1.0
    assert Retention().missing == 30


@given(answers)
def test_the_bounds_surround_the_share_and_stay_within_0_and_1(answers: list[tuple[bool, float]]) -> None:
    found = of(answers)
    low, high = found.bounds
    assert found.share is not None
    assert 0 <= low <= found.share + 1e-9 and found.share - 1e-9 <= high <= 1


@given(st.integers(1, 1000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_without_guesses_the_bounds_are_those_of_wilson(counts: tuple[int, int]) -> None:
    answers, correct = counts
    assert Retention(answers, correct, correct, 0.0).bounds == pytest.approx(Share(answers, correct).bounds)


@pytest.mark.parametrize(
    ("answers", "right", "verdict"),
    [
        (40, 34, "at"),  # 85 % of so few may well be 90 %
        (1000, 850, "below"),
        (1000, 900, "at"),
        (1000, 950, "above"),
    ],
)
def test_a_target_is_missed_only_where_chance_does_not_explain_it(answers: int, right: int, verdict: str) -> None:
    assert Retention(answers, right, right, 0.0).compared(0.9) == verdict
