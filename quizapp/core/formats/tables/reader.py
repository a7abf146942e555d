"""Read the questions of a table once the roles of its columns are known."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from quizapp.core.formats.format import (
    MAX_WARNINGS,
    NO_QUESTIONS,
    ImportedSet,
    Reader,
    Unreadable,
    line_place,
    shorten,
)
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.formats.tables import trivia
from quizapp.core.formats.tables.cells import question_of
from quizapp.core.formats.tables.facts import fact_of
from quizapp.core.formats.tables.guess import fold_headings, guess_mapping, has_options_below, heading_names
from quizapp.core.formats.tables.headings import COUNTER, role_of
from quizapp.core.formats.tables.mapping import check_mapping
from quizapp.core.formats.tables.reports import recognise_report
from quizapp.core.formats.tables.rows import LEAVE_OUT, OpenQuestion, RowReader, fill_down, has_words
from quizapp.core.formats.tables.table import (
    HEAD,
    ColumnMapping,
    OpenRow,
    RememberedMapping,
    Row,
    Table,
    TableOptions,
    TableView,
)
from quizapp.core.translation import gettext, ngettext

_ONE_COLUMN = gettext(
    "There is only one column. Put a tab, a semicolon or a comma between each question and its answer."
)


def reader_of(tabulate: Callable[[bytes, TableOptions], Table]) -> Reader:
    """Return the reader of a format whose files are tables."""

    def read(data: bytes, *, topic: str) -> ImportedSet:
        return read_table(tabulate(data, TableOptions()), topic, TableOptions())

    return read


def read_table(table: Table, topic: str, options: TableOptions) -> ImportedSet:
    """Read the questions of a table; none if a person has to say first what its columns mean. Raises Unreadable."""
    if not table.rows:
        raise Unreadable("", NO_QUESTIONS)
    if sentence := recognise_report(table):
        raise Unreadable("", sentence)
    if table.width == 1:
        raise Unreadable("", _ONE_COLUMN)
    if trivia.has_entities(table.rows[0].cells):
        table = trivia.without_entities(table)
    view = _view(table, options)
    if not view.is_certain:
        return ImportedSet((), table=view)
    if len(table.rows) == view.mapping.heading:
        raise Unreadable("", gettext("There are no rows below the headings."))
    if has_options_below(table.rows, view.mapping):
        raise Unreadable("", gettext("Options are in rows of their own. Put each question and its options in one row."))
    builder = _TableBuilder(topic, options)
    if options.mapping is None:
        _warn_of_columns(builder, table, view.mapping)
    _warn_of_values(builder, table, view.mapping)
    if others := [name for name in table.sheets if name != table.sheet]:
        builder.warn("", _other_sheets_message(table.sheet, others))
    try:
        builder.add_rows(table, view.mapping)
    except _TooManyProblems:
        return ImportedSet((), table=_with_problem(view, _too_many_problems_message()))
    return builder.build_table(view)


# Which columns mean what


def _view(table: Table, options: TableOptions) -> TableView:
    mapping, is_certain = _choose_mapping(table, options)
    problem = check_mapping(mapping, table.width) if options.mapping else ""
    heading = mapping.heading or 0
    mapping = ColumnMapping(roles=_padded(mapping.roles, table.width), heading=heading)
    return TableView(
        tuple(_shown(row) for row in table.rows[: HEAD + heading]),
        table.width,
        mapping,
        is_certain and not problem,
        RememberedMapping(mapping=mapping, heading_cells=fold_headings(table, heading)),
        table.encoding,
        table.sheet,
        table.sheets,
        table.separator,
        problem,
    )


def _with_problem(view: TableView, problem: str) -> TableView:
    return replace(view, is_certain=False, problem=problem)


def _choose_mapping(table: Table, options: TableOptions) -> tuple[ColumnMapping, bool]:
    """Return the mapping that a person chose, now or for such a table before, or else a guess, and if it is certain."""
    guess = guess_mapping(table)
    if chosen := options.mapping:
        heading = guess.mapping.heading if chosen.heading is None else chosen.heading
        return ColumnMapping(roles=chosen.roles, heading=min(heading or 0, len(table.rows))), True
    if (remembered := options.remembered) and _fits(remembered, table, guess.mapping.heading or 0):
        return remembered.mapping, True
    return guess.mapping, guess.is_certain


def _fits(remembered: RememberedMapping, table: Table, heading: int) -> bool:
    known = remembered.mapping
    same = len(known.roles) == table.width and fold_headings(table, known.heading or 0) == remembered.heading_cells
    return same and (bool(known.heading) or not heading)


def _padded(roles: Sequence[str], width: int) -> tuple[str, ...]:
    return (*roles[:width], *[""] * (width - len(roles)))


def _shown(row: Row) -> Row:
    return Row(row.line, tuple(shorten(cell) for cell in row.cells))


def _warn_of_columns(builder: ImportBuilder, table: Table, mapping: ColumnMapping) -> None:
    """List the named columns that are left out although they are not empty."""
    if not mapping.heading:
        return
    names, line = heading_names(table, mapping.heading), table.rows[mapping.heading - 1].line
    for at, (name, role) in enumerate(zip(names, mapping.roles, strict=False)):
        cells = [row.cells[at] for row in table.rows[mapping.heading :] if row.cell(at)]
        is_count = COUNTER.search(name) or (not name and not any(map(has_words, cells)))
        if cells and not role and not is_count:
            builder.warn(line_place(line), _left_out_message(at, name))


def _left_out_message(at: int, name: str) -> str:
    is_known, name = role_of(name) is not None, shorten(name, 40)
    if not name:
        return gettext("Column %(number)s is left out, because it has no name.", number=at + 1)
    if is_known:
        return gettext("The column “%(name)s” is left out.", name=name)
    return gettext("The column “%(name)s” is left out, because its name is not recognised.", name=name)


def _warn_of_values(builder: ImportBuilder, table: Table, mapping: ColumnMapping) -> None:
    """Say how many points and addresses of pictures are not imported."""
    rows = table.rows[mapping.heading or 0 :]
    for at, role in enumerate(mapping.roles):
        lines = [row.line for row in rows if role in ("marks", "picture") and row.cell(at)]
        if lines:
            message = _pictures_message(len(lines)) if role == "picture" else _points_message(len(lines))
            builder.warn(line_place(lines[0]), message)


def _other_sheets_message(sheet: str, others: Sequence[str]) -> str:
    names = ", ".join(f"“{shorten(name, 40)}”" for name in others[:5])
    return gettext("Only the sheet “%(sheet)s” is imported. Others: %(names)s.", sheet=shorten(sheet, 40), names=names)


def _pictures_message(number: int) -> str:
    return ngettext(
        "%(num)s picture is only an address in the file, so it is left out. You can upload it in the editor.",
        "%(num)s pictures are only addresses in the file, so they are left out. You can upload them in the editor.",
        number,
    )


def _points_message(number: int) -> str:
    return ngettext(
        "The points of %(num)s question are left out, because points belong to a quiz, not to a set.",
        "The points of %(num)s questions are left out, because points belong to a quiz, not to a set.",
        number,
    )


def _blank_message(number: int) -> str:
    return ngettext(
        "%(num)s row without a question and an answer is left out.",
        "%(num)s rows without a question and an answer are left out.",
        number,
    )


# Rows


class _TooManyProblems(Exception):
    """So many rows have problems that the columns are probably wrong."""


def _too_many_problems_message() -> str:
    limit = f"{MAX_WARNINGS:,}"
    return gettext("More than %(limit)s rows have problems. Check what each column is.", limit=limit)


class _TableBuilder(ImportBuilder):
    """Builds facts from rows, and collects those about which a person must decide."""

    def __init__(self, topic: str, options: TableOptions) -> None:
        super().__init__(topic)
        self._options = options
        self._open: list[OpenRow] = []
        self._problems = 0
        self._line = 0
        self._what = ""

    def add_rows(self, table: Table, mapping: ColumnMapping) -> None:
        heading = mapping.heading or 0
        rows, names = table.rows[heading:], heading_names(table, heading)
        is_chosen = bool(self._options.mapping or self._options.remembered)
        reader = RowReader.for_rows(mapping, rows, names, is_chosen=is_chosen)
        blank = [row for row in rows if reader.is_blank(row)]
        if lost := [row for row in blank if any(map(has_words, row.cells))]:
            self.warn(line_place(lost[0].line), _blank_message(len(lost)))
        headings = {row.cells for row in table.rows[:heading]}
        for row in fill_down(reader, rows):
            if row.cells not in headings and not reader.is_blank(row):
                self._add_row(row, reader)

    def build_table(self, view: TableView) -> ImportedSet:
        built = self.build()
        return ImportedSet(
            built.facts, topics=built.topics, skipped=built.skipped, warnings=built.warnings,
            table=view, open_rows=tuple(self._open),
        )  # fmt: skip

    def refuse(self, place: str, what: object, why: str) -> None:
        self._ask(OpenQuestion(why))

    def _add_row(self, row: Row, reader: RowReader) -> None:
        self._line, self._what = row.line, reader.beginning(row)
        try:
            cells = reader.read(row, self._decisions)
            question, fact = question_of(cells), fact_of(cells)
        except OpenQuestion as problem:
            self._ask(problem)
            return
        except ValueError as error:
            self._ask(OpenQuestion(str(error)))
            return
        if cells.get("topic"):
            fact["topic"] = self.topic(cells["topic"])
        self.add(question, place=line_place(row.line), key=cells.get("key"), fact_key=cells.get("fact"), fact=fact)

    @property
    def _decisions(self) -> list[str]:
        return list(filter(None, self._options.decisions.get(self._line, "").split("+")))

    def _ask(self, problem: OpenQuestion) -> None:
        """Add the row to those that are open, or leave it out if that was decided."""
        self._problems += 1
        if self._problems > MAX_WARNINGS:
            raise _TooManyProblems
        decisions = self._decisions
        if LEAVE_OUT in decisions or self._options.skip_open:
            self.skip(line_place(self._line), self._what, problem.why)
            return
        earlier = "".join(f"{decision}+" for decision in decisions[:1])
        choices = tuple((value if value == LEAVE_OUT else earlier + value, label) for value, label in problem.choices)
        self._open.append(OpenRow(self._line, shorten(self._what), problem.why, choices))
