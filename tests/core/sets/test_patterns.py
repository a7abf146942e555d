"""Patterns of words: what they match."""

import pytest

from quizapp.core.sets.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("prime minister", "Who was Prime Minister?", True),
        ("prime minister", "Who were the prime ministers?", False),
        ("prime minister*", "Who were the prime ministers?", True),
        ("minister", "The administer", False),
        ("*minister", "The administer", True),
        ("sign* * ultimatum", "Who signed the Fleet’s ultimatum?", True),
        ("sign* * ultimatum", "Who signed ultimatum no. 2?", True),
        ("sign* * ultimatum", "The ultimatum was signed.", False),
        ("which party* committee*", "Which party’s Central Committee?", True),
        ("when did * enter Bakú", "When, at last, did it enter Baku?", False),
        ("when * enter Bakú", "WHEN, at last, did it enter Baku?", True),
        ("the ultimatum", "Who wrote an ultimatum?", True),
        ("a.b (c|d)", "a b c d", True),
        ("* * a* * *" + "a*" * 90, "a" * 4000, True),
        ("*a" * 90 + "b", "a" * 4000, False),
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    assert matches(pattern, text) is found
