"""Things to put in order."""

from typing import Any

import pytest
from pydantic import ValidationError
from questions import describe, grade, question, read

from quizapp.core.kinds.base import Method, Stage, Tally, Verdict
from quizapp.core.kinds.reading import NoSuchChoice, UnreadableResponse

STATIONS = question("ordering", items=["Yalama", ["Khudat", "Khachmaz"], "Baku"])
NUMBERS = question("ordering", items=["one", "two", "three"])


@pytest.mark.parametrize(
    ("places", "fraction", "verdict"),
    [
        ([1, 2, 3, 4], 1.0, Verdict.RIGHT),
        ([1, 3, 2, 4], 1.0, Verdict.RIGHT),  # what shares a place may be in either order
        ([1, 2, 2, 4], 1.0, Verdict.RIGHT),
        ([2, 1, 3, 4], 5 / 6, Verdict.WRONG),
        ([4, 3, 2, 1], 1 / 6, Verdict.WRONG),  # only the tie agrees
        ([1, 1, 1, 1], 1 / 6, Verdict.WRONG),
        ([1, 2, 3, None], 1 / 2, Verdict.WRONG),
        ([], 0.0, Verdict.UNANSWERED),
    ],
)
def test_it_is_graded_by_its_pairs(places: list[int | None], fraction: float, verdict: Verdict) -> None:
    found = grade(STATIONS, places=places)
    assert (found.fraction, found.verdict) == (pytest.approx(fraction), verdict)


def test_the_credit_says_what_it_was_counted_from() -> None:
    found = grade(STATIONS, places=[2, 1, 3, 4])
    assert found.tally == Tally(Method.CONCORDANT_PAIRS, 5, 6)
    assert found.fraction == found.tally.fraction


@pytest.mark.parametrize("places", [[1, 2, 3, 4, 5], [1, 2, 3, 5]])
def test_a_place_that_is_not_there_is_refused(places: list[int]) -> None:
    with pytest.raises(NoSuchChoice):
        grade(STATIONS, places=places)


@pytest.mark.parametrize(
    ("posted", "places"),
    [
        ({"place-0": "3", "place-1": "1", "place-2": "2"}, [1, 2, 3]),
        ({"place-0": "3", "place-1": ""}, [None, None, 3]),
        ({"place-0": "3", "give-up": "1"}, [None, None, None]),
    ],
)
def test_a_posted_form_is_read(posted: dict[str, str], places: list[int | None]) -> None:
    assert read(NUMBERS, posted) == {"places": places}


@pytest.mark.parametrize("place", ["first", "4", "-1"])
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(UnreadableResponse):
        grade(NUMBERS, **read(NUMBERS, {"place-0": place}))


@pytest.mark.parametrize(
    ("posted", "fraction"),  # shown: three, one, two
    [
        ({"place-0": "3", "place-1": "1", "place-2": "1"}, 2 / 3),  # two in one place are in no order
        ({"place-0": "2", "place-1": "2", "place-2": "2"}, 0),
        ({"place-0": "3", "place-7": "1"}, 0),  # a field that was never there
    ],
)
def test_odd_forms_are_graded_as_given(posted: dict[str, str], fraction: float) -> None:
    assert grade(NUMBERS, **read(NUMBERS, posted)).fraction == pytest.approx(fraction)


@pytest.mark.parametrize(
    ("places", "words"),
    [([3, 1, 2], "two → three → one"), ([2, 2, None], "one / two"), ([], "")],
)
def test_an_answer_is_described_as_an_order(places: list[int | None], words: str) -> None:
    assert describe(NUMBERS, places=places) == words


def test_it_asks_to_complete_and_may_be_guessed() -> None:
    assert STATIONS.stage is Stage.COMPLETE
    assert STATIONS.guess_chance == pytest.approx(2 / 24)


@pytest.mark.parametrize("fields", [{"items": ["a", "b"]}, {"items": list("abcdefgh")}])
def test_a_question_that_cannot_be_asked_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        question("ordering", **fields)
