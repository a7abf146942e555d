"""The labels in the drawings of Explore."""

import pytest

from quizapp.web.explore import in_lines
from quizapp.web.rendering import plain


@pytest.mark.parametrize(
    ("text", "chars", "lines", "cut"),
    [
        ("Speke named the lake.", 30, 2, ["Speke named the lake."]),
        ("Speke named the lake.", 11, 2, ["Speke named", "the lake."]),
        ("Speke named the large lake.", 11, 2, ["Speke named", "the large …"]),
        ("Unterseebootsabwehr won.", 10, 4, ["Unterseebootsabwehr", "won."]),
    ],
)
def test_a_label_is_cut_between_words(text: str, chars: int, lines: int, cut: list[str]) -> None:
    assert in_lines(text, chars, lines) == cut


def test_a_label_has_no_marks_of_markdown() -> None:
    assert plain("The *Nile* & **Burton** <b>") == "The Nile & Burton <b>"
