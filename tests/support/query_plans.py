"""How the database answers the statements that were really executed: which index each table is read by."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, event

PARTS = re.compile(r"(SCAN|SEARCH) (\w+)(?: USING (.+?))?(?: \(| LEFT|$)")


class Executed(NamedTuple):
    statement: str
    parameters: Any

    def tables(self) -> dict[str, str]:
        """Return the tables it names, by the names they have in it."""
        named = re.findall(r'(?:FROM|JOIN|INTO|UPDATE|,)\s+"?([a-z_]+)"?(?: AS "?(\w+)"?)?', self.statement)
        return {alias or table: table for table, alias in named}


class Access(NamedTuple):
    """How a table is read: by an index of these columns, or all of it (none)."""

    table: str
    columns: tuple[str, ...]


@contextmanager
def executed(engine: Engine) -> Iterator[list[Executed]]:
    """Collect what is executed in this block, but for what begins and ends transactions."""
    seen: list[Executed] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(Executed(statement, parameters[0] if many else parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def accesses(connection: Connection, executed: Executed) -> list[Access]:
    """Return how the statement reads its tables."""
    explain = _explain_sqlite if connection.dialect.name == "sqlite" else _explain_postgresql
    return list(explain(connection, executed))


def _explain_sqlite(connection: Connection, executed: Executed) -> Iterator[Access]:
    tables = executed.tables()
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {executed.statement}", executed.parameters)
    for row in rows.all():
        for way, name, index in PARTS.findall(row.detail):
            if name in tables:
                yield Access(tables[name], _columns_sqlite(connection, index) if way == "SEARCH" else ())


def _columns_sqlite(connection: Connection, index: str) -> tuple[str, ...]:
    if "PRIMARY KEY" in index and "INTEGER" in index:
        return ("id",)
    if "AUTOMATIC" in index:  # made for this one statement, from all rows
        return ()
    return tuple(connection.exec_driver_sql(f'PRAGMA index_info("{index.split()[-1]}")').scalars("name"))


def _explain_postgresql(connection: Connection, executed: Executed) -> Iterator[Access]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {executed.statement}", executed.parameters).scalar_one()
    yield from _read_node(connection, plan[0]["Plan"], None)


def _read_node(connection: Connection, node: dict[str, Any], heap: str | None) -> Iterator[Access]:
    table = node.get("Relation Name")
    if "Index Name" in node:
        yield Access(table or heap, _columns_postgresql(connection, node["Index Name"]) if "Index Cond" in node else ())
    elif node["Node Type"] == "Seq Scan":
        yield Access(table, ())
    below: Sequence[dict[str, Any]] = node.get("Plans", ())
    for part in below:
        yield from _read_node(connection, part, table or heap)


def _columns_postgresql(connection: Connection, index: str) -> tuple[str, ...]:
    columns = (
        "SELECT attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relname = %(index)s"
        " ORDER BY attnum"
    )
    return tuple(connection.exec_driver_sql(columns, {"index": index}).scalars())
