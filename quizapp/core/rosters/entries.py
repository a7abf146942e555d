"""The students in a list: their names, user names and passwords, and what is wrong with each."""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from anyascii import anyascii

from quizapp.core import accounts as rules
from quizapp.core.classes import CALLED_MAX, GROUP_MAX, spellings
from quizapp.core.formats.tables.table import ColumnMapping, Row, Table
from quizapp.core.rosters.choices import MOST_STUDENTS, RosterChoices
from quizapp.core.rosters.columns import find_problem, is_surname, recognise
from quizapp.core.translation import gettext, ngettext

WRITTEN = ColumnMapping(roles=("user", "email", "password", "group", "surname", "first"), heading=0)


class UnreadableList(ValueError):
    """This is not a list of students; the message says why to the person who sent it."""


@dataclass(frozen=True, slots=True)
class StudentEntry:
    """A student on a list. `line` counts from 1; an empty password means that one is to be made up.

    `called` is the name as it is shown, the first name first; `surname` is a part of it, or "" where it is not known.
    `problem` says why no account can be created from the line, `twin` who else has the name.
    """

    line: int
    called: str
    surname: str = ""
    name: str = ""
    password: str = ""
    email: str = ""
    group_name: str = ""
    problem: str = ""
    twin: str = ""
    has_account: bool = False
    is_added: bool = True
    user_id: int | None = None  # who gets a new password

    @property
    def is_ready(self) -> bool:
        """Return whether an account is created from the line as it is."""
        return self.is_added and not self.has_account and not self.problem


@dataclass(frozen=True, slots=True)
class Roster:
    """A list as it is read: its students, unless its columns have to be chosen first or there is a `problem`.

    `classes` are the values of its column with classes, `only_class` the one whose students these are ("" for all),
    and `others` how many are left out.
    """

    table: Table
    mapping: ColumnMapping
    is_certain: bool
    problem: str = ""
    classes: tuple[str, ...] = ()
    only_class: str = ""
    others: int = 0
    entries: tuple[StudentEntry, ...] = field(default=())


def read_roster(table: Table, choices: RosterChoices, *, title: str) -> Roster:
    """Return the students in a table, for the class of that title."""
    mapping, is_certain = (choices.mapping, True) if choices.mapping else recognise(table)
    roster = Roster(table, mapping, is_certain)
    problem = find_problem(mapping)
    if problem or not is_certain:
        return replace(roster, problem=problem if choices.mapping else "", is_certain=False)
    rows = [(row, _cells(row, mapping)) for row in table.rows[mapping.heading or 0 :] if not _is_total(row)]
    classes = tuple(dict.fromkeys(cells["class"] for _, cells in rows if cells.get("class")))
    chosen = _default_class(classes, title) if choices.only_class is None else choices.only_class
    kept = [(row, cells) for row, cells in rows if not chosen or cells.get("class") == chosen]
    roster = replace(roster, classes=classes, only_class=chosen, others=len(rows) - len(kept))
    if problem := _count_problem(len(kept)):
        return replace(roster, problem=problem)
    return replace(roster, entries=tuple(_entry(row.line, cells) for row, cells in kept))


def _count_problem(students: int) -> str:
    if not students:
        return gettext("The list has no names. Write one student per line.")
    if students <= MOST_STUDENTS:
        return ""
    return gettext(
        "The list has %(students)s students. You can add up to %(most)s at a time. "
        "Choose one class, or split the list.",
        students=f"{students:,}",
        most=f"{MOST_STUDENTS:,}",
    )


def _default_class(classes: Collection[str], title: str) -> str:
    """Return the class of the list that the title names: "9b" for "History, 9B", or "" for all."""
    words = [_letters(word) for word in [title, *title.replace(",", " ").split()]]
    return next((each for each in classes if _letters(each) in words), "") if len(classes) > 1 else ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, anyascii(text).lower()))


def fold_called(called: str) -> str:
    """Return a name without case and accents, in Latin letters: two names with the same form are probably one."""
    return " ".join(anyascii(called).lower().split())


# The cells of a row

_NUMBER = re.compile(r"\d{1,4}\s?[.)]\s*")  # before a name
_TOTAL = re.compile(r"(?:cəmi|toplam|yekun|итого|всего|total)\b[\s:\d]*", re.I)


def _is_total(row: Row) -> bool:
    """Return whether a row says how many students there are."""
    return any(_TOTAL.fullmatch(cell) for cell in row.cells)


def _cells(row: Row, mapping: ColumnMapping) -> dict[str, str]:
    """Return the cells by their role, without spaces around them."""
    pairs = zip(mapping.roles, row.cells, strict=False)
    return {role: " ".join(cell.split()) for role, cell in pairs if role}


def _entry(line: int, cells: Mapping[str, str]) -> StudentEntry:
    called, surname = _names(cells)
    entry = StudentEntry(
        line,
        called,
        surname,
        cells.get("user", ""),
        cells.get("password", ""),
        cells.get("email", ""),
        cells.get("group", ""),
    )
    return replace(entry, problem=_problem(entry))


def _names(cells: Mapping[str, str]) -> tuple[str, str]:
    """Return the name as it is shown, and the surname if it is known."""
    if "name" not in cells and "surname-first" not in cells:
        first, surname = cells.get("first", ""), cells.get("surname", "")
        return f"{first} {surname}".strip(), surname
    whole = _NUMBER.sub("", cells.get("name") or cells.get("surname-first", ""))
    surname, comma, first = (part.strip() for part in whole.partition(","))
    if comma and first and surname and "," not in first:
        return f"{first} {surname}", surname
    surname, _, first = whole.partition(" ")
    if "surname-first" in cells and first:
        return f"{first} {surname}", surname
    last = whole.rpartition(" ")[2]
    return whole, last if last != whole and is_surname(last) else ""


