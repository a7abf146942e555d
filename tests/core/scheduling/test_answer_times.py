"""The time of answers: what counts, what does not, and how quickly a learner's own times are adopted."""

from datetime import UTC, datetime, timedelta

import pytest

from quizapp.core.scheduling.answer_times import STANDARD_TIMES, AnswerKind, RecentAnswer, estimate_times

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def answered(kind, at, seconds):
    return RecentAnswer(kind, at, seconds, right=kind is not AnswerKind.WRONG, guess=0.0, predicted=None)


def answers(kinds, seconds, *, gap=None):
    """Answers of these kinds, each given `seconds` after its question, and `gap` seconds after the one before it."""
    gap = seconds if gap is None else gap
    return [answered(kind, START + timedelta(seconds=number * gap), seconds) for number, kind in enumerate(kinds)]


def test_without_answers_the_times_are_the_standard_ones():
    assert estimate_times([]) == STANDARD_TIMES
    assert (STANDARD_TIMES.first, STANDARD_TIMES.right, STANDARD_TIMES.wrong, STANDARD_TIMES.repeat) == (20, 9, 16, 7)


def test_reading_the_feedback_counts_and_a_pause_does_not():
    quick = answers([AnswerKind.RIGHT] * 300, 5, gap=12)
    assert estimate_times(quick).right == pytest.approx(12, abs=0.2)
    later = [answered(each.kind, each.at + timedelta(hours=1), each.seconds) for each in quick]
    assert estimate_times([*quick, *later]).right == pytest.approx(12, abs=0.2)
    assert estimate_times(answers([AnswerKind.RIGHT] * 300, 5, gap=121)) == STANDARD_TIMES


def test_the_feedback_on_a_wrong_answer_counts_for_the_wrong_answer():
    """Answers take 6 seconds; a mistake is then read for 10 more."""
    kinds = [AnswerKind.RIGHT, AnswerKind.WRONG] * 200
    at, given = START, []
    for kind in kinds:
        at += timedelta(seconds=6)
        given.append(answered(kind, at, 6))
        at += timedelta(seconds=10 * (kind == AnswerKind.WRONG))
    times = estimate_times(given)
    assert times.right == pytest.approx(6, abs=0.3)
    assert times.wrong == pytest.approx(16, abs=0.3)


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_answers_without_a_time_of_their_own_are_timed_from_one_to_the_next(seconds):
    given = [answered(AnswerKind.REPEAT, START + timedelta(seconds=10 * number), seconds) for number in range(300)]
    assert estimate_times(given).repeat == pytest.approx(10, abs=0.2)


def test_the_pace_of_a_few_answers_is_expected_of_the_other_kinds_too():
    times = estimate_times(answers([AnswerKind.RIGHT] * 31, 18))
    assert times.right == pytest.approx(18, abs=1)
    assert times.wrong == pytest.approx(1.75 * STANDARD_TIMES.wrong)
