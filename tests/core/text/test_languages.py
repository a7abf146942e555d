"""The language of a text, guessed from its letters."""

import pytest

from quizapp.core.text.languages import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bakı nə vaxt işğal olundu?", "az"),
        ("XI Qızıl Ordunun komandanı kim idi? Levandovski", "tr"),  # without Ə nothing tells them apart
        ("Когда пал Баку?", "ru"),
        ("Кто сказал “To Baku”? Киров", "ru"),
        ("Bakü ne zaman düştü? Kızıl Ordu’nun başında kim vardı?", "tr"),
        (f"{'When did Baku fall? ' * 10} The ə of Azerbaijani is a letter of its own.", "en"),
        ("Was geschah 1920 in Baku?", "en"),
        ("1 + 1?", "en"),
        ("", "en"),
    ],
)
def test_a_language_is_known_by_its_letters(text: str, language: str) -> None:
    assert guess_language(text) == language
