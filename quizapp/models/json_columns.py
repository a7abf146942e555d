"""Lists and objects in columns of JSON as the databases see them: as text to search in, or as rows to count."""

import json
from collections import Counter
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _ListRows(GenericFunction[Any]):
    name = "list_rows"
    inherit_cache = True


@compiles(_ListRows, "sqlite")
def _list_rows_sqlite(element: _ListRows, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each{compiler.process(element.clause_expr, **options)}"


@compiles(_ListRows, "postgresql")
def _list_rows_postgresql(element: _ListRows, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text{compiler.process(element.clause_expr, **options)}"


def as_text(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Return a column of JSON as it is stored: most rows are passed over, and `parse_json` reads the others."""
    return cast(column, String)


@lru_cache(maxsize=2048)
def parse_json(text: str) -> Any:
    """Return the JSON of a column `as_text`; not to be changed, for many rows say the same."""
    return json.loads(text)


def has_key(column: InstrumentedAttribute[Any], key: str) -> ColumnElement[bool]:
    """Return whether a list of keys has this one."""
    return as_text(column).contains(f'"{key}"', autoescape=True)


def has_number(column: InstrumentedAttribute[Any], number: int) -> ColumnElement[bool]:
    """Return whether a list of numbers has this one."""
    return separated(column).contains(f",{number},")


def separated(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Return a list of numbers as text with a comma before and after each: [1, 12] becomes ",1,12,"."""
    text = func.replace(as_text(column), " ", "", type_=String)  # older rows have spaces
    return func.replace(func.replace(text, "[", ",", type_=String), "]", ",", type_=String)


def count_items(session: Session, column: InstrumentedAttribute[Any], *where: ColumnElement[bool]) -> Counter[str]:
    """Return in how many rows of the column's table each item, as text, is in its list; one statement."""
    item, joined = select_items(column, func.count())
    return Counter(dict(session.execute(joined.where(*where).group_by(item)).all()))


def select_items(column: InstrumentedAttribute[Any], *columns: Any) -> tuple[ColumnElement[str], Select[Any]]:
    """Return an item of the lists as text, and a selection of it, with these columns, for each item of each row."""
    rows = _ListRows(column).table_valued("value")
    item = cast(rows.c.value, String)
    return item, select(item, *columns).select_from(column.class_).join(rows, true())
