"""Spellings of names: written out when a question is stored, and referred to again when it is edited."""

import pytest
from questions import question

from quizapp.core.sets.schema import Name
from quizapp.core.sets.spellings import contract, expand

NAMES = [
    Name(key="speke", type="person", name="John Speke", spellings=["Speke", "Спик"]),
    Name(key="speker", type="person", name="Speker"),
]


def test_spellings_written_out_are_referred_to_again() -> None:
    short = question("typed", answer="Speke", accept=["He"], spellings_of=["speke"])
    stored = expand(short, NAMES)
    assert stored.reject == ["Speker"]  # type: ignore[union-attr]
    assert contract(stored, NAMES) == short
    assert expand(contract(stored, NAMES), NAMES) == stored


@pytest.mark.parametrize("accept", [["John Speke"], ["John Speke", "Спик"]])
def test_what_would_not_come_back_the_same_stays_written_out(accept: list[str]) -> None:
    """Without a spelling, or without the name to be refused, it is not the name that was referred to."""
    stored = question("typed", answer="Speke", accept=accept)
    assert contract(stored, NAMES) == stored
