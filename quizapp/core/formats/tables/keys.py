"""Right answers given as a letter or a number of an option, and lists of options in one cell."""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizapp.core.formats.tables.headings import option_words
from quizapp.core.text.normal import normalise

LATIN = tuple("ABCDEFGHIJ")
CYRILLIC = tuple("АБВГДЕЖЗИК")  # Й is left out, as it is in lists
AZERBAIJANI = tuple("ABCÇDEƏFGĞ")
NUMBERS = tuple(map(str, range(1, 100)))
_LOOK_ALIKES = str.maketrans("АВСЕН", "ABCEH")  # Cyrillic letters on a keyboard that was not switched
LONGEST = 40  # characters of a key

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_AND = re.compile(r"\s(?:and|və|ve|и)\s", re.I)
_BETWEEN = re.compile(r"[\s,;/&+|():]+|\.(?=\s|\Z)")
_WHOLE = re.compile(r"(\d{1,3})[.,]0(?!\d)")  # as spreadsheets write 2
_LETTER = re.compile(r"[A-JÇƏĞА-ИКСН]")
_LABEL = re.compile(
    r"(?:([A-Ha-hА-Жа-жÇçƏə1-9])\)|([A-Ha-hА-Жа-жÇçƏə])\.|([1-9])\.(?=\s)|([A-Ha-hА-Жа-ж])\s[-–—](?=\s))\s*"
)
_LABELS = re.compile(r"(?:\A|(?<=[\s;,|]))(?:([A-Ha-hА-Жа-ж1-9])\)\s*|([A-Ha-hА-Жа-ж])\.\s*|([1-9])\.\s+)")
_SEPARATORS = ("|", "\n", ";", " / ", ", ")
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "“": '"', "”": '"', "ё": "е", "ı": "i"})


@dataclass(frozen=True, slots=True)
class KeyForms:
    """What letters and numbers in a column of right answers stand for.

    `letters` and `numbers` are the names of the options in their order. Without `letters`, it is not known whether they
    are Latin or Cyrillic: “В” is the second of one alphabet and the third of the other. `look_alikes` says whether a
    Cyrillic letter may stand for the Latin one that looks the same.
    """

    letters: tuple[str, ...] = ()
    numbers: tuple[str, ...] = NUMBERS
    look_alikes: bool = True


NO_FORMS = KeyForms()


def find_key_forms(keys: Iterable[str], names: Iterable[str] = ()) -> KeyForms:
    """Return what the keys of a column stand for; `names` are the names of the columns with options."""
    labels = [label_of_name(name) for name in names]
    tokens = {token for key in keys for token in _tokens(key) if _LETTER.fullmatch(token)}
    if labels and all(labels) and len(set(labels)) == len(labels):
        if all(map(str.isdecimal, labels)):
            return _forms_of(_alphabet(tokens), tuple(labels))
        known = {_latin(label) for label in labels}
        return KeyForms(tuple(labels), look_alikes=all(token in labels or _latin(token) in known for token in tokens))
    return _forms_of(_alphabet(tokens | set(filter(None, labels))))


def _forms_of(alphabet: tuple[str, ...], numbers: tuple[str, ...] = NUMBERS) -> KeyForms:
    return KeyForms(alphabet, numbers, look_alikes=alphabet != CYRILLIC)


def _alphabet(letters: set[str]) -> tuple[str, ...]:
    """Return the alphabet of the letters in a column, or () if all of them look the same in two."""
    if letters & set("БГДЖЗИ"):
        return CYRILLIC
    if letters & set("ÇƏĞ"):
        return AZERBAIJANI
    return LATIN if letters & {*LATIN, "С", "Н"} else ()


def label_of_name(name: str) -> str:
    """Return the letter or number in the name of a column with options, such as "B" in “Variant B”, or ""."""
    words = [word for word in re.split(r"[\W_]+", name[:80].replace("İ", "I")) if word]
    labels = [word.upper() for word in words if len(word) == 1 or word.isdecimal() or _is_roman(word)]
    return _number_of(labels[0]) if len(labels) == 1 else ""


_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


def _is_roman(word: str) -> bool:
    return len(word) > 1 and word.upper() in _ROMAN


def _number_of(label: str) -> str:
    return label.lstrip("0") or label if label.isdecimal() else label


def letter_places(key: str, count: int, forms: KeyForms = NO_FORMS) -> list[int]:
    """Return which of so many options letters such as "B", "c)" or "A, C" stand for, from 0; [] if they are none."""
    tokens = _tokens(key)
    if not forms.letters:
        found = {tuple(letter_places(key, count, _forms_of(alphabet))) for alphabet in (LATIN, CYRILLIC)} - {()}
        return list(found.pop()) if len(found) == 1 else []
    if not all(_LETTER.fullmatch(token) or _is_roman(token) for token in tokens):
        return []
    return _places(tokens, forms.letters, count, look_alikes=forms.look_alikes)


def number_places(key: str, count: int, forms: KeyForms = NO_FORMS) -> list[int]:
    """Return which of so many options numbers such as "2" or "1, 3" stand for, from 0; [] if they are none."""
    tokens = _tokens(key)
    return _places(tokens, forms.numbers, count) if all(map(str.isdecimal, tokens)) else []


def _places(tokens: Sequence[str], labels: Sequence[str], count: int, *, look_alikes: bool = False) -> list[int]:
    labels = labels[:count]
    latin = [_latin(label) for label in labels]
    places = set()
    for token in tokens:
        if token in labels:
            places.add(labels.index(token))
        elif look_alikes and _latin(token) in latin:
            places.add(latin.index(_latin(token)))
        else:
            return []
    return sorted(places)


