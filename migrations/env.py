"""How Alembic runs here: on the application's engine, one transaction, never importing a model."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import TypeDecorator, text

LOCK = 1_920_0428  # any number, the same on every machine: only one of them migrates at a time

database = current_app.extensions["migrate"].db


def plain_type(what: str, item: Any, autogenerate: Any) -> str | bool:
    """Write a column type of ours into a migration as the plain one beneath it, which will never change."""
    return f"sa.{item.impl!r}" if what == "type" and isinstance(item, TypeDecorator) else False


def run_migrations() -> None:
    with database.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=is_sqlite,
            compare_type=True,
            render_item=plain_type,
            # All in one transaction, begun before the version is read: two that start at once migrate one by one.
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run_migrations()
