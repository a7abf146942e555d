"""The tables of an OpenDocument spreadsheet (.ods): their names, and the checked file of all of them.

Format: OpenDocument 1.3, part 3, section 9. The names of elements have the prefixes that all programs write, because
the library that reads the tables knows no others.
"""

import re
from collections.abc import Mapping

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.tables.sheet_contents import SheetContents, cell_name, check_all, note
from quizapp.core.formats.tables.table import CELL_TOO_LARGE, MAX_CELL, MAX_COLUMNS
from quizapp.core.formats.tables.workbook import LINKED, CheckedSheet, choose_sheet, sheet_missing_message
from quizapp.core.formats.tables.xml_elements import read_elements

CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_LINKS = ("table:table-source", "table:cell-range-source", "table:dde-link", "office:dde-source")
# What the library leaves out between two words.
_LINE_BREAK, _TAB = re.compile(rb"<text:line-break\s*/>"), re.compile(rb"<text:tab\s*/>")


def check_sheet(files: Mapping[str, bytes], sheet: str) -> CheckedSheet:
    """Return the table of that name, or the first with content. Only visible tables are read. Raises Unreadable."""
    scanner = _ContentScanner()
    read_elements(files[CONTENT], start=scanner.start, end=scanner.end, text=scanner.text)
    tables = {name: contents for name, contents in scanner.tables.items() if name not in scanner.hidden}
    if sheet and sheet not in tables:
        raise Unreadable("", sheet_missing_message(sheet))
    check_all(scanner.tables.values())
    name = choose_sheet({sheet: tables[sheet]} if sheet else tables)
    content = _TAB.sub(b" ", _LINE_BREAK.sub(b"\n", files[CONTENT]))
    kept = {"mimetype": _MIMETYPE, _MANIFEST: files.get(_MANIFEST, b""), CONTENT: content}
    return CheckedSheet(name, tuple(tables), kept, tables[name])


class _ContentScanner:
    """Counts the cells of all tables as the elements of their file are read."""

    def __init__(self) -> None:
        self.tables: dict[str, SheetContents] = {}
        self.hidden: set[str] = set()
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._contents = SheetContents()
        self._row, self._rows = 0, 1
        self._column, self._columns = 0, 1
        self._is_filled = False
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            self._start_cell(attributes)
        elif name == "table:table-row":
            self._row += self._rows
            self._rows = _repeats(attributes, "table:number-rows-repeated")
            self._column, self._columns = 0, 1
        elif name == "text:s":
            self._add_text(_repeats(attributes, "text:c"))
        elif name == "table:table":
            self._start_table(attributes)
        elif name == "style:style":
            self._style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif name in _LINKS:
            raise Unreadable("", LINKED)

    def _start_table(self, attributes: dict[str, str]) -> None:
        name = attributes["table:name"]
        self._contents = self.tables.setdefault(name, SheetContents())
        if attributes.get("table:style-name") in self._hidden_styles:
            self.hidden.add(name)
        self._row, self._rows = 0, 1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._column += self._columns
        self._columns = _repeats(attributes, "table:number-columns-repeated")
        self._length = len(attributes.get("office:string-value", ""))
        has_value, has_formula = "office:value-type" in attributes, "table:formula" in attributes
        self._is_filled = has_value or has_formula
        if has_formula and not has_value:
            note(self._contents.uncomputed, self._row, self._column)
        if attributes.get("office:value-type") == "percentage":
            self._contents.percents |= {(self._row, self._column + at) for at in range(min(self._columns, MAX_COLUMNS))}
        if attributes.get("calcext:value-type") == "error":
            note(self._contents.errors, self._row, self._column)

    def text(self, piece: str) -> None:
        self._add_text(len(piece))

    def _add_text(self, length: int) -> None:
        self._length += length
        if self._length > MAX_CELL:
            raise Unreadable(cell_name(self._row, self._column), CELL_TOO_LARGE)

    def end(self, name: str) -> None:
        if name in _CELLS:
            if self._is_filled:
                self._contents.add(self._row, self._column, self._length, rows=self._rows, columns=self._columns)
            self._length = 0


def _repeats(attributes: dict[str, str], name: str) -> int:
    return int(attributes.get(name, "1"))
