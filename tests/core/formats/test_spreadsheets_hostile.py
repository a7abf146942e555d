"""Workbooks made to do harm, and damaged ones: refused with a reason, before they become large."""

from contextlib import suppress
from functools import cache
from random import Random

import pytest
from limited import limited
from workbooks import (
    SHEET,
    files_of,
    ods,
    ods_cell,
    ods_of,
    ods_row,
    ods_table,
    xlsx_cells,
    xlsx_of,
    xlsx_with,
    zipped,
)

from quizapp.core.formats.format import MAX_UNPACKED, MAX_UPLOAD, Unreadable
from quizapp.core.formats.tables.spreadsheet import read_spreadsheet

STRINGS = "xl/sharedStrings.xml"
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_spreadsheet(data)
    return str(refused.value)


# Archives


@cache
def bomb() -> bytes:
    return xlsx_cells(" " * (MAX_UNPACKED + 1) + ROW)


def lying(data: bytes, name: str, size: int) -> bytes:
    """An archive whose entry of that name says it unpacks to `size` bytes, in both places where it does."""
    changed = bytearray(data)
    for mark, at, where in (
        (b"PK\x03\x04", 22, data.index(name.encode())),
        (b"PK\x01\x02", 24, data.rindex(name.encode())),
    ):
        start = data.rindex(mark, 0, where)
        changed[start + at : start + at + 4] = size.to_bytes(4, "little")
    return bytes(changed)


@pytest.mark.parametrize("claimed", [None, 10])
def test_a_workbook_that_unfolds_into_too_much_is_refused(claimed: int | None) -> None:
    assert len(bomb()) < 100_000
    said = refusal(bomb() if claimed is None else lying(bomb(), SHEET, claimed))
    assert said in (
        "The workbook is larger than 50 MB when unpacked. Split it.",
        "The workbook is damaged. Open it in your spreadsheet and save it again.",
    )


def test_many_small_files_are_as_bad_as_a_large_one() -> None:
    crowded = xlsx_with({f"xl/media/{number}.png": b"" for number in range(2_000)})
    assert "more than 2,000 files" in refusal(crowded)


def test_a_file_that_is_too_large_is_refused() -> None:
    assert refusal(b"PK" + b"\0" * MAX_UPLOAD) == "The file is larger than 20 MB. Split it."


def test_pictures_and_archives_inside_are_not_unpacked() -> None:
    large = b"\0" * (MAX_UNPACKED + 1)
    data = xlsx_with({"xl/media/image1.png": large, "xl/embeddings/inner.xlsx": bomb()})
    assert [row.cells for row in read_spreadsheet(data).rows] == [("a", "b")]


@pytest.mark.parametrize("name", ["../../xl/workbook.xml", "/etc/passwd.xml", "C:\\xl\\workbook.xml"])
def test_no_path_in_a_workbook_is_used_as_a_path(name: str) -> None:
    assert [row.cells for row in read_spreadsheet(xlsx_with({name: "<a/>"})).rows] == [("a", "b")]


def locked(data: bytes) -> bytes:
    """An archive that says its first entry is encrypted."""
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    "data",
    [
        locked(xlsx_of([["a"]])),
        ods(ods_table(), others={"META-INF/manifest.xml": "<m:manifest><m:encryption-data/></m:manifest>"}),
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "encrypted-package": b"x"}),
    ],
)
def test_a_locked_workbook_is_refused(data: bytes) -> None:
    assert refusal(data) == "This workbook is locked with a password. Save it without one."


# What runs, or takes data from elsewhere


@pytest.mark.parametrize(
    "data",
    [
        xlsx_with({"xl/vbaProject.bin": b"macro"}),
        xlsx_with({"xl/macrosheets/sheet1.xml": "<xm:macrosheet/>"}),
        ods(ods_table(), others={"Basic/Standard/Module1.xml": "<script:module/>"}),
        ods(ods_table(), others={"Scripts/python/a.py": "print()"}),
    ],
)
def test_macros_are_refused(data: bytes) -> None:
    assert refusal(data) == "This workbook has macros. Save it as .xlsx or .ods without macros."


