"""A file or pasted text as a table, whose rows become students."""

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.other_files import recognise_other
from quizapp.core.formats.separate import read_sheet
from quizapp.core.formats.tables.separated import read_separated
from quizapp.core.formats.tables.table import Table, TableOptions
from quizapp.core.rosters.entries import UnreadableList
from quizapp.core.translation import gettext

MOST_BYTES = 1_000_000  # of a list


def read_table(data: bytes, *, encoding: str = "", sheet: str = "") -> Table:
    """Return a list of students as a table. Raises UnreadableList."""
    if len(data) > MOST_BYTES:
        raise UnreadableList(gettext("The file is larger than %(most)s kB.", most=f"{MOST_BYTES // 1_000:,}"))
    try:
        table = read_sheet(data, sheet=sheet) if data[:2] == b"PK" else _read_text(data, encoding)
    except Unreadable as error:
        why = f"{error.place}: {error.message}" if error.place else error.message
        raise UnreadableList(recognise_other("", data) or why) from None
    if not table.rows:
        raise UnreadableList(gettext("The list has no names. Write one student per line."))
    return table


def _read_text(data: bytes, encoding: str) -> Table:
    return read_separated(data, TableOptions(encoding=encoding))
