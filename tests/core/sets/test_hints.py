"""What is said of one question that is being written: beside which part, and in whose words."""

from typing import Any

import pytest

from quizapp.core.kinds import parse_question
from quizapp.core.sets import schema
from quizapp.core.sets.hints import Hint, hints

HEADER = schema.SetHeader.model_validate(
    {
        "key": "rivers",
        "title": "Rivers",
        "summary": "Water.",
        "language": "en",
        "topics": [{"key": "all", "title": "All", "summary": "All of it."}],
        "passages": [{"number": 1, "title": "Never used", "digest": "Nothing."}],
        "refuse": [{"pattern": "what happened on *", "why": "dates are asked for"}],
    }
)
WHOLE = {"key": "new", "explanation": "It is longer by far than any other."}
NILE = {"key": "nile", "kind": "typed", "prompt": "What is long?", "answer": "The Nile", "explanation": "It is."}


def said(*siblings: dict[str, Any], **question: Any) -> list[Hint]:
    asked = [parse_question(body) for body in (*siblings, {**WHOLE, **question})]
    fact = schema.Fact(key="fact", topic="all", statement="A river is long.", questions=asked)
    return hints(HEADER, [], fact, len(siblings))


def wrong(*texts: str) -> list[dict[str, str]]:
    return [{"text": text, "why_not": f"{text} runs elsewhere."} for text in texts]


@pytest.mark.parametrize(
    ("question", "path", "start"),
    [
        ({"distractors": [*wrong("The Po"), {"text": "The Ob"}]}, ("distractors", 1, "why_not"), "Say why “The Ob”"),
        ({"distractors": wrong("The Po")}, (), "There is only one"),
        ({"distractors": wrong("Nile", "The Po")}, ("distractors", 0, "text"), "The wrong choice “Nile” says"),
        ({"distractors": wrong("The Po", "The Ob"), "explanation": ""}, ("explanation",), "There is no expl"),
        ({"distractors": wrong("The Po", "The Ob"), "prompt": "Is the Nile long?"}, ("prompt",), "The question gives"),
        (
            {"distractors": wrong("The Po", "The Ob"), "prompt": "What happened on it?"},
            ("prompt",),
            "This set doesn’t allow",
        ),
    ],
)
def test_a_hint_leads_to_what_it_is_about(question: dict[str, Any], path: Any, start: str) -> None:
    found = said(**{"kind": "choice", "prompt": "Which is longest?", "answer": "The Nile", **question})
    assert any(hint.path == path and hint.message.startswith(start) for hint in found), found
    assert not any("why_not" in hint.message or "yaml" in hint.message for hint in found)


def test_a_good_question_is_left_in_peace() -> None:
    assert not said(kind="choice", prompt="Which is longest?", answer="The Nile", distractors=wrong("The Po", "The Ob"))


def test_another_form_that_asks_the_same_is_named_without_a_line() -> None:
    (hint,) = said(NILE, kind="typed", prompt="What is long?", answer="The Nile")
    assert hint == Hint(("prompt",), "“nile” already asks this. Ask about something else.")


def test_what_is_wrong_with_another_form_is_not_said_here() -> None:
    lone = {"key": "lone", "kind": "choice", "prompt": "Which?", "answer": "The Nile", "distractors": [{"text": "Po"}]}
    assert not said(lone, kind="typed", prompt="What is long?", answer="The Nile")
