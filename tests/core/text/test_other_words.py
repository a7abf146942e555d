import pytest

from quizapp.core.text.other_words import is_inflected, words_near, words_of


@pytest.mark.parametrize(
    ("typed", "form", "found"),
    [
        ("neuron", "neutron", ["neuron"]),
        ("the neuron", "neutron", ["neuron"]),
        ("neutron", "neutron", []),
        ("neutrons", "neutron", []),
        ("proton", "neutron", []),  # too far off for a slip
        ("full", "fuel", []),  # too short for slips
        ("Assyrian", "Assyria", ["assyrian"]),
        ("General Denikim", "General Denikin", ["denikim"]),
        ("Деникен", "Denikin", ["деникен"]),
        ("Деникина", "Деникин", []),
    ],
)
def test_the_words_that_may_be_others_are_found(typed: str, form: str, found: list[str]) -> None:
    assert list(words_near(typed, words_of([form]))) == found


@pytest.mark.parametrize(
    ("one", "other", "language", "same"),
    [
        ("soviets", "soviet", "en", True),
        ("mutinies", "mutiny", "en", True),
        ("surrendered", "surrender", "en", True),
        ("bacteria", "bacterium", "en", True),
        ("policemen", "policeman", "en", True),
        ("princess", "princes", "en", False),
        ("county", "country", "en", False),
        ("france", "franc", "en", False),
        ("radius", "radium", "en", False),
        ("армию", "армия", "ru", True),
        ("деникиным", "деникин", "ru", True),
        ("нейрон", "нейтрон", "ru", False),
        ("denikine", "denikin", "az", True),
        ("denikine", "denikin", "en", False),
        ("azerbaycanin", "azerbaycan", "az", True),
        ("soldaten", "soldat", "de", True),
        ("qatar", "qerar", "az", False),
    ],
)
def test_forms_of_one_word(one: str, other: str, language: str, same: bool) -> None:
    assert is_inflected(one, other, language) is same
    assert is_inflected(other, one, language) is same
