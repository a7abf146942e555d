"""Which column of a table means what, guessed from its headings, or else from its contents."""

import re
from collections.abc import Sequence

from quizapp.core.formats.tables.contents import SAMPLE, guess_by_contents, looks_like_heading
from quizapp.core.formats.tables.headings import OWN, plain_name, role_of, roles_of
from quizapp.core.formats.tables.key_column import (
    filled,
    find_key_form,
    has_no_letters,
    hold_several,
    options_of,
    places_of,
)
from quizapp.core.formats.tables.keys import find_key_forms, is_among, is_key_like, split_label, split_list
from quizapp.core.formats.tables.mapping import RIGHT, SEVERAL, check_mapping
from quizapp.core.formats.tables.table import MAX_HEADING, ColumnMapping, Guess, Row, Table

_NUMBER = re.compile(r"[-+]?\d[\d .,;|]*(?:%| ?[^\W\d_]{1,5}\.?)?")  # "5 pts" too
_ANSWERS = {*RIGHT, "option", "options", "wrong", "wrong:list"}


def guess_mapping(table: Table) -> Guess:
    """Return what the columns of a table mean, as far as can be seen."""
    if heading := _find_heading(table.rows):
        guess = _guess_by_headings(table, heading)
    else:
        guess = guess_by_contents(table, 1 if looks_like_heading(table.rows) else 0)
    return Guess(guess.mapping, guess.is_certain and not table.is_ambiguous)


# With headings


def _find_heading(rows: Sequence[Row]) -> int:
    """Return how many rows there are until the last one that names a question and an answer, or 0."""
    widest = 0
    for number, row in enumerate(rows[:MAX_HEADING], 1):
        named = [role for role, cell in zip(roles_of(row.cells), row.cells, strict=True) if cell]
        if is_heading(row) and (len(named) > widest or None not in named):
            after = rows[number : number + 1]
            return number + (bool(after) and (is_heading(after[0]) or _names_options(after[0])))
        widest = max(widest, len(named))
    return 0


def is_heading(row: Row) -> bool:
    """Return whether a row names a question and an answer."""
    roles = roles_of(row.cells)
    return bool({"question", "text"} & set(roles) and _ANSWERS & set(roles))


def _names_options(row: Row) -> bool:
    """Return whether a row has nothing but letters or numbers of options, below a heading such as “Options”."""
    roles = [role_of(cell) for cell in row.cells if cell]
    return len(roles) > 1 and set(roles) == {"option"}


def heading_names(table: Table, heading: int) -> tuple[str, ...]:
    """Return the name of each column, from the last heading row or the one above it."""
    if not 0 < heading <= len(table.rows):
        return ()
    names = [table.rows[heading - 1].cell(at) for at in range(table.width)]
    if heading > 1 and _names_options(table.rows[heading - 1]):
        names = [name or table.rows[heading - 2].cell(at) for at, name in enumerate(names)]
    return tuple(names)


def _guess_by_headings(table: Table, heading: int) -> Guess:
    names = heading_names(table, heading)
    rows = table.rows[heading : heading + SAMPLE]
    known = roles_of(names)
    is_certain = _spread_options(known, names, rows)
    roles = [role or "" for role in known]
    is_certain &= _drop_repeated(roles)
    _correct_numbers(roles, names, rows)
    is_certain &= _find_unnamed(roles, known, rows)
    is_certain &= _correct_wrong(roles, names, rows)
    is_certain &= _correct_right(roles, names, rows)
    mapping = ColumnMapping(roles=tuple(roles), heading=heading)
    return Guess(mapping, is_certain and not check_mapping(mapping, table.width))


def _spread_options(roles: list[str | None], names: Sequence[str], rows: Sequence[Row]) -> bool:
    """Read one name above several columns, as merged cells give it, as the name of all of them.

    Return whether nothing is in doubt.
    """
    if roles.count("option") == 1 and "options" not in roles and len(names[roles.index("option")]) > 1:
        roles[roles.index("option")] = "options"
    if "options" not in roles:
        return True
    at = roles.index("options")
    after = range(at + 1, len(names))
    unnamed = [i for i in after if all(not names[j] for j in range(at + 1, i + 1)) and filled(rows, i)]
    if not unnamed and "option" not in roles:
        return True
    for column in (at, *unnamed):
        roles[column] = "option"
    return False


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


