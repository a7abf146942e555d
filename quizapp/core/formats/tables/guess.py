"""Which column of a table means what, guessed from its headings and its contents."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizapp.core.formats.tables.headings import OWN, plain_name, role_of, roles_of
from quizapp.core.formats.tables.keys import (
    KeyForms,
    find_key_forms,
    holds_several,
    is_among,
    is_key_like,
    letter_places,
    number_places,
    split_label,
    split_labels,
    split_list,
    split_question,
    text_places,
)
from quizapp.core.formats.tables.mapping import RIGHT, SEVERAL, check_mapping
from quizapp.core.formats.tables.table import MAX_HEADING, ColumnMapping, Row, Table

SAMPLE = 500  # rows looked at
SHORT = 40  # characters of a heading
LONG = 30  # characters of a cell that is not a heading
_NUMBER = re.compile(r"[-+]?\d[\d .,;|]*(?:%| ?[^\W\d_]{1,5}\.?)?")  # "5 pts" too
_SENTENCE = re.compile(r"[?!;,\"“«]|\.\Z|\s[-–—]\s")
_NUMBER_LAST = re.compile(r"(?<=[^\W\d_])[ _]?\d{1,2}\Z")  # "Option 2"
_COUNT = re.compile(r"(?:№ ?|[Qq])?\d{1,5}[.)]?")
_ANSWERS = {*RIGHT, "option", "options", "wrong", "wrong:list"}


@dataclass(frozen=True, slots=True)
class Guess:
    """A guessed mapping. `is_certain` says whether questions may be read with it before a person has seen it."""

    mapping: ColumnMapping
    is_certain: bool


def guess_mapping(table: Table) -> Guess:
    """Return what the columns of a table mean, as far as can be seen."""
    if heading := _find_heading(table.rows):
        guess = _guess_by_headings(table, heading)
    else:
        guess = _guess_by_contents(table, 1 if _looks_like_heading(table.rows) else 0)
    return Guess(guess.mapping, guess.is_certain and not table.is_ambiguous)


# With headings


def _find_heading(rows: Sequence[Row]) -> int:
    """Return how many rows there are until the last one that names a question and an answer, or 0."""
    widest = 0
    for number, row in enumerate(rows[:MAX_HEADING], 1):
        filled = [role for role, cell in zip(roles_of(row.cells), row.cells, strict=True) if cell]
        if is_heading(row) and (len(filled) > widest or None not in filled):
            after = rows[number : number + 1]
            return number + (bool(after) and (is_heading(after[0]) or _names_options(after[0])))
        widest = max(widest, len(filled))
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
    unnamed = [i for i in after if all(not names[j] for j in range(at + 1, i + 1)) and _filled(rows, i)]
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
            are_numbers = all(_NUMBER.fullmatch(cell) for cell in _filled(rows, at))
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
    filled = [at for at, role in enumerate(known) if role is None and len(_filled(rows, at)) * 2 >= len(rows) > 0]
    right = next((at for at, role in enumerate(roles) if role in RIGHT), None)
    if right is None or not filled:
        return True
    has_options = "option" in roles
    if has_options:
        first, last = roles.index("option"), len(roles) - roles[::-1].index("option")
        found = [at for at in filled if first - 1 <= at <= last]
    else:
        keys = _filled(rows, right)
        found = filled if len(filled) > 1 or (keys and all(map(is_key_like, keys))) else []
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
        if role == "wrong" and roles.count("wrong") == 1 and not is_own and _hold_several(rows, at):
            roles[at] = "wrong:list"
        if role == "options" and right is not None and not _is_ever_among(rows, right, at):
            roles[at], is_certain = "wrong:list", False
    return is_certain


def _hold_several(rows: Sequence[Row], at: int) -> bool:
    cells = _filled(rows, at)
    return bool(cells) and sum(map(holds_several, cells)) * 2 > len(cells)


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
        return _has_no_letters(roles, at, rows)
    listed = roles.index("options") if "options" in roles else None
    pairs = [(row.cell(at), _options(row, columns, listed, row.cell(at))) for row in rows if row.cell(at)]
    forms = find_key_forms((key for key, _ in pairs), [names[i] for i in columns])
    roles[at], is_certain = _key_form(pairs, forms)
    if roles[at] == "right" and not any(_places("right", *pair, forms) or is_key_like(pair[0]) for pair in pairs):
        for column in columns if pairs else ():
            roles[column] = "wrong"
    return is_certain


def _has_no_letters(roles: Sequence[str], right: int, rows: Sequence[Row]) -> bool:
    """Return whether right answers are not all letters of options, unless these are in the question."""
    keys = [row.cell(right) for row in rows if row.cell(right)]
    if len(keys) < 2 or "wrong" in roles or not all(len(key) < 3 and letter_places(key, 5) for key in keys):
        return True
    question = roles.index("question") if "question" in roles else right
    return all(split_question(row.cell(question))[1] for row in rows)


def _options(row: Row, columns: Sequence[int], listed: int | None, right: str) -> list[str]:
    return [row.cell(i) for i in columns] if listed is None else split_list(row.cell(listed), right)


def _key_form(pairs: Sequence[tuple[str, list[str]]], forms: KeyForms) -> tuple[str, bool]:
    """Return the role of a column of right answers, given with their options, and whether it is certain."""
    if not pairs:
        return "right", False
    places = {form: [_places(form, key, options, forms) for key, options in pairs] for form in RIGHT}
    counts = {form: sum(map(bool, found)) for form, found in places.items()}
    best, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    is_same = places[best] == places[second]
    if best == "right:number" and any(key == "0" for key, _ in pairs) and "0" not in forms.numbers:
        return best, False  # do they count from 0 or from 1?
    if not counts[best] and all(is_key_like(key) for key, _ in pairs):
        best = "right:number" if all(map(str.isdecimal, (key for key, _ in pairs))) else "right:letter"
    return best, counts[best] * 2 >= len(pairs) and (counts[best] > counts[second] or is_same)


def _places(form: str, key: str, options: Sequence[str], forms: KeyForms) -> list[int]:
    """Return the places of the options that a right answer states in this form."""
    labels, texts = split_labels(options)
    if form == "right:letter":
        return letter_places(key, len(options), KeyForms(labels) if labels else forms)
    return number_places(key, len(options), forms) if form == "right:number" else text_places(key, texts)


# Without headings


def _looks_like_heading(rows: Sequence[Row]) -> bool:
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
    cells = _filled(rows, at)
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
        below = _filled(rows[1:], at)
        if _has_digit(cell) and not _COUNT.fullmatch(cell) and below and all(map(_has_digit, below)):
            return True
    return False


def _guess_by_contents(table: Table, heading: int) -> Guess:
    rows = table.rows[heading : heading + SAMPLE]
    columns = [at for at in range(table.width) if _filled(rows, at)]
    roles = [""] * table.width
    while len(columns) > 2 and _is_numbering(rows, columns[0]):
        columns = columns[1:]
    is_certain = _assign(roles, columns, rows) and not heading and _is_surely_data(rows)
    if heading:
        _keep_numbered(roles, table.rows[0].cells)
        _apply_names(roles, table.rows[0].cells)
    return Guess(ColumnMapping(roles=tuple(roles), heading=heading), is_certain)


def _is_numbering(rows: Sequence[Row], at: int) -> bool:
    return all(_COUNT.fullmatch(cell) for cell in _filled(rows, at))


def _assign(roles: list[str], columns: Sequence[int], rows: Sequence[Row]) -> bool:
    """Fill in the roles of the columns that are not empty. Return whether that is certain."""
    if len(columns) < 2:
        return False
    question = _question_column(columns, rows)
    others = [column for column in columns if column != question]
    roles[question] = "question"
    if len(columns) == 2:
        roles[others[0]] = "right"
        return _has_no_letters(roles, others[0], rows)
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
    cells = _filled(rows, at)
    length = sum(map(len, cells)) / len(cells)
    if length > LONG or length > 3 * sum(len(row.cell(others[0])) for row in rows) / len(rows):
        return "explanation" if at == others[-1] or len(others) > 3 else ""
    if len(others) == 2:
        return "wrong:list" if _hold_several(rows, at) else ""
    return "topic" if len(set(cells)) * 2 < len(cells) else "wrong"


def _assign_key(roles: list[str], others: Sequence[int], rows: Sequence[Row]) -> bool:
    """Find a first or last column that says which of the others is right in every row, and fill in the roles."""
    found = {}
    for at in {others[-1], others[0]} if len(others) > 1 else ():
        options = [column for column in others if column != at]
        listed = options[0] if len(options) == 1 else None
        pairs = [(row.cell(at), _options(row, options, listed, row.cell(at))) for row in rows]
        forms = find_key_forms(key for key, _ in pairs)
        form, is_certain = _key_form(pairs, forms)
        if all(len(texts) > 1 and _places(form, key, texts, forms) for key, texts in pairs):
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


def has_options_below(rows: Sequence[Row], mapping: ColumnMapping) -> bool:
    """Return whether the rows below a question have its options: “A) Baku”, “B) Ganja”."""
    at = mapping.roles.index("question") if "question" in mapping.roles else 0
    labels = [split_label(row.cell(at))[0] for row in rows]
    return labels.count("A") > 1 and labels.count("A") == labels.count("B")


def fold_headings(table: Table, heading: int) -> tuple[str, ...]:
    """Return the cells of the last heading row in a form that can be compared, or () without such a row."""
    return tuple(map(plain_name, table.rows[heading - 1].cells)) if 0 < heading <= len(table.rows) else ()


# Cells


def _filled(rows: Iterable[Row], at: int) -> list[str]:
    return [cell for row in rows if (cell := row.cell(at))]
