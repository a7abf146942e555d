"""What each column of a list of students has: recognised by headings in four languages, or guessed from the cells."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml
from anyascii import anyascii

from quizapp.core.formats.tables.table import MAX_COLUMNS, ColumnMapping, Row, Table
from quizapp.core.translation import gettext

ROLES = {
    "surname": gettext("Surname"),
    "first": gettext("First name"),
    "name": gettext("Name"),
    "surname-first": gettext("Name, surname first"),
    "user": gettext("User name"),
    "email": gettext("E-mail"),
    "password": gettext("Password"),
    "class": gettext("Class"),
    "group": gettext("Group"),
    "": gettext("Ignore"),
}
_HEADING_ROWS = 10  # among which headings are looked for
_LOOKED_AT = 50  # rows from which columns without headings are guessed

_ENDINGS = (
    "ov", "ova", "ev", "eva", "lı", "li", "lu", "lü", "zadə", "zade", "oğlu", "ski", "skiy", "skaya", "iyeva",
    "ов", "ова", "ев", "ева", "ёв", "ёва", "ский", "ская", "енко", "дзе", "швили", "zadeh", "beyli", "bəyli",
)  # fmt: skip
_CLASS = re.compile(r"\d{1,2}[\s\-–/.«»\"“”]*[^\W\d_]{0,2}[»\"”]?")
_OF_STUDENT = frozenset({"sagirdin", "telebenin", "ogrencinin", "uchenika", "uchashchegosya", "studenta", "students"})
_USER_NAME = re.compile(r"[\w.-]++")
_PASSWORD = re.compile(r"(?=.*[^A-Za-zА-Яа-яƏəÇçĞğİıÖöŞşÜü]).{8,}+")  # longer than a word, and not a name
_NAMES = ("name", "surname-first")


@cache
def _headings() -> Mapping[str, str]:
    words = yaml.safe_load(Path(__file__).with_name("headings.yaml").read_text("utf-8"))
    return {_fold(word): role for role, several in words.items() for word in several.split(";")}


def _fold(cell: str) -> str:
    """Return a heading without case, spaces and punctuation, in Latin letters, and without “of the student”."""
    words = "".join(letter if letter.isalnum() else " " for letter in anyascii(cell[:80]).lower()).split()
    return "".join([word for word in words if word not in _OF_STUDENT] or words)


def recognise(table: Table) -> tuple[ColumnMapping, bool]:
    """Return what the columns have, and whether that is certain enough to go on without asking."""
    for number, row in enumerate(table.rows[:_HEADING_ROWS], start=1):
        if roles := _roles_of_heading(row):
            mapping = ColumnMapping(roles=_pad(roles, table.width), heading=number)
            return mapping, not find_problem(mapping)
    titles = _count_titles(table.rows[:_LOOKED_AT])
    roles, is_certain = _guess(table.rows[titles : titles + _LOOKED_AT], table.width)
    mapping = ColumnMapping(roles=_pad(roles, table.width), heading=titles)
    return mapping, is_certain and not titles and not find_problem(mapping)


def _count_titles(rows: Sequence[Row]) -> int:
    """Return how many of the first rows have fewer cells than most rows, such as the name of a school."""
    filled = [sum(map(bool, row.cells)) for row in rows]
    usual = max(set(filled), key=filled.count)
    return next((number for number, count in enumerate(filled) if count >= usual), 0)


def find_problem(mapping: ColumnMapping) -> str:
    """Return what is wrong with a mapping, as a sentence, or ""."""
    for role in dict.fromkeys(role for role in mapping.roles if role):
        if mapping.roles.count(role) > 1:
            return gettext("Choose “%(role)s” for one column only.", role=ROLES[role])
    named = {"first", "surname", *_NAMES}.intersection(mapping.roles)
    if not named:
        return gettext("Choose which columns have the names.")
    if len(named) > 1 and named != {"first", "surname"}:
        return gettext("Choose one column for whole names, or one for surnames and one for first names.")
    return ""


def _pad(roles: Sequence[str], width: int) -> tuple[str, ...]:
    width = min(width, MAX_COLUMNS)
    return (*roles, *[""] * width)[:width]


def _roles_of_heading(row: Row) -> list[str]:
    """Return the role of each column by the headings in a row, or [] if most of its cells are none."""
    known = [_headings().get(_fold(cell)) for cell in row.cells]
    filled = sum(map(bool, map(str.strip, row.cells)))
    if not any(known) or 2 * sum(role is not None for role in known) <= filled:
        return []
    roles = [role or "" for role in known]
    if "surname" in roles:
        return ["first" if role == "name" else role for role in _only_first(roles)]
    return ["name" if role == "first" else role for role in _only_first(roles)]


def _only_first(roles: Sequence[str]) -> list[str]:
    """Return the roles without those that another column has before."""
    return ["" if role in roles[:at] else role for at, role in enumerate(roles)]


# Without headings


def _guess(rows: Sequence[Row], width: int) -> tuple[list[str], bool]:
    """Return what the columns seem to have, and whether that is clear."""
    columns = [[row.cells[at].strip() for row in rows if at < len(row.cells)] for at in range(width)]
    while columns and not any(columns[-1]):
        columns.pop()
    roles = [_by_shape(cells) for cells in columns]
    texts = [at for at, role in enumerate(roles) if role is None]
    found = ["" if role is None else role for role in roles]
    if len(texts) > 1 and all(map(_are_names, (columns[texts[0]], columns[texts[1]]))):
        order = _surname_order(columns[texts[0]], columns[texts[1]])
        for at, role in zip(texts, order or ("surname", "first"), strict=False):
            found[at] = role
        return found, order is not None and len(texts) == 2
    for at, role in zip(texts, ("name", "user", "password"), strict=False):
        found[at] = role
    if texts and _starts_with_surname(columns[texts[0]]):
        found[texts[0]] = "surname-first"
    forms = zip(texts[1:], (_USER_NAME, _PASSWORD), strict=False)
    are_so = all(form.fullmatch(cell) for at, form in forms for cell in columns[at] if cell)
    return found, len(texts) < 4 and are_so and not any(_are_names(columns[at]) for at in texts[1:])


def _by_shape(cells: Sequence[str]) -> str | None:
    """Return the role of a column that its cells look like: "" for numbers of rows, None for other text."""
    filled = [cell for cell in cells if cell]
    if _most(filled, lambda cell: "@" in cell):
        return "email"
    if filled and all(cell.isdecimal() and len(cell) < 5 for cell in filled):
        return ""
    return "class" if _most(filled, lambda cell: _CLASS.fullmatch(cell) is not None) else None


def _are_names(cells: Sequence[str]) -> bool:
    """Return whether most cells are words in small letters that begin with a capital one."""
    return _most([cell for cell in cells if cell], lambda cell: all(map(_is_name, cell.replace("-", " ").split())))


def _is_name(word: str) -> bool:
    return word.isalpha() and word[0].isupper() and (len(word) > 1 or not word.isascii()) and not word[1:].isupper()


def _surname_order(left: Sequence[str], right: Sequence[str]) -> tuple[str, str] | None:
    """Return the roles of two columns of names by how surnames end, or None if that says nothing."""
    surnames = [sum(map(is_surname, cells)) for cells in (left, right)]
    if surnames[0] == surnames[1]:
        return None
    return ("surname", "first") if surnames[0] > surnames[1] else ("first", "surname")


def _starts_with_surname(names: Sequence[str]) -> bool:
    """Return whether more names begin with a surname than end with one, by how surnames end."""
    words = [name.split() for name in names]
    several = [each for each in words if len(each) > 1]
    first, last = (sum(is_surname(each[at]) for each in several) for at in (0, -1))
    return first > last


def is_surname(word: str) -> bool:
    """Return whether a word ends as surnames do."""
    folded = word.replace("İ", "i").replace("I", "ı").casefold()
    return len(word) > 4 and (folded.endswith(_ENDINGS) or word.casefold().endswith(_ENDINGS))


def _most(cells: Iterable[str], is_so: Callable[[str], bool]) -> bool:
    found = list(map(is_so, cells))
    return 2 * sum(found) > len(found)
