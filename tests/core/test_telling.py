"""Answers in words."""

from typing import Any

import pytest

from quizapp.core.kinds import KIND_NAMES, KINDS, parse_question, parse_response

ABOUT = {"key": "q", "prompt": "?", "explanation": "."}
WRONG = [{"text": "B", "why_not": "."}, {"text": "C", "why_not": "."}]
QUESTIONS: dict[str, dict[str, Any]] = {
    "choice": {"answer": "A", "distractors": WRONG},
    "true_false": {"answer": True},
    "multiple": {"answers": ["A1", "A2"], "distractors": WRONG},
    "ordering": {"items": ["first", "second", "third"]},
    "matching": {"pairs": [{"left": "l1", "right": "r1"}, {"left": "l2", "right": "r2"}]},
    "cloze": {"text": "{{who}} and {{where}}", "gaps": {"who": {"answer": "A"}, "where": {"answer": "B"}}},
    "typed": {"answer": "A"},
    "date": {"answer": "1920-04-27", "precision": "day"},
    "number": {"answer": 5},
    "flashcard": {"answer": "A"},
}


@pytest.mark.parametrize(
    ("kind", "response", "words"),
    [
        ("choice", {"picked": 2}, "C"),
        ("choice", {"picked": None}, ""),
        ("true_false", {"picked": False}, "False"),
        ("true_false", {}, ""),
        ("multiple", {"picked": [3, 0]}, "A1; C"),
        ("multiple", {"picked": []}, ""),
        ("ordering", {"places": [3, 1, 2]}, "second → third → first"),
        ("ordering", {"places": [2, 2, None]}, "first / second"),
        ("matching", {"targets": [1, None]}, "l1 – r2"),
        ("cloze", {"gaps": {"who": " Speke ", "where": ""}}, "Speke"),
        ("typed", {"text": " Speke "}, "Speke"),
        ("date", {"text": "27 April"}, "27 April"),
        ("number", {"text": "5,000"}, "5,000"),
        ("flashcard", {"rating": "hard"}, "Rated hard"),
    ],
)
def test_an_answer_is_told_in_the_words_of_the_question(kind: str, response: dict[str, Any], words: str) -> None:
    question = parse_question({**ABOUT, "kind": kind, **QUESTIONS[kind]})
    assert question.describe_answer(parse_response({"kind": kind, **response})) == words


def test_every_form_has_a_name() -> None:
    assert set(KIND_NAMES) == set(KINDS) == set(QUESTIONS)
