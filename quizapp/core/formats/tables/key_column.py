"""The column of a table that says which answer is right: as a text, a letter or a number."""

from collections.abc import Iterable, Sequence

from quizapp.core.formats.tables.keys import (
    KeyForms,
    holds_several,
    is_key_like,
    letter_places,
    number_places,
    split_labels,
    split_list,
    split_question,
    text_places,
)
from quizapp.core.formats.tables.mapping import RIGHT
from quizapp.core.formats.tables.table import Row


def hold_several(rows: Sequence[Row], at: int) -> bool:
    """Return whether most cells of a column hold several texts."""
    cells = filled(rows, at)
    return bool(cells) and sum(map(holds_several, cells)) * 2 > len(cells)


def has_no_letters(roles: Sequence[str], right: int, rows: Sequence[Row]) -> bool:
    """Return whether right answers are not all letters of options, unless these are in the question."""
    keys = [row.cell(right) for row in rows if row.cell(right)]
    if len(keys) < 2 or "wrong" in roles or not all(len(key) < 3 and letter_places(key, 5) for key in keys):
        return True
    question = roles.index("question") if "question" in roles else right
    return all(split_question(row.cell(question))[1] for row in rows)


def options_of(row: Row, columns: Sequence[int], listed: int | None, right: str) -> list[str]:
    """Return the options of a row: one per column, or all in the cell of the column `listed`."""
    return [row.cell(i) for i in columns] if listed is None else split_list(row.cell(listed), right)


def find_key_form(pairs: Sequence[tuple[str, list[str]]], forms: KeyForms) -> tuple[str, bool]:
    """Return the role of a column of right answers, given with their options, and whether it is certain."""
    if not pairs:
        return "right", False
    places = {form: [places_of(form, key, options, forms) for key, options in pairs] for form in RIGHT}
    counts = {form: sum(map(bool, found)) for form, found in places.items()}
    best, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    is_same = places[best] == places[second]
    if best == "right:number" and any(key == "0" for key, _ in pairs) and "0" not in forms.numbers:
        return best, False  # do they count from 0 or from 1?
    if not counts[best] and all(is_key_like(key) for key, _ in pairs):
        best = "right:number" if all(map(str.isdecimal, (key for key, _ in pairs))) else "right:letter"
    return best, counts[best] * 2 >= len(pairs) and (counts[best] > counts[second] or is_same)


def places_of(form: str, key: str, options: Sequence[str], forms: KeyForms) -> list[int]:
    """Return the places of the options that a right answer states in this form."""
    labels, texts = split_labels(options)
    if form == "right:letter":
        return letter_places(key, len(options), KeyForms(labels) if labels else forms)
    return number_places(key, len(options), forms) if form == "right:number" else text_places(key, texts)


def filled(rows: Iterable[Row], at: int) -> list[str]:
    """Return the cells of a column that are not empty."""
    return [cell for row in rows if (cell := row.cell(at))]
