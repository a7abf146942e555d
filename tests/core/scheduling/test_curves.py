"""The curve of a memory through its reviews."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling.curves import POINTS, MemoryCurve, ReviewPoint, chained, memory_curve
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, State, retrievability
from quizapp.core.scheduling.study_days import StudyClock
from tests.support.replaying import replay

FIRST = date(2026, 3, 2)
CLOCK = StudyClock("UTC", 0)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def memory(last: int, *, stability: float = 7.0, due: int = 7) -> Memory:
    return Memory(State.REVIEW, None, stability, 5.0, day(last), day(due), None, 1, 0)


def recall(
    number: int, *, right: bool = True, predicted: float | None = None, after: Memory | None = None
) -> ReviewPoint:
    return ReviewPoint(day(number), right, predicted, after or memory(number, due=number + 7))


def history(reviews: list[tuple[int, Rating]]) -> list[ReviewPoint]:
    """Reviews on days counted from the first, replayed by the scheduler."""
    given = [(datetime.combine(day(number), time(12), UTC), rating, 0.0) for number, rating in reviews]
    return [
        ReviewPoint(one.day, rating != Rating.AGAIN, one.retrievability, one.after)
        for one, (_, rating) in zip(replay(given, clock=CLOCK, plan=Plan(), seed="s"), reviews, strict=True)
    ]


def test_it_falls_from_each_review_to_the_next_by_the_memory_that_was_left() -> None:
    curve = memory_curve([recall(0), recall(7, predicted=0.9, after=memory(7, stability=20.0, due=27))], today=day(10))
    first, second = curve.past
    assert (first[0], first[-1]) == ((day(0), 1.0), (day(7), pytest.approx(0.9)))
    assert second[0] == (day(7), 1.0)
    assert second[-1] == (day(10), retrievability(memory(7, stability=20.0), day(10)))
    assert curve.ahead[0] == second[-1]
    assert curve.due == day(27) < curve.end
    assert dict(curve.ahead)[day(27)] == pytest.approx(0.9, abs=0.02)


def test_a_mark_stands_at_the_chance_there_was_before_the_answer() -> None:
    curve = memory_curve([recall(0), recall(7, right=False, predicted=0.9)], today=day(7))
    assert [(mark.day, mark.right, mark.chance) for mark in curve.marks] == [
        (day(0), True, None),
        (day(7), False, 0.9),
    ]


def test_answers_of_one_day_are_stacked_and_the_rest_counted() -> None:
    curve = memory_curve([recall(0) for _ in range(6)] + [recall(1, predicted=0.9)], today=day(1), rows=4)
    assert [mark.row for mark in curve.marks] == [0, 1, 2, 3, 0]
    assert curve.left_out == 2
    assert len(curve.past) == 1  # within a day there is no curve


def test_a_fact_met_today_has_only_what_lies_ahead() -> None:
    curve = memory_curve([recall(0)], today=day(0))
    assert curve.past == ()
    assert curve.ahead[0] == (day(0), 1.0)
    assert curve.end > day(7)


def test_an_overdue_fact_goes_on_falling_past_today() -> None:
    curve = memory_curve([recall(0)], today=day(60))
    assert curve.due == day(7)
    assert curve.past[-1][-1][0] == day(60) < curve.end
    assert curve.lowest < curve.past[-1][-1][1] < 0.9


def test_a_fact_due_years_from_now_does_not_squeeze_the_past_away() -> None:
    curve = memory_curve([recall(0, after=memory(0, stability=9000.0, due=9000))], today=day(30))
    assert curve.end == day(30 + 365)
    assert curve.due > curve.end


def test_a_study_day_that_ran_backwards_is_no_fall() -> None:
    """Flown east and back, the second answer was given on the day before the first."""
    curve = memory_curve([recall(1), recall(0)], today=day(0))
    assert curve.start == day(0)
    assert curve.past == ()


def test_without_a_review_there_is_no_curve() -> None:
    with pytest.raises(ValueError, match="without a review"):
        memory_curve([], today=FIRST)


def test_each_review_left_the_memory_that_the_next_one_found() -> None:
    befores = [NEW_MEMORY, memory(0), memory(7)]
    assert chained(befores, memory(20)) == [memory(0), memory(7), memory(20)]
    assert chained([], memory(20)) == []


RATINGS = st.sampled_from([Rating.AGAIN, Rating.HARD, Rating.GOOD, Rating.EASY])


@given(st.lists(st.tuples(st.integers(0, 400), RATINGS), min_size=1, max_size=60), st.integers(0, 2000))
def test_whatever_the_history_the_curve_is_true_to_the_memory_and_no_longer_than_needed(
    steps: list[tuple[int, Rating]], later: int
) -> None:
    number, reviews = 0, []
    for gap, rating in steps:
        number += gap
        reviews.append((number, rating))
    recalls = history(reviews)
    curve: MemoryCurve = memory_curve(recalls, today=day(number + later))
    drawn = [*curve.past, curve.ahead]
    for line in drawn:
        assert all(before[0] < after[0] and before[1] >= after[1] for before, after in pairwise(line))
        assert all(0 < chance <= 1 and curve.start <= when <= curve.end for when, chance in line)
    assert sum(map(len, drawn)) <= 2 * POINTS + 2 * len(drawn)
    assert len(curve.marks) + curve.left_out == len(reviews)
    predicted = {mark.day: mark.chance for mark in curve.marks if mark.chance is not None}
    ends = {line[-1][0]: line[-1][1] for line in curve.past}
    assert all(ends[when] == pytest.approx(chance) for when, chance in predicted.items())
