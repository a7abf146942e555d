"""The order of names in the alphabet of a language, as keys that every database sorts alike."""

from collections.abc import Iterator

from anyascii import anyascii

from quizapp.core.text.normal import base_letter, normalise
from quizapp.core.translation import gettext

LANGUAGES = {
    "az": gettext("Azerbaijani"),
    "en": gettext("English or another"),
    "ru": gettext("Russian"),
    "tr": gettext("Turkish"),
}
LANGUAGE = "en"  # where none is set
_ZONES = {"Asia/Baku": "az", "Europe/Istanbul": "tr", "Europe/Moscow": "ru"}

_LATIN = "abcdeəfghijklmnopqrstuvwxyz"
_ALPHABETS = {
    "az": "abcçdeəfgğhxıijkqlmnoöprsştuüvwyz",
    "en": _LATIN,
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя" + _LATIN,  # Ё is an Е with dots
    "tr": "abcçdeəfgğhıijklmnoöpqrsştuüvwxyz",
}
# A key has two decimal digits for each letter, because databases sort letters and punctuation by rules of their own.
_END, _SPACE, _DIGITS, _LETTERS = "00", "01", 10, 20
_RANKS = {
    language: {letter: f"{number:02}" for number, letter in enumerate(letters, _LETTERS)}
    for language, letters in _ALPHABETS.items()
}


def zone_language(timezone: str) -> str:
    """Return the language that the names of a class in this time zone are most likely sorted by."""
    return _ZONES.get(timezone, LANGUAGE)


def name_key(language: str, name: str, then: str = "") -> str:
    """Return a key by which names are sorted, `then` by a second name where the first ones are equal.

    Case does not count, and accents only where all letters are equal. Other letters are sorted as they are spelled
    in Latin.
    """
    ranks = _RANKS[language]
    pairs = [list(_weights(_folded(part, language), ranks)) for part in (name, then)]
    letters = _END.join("".join(rank for rank, _ in part) for part in pairs)
    accents = "".join("2" if is_changed else "1" for part in pairs for _, is_changed in part)
    return letters + _END + accents.rstrip("1")


def _folded(name: str, language: str) -> str:
    """Return a name in small letters: the small I of Azerbaijani and Turkish has no dot."""
    if language in ("az", "tr"):
        name = name.replace("I", "ı").replace("İ", "i")
    return normalise("NFC", normalise("NFC", name).casefold().replace("i\u0307", "i"))


def _weights(name: str, ranks: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield the rank of each letter, and whether it is another letter than the one of that rank."""
    for character in " ".join(name.replace("-", " ").split()):
        if character == " ":
            yield _SPACE, False
        elif character in ranks:
            yield ranks[character], False
        else:
            base = base_letter(character)
            for letter in base if base in ranks else anyascii(character).lower():
                if letter.isdecimal():
                    yield f"{_DIGITS + int(letter)}", False
                elif letter in ranks:
                    yield ranks[letter], True
