"""What a hint says for each kind of question."""

from typing import Any

import pytest

from quizapp.core.kinds import parse_question

WRONG = [{"text": "Burton", "why_not": "No."}, {"text": "Park", "why_not": "No."}]


@pytest.mark.parametrize(
    ("body", "order", "hint"),
    [
        ({"kind": "typed", "answer": "John Speke"}, (), [("J…", False, "")]),
        ({"kind": "typed", "answer": "the Red Army"}, (), [("the R…", False, "")]),
        ({"kind": "typed", "answer": "Rə"}, (), []),  # nearly all of it
        ({"kind": "choice", "answer": "Speke", "distractors": WRONG}, (0, 2, 1), [("Park", True, "")]),
        ({"kind": "choice", "answer": "Speke", "distractors": WRONG[:1]}, (1, 0), []),  # it would give the answer away
        ({"kind": "multiple", "answers": ["A", "B"], "distractors": WRONG}, (3, 0, 1, 2), [("Park", True, "")]),
        (
            {
                "kind": "cloze",
                "text": "{{who}} saw {{lake}}.",
                "gaps": {"who": {"answer": "Speke"}, "lake": {"answer": "Victoria", "distractors": WRONG}},
            },
            (1, 0, 2),
            [("S…", False, "who"), ("Burton", True, "lake")],
        ),
        ({"kind": "true_false", "answer": True}, (), []),
        ({"kind": "flashcard", "answer": "Speke"}, (), []),
    ],
)
def test_a_hint_says_how_an_answer_begins_or_rules_out_one_choice(
    body: dict[str, Any], order: tuple[int, ...], hint: list[tuple[str, bool, str]]
) -> None:
    question = parse_question({"key": "q", "prompt": "Who?", **body})
    assert [tuple(part) for part in question.give_hint(order)] == hint
