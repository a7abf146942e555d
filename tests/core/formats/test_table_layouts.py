"""Tables in the layouts of other programs: what their columns are, and every question in them."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from workbooks import xlsx
from xlsxwriter import Workbook

from quizapp.core.formats.format import ImportedSet
from quizapp.core.formats.registry import IMPORT_FORMATS, guess
from quizapp.core.formats.tables.mapping import write_mapping

DATA = Path(__file__).parents[2] / "data" / "tables"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((DATA / "expected.yaml").read_text())

CELLS: dict[str, dict[int, list[Any]]] = yaml.safe_load((DATA / "spreadsheets.yaml").read_text())


def describe(read: ImportedSet) -> dict[str, Any]:
    """Return what was read as in `expected.yaml`."""
    assert read.table is not None
    questions = [
        question.model_dump(exclude_defaults=True, exclude={"key"})
        for found in read.facts
        for question in found.fact.questions
    ]
    described: dict[str, Any] = {"mapping": write_mapping(read.table.mapping), "questions": questions}
    if topics := list(read.topics.values()):
        described["topics"] = topics
    if read.open_rows:
        described["open"] = [[row.line, row.why] for row in read.open_rows]
    if read.warnings:
        described["warnings"] = [warning.what for warning in read.warnings]
    return described


def file_of(name: str) -> bytes:
    """Return a file of the directory, or the workbook with these cells."""
    if name not in CELLS:
        return (DATA / name).read_bytes()

    def fill(workbook: Workbook) -> None:
        sheet = workbook.add_worksheet()
        for number, cells in CELLS[name].items():
            sheet.write_row(number - 1, 0, cells)

    return xlsx(fill)


def test_every_file_has_expected_questions() -> None:
    files = {path.name for path in DATA.iterdir()} | CELLS.keys()
    assert files - EXPECTED.keys() == {"README.md", "expected.yaml", "spreadsheets.yaml"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_known_layout_is_recognised(name: str) -> None:
    data = file_of(name)
    read = IMPORT_FORMATS[guess(name, data)].read(data, topic="t")
    assert read.table is not None
    assert read.table.is_certain
    assert describe(read) == EXPECTED[name]
