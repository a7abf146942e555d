"""Areas on a picture, one of which is pointed at."""

from typing import Any

import pytest
from pydantic import ValidationError
from questions import describe, grade, places, question, read

from quizapp.core.kinds import parse_response
from quizapp.core.kinds.base import Stage, Verdict
from quizapp.core.kinds.reading import CannotCarryOver, NoSuchChoice

LAKE = question("point", **places("Island", "Harbour", "Spring"))
HARBOUR = parse_response({"kind": "point", "picked": 1})


def with_area(area: Any) -> list[float]:
    """The area of the right place of a question, as it is read."""
    return question("point", **places("Island", "Harbour") | {"area": area}).area


@pytest.mark.parametrize(
    ("picked", "verdict", "fraction"),
    [(0, Verdict.RIGHT, 1.0), (2, Verdict.WRONG, 0.0), (None, Verdict.UNANSWERED, 0.0)],
)
def test_it_works(picked: int | None, verdict: Verdict, fraction: float) -> None:
    found = grade(LAKE, picked=picked)
    assert (found.verdict, found.fraction, found.key) == (verdict, fraction, "Island")
    assert (found.distractor.text if found.distractor else None) == ("Spring" if picked == 2 else None)


def test_an_area_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchChoice):
        grade(LAKE, picked=3)


def test_the_number_on_the_picture_is_read_by_the_order_shown() -> None:
    assert read(LAKE, {"picked": "0"}) == {"picked": 2}
    assert LAKE.right_pick((2, 0, 1)) == "1"


def test_an_answer_is_described_by_the_name_of_the_area() -> None:
    assert describe(LAKE, picked=1) == "Harbour"
    assert describe(LAKE) == ""


def test_it_asks_to_recognise_and_may_be_guessed() -> None:
    assert LAKE.stage is Stage.RECOGNISE
    assert LAKE.guess_chance == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("area", "stored"),
    [
        ([0, 0, 100, 100], [0, 0, 100, 100]),
        ([98, 98, 2, 2], [98, 98, 2, 2]),
        ([33.3, 0, 66.7, 2], [33.3, 0, 66.7, 2]),
        (["12.5", "0.25", "15.5", "2.0"], [12.5, 0.25, 15.5, 2]),  # figures with a point are texts in files
        ([12.34567, 1e-9, 10, 10], [12.35, 0, 10, 10]),
    ],
)
def test_an_area_is_a_box_in_percent(area: list[Any], stored: list[float]) -> None:
    assert with_area(area) == stored


@pytest.mark.parametrize(
    "area",
    [
        [90, 10, 11, 10], [10, 90, 10, 10.01], [10, 10, 1.99, 10], [10, 10, 10, 0], [10, 10, -5, 10], [-1, 10, 10, 10],
        [101, 10, 10, 10], [10, 10, 10], [10, 10, 10, 10, 10], [], [1], "10 10 10 10", None, {"left": 10}, 10,
        [10, 10, float("nan"), 10], [10, 10, float("inf"), 10], [float("-inf"), 10, 10, 10],
        ["nan", 10, 10, 10], ["inf", 10, 10, 10], ["1e1", 10, 10, 10], [" 10", 10, 10, 10], ["1" * 5000, 10, 10, 10],
        ["٣", 10, 10, 10], ["10%", 10, 10, 10], [True, 10, 10, 10], [None, 10, 10, 10], [[10], 10, 10, 10],
        [10**400, 10, 10, 10],
    ],
)  # fmt: skip
def test_a_box_outside_of_the_picture_too_small_or_of_no_numbers_is_refused(area: Any) -> None:
    with pytest.raises(ValidationError):
        with_area(area)


@pytest.mark.parametrize(
    "change",
    [
        {"picture": None},
        {"where": ""},
        {"where": "x" * 301},
        {"where": "two\nlines"},
        {"where": "PLACE 1"},  # the words for another area
        {"answer": "harbour"},
        {"distractors": []},
        {"distractors": [{"text": "Harbour", "where": "There"}]},
        {"distractors": [{"text": "Harbour", "area": [0, 0, 5, 5]}]},
        {"distractors": places("A", *map(str, range(12)))["distractors"]},
    ],
)
def test_each_area_has_a_name_a_place_in_words_and_a_box(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        question("point", **places("Island", "Harbour", "Spring") | change)


def test_a_picture_is_needed() -> None:
    fields = places("Island", "Harbour")
    del fields["picture"]
    with pytest.raises(ValidationError):
        question("point", **fields)


@pytest.mark.parametrize(
    ("new", "fraction"),
    [
        (("Harbour", "Island", "Spring"), 1.0),
        (("Spring", "Reeds", "Harbour"), 0.0),
    ],
)
def test_an_answer_is_carried_over_by_the_name_of_the_area(new: tuple[str, ...], fraction: float) -> None:
    changed = question("point", **places(*new))
    assert changed.grade(LAKE.carry_over(HARBOUR, changed)).fraction == fraction


@pytest.mark.parametrize(
    "new",
    [
        question("point", **places("Island", "Spring")),
        question("choice", answer="Harbour", distractors=[{"text": "Island"}]),
    ],
)
def test_an_answer_that_is_no_longer_there_cannot_be_carried_over(new: Any) -> None:
    with pytest.raises(CannotCarryOver):
        LAKE.carry_over(HARBOUR, new)


def test_as_a_choice_it_asks_for_positions_in_words() -> None:
    choice = LAKE.as_choice()
    assert choice.options == ["Place 0", "Place 1", "Place 2"]
    assert [wrong.why_not for wrong in choice.distractors] == ["Not Harbour.", "Not Spring."]
    assert (choice.key, choice.prompt, choice.picture) == (LAKE.key, LAKE.prompt, LAKE.picture)
