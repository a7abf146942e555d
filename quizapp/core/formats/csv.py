"""CSV and TSV: one question per row below a row of column names, or only questions and answers without such a row.

Columns are separated by commas, semicolons or tabs. A cell that a spreadsheet would read as a formula is written with
an apostrophe before it, which is removed on reading.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from io import StringIO
from itertools import islice
from typing import Any

from quizapp.core.formats.cells import NO_PICTURES, cells_of, question_of
from quizapp.core.formats.format import (
    NO_QUESTIONS,
    PICTURES_LEFT_OUT,
    ExportedFile,
    FormatWarning,
    ImportedSet,
    Unreadable,
    decode_text,
    fields_left_out,
    line_place,
    shorten,
    topic_labels,
)
from quizapp.core.formats.import_builder import ImportBuilder
from quizapp.core.kinds import Question
from quizapp.core.sets import schema
from quizapp.core.sets.schema import NORMAL
from quizapp.core.translation import gettext

MAX_COLUMNS = 200

OF_FACT = ("statement", "date", "importance", "caution", "passages", "notes", "actors", "tags")
COLUMNS = (
    "key", "fact", "topic", "kind", "question", "text", "answer", "distractors", "accept", "reject", "spellings_of",
    "precision", "tolerance", "unit", "points", "explanation", "why_not", "misconception", *OF_FACT,
)  # fmt: skip

_ALSO = {
    "term": "question", "front": "question", "prompt": "question", "word": "question",
    "definition": "answer", "back": "answer", "right_answer": "answer", "correct_answer": "answer", "correct": "answer",
    "wrong_answers": "distractors", "wrong": "distractors", "options": "distractors", "type": "kind",
    "id": "key", "category": "topic", "hint": "explanation", "note": "explanation", "comment": "explanation",
    "tag": "tags", "paragraphs": "passages",
}  # fmt: skip

Row = tuple[int, list[str]]  # the line number and the cells

_FORMULA = re.compile(r"\A'*+[=+\-@\t\r]")
_PROTECTED = re.compile(r"\A'++[=+\-@\t\r]")
_TOO_LARGE = re.compile("field larger")  # in an error of the csv module

_CELL_TOO_LARGE = gettext("A cell has more than 131,072 characters. Shorten it.")
_QUOTATION_OPEN = gettext("A quotation mark is opened but never closed. Add the closing one.")
_NO_ANSWER = gettext("There is no answer. Write one after a tab, a semicolon or a comma.")


def read(data: bytes, *, topic: str) -> ImportedSet:
    """Read the rows of a table with any of the column separators."""
    text = decode_text(data)
    if separator := re.match(r"sep=(.)\n", text):
        text = "\n" + text[separator.end() :]
    mark = separator[1] if separator else _mark(text)
    rows = [(line, cells) for line, cells in _rows(text, mark) if any(cells)]
    if not rows:
        raise Unreadable("", NO_QUESTIONS)
    builder = ImportBuilder(topic)
    columns = _columns(rows[0][1])
    if columns is None:
        for line, cells in rows:
            _take_bare(builder, line, cells)
    else:
        _name_unknown(builder, rows[0][1], columns)
        for line, cells in rows[1:]:
            _take_row(builder, line, dict(zip(columns, cells, strict=False)), set(columns))
    return builder.build()


# Rows


def _mark(text: str) -> str:
    """Return the column separator: one that gives column names in the first line, or that divides all lines alike."""
    marks = "\t;,"
    first = next((line for line in text.split("\n") if line.strip()), "")
    for mark in marks:
        if _columns([cell.strip(' "') for cell in first.split(mark)]):
            return mark
    return max(marks, key=lambda mark: _divided(text, mark))


def _divided(text: str, mark: str) -> int:
    lines = [line for line in islice(text.split("\n"), 200) if line.strip()]
    return sum(mark in line for line in lines)


def _rows(text: str, mark: str) -> Iterator[Row]:
    # In pasted tabs, quotation marks are text, unless all of them can be read as quoting.
    quoted = mark != "\t" or _is_quoted(text)
    source = StringIO(text, newline="")
    if quoted:
        reader = csv.reader(source, delimiter=mark, strict=True)
    else:
        reader = csv.reader(source, delimiter=mark, strict=True, quoting=csv.QUOTE_NONE)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise Unreadable(line_place(line), _columns_message(len(cells)))
            yield line, [_bare(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        why = _CELL_TOO_LARGE if _TOO_LARGE.search(str(error)) else _QUOTATION_OPEN
        raise Unreadable(line_place(line), why) from None


def _columns_message(columns: int) -> str:
    return gettext(
        "This line has %(count)s columns. At most %(limit)s are allowed.", count=f"{columns:,}", limit=MAX_COLUMNS
    )


def _is_quoted(text: str) -> bool:
    try:
        for _ in csv.reader(StringIO(text, newline=""), delimiter="\t", strict=True):
            pass
    except csv.Error:
        return False
    return True


def _bare(cell: str) -> str:
    """Return the cell without the apostrophe that prevents a formula."""
    cell = cell.strip()
    return cell[1:] if _PROTECTED.match(cell) else cell


def _columns(cells: list[str]) -> list[str] | None:
    """Return the column names in a first row, or None if it is already a question."""
    names = [cell.casefold().strip().replace(" ", "_") for cell in cells]
    columns = [_ALSO.get(name, name) for name in names]
    asks = "question" in columns or "text" in columns
    return columns if asks and "answer" in columns else None


def _name_unknown(builder: ImportBuilder, cells: list[str], columns: list[str]) -> None:
    for i, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        if column not in COLUMNS and cell:
            builder.warn(line_place(1), _unknown_column_message(shorten(cell, 40)))
        elif column and column in columns[:i]:
            builder.warn(line_place(1), _repeated_column_message(shorten(cell, 40)))


def _unknown_column_message(name: str) -> str:
    return gettext("The column “%(name)s” is left out, because its name is not recognised.", name=name)


def _repeated_column_message(name: str) -> str:
    return gettext("There are several columns named “%(name)s”. Only the last one is read.", name=name)


# Questions


def _take_bare(builder: ImportBuilder, line: int, cells: list[str]) -> None:
    """Add a row without column names: question, answer, then wrong answers."""
    place = line_place(line)
    if len(cells) < 2 or not cells[0] or not cells[1]:
        builder.skip(place, cells[0], _NO_ANSWER)
        return
    wrong = [{"text": cell} for cell in cells[2:] if cell]
    kind = {"kind": "choice", "distractors": wrong} if wrong else {"kind": "flashcard"}
    builder.add({"prompt": cells[0], "answer": cells[1], **kind}, place=place)


def _take_row(builder: ImportBuilder, line: int, cells: dict[str, str], columns: set[str]) -> None:
    place = line_place(line)
    try:
        question = question_of(cells)
        fact = _fact(cells)
    except ValueError as error:
        builder.skip(place, cells.get("question", ""), str(error))
        return
    if cells.get("topic"):
        fact["topic"] = builder.topic(cells["topic"])
    builder.add(question, place=place, key=cells.get("key"), fact_key=cells.get("fact"), fact=fact)


def _fact(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the fact in a row. An empty cell means an empty field, except for the statement."""
    fact: dict[str, Any] = {}
    for name, value in ((name, cells.get(name)) for name in OF_FACT):
        if value is not None and (value or name != "statement"):
            fact[name] = _FACT_READERS[name](value)
    return fact


