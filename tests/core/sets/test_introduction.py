"""The order in which learners meet the facts of a set."""

from itertools import pairwise
from pathlib import Path

import pytest

from quizapp.core.sets.files import read_set
from quizapp.core.sets.introduction import answers, order_facts
from quizapp.core.sets.schema import Fact

BANK = Path(__file__).parents[3] / "question_bank" / "april-1920"


def fact(key: str, date: str | None = None, leads_to: tuple[str, ...] = (), answer: str = "") -> Fact:
    return Fact.model_validate(
        {
            "key": key,
            "topic": "t",
            "statement": key,
            "date": date,
            "leads_to": dict.fromkeys(leads_to, "why"),
            "questions": [{"key": f"{key}-q", "kind": "typed", "prompt": f"{key}?", "answer": answer or key}],
        }
    )


ORDERS = [
    # Without dates and links, as in the files.
    ([fact("b"), fact("a"), fact("c")], "b a c"),
    # By date; a month stands in its middle, and what has no date or a vague one stays where it is.
    ([fact("late", "1920-04-27"), fact("early", "1920-01-02")], "early late"),
    ([fact("day", "1920-04-28"), fact("month", "1920-04"), fact("other", "1920-04-02")], "other month day"),
    ([fact("a", "1920-03-01"), fact("with-a"), fact("b", "1920-02-01"), fact("with-b", "1920")], "b with-b a with-a"),
    ([fact("hour", "1920-04-27T23:00"), fact("before", "1920-04-27T00:05")], "before hour"),
    # Causes first, even where dates say otherwise.
    ([fact("effect", "1920-01"), fact("cause", "1920-02", ("effect",))], "cause effect"),
    ([fact("c"), fact("b", None, ("c",)), fact("a", None, ("b", "c"))], "a b c"),
    ([fact("day", "1920-01-11"), fact("cause", "1920-01", ("note",)), fact("note", "1920-01-02")], "cause note day"),
    # Facts with the same answer are kept apart, if anything else is ready.
    ([fact("a", answer="Baku"), fact("b", answer="baku"), fact("c")], "a c b"),
    ([fact("a", answer="Baku"), fact("b", answer="Baku")], "a b"),
    ([fact("a", None, ("b",), "Baku"), fact("b", None, (), "Baku")], "a b"),
]


@pytest.mark.parametrize(("facts", "expected"), ORDERS)
def test_facts_in_order(facts: list[Fact], expected: str) -> None:
    assert [each.key for each in order_facts(facts)] == expected.split()


def test_chosen_facts_come_first() -> None:
    facts = [fact("a", None, ("c",)), fact("b"), fact("c")]
    assert [each.key for each in order_facts(facts, ["c", "b"])] == ["c", "b", "a"]
    assert [each.key for each in order_facts(facts, ["b", "gone", "b"])] == ["b", "a", "c"]


def test_the_built_in_set_puts_causes_first_and_keeps_answers_apart() -> None:
    source, _ = read_set(BANK)
    assert source
    facts = order_facts(source.facts, source.header.first)
    assert {each.key for each in facts} == {each.key for each in source.facts}
    places = {each.key: place for place, each in enumerate(facts)}
    first = set(source.header.first)
    for each in facts:
        for effect in each.leads_to:
            assert places[each.key] < places[effect] or effect in first, (each.key, effect)
    alike = [(a.key, b.key) for a, b in pairwise(facts) if answers(a) & answers(b)]
    assert alike == []
