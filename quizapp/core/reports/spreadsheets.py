"""Tables as files that a spreadsheet opens. A cell is never taken for a formula, whoever wrote what is in it."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

Cell = str | int | float | None

# What makes a spreadsheet compute a cell: the ASCII signs, the same as wide characters, and what some skip before them.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(cell: Cell) -> Cell:
    """Return the cell, with an apostrophe in front of a text that a spreadsheet would compute."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_STARTS_FORMULA):
        return f"'{cell}"
    return cell


def to_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as CSV (RFC 4180), in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as an Excel workbook of one sheet, its first row kept in sight."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        heading = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [neutral(cell) for cell in row], heading if number == 0 else None)
        sheet.freeze_panes(1, 1)
        sheet.autofit()
    return file.getvalue()


def _sheet_name(title: str) -> str:
    """Return what Excel takes for the name of a sheet: 31 characters, some of them refused."""
    name = "".join(" " if character in "[]:*?/\\" else character for character in title).strip(" '")[:31]
    return name.strip(" '") or "Results"
