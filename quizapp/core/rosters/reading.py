"""A file or pasted text as a table, whose rows become students."""

import csv
import io

from quizapp.core.formats.tables.table import MAX_ROWS, Row, Table
from quizapp.core.rosters.entries import UnreadableList
from quizapp.core.translation import gettext

MOST_BYTES = 1_000_000  # of a list
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))


def read_table(data: bytes, *, encoding: str = "", sheet: str = "") -> Table:
    """Return a list of students as a table. Raises UnreadableList."""
    if len(data) > MOST_BYTES:
        raise UnreadableList(gettext("The file is larger than %(most)s kB.", most=f"{MOST_BYTES // 1_000:,}"))
    if data[:2] == b"PK":
        raise UnreadableList(gettext("In your spreadsheet, save the list as “CSV UTF-8”."))
    text, encoding = _decode(data, encoding)
    rows = _rows(text)
    if not rows:
        raise UnreadableList(gettext("The list has no names. Write one student per line."))
    return Table(rows, encoding=encoding)


def _decode(data: bytes, encoding: str) -> tuple[str, str]:
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    encoding = encoding or marked or "utf-8"
    try:
        return data.decode(encoding).removeprefix("\ufeff"), encoding
    except (UnicodeDecodeError, LookupError):
        raise UnreadableList(
            gettext("This file isn’t UTF-8 text. In your spreadsheet, save it as “CSV UTF-8”.")
        ) from None


def _rows(text: str) -> tuple[Row, ...]:
    divider = "\t" if "\t" in text else max(",;", key=text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    found: list[Row] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append(Row(reader.line_num, tuple(row)))
            if len(found) > MAX_ROWS:
                raise UnreadableList(gettext("The list has more than %(most)s rows.", most=f"{MAX_ROWS:,}"))
    except csv.Error:
        raise UnreadableList(
            gettext("The list can’t be read as CSV. Look for a quotation mark that isn’t closed.")
        ) from None
    return tuple(found)