LINK = "<table:table-source xlink:href='file:///etc/passwd' table:table-name='a'/>"
DDE = "<table:dde-links><table:dde-link/></table:dde-links>"
RANGE = '<table:table-cell><table:cell-range-source xlink:href="http://example.org/a.html"/></table:table-cell>'


@pytest.mark.parametrize(
    "data",
    [
        xlsx_with({"xl/externalLinks/externalLink1.xml": "<externalLink/>"}),
        xlsx_with({"xl/connections.xml": "<connections/>"}),
        ods(ods_table(LINK, ods_row(ods_cell("a")))),
        ods(ods_table(ods_row(ods_cell("a"))) + DDE),
        ods(ods_table(ods_row(RANGE))),
    ],
)
def test_links_to_other_files_are_refused(data: bytes) -> None:
    assert refusal(data).startswith("This workbook takes data from elsewhere.")


ENTITIES = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [ENTITIES, OUTSIDE, '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">'])
@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET, STRINGS])
def test_entities_are_refused(name: str, declared: str) -> None:
    text = files_of(xlsx_of([["a"]]))[name].decode().partition("?>")[2]
    assert "declarations that spreadsheets don’t write" in refusal(xlsx_with({name: declared + text}))


def test_entities_in_open_document_are_refused() -> None:
    content = files_of(ods_of([["a"]]))["content.xml"].decode().replace("?>", f"?>{ENTITIES}").replace(">a<", ">&b;<")
    assert "declarations" in refusal(ods("", others={"content.xml": content}))


# Few bytes for many cells


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('<c r="XFD1048576"><v>1</v></c>', "There are 16,384 columns."),
        ('<c r="C1048576"><v>1</v></c>', "its last cell is C1048576"),
        ('<c x=">" r="XFD1048576"><v>1</v></c>', "There are 16,384 columns."),
        ("<c\nr = 'XFD1048576'\n><v>1</v></c>", "There are 16,384 columns."),
        ('<c r="XFD&#49;048576"><v>1</v></c>', "There are 16,384 columns."),
        ('<c r="A99999999999"><v>1</v></c>', "damaged"),
        ('<c r="1A"><v>1</v></c>', "damaged"),
        ('<c r="A1" t="s"><v>99999</v></c>', "damaged"),
        ('<c r="A1" t="s"><v>x</v></c>', "damaged"),
    ],
)
def test_a_cell_far_away_makes_no_large_table(cell: str, said: str) -> None:
    for row in ('<row r="1">', '<row r="1048576">', "<row>"):
        assert said in refusal(xlsx_cells(f"{ROW}{row}{cell}</row>"))


@pytest.mark.parametrize("row", ["99999999999999999999", "x", "-1"])
def test_a_row_of_any_number_is_refused_or_read(row: str) -> None:
    with suppress(Unreadable):
        read_spreadsheet(xlsx_cells(f'{ROW}<row r="{row}"><c><v>1</v></c></row>'))


def test_sizes_that_a_workbook_states_are_not_believed() -> None:
    sheet = files_of(xlsx_of([["a"]]))[SHEET].decode().replace('ref="A1"', 'ref="A1:XFD1048576"')
    strings = '<sst count="4294967295" uniqueCount="%s"><si><t>a</t></si><si><t>b</t></si></sst>'
    read = read_spreadsheet(xlsx_with({SHEET: sheet, STRINGS: strings % 1_000_000}))
    assert [row.cells for row in read.rows] == [("a",)]
    assert "damaged" in refusal(xlsx_with({SHEET: sheet, STRINGS: strings % 4_294_967_295}))


