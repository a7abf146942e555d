"""Figures."""

from typing import Any

import pytest
from pydantic import ValidationError
from questions import describe, grade, preview, question, read

from quizapp.core.kinds import Question
from quizapp.core.kinds.base import Stage, Verdict
from quizapp.core.kinds.number import UNREADABLE_NUMBER

GARRISON = question("number", answer=5000, unit="men")
MILLIONS = question("number", answer=5000000, tolerance=100000, unit="liras")
MEN = question("number", answer="5000", tolerance="250")


@pytest.mark.parametrize(
    ("asked", "text", "verdict"),
    [
        (GARRISON, "5,000 men", Verdict.RIGHT),
        (GARRISON, "five thousand", Verdict.RIGHT),
        (GARRISON, "5001", Verdict.WRONG),
        (GARRISON, "5000 or 6000", Verdict.WRONG),
        (GARRISON, "5000 days", Verdict.WRONG),
        (GARRISON, " ", Verdict.UNANSWERED),
        (MILLIONS, "5 million", Verdict.RIGHT),
        (MILLIONS, "5.1 million", Verdict.RIGHT),  # within the tolerance
        (MILLIONS, "5,2 mln", Verdict.WRONG),
    ],
)
def test_it_works(asked: Question, text: str, verdict: Verdict) -> None:
    assert grade(asked, text=text).verdict is verdict


@pytest.mark.parametrize(
    ("text", "note"),
    [("many", UNREADABLE_NUMBER), ("over 5000", UNREADABLE_NUMBER), ("5000 or 6000", None), ("6", None)],
)
def test_what_cannot_be_read_as_one_number_is_named(text: str, note: str | None) -> None:
    assert grade(GARRISON, text=text).note == note


@pytest.mark.parametrize(
    ("prompt", "verdict"),
    [
        ("How many days did it take?", Verdict.WRONG),
        ("Сколько дней?", Verdict.WRONG),
        ("Neçə gün?", Verdict.WRONG),
        ("How many weeks did it take?", Verdict.RIGHT),
        ("How long did it take?", Verdict.RIGHT),
        ("How many divisions did the front have?", Verdict.WRONG),
        ("Neçə diviziya var idi?", Verdict.WRONG),
        ("Uzunluğu neçə idi?", Verdict.RIGHT),
        ("Сколько это длилось?", Verdict.RIGHT),
        ("How many of the weeks were wet?", Verdict.RIGHT),
    ],
)
def test_the_prompt_may_name_the_unit(prompt: str, verdict: Verdict) -> None:
    assert grade(question("number", prompt=prompt, answer=8), text="8 weeks").verdict is verdict


def test_the_key_is_shown_with_its_unit() -> None:
    assert grade(GARRISON, text="").key == "5,000 men"


@pytest.mark.parametrize(
    ("fields", "key", "tolerance"),
    [
        ({"answer": 5000, "unit": "men"}, "5,000 men", None),
        ({"answer": "4806", "tolerance": 1000, "unit": "metres"}, "4,806 metres", "1,000 metres"),
        ({"answer": "0.5", "tolerance": "0.0"}, "0.5", None),
        ({"answer": 1920}, "1920", None),
        ({"answer": 1920, "tolerance": 2, "unit": "AD"}, "1920 AD", "2 AD"),
    ],
)
def test_a_figure_and_its_tolerance_are_written_to_be_read(
    fields: dict[str, Any], key: str, tolerance: str | None
) -> None:
    asked = question("number", **fields)
    assert (asked.right_answer, asked.shown_tolerance) == (key, tolerance)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("five thousand", [(True, "Read as 5,000.")]),
        ("5,200", [(True, "Read as 5,200, which is 200 off. Up to 250 is allowed.")]),
        ("6000", [(False, "Read as 6,000, which is 1,000 off. Up to 250 is allowed.")]),
        ("many", [(False, "This can’t be read as one number.")]),
        ("9" * 20, [(False, f"Read as {10**20 - 1:,}, which is {10**20 - 5001:,} off. Up to 250 is allowed.")]),
        ("1,920", [(False, "Read as 1920, which is 3,080 off. Up to 250 is allowed.")]),
        (" ", []),
    ],
)
def test_a_preview_says_whether_it_counts_and_why(text: str, found: list[tuple[bool, str]]) -> None:
    assert preview(MEN, text) == found


def test_a_posted_form_is_read_and_described() -> None:
    assert read(GARRISON, {"text": "5,000"}, ()) == {"text": "5,000"}
    assert describe(GARRISON, text=" 5,000 ") == "5,000"


def test_it_asks_to_recall_and_its_verdict_can_be_overridden() -> None:
    assert (GARRISON.stage, GARRISON.guess_chance) == (Stage.RECALL, 0.0)
    assert GARRISON.can_be_overridden


def test_an_answer_that_is_no_figure_is_refused() -> None:
    with pytest.raises(ValidationError):
        question("number", answer="five")
