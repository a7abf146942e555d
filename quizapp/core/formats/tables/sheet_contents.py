"""What a sheet contains, counted before anything is read from it.

The library that reads workbooks allocates a cell for every place between the first and the last one, and copies a text
as often as it is used. So the sizes are checked here. It also gives formulas without a value as empty cells.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from quizapp.core.formats.format import MAX_UNPACKED, Unreadable
from quizapp.core.formats.tables.table import (
    CELL_TOO_LARGE,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    too_many_columns,
    too_many_rows,
)
from quizapp.core.translation import gettext

MAX_PLACES = 3_000_000  # between the first and the last cell of a table: 100,000 rows of 30 columns
_NAMED = 3  # cells in a message

_SHEETS_TOO_LARGE = gettext("The sheets are too large together. Save the one to import in a file of its own.")
_TOO_MUCH_TEXT = gettext(
    "The sheet has more than %(limit)s million characters. Split it.", limit=MAX_UNPACKED // 1_000_000
)


@dataclass(slots=True)
class SheetContents:
    """The cells of a sheet that are not empty: their last row and column (from 1), and the characters in them.

    `rows` is the number of rows with content. `uncomputed` are the names of the first cells that have a formula without
    a value, and `errors` of those that show an error. `percents` are the rows and columns of numbers shown as percent.
    """

    last_row: int = 0
    last_column: int = 0
    rows: int = 0
    characters: int = 0
    uncomputed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    percents: set[tuple[int, int]] = field(default_factory=set)

    def add(self, row: int, column: int, length: int, *, rows: int = 1, columns: int = 1) -> None:
        """Count a cell that is repeated in so many rows and columns. Raises Unreadable."""
        if length > MAX_CELL:
            raise Unreadable(cell_name(row, column), CELL_TOO_LARGE)
        if row + rows - 1 > self.last_row:
            self.last_row = row + rows - 1
            self.rows += rows
        self.last_column = max(self.last_column, column + columns - 1)
        self.characters += length * rows * columns

    def check_size(self) -> None:
        """Raise Unreadable if the sheet is too large."""
        if self.last_column > MAX_COLUMNS:
            raise Unreadable("", too_many_columns(self.last_column))
        if self.rows > MAX_ROWS:
            raise Unreadable("", too_many_rows())
        if self.last_row * self.last_column > MAX_PLACES:
            raise Unreadable("", _too_sparse_message(cell_name(self.last_row, self.last_column)))
        if self.characters > MAX_UNPACKED:
            raise Unreadable("", _TOO_MUCH_TEXT)

    def check_values(self) -> None:
        """Raise Unreadable if a cell has no value that could be read."""
        if self.uncomputed:
            raise Unreadable("", _uncomputed_message(_named(self.uncomputed)))
        if self.errors:
            raise Unreadable("", _errors_message(_named(self.errors)))


def check_all(sheets: Collection[SheetContents]) -> None:
    """Raise Unreadable if sheets that are read together are too large."""
    for contents in sheets:
        contents.check_size()
    if sum(contents.last_row * contents.last_column for contents in sheets) > MAX_PLACES:
        raise Unreadable("", _SHEETS_TOO_LARGE)
    if sum(contents.characters for contents in sheets) > MAX_UNPACKED:
        raise Unreadable("", _TOO_MUCH_TEXT)


def cell_name(row: int, column: int) -> str:
    """Return a cell's name in spreadsheets: "C12" for row 12 and column 3."""
    letters = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


def note(cells: list[str], row: int, column: int) -> None:
    """Add a cell's name to the few that a message has room for."""
    if len(cells) <= _NAMED:
        cells.append(cell_name(row, column))


def _named(cells: list[str]) -> str:
    return ", ".join(cells[:_NAMED]) + (", …" if len(cells) > _NAMED else "")


def _uncomputed_message(cells: str) -> str:
    return gettext(
        "These formulas have no value: %(cells)s. Open the file in your spreadsheet, save it and import it again.",
        cells=cells,
    )


def _errors_message(cells: str) -> str:
    return gettext("These cells show an error: %(cells)s. Correct or delete them.", cells=cells)


def _too_sparse_message(last: str) -> str:
    return gettext(
        "The sheet is almost empty, and its last cell is %(last)s. Delete the cells far from the table, or copy the "
        "table to a new sheet.",
        last=last,
    )
