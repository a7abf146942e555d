"""`quizapp restore`: put a backup in the place of the database, once it is known to be whole."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from quizapp.application import configure_log
from quizapp.cli.backup import bare_address, pragma, run_postgresql_program, sync_to_disk
from quizapp.cli.security_log import record_event
from quizapp.cli.setup import VERSION_TABLE, CannotStart, data_option, refuse_unknown_schema, settings_from
from quizapp.config import make_data_directory
from quizapp.core.translation import gettext, ngettext
from quizapp.models import Base
from quizapp.models.statistics import update_statistics

ARCHIVE_START, DATABASE_START = b"PGDMP", b"SQLite format 3\0"


def register(cli: click.Group) -> None:
    cli.add_command(restore)


@click.command(
    help=gettext(
        "Replace the database with the backup FILE. Stop the server first.\n\nBefore anything changes, FILE is checked:"
        " it must be complete, and not from a newer version of the program."
    )
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.confirmation_option(prompt=gettext("Replace everything in the database with the backup?"))
@data_option
def restore(file: Path, data: Path | None) -> None:
    settings = settings_from(data=data)
    url = make_url(settings.url)
    if url.get_backend_name() == "sqlite":
        if not settings.database_url:
            make_data_directory(settings)
        _restore_sqlite(file, Path(url.database or ""))
    else:
        _restore_postgresql(file, url)
    _update_statistics(url)
    configure_log(settings)
    record_event("restore", file=file)
    click.echo(gettext("Restored %(file)s. Start the server again with: quizapp run", file=file))


def _update_statistics(url: URL) -> None:
    """A backup of PostgreSQL has none, and one of SQLite those of its time."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        update_statistics(connection)


def _refuse_other_kind(file: Path, start: bytes, kind: str) -> None:
    with file.open("rb") as opened:
        found = opened.read(len(start))
    if found != start:
        raise CannotStart(gettext("%(file)s is not a backup of a %(kind)s database", file=file, kind=kind))


# SQLite


def _restore_sqlite(file: Path, database: Path) -> None:
    """Copy the backup beside the database, check the copy, and put it in the database's place in one step."""
    _refuse_other_kind(file, DATABASE_START, "SQLite")
    draft = database.with_name(f"{database.name}.part")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        _copy(file, draft)
        refuse_unknown_schema(_checked_version(file, draft), str(file))
        sync_to_disk(draft)
        _close_database(database)
        draft.replace(database)
        sync_to_disk(database.parent)
    except OSError as error:
        raise CannotStart(gettext("can't write %(file)s: %(reason)s", file=database, reason=error.strerror)) from None
    finally:
        draft.unlink(missing_ok=True)


def _copy(file: Path, draft: Path) -> None:
    try:
        source = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(draft)) as copy:
            source.backup(copy)
            pragma(copy, "journal_mode=DELETE")  # one file, without a log beside it
    except sqlite3.Error as error:
        raise _damaged(file, error) from None


def _checked_version(file: Path, draft: Path) -> str | None:
    """Return the version of the schema in a backup that is whole. Raises CannotStart."""
    try:
        with closing(sqlite3.connect(draft)) as copy:
            damage = [row[0] for row in pragma(copy, "integrity_check(1)")]
            orphans = pragma(copy, "foreign_key_check").fetchall()
            version = copy.execute(str(text(f"SELECT version_num FROM {VERSION_TABLE}"))).fetchone()
    except sqlite3.Error as error:
        if error.sqlite_errorname == "SQLITE_ERROR":  # there is no such table
            raise _of_another_program(file) from None
        raise _damaged(file, error) from None
    if damage != ["ok"]:
        raise _damaged(file, damage[0])
    if orphans:
        rows = ngettext("%(num)s row refers to a missing row", "%(num)s rows refer to missing rows", len(orphans))
        raise _damaged(file, rows)
    return str(version[0]) if version else None


def _damaged(file: Path, reason: object) -> CannotStart:
    return CannotStart(gettext("%(file)s is damaged: %(reason)s", file=file, reason=reason))


def _of_another_program(file: Path) -> CannotStart:
    return CannotStart(
        gettext("%(file)s is not a backup of quizapp: it has no table %(table)s", file=file, table=VERSION_TABLE)
    )


def _close_database(database: Path) -> None:
    """Leave the database as one file, without its log. Raises CannotStart while another program has it open."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as present:
            pragma(present, "journal_mode=DELETE")  # which SQLite refuses while anybody else is connected
    except sqlite3.Error as error:  # a damaged one is replaced all the same
        if error.sqlite_errorname == "SQLITE_BUSY":
            raise CannotStart(gettext("the database is in use; stop the server first")) from None
    for suffix in ("-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


# PostgreSQL


def _restore_postgresql(file: Path, url: URL) -> None:
    """Turn the backup into SQL, which reads all of it, and run that in one transaction."""
    _refuse_other_kind(file, ARCHIVE_START, "PostgreSQL")
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "backup.sql"
        try:
            run_postgresql_program(
                url, ["pg_restore", "--no-owner", "--no-acl", "--schema=public", f"--file={script}", str(file)]
            )
        except CannotStart as error:
            raise CannotStart(gettext("can't restore %(file)s: %(reason)s", file=file, reason=error)) from None
        refuse_unknown_schema(_version_in(file, script), str(file))
        _refuse_other_connections(url)
        tables = ", ".join(f'"{name}"' for name in [*Base.metadata.tables, VERSION_TABLE])
        drop = text(f"DROP TABLE IF EXISTS {tables} CASCADE")
        run_postgresql_program(
            url,
            [
                "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
                f"--command={drop}", f"--file={script}", f"--dbname={bare_address(url)}",
            ],
        )  # fmt: skip


def _version_in(file: Path, script: Path) -> str | None:
    """Return the version of the schema in the SQL of a backup. Raises CannotStart if it is another program's."""
    start = ["COPY", f"public.{VERSION_TABLE}"]
    with script.open(encoding="utf-8") as lines:
        for line in lines:
            if line.split(" ", 2)[:2] == start:
                version = next(lines).strip()
                return None if version == "\\." else version
    raise _of_another_program(file)


def _refuse_other_connections(url: URL) -> None:
    engine = create_engine(url, poolclass=NullPool)
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    with engine.connect() as connection:
        count = connection.execute(others).scalar_one()
    if count:
        raise CannotStart(
            ngettext(
                "the database is in use (%(num)s connection); stop the server first",
                "the database is in use (%(num)s connections); stop the server first",
                count,
            )
        )
