"""Statements to judge as true or false."""

import pytest
from questions import describe, grade, question, read

from quizapp.core.kinds.base import Stage, Verdict
from quizapp.core.kinds.reading import UnreadableResponse

TRUE = question("true_false", answer=True)
FALSE = question("true_false", answer=False)


def test_it_works() -> None:
    assert (grade(TRUE, picked=True).verdict, grade(TRUE, picked=True).key) == (Verdict.RIGHT, "True")
    assert (grade(FALSE, picked=False).verdict, grade(FALSE, picked=False).key) == (Verdict.RIGHT, "False")
    assert (grade(TRUE, picked=False).verdict, grade(TRUE, picked=False).fraction) == (Verdict.WRONG, 0.0)
    assert (grade(TRUE).verdict, grade(TRUE).fraction, grade(TRUE).key) == (Verdict.UNANSWERED, 0.0, "True")


@pytest.mark.parametrize(
    ("posted", "picked"),
    [({"picked": "true"}, True), ({"picked": "false"}, False), ({"picked": ""}, None), ({}, None)],
)
def test_a_posted_form_is_read(posted: dict[str, str], picked: bool | None) -> None:
    assert read(TRUE, posted, ()) == {"picked": picked}


@pytest.mark.parametrize("picked", ["maybe", "perhaps", "True", "1"])
def test_anything_else_is_refused(picked: str) -> None:
    with pytest.raises(UnreadableResponse):
        read(TRUE, {"picked": picked}, ())


def test_an_answer_is_described_in_a_word() -> None:
    assert (describe(TRUE, picked=False), describe(TRUE, picked=True), describe(TRUE)) == ("False", "True", "")


def test_it_asks_to_recognise_and_is_a_coin_toss() -> None:
    assert (TRUE.stage, TRUE.guess_chance) == (Stage.RECOGNISE, 0.5)
    assert (TRUE.right_pick(()), FALSE.right_pick(())) == ("true", "false")
