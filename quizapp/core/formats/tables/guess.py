"""Which column of a table means what, guessed from its headings and its contents."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quizapp.core.formats.tables.headings import OWN, plain_name, role_of
from quizapp.core.formats.tables.keys import (
    find_alphabet,
    is_among,
    is_same_place,
    letter_places,
    number_places,
    split_list,
)
from quizapp.core.formats.tables.mapping import RIGHT, SEVERAL, check_mapping
from quizapp.core.formats.tables.table import MAX_HEADING, ColumnMapping, Row, Table

SAMPLE = 500  # rows looked at
SHORT = 40  # characters of a heading
_NUMBER = re.compile(r"[-+]?\d[\d .,;|]*%?")
_ANSWERS = {*RIGHT, "option", "options"}


@dataclass(frozen=True, slots=True)
class Guess:
    """A guessed mapping. `is_certain` says whether questions may be read with it before a person has seen it."""

    mapping: ColumnMapping
    is_certain: bool


def guess_mapping(table: Table) -> Guess:
    """Return what the columns of a table mean, as far as can be seen."""
    if heading := _find_heading(table.rows):
        return _guess_by_headings(table, heading)
    heading = 1 if _looks_like_heading(table.rows) else 0
    return _guess_by_contents(table, heading)


# With headings


def _find_heading(rows: Sequence[Row]) -> int:
    """Return how many rows there are until the one that names a question and an answer, that row included, or 0."""
    widest = 0
    for number, row in enumerate(rows[:MAX_HEADING], 1):
        filled = sum(map(bool, row.cells))
        roles = {role_of(cell) for cell in row.cells}
        if roles & {"question", "text"} and roles & _ANSWERS and filled > widest:
            return number
        widest = max(widest, filled)
    return 0


def _guess_by_headings(table: Table, heading: int) -> Guess:
    names = table.rows[heading - 1].cells
    rows = table.rows[heading : heading + SAMPLE]
    roles = [role_of(name) or "" for name in names] + [""] * (table.width - len(names))
    is_certain = _drop_repeated(roles)
    _correct_numbers(roles, rows)
    _correct_wrong(roles, names, rows)
    is_certain &= _correct_right(roles, names, rows)
    mapping = ColumnMapping(roles=tuple(roles), heading=heading)
    return Guess(mapping, is_certain and not check_mapping(mapping, table.width))


def _drop_repeated(roles: list[str]) -> bool:
    """Keep the first column of each role that only one can have. Return whether no question or answer was dropped."""
    is_certain = True
    right: int | None = None
    for at, role in enumerate(roles):
        repeated = role not in SEVERAL and role in roles[:at]
        if role in RIGHT:
            repeated, right = right is not None, at if right is None else right
        if repeated:
            is_certain &= role not in ("question", "text", *RIGHT)
            roles[at] = ""
    return is_certain


def _correct_numbers(roles: list[str], rows: Sequence[Row]) -> None:
    """Tell the points for a question from the points an essay should make, and numbers of passages from texts."""
    for at, role in enumerate(roles):
        if role in ("points", "passages"):
            are_numbers = all(_NUMBER.fullmatch(cell) for cell in _filled(rows, at))
            roles[at] = {("points", True): "marks", ("passages", False): ""}.get((role, are_numbers), role)


def _correct_wrong(roles: list[str], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Tell one wrong answer in a cell from several, and options from wrong answers."""
    for at, role in enumerate(roles):
        own = at < len(names) and names[at].strip().casefold() in OWN
        holds_list = role == "wrong" and roles.count("wrong") == 1 and not own and _is_list(rows, at)
        lacks_right = role == "options" and "right" in roles and not _is_ever_among(rows, roles.index("right"), at)
        if holds_list or lacks_right:
            roles[at] = "wrong:list"


def _is_list(rows: Sequence[Row], at: int) -> bool:
    cells = _filled(rows, at)
    return bool(cells) and sum(len(split_list(cell, None)) > 1 for cell in cells) * 2 > len(cells)


def _is_ever_among(rows: Sequence[Row], right: int, at: int) -> bool:
    """Return whether the right answer of any row is in its cell of options, or may be a letter or number for one."""
    return any(
        is_among(_cell(row, right), pieces)
        or letter_places(_cell(row, right), len(pieces))
        or number_places(_cell(row, right), len(pieces))
        for row in rows
        for pieces in [split_list(_cell(row, at), _cell(row, right))]
    )


def _correct_right(roles: list[str], names: Sequence[str], rows: Sequence[Row]) -> bool:
    """Tell letters and numbers that stand for options from the text of the right one. Return whether that is sure."""
    at = next((at for at, role in enumerate(roles) if role in RIGHT), None)
    if at is None or not {"option", "options"} & set(roles):
        return True
    columns = [i for i, role in enumerate(roles) if role == "option"]
    listed = roles.index("options") if "options" in roles else None
    pairs = [(_cell(row, at), _options(row, columns, listed, _cell(row, at))) for row in rows if _cell(row, at)]
    roles[at], is_certain = _key_form(pairs, names)
    return is_certain


def _options(row: Row, columns: Sequence[int], listed: int | None, right: str) -> list[str]:
    return [_cell(row, i) for i in columns] if listed is None else split_list(_cell(row, listed), right)


def _key_form(pairs: Sequence[tuple[str, list[str]]], names: Sequence[str] = ()) -> tuple[str, bool]:
    """Return the role of a column of right answers, given with their options, and whether it is certain."""
    if not pairs:
        return "right", False
    alphabet = find_alphabet((key for key, _ in pairs), names)
    counts = {
        "right": sum(is_among(key, options) for key, options in pairs),
        "right:letter": sum(bool(letter_places(key, len(options), alphabet)) for key, options in pairs),
        "right:number": sum(bool(number_places(key, len(options))) for key, options in pairs),
    }
    best, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    is_same = all(is_same_place(key, options) for key, options in pairs)
    if best == "right:number" and any(key == "0" for key, _ in pairs):
        return best, False  # do they count from 0 or from 1?
    return best, counts[best] * 2 >= len(pairs) and (counts[best] > counts[second] or is_same)


