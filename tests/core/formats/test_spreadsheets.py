"""Tables in workbooks: each cell as the text a person would type, and nothing lost without a word."""

from datetime import date, datetime, time, timedelta
from io import BytesIO

import openpyxl
import pytest
from workbooks import ods, ods_cell, ods_of, ods_row, ods_table, one_sheet, xlsx, xlsx_cells, xlsx_of
from xlsxwriter import Workbook

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.registry import guess
from quizapp.core.formats.separate import read_file
from quizapp.core.formats.tables.spreadsheet import read_spreadsheet
from quizapp.core.formats.tables.table import MAX_COLUMNS, Row, TableOptions

ROWS = [["question", "answer"], ["Столица Грузии?", "Тбилиси"], ["Paytaxt hansı şəhərdir?", "Bakı"]]
EMPTY = ods_cell()


def cells(data: bytes, sheet: str = "") -> list[tuple[str, ...]]:
    return [row.cells for row in read_spreadsheet(data, sheet=sheet).rows]


def refusal(data: bytes, sheet: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        read_spreadsheet(data, sheet=sheet)
    return str(refused.value)


def by_openpyxl(values: dict[str, object]) -> bytes:
    workbook, out = openpyxl.Workbook(), BytesIO()
    for place, value in values.items():
        workbook.active[place] = value
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize("data", [xlsx_of(ROWS), ods_of(ROWS), by_openpyxl({"A1": "question", "B1": "answer"})])
def test_a_sheet_is_a_table(data: bytes) -> None:
    read = read_spreadsheet(data)
    assert [list(row.cells) for row in read.rows] == ROWS[: len(read.rows)]
    assert [row.line for row in read.rows] == [1, 2, 3][: len(read.rows)]
    assert (read.sheet, read.sheets, read.encoding) in [("Sheet1", ("Sheet1",), ""), ("Sheet", ("Sheet",), "")]


# Cells


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1914, "1914"),
        (1914.0, "1914"),
        (0, "0"),
        (-5, "-5"),
        (3.142, "3.142"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (1e-7, "0.0000001"),
        (6.02214076e23, "6.02214076E+23"),
        (True, "true"),
        (False, "false"),
        ("  spaced ", "spaced"),
        ("007", "007"),
        ("two\r\nlines", "two\nlines"),
        ("=not a formula", "=not a formula"),
        ("Ə<&>\u200f", "Ə<&>\u200f"),
    ],
)
def test_a_value_is_the_text_one_would_type(value: object, text: str) -> None:
    write = "write_string" if isinstance(value, str) else "write"
    assert cells(one_sheet(lambda _, sheet: getattr(sheet, write)(0, 0, value))) == [(text,)]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (datetime(1920, 4, 28), "dd/mm/yyyy", "28 April 1920"),
        (datetime(1920, 4, 28, 23, 30), "dd/mm/yyyy hh:mm", "28 April 1920, 23:30"),
        (time(23, 30), "hh:mm", "23:30"),
        (time(23, 30, 15), "hh:mm:ss", "23:30:15"),
        (timedelta(hours=36), "[h]:mm", "36:00"),
        (timedelta(hours=36, seconds=5), "[h]:mm:ss", "36:00:05"),
        (7424, "0", "7424"),
        (7424, "d mmm yyyy", "28 April 1920"),
        (0.5, "0%", "50%"),
    ],
)
def test_dates_are_numbers_that_are_shown_as_dates(value: object, form: str, text: str) -> None:
    data = one_sheet(lambda workbook, sheet: sheet.write(0, 0, value, workbook.add_format({"num_format": form})))
    assert cells(data) == [(text,)]


@pytest.mark.parametrize(("form", "text"), [("0%", "25%"), ("0.00 %", "25%"), ("0.00", "0.25"), ("General", "0.25")])
def test_a_share_is_written_as_it_is_shown(form: str, text: str) -> None:
    data = one_sheet(lambda workbook, sheet: sheet.write(2, 3, 0.25, workbook.add_format({"num_format": form})))
    assert read_spreadsheet(data).rows[0].cells[3] == text


