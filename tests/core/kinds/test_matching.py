"""Stems to match with targets."""

from typing import Any

import pytest
from pydantic import ValidationError
from questions import describe, grade, question, read

from quizapp.core.kinds.base import Method, Stage, Tally, Verdict
from quizapp.core.kinds.reading import NoSuchChoice, UnreadableResponse


def pairs(**targets: str) -> list[dict[str, str]]:
    return [{"left": left, "right": right} for left, right in targets.items()]


SIDES = question("matching", pairs=pairs(Lenin="Soviet", Mikoyan="Soviet", Kemal="Turkish"), extra=["Georgian"])
LETTERS = question("matching", pairs=pairs(l="x", m="y"), extra=["z"])


@pytest.mark.parametrize(
    ("targets", "fraction", "verdict"),
    [
        ([0, 0, 1], 1.0, Verdict.RIGHT),
        ([0, 1, 1], 2 / 3, Verdict.WRONG),
        ([2, 2, 2], 0.0, Verdict.WRONG),
        ([0, None], 1 / 3, Verdict.WRONG),
        ([], 0.0, Verdict.UNANSWERED),
    ],
)
def test_it_works(targets: list[int | None], fraction: float, verdict: Verdict) -> None:
    found = grade(SIDES, targets=targets)
    assert (found.fraction, found.verdict) == (pytest.approx(fraction), verdict)


def test_the_credit_says_what_it_was_counted_from() -> None:
    found = grade(SIDES, targets=[0, 1, 1])
    assert found.tally == Tally(Method.RIGHT_PAIRS, 2, 3)
    assert found.fraction == found.tally.fraction


def test_a_target_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchChoice):
        grade(SIDES, targets=[9])


@pytest.mark.parametrize(
    ("posted", "targets"),
    [({"match-0": "1", "match-1": "2"}, [0, 1]), ({"match-1": "0"}, [None, 2]), ({"give-up": "1"}, [None, None])],
)
def test_a_posted_form_is_read(posted: dict[str, str], targets: list[int | None]) -> None:
    assert read(LETTERS, posted) == {"targets": targets}


@pytest.mark.parametrize("place", ["3", "x"])
def test_a_place_that_was_not_shown_is_refused(place: str) -> None:
    with pytest.raises(UnreadableResponse):
        read(LETTERS, {"match-0": place})


def test_one_target_for_two_stems_is_graded_as_given() -> None:
    posted = {"match-0": "1", "match-1": "1", "match-9": "7"}
    assert grade(LETTERS, **read(LETTERS, posted)).fraction == pytest.approx(1 / 2)


def test_an_answer_is_described_pair_by_pair() -> None:
    assert describe(LETTERS, targets=[1, None]) == "l – y"


def test_it_asks_to_recognise_and_may_be_guessed() -> None:
    assert SIDES.stage is Stage.RECOGNISE
    assert SIDES.guess_chance == pytest.approx(1 / 27)


@pytest.mark.parametrize(
    "fields",
    [
        {"pairs": [{"left": "a", "right": "x"}, {"left": "a", "right": "y"}]},
        {"pairs": [{"left": "a", "right": "x"}, {"left": "b", "right": "x"}]},
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        question("matching", **fields)
