"""`quizapp bank`: check, load, import and export question sets."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.cli.setup import CannotStart, clock, data_option, load_bank, ready_app, settings_from
from quizapp.config import resource
from quizapp.core.formats.format import MAX_UPLOAD, Unreadable
from quizapp.core.formats.registry import FORMATS
from quizapp.core.pictures import EncodedPicture
from quizapp.core.sets.export import json_schema
from quizapp.core.sets.files import check_bank
from quizapp.extensions import db
from quizapp.models import QuestionSet, User
from quizapp.models.database import writing
from quizapp.services import accounts, import_export
from quizapp.services.editor import pictures
from quizapp.services.errors import NotFound
from quizapp.services.import_export import Upload
from quizapp.services.sets.contents import set_keys

BINARY = {"application/zip", "application/octet-stream"}


def register(cli: click.Group) -> None:
    cli.add_command(bank)


directory_argument = click.argument(
    "directory", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False)
)


@click.group()
def bank() -> None:
    """Question sets as files: a directory of sets, or one set. Without DIRECTORY, the built-in bank."""


@bank.command()
@directory_argument
def check(directory: Path | None) -> None:
    """Print every problem, every poor question and advice with its file and line.

    A set with problems cannot be loaded; one whose questions could be better can. Exit 1 if there is a problem or a
    poor question, and for the built-in bank also if there is advice.
    """
    sets = check_bank(directory or resource("question_bank"))
    for found in sets:
        for problem in sorted([*found.problems, *found.findings]):
            click.echo(problem)
        for advice in found.advice:
            click.echo(f"{advice} (advice)")
        if source := found.question_set:
            questions = sum(len(fact.questions) for fact in source.facts)
            poor = len(found.findings) + len(found.advice)
            judged = f"{poor} to improve" if poor else "no problems"
            click.echo(f"{source.header.key}: {len(source.facts)} facts, {questions} questions, {judged}")
    if any(found.problems or found.findings or (found.advice and directory is None) for found in sets):
        raise SystemExit(1)


@bank.command()
@directory_argument
@data_option
def load(directory: Path | None, data: Path | None) -> None:
    """Bring the database up to date with the files; edits made in the app are never overwritten."""
    conflicts = 0
    with ready_app(settings_from(data=data), with_bank=directory is not None).app_context():
        for source, loaded in load_bank(directory or resource("question_bank")):
            click.echo(
                f"{source.header.key}: {loaded.added} added, {loaded.changed} changed, "
                f"{loaded.archived} archived, {loaded.unchanged} unchanged"
            )
            for conflict in loaded.conflicts:
                click.echo(f"{source.header.key}: conflict: {conflict}")
            conflicts += len(loaded.conflicts)
    if conflicts:
        raise SystemExit(1)


@bank.command()
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="json", help="Which format; json unless said."
)
@click.option("--set", "key", help="The set's key; needed when the database holds more than one.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@data_option
def export(form: str, key: str | None, output: Path | None, data: Path | None) -> None:
    """Write a set as it stands in the database, edits made in the app included; without -o, to the terminal.

    What the format cannot hold is listed.
    """
    with ready_app(settings_from(data=data)).app_context():
        writing.set(False)  # an export takes long, and nobody should wait for it
        made = import_export.export_any_set(db.session(), _set_of(key), form, now=clock())
    if output is None:
        if made.form.mimetype in BINARY:
            raise CannotStart(f"{made.form.title} is no text; name a file with -o")
        click.echo(made.data.decode("utf-8-sig").replace("\r\n", "\n"), nl=False)
        return
    try:
        output.write_bytes(made.data)
    except OSError as error:
        raise CannotStart(f"{output} cannot be written: {error.strerror}") from None
    click.echo(f"{output}: {made.questions} questions")
    _print_warnings(made.warnings)


def _set_of(key: str | None) -> QuestionSet:
    """Return the set of that key, or the only one there is."""
    session = db.session()
    keys = set_keys(session)
    if key is None and len(keys) != 1:
        raise CannotStart(f"which set? choose one with --set: {', '.join(keys)}")
    row = session.scalar(select(QuestionSet).where(QuestionSet.key == (key or keys[0])))
    if row is None:
        raise CannotStart(f"there is no set {key!r}; there is: {', '.join(keys)}")
    return row


def _print_warnings(warnings: Sequence[tuple[str, int, str]]) -> None:
    for what, number, place in warnings:
        click.echo(f"not carried over: {what} ({number} in all, first at {place or 'no place of its own'})")


@bank.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="Which format; found out unless said.")
@click.option("--owner", required=True, help="The name of the account that imports.")
@click.option("--set", "key", help="The key of a set that the owner writes in; without it, a new set is made.")
@click.option("--title", default="", help="The title of a new set.")
@click.option("--dry-run", is_flag=True, help="Only print what it would do.")
@data_option
def import_file(
    file: Path, form: str | None, owner: str, key: str | None, title: str, dry_run: bool, data: Path | None
) -> None:
    """Bring a file into a set, all of it or nothing. What is left out is listed; exit 1 if anything is."""
    content = _content(file)
    with ready_app(settings_from(data=data)).app_context():
        session, now = db.session(), clock()
        try:
            user = accounts.find_user(session, owner)
        except NotFound:
            raise CannotStart(f"there is no account {owner!r}") from None
        with click.progressbar(length=2, label=f"Reading {file.name}", file=sys.stderr) as steps:
            shown, made_in = _import(session, user, Upload(file.name, content, form), key, title, file, now)
            steps.update(1)
            if dry_run:
                session.rollback()
            else:
                session.commit()
            steps.update(1)
    _print_result(shown, file, "a new set" if dry_run and key is None else made_in, dry_run=dry_run)
    if shown.skipped:
        raise SystemExit(1)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_UPLOAD + 1)
    except OSError as error:
        raise CannotStart(f"{file} cannot be read: {error.strerror}") from None
    if len(content) > MAX_UPLOAD:
        raise CannotStart(f"{file} is larger than {MAX_UPLOAD // 1_000_000} MB; split it")
    return content


def _import(
    session: Session, user: User, upload: Upload, key: str | None, title: str, file: Path, now: datetime
) -> tuple[import_export.ImportPreview, str]:
    """Return what it did, and the key of the set it did it to."""

    set_id = None if key is None else _set_of(key).id

    def store(picture: EncodedPicture) -> None:
        pictures.store_picture(session, user, picture, now=now)

    try:
        plan = _plan(session, user, upload, set_id, title, now)
        if set_id is None:
            taken = import_export.import_new_set(session, user, plan, store=store, now=now)
        else:
            taken = import_export.run_import(session, user, set_id, plan, store=store, now=now)
    except Unreadable as unreadable:
        click.echo(f"{file}:{_line(unreadable.place)} {unreadable.message}", err=True)
        raise SystemExit(1) from None
    except NotFound:
        raise CannotStart(f"{user.name} does not write in the set {key!r}") from None
    return taken.preview, session.scalars(select(QuestionSet.key).where(QuestionSet.id == taken.set_id)).one()


def _plan(
    session: Session, user: User, upload: Upload, set_id: int | None, title: str, now: datetime
) -> import_export.ImportPlan:
    """Read the file and compare it with the set, which takes long, while others can write."""
    session.commit()
    writing.set(False)
    content = import_export.parse_upload(upload)
    content = import_export.encode_pictures(content, import_export.stored_pictures(session, content))
    if set_id is None:
        plan = import_export.plan_new_set(session, user, title, content, now=now)
    else:
        plan = import_export.plan_import(session, user, set_id, content, now=now)
    session.commit()
    writing.set(True)
    return plan


def _line(place: str) -> str:
    """“Line 12” as it stands behind a file’s name: “12:”."""
    return f"{place.removeprefix('Line ')}:" if place else ""


def _print_result(shown: import_export.ImportPreview, file: Path, key: str, *, dry_run: bool) -> None:
    new, changed = shown.of("added", "restored"), shown.of("changed")
    for change in (*new, *changed):
        click.echo(f"{change.what}: {change.question_key}")
    for entry in shown.skipped:
        click.echo(f"{file}:{_line(entry.place)} {entry.what}: {entry.why}")
    _print_warnings(shown.warnings)
    would = "would be " if dry_run else ""
    facts = len(shown.of("changed", "restored", questions=False))
    click.echo(
        f"{key}, {shown.form.title}: "
        f"{len(new)} questions {would}added, {len(changed)} changed, {facts} facts changed, "
        f"{len(shown.of('unchanged'))} unchanged, {len(shown.skipped)} left out"
    )


@bank.command()
def schema() -> None:
    """Print the JSON Schema of the files, for an editor that checks as you type."""
    click.echo(json.dumps(json_schema(), indent=2))
