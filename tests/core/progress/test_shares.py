"""Shares and their intervals. The worked cases are in test_progress.py; here is what holds for all of them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizapp.core.progress.shares import FEWEST_ANSWERS, Share


@st.composite
def shares(draw: st.DrawFn) -> Share:
    answers = draw(st.integers(1, 100_000))
    return Share(answers, draw(st.integers(0, answers)))


@given(shares())
def test_the_interval_holds_the_share_and_stays_within_0_and_1(share: Share) -> None:
    low, high = share.bounds
    assert 0 <= low <= share.correct / share.answers + 1e-12
    assert share.correct / share.answers - 1e-12 <= high <= 1


@given(shares())
def test_right_and_wrong_mirror_each_other(share: Share) -> None:
    low, high = share.bounds
    mirrored = Share(share.answers, share.answers - share.correct).bounds
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(shares(), st.integers(2, 50))
def test_more_answers_of_the_same_share_say_more(share: Share, times: int) -> None:
    low, high = share.bounds
    closer_low, closer_high = Share(share.answers * times, share.correct * times).bounds
    assert closer_high - closer_low < high - low


@given(shares(), st.floats(0, 1))
def test_a_share_is_shown_from_a_target_only_outside_its_interval(share: Share, target: float) -> None:
    assume(share.answers >= FEWEST_ANSWERS)
    low, high = share.bounds
    assert share.compared(target) == ("at" if low <= target <= high else "below" if high < target else "above")


def test_no_answers_are_no_share_rather_than_an_error() -> None:
    assert Share(0, 0).share is None
    assert Share(0, 0).compared(0.9) is None
