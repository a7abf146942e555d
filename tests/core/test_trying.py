"""An author tries an answer out: whether it would count, and why."""

from typing import Any

import pytest

from quizapp.core.kinds import parse_question
from quizapp.core.sets.schema import Name
from quizapp.core.sets.spellings import contract, expand

TYPED = {"kind": "typed", "answer": "Speke", "accept": ["John Hanning"], "reject": ["Burton"]}
DAY = {"kind": "date", "answer": "1858-08-03", "precision": "day"}
MEN = {"kind": "number", "answer": "5000", "tolerance": "250"}
GAPS = {
    "kind": "cloze",
    "text": "{{river}} and {{sea}}, {{town}}",
    "gaps": {
        "river": {"answer": "Danube"},
        "sea": {"answer": "Black Sea"},
        "town": {"answer": "Ulm", "distractors": [{"text": "Linz"}, {"text": "Passau"}]},
    },
}


def question(body: dict[str, Any]) -> Any:
    return parse_question({"key": "q", "prompt": "Q?", **body})


@pytest.mark.parametrize(
    ("body", "typed", "judged"),
    [
        (TYPED, "Speke", [(True, "it is the answer")]),
        (TYPED, "speke!", [(True, "it is the answer, “Speke”, case, accents and punctuation aside")]),
        (TYPED, "John Hanning", [(True, "it is accepted")]),
        (TYPED, "J. Hanning", [(True, "it is accepted, “John Hanning”, another way to write it")]),
        (TYPED, "Spekke", [(True, "it is taken for a slip of “Speke”")]),
        (TYPED, "Burtn", [(False, "it is taken for “Burton”, which is refused")]),
        (TYPED, "Park", [(False, "it is not near enough to any accepted answer")]),
        (DAY, "3 August 1858", [(True, "read as year 1858, month August, day 3")]),
        (DAY, "3 August 1859", [(False, "close, which does not count: read as year 1859 instead of 1858, "
                                        "month August, day 3")]),
        (DAY, "soon", [(False, "it cannot be read as a date")]),
        (MEN, "five thousand", [(True, "read as 5,000")]),
        (MEN, "5,200", [(True, "read as 5,200, 200 off; 250 may be")]),
        (MEN, "6000", [(False, "read as 6,000, 1,000 off; 250 may be")]),
        (MEN, "many", [(False, "it cannot be read as one figure")]),
        (GAPS, "Danub", [(True, "it is taken for a slip of “Danube”"),
                         (False, "it is not near enough to any accepted answer")]),
        (TYPED, "  ", []),
    ],
)  # fmt: skip
def test_it_says_whether_and_why(body: dict[str, Any], typed: str, judged: list[tuple[bool, str]]) -> None:
    assert [(one.right, one.why) for one in question(body).preview_answer(typed)] == judged


def test_gaps_are_told_apart_by_their_names() -> None:
    assert [one.about for one in question(GAPS).preview_answer("Danube")] == ["river", "sea"]


NAMES = [
    Name(key="speke", type="person", name="John Speke", spellings=["Speke", "Спик"]),
    Name(key="speker", type="person", name="Speker"),
]


def test_spellings_written_out_are_referred_to_again() -> None:
    short = question({"kind": "typed", "answer": "Speke", "accept": ["He"], "spellings_of": ["speke"]})
    stored = expand(short, NAMES)
    assert stored.reject == ["Speker"]  # type: ignore[union-attr]
    assert contract(stored, NAMES) == short
    assert expand(contract(stored, NAMES), NAMES) == stored


@pytest.mark.parametrize("accept", [["John Speke"], ["John Speke", "Спик"]])
def test_what_would_not_come_back_the_same_stays_written_out(accept: list[str]) -> None:
    """Without a spelling, or without the name to be refused, it is not the name that was referred to."""
    stored = question({"kind": "typed", "answer": "Speke", "accept": accept})
    assert contract(stored, NAMES) == stored
