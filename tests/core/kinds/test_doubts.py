"""Which answers the page asks about before they count: empty ones, and no number or date where one is asked.

And which verdicts a learner may override: those on what was typed.
"""

from typing import Any

import pytest

from quizapp.core.kinds import parse_question, read_response
from quizapp.core.kinds.base import Doubt

COMMON = {"key": "q", "prompt": "How long, and when?"}
CHOICES = [{"text": text, "why_not": "No."} for text in ("Don", "Po")]
TYPED_GAP: dict[str, Any] = {"answer": "Ob"}
LIST_GAP = TYPED_GAP | {"distractors": CHOICES}
QUESTIONS: dict[str, dict[str, Any]] = {
    "typed": {"kind": "typed", "answer": "Ob"},
    "number": {"kind": "number", "answer": "12", "unit": "days"},
    "date": {"kind": "date", "answer": "1905-05-17", "precision": "day"},
    "year": {"kind": "date", "answer": "1905", "precision": "year"},
    "cloze": {"kind": "cloze", "text": "{{one}}, {{two}}.", "gaps": {"one": TYPED_GAP, "two": {"answer": "Don"}}},
    "list": {"kind": "cloze", "text": "{{one}}.", "gaps": {"one": LIST_GAP}},
    "mixed": {"kind": "cloze", "text": "{{one}}, {{two}}.", "gaps": {"one": TYPED_GAP, "two": LIST_GAP}},
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


@pytest.mark.parametrize(
    ("name", "posted", "expected"),
    [
        ("typed", {"text": "abc"}, True),
        ("typed", {"text": "Ob"}, True),
        ("typed", {"text": " "}, False),
        ("number", {"text": "13"}, True),
        ("number", {"text": "abc"}, True),
        ("number", {}, False),
        ("date", {"text": "May 1905"}, True),
        ("date", {}, False),
        ("cloze", {"gap-0": "?"}, True),
        ("cloze", {"gap-0": "Ob"}, False),  # the other gap is empty
        ("cloze", {"gap-0": "Ob", "gap-1": "Don"}, True),
        ("cloze", {}, False),
        ("list", {"gap-0": "1"}, False),
        ("mixed", {"gap-0": "?", "gap-1": "0"}, True),
        ("mixed", {"gap-0": "Ob", "gap-1": ""}, False),
        ("multiple", {"pick-0": "1"}, False),
        ("choice", {"picked": "0"}, False),
        ("flashcard", {"rating": "again"}, False),
    ],
)
def test_what_was_typed_may_be_misjudged(name: str, posted: dict[str, str], expected: bool) -> None:
    question, _, grade = graded(name, posted)
    assert question.can_be_overridden(grade) is expected


def graded(name: str, posted: dict[str, str]) -> tuple[Any, Any, Any]:
    question = parse_question(COMMON | QUESTIONS[name])
    response = read_response(question, posted, question.shuffle_options("seed"))
    return question, response, question.grade(response)


def doubts(name: str, posted: dict[str, str]) -> Doubt | None:
    question, response, grade = graded(name, posted)
    doubt: Doubt | None = question.find_doubt(response, grade)
    return doubt
