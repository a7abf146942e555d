"""What changed between two texts and two documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.text.differences import LONGEST, as_text, changes, differences


def marked(before: str, after: str) -> str:
    signs = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return "".join(signs[piece.what].format(piece.text) for piece in changes(before, after))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("The Red Army came.", "The Red Army came.", "The Red Army came."),
        ("in 1921, early", "in 1920, early", "in [-1921-][+1920+], early"),
        ("Lakes and rivers of Baku", "Lakes of Baku", "Lakes[- and rivers-] of Baku"),
        ("It was otherwise.", "He had left.", "[-It was otherwise-][+He had left+]."),
        ("Nobel", "Nobels", "[-Nobel-][+Nobels+]"),
        ("", "New", "[+New+]"),
        ("Bakı’nın şəhəri", "Bakı’nın şəhərləri", "Bakı’nın [-şəhəri-][+şəhərləri+]"),
    ],
)
def test_differing_words_are_marked(before: str, after: str, told: str) -> None:
    assert marked(before, after) == told


@given(st.text(alphabet="ab ,.\n’", max_size=60), st.text(alphabet="ab ,.\n’", max_size=60))
def test_both_texts_can_be_had_back(before: str, after: str) -> None:
    pieces = changes(before, after)
    assert "".join(piece.text for piece in pieces if piece.what != "added") == before
    assert "".join(piece.text for piece in pieces if piece.what != "removed") == after


def test_texts_too_long_to_compare_are_shown_whole() -> None:
    assert [piece.what for piece in changes("a " * LONGEST, "b " * LONGEST)] == ["removed", "added"]


def test_documents_are_compared_field_by_field() -> None:
    before = {"key": "a", "prompt": "Who?", "passages": [1], "picture": None, "gone": "x"}
    after = {"key": "a", "prompt": "When?", "passages": [1], "picture": [], "new": "y"}
    assert [difference.field for difference in differences(before, after)] == ["prompt", "new", "gone"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ([], ""),
        (False, "no"),
        (1920, "1920"),
        (["Ob", "Don"], "Ob\nDon"),
        ([{"text": "Po", "why_not": "In Italy.", "misconception": None}], "Po; why not: In Italy."),
        ({"key": "depth", "title": "Depth"}, "title: Depth"),
    ],
)
def test_plain_data_is_read_as_lines(value: object, text: str) -> None:
    assert as_text(value) == text
