"""Tables as files: a cell is never taken for a formula."""

import csv
import io

import pytest
from openpyxl import load_workbook

from quizapp.core.reports.spreadsheets import neutral, to_csv, to_xlsx

EVIL = ['=HYPERLINK("http://x","y")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"]
ROWS = [["Student", "Marks"], *([text, 1.5] for text in EVIL), ['Aysel; "A"', None], ["0012", -3]]


@pytest.mark.parametrize("text", EVIL)
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["Aysel", "a=b", "", None, -3, 0.5])
def test_everything_else_is_left_alone(cell: str | float | None) -> None:
    assert neutral(cell) == cell


def test_a_csv_file_reads_back() -> None:
    data = to_csv(ROWS)
    assert data.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1 : len(EVIL) + 1]] == [f"'{text}" for text in EVIL]
    assert rows[-2:] == [['Aysel; "A"', ""], ["0012", "-3"]]


def test_a_workbook_opens_without_a_formula_in_it() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx("Marks: 7b/[a]?*", ROWS))).active
    assert sheet.title == "Marks  7b  a"
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # "f" would be a formula
    assert sheet["A2"].value == f"'{EVIL[0]}"
    assert [sheet["A11"].value, sheet["B11"].value] == ["0012", -3]


@pytest.mark.parametrize("title", ["", "'''", "?" * 40, "A very long title of a quiz on the fall of a republic"])
def test_any_title_makes_a_sheet(title: str) -> None:
    load_workbook(io.BytesIO(to_xlsx(title, [["a"]])))