# Without headings


def _looks_like_heading(rows: Sequence[Row]) -> bool:
    """Return whether the first row seems to be the names of the columns, in whatever language."""
    first, rest = rows[0].cells, rows[1:SAMPLE]
    if not rest or any(len(cell) > SHORT or _has_digit(cell) for cell in first):
        return False
    if any(role_of(cell) not in (None, "option") and len(cell) > 1 for cell in first):
        return True
    questions = sum(any("?" in cell for cell in row.cells) for row in rest)
    if questions * 2 > len(rest) and not any("?" in cell for cell in first):
        return True
    return any(_is_unlike(rest, at, cell, first) for at, cell in enumerate(first) if cell)


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell))


def _is_unlike(rows: Sequence[Row], at: int, name: str, names: Sequence[str]) -> bool:
    """Return whether all other cells of a column are numbers or single letters, or far longer than single words."""
    cells = _filled(rows, at)
    if len(cells) > 1 and len(name) > 1 and all(_NUMBER.fullmatch(cell) or len(cell) == 1 for cell in cells):
        return True
    are_words = not any(" " in word for word in names)
    return are_words and bool(cells) and sum(map(len, cells)) > 3 * len(name) * len(cells)


def _guess_by_contents(table: Table, heading: int) -> Guess:
    rows = table.rows[heading : heading + SAMPLE]
    columns = [at for at in range(table.width) if _filled(rows, at)]
    roles = [""] * table.width
    if len(columns) > 2 and _is_numbering(rows, columns[0]):
        columns = columns[1:]
    is_certain = not heading and _assign(roles, columns, rows)
    if heading:
        _assign(roles, columns, rows)
        _apply_names(roles, table.rows[0].cells)
    return Guess(ColumnMapping(roles=tuple(roles), heading=heading), is_certain)


def _is_numbering(rows: Sequence[Row], at: int) -> bool:
    numbers = [_cell(row, at).rstrip(".)") for row in rows]
    return len(numbers) > 1 and all(map(str.isdecimal, numbers)) and all(
        int(after) - int(before) == 1 for before, after in pairwise(numbers)
    )  # fmt: skip


def _assign(roles: list[str], columns: Sequence[int], rows: Sequence[Row]) -> bool:
    """Fill in the roles of the columns that are not empty. Return whether that is certain."""
    if len(columns) < 2:
        return False
    question, *others = columns
    if len(columns) == 2:
        if _asks(rows, others[0]) > len(rows) / 2 and _asks(rows, question) * 10 < len(rows):
            question, others = others[0], [question]
        roles[question], roles[others[0]] = "question", "right"
        return True
    roles[question] = "question"
    if _assign_key(roles, others, rows):
        return len(rows) > 1
    roles[others[0]] = "right"
    for at in others[1:]:
        roles[at] = "wrong:list" if len(others) == 2 and _is_list(rows, at) else "wrong"
    return False


def _asks(rows: Sequence[Row], at: int) -> int:
    return sum("?" in _cell(row, at) for row in rows)


def _assign_key(roles: list[str], others: Sequence[int], rows: Sequence[Row]) -> bool:
    """Find a first or last column that says which of the others is right in every row, and fill in the roles."""
    for at in (others[-1], others[0]):
        options = [column for column in others if column != at]
        if len(options) < 2:
            if _is_in_every_list(rows, at, options[0]):
                roles[at], roles[options[0]] = _listed_form(rows, at, options[0]), "options"
                return True
            continue
        pairs = [(_cell(row, at), [_cell(row, i) for i in options]) for row in rows]
        form, is_certain = _key_form(pairs)
        if is_certain and all(_is_key(form, key, texts) for key, texts in pairs):
            roles[at] = form
            for column in options:
                roles[column] = "option"
            return True
    return False


def _is_key(form: str, key: str, options: Sequence[str]) -> bool:
    places = {"right:letter": letter_places, "right:number": number_places}.get(form)
    found = places(key, len(options)) if places else is_among(key, options)
    return bool(found)


def _is_in_every_list(rows: Sequence[Row], at: int, listed: int) -> bool:
    pairs = [(_cell(row, at), split_list(_cell(row, listed), _cell(row, at))) for row in rows]
    form, is_certain = _key_form(pairs)
    return is_certain and all(len(pieces) > 1 and _is_key(form, key, pieces) for key, pieces in pairs)


def _listed_form(rows: Sequence[Row], at: int, listed: int) -> str:
    return _key_form([(_cell(row, at), split_list(_cell(row, listed), _cell(row, at))) for row in rows])[0]


def _apply_names(roles: list[str], names: Sequence[str]) -> None:
    """Let recognised column names overrule what the contents suggest."""
    for at, name in enumerate(names):
        role = role_of(name)
        if role is not None and (role in SEVERAL or role not in roles):
            roles[at] = role


# Cells


def _cell(row: Row, at: int) -> str:
    return row.cells[at] if at < len(row.cells) else ""


def _filled(rows: Iterable[Row], at: int) -> list[str]:
    return [cell for row in rows if (cell := _cell(row, at))]


def fold_headings(table: Table, heading: int) -> tuple[str, ...]:
    """Return the cells of the last heading row in a form that can be compared, or () without such a row."""
    return tuple(map(plain_name, table.rows[heading - 1].cells)) if 0 < heading <= len(table.rows) else ()
