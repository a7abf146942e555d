"""Right answers given as a letter or a number of an option, and lists of options in one cell."""

import ast
import re
from collections.abc import Iterable, Sequence

LATIN = "ABCDEFGHIJ"
CYRILLIC = "АБВГДЕЖЗИК"  # Й is left out, as it is in lists
_LOOK_ALIKES = str.maketrans("АВСЕН", "ABCEH")  # Cyrillic letters on a keyboard that was not switched

_LETTERS = re.compile(r"[A-JА-ЖЗИК](?:[).]?(?:\s*[,;/&+|]\s*|\s+)[A-JА-ЖЗИК])*[).]?|A?B?C?D?E?F?")
_LABEL = re.compile(r"(?:[A-Ha-hА-Жа-ж1-9]\)|[A-Ha-hА-Жа-ж]\.|[1-9]\.(?=\s))\s*")  # "A) " and "A.", but not "3.14"
_LETTER = re.compile(r"[A-JА-ЖЗИК]")
_NUMBERS = re.compile(r"\d{1,2}(?:[).]?(?:\s*[,;/&+|]\s*|\s+)\d{1,2})*[).]?")
_LABELLED = re.compile(r"(?:\A|(?<=[\s;,|]))(?:([A-Ha-hА-Жа-ж1-9])\)\s*|([A-Ha-hА-Жа-ж])\.\s*|([1-9])\.\s+)")
_NOT_LABEL = re.compile(r"[\W_]+")
_SEPARATORS = ("|", "\n", ";", ",")


def find_alphabet(keys: Iterable[str], names: Iterable[str] = ()) -> str:
    """Return the alphabet of the letters in a column, or "" if only letters occur that look the same in both.

    `names` are the names of the columns, such as “Вариант Б”.
    """
    labels = [word for name in names for word in _NOT_LABEL.sub(" ", name[:80]).split() if len(word) == 1]
    letters = {letter for key in [*keys, *labels] if _LETTERS.fullmatch(key.strip().upper()) for letter in key.upper()}
    if letters & set("БГДЖЗИ"):
        return CYRILLIC
    return LATIN if letters & set(LATIN + "СН") else ""


def letter_places(key: str, count: int, alphabet: str = "") -> list[int]:
    """Return which of so many options letters such as "B", "c)" or "A, C" stand for, from 0; [] if they are none.

    Without an alphabet, [] as well if it is not clear whether a letter is Latin or Cyrillic: “В” is the second of one
    alphabet and the third of the other.
    """
    key = key.strip().upper()
    if not key or not _LETTERS.fullmatch(key):
        return []
    letters = _LETTER.findall(key)
    found = {tuple(_places(letters, each)) for each in ((alphabet,) if alphabet else (CYRILLIC, LATIN))}
    found = {places for places in found if all(0 <= place < count for place in places)}
    return sorted(set(found.pop())) if len(found) == 1 else []


def _places(letters: Sequence[str], alphabet: str) -> list[int]:
    look_alikes = _LOOK_ALIKES if alphabet == LATIN else {}
    return [alphabet.find(letter.translate(look_alikes)) for letter in letters]


def number_places(key: str, count: int) -> list[int]:
    """Return which of so many options numbers such as "2" or "1, 3" stand for, from 0; [] if they are none."""
    key = key.strip()
    if not _NUMBERS.fullmatch(key):
        return []
    places = sorted({int(number) - 1 for number in re.findall(r"\d+", key)})
    return places if all(0 <= place < count for place in places) else []


def is_key_like(text: str, count: int) -> bool:
    """Return whether a text may be a letter or a number that stands for one of so many options."""
    return bool(letter_places(text, count) or number_places(text, count))


def is_same_place(key: str, options: Sequence[str]) -> bool:
    """Return whether a number names the same option as a text and as a number."""
    return text_places(key, options) == number_places(key, len(options))


def fold_option(text: str) -> str:
    """Return an option as it is compared with others."""
    return " ".join(text.split()).casefold()


def is_among(text: str, options: Sequence[str]) -> bool:
    """Return whether a text, or each part of a list, is one of the options."""
    return bool(text_places(text, options))


def text_places(text: str, options: Sequence[str]) -> list[int]:
    """Return which options a text names, from 0: one, or several in a list; [] if one of them is not an option."""
    folded = [fold_option(option) for option in options]
    if not text.strip():
        return []
    for one in (text, _without_label(text)):  # “B) Ganja”, where the options are without letters
        if fold_option(one) in folded:
            return [folded.index(fold_option(one))]
    for separator in _SEPARATORS:
        parts = [fold_option(part) for part in text.split(separator) if part.strip()]
        if len(parts) > 1 and all(part in folded for part in parts):
            return sorted({folded.index(part) for part in parts})
    return []


def _without_label(text: str) -> str:
    label = _LABEL.match(text.strip())
    return text.strip()[label.end() :] if label else text


def split_list(cell: str, right: str | None) -> list[str]:
    """Return the texts in a cell that holds several.

    They are separated by bars, line ends, semicolons or commas, or have letters before them: "A) Baku B) Ganja". A
    comma separates only if `right`, the right answer, is one of the parts then or stands for one; None: always.
    """
    cell = cell.strip()
    if listed := _written_list(cell):
        return listed
    if lettered := _split_at_labels(cell):
        return lettered
    for separator in _SEPARATORS[:-1]:
        if parts := _parts(cell, separator):
            return parts
    parts = _parts(cell, ",")
    if parts and (right is None or is_among(right, parts) or is_key_like(right, len(parts))):
        return parts
    return [cell] if cell else []


def _split_at_labels(cell: str) -> list[str]:
    """Return the texts after labels in order, such as "A) Baku B) Ganja", or [] if the cell is no such list."""
    marks = list(_LABELLED.finditer(cell))
    if len(marks) < 2 or marks[0].start() or not _in_order([mark[mark.lastindex or 0] for mark in marks]):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(cell)]
    return [cell[mark.end() : end].strip(" \t\n;,|") for mark, end in zip(marks, ends, strict=True)]


def _parts(cell: str, separator: str) -> list[str]:
    parts = [text for part in cell.split(separator) if (text := part.strip())]
    return parts if len(parts) > 1 else []


def _in_order(labels: Sequence[str]) -> bool:
    """Return whether labels are A, B, C, … or 1, 2, 3, …"""
    written = "".join(labels).upper()
    return any(alphabet.startswith(written) for alphabet in (LATIN, CYRILLIC, "123456789"))


def _written_list(cell: str) -> list[str]:
    """Return the texts of a list as programs write it: ["Baku", "Ganja"] or ['Baku', 'Ganja']."""
    if not (cell.startswith("[") and cell.endswith("]")) or len(cell) > 10_000:
        return []
    try:
        found = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    if not isinstance(found, list) or not all(isinstance(entry, str) for entry in found):
        return []
    return [entry.strip() for entry in found if entry.strip()]