def test_dates_of_the_old_mac_are_read() -> None:
    out = BytesIO()
    with Workbook(out, {"in_memory": True, "date_1904": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_datetime(0, 0, date(1920, 4, 28), workbook.add_format({"num_format": "d mmm yyyy"}))
    assert cells(out.getvalue()) == [("28 April 1920",)]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (ods_cell("1 914,0", kind="float", value="1914"), "1914"),
        (ods_cell("0,3", kind="float", value="0.30000000000000004"), "0.3"),
        (ods_cell("WAHR", kind="boolean", value="true"), "true"),
        (ods_cell("28.04.20", kind="date", value="1920-04-28"), "28 April 1920"),
        (ods_cell("28.04.20", kind="date", value="1920-04-28T23:30:00"), "28 April 1920, 23:30"),
        (ods_cell("23:30", kind="time", value="PT23H30M00S"), "23:30"),
        (ods_cell("36:00", kind="time", value="PT36H00M00S"), "36:00"),
        (ods_cell("50 %", kind="percentage", value="0.5"), "50%"),
        (ods_cell("a<text:s text:c='3'/>b<text:line-break/>c<text:tab/>d"), "a   b\nc d"),
        (ods_cell("one</text:p><text:p><text:span>two</text:span>"), "one\ntwo"),
        (ods_cell("2", kind="float", value="2", more='table:formula="of:=1+1"'), "2"),
        (ods_cell("a</text:p><office:annotation><text:p>note</text:p></office:annotation><text:p>b"), "a\nb"),
    ],
)
def test_a_value_of_open_document_is_the_text_one_would_type(cell: str, text: str) -> None:
    assert cells(ods(ods_table(ods_row(cell)))) == [(text,)]


def test_merged_cells_have_their_text_in_the_first() -> None:
    def fill(_: Workbook, sheet: object) -> None:
        sheet.merge_range("A1:B1", "Title")  # type: ignore[attr-defined]
        sheet.merge_range("A2:A3", "Topic")  # type: ignore[attr-defined]
        sheet.write_column("B2", ["one", "two"])  # type: ignore[attr-defined]

    covered = "<table:covered-table-cell/>"
    merged = ods(
        ods_table(
            ods_row(ods_cell("Title", more='table:number-columns-spanned="2"'), covered),
            ods_row(ods_cell("Topic", more='table:number-rows-spanned="2"'), ods_cell("one")),
            ods_row(covered, ods_cell("two")),
        )
    )
    for data in (one_sheet(fill), merged):
        assert cells(data) == [("Title",), ("Topic", "one"), ("", "two")]


# Formulas


def test_a_formula_is_read_as_its_value() -> None:
    row = '<row><c><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c><c r="C1"><v>0</v></c></row>'
    empty = '<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2" t="b"><f>TRUE()</f><v>1</v></c></row>'
    assert cells(xlsx_cells(row + empty)) == [("2", "a", "0"), ("", "true")]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (by_openpyxl({"A1": "a", "B1": "=1+1"}), "B1"),
        (by_openpyxl({f"C{row}": "=1+1" for row in range(2, 8)}), "C2, C3, C4, …"),
        (
            one_sheet(lambda _, sheet: sheet.write_formula("D2", "=1+1")),
            "D2",
        ),  # stored as 0, to be computed when opened
        (ods(ods_table(ods_row(EMPTY, ods_cell(more='table:formula="of:=1+1"')))), "B1"),
    ],
)
def test_a_formula_that_was_never_computed_is_not_an_empty_cell(data: bytes, names: str) -> None:
    assert refusal(data) == (
        f"These formulas have no value: {names}. Open the file in your spreadsheet, save it and import it again."
    )


@pytest.mark.parametrize(
    "data",
    [
        xlsx_cells('<row r="4"><c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'),
        xlsx_cells('<row r="4"><c r="B4" t="e"><v>#N/A</v></c></row>'),
        ods(ods_table(ods_row(EMPTY, repeat=3), ods_row(EMPTY, ods_cell("#N/A", more='calcext:value-type="error"')))),
    ],
)
def test_an_error_is_not_an_answer(data: bytes) -> None:
    assert refusal(data) == "These cells show an error: B4. Correct or delete them."


def test_formulas_on_other_sheets_do_not_matter() -> None:
    unfinished = ods_table(ods_row(ods_cell(more='table:formula="of:=1+1"')), name="Other")
    data = ods(ods_table(ods_row(ods_cell("a"))) + unfinished)
    assert cells(data) == [("a",)]
    assert "These formulas have no value: A1" in refusal(data, "Other")


# Rows and columns


def test_blank_rows_are_left_out_and_the_others_keep_their_number() -> None:
    sparse = one_sheet(lambda _, sheet: [sheet.write(2, 1, "a"), sheet.write(5, 3, "b"), sheet.write(5, 1, "c")])
    same = ods(
        ods_table(
            ods_row(ods_cell(more='table:number-columns-repeated="9"'), repeat=2),
            ods_row(EMPTY, ods_cell("a")),
            ods_row(EMPTY, repeat=2),
            ods_row(EMPTY, ods_cell("c"), EMPTY, ods_cell("b")),
        )
    )
    for data in (sparse, same):
        assert read_spreadsheet(data).rows == (Row(3, ("", "a")), Row(6, ("", "c", "", "b")))


def test_empty_cells_with_a_format_are_not_counted() -> None:
    def fill(workbook: Workbook, sheet: object) -> None:
        bold = workbook.add_format({"bold": True})
        sheet.write("A1", "a")  # type: ignore[attr-defined]
        sheet.write_blank("XFD1048576", None, bold)  # type: ignore[attr-defined]
        sheet.write_string("C1", "  ")  # type: ignore[attr-defined]

    filler = ods_row(ods_cell(more='table:style-name="ce1" table:number-columns-repeated="16384"'), repeat=1_048_575)
    for data in (one_sheet(fill), ods(ods_table(ods_row(ods_cell("a")), filler))):
        assert read_spreadsheet(data).rows == (Row(1, ("a",)),)


