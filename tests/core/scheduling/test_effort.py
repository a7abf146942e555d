"""What studying takes: the answers expected of a fact on one day, and how soon a learner's own answers decide."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import fmean

import pytest
from sampling import sample

from quizapp.core.scheduling.answer_times import AnswerKind, RecentAnswer
from quizapp.core.scheduling.effort import STANDARD_EFFORT, Effort, estimate_effort
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, State, after_answer
from quizapp.core.scheduling.study_days import StudyClock

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEARNED = Memory(State.REVIEW, None, 10.0, 5.0, TODAY - timedelta(days=10), TODAY, None, 3, 0)


def seconds_on_one_day(memory: Memory, first_right: float, effort: Effort, dice: Random) -> float:
    """Answer as `effort` expects until the scheduler asks the fact no more today."""
    seconds, chance, before = 0.0, first_right, memory
    while memory is before or memory.state is not State.REVIEW:
        right = dice.random() < chance
        times = effort.times
        usual = times.first if before.state is State.NEW else times.right if right else times.wrong
        seconds += usual if memory is before else times.repeat
        rating = Rating.GOOD if right else Rating.AGAIN
        memory = after_answer(memory, rating, now=NOON, clock=StudyClock("UTC"), plan=Plan(), seed="")
        chance = effort.repeat_right
    return seconds


@pytest.mark.parametrize("repeat_right", sample([0.6, 0.95], every=2))
def test_the_expected_time_of_a_fact_is_the_mean_of_what_the_scheduler_asks(repeat_right: float) -> None:
    dice, effort = Random(1), Effort(repeat_right=repeat_right, guess_first=0.25, guess_recall=0.0)
    new = [seconds_on_one_day(NEW_MEMORY, 0.4, effort, dice) for _ in range(2000)]
    assert effort.new_seconds() == pytest.approx(fmean(new), rel=0.03)
    due = [seconds_on_one_day(LEARNED, 0.8, effort, dice) for _ in range(2000)]
    assert effort.due_seconds(0.8, 10.0) == pytest.approx(fmean(due), rel=0.03)
    once = after_answer(NEW_MEMORY, Rating.GOOD, now=NOON, clock=StudyClock("UTC"), plan=Plan(), seed="")
    assert once.step is not None
    step = [seconds_on_one_day(once, repeat_right, effort, dice) for _ in range(2000)]
    expected = effort.step_seconds(once.state, once.step) - effort.times.repeat  # the first is timed as an answer due
    assert expected == pytest.approx(fmean(step) - fmean([9 * repeat_right + 16 * (1 - repeat_right)]), abs=0.4)


def test_without_answers_it_is_the_standard_effort() -> None:
    assert estimate_effort([]) == STANDARD_EFFORT


def test_it_becomes_the_learners_own() -> None:
    dice = Random(2)
    shares = {AnswerKind.FIRST: (0.7, 0.5), AnswerKind.REPEAT: (0.7, 0.0), AnswerKind.RIGHT: (0.8, 0.0)}
    answers = []
    for number in range(1500):
        kind = list(shares)[number % 3]
        chance, guess = shares[kind]
        right = dice.random() < chance
        kind = AnswerKind.WRONG if kind is AnswerKind.RIGHT and not right else kind
        predicted = 0.9 if kind in (AnswerKind.RIGHT, AnswerKind.WRONG) else None
        answers.append(RecentAnswer(kind, NOON + number * timedelta(seconds=9), 9.0, right, guess, predicted, 2.0))
    effort = estimate_effort(answers)
    assert effort.known_first == pytest.approx(0.4, abs=0.05)
    assert effort.repeat_right == pytest.approx(0.7, abs=0.05)
    assert effort.forgetting == pytest.approx(2.0, abs=0.6)
    assert effort.recall(0.9) == pytest.approx(0.8, abs=0.06)
    assert (effort.guess_first, effort.guess_due) == (pytest.approx(0.5, abs=0.02), pytest.approx(0.0, abs=0.01))
