"""What commands share: their common options, and a database made ready for them."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy import inspect, make_url, select, text, update
from sqlalchemy.exc import OperationalError

from quizapp.application import create_app
from quizapp.config import Settings, load_settings, make_data_directory, resource
from quizapp.core.sets.files import files_digest, read_bank
from quizapp.core.sets.schema import QuestionSet
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import QuestionSet as QuestionSetRow
from quizapp.models.database import wait_for_turn, writing
from quizapp.models.statistics import SET_MODELS, update_statistics
from quizapp.services.sets.contents import add_missing_answers, update_all_search_texts
from quizapp.services.sets.updates import UpdateCounts, load_set

VERSION_TABLE = "alembic_version"


class CannotStart(Exception):
    """The program cannot start; the message is one line for the person who runs it."""


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    help_text = gettext("Directory for the database and the secret key (default: instance, or QUIZAPP_DATA).")
    return click.option("--data", type=click.Path(path_type=Path, file_okay=False), help=help_text)(command)


def settings_from(**options: Any) -> Settings:
    """Return settings from the environment and a command's options. Raises UnusableSetting."""
    return load_settings(os.environ, **options)


def clock() -> datetime:
    return datetime.now(UTC)


def ready_app(settings: Settings, *, with_bank: bool = True) -> Flask:
    """Return the application over a database that is migrated and, unless told otherwise, holds today's built-in bank.

    Raises CannotStart when the database is newer than this program or cannot be written.
    """
    _check_writable(settings)
    app = create_app(settings)
    with app.app_context():
        migrate()
        if with_bank:
            load_built_in_bank()
        db.session.remove()
        db.engine.dispose()
    return app


def open_app(settings: Settings, *, with_bank: bool = True) -> Flask:
    """Return the application over a database that is there already, made ready as by `ready_app`.

    Raises CannotStart also when there is none, as in a directory other than the one where the program runs.
    """
    refuse_missing_database(settings)
    return ready_app(settings, with_bank=with_bank)


def refuse_missing_database(settings: Settings) -> None:
    """Raise CannotStart when the file of a SQLite database is not there."""
    url = make_url(settings.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise CannotStart(
            gettext(
                "there is no database at %(file)s; use the same --data and settings as `quizapp run`", file=url.database
            )
        )


def migrate() -> None:
    """Bring the schema to that of this program. Raises CannotStart for a newer one."""
    present = _schema_version()
    refuse_unknown_schema(present)
    if present != max(_known_versions()):
        from quizapp.cli import migrations

        migrations.upgrade()


def _schema_version() -> str | None:
    """Return the version of the database's schema, None for an empty database."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        version: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
        return version


def _known_versions() -> set[str]:
    """Return the versions of the schema, with which the names of the migrations begin."""
    return {path.name.split("_")[0] for path in (resource("migrations") / "versions").glob("[0-9]*.py")}


def refuse_unknown_schema(version: str | None, what: str = gettext("the database")) -> None:
    """Raise CannotStart for a version of the schema that a newer version of the program has made."""
    if version is not None and version not in _known_versions():
        raise CannotStart(
            gettext(
                "%(what)s is newer than this program (its schema is at %(version)s); upgrade the program",
                what=what,
                version=version,
            )
        )


def load_built_in_bank() -> None:
    """Load the built-in bank, unless this version of the program has loaded the same files already."""
    bank = resource("question_bank")
    loaded = select(QuestionSetRow.id).where(QuestionSetRow.loaded_from == _files_and_program(bank))
    if db.session().scalar(loaded.limit(1)) is None:
        load_bank(bank)


def _files_and_program(directory: Path) -> str:
    return f"{files_digest(directory)} by {version('april-quizapp')}"


def load_bank(directory: Path) -> list[tuple[QuestionSet, UpdateCounts]]:
    """Load every set of a directory into the database, all or nothing. Raises CannotStart with its problems.

    Comparing takes long, and usually finds nothing to write: SQLite's write lock is taken only for what there is. If
    somebody else wrote meanwhile, that fails, and everything is done again with the lock.
    """
    sets = read_bank(directory)
    if problems := [problem for _, found in sets for problem in found]:
        raise CannotStart("\n".join([gettext("the set can't be loaded:"), *map(str, problems)]))
    sources = [source for source, _ in sets if source]
    try:
        writing.set(False)
        return _load_sets(sources, _files_and_program(directory))
    except OperationalError:
        db.session.rollback()
    finally:
        writing.set(True)
    return _load_sets(sources, _files_and_program(directory))


def _load_sets(sources: Sequence[QuestionSet], loaded_from: str) -> list[tuple[QuestionSet, UpdateCounts]]:
    session = db.session()
    wait_for_turn(session, "load-bank")
    loaded = [(source, load_set(session, source, now=clock())) for source in sources]
    keys = [source.header.key for source in sources]
    session.execute(update(QuestionSetRow).where(QuestionSetRow.key.in_(keys)).values(loaded_from=loaded_from))
    update_all_search_texts(session)
    add_missing_answers(session)
    update_statistics(session.connection(), SET_MODELS)
    session.commit()
    return loaded


def _check_writable(settings: Settings) -> None:
    if settings.database_url and settings.secret_key:
        return
    try:
        make_data_directory(settings)
        probe = settings.data / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            gettext(
                "can't write to the data directory %(directory)s: %(reason)s",
                directory=settings.data,
                reason=error.strerror,
            )
        ) from None
