"""What a class is expected to know."""

from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.reports.memory_map import (
    ExpectedRecall,
    by_fact,
    class_means,
    forgotten,
    grid,
    level,
    lower_quartile,
    whole,
)

CHANCES = {1: {10: 0.9, 11: 0.5}, 2: {10: 0.7}}


def test_a_fact_never_met_counts_as_not_known() -> None:
    assert whole(CHANCES[2], 2) == ExpectedRecall(0.7, met=1, total=2)
    assert whole(CHANCES[2], 2).share == pytest.approx(0.35)
    assert whole({}, 0).share == 0


def test_each_student_has_a_cell_for_each_group_also_who_never_began() -> None:
    cells = grid(CHANCES, [1, 2, 3], {"dates": [10], "war": [10, 11]})
    assert cells[1]["war"] == ExpectedRecall(1.4, 2, 2)
    assert cells[3]["dates"] == ExpectedRecall(0, 0, 1)


def test_a_fact_is_read_over_the_whole_class() -> None:
    ten, eleven, twelve = by_fact(CHANCES, [1, 2, 3], [10, 11, 12])
    assert (ten.mean, ten.met, ten.knowing) == (pytest.approx(1.6 / 3), 2, 2)
    assert ten.low == pytest.approx(0.35)  # halfway from 0 to 0.7
    assert (eleven.knowing, eleven.met) == (0, 1)  # one half is not likelier than not
    assert (twelve.mean, twelve.met) == (0, 0)
    assert by_fact(CHANCES, [], [10]) == []


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_the_lower_quartile_is_that_of_the_standard_library(values: list[float]) -> None:
    assert lower_quartile(sorted(values)) == pytest.approx(quantiles(values, n=4, method="inclusive")[0])


def test_the_least_known_of_what_was_met_is_brought_back_first() -> None:
    means = class_means(CHANCES, 2)
    assert means == {11: 0.25, 10: pytest.approx(0.8)}
    assert forgotten(means, 0.9) == [11, 10]
    assert forgotten(means, 0.5) == [11]


@pytest.mark.parametrize(("chance", "expected"), [(0, 0), (0.49, 0), (0.5, 1), (0.7, 2), (0.8, 3), (0.9, 4), (1, 4)])
def test_levels(chance: float, expected: int) -> None:
    assert level(chance) == expected
