"""Item analysis against numbers worked out by hand, and against another implementation."""

from fractions import Fraction
from random import Random
from statistics import correlation, covariance, mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.kinds.base import Option
from quizapp.core.reports.item_analysis import (
    ItemMark,
    ItemProblem,
    ItemStatistics,
    analyse,
    count,
    item_problems,
    marks_of,
)

# Four learners, three questions. Worked out by hand:
# Q1: x 1 1 1 0, y 2 1 0 1: cov 0. Q2: x 1 1 0 0, y 2 1 1 1: cov 1/6, var x 1/3, var y 1/4, covmax 1/6.
# Q3: x 1 0 0 1, y 2 2 1 0: cov -1/6, var x 1/3, var y 11/12, covmax 1/2.
ATTEMPTS: list[dict[int, float]] = [{1: 1, 2: 1, 3: 1}, {1: 1, 2: 1, 3: 0}, {1: 1, 2: 0, 3: 0}, {1: 0, 2: 0, 3: 1}]


def items(attempts: list[dict[int, float]]) -> dict[int, ItemStatistics]:
    each = [marks_of(attempt) for attempt in attempts]
    return {q: analyse([marks[q] for marks in each if q in marks]) for q in sorted({q for s in attempts for q in s})}


def test_it_agrees_with_an_example_worked_out_by_hand() -> None:
    found = items(ATTEMPTS)
    assert [found[q].facility for q in (1, 2, 3)] == [0.75, 0.5, 0.5]
    assert found[1].discrimination == pytest.approx(0)
    assert found[2].discrimination == pytest.approx(100 / 3**0.5)  # (1/6) / sqrt(1/3 · 1/4)
    assert found[2].efficiency == pytest.approx(100)
    assert found[3].discrimination == pytest.approx(-100 * (1 / 6) / (11 / 36) ** 0.5)
    assert found[3].efficiency == pytest.approx(-100 / 3)


def other_implementation(marks: list[ItemMark]) -> tuple[float, float | None, float | None]:
    """By the standard library, in fractions."""
    xs, ys = ([Fraction(value).limit_denominator(10**6) for value in column] for column in zip(*marks, strict=True))
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        return float(mean(xs)), None, None
    most = covariance(sorted(xs), sorted(ys))
    return float(mean(xs)), 100 * correlation(xs, ys), float(100 * covariance(xs, ys) / most)


