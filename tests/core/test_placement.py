"""What a placement test asks."""

from collections import Counter

import pytest

from quizapp.core.kinds import parse_question
from quizapp.core.placement import UnmetFact, draw_evenly, find_proof

BODIES = {
    "choice of 3": {"kind": "choice", "answer": "Ob", "distractors": [{"text": t, "why_not": "No."} for t in "ab"]},
    "statement": {"kind": "true_false", "answer": True},
    "order of 3": {"kind": "ordering", "items": ["a", "b", "c"]},
    "order of 4": {"kind": "ordering", "items": ["a", "b", "c", "d"]},
    "gap": {"kind": "cloze", "text": "The {{one}}.", "gaps": {"one": {"answer": "Ob"}}},
    "typed": {"kind": "typed", "answer": "Ob"},
    "card": {"kind": "flashcard", "answer": "Ob"},
    "essay": {"kind": "essay", "answer": "Ob"},
}


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        (["choice of 3", "gap", "typed", "card"], "typed"),
        (["statement", "choice of 3", "gap", "card"], "gap"),
        (["choice of 3", "order of 4"], "order of 4"),
        (["card", "order of 4"], "order of 4"),
        (["choice of 3", "card"], "card"),
        (["choice of 3", "statement", "order of 3", "essay"], None),
    ],
)
def test_a_fact_is_asked_by_the_question_that_is_hardest_to_guess_or_not_at_all(
    asked: list[str], best: str | None
) -> None:
    questions = [parse_question({"key": "q", "prompt": "?", "explanation": "So."} | BODIES[name]) for name in asked]
    found = find_proof(questions)
    assert (None if found is None else asked[found]) == best


def test_topics_and_importance_get_their_share() -> None:
    facts = [UnmetFact(number, "abcd"[number % 4], 1 + number // 4 % 3, number) for number in range(120)]
    for seed in "xyz":
        drawn = draw_evenly(facts, 24, seed=seed)
        assert Counter((fact.topic, fact.importance) for fact in drawn) == {
            (t, i): 2 for t in "abcd" for i in (1, 2, 3)
        }
        assert drawn == draw_evenly(facts, 24, seed=seed)
    assert {fact.fact_id for fact in draw_evenly(facts[:7], 20, seed="x")} == set(range(7))
    assert draw_evenly([], 20, seed="x") == []
