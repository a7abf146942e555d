"""What `quizapp bank import` is told about the columns of a table, and what it says when that is not enough."""

from pathlib import Path

import click

from quizapp.cli.setup import CannotStart
from quizapp.core.formats.format import shorten
from quizapp.core.formats.tables.mapping import ROLES, parse_mapping, write_mapping
from quizapp.core.formats.tables.table import TableOptions, TableView
from quizapp.core.translation import gettext, ngettext
from quizapp.services.sets.import_preview import ImportPreview

SAMPLE_ROWS = 3  # of each column, where columns are listed
EXAMPLE = "question=1,right=2"  # where there is no guess


def read_options(mapping: str, encoding: str, separator: str, sheet: str, *, skip_problems: bool) -> TableOptions:
    """Return the options of a table from those of the command line. Raises CannotStart."""
    try:
        roles = parse_mapping(mapping) if mapping else None
        read_as = {"encoding": encoding, "separator": separator, "sheet": sheet}
        return TableOptions.model_validate(read_as | {"mapping": roles, "skip_open": skip_problems})
    except ValueError as error:
        raise CannotStart(f"--map: {error}\n{_list_roles()}") from None


def refuse_undecided(file: Path, preview: ImportPreview) -> None:
    """Exit with what has to be decided before the table can be imported: its columns (2), or some of its rows (1)."""
    if preview.table and not preview.table.is_certain:
        raise CannotStart(_describe_columns(file, preview.table))
    for row in preview.open_rows:
        click.echo(f"{file}:{row.line}: {row.what}: {row.why}", err=True)
    if number := len(preview.open_rows):
        message = ngettext(
            "%(num)s row has a problem, so nothing was imported. --skip-problems leaves it out.",
            "%(num)s rows have problems, so nothing was imported. --skip-problems leaves them out.",
            number,
        )
        click.echo(message, err=True)
        raise SystemExit(1)


def _describe_columns(file: Path, table: TableView) -> str:
    problem = table.problem or gettext("It is not clear what the columns contain.")
    columns = [f"  {number + 1}: {_sample(table, number)}" for number in range(table.width)]
    is_guess = any(table.mapping.roles) and not table.problem
    example = write_mapping(table.mapping) if is_guess else EXAMPLE
    lines = [
        f"{file}: {problem}",
        *columns,
        gettext("Say what each column contains, for example: --map %(mapping)s", mapping=example),
        _list_roles(),
    ]
    return "\n".join(lines)


def _sample(table: TableView, number: int) -> str:
    cells = (row.cells[number] if number < len(row.cells) else "" for row in table.head[:SAMPLE_ROWS])
    return " | ".join(shorten(cell, 30) for cell in cells)


def _list_roles() -> str:
    return gettext("Roles: %(roles)s.", roles=", ".join(role.replace(":", "=", 1) for role in ROLES if role))