def _correct_numbers(roles: list[str], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Tell the points for a question from the points an essay should make, and numbers of rows from permanent keys."""
    for at, role in enumerate(roles):
        if role in ("points", "passages", "key", "notes"):
            are_numbers = all(_NUMBER.fullmatch(cell) for cell in filled(rows, at))
            roles[at] = {
                ("points", True): "marks",
                ("passages", False): "",
                ("notes", False): "explanation" if "explanation" not in roles else "",
                ("key", True): "key" if names[at].strip().casefold() == "key" else "",
            }.get((role, are_numbers), role)


def _find_unnamed(roles: list[str], known: Sequence[str | None], rows: Sequence[Row]) -> bool:
    """Take columns without a known name beside the options, or where options are missing, for options.

    Return whether there were none.
    """
    unnamed = [at for at, role in enumerate(known) if role is None and len(filled(rows, at)) * 2 >= len(rows) > 0]
    right = next((at for at, role in enumerate(roles) if role in RIGHT), None)
    if right is None or not unnamed:
        return True
    has_options = "option" in roles
    if has_options:
        first, last = roles.index("option"), len(roles) - roles[::-1].index("option")
        found = [at for at in unnamed if first - 1 <= at <= last]
    else:
        keys = filled(rows, right)
        found = unnamed if len(unnamed) > 1 or (keys and all(map(is_key_like, keys))) else []
        if {"options", "wrong", "wrong:list"} & set(roles):
            return not found
    for at in found:
        roles[at] = "option"
    return not found


def _correct_wrong(roles: list[str], names: Sequence[str], rows: Sequence[Row]) -> bool:
    """Tell one wrong answer in a cell from several, and options from wrong answers. Return whether that is sure."""
    is_certain = True
    right = roles.index("right") if "right" in roles else None
    for at, role in enumerate(roles):
        is_own = names[at].strip().casefold() in OWN
        if role == "wrong" and roles.count("wrong") == 1 and not is_own and hold_several(rows, at):
            roles[at] = "wrong:list"
        if role == "options" and right is not None and not _is_ever_among(rows, right, at):
            roles[at], is_certain = "wrong:list", False
    return is_certain


def _is_ever_among(rows: Sequence[Row], right: int, at: int) -> bool:
    """Return whether the right answer of any row is in its cell of options, or may be a letter or number for one."""
    return any(
        is_among(row.cell(right), pieces) or is_key_like(row.cell(right))
        for row in rows
        for pieces in [split_list(row.cell(at), row.cell(right))]
    )


def _correct_right(roles: list[str], names: Sequence[str], rows: Sequence[Row]) -> bool:
    """Tell letters and numbers that stand for options from the text of the right one. Return whether that is sure."""
    at = next((at for at, role in enumerate(roles) if role in RIGHT), None)
    if at is None:
        return True
    columns = [i for i, role in enumerate(roles) if role == "option"]
    if not columns and "options" not in roles:
        return has_no_letters(roles, at, rows)
    listed = roles.index("options") if "options" in roles else None
    pairs = [(row.cell(at), options_of(row, columns, listed, row.cell(at))) for row in rows if row.cell(at)]
    forms = find_key_forms((key for key, _ in pairs), [names[i] for i in columns])
    roles[at], is_certain = find_key_form(pairs, forms)
    if roles[at] == "right" and not any(places_of("right", *pair, forms) or is_key_like(pair[0]) for pair in pairs):
        for column in columns if pairs else ():
            roles[column] = "wrong"
    return is_certain


def has_options_below(rows: Sequence[Row], mapping: ColumnMapping) -> bool:
    """Return whether the rows below a question have its options: “A) Baku”, “B) Ganja”."""
    at = mapping.roles.index("question") if "question" in mapping.roles else 0
    labels = [split_label(row.cell(at))[0] for row in rows]
    return labels.count("A") > 1 and labels.count("A") == labels.count("B")


def fold_headings(table: Table, heading: int) -> tuple[str, ...]:
    """Return the cells of the last heading row in a form that can be compared, or () without such a row."""
    return tuple(map(plain_name, table.rows[heading - 1].cells)) if 0 < heading <= len(table.rows) else ()
