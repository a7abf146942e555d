"""What holds for every kind: storing, names, stages, and forms and responses of another kind."""

from typing import Any

import pytest
from pydantic import ValidationError
from questions import places, question, wrong

from quizapp.core.kinds import KIND_NAMES, KINDS, Question, parse_question, parse_response, read_response
from quizapp.core.kinds.base import WrongKind

EXAMPLES: dict[str, dict[str, Any]] = {
    "choice": {"answer": "A", "distractors": wrong("B", "C")},
    "true_false": {"answer": True},
    "multiple": {"answers": ["A1", "A2"], "distractors": wrong("B", "C")},
    "point": places("A", "B", "C"),
    "ordering": {"items": ["first", "second", "third"]},
    "matching": {"pairs": [{"left": "l1", "right": "r1"}, {"left": "l2", "right": "r2"}]},
    "cloze": {"text": "{{who}} and {{where}}", "gaps": {"who": {"answer": "A"}, "where": {"answer": "B"}}},
    "typed": {"answer": "A"},
    "date": {"answer": "1920-04-27", "precision": "day"},
    "number": {"answer": 5},
    "flashcard": {"answer": "A"},
    "essay": {"answer": "A", "points": ["P1", "P2"]},
}
QUESTIONS = {kind: question(kind, **fields) for kind, fields in EXAMPLES.items()}
every_question = pytest.mark.parametrize("asked", QUESTIONS.values(), ids=list(QUESTIONS))


def test_every_kind_is_tried_here_and_has_a_name() -> None:
    assert len(KINDS) == 12
    assert list(KINDS) == list(KIND_NAMES) == list(QUESTIONS)
    assert [type(asked) for asked in QUESTIONS.values()] == list(KINDS.values())
    assert len(set(KIND_NAMES.values())) == len(KINDS)


def test_every_kind_has_its_stage() -> None:
    assert {kind: asked.stage.name for kind, asked in QUESTIONS.items()} == {
        "choice": "RECOGNISE",
        "true_false": "RECOGNISE",
        "point": "RECOGNISE",
        "matching": "RECOGNISE",
        "multiple": "COMPLETE",
        "ordering": "COMPLETE",
        "cloze": "COMPLETE",
        "typed": "RECALL",
        "date": "RECALL",
        "number": "RECALL",
        "flashcard": "RECALL",
        "essay": "RECALL",
    }


@every_question
def test_a_question_survives_storing(asked: Question) -> None:
    assert parse_question(asked.model_dump(mode="json")) == asked


@every_question
def test_an_empty_form_answers_nothing_right(asked: Question) -> None:
    """It says "I don't know", whatever else the form holds."""
    blank = read_response(asked, {}, asked.shuffle_options("seed"))
    assert asked.grade(blank).fraction == 0
    assert asked.grade(blank).key == asked.right_answer
    given_up = {"give-up": "1", "picked": "0", "text": "A", "gap-0": "A", "pick-0": "1", "place-0": "1", "match-0": "0"}
    assert read_response(asked, given_up, asked.shuffle_options("seed")) == blank


@every_question
def test_the_first_sample_is_right_and_the_others_are_wrong(asked: Question) -> None:
    right, *others = asked.sample_responses()
    assert asked.grade(right).correct
    assert not any(asked.grade(response).correct for response in others)


@every_question
def test_a_response_survives_storing(asked: Question) -> None:
    for response in asked.sample_responses():
        assert parse_response(response.model_dump(mode="json")) == response


@every_question
def test_a_response_of_another_kind_is_refused(asked: Question) -> None:
    other = parse_response({"kind": "typed"} if asked.kind == "flashcard" else {"kind": "flashcard", "rating": "good"})
    with pytest.raises(WrongKind, match=asked.kind):
        asked.grade(other)
    with pytest.raises(WrongKind, match=asked.kind):
        asked.describe_answer(other)


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "choice", "picked": 2},
        {"kind": "choice", "picked": None},
        {"kind": "true_false", "picked": False},
        {"kind": "cloze", "gaps": {"city": "Baku"}},
        {"kind": "typed", "text": "Baku"},
        {"kind": "date", "text": "1920"},
        {"kind": "flashcard", "rating": "easy"},
        {"kind": "essay", "text": "Baku", "points": [1], "rating": None, "mark": 0.5},
    ],
)
def test_a_stored_response_is_read_as_it_is(data: dict[str, object]) -> None:
    assert parse_response(data).model_dump() == data


def test_what_a_stored_response_lacks_is_unanswered() -> None:
    assert parse_response({"kind": "choice"}).model_dump() == {"kind": "choice", "picked": None}


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"kind": "poem", "text": "…"},
        {"kind": "typed", "text": "x" * 1001},
        {"kind": "date", "text": "x" * 1001},
        {"kind": "cloze", "gaps": {"city": "x" * 1001}},
        {"kind": "cloze", "gaps": {str(number): "" for number in range(21)}},
        {"kind": "choice", "picked": -1},
        {"kind": "flashcard"},
        {"kind": "essay", "text": "x" * 10_001},
        {"kind": "essay", "points": [10]},
        {"kind": "essay", "mark": 1.1},
        {"kind": "essay", "rating": "perfect"},
        {"kind": "flashcard", "rating": "perfect"},
        {"kind": "typed", "text": "Baku", "grade": 1},
    ],
)
def test_a_response_that_is_refused(data: object) -> None:
    with pytest.raises(ValidationError):
        parse_response(data)
