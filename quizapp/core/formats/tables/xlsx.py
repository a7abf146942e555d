"""The sheets of an Excel workbook (.xlsx): their names, and the checked files of the one to be read.

Format: ECMA-376, part 1, section 18.
"""

import re
from collections.abc import Mapping
from posixpath import normpath

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.tables.sheet_contents import SheetContents, cell_name, note
from quizapp.core.formats.tables.table import CELL_TOO_LARGE, MAX_CELL
from quizapp.core.formats.tables.workbook import CheckedSheet, choose_sheet, sheet_missing_message
from quizapp.core.formats.tables.xml_elements import WORKBOOK_DAMAGED, local, read_elements

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
_SHARED = ("[Content_Types].xml", "_rels/.rels", WORKBOOK, _RELATIONS, _STRINGS, _STYLES)
MAX_STRINGS = 5_000_000  # stated: the library makes room for as many
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def check_sheet(files: Mapping[str, bytes], sheet: str) -> CheckedSheet:
    """Return the sheet of that name, or the first with content. Only visible sheets are read. Raises Unreadable."""
    paths, recalculated = _visible_sheets(files)
    lengths = _string_lengths(files.get(_STRINGS, b""))
    percents = _percent_styles(files.get(_STYLES, b""))
    contents: dict[str, SheetContents] = {}
    for name in [sheet] if sheet else paths:
        if name not in paths:
            raise Unreadable("", sheet_missing_message(name))
        scanner = _SheetScanner(lengths, percents, recalculated=recalculated)
        read_elements(_file(files, paths[name]), start=scanner.start, end=scanner.end, text=scanner.text)
        contents[name] = scanner.contents
        if scanner.contents.last_row:
            break
    name = choose_sheet(contents)
    kept = {path: files[path] for path in (*_SHARED, paths[name]) if path in files}
    return CheckedSheet(name, tuple(paths), kept, contents[name])


def _file(files: Mapping[str, bytes], path: str) -> bytes:
    if path not in files:
        raise Unreadable("", WORKBOOK_DAMAGED)
    return files[path]


def _visible_sheets(files: Mapping[str, bytes]) -> tuple[dict[str, str], bool]:
    """Return the file of each visible sheet, and whether formulas are computed when the workbook is opened.

    Programs that cannot compute say so, and write 0 as the value of each formula.
    """
    targets: dict[str, str] = {}
    paths: dict[str, str] = {}
    recalculated = False

    def relation(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes["Target"]
            targets[attributes["Id"]] = normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal recalculated
        if local(name) == "sheet" and attributes.get("state", "visible") == "visible":
            relation = next((value for key, value in attributes.items() if local(key) == "id"), "")
            if relation in targets:  # not a sheet with only a chart
                paths[attributes["name"]] = targets[relation]
        elif local(name) == "calcPr":
            recalculated = attributes.get("fullCalcOnLoad") in ("1", "true")

    read_elements(_file(files, _RELATIONS), start=relation)
    read_elements(_file(files, WORKBOOK), start=element)
    return paths, recalculated


def _string_lengths(xml: bytes) -> list[int]:
    """Return the length of each text that cells share."""
    lengths: list[int] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "si":
            lengths.append(0)
        elif int(attributes.get("uniqueCount", "0")) > MAX_STRINGS:
            raise Unreadable("", WORKBOOK_DAMAGED)

    def text(piece: str) -> None:
        if lengths:
            lengths[-1] += len(piece)

    if xml:
        read_elements(xml, start=start, text=text)
    return lengths


def _percent_styles(xml: bytes) -> set[str]:
    """Return the numbers of the cell styles that show a number as percent."""
    formats = {"9", "10"}  # those that need no definition
    styles: set[str] = set()
    count: int | None = None  # of the cell styles so far

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        if local(name) == "numFmt" and "%" in attributes.get("formatCode", ""):
            formats.add(attributes.get("numFmtId", ""))
        elif local(name) == "cellXfs":
            count = 0
        elif local(name) == "xf" and count is not None:
            if attributes.get("numFmtId") in formats:
                styles.add(str(count))
            count += 1

    def end(name: str) -> None:
        nonlocal count
        count = None if local(name) == "cellXfs" else count

    if xml:
        read_elements(xml, start=start, end=end)
    return styles


class _SheetScanner:
    """Counts the cells of a sheet as its elements are read."""

    def __init__(self, lengths: list[int], percents: set[str], *, recalculated: bool) -> None:
        self._percents = percents
        self._style = ""
        self.contents = SheetContents()
        self._lengths = lengths
        self._recalculated = recalculated
        self._row = self._column = 0
        self._type = ""
        self._formula = self._in_value = False
        self._pieces: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._in_value = True
        elif name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif name == "f":
            self._formula = True

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._type, self._formula, self._style = attributes.get("t", "n"), False, attributes.get("s", "")
        self._pieces, self._length = [], 0
        self._column += 1
        if place := attributes.get("r"):
            found = _CELL.fullmatch(place)
            if not found:
                raise Unreadable("", WORKBOOK_DAMAGED)
            self._row, self._column = int(found[2]), _column_number(found[1])

    def text(self, piece: str) -> None:
        if not self._in_value:
            return
        self._length += len(piece)
        if self._length > MAX_CELL:
            raise Unreadable(cell_name(self._row, self._column), CELL_TOO_LARGE)
        self._pieces.append(piece)

    def end(self, name: str) -> None:
        name = local(name)
        if name in ("v", "t"):
            self._in_value = False
        elif name == "c" and (self._length or self._formula):
            self._end_cell()

    def _end_cell(self) -> None:
        value = "".join(self._pieces)
        self.contents.add(self._row, self._column, self._lengths[int(value)] if self._type == "s" else len(value))
        if self._type == "n" and self._style in self._percents:
            self.contents.percents.add((self._row, self._column))
        missing = ("", "0") if self._recalculated else ("",)
        if self._formula and value in missing and self._type != "str":
            note(self.contents.uncomputed, self._row, self._column)
        elif self._type == "e":
            note(self.contents.errors, self._row, self._column)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
