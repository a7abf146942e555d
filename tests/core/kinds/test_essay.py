"""Answers in sentences, which a person marks."""

from typing import Any

import pytest
from pydantic import ValidationError
from questions import describe, grade, question, read

from quizapp.core.kinds import Response, carry_over, parse_response
from quizapp.core.kinds.base import Stage, Verdict, WrongKind
from quizapp.core.kinds.essay import LONGEST_ESSAY, Essay, InvalidMark, read_mark
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.scheduling.scheduler import Rating


def essay(*points: str) -> Essay:
    found = question("essay", answer="The army was *elsewhere*.", points=list(points))
    assert isinstance(found, Essay)
    return found


ESSAY = essay("The army", "The treaty", "The coup")


def response(**fields: Any) -> Response:
    return parse_response({"kind": "essay", **fields})


@pytest.mark.parametrize("rating", ["hard", "good", "easy"])
def test_it_works(rating: str) -> None:
    found = grade(ESSAY, text="The army was away.", points=[0], rating=rating)
    assert (found.verdict, found.fraction, found.correct) == (Verdict.RIGHT, 1.0, True)
    assert (found.key, found.rating, found.waits_for_mark) == (
        "The army was *elsewhere*.",
        Rating[rating.upper()],
        False,
    )


def test_again_is_wrong() -> None:
    found = grade(ESSAY, text="No idea.", rating="again")
    assert (found.verdict, found.fraction, found.rating) == (Verdict.WRONG, 0.0, Rating.AGAIN)


def test_an_answer_that_nobody_has_marked_has_no_credit_yet() -> None:
    found = grade(ESSAY, text="The army was away.")
    assert (found.verdict, found.fraction, found.correct) == (Verdict.UNMARKED, None, False)
    assert found.waits_for_mark and not found.partly_right


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_blank_answer_needs_no_marking(text: str) -> None:
    found = grade(ESSAY, text=text)
    assert (found.verdict, found.fraction, found.waits_for_mark) == (Verdict.UNANSWERED, 0.0, False)


@pytest.mark.parametrize(
    ("mark", "verdict", "rating"),
    [
        (1, Verdict.RIGHT, Rating.GOOD),
        (0.5, Verdict.RIGHT, Rating.GOOD),
        (0.45, Verdict.WRONG, Rating.AGAIN),
        (0, Verdict.WRONG, Rating.AGAIN),
    ],
)
def test_a_mark_decides(mark: float, verdict: Verdict, rating: Rating) -> None:
    found = grade(ESSAY, text="The army was away.", mark=mark)
    assert (found.fraction, found.verdict, found.rating) == (mark, verdict, rating)
    assert found.partly_right == (0 < mark < 1)


def test_a_mark_is_added_to_a_response() -> None:
    marked = ESSAY.add_mark(response(text="The army."), 0.75, [0, 2, 7])
    assert marked == response(text="The army.", mark=0.75, points=[0, 2])
    with pytest.raises(WrongKind):
        ESSAY.add_mark(parse_response({"kind": "typed"}), 1, [])


def test_a_posted_form_is_read() -> None:
    posted = {"essay": "One.\r\nTwo.", "point-0": "1", "point-2": "1", "point-9": "1", "rating": "hard", "mark": "1"}
    assert read(ESSAY, posted) == {"text": "One.\nTwo.", "points": [0, 2], "rating": "hard", "mark": None}
    assert read(ESSAY, {}) == {"text": "", "points": [], "rating": None, "mark": None}
    assert read(ESSAY, {"essay": "x\r\n" * (LONGEST_ESSAY // 2)})["text"] == "x\n" * (LONGEST_ESSAY // 2)


@pytest.mark.parametrize(
    "posted",
    [
        {"essay": "x" * (LONGEST_ESSAY + 1)},
        {"essay": "x" * 250_000},
        {"essay": "x", "rating": "perfect"},
    ],
)
def test_what_is_too_long_or_no_rating_is_refused(posted: dict[str, str]) -> None:
    with pytest.raises(UnreadableResponse):
        read(ESSAY, posted)


def test_an_attempt_keeps_only_the_text() -> None:
    given = response(text="The army.", points=[0], rating="easy", mark=1)
    assert ESSAY.without_marks(given) == response(text="The army.")


def test_an_answer_is_described_by_its_text() -> None:
    assert describe(ESSAY, text=" The army. ") == "The army."
    assert describe(ESSAY, rating="hard") == "Rated “Hard”"
    assert describe(ESSAY) == ""


def test_a_later_version_keeps_the_mark_and_the_points_it_still_has() -> None:
    given = response(text="The army.", points=[0, 2], mark=0.75)
    assert carry_over(ESSAY, given, essay("The coup", "The treaty")) == response(
        text="The army.", points=[0], mark=0.75
    )


def test_it_asks_to_recall_and_is_marked_by_a_person() -> None:
    assert (ESSAY.stage, ESSAY.guess_chance) == (Stage.RECALL, 0.0)
    assert ESSAY.self_graded and ESSAY.marked_by_hand


@pytest.mark.parametrize(
    "fields", [{}, {"answer": ""}, {"answer": "A", "points": [""]}, {"answer": "A", "points": ["P"] * 11}]
)
def test_a_question_that_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        question("essay", **fields)


@pytest.mark.parametrize(
    ("typed", "mark"), [("0", 0), ("1", 1), ("0.5", 0.5), (" 0,35 ", 0.35), (".25", 0.25), ("1.0", 1), ("0.50", 0.5)]
)
def test_a_mark_is_read(typed: str, mark: float) -> None:
    assert read_mark(typed) == mark


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "from 0 to 1"),
        ("good", "from 0 to 1"),
        ("-1", "from 0 to 1"),
        ("1/2", "from 0 to 1"),
        ("nan", "from 0 to 1"),
        ("1e-1", "from 0 to 1"),
        ("²", "from 0 to 1"),
        (".", "from 0 to 1"),
        ("0" * 5000, "from 0 to 1"),
        ("1.05", "highest mark is 1"),
        ("50", "highest mark is 1"),
        ("0.33", "steps of 0.05"),
    ],
)
def test_what_is_no_mark_is_refused(typed: str, why: str) -> None:
    with pytest.raises(InvalidMark, match=why):
        read_mark(typed)
