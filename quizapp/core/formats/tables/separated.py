"""Rows of text whose columns are separated by commas, semicolons, tabs or bars."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from typing import Any

from quizapp.core.formats.format import Unreadable, decode_file, line_place
from quizapp.core.formats.tables.table import (
    CELL_TOO_LARGE,
    MAX_COLUMNS,
    MAX_ROWS,
    NO_OPTIONS,
    Row,
    Table,
    TableOptions,
    too_many_columns,
    too_many_rows,
)
from quizapp.core.translation import gettext

_SEPARATORS = "\t;,"
_SAMPLE = 20_000  # characters in which separators are counted

_PROTECTED = re.compile(r"\A'++[=+\-@\t\r]")
_TOO_LARGE = re.compile("field larger")  # in an error of the csv module

_QUOTATION_OPEN = gettext("A quotation mark is opened but never closed. Add the closing one.")


def read_separated(data: bytes, options: TableOptions = NO_OPTIONS) -> Table:
    """Return the rows of a text. Raises Unreadable."""
    text, encoding = decode_file(data, options.encoding)
    if given := re.match(r"sep=(.)\n", text):
        text = "\n" + text[given.end() :]
    separator = given[1] if given else _find_separator(text)
    return Table(tuple(_rows(text, separator)), encoding)


def _find_separator(text: str) -> str:
    """Return the separator that gives most rows the same number of columns, more than one."""
    return max(_SEPARATORS, key=lambda separator: _count_even_rows(text[:_SAMPLE], separator))


def _count_even_rows(text: str, separator: str) -> int:
    """Return how many rows have as many columns as most do, if these are several."""
    widths: Counter[int] = Counter()
    try:
        for cells in csv.reader(StringIO(text, newline=""), delimiter=separator):
            widths[len(cells)] += len(cells) > 1
    except csv.Error:
        pass  # such as a cell that is too large, reported when the rows are read
    return max(widths.values(), default=0)


def _rows(text: str, separator: str) -> Iterator[Row]:
    # In pasted tabs, quotation marks are text, unless all of them can be read as quoting.
    quoting: Any = csv.QUOTE_NONE if separator == "\t" and not _is_quoted(text) else csv.QUOTE_MINIMAL
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True, quoting=quoting)
    line = 1
    try:
        for number, cells in enumerate(reader):
            if len(cells) > MAX_COLUMNS:
                raise Unreadable(line_place(line), too_many_columns(len(cells)))
            if number >= MAX_ROWS:
                raise Unreadable(line_place(line), too_many_rows())
            if any(map(str.strip, cells)):
                yield Row(line, tuple(map(_without_apostrophe, cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        why = CELL_TOO_LARGE if _TOO_LARGE.search(str(error)) else _QUOTATION_OPEN
        raise Unreadable(line_place(line), why) from None


def _is_quoted(text: str) -> bool:
    try:
        for _ in csv.reader(StringIO(text, newline=""), delimiter="\t", strict=True):
            pass
    except csv.Error:
        return False
    return True


def _without_apostrophe(cell: str) -> str:
    """Return the cell without the apostrophe that keeps spreadsheets from reading a formula."""
    cell = cell.strip()
    return cell[1:] if _PROTECTED.match(cell) else cell