def agree(marks: list[ItemMark]) -> None:
    found = analyse(marks)
    facility, index, efficiency = other_implementation(marks)
    assert found.facility == pytest.approx(facility)
    assert (found.discrimination is None) == (index is None)
    if index is not None:
        assert found.discrimination == pytest.approx(index, abs=1e-4)
        assert found.efficiency == pytest.approx(efficiency, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_another_implementation_agrees_on_a_class_that_might_be(seed: int) -> None:
    """Thirty learners of differing ability, twelve questions of differing difficulty, partial credit in some."""
    chance = Random(seed)
    abilities = [chance.gauss(0, 1) for _ in range(30)]
    difficulties = [chance.gauss(0, 1) for _ in range(12)]

    def mark(ability: float, question: int) -> float:
        knows = chance.random() < 1 / (1 + 2.718 ** (difficulties[question] - ability))
        return 1.0 if knows else chance.choice([0, 0, 0, 1 / 3, 0.5] if question % 3 == 0 else [0])

    attempts = [{q: mark(ability, q) for q in range(12)} for ability in abilities]
    each = [marks_of(attempt) for attempt in attempts]
    for question in range(12):
        agree([marks[question] for marks in each])


@given(st.lists(st.tuples(*[st.sampled_from([0.0, 1 / 3, 0.5, 2 / 3, 1.0])] * 4), min_size=1, max_size=40))
def test_another_implementation_agrees_on_anything(rows: list[tuple[float, ...]]) -> None:
    each = [marks_of(dict(enumerate(row))) for row in rows]
    for question in range(4):
        agree([marks[question] for marks in each])


def test_equal_sums_of_thirds_are_equal_and_tell_nothing_apart() -> None:
    attempts = [{1: 1.0, 2: 1 / 3, 3: 2 / 3}, {1: 0.0, 2: 2 / 3, 3: 1 / 3}]
    assert items(attempts)[1].discrimination is None


def test_with_random_draws_each_question_is_read_over_those_who_got_it() -> None:
    found = items([{1: 1, 2: 1}, {2: 0, 3: 1}, {1: 0, 3: 0}])
    assert [found[q].n for q in (1, 2, 3)] == [2, 2, 2]
    assert found[1].discrimination == pytest.approx(100)


def test_over_quizzes_of_different_length_the_rest_is_a_mean() -> None:
    assert marks_of({1: 1.0, 2: 0.5, 3: 0.0}, relative=True)[1] == ItemMark(1.0, 0.25)
    assert marks_of({1: 1.0}, relative=True)[1] == ItemMark(1.0, 0.0)


def test_nobody_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        analyse([])


def test_few_learners_are_too_few_to_read() -> None:
    assert analyse([ItemMark(1, 1)] * 9).is_small
    assert not analyse([ItemMark(1, 1)] * 10).is_small


CHOICE = parse_question(
    {
        "key": "q", "kind": "choice", "prompt": "Who?", "answer": "A",
        "distractors": [{"text": "B", "misconception": "mix-up"}, {"text": "C"}],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("item", "chosen", "expected"),
    [
        (ItemStatistics(20, 0.5, 30.0, 60.0, False), (10, 6, 4), []),
        (ItemStatistics(20, 0.5, -3.0, -5.0, False), (10, 6, 4), [ItemProblem.NEGATIVE]),
        (ItemStatistics(20, 0.3, 30.0, 60.0, False), (6, 10, 4), [ItemProblem.LURE]),
        (ItemStatistics(20, 0.3, 30.0, 60.0, False), (8, 8, 4), []),
        (ItemStatistics(20, 0.1, 30.0, 60.0, False), (10, 6, 4), [ItemProblem.TOO_HARD]),
        (ItemStatistics(20, 0.96, 30.0, 60.0, False), (19, 1, 0), [ItemProblem.TOO_EASY]),
        (ItemStatistics(20, 1.0, None, None, True), (20, 0, 0), [ItemProblem.TOO_EASY, ItemProblem.SAME]),
        (ItemStatistics(1, 0.5, None, None, True), (1, 0, 0), []),
    ],
)
def test_a_question_that_fails_says_how(
    item: ItemStatistics, chosen: tuple[int, ...], expected: list[ItemProblem]
) -> None:
    offered = CHOICE.countable_options
    given_picks = [pick for pick, times in zip(offered, chosen, strict=True) for _ in range(times)]
    assert item_problems(item, count(offered, given_picks, item.n)) == expected


def test_choices_are_counted_with_their_share_and_what_they_mistake() -> None:
    responses = [parse_response({"kind": "choice", "picked": picked}) for picked in (0, 1, 1, None)]
    chosen = [pick for response in responses for pick in CHOICE.chosen_options(response)]
    counted = count(CHOICE.countable_options, chosen, 4)
    assert [(each.pick.text, each.count, each.share) for each in counted] == [
        ("A", 1, 0.25), ("B", 2, 0.5), ("C", 0, 0.0),
    ]  # fmt: skip
    assert counted[1].pick == Option("B", False, "mix-up")


def test_what_an_earlier_version_offered_is_counted_too() -> None:
    assert [each.pick.text for each in count(CHOICE.countable_options, [Option("Gone", False)], 1)] == [
        "A",
        "B",
        "C",
        "Gone",
    ]


@pytest.mark.parametrize(
    ("question", "response", "texts"),
    [
        ({"kind": "true_false", "answer": True}, {"picked": False}, [("False", False)]),
        ({"kind": "true_false", "answer": True}, {}, []),
        ({"kind": "multiple", "answers": ["A", "B"], "distractors": [{"text": "C"}]}, {"picked": [0, 2]},
         [("A", True), ("C", False)]),
        ({"kind": "cloze", "text": "The {{x}}.",
          "gaps": {"x": {"answer": "A", "distractors": [{"text": "B"}, {"text": "C"}]}}},
         {"gaps": {"x": "B"}}, [("x: B", False)]),
        ({"kind": "typed", "answer": "A"}, {"text": "B"}, []),
    ],
)  # fmt: skip
def test_what_was_chosen_is_shown_for_each_kind(
    question: dict[str, object], response: dict[str, object], texts: list[tuple[str, bool]]
) -> None:
    parsed = parse_question({"key": "q", "prompt": "?", **question})
    found = parsed.chosen_options(parse_response({"kind": question["kind"], **response}))
    assert [(pick.text, pick.right) for pick in found] == texts


def test_what_was_typed_is_shown_where_something_is_typed() -> None:
    assert parse_response({"kind": "typed", "text": " Bee "}).short_text == "Bee"
    assert parse_response({"kind": "typed"}).short_text == ""
    assert parse_response({"kind": "choice", "picked": 1}).short_text == ""
