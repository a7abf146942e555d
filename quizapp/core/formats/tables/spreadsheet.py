"""Read a table from a workbook: Excel's .xlsx or OpenDocument's .ods.

A cell becomes the text that a person would type: a whole number has no decimal point, a date is written out. Of merged
cells, the first has the text and the others are empty, as in the file. Hidden rows and columns are read, hidden sheets
are not.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from quizapp.core.formats.format import Unreadable
from quizapp.core.formats.tables import ods, xlsx
from quizapp.core.formats.tables.table import Row, Table, TableOptions
from quizapp.core.formats.tables.workbook import CheckedSheet, pack_files, unpack_workbook
from quizapp.core.formats.tables.xml_elements import WORKBOOK_DAMAGED
from quizapp.core.text.edtf import display_date
from quizapp.core.translation import gettext

Value = int | float | str | bool | time | date | datetime | timedelta

_LONGEST_WRITTEN_OUT = 21  # digits of a number without an exponent
_DURATION = re.compile(r"PT([0-9]{1,6})H([0-9]{1,2})M([0-9]{1,2})(?:[.,][0-9]++)?S")  # of a day or more in an .ods
_NOT_A_WORKBOOK = gettext("This is not a workbook (.xlsx or .ods). Choose another file or format.")


def read_spreadsheet(data: bytes, *, sheet: str = "") -> Table:
    """Return the table on the sheet of that name, or on the first sheet with content. Raises Unreadable."""
    files = unpack_workbook(data)
    if xlsx.WORKBOOK in files:
        checked = xlsx.check_sheet(files, sheet)
    elif ods.CONTENT in files:
        checked = ods.check_sheet(files, sheet)
    else:
        raise Unreadable("", _NOT_A_WORKBOOK)
    checked.contents.check_size()
    checked.contents.check_values()
    return Table(tuple(_rows(checked)), sheet=checked.name, sheets=checked.names)


def read_workbook(data: bytes, options: TableOptions) -> Table:
    """Return the table on the sheet that a person chose, or that `read_spreadsheet` finds. Raises Unreadable."""
    return read_spreadsheet(data, sheet=options.sheet)


def _rows(checked: CheckedSheet) -> Iterator[Row]:
    """Yield the rows that are not empty, from an archive with nothing but the files that were checked."""
    if not checked.contents.last_row:
        return
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(pack_files(checked.files)))
        sheet = workbook.get_sheet_by_name(checked.name)
        left_out = ("",) * (sheet.start or (0, 0))[1]  # empty columns on the left
        percents = checked.contents.percents
        for line, values in enumerate(sheet.iter_rows(), start=1):
            places = enumerate(values, start=1 + len(left_out))
            cells = [_percent_text(value) if (line, at) in percents else _text(value) for at, value in places]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield Row(line, (*left_out, *cells))
    except CalamineError:
        raise Unreadable("", WORKBOOK_DAMAGED) from None
    except BaseException as error:  # what the library raises where it did not expect something
        if type(error).__name__ == "PanicException":
            raise Unreadable("", WORKBOOK_DAMAGED) from None
        raise


def _text(value: Value) -> str:
    match value:
        case str() if found := _DURATION.fullmatch(value):
            hours, minutes, seconds = map(int, found.groups())
            return _duration_text(timedelta(hours=hours, minutes=minutes, seconds=seconds))
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n").strip()
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number_text(value)
        case datetime() if value.time() == time():
            return display_date(value.date().isoformat())
        case datetime():
            return display_date(value.isoformat(timespec="minutes"))
        case date():
            return display_date(value.isoformat())
        case time():
            return value.isoformat(timespec="seconds" if value.second else "minutes")
    return _duration_text(value)


def _percent_text(value: Value) -> str:
    return f"{_number_text(value * 100)}%" if isinstance(value, int | float) else _text(value)


def _number_text(value: float) -> str:
    """Return a number with up to 15 significant digits, which is what spreadsheets keep: 0.3 for 0.1 + 0.2."""
    shortest = Decimal(f"{value:.15g}")
    written = f"{shortest:f}"
    return written if len(written) <= _LONGEST_WRITTEN_OUT else str(shortest)


def _duration_text(value: timedelta) -> str:
    """Return hours and minutes, and seconds unless they are 0: 36:00."""
    seconds = round(value.total_seconds())
    minutes, rest = divmod(abs(seconds), 60)
    written = f"{minutes // 60}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")
    return f"-{written}" if seconds < 0 else written
