"""Join codes, and the user names and passwords of students that a teacher adds from a list."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from anyascii import anyascii

from quizapp.core import accounts as rules
from quizapp.core.translation import gettext

TITLE_MAX, CALLED_MAX, GROUP_MAX = 80, 80, 20  # characters

# Only one of several similar characters is used, and no vowels, so that no code is a word. Nine of these 25 characters
# make 41 bits.
CODE_SIGNS = "0123456789CDFHJKMNPRTVWXY"
CODE_LENGTH = 9
_LOOK_ALIKES = str.maketrans("OQILZSGBU", "00112568V")

# Three words of two syllables and two digits make 43 bits. Letters that are easily confused are left out.
_CONSONANTS, _VOWELS, _DIGITS = "bdfghkmnprstvz", "aeiou", "23456789"

WRONG_CODES = 60  # from one address within accounts.WINDOW; a whole class may share one

MOST_AT_ONCE = 60  # students in one list, because hashing each password takes a tenth of a second
MOST_CHARACTERS = 20_000  # in such a list
# Of the first column, without spaces
HEADINGS = {"name", "names", "fullname", "student", "students", "pupil", "pupils", "ad", "adsoyad", "имя", "фио"}
_SPELLINGS = 30  # user names tried for one student: aysel, aysel2, …, aysel30


# Join codes


def make_code(chance: Random) -> str:
    """Return a new join code in its stored form; it has 41 bits when `chance` is the system's random source."""
    return "".join(chance.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def fold_code(typed: str) -> str | None:
    """Return the stored form of a typed code, or None if it cannot be a code.

    Lower case, spaces, hyphens and similar characters (an O for a 0) are accepted.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_LOOK_ALIKES)
    return signs if len(signs) == CODE_LENGTH and set(signs) <= set(CODE_SIGNS) else None


def spell_code(code: str) -> str:
    """Return the code in groups of three for reading aloud: K7M-04T-X9P."""
    return "-".join(code[at : at + 3] for at in range(0, len(code), 3))


# Passwords and user names


def make_password(chance: Random) -> str:
    """Return a password that is easy to read from a slip and type: "bako-mifu-tezo-47", 43 bits."""
    words = ["".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(2)) for _ in range(3)]
    return "-".join([*words, chance.choice(_DIGITS) + chance.choice(_DIGITS)])


def spellings(name: str) -> list[str]:
    """Return possible user names for a person, in letters found on every keyboard, the best first.

    "Aysel Məmmədova" gives "aysel.memmedova", "aysel.memmedova2" and so on; a name without letters gives none.
    """
    latin = anyascii(name).lower().replace("'", "")
    words = "".join(sign if sign.isalnum() else " " for sign in latin).split()
    base = ".".join(words)[: rules.NAME_MAX - 2].rstrip(".")
    if len(base) < rules.NAME_MIN:
        return []
    return [base, *(f"{base}{number}" for number in range(2, _SPELLINGS + 1))]


# Lists of students


@dataclass(frozen=True, slots=True)
class StudentEntry:
    """A student on a list. `line` counts from 1; an empty password means that one is to be made up.

    `called` is the name as it was written. `problem` says why no account can be created from the line.
    """

    line: int
    called: str
    name: str
    password: str
    problem: str | None = None
    has_account: bool = False


class UnreadableList(ValueError):
    """This is not a list of students; the message says why to the person who sent it."""


def decode_list(data: bytes) -> str:
    """Return the text of a file saved by a spreadsheet. Raises UnreadableList."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    raise UnreadableList(gettext("This file isn’t UTF-8 text. In your spreadsheet, save it as “CSV UTF-8”."))


def read_list(text: str) -> list[StudentEntry]:
    """Return the students in a list: each line has a name and optionally a user name and a password.

    Columns are separated by commas, semicolons or tabs; headings and empty lines are skipped. Raises UnreadableList.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnreadableList(gettext("The list is longer than %(most)s characters.", most=f"{MOST_CHARACTERS:,}"))
    entries = [_entry(line, cells) for line, cells in _rows(text)]
    if not entries:
        raise UnreadableList(gettext("The list has no names. Write one student per line."))
    if len(entries) > MOST_AT_ONCE:
        raise UnreadableList(
            gettext(
                "The list has %(students)s students. You can add up to %(most)s at a time.",
                students=len(entries),
                most=MOST_AT_ONCE,
            )
        )
    return entries


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line that is not empty or a heading; spaces around cells are removed."""
    divider = "\t" if "\t" in text else max(",;", key=text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    try:
        for at, row in enumerate(reader):
            cells = [" ".join(cell.split()) for cell in row]
            if any(cells) and not (at == 0 and cells[0].casefold().replace(" ", "") in HEADINGS):
                yield reader.line_num, cells
    except csv.Error:
        raise UnreadableList(
            gettext("The list can’t be read as CSV. Look for a quotation mark that isn’t closed.")
        ) from None


def _entry(line: int, cells: list[str]) -> StudentEntry:
    called, name, password = (*cells, "", "")[:3]
    entry = StudentEntry(line, called, name, password)
    if any(cells[3:]):
        return replace(entry, problem=gettext("More than three columns. Use only name, user name and password."))
    if not called:
        return replace(entry, problem=gettext("No name in the first column."))
    if len(called) > CALLED_MAX:
        return replace(entry, problem=gettext("The name is longer than %(most)s characters.", most=CALLED_MAX))
    if not called.isprintable():
        return replace(entry, problem=gettext("The name contains an invisible character. Type the name again."))
    return entry


def candidates(entries: Sequence[StudentEntry]) -> set[str]:
    """Return every user name that `settle` may use or check, folded."""
    names = (name for entry in entries for name in ([entry.name] if entry.name else spellings(entry.called)))
    return {folded for folded in map(rules.fold_name, names) if folded.isprintable()}


def settle(entries: Sequence[StudentEntry], taken: Collection[str]) -> list[StudentEntry]:
    """Return the list ready for creating accounts: missing user names are filled in, and problems are noted.

    `taken` are the folded user names among `candidates` that already exist. User names in the list take precedence over
    names made up here.
    """
    used = set(taken)
    written = [_checked(entry, taken, used) if entry.name else entry for entry in entries]
    return [entry if entry.name or entry.problem else _named(entry, used) for entry in written]


def _checked(entry: StudentEntry, taken: Collection[str], used: set[str]) -> StudentEntry:
    """Return an entry that came with a user name, with the problem noted if it cannot be used."""
    if entry.problem or (refused := _refused(rules.check_name, entry.name)):
        return replace(entry, problem=entry.problem or refused)
    folded = rules.fold_name(entry.name)
    if folded in taken:
        return replace(entry, has_account=True)
    if folded in used:
        return replace(entry, problem=gettext("The user name “%(name)s” is in the list twice.", name=entry.name))
    used.add(folded)
    return _with_password(entry)


def _named(entry: StudentEntry, used: set[str]) -> StudentEntry:
    """Return an entry with a user name made from the student's name."""
    for name in spellings(entry.called):
        if rules.fold_name(name) not in used:
            used.add(rules.fold_name(name))
            return _with_password(replace(entry, name=name))
    return replace(entry, problem=gettext("Can’t make a user name from this name. Write one in the second column."))


def _with_password(entry: StudentEntry) -> StudentEntry:
    if not entry.password:
        return entry
    return replace(entry, problem=_refused(rules.check_password, entry.password, entry.name))


def _refused(check: Callable[..., object], *typed: str) -> str | None:
    try:
        check(*typed)
    except rules.InvalidInput as refused:
        return str(refused)
    return None


def write_list(entries: Sequence[StudentEntry]) -> str:
    """Return the list as text that `read_list` reads back unchanged, including user names."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")  # no cell contains a tab
    writer.writerows([entry.called, entry.name, entry.password] for entry in entries)
    return out.getvalue()