def _latin(letter: str) -> str:
    return letter.translate(_LOOK_ALIKES)


def _tokens(key: str) -> list[str]:
    """Return the letters and numbers in a key such as “(B)”, “Variant B”, “A və C” or “AC”; [] for other words."""
    if len(key) > LONGEST:
        return []
    key = _AND.sub(",", _WHOLE.sub(r"\1", _INVISIBLE.sub("", normalise("NFKC", key))))
    tokens = [token for token in _BETWEEN.split(key) if token and token.casefold() not in option_words()]
    if len(tokens) == 1 and 1 < len(tokens[0]) < 6 and tokens[0].isupper() and len(set(tokens[0])) == len(tokens[0]):
        tokens = tokens if _is_roman(tokens[0]) else list(tokens[0])
    return [_number_of(token.upper()) for token in tokens]


def is_key_like(text: str) -> bool:
    """Return whether a text may be a letter or a number, or several, that stand for options."""
    tokens = _tokens(text)
    return bool(tokens) and (
        all(_LETTER.fullmatch(token) for token in tokens) or all(token in NUMBERS[:10] for token in tokens)
    )


def is_one_key(text: str) -> bool:
    """Return whether a text is one letter or one number that may stand for an option."""
    return len(_BETWEEN.sub("", text)) < 3 and len(_tokens(text)) == 1 and is_key_like(text)


# Options


def fold_option(text: str) -> str:
    """Return an option as it is compared with others: without case, typography and a full stop at the end."""
    folded = " ".join(text.split()).casefold()
    if not folded.isascii():
        folded = _INVISIBLE.sub("", folded).replace("i\u0307", "i").translate(_SAME)
    return folded.rstrip(".") or folded


def is_among(text: str, options: Sequence[str]) -> bool:
    """Return whether a text, or each part of a list, is one of the options."""
    return bool(text_places(text, options))


def text_places(text: str, options: Sequence[str]) -> list[int]:
    """Return which options a text names, from 0: one, or several in a list; [] if one of them is not an option."""
    folded = [fold_option(option) for option in options]
    if not text.strip():
        return []
    for one in (text, split_label(text)[1]):  # “B) Ganja”, where the options are without letters
        if fold_option(one) in folded:
            return [folded.index(fold_option(one))]
    for separator in (*_SEPARATORS, ","):
        parts = [fold_option(part) for part in text.split(separator) if part.strip()]
        if len(parts) > 1 and all(part in folded for part in parts):
            return sorted({folded.index(part) for part in parts})
    return []


def split_label(text: str) -> tuple[str, str]:
    """Return the letter or number before an option, in capitals, and the option: “b) Ganja” is ("B", "Ganja")."""
    found = _LABEL.match(text.strip())
    if found is None or found.end() == len(text.strip()):
        return "", text
    return found[found.lastindex or 0].upper(), text.strip()[found.end() :]


def split_labels(options: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the labels before options and the options without them; () and the options if not all have another."""
    pairs = [split_label(option) if option else ("", "") for option in options]
    labels = [label for (label, _), option in zip(pairs, options, strict=True) if option]
    if len(labels) > 1 and all(labels) and len(set(labels)) == len(labels):
        return tuple(label for label, _ in pairs), [text for _, text in pairs]
    return (), list(options)


def split_question(text: str) -> tuple[str, list[str]]:
    """Return a question and the options after it: “Capital? A) Baku B) Ganja”; without such options, [] for them."""
    for mark in _LABELS.finditer(text):
        if mark.start() and (options := _split_at_labels(text[mark.start() :])):
            return text[: mark.start()].strip(), options
    return text, []


def split_list(cell: str, right: str | None) -> list[str]:
    """Return the texts in a cell that holds several.

    They are separated by bars, line ends, semicolons, slashes or commas, or have letters before them, as in
    "A) Baku B) Ganja". A comma separates only if `right`, the right answer, is one of the parts then or stands for one;
    None: always.
    """
    cell = cell.strip()
    if listed := _written_list(cell):
        return listed
    if lettered := _split_at_labels(cell):
        return lettered
    for separator in _SEPARATORS[:-1]:
        if parts := _parts(cell, separator):
            return parts
    for separator in (", ",) if right is None else (", ", ","):
        parts = _parts(cell, separator)
        if parts and (right is None or is_among(right, parts) or is_key_like(right)):
            return parts
    return [cell] if cell else []


def holds_several(cell: str) -> bool:
    """Return whether a cell certainly holds several texts; a comma alone does not say so."""
    return bool(_written_list(cell) or _split_at_labels(cell) or any(_parts(cell, mark) for mark in _SEPARATORS[:-1]))


def _split_at_labels(cell: str) -> list[str]:
    """Return the texts after labels in order, such as "A) Baku B) Ganja", or [] if the cell is no such list."""
    marks = list(_LABELS.finditer(cell[:10_000]))
    if len(marks) < 2 or marks[0].start() or not _in_order([mark[mark.lastindex or 0] for mark in marks]):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(cell)]
    return [cell[mark.end() : end].strip(" \t\n;,|") for mark, end in zip(marks, ends, strict=True)]


def _parts(cell: str, separator: str) -> list[str]:
    parts = [text for part in cell.split(separator) if (text := part.strip())]
    return parts if len(parts) > 1 else []


def _in_order(labels: Sequence[str]) -> bool:
    """Return whether labels are A, B, C, … or 1, 2, 3, …"""
    written = tuple(label.upper() for label in labels)
    return any(alphabet[: len(written)] == written for alphabet in (LATIN, CYRILLIC, NUMBERS))


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
