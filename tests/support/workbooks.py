"""Workbooks made for tests: .xlsx by XlsxWriter, .ods and hostile ones as archives."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_PREFIXES = (
    " ".join(f'xmlns:{prefix}="{_OASIS}:{prefix}:1.0"' for prefix in ("office", "table", "text", "style"))
    + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc"'
)
SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return an archive with these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def files_of(data: bytes) -> dict[str, bytes]:
    """Return the files in an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def xlsx(fill: Callable[[Workbook], object]) -> bytes:
    """Return a workbook that `fill` has filled."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as workbook:
        fill(workbook)
    return out.getvalue()


def one_sheet(fill: Callable[[Workbook, Worksheet], object], name: str = "Sheet1") -> bytes:
    """Return a workbook with one sheet that `fill` has filled."""
    return xlsx(lambda workbook: fill(workbook, workbook.add_worksheet(name)))


def xlsx_of(rows: Iterable[Iterable[object]]) -> bytes:
    """Return a workbook with these rows."""
    return one_sheet(lambda _, sheet: [sheet.write_row(at, 0, list(row)) for at, row in enumerate(rows)])


def xlsx_with(changes: Mapping[str, str | bytes]) -> bytes:
    """Return a workbook in which these files have other contents, or are there besides."""
    return zipped({**files_of(xlsx_of([["a", "b"]])), **changes})


def xlsx_cells(cells: str) -> bytes:
    """Return a workbook with rows written in XML."""
    return xlsx_with({SHEET: f"<worksheet {_MAIN}><sheetData>{cells}</sheetData></worksheet>"})


def ods(tables: str, *, styles: str = "", others: Mapping[str, str | bytes] = {}) -> bytes:
    """Return an OpenDocument spreadsheet with tables written in XML."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_PREFIXES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped({"mimetype": ODS_TYPE, "META-INF/manifest.xml": manifest, "content.xml": content, **others})


def ods_table(*rows: str, name: str = "Sheet1", more: str = "") -> str:
    return f'<table:table table:name="{name}" {more}>{"".join(rows)}</table:table>'


def ods_row(*cells: str, repeat: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{repeat}"' if repeat > 1 else ""
    return f"<table:table-row{repeated}>{''.join(cells)}</table:table-row>"


def ods_cell(text: str = "", *, kind: str = "string", value: str = "", more: str = "") -> str:
    """Return a cell; without text it is empty."""
    if not text:
        return f"<table:table-cell {more}/>"
    name = {"float": "value", "percentage": "value", "boolean": "boolean-value"}.get(kind, f"{kind}-value")
    valued = f' office:{name}="{value}"' if value else ""
    return f'<table:table-cell office:value-type="{kind}"{valued} {more}><text:p>{text}</text:p></table:table-cell>'


def ods_of(rows: Iterable[Iterable[object]]) -> bytes:
    """Return an OpenDocument spreadsheet with rows of text."""
    return ods(ods_table(*(ods_row(*(ods_cell(str(value)) for value in row)) for row in rows)))
