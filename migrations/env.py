"""How Alembic runs here: on the application's engine, one transaction, never importing a model."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

LOCK = 1_920_0428  # any number, the same on every machine: only one of them migrates at a time

database = current_app.extensions["sqlalchemy"]


def _without_foreign_keys(connection: Connection) -> None:
    """A table that is copied into one of another shape is dropped: what refers to it must not be deleted with it.

    SQLite heeds this only outside a transaction, so it is said to the driver itself, before one begins.
    Source: https://www.sqlite.org/lang_altertable.html, section 7.
    """
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")


def run_migrations() -> None:
    with database.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _without_foreign_keys(connection)
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=is_sqlite,
            compare_type=True,
            # All in one transaction, begun before the version is read: two that start at once migrate one by one.
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                raise RuntimeError(f"this migration would leave rows that refer to nothing: {broken[:5]}")
        connection.commit()
        connection.invalidate()  # so that no connection without foreign keys goes back to the others


run_migrations()
