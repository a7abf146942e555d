"""The two databases of the tests: each is made once per worker, with the sample set, and restored for each test."""

import shutil
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool
from study import NOON

from quizapp.application import create_app
from quizapp.cli.migrations import upgrade
from quizapp.config import Settings
from quizapp.core.sets.files import read_set
from quizapp.extensions import db
from quizapp.models import Base
from quizapp.models.database import prepare_engine, writing
from quizapp.services.sets.updates import load_set

SAMPLE = Path(__file__).parents[1] / "data/sample"


def migrate_and_load(url: str, data: Path) -> None:
    """Bring a database to the newest migration and load the sample set."""
    app = create_app(Settings(data=data, database_url=url, secret_key="k" * 32))
    with app.app_context():
        upgrade()
        source, problems = read_set(SAMPLE)
        assert source is not None, problems
        load_set(db.session(), source, now=NOON)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def administer(server: str) -> Connection:
    """Return a connection that commits each statement and is closed for good when it is closed."""
    return create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()


def recreate_database(server: str, name: str) -> str:
    """Create an empty database of that name on a server, in place of an older one, and return its address."""
    with administer(server) as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


class Database:
    """A database whose engines stay from test to test, while its rows do not."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engines: list[Engine] = []

    def share(self, engine: Engine) -> Engine:
        """Keep an engine for all tests of this worker."""
        self.engines.append(engine)
        return engine

    @cached_property
    def engine(self) -> Engine:
        """Return the engine for tests without an application."""
        engine = create_engine(self.url)
        prepare_engine(engine)
        return self.share(engine)

    def restore(self) -> None:
        """Give the database the rows it began with."""
        raise NotImplementedError

    def close(self) -> None:
        for engine in self.engines:
            engine.dispose()

    def _end_last_test(self) -> None:
        """Reset what a request may have left behind. Raises AssertionError if a test kept a connection."""
        writing.set(True)  # the default, until a request says otherwise
        used = sum(engine.pool.checkedout() for engine in self.engines)  # type: ignore[attr-defined]
        if used:
            for engine in self.engines:
                engine.dispose()  # so that only one test is blamed
        assert used == 0, "an earlier test kept a connection"


class SqliteDatabase(Database):
    """A file, replaced by a copy of a template."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self.path, self.template = path, path.with_suffix(".template")

    def keep(self) -> None:
        """Take the rows that are there now for those to restore."""
        self.close()
        shutil.copyfile(self.path, self.template)

    def share(self, engine: Engine) -> Engine:
        event.listen(engine, "connect", _do_not_wait_for_the_disk)
        return super().share(engine)

    def restore(self) -> None:
        self._end_last_test()
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.path)


def _do_not_wait_for_the_disk(connection: Any, record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # no test cuts the power


class PostgresDatabase(Database):
    """A database in which the schema `pristine` keeps a copy of all rows, to restore the tables that a test changed.

    Triggers write down which ones: comparing all rows with their copies took most of the time of small tests.
    """

    def __init__(self, server: str, directory: Path) -> None:
        super().__init__(recreate_database(server, "test_quizapp"))
        migrate_and_load(self.url, directory)
        self.tables = ["alembic_version", *(table.name for table in Base.metadata.sorted_tables)]
        self.admin = administer(self.url)
        self._run("CREATE SCHEMA pristine")
        for name in self.tables:
            self._run(f'CREATE TABLE pristine."{name}" AS TABLE public."{name}"')
        counted = [table.name for table in Base.metadata.sorted_tables if "id" in table.c]
        self._reset_ids = "; ".join(
            f"""SELECT setval(pg_get_serial_sequence('"{name}"', 'id'), max(id) + 1, false) FROM pristine."{name}\""""
            for name in counted
        )
        self._run("CREATE UNLOGGED TABLE pristine.change (name text)")
        self._watch_tables()

    def restore(self) -> None:
        self._end_last_test()
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        changed = self._changed_tables()
        refill = [
            f'DELETE FROM public."{name}"; INSERT INTO public."{name}" TABLE pristine."{name}"' for name in changed
        ]
        # Neither foreign keys nor triggers are looked at.
        without_keys = "BEGIN; SET LOCAL session_replication_role = replica"
        self._run("; ".join([without_keys, *refill, "DELETE FROM pristine.change", "COMMIT", self._reset_ids]))

    def _changed_tables(self) -> list[str]:
        watched = "SELECT count(*) FROM pg_trigger WHERE tgname = 'note_change'"
        if self.admin.exec_driver_sql(watched).scalar() < len(self.tables):  # a test of migrations made them again
            self._watch_tables()
            return self.tables
        return list(self.admin.exec_driver_sql("SELECT DISTINCT name FROM pristine.change").scalars())

    def stop_watching(self) -> None:
        """Take the triggers away until the next test, for a backup that holds what the program's own would hold."""
        self._run("DROP FUNCTION pristine.note_change CASCADE")

    def _watch_tables(self) -> None:
        self._run(_NOTE_CHANGE)
        for name in self.tables:
            self._run(
                f'CREATE OR REPLACE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public."{name}"'
                " FOR EACH STATEMENT EXECUTE FUNCTION pristine.note_change()"
            )

    def close(self) -> None:
        super().close()
        self.admin.close()

    def _run(self, statements: str) -> None:
        self.admin.exec_driver_sql(statements)


_NOTE_CHANGE = """
CREATE OR REPLACE FUNCTION pristine.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO pristine.change VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$
"""
