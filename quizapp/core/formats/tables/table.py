"""What a table is: its rows, the role of each column, and what its reader has to ask a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quizapp.core.translation import gettext

MAX_COLUMNS = 200
MAX_ROWS = 100_000
MAX_CELL = 131_072  # characters
MAX_HEADING = 20  # rows above the first row with data
SEPARATORS = {"tab": "\t", "semicolon": ";", "comma": ",", "bar": "|"}
HEAD = 12  # rows shown where columns are mapped

CELL_TOO_LARGE = gettext("A cell has more than 131,072 characters. Shorten it.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with at least one cell that is not empty. `line` is its line in a text or its row in a sheet, from 1."""

    line: int
    cells: tuple[str, ...]

    def cell(self, at: int) -> str:
        """Return the cell of a column, counted from 0; "" if the row has fewer."""
        return self.cells[at] if at < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text. Rows may have different lengths.

    `encoding` is a key of core.text.encodings.ENCODINGS, or empty for a spreadsheet. `sheet` is the name of the sheet
    read, and `sheets` are the names of all; both are empty for text. `separator` is a key of SEPARATORS, or empty,
    and `is_ambiguous` says whether another one would do as well.
    """

    rows: tuple[Row, ...]
    encoding: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    separator: str = ""
    is_ambiguous: bool = False

    @property
    def width(self) -> int:
        """Return the number of columns of the longest row."""
        return max((len(row.cells) for row in self.rows), default=0)


class ColumnMapping(BaseModel):
    """The role of each column, "" for one that is left out, and the number of rows above the data.

    None for that number: the reader finds it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: Annotated[tuple[Annotated[str, Field(max_length=20)], ...], Field(max_length=MAX_COLUMNS)]
    heading: Annotated[int, Field(ge=0, le=MAX_HEADING)] | None = None


class RememberedMapping(BaseModel):
    """A mapping that somebody confirmed for a table of the same width and the same headings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mapping: ColumnMapping
    heading_cells: tuple[str, ...] = ()  # of the last row above the data, folded; () without such a row


class TableOptions(BaseModel):
    """What a person chose for a table. Everything has a default, with which the reader decides.

    `decisions` maps a line to one of the values of its OpenRow. `skip_open` leaves out all rows that are still open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mapping: ColumnMapping | None = None
    remembered: RememberedMapping | None = None
    encoding: Annotated[str, Field(max_length=20)] = ""
    separator: Literal["", "tab", "semicolon", "comma", "bar"] = ""
    sheet: Annotated[str, Field(max_length=200)] = ""
    decisions: Annotated[Mapping[int, Annotated[str, Field(max_length=20)]], Field(max_length=1_000)] = {}
    skip_open: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """A guessed mapping. `is_certain` says whether questions may be read with it before a person has seen it."""

    mapping: ColumnMapping
    is_certain: bool


NO_OPTIONS = TableOptions()


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that is not imported before a person decides about it.

    `what` is its beginning, `why` the problem as a sentence. `choices` are the possible decisions: value and label;
    the last is always to leave the row out.
    """

    line: int
    what: str
    why: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """What the page shows on which columns are mapped.

    `head` are the first rows. `is_certain` says whether the mapping was recognised or chosen; otherwise no question was
    read. `problem` says what is wrong with a mapping, as a sentence.
    """

    head: tuple[Row, ...]
    width: int
    mapping: ColumnMapping
    is_certain: bool
    remember: RememberedMapping
    encoding: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    separator: str = ""
    problem: str = ""


def too_many_columns(count: int) -> str:
    """Return why a table of so many columns is not read."""
    return gettext(
        "There are %(count)s columns. At most %(limit)s are allowed.",
        count=f"{count:,}", limit=MAX_COLUMNS,
    )  # fmt: skip


def too_many_rows() -> str:
    """Return why a table of more than MAX_ROWS rows is not read."""
    return gettext("There are more than %(limit)s rows. Split the file.", limit=f"{MAX_ROWS:,}")