def test_a_text_that_many_cells_share_counts_for_each() -> None:
    strings = f"<sst><si><t>{'a' * 100_000}</t></si></sst>"
    cells = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    files = files_of(xlsx_cells(cells * 10))
    assert "more than 50 million characters" in refusal(zipped({**files, STRINGS: strings}))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ods_row(ods_cell("a"), repeat=1_000_000_000), "more than 100,000 rows"),
        (ods_row(ods_cell(), repeat=2_000_000_000) + ods_row(ods_cell("a")), "its last cell is A2000000001"),
        (ods_row(ods_cell("a", more='table:number-columns-repeated="2000000000"')), "There are 2,000,000,000 columns."),
        (ods_row(ods_cell(more='table:number-columns-repeated="999"'), ods_cell("a")), "There are 1,000 columns."),
        (ods_row(ods_cell("a<text:s text:c='2000000000'/>")), "more than 131,072 characters"),
        (ods_row(ods_cell("a" * 1_000, more='table:number-columns-repeated="100"'), repeat=1_000), "50 million"),
        (ods_row(ods_cell("a", more='table:number-columns-repeated="x"')), "damaged"),
        (ods_row(ods_cell("a", more='table:number-columns-repeated="-5"')), "damaged"),
        (ods_row(ods_cell("a", more=f'table:number-columns-repeated="{"9" * 5_000}"')), "damaged"),
    ],
)
def test_repeated_cells_make_no_large_table(rows: str, said: str) -> None:
    assert said in refusal(ods(ods_table(rows)))


def test_all_tables_of_open_document_count_because_all_are_read() -> None:
    tables = "".join(ods_table(ods_row(ods_cell("a"), repeat=100_000), name=str(number)) for number in range(31))
    assert "The sheets are too large together." in refusal(ods(tables))
    far = ods_table(ods_row(ods_cell("a"))) + ods_table(ods_row(ods_cell("a"), repeat=1_000_000), name="Other")
    assert "more than 100,000 rows" in refusal(ods(far))


def test_hundreds_of_sheets_are_refused() -> None:
    tables = "".join(ods_table(ods_row(ods_cell("a")), name=str(number)) for number in range(201))
    assert "more than 200 sheets" in refusal(ods(tables))


# Damage


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"question,answer\n",
        zipped({}),
        zipped({"xl/workbook.xml": "<workbook/>"}),
        zipped({"content.xml": "<a"}),
        xlsx_with({"xl/workbook.xml": "<workbook><sheets/></workbook>"}),
        xlsx_with({"xl/_rels/workbook.xml.rels": "<Relationships><Relationship Type='a/worksheet'/></Relationships>"}),
        xlsx_with({"xl/styles.xml": "<styleSheet><cellXfs><xf numFmtId='x'/>"}),
        ods("<table:table>" + ods_row(ods_cell("a")) + "</table:table>"),
        ods(ods_table(ods_row(ods_cell("a", kind="float", value="x")))),
    ],
)
def test_a_damaged_workbook_is_refused(data: bytes) -> None:
    assert refusal(data)


@pytest.mark.parametrize("make", [xlsx_of, ods_of])
def test_no_damage_breaks_the_reader(make: object) -> None:
    whole = make([["a", "b"], ["Столица", "1918"]])  # type: ignore[operator]
    files, dice = files_of(whole), Random(17)

    def read_all() -> None:
        for _ in range(150):
            name = dice.choice([name for name in files if name.endswith((".xml", ".rels"))])
            content = bytearray(files[name])
            for _ in range(dice.randint(1, 3)):
                content[dice.randrange(len(content))] = dice.choice(b"<>&\"'/ 19Az\0\xff")
            with suppress(Unreadable):
                read_spreadsheet(zipped({**files, name: bytes(content)}))
        for at in range(0, len(whole), 37):
            for damaged in (whole[:at], whole[:at] + whole[at + 3 :], whole[:at] + b"\xff" + whole[at + 1 :]):
                with suppress(Unreadable):
                    read_spreadsheet(damaged)

    limited(read_all, seconds=30)
