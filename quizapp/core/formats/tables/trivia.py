"""Collections of trivia questions, read as tables: Open Trivia DB (JSON) and OpenTriviaQA (text)."""

import html
import json
import re
from collections.abc import Iterable
from typing import Any

from quizapp.core.formats.format import NO_QUESTIONS, Unreadable, decode_file, decode_text, is_nested_deeper, line_place
from quizapp.core.formats.tables.table import MAX_ROWS, NO_OPTIONS, Row, Table, TableOptions, too_many_rows
from quizapp.core.translation import gettext

_OPENTDB = ("category", "type", "difficulty", "question", "correct_answer", "incorrect_answers")
_OPENTRIVIAQA = ("question", "answer", "A", "B", "C", "D", "E", "F", "G", "H")
_OPTION = re.compile(r"([A-H])[ \t]+(\S.*)")
_LONGEST = 100_000  # characters of a field

_NOT_OPENTDB = gettext("This is not a JSON file of Open Trivia DB. Download it again.")


# Open Trivia DB: https://opentdb.com/api_config.php


def read_opentdb(data: bytes, options: TableOptions = NO_OPTIONS) -> Table:
    """Return the questions of a JSON answer of Open Trivia DB as a table. Raises Unreadable."""
    try:
        content = json.loads(decode_text(data))
    except (ValueError, RecursionError):
        raise Unreadable("", _NOT_OPENTDB) from None
    results = content.get("results") if isinstance(content, dict) else None
    if not isinstance(results, list) or is_nested_deeper(content, 5):
        raise Unreadable("", _NOT_OPENTDB)
    if not results:
        raise Unreadable("", NO_QUESTIONS)
    if len(results) > MAX_ROWS:
        raise Unreadable("", too_many_rows())
    rows = [Row(line, tuple(_cells(result))) for line, result in enumerate(results, 1)]
    return Table((Row(0, _OPENTDB), *rows), "utf-8")


def _cells(result: object) -> Iterable[str]:
    if not isinstance(result, dict):
        raise Unreadable("", _NOT_OPENTDB)
    for name in _OPENTDB:
        value: Any = result.get(name, "")
        if isinstance(value, list):
            value = json.dumps([html.unescape(str(entry)) for entry in value], ensure_ascii=False)
        yield html.unescape(str(value)[:_LONGEST]).strip()


def has_entities(names: Iterable[str]) -> bool:
    """Return whether a table has the columns of Open Trivia DB, which writes characters as HTML entities."""
    return {"incorrect_answers", "difficulty"} <= {name.strip().casefold() for name in names}


def without_entities(table: Table) -> Table:
    """Return the table with characters for entities: "&quot;" becomes a quotation mark."""
    rows = (Row(row.line, tuple(map(html.unescape, row.cells))) for row in table.rows)
    return Table(tuple(rows), table.encoding, table.sheet, table.sheets)


# OpenTriviaQA: https://github.com/uberspot/OpenTriviaQA


def read_opentriviaqa(data: bytes, options: TableOptions = NO_OPTIONS) -> Table:
    """Return the questions of a text of OpenTriviaQA as a table. Raises Unreadable.

    A question is "#Q …" and the lines after it until "^ …", the right option; then come the options, "A …" and so on.
    """
    rows: list[Row] = [Row(0, _OPENTRIVIAQA)]
    text, encoding = decode_file(data, options.encoding)
    for line, block in _blocks(text):
        if len(rows) > MAX_ROWS:
            raise Unreadable(line_place(line), too_many_rows())
        rows.append(Row(line, _block_cells(block)))
    if len(rows) == 1:
        raise Unreadable("", NO_QUESTIONS)
    return Table(tuple(rows), encoding)


def _blocks(text: str) -> Iterable[tuple[int, list[str]]]:
    """Yield the first line number and the lines of each question."""
    first, block = 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#Q"):
            if block:
                yield first, block
            first, block = number, [line[2:].strip()]
        elif block:
            block.append(line.strip())
    if block:
        yield first, block


def _block_cells(block: list[str]) -> tuple[str, ...]:
    end = next((at for at, line in enumerate(block) if line.startswith("^")), len(block))
    options = dict.fromkeys(_OPENTRIVIAQA[2:], "")
    for line in block[end + 1 :]:
        if found := _OPTION.fullmatch(line):
            options[found[1]] = found[2]
    right = block[end][1:].strip() if end < len(block) else ""
    return ("\n".join(filter(None, block[:end])), right, *options.values())
