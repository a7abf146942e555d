"""Rows of text whose columns are separated by commas, semicolons, tabs or bars."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Any

from quizapp.core.formats.format import Unreadable, decode_file, line_place
from quizapp.core.formats.tables.guess import is_heading
from quizapp.core.formats.tables.table import (
    CELL_TOO_LARGE,
    MAX_COLUMNS,
    MAX_HEADING,
    MAX_ROWS,
    NO_OPTIONS,
    SEPARATORS,
    Row,
    Table,
    TableOptions,
    too_many_columns,
    too_many_rows,
)
from quizapp.core.translation import gettext

_SAMPLE = 20_000  # characters in which separators are counted

_PROTECTED = re.compile(r"\A'++[=+\-@\t\r]")
_TOO_LARGE = re.compile("field larger")  # in an error of the csv module

_QUOTATION_OPEN = gettext("A quotation mark is opened but never closed. Add the closing one.")


def read_separated(data: bytes, options: TableOptions = NO_OPTIONS) -> Table:
    """Return the rows of a text. Raises Unreadable."""
    text, encoding = decode_file(data, options.encoding)
    if given := re.match(r"sep=(.)\n", text):
        text = "\n" + text[given.end() :]
    chosen = SEPARATORS.get(options.separator) or (given[1] if given else "")
    separator, is_ambiguous = (chosen, False) if chosen else _find_separator(text)
    name = next((name for name, mark in SEPARATORS.items() if mark == separator), "")
    return Table(tuple(_rows(text, separator)), encoding, separator=name, is_ambiguous=is_ambiguous)


def _find_separator(text: str) -> tuple[str, bool]:
    """Return the separator that gives most rows the same number of columns, and whether another one does as well.

    A separator with which a row has the names of a question and an answer is certain.
    """
    sample = text[:_SAMPLE]
    counts = {separator: _count_even_rows(sample, separator) for separator in SEPARATORS.values()}
    for separator in counts:
        if any(is_heading(Row(1, cells)) for cells in _first_rows(sample, separator)):
            return separator, False
    best, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    return best, 0 < counts[best] == counts[second] and best != "\t"


def _count_even_rows(text: str, separator: str) -> int:
    """Return how many rows have as many columns as most do, if these are several."""
    widths = Counter(len(cells) for cells in _first_rows(text, separator, None))
    return max((number for width, number in widths.items() if width > 1), default=0)


def _first_rows(text: str, separator: str, most: int | None = MAX_HEADING) -> Iterator[tuple[str, ...]]:
    """Yield the first rows, up to one that cannot be read, which is reported when all rows are."""
    try:
        for cells in islice(csv.reader(StringIO(text, newline=""), delimiter=separator), most):
            yield tuple(map(str.strip, cells))
    except csv.Error:
        pass


def _rows(text: str, separator: str) -> Iterator[Row]:
    line = 1
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True, quoting=_quoting(text, separator))
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


def _quoting(text: str, separator: str) -> Any:
    """Return how to read quotation marks: as text if they cannot be read as quoting, but are in pairs in even rows."""
    if _widths(text, separator, csv.QUOTE_MINIMAL):
        return csv.QUOTE_MINIMAL
    are_pairs = all(line.count('"') % 2 == 0 for line in text.split("\n"))
    is_text = separator == "\t" or (are_pairs and len(_widths(text, separator, csv.QUOTE_NONE)) == 1)
    return csv.QUOTE_NONE if is_text else csv.QUOTE_MINIMAL


def _widths(text: str, separator: str, quoting: Any) -> set[int]:
    """Return the numbers of columns of the rows that are not empty; none if the text cannot be read so."""
    source = StringIO(text, newline="")
    try:
        return {len(row) for row in csv.reader(source, delimiter=separator, strict=True, quoting=quoting) if row}
    except csv.Error:
        return set()


def _without_apostrophe(cell: str) -> str:
    """Return the cell without the apostrophe that keeps spreadsheets from reading a formula."""
    cell = cell.strip()
    return cell[1:] if _PROTECTED.match(cell) else cell
