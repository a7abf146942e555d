"""Write a set as a table: one question per row below a row of column names.

A cell that a spreadsheet would read as a formula is written with an apostrophe before it, which is removed on reading.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import StringIO

from quizapp.core.formats.format import PICTURES_LEFT_OUT, ExportedFile, FormatWarning, fields_left_out, topic_labels
from quizapp.core.formats.tables.cells import NO_PICTURES, cells_of
from quizapp.core.formats.tables.facts import OF_FACT, cells_of_fact
from quizapp.core.formats.tables.headings import OWN
from quizapp.core.kinds import Question
from quizapp.core.sets import schema

_FORMULA = re.compile(r"\A'*+[=+\-@\t\r]")


def write(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write a table with commas, starting with the byte order mark by which spreadsheets recognise UTF-8."""
    return _write(question_set, ",")


def write_tabs(question_set: schema.QuestionSet, pictures: Mapping[str, bytes], *, now: datetime) -> ExportedFile:
    """Write a table with tabs."""
    return _write(question_set, "\t")


def _write(question_set: schema.QuestionSet, mark: str) -> ExportedFile:
    labels = topic_labels(question_set.header)
    rows: list[dict[str, str]] = []
    warnings: list[FormatWarning] = []
    for fact in question_set.facts:
        of_fact = {"fact": fact.key, "topic": labels.get(fact.topic, fact.topic), **cells_of_fact(fact)}
        for question in fact.questions:
            if question.draws_picture:
                warnings.append(FormatWarning(question.key, NO_PICTURES, whole_question=True))
                continue
            rows.append({"key": question.key, **of_fact, **cells_of(question)})
            warnings += [FormatWarning(question.key, what) for what in _left_out_of(fact, question)]
    used = [name for name in OWN if any(row.get(name) for row in rows)]
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=mark, lineterminator="\r\n")
    writer.writerow(used)
    writer.writerows([neutral(row.get(name, "")) for name in used] for row in rows)
    return ExportedFile(out.getvalue().encode("utf-8-sig"), tuple(warnings))


def neutral(cell: str) -> str:
    """Return the cell in a form that no spreadsheet reads as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _left_out_of(fact: schema.Fact, question: Question) -> Iterator[str]:
    yield from fields_left_out(fact, OF_FACT)
    if question.picture:
        yield PICTURES_LEFT_OUT
