"""Several right answers among distractors."""

from typing import Any

import pytest
from pydantic import ValidationError
from questions import describe, grade, question, read, wrong

from quizapp.core.kinds.base import Method, Stage, Tally, Verdict
from quizapp.core.kinds.reading import NoSuchChoice

PARTIES = question(
    "multiple",
    answers=["Ittihad", "Ahrar", "Adalat"],
    distractors=[{"text": "Cadets", "why_not": "Not in it."}, {"text": "Dashnaks", "why_not": "Not in it."}],
)
LETTERS = question("multiple", answers=["a", "b"], distractors=wrong("c"))


@pytest.mark.parametrize(
    ("picked", "fraction", "verdict"),
    [
        ([0, 1, 2], 1.0, Verdict.RIGHT),
        ([0, 1], 2 / 3, Verdict.WRONG),
        ([0, 1, 2, 3], 2 / 3, Verdict.WRONG),  # a false alarm costs what a hit brings
        ([3, 4], 0.0, Verdict.WRONG),
        ([0, 0, 0], 1 / 3, Verdict.WRONG),
        ([], 0.0, Verdict.UNANSWERED),
    ],
)
def test_it_works(picked: list[int], fraction: float, verdict: Verdict) -> None:
    found = grade(PARTIES, picked=picked)
    assert (found.fraction, found.verdict) == (pytest.approx(fraction), verdict)


@pytest.mark.parametrize(
    ("picked", "tally"),
    [
        ([0, 1, 3], Tally(Method.HITS, 2, 3, false_alarms=1)),
        ([3, 4], Tally(Method.HITS, 0, 3, false_alarms=2)),
    ],
)
def test_the_credit_says_what_it_was_counted_from(picked: list[int], tally: Tally) -> None:
    found = grade(PARTIES, picked=picked)
    assert found.tally == tally
    assert found.fraction == tally.fraction


def test_a_false_alarm_says_why_not() -> None:
    found = grade(PARTIES, picked=[3])
    assert [part.distractor.why_not for part in found.parts if part.distractor] == ["Not in it."]


def test_a_choice_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchChoice):
        grade(PARTIES, picked=[5])


@pytest.mark.parametrize(
    ("posted", "picked"),
    [({"pick-0": "1", "pick-2": "1"}, [1, 2]), ({}, []), ({"pick-0": "1", "give-up": "1"}, [])],
)
def test_a_posted_form_is_read(posted: dict[str, str], picked: list[int]) -> None:
    assert read(LETTERS, posted) == {"picked": picked}


def test_a_field_that_was_never_there_is_ignored() -> None:
    assert grade(LETTERS, **read(LETTERS, {"pick-9": "1", "pick-1": "1"})).fraction == pytest.approx(1 / 2)


def test_an_answer_is_described_by_its_texts() -> None:
    assert describe(PARTIES, picked=[4, 0]) == "Ittihad; Dashnaks"
    assert describe(PARTIES, picked=[]) == ""


def test_it_asks_to_complete_and_may_be_guessed() -> None:
    assert PARTIES.stage is Stage.COMPLETE
    assert PARTIES.guess_chance == pytest.approx(1 / 31)


@pytest.mark.parametrize(
    "fields",
    [
        {"answers": ["a"], "distractors": wrong("b")},
        {"answers": ["a", "A"], "distractors": wrong("b")},
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        question("multiple", **fields)
