"""Going back to an older schema, and what a database has before and after."""

from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from quizapp.cli.migrations import config
from quizapp.extensions import db
from quizapp.models import Base, Review


def differences() -> list[object]:
    """What autogenerating a migration would write."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))


def downgrade(revision: str) -> None:
    """Go back to an older version."""
    alembic.downgrade(config(), revision)


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())


def in_order(found: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(found, key=str)


def rows(tables: list[str]) -> dict[str, list[dict[str, object]]]:
    with db.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]
            for name in tables
        }


def reviews(session: Session) -> dict[int, dict[str, object]]:
    """Return all reviews by id, as the program reads them."""
    found = session.execute(select(Review.__table__)).mappings()
    return {row["id"]: dict(row) for row in found}