def _numbers(cell: str) -> list[int]:
    words = re.split(r"[\s,;|]+", cell.strip()) if cell.strip() else []
    if not all(word.isascii() and word.isdigit() and len(word) < 4 for word in words):
        raise ValueError(_not_numbers_message(shorten(cell, 40)))
    return list(map(int, words))


def _importance(cell: str) -> int:
    if cell not in ("", "1", "2", "3"):
        raise ValueError(_not_importance_message(shorten(cell, 40)))
    return int(cell or NORMAL)


def _not_numbers_message(text: str) -> str:
    return gettext("“%(text)s” is not a list of numbers. Write numbers with spaces between them.", text=text)


def _not_importance_message(text: str) -> str:
    return gettext("“%(text)s” is not a level of importance. Write 3 (essential), 2 (normal) or 1 (detail).", text=text)


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split("|") if word.strip()]


_FACT_READERS: dict[str, Callable[[str], Any]] = {
    "statement": str,
    "date": lambda cell: cell or None,
    "importance": _importance,
    "caution": lambda cell: cell or None,
    "passages": _numbers,
    "notes": _numbers,
    "actors": _words,
    "tags": _words,
}


# Writing


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
        of_fact = {"fact": fact.key, "topic": labels.get(fact.topic, fact.topic), **_fact_cells(fact)}
        for question in fact.questions:
            if question.draws_picture:
                warnings.append(FormatWarning(question.key, NO_PICTURES, whole_question=True))
                continue
            rows.append({"key": question.key, **of_fact, **cells_of(question)})
            warnings += [FormatWarning(question.key, what) for what in _left_out_of(fact, question)]
    used = [name for name in COLUMNS if any(row.get(name) for row in rows)]
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=mark, lineterminator="\r\n")
    writer.writerow(used)
    writer.writerows([neutral(row.get(name, "")) for name in used] for row in rows)
    return ExportedFile(out.getvalue().encode("utf-8-sig"), tuple(warnings))


def neutral(cell: str) -> str:
    """Return the cell in a form that no spreadsheet reads as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _fact_cells(fact: schema.Fact) -> dict[str, str]:
    return {
        "statement": fact.statement,
        "date": fact.date or "",
        "importance": "" if fact.importance == NORMAL else str(fact.importance),
        "caution": fact.caution or "",
        "passages": " ".join(map(str, fact.passages)),
        "notes": " ".join(map(str, fact.notes)),
        "actors": " | ".join(fact.actors),
        "tags": " | ".join(fact.tags),
    }


def _left_out_of(fact: schema.Fact, question: Question) -> Iterator[str]:
    yield from fields_left_out(fact, OF_FACT)
    if question.picture:
        yield PICTURES_LEFT_OUT
