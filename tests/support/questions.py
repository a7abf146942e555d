"""Questions of every kind, and the grades of responses to them."""

from typing import Any

from quizapp.core.kinds import Question, parse_question, parse_response, read_response
from quizapp.core.kinds.base import Grade


def question(kind: str, **fields: Any) -> Question:
    return parse_question({"key": "q", "prompt": "Which?", "explanation": "Because.", "kind": kind, **fields})


def wrong(*texts: str) -> list[dict[str, str]]:
    """Distractors with those texts."""
    return [{"text": text, "why_not": f"Not {text}."} for text in texts]


def places(answer: str, *others: str) -> dict[str, Any]:
    """The fields of a question about areas of these names side by side on a picture."""
    width = 100 // (len(others) + 1)
    areas = [{"where": f"Place {number}", "area": [number * width, 10, width, 20]} for number in range(len(others) + 1)]
    distractors = [one | area for one, area in zip(wrong(*others), areas[1:], strict=True)]
    picture = {"digest": "ab" * 32, "width": 400, "height": 300, "alt": "A map"}
    return {"answer": answer, "picture": picture, "distractors": distractors, **areas[0]}


def grade(asked: Question, **fields: Any) -> Grade:
    """The grade of a response with those fields."""
    return asked.grade(parse_response({"kind": asked.kind, **fields}))


def describe(asked: Question, **fields: Any) -> str:
    """A response with those fields, in words."""
    return asked.describe_answer(parse_response({"kind": asked.kind, **fields}))


def read(asked: Question, posted: dict[str, str], order: tuple[int, ...] = (2, 0, 1)) -> dict[str, Any]:
    """The fields of the response that a posted form gives, without its kind."""
    fields = read_response(asked, posted, order).model_dump()
    assert fields.pop("kind") == asked.kind
    return fields


def preview(asked: Question, text: str) -> list[tuple[bool, str]]:
    """Whether a typed answer would count, and why."""
    return [(found.right, found.why) for found in asked.preview_answer(text)]
