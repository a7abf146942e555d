"""Which column of a table without known headings means what, guessed from its contents."""

import re
from collections.abc import Sequence

from quizapp.core.formats.tables.headings import roles_of
from quizapp.core.formats.tables.key_column import (
    filled,
    find_key_form,
    has_no_letters,
    hold_several,
    options_of,
    places_of,
)
from quizapp.core.formats.tables.keys import find_key_forms
from quizapp.core.formats.tables.mapping import RIGHT, SEVERAL
from quizapp.core.formats.tables.table import ColumnMapping, Guess, Row, Table

SAMPLE = 500  # rows looked at
SHORT = 40  # characters of a heading
LONG = 30  # characters of a cell that is not a heading
_SENTENCE = re.compile(r"[?!;,\"“«]|\.\Z|\s[-–—]\s")
_NUMBER_LAST = re.compile(r"(?<=[^\W\d_])[ _]?\d{1,2}\Z")  # "Option 2"
_COUNT = re.compile(r"(?:№ ?|[Qq])?\d{1,5}[.)]?")


def looks_like_heading(rows: Sequence[Row]) -> bool:
    """Return whether the first row seems to be the names of the columns, in whatever language."""
    first, rest = rows[0].cells, rows[1:SAMPLE]
    if not rest or any(len(cell) > SHORT or "?" in cell or _has_digit(_NUMBER_LAST.sub("", cell)) for cell in first):
        return False
    if any(role not in (None, "option") for role in roles_of(first)):
        return True
    questions = sum(any("?" in cell for cell in row.cells) for row in rest)
    if questions * 2 > len(rest) or any(_is_unlike(rest, at, cell, first) for at, cell in enumerate(first) if cell):
        return True
    return all(_is_capital(cell) for cell in first if cell) and not any(
        _is_capital(cell) for row in rest for cell in row.cells
    )


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell))


def _is_capital(cell: str) -> bool:
    return cell[:1].isupper()


def _is_unlike(rows: Sequence[Row], at: int, name: str, names: Sequence[str]) -> bool:
    """Return whether all other cells of a column have numbers or are single letters, or are far longer than words."""
    cells = filled(rows, at)
    if len(cells) > 1 and len(name) > 1 and all(_has_digit(cell) or len(cell) == 1 for cell in cells):
        return True
    are_words = not any(" " in word for word in names)
    return are_words and bool(cells) and sum(map(len, cells)) > 3 * len(name) * len(cells)


def _is_surely_data(rows: Sequence[Row]) -> bool:
    """Return whether the first row cannot be a heading: it has sentences, small and capital first letters, or numbers
    where the rows below have them.
    """
    if len({_is_capital(cell) for cell in rows[0].cells if cell[:1].isalpha()}) > 1:
        return True
    for at, cell in enumerate(rows[0].cells):
        if _SENTENCE.search(cell) or len(cell) > LONG or len(cell.split()) > 3:
            return True
        below = filled(rows[1:], at)
        if _has_digit(cell) and not _COUNT.fullmatch(cell) and below and all(map(_has_digit, below)):
            return True
    return False


def guess_by_contents(table: Table, heading: int) -> Guess:
    """Return what the columns mean by what is in them, below so many heading rows."""
    rows = table.rows[heading : heading + SAMPLE]
    columns = [at for at in range(table.width) if filled(rows, at)]
    roles = [""] * table.width
    while len(columns) > 2 and _is_numbering(rows, columns[0]):
        columns = columns[1:]
    is_certain = _assign(roles, columns, rows) and not heading and _is_surely_data(rows)
    if heading:
        _keep_numbered(roles, table.rows[0].cells)
        _apply_names(roles, table.rows[0].cells)
    return Guess(ColumnMapping(roles=tuple(roles), heading=heading), is_certain)


def _is_numbering(rows: Sequence[Row], at: int) -> bool:
    return all(_COUNT.fullmatch(cell) for cell in filled(rows, at))


def _assign(roles: list[str], columns: Sequence[int], rows: Sequence[Row]) -> bool:
    """Fill in the roles of the columns that are not empty. Return whether that is certain."""
    if len(columns) < 2:
        return False
    question = _question_column(columns, rows)
    others = [column for column in columns if column != question]
    roles[question] = "question"
    if len(columns) == 2:
        roles[others[0]] = "right"
        return has_no_letters(roles, others[0], rows)
    others = [column for column in others if column > question] or others
    asks = [row.cell(question) for row in rows]
    if _assign_key(roles, others, rows):
        return len(rows) > 1 and len(set(asks)) == len(asks) and columns[0] == question
    roles[others[0]] = "right"
    for at in others[1:]:
        role = _role_beside(rows, at, others)
        roles[at] = "" if role in roles and role not in SEVERAL else role
    return False


def _question_column(columns: Sequence[int], rows: Sequence[Row]) -> int:
    """Return the column that asks most, if it is one in two rows, or else the first."""
    asking = max(columns, key=lambda at: (sum("?" in row.cell(at) for row in rows), -at))
    return asking if sum("?" in row.cell(asking) for row in rows) * 2 > len(rows) else columns[0]


def _role_beside(rows: Sequence[Row], at: int, others: Sequence[int]) -> str:
    """Return the likeliest role of a column after the right answer."""
    cells = filled(rows, at)
    length = sum(map(len, cells)) / len(cells)
    if length > LONG or length > 3 * sum(len(row.cell(others[0])) for row in rows) / len(rows):
        return "explanation" if at == others[-1] or len(others) > 3 else ""
    if len(others) == 2:
        return "wrong:list" if hold_several(rows, at) else ""
    return "topic" if len(set(cells)) * 2 < len(cells) else "wrong"


def _assign_key(roles: list[str], others: Sequence[int], rows: Sequence[Row]) -> bool:
    """Find a first or last column that says which of the others is right in every row, and fill in the roles."""
    found = {}
    for at in {others[-1], others[0]} if len(others) > 1 else ():
        options = [column for column in others if column != at]
        listed = options[0] if len(options) == 1 else None
        pairs = [(row.cell(at), options_of(row, options, listed, row.cell(at))) for row in rows]
        forms = find_key_forms(key for key, _ in pairs)
        form, is_certain = find_key_form(pairs, forms)
        if all(len(texts) > 1 and places_of(form, key, texts, forms) for key, texts in pairs):
            found[at] = form, is_certain
    if len(found) != 1:
        return False
    (at, (form, is_certain)) = found.popitem()
    for column in others:
        roles[column] = "options" if len(others) == 2 else "option"
    roles[at] = form
    return is_certain


def _keep_numbered(roles: list[str], names: Sequence[str]) -> None:
    """Take only columns that are numbered, such as “Fel 1” and “Fel 2”, for wrong answers if some are."""
    bases = [_NUMBER_LAST.sub("", name) for name in names]
    for at, base in enumerate(bases):
        if roles[at] == "wrong" and len(set(bases)) < len(bases) and bases.count(base) == 1:
            roles[at] = ""


def _apply_names(roles: list[str], names: Sequence[str]) -> None:
    """Let recognised column names overrule what the contents suggest."""
    named = roles_of(names)
    for at, role in enumerate(named):
        is_needed = role == "" and roles[at] in ("question", *RIGHT)
        if role is not None and not is_needed and (role in SEVERAL or role not in roles):
            roles[at] = role
