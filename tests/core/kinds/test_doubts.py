"""Which answers the page asks about before they count: empty ones, and no number or date where one is asked."""

from typing import Any

import pytest

from quizapp.core.kinds import parse_question, read_response
from quizapp.core.kinds.base import Doubt

COMMON = {"key": "q", "prompt": "How long, and when?"}
CHOICES = [{"text": text, "why_not": "No."} for text in ("Don", "Po")]
QUESTIONS: dict[str, dict[str, Any]] = {
    "typed": {"kind": "typed", "answer": "Ob"},
    "number": {"kind": "number", "answer": "12", "unit": "days"},
    "date": {"kind": "date", "answer": "1905-05-17", "precision": "day"},
    "year": {"kind": "date", "answer": "1905", "precision": "year"},
    "cloze": {
        "kind": "cloze",
        "text": "{{one}}, {{two}}.",
        "gaps": {"one": {"answer": "Ob"}, "two": {"answer": "Don"}},
    },
    "list": {"kind": "cloze", "text": "{{one}}.", "gaps": {"one": {"answer": "Ob", "distractors": CHOICES}}},
    "multiple": {"kind": "multiple", "answers": ["Ob", "Ural"], "distractors": CHOICES},
    "choice": {"kind": "choice", "answer": "Ob", "distractors": CHOICES},
    "true_false": {"kind": "true_false", "answer": True},
    "flashcard": {"kind": "flashcard", "answer": "Ob"},
    "essay": {"kind": "essay", "answer": "The Ob."},
}
EMPTY, UNREADABLE = Doubt.EMPTY, Doubt.UNREADABLE


@pytest.mark.parametrize(
    ("name", "doubt", "texts"),
    [
        ("typed", EMPTY, ["", "  ", "\t"]),
        ("typed", None, ["Ob", "abc", "?", "three or four"]),
        ("number", EMPTY, ["", " "]),
        ("number", UNREADABLE, ["abc", "three or four", "3 or 4", "many", "more than 5", "??", "12 or 13", "9" * 300]),
        ("number", None, ["12", "twelve", "13", "1 week", "1 day 4 hours", "about 5", "1.5", "1/2", "8 km", "12 days"]),
        ("date", EMPTY, ["", " "]),
        ("date", UNREADABLE, ["32 April", "31 June 1920", "someday", "27–28 April", "27 foo 1920", "?"]),
        ("date", None, ["17 May 1905", "18 May 1905", "17 May", "1905", "May", "17.5.05", "summer 1905"]),
        ("year", UNREADABLE, ["abc", "long ago", "1904 or 1905"]),
        ("year", None, ["1905", "05", "1906", "May 1905"]),
    ],
)
def test_typed_answers(name: str, doubt: Doubt | None, texts: list[str]) -> None:
    assert [(text, doubts(name, {"text": text})) for text in texts] == [(text, doubt) for text in texts]


@pytest.mark.parametrize(
    ("name", "posted", "doubt"),
    [
        ("cloze", {}, EMPTY),
        ("cloze", {"gap-0": " ", "gap-1": ""}, EMPTY),
        ("cloze", {"gap-0": "Ob"}, None),
        ("cloze", {"gap-0": "?", "gap-1": "?"}, None),
        ("list", {"gap-0": ""}, EMPTY),
        ("list", {"gap-0": "1"}, None),
        ("multiple", {}, EMPTY),
        ("multiple", {"pick-0": "1"}, None),
        ("choice", {}, None),  # its buttons send what they say
        ("true_false", {}, None),
        ("flashcard", {"rating": "again"}, None),
        ("essay", {"essay": ""}, None),
    ],
)
def test_other_answers(name: str, posted: dict[str, str], doubt: Doubt | None) -> None:
    assert doubts(name, posted) is doubt


def doubts(name: str, posted: dict[str, str]) -> Doubt | None:
    question = parse_question(COMMON | QUESTIONS[name])
    response = read_response(question, posted, question.shuffle_options("seed"))
    return question.find_doubt(response, question.grade(response))
