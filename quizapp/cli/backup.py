"""`quizapp backup`: a copy of the database, consistent while the server goes on writing."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import URL, make_url

from quizapp.application import configure_log
from quizapp.cli.security_log import record_event
from quizapp.cli.setup import CannotStart, clock, data_option, refuse_missing_database, settings_from
from quizapp.config import Settings, make_data_directory
from quizapp.core.translation import gettext

DATED_NAME = re.compile(r"quizapp-\d{8}T\d{6}Z\.(sqlite3|dump)")


def register(cli: click.Group) -> None:
    cli.add_command(backup)


@click.command(
    help=gettext(
        "Back up the database.\n\nTARGET is a new file, or a directory for a file named after the date and time (UTC)."
        " Without it, the directory is `backups` in the data directory. A backup of PostgreSQL is made with pg_dump."
    )
)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    help=gettext("Number of backups to keep in the directory; older ones are deleted."),
)
@data_option
def backup(target: Path | None, keep: int | None, data: Path | None) -> None:
    settings = settings_from(data=data)
    if target is not None and not target.is_dir():
        if keep is not None:
            raise CannotStart(gettext("%(file)s is not a directory; --keep needs a directory", file=target))
        write_backup(settings, target)
    else:
        target = write_dated_backup(settings, target or settings.backup_directory, keep=keep, now=clock())
    configure_log(settings)
    record_event("backup", file=target)
    click.echo(gettext("Backed up to %(file)s", file=target))


def write_dated_backup(settings: Settings, directory: Path, *, keep: int | None, now: datetime) -> Path:
    """Write a backup named by the time into a directory; then leave the newest `keep` of those, None for all.

    Raises CannotStart, and then deletes none.
    """
    kind = "sqlite3" if make_url(settings.url).get_backend_name() == "sqlite" else "dump"
    file = directory / f"quizapp-{now:%Y%m%dT%H%M%SZ}.{kind}"
    try:
        if directory == settings.backup_directory:
            make_data_directory(settings)
        directory.mkdir(mode=0o700, exist_ok=True)
        write_backup(settings, file)
        dated = sorted(path for path in directory.iterdir() if DATED_NAME.fullmatch(path.name))
        for old in dated[:-keep] if keep else []:
            old.unlink()
    except OSError as error:
        raise CannotStart(
            gettext("can't write to %(directory)s: %(reason)s", directory=directory, reason=error.strerror)
        ) from None
    return file


def write_backup(settings: Settings, file: Path) -> None:
    """Write a backup to a new file, whole or not at all. Raises CannotStart."""
    refuse_missing_database(settings)
    url = make_url(settings.url)
    if file.exists():
        raise CannotStart(gettext("%(file)s already exists; choose another name", file=file))
    draft = file.with_name(f"{file.name}.part")
    copy = _copy_sqlite if url.get_backend_name() == "sqlite" else _dump_postgresql
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)  # it holds what people answered, and the hashes of their passwords
        copy(url, draft)
        sync_to_disk(draft)
        draft.rename(file)
        sync_to_disk(file.parent)
    except OSError as error:
        raise CannotStart(gettext("can't write %(file)s: %(reason)s", file=file, reason=error.strerror)) from None
    finally:
        draft.unlink(missing_ok=True)


def sync_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a directory, would survive a power cut."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_sqlite(url: URL, target: Path) -> None:
    source = Path(url.database or "")
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            pragma(copy, "journal_mode=DELETE")  # one file, without a log beside it
            damage = [row[0] for row in pragma(copy, "quick_check(1)")]
    except sqlite3.Error as error:
        raise CannotStart(gettext("can't copy %(file)s: %(reason)s", file=source, reason=error)) from None
    if damage != ["ok"]:
        raise CannotStart(
            gettext(
                "the database %(file)s is damaged (%(reason)s); restore the last backup", file=source, reason=damage[0]
            )
        )


def pragma(connection: sqlite3.Connection, command: str) -> sqlite3.Cursor:
    """Run a PRAGMA of SQLite."""
    return connection.execute(f"PRAGMA {command}")


def _dump_postgresql(url: URL, target: Path) -> None:
    run_postgresql_program(url, ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={bare_address(url)}"])


def bare_address(url: URL) -> str:
    """Return the address of a PostgreSQL database for its programs, without the password."""
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string()


def run_postgresql_program(url: URL, command: Sequence[str]) -> str:
    """Run one of PostgreSQL's client programs and return its output. Raises CannotStart.

    The password goes by the environment: everybody on the machine can read another program's arguments.
    """
    environment = os.environ | ({"PGPASSWORD": url.password} if url.password else {})
    program = command[0]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        raise CannotStart(
            gettext("%(program)s is not installed; it comes with PostgreSQL's client programs", program=program)
        ) from None
    except subprocess.CalledProcessError as error:
        reason = "; ".join(error.stderr.strip().splitlines())
        raise CannotStart(gettext("%(program)s failed: %(reason)s", program=program, reason=reason)) from None
    return done.stdout
