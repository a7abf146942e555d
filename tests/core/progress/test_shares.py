"""Shares and their intervals. The worked cases are in test_progress.py; here is what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.progress.shares import Share


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


def test_the_bounds_are_those_of_wilson() -> None:
    # Worked by hand for 81 of 100: the middle, drawn towards a half, is 0.7985; the reach is 0.0764.
    assert Share(100, 81).bounds == (pytest.approx(0.7222, abs=1e-4), pytest.approx(0.8749, abs=1e-4))


def test_no_answers_are_no_share_rather_than_an_error() -> None:
    assert Share(0, 0).share is None
