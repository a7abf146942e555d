"""Answers that were typed in another keyboard layout."""

import pytest

from quizapp.core.text.answers import AnswerComparison, Match, compare


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Ltybrby", "Деникин"),
        ("ltybrby", "Деникин"),
        ("<fre", "Баку"),
        ("F/ B/ Ltybrby", "А. И. Деникин"),
        ("[heotd", "Хрущёв"),
        ("Ифлг", "Baku"),
        ("Сршсрукшт", "Chicherin"),
        ("Bak;", "Bakı"),
        ("F't'li", "Fətəli"),
        ("F’t’li", "Fətəli"),
        ("Ифлж", "Bakı"),
        ("Фкьн", "Army"),
        ("Ltybrby", "Denikin"),
        ("F/ B/ Ltybrby", "Denikin"),
        ("Lth,tyn", "Derbent"),
        ("Сршсрукшт", "Çhiçherin"),
    ],
)
def test_it_is_a_slip(typed: str, answer: str) -> None:
    assert compare(typed, ["something else", answer]) == AnswerComparison(Match.SLIP, answer)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("w", "u"), ("F", "A"), ("Ltybrbyf", "Деникин"), ("А", "G"), ("Ktyby", "Denikin"), ("Ybk", "Nil")],
)
def test_other_keys_are_wrong(typed: str, answer: str) -> None:
    assert compare(typed, [answer]).verdict is Match.WRONG