def _problem(entry: StudentEntry) -> str:
    if not entry.called:
        return gettext("No name.")
    if len(entry.called) > CALLED_MAX:
        return gettext("The name is longer than %(most)s characters.", most=CALLED_MAX)
    if len(entry.group_name) > GROUP_MAX:
        return gettext("The group is longer than %(most)s characters.", most=GROUP_MAX)
    if not (entry.called + entry.group_name).isprintable():
        return gettext("The name contains an invisible character. Type the name again.")
    return _refused(rules.check_email, entry.email)


# User names and passwords


def candidates(entries: Sequence[StudentEntry], choices: RosterChoices) -> set[str]:
    """Return every user name that `settle` may use or check, folded."""
    written = [*(entry.name for entry in entries if entry.name), *choices.names.values()]
    folded = {name for name in map(rules.fold_name, written) if name.isprintable()}
    return folded.union(*map(_spellings, entries))  # which are folded as they are


def settle(
    entries: Sequence[StudentEntry], choices: RosterChoices, *, taken: Collection[str], present: Collection[str]
) -> list[StudentEntry]:
    """Return the list ready for creating accounts: missing user names are filled in, and problems are noted.

    `taken` are the folded user names among `candidates` that already exist, and `present` are the folded names of the
    students who are in the class. User names that were written take precedence over names made up here.
    """
    used = set(taken)
    typed = [replace(entry, name=choices.names.get(entry.line, "")) if entry.line in choices.names else entry
             for entry in _with_twins(entries, present)]  # fmt: skip
    written = [
        _checked(entry, taken, used, is_typed=entry.line in choices.names) if entry.name else entry for entry in typed
    ]
    settled = [entry if entry.name or entry.problem else _named(entry, used) for entry in written]
    return [replace(entry, is_added=choices.added.get(entry.line, not entry.twin)) for entry in settled]


def _with_twins(entries: Iterable[StudentEntry], present: Collection[str]) -> Iterator[StudentEntry]:
    lines: dict[str, int] = {}
    for entry in entries:
        folded = fold_called(entry.called)
        if folded and folded in lines:
            yield replace(entry, twin=gettext("Line %(line)s has the same name.", line=lines[folded]))
        elif folded in present:
            yield replace(entry, twin=gettext("A student of the class has this name."))
        else:
            yield entry
        lines.setdefault(folded, entry.line)


def _checked(entry: StudentEntry, taken: Collection[str], used: set[str], *, is_typed: bool) -> StudentEntry:
    """Return an entry that came with a user name, with the problem noted if it cannot be used."""
    if entry.problem or (refused := _refused(rules.check_name, entry.name)):
        return replace(entry, problem=entry.problem or refused)
    folded = rules.fold_name(entry.name)
    if folded in taken and not is_typed:
        return replace(entry, has_account=True)
    if folded in taken:
        return replace(entry, problem=gettext("Someone has this user name. Choose another."))
    if folded in used:
        return replace(entry, problem=gettext("The user name “%(name)s” is in the list twice.", name=entry.name))
    used.add(folded)
    return _with_password(entry)


def _named(entry: StudentEntry, used: set[str]) -> StudentEntry:
    """Return an entry with a user name made from the student's name."""
    for name in _spellings(entry):
        if rules.fold_name(name) not in used:
            used.add(rules.fold_name(name))
            return _with_password(replace(entry, name=name))
    return replace(entry, problem=gettext("Can’t make a user name from this name. Type one."))


def _spellings(entry: StudentEntry) -> list[str]:
    """Return possible user names: of the first name and the surname where these are known."""
    first = entry.called.removesuffix(entry.surname).split()
    return spellings(f"{first[0]} {entry.surname}" if entry.surname and first else entry.called)


def _with_password(entry: StudentEntry) -> StudentEntry:
    if not entry.password:
        return entry
    return replace(entry, problem=_refused(rules.check_password, entry.password, entry.name))


def _refused(check: Callable[..., object], *typed: str) -> str:
    try:
        check(*typed)
    except rules.InvalidInput as refused:
        return str(refused)
    return ""


# Storing


def dump_entries(entries: Iterable[StudentEntry]) -> list[dict[str, object]]:
    """Return entries as JSON."""
    return [asdict(entry) for entry in entries]


def describe_counts(entries: Sequence[StudentEntry]) -> str:
    """Return how many accounts a list makes, as a heading."""
    faulty = sum(entry.is_added and bool(entry.problem) for entry in entries)
    if faulty:
        return ngettext("%(num)s line to fix", "%(num)s lines to fix", faulty)
    ready = sum(entry.is_ready for entry in entries)
    return ngettext("%(num)s new account", "%(num)s new accounts", ready) if ready else gettext("No new accounts")


def write_list(entries: Iterable[StudentEntry]) -> str:
    """Return a list as text that is read back unchanged by the mapping WRITTEN."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for entry in entries:
        first = entry.called.removesuffix(entry.surname).strip()
        writer.writerow([entry.name, entry.email, entry.password, entry.group_name, entry.surname, first])
    return out.getvalue()
