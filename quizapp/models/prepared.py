"""Statements that are compiled once.

SQLAlchemy finds the compiled form of a statement by a key made of all its parts, and then looks each constant in it up
again. For a statement of some pages this takes longer than running it.
"""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, TextualSelect, bindparam, column, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import class_mapper
from sqlalchemy.sql.compiler import SQLCompiler

from quizapp.models.base import Base
from quizapp.models.database import column_names

_DIALECTS: dict[str, Any] = {"sqlite": sqlite.dialect, "postgresql": postgresql.psycopg.dialect}


class PreparedQuery(dict[str, TextualSelect]):
    """A query by the name of the dialect that it is executed in. Its parameters have names; all else is constant."""

    def __init__(self, query: Select[Any]) -> None:
        super().__init__()
        self.query = query

    def __missing__(self, name: str) -> TextualSelect:
        dialect = _DIALECTS[name](paramstyle="named")
        compiler = type("ConstantsCompiler", (_ConstantsCompiler, dialect.statement_compiler), {})
        compiled = compiler(dialect, self.query)
        parameters = [bindparam(name, type_=bind.type) for name, bind in compiled.binds.items()]
        columns = [column(str(each.key), each.type) for each in self.query.selected_columns]
        self[name] = text(compiled.string).bindparams(*parameters).columns(*columns)
        return self[name]


def all_columns(entity: type[Base]) -> list[ColumnElement[Any]]:
    """Return the columns of an entity, for a query whose rows are given to `database.attach`."""
    name = entity.__tablename__
    return [getattr(entity, column).label(f"{name}__{column}") for column in column_names(class_mapper(entity))]


class _ConstantsCompiler(SQLCompiler):
    """Write each value that is known into the text, in which a colon begins the name of a parameter."""

    def visit_bindparam(self, bindparam: BindParameter[Any], **options: Any) -> str:  # type: ignore[override]
        if not bindparam.required:
            options["literal_binds"] = True
        written: str = super().visit_bindparam(bindparam, **options)  # type: ignore[no-untyped-call]
        return written if bindparam.required else written.replace(":", r"\:")

    def render_bind_cast(self, type_: Any, dbapi_type: Any, sqltext: str) -> str:
        return sqltext  # the text is compiled once more, with the types of its parameters