def test_cells_without_places_follow_each_other() -> None:
    data = xlsx_cells(
        "<row><c><v>1</v></c><c><v>2</v></c></row><row r='4'><c><v>3</v></c></row><row><c><v>4</v></c></row>"
    )
    assert read_spreadsheet(data).rows == (Row(1, ("1", "2")), Row(4, ("3",)), Row(5, ("4",)))


def test_repeated_cells_and_rows_are_read_as_often() -> None:
    row = ods_row(ods_cell("a", more='table:number-columns-repeated="2"'), repeat=3)
    assert cells(ods(ods_table(row))) == [("a", "a")] * 3


def test_two_hundred_columns_are_read_and_no_more() -> None:
    assert read_spreadsheet(xlsx_of([["a"] * MAX_COLUMNS])).width == 200
    for data in (xlsx_of([["a"] * 201]), ods_of([["a"] * 201])):
        assert refusal(data) == "There are 201 columns. At most 200 are allowed."


def test_a_hundred_thousand_rows_are_read_and_no_more() -> None:
    row = "<row><c><v>1</v></c></row>"
    assert len(read_spreadsheet(xlsx_cells(row * 100_000)).rows) == 100_000
    assert len(read_spreadsheet(ods(ods_table(ods_row(ods_cell("a"), repeat=100_000)))).rows) == 100_000
    for data in (xlsx_cells(row * 100_001), ods(ods_table(ods_row(ods_cell("a"), repeat=100_001)))):
        assert refusal(data) == "There are more than 100,000 rows. Split the file."


def test_a_cell_of_megabytes_is_refused() -> None:
    long = "a" * 131_073
    inline = f'<row r="1"><c r="B1" t="inlineStr"><is><t>{long}</t></is></c></row>'
    for data in (xlsx_cells(inline), ods_of([["a", long]])):
        assert refusal(data) == "B1: A cell has more than 131,072 characters. Shorten it."


# Sheets


def several(workbook: Workbook) -> None:
    workbook.add_worksheet("Notes & “more”")
    for name in ("Hidden", "Questions", "Names"):
        workbook.add_worksheet(name).write("A1", name.lower())
    workbook.get_worksheet_by_name("Hidden").hide()
    workbook.add_chartsheet("Chart")


HIDDEN = (
    '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
)
SEVERAL = [
    xlsx(several),
    ods(
        ods_table(name="Notes &amp; “more”", more='table:style-name="ta1"')
        + ods_table(ods_row(ods_cell("hidden")), name="Hidden", more='table:style-name="ta2"')
        + ods_table(ods_row(ods_cell("questions")), name="Questions", more='table:style-name="ta1"')
        + ods_table(ods_row(ods_cell("names")), name="Names"),
        styles=HIDDEN,
    ),
]


@pytest.mark.parametrize("data", SEVERAL, ids=["xlsx", "ods"])
def test_the_first_visible_sheet_with_content_is_read_unless_one_is_chosen(data: bytes) -> None:
    read = read_spreadsheet(data)
    assert (read.sheet, read.sheets) == ("Questions", ("Notes & “more”", "Questions", "Names"))
    assert cells(data) == [("questions",)]
    assert cells(data, "Names") == [("names",)]
    assert read_spreadsheet(data, sheet="Notes & “more”").rows == ()
    for name in ("Hidden", "Chart", "None"):
        assert refusal(data, name) == f"The workbook has no visible sheet “{name}”. Choose another one."


@pytest.mark.parametrize("data", [xlsx_of([]), ods(ods_table())])
def test_an_empty_workbook_is_an_empty_table(data: bytes) -> None:
    assert read_spreadsheet(data).rows == ()
    assert read_spreadsheet(data).sheets == ("Sheet1",)


# Questions


@pytest.mark.parametrize(("name", "data"), [("xlsx", xlsx_of(ROWS)), ("ods", ods_of(ROWS))])
def test_a_workbook_is_imported(name: str, data: bytes) -> None:
    assert guess("questions.csv", data) == name
    read = read_file(name, data, topic="t", table=TableOptions(sheet="Sheet1"))
    assert [found.fact.questions[0].prompt for found in read.facts] == [row[0] for row in ROWS[1:]]
    assert read.table and (read.table.sheet, read.table.sheets) == ("Sheet1", ("Sheet1",))


def test_responses_of_a_form_are_not_imported() -> None:
    data = xlsx_of([["Timestamp", "Who?"], ["4/28/2026 10:15:33", "Me"]])
    with pytest.raises(Unreadable, match="This is a Google Forms response file, not a quiz"):
        read_file("xlsx", data, topic="t")
