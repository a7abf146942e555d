"""`quizapp backup`: a copy of the database, consistent while the server goes on writing."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import URL, make_url

from quizapp.cli.setup import CannotStart, data_option, settings_from


def register(cli: click.Group) -> None:
    cli.add_command(backup)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def backup(file: Path, data: Path | None) -> None:
    """Write a backup to FILE: a SQLite database, or what pg_dump makes of a PostgreSQL one."""
    url = make_url(settings_from(data=data).url)
    if file.exists():
        raise CannotStart(f"{file} exists already; a backup never overwrites")
    draft = file.with_name(f"{file.name}.part")
    copy = _copy_sqlite if url.get_backend_name() == "sqlite" else _dump_postgresql
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)  # it holds what people answered, and the hashes of their passwords
        copy(url, draft)
        draft.rename(file)
    except OSError as error:
        raise CannotStart(f"cannot write {file}: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"Backed up to {file}")


def _copy_sqlite(url: URL, target: Path) -> None:
    source = Path(url.database or "")
    if not source.exists():
        raise CannotStart(f"there is no database at {source} yet")
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
    except sqlite3.Error as error:
        raise CannotStart(f"cannot copy {source}: {error}") from None


def _dump_postgresql(url: URL, target: Path) -> None:
    # The password goes by the environment: everybody on the machine can read another program's arguments.
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    environment = os.environ | ({"PGPASSWORD": url.password} if url.password else {})
    command = ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={bare.render_as_string()}"]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        raise CannotStart("pg_dump is not installed; it comes with PostgreSQL's client programs") from None
    except subprocess.CalledProcessError as error:
        raise CannotStart(f"pg_dump failed: {'; '.join(error.stderr.strip().splitlines())}") from None
