"""Text that runs from right to left, put into English sentences."""

import pytest

from quizapp.core.text.direction import isolate, isolate_quoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rivers (1)", "Rivers (1)"),
        ("Реки (1)", "Реки (1)"),
        ("נהרות (1)", "\u2068נהרות (1)\u2069"),
        ("رود (1)", "\u2068رود (1)\u2069"),
        ("Ada\u202e", "\u2068Ada\u202e\u2069"),
    ],
)
def test_text_that_turns_is_isolated(text: str, expected: str) -> None:
    assert isolate(text) == expected


def test_what_a_message_quotes_is_isolated() -> None:
    assert isolate_quoted("“רות” and “Ruth” have ‘ד!’.") == "“\u2068רות\u2069” and “Ruth” have ‘\u2068ד!\u2069’."
