"""Tables as files for spreadsheets. No cell is read as a formula, whoever wrote its contents."""

import csv
import io
from collections.abc import Iterable, Sequence

from quizapp.core.translation import gettext

Cell = str | int | float | None

# Characters that start a formula: ASCII, the same as wide characters, and whitespace that some programs skip.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(cell: Cell) -> Cell:
    """Return the cell, with an apostrophe before a text that a spreadsheet would read as a formula."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_STARTS_FORMULA):
        return f"'{cell}"
    return cell


def to_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as CSV (RFC 4180), in UTF-8 with the byte order mark that Excel needs."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as an Excel workbook with one sheet whose first row stays visible."""
    import xlsxwriter  # here, as importing it takes long

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
    """Return the title as a valid sheet name for Excel: up to 31 characters, without those it refuses."""
    name = "".join(" " if character in "[]:*?/\\" else character for character in title).strip(" '")[:31]
    return name.strip(" '") or gettext("Results")
