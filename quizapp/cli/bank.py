"""`quizapp bank`: check, load, import and export question sets."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.cli.setup import CannotStart, clock, data_option, load_bank, ready_app, settings_from
from quizapp.cli.tables import read_options, refuse_undecided
from quizapp.config import resource
from quizapp.core.formats.format import MAX_UPLOAD, Unreadable
from quizapp.core.formats.registry import FORMATS, IMPORT_FORMATS
from quizapp.core.formats.tables.table import SEPARATORS
from quizapp.core.pictures import EncodedPicture
from quizapp.core.sets.export import json_schema
from quizapp.core.sets.files import check_bank
from quizapp.core.sets.schema import QuestionSet as SetFiles
from quizapp.core.text.encodings import ENCODINGS
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models import QuestionSet, User
from quizapp.models.database import writing
from quizapp.services import accounts, exports, import_export
from quizapp.services.editor import pictures
from quizapp.services.errors import NotFound
from quizapp.services.import_export import Upload
from quizapp.services.sets.contents import set_keys
from quizapp.services.sets.import_preview import ImportPreview

BINARY = {"application/zip", "application/octet-stream"}


def register(cli: click.Group) -> None:
    cli.add_command(bank)


directory_argument = click.argument(
    "directory", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False)
)


@click.group(
    help=gettext("Check, load, import and export sets. DIRECTORY has one or more sets; default: the built-in set.")
)
def bank() -> None:
    pass


@bank.command(
    help=gettext(
        "List problems, poor questions and advice, with file and line.\n\nA set with problems can't be loaded. Exits"
        " with 1 if there is a problem or a poor question, and for the built-in set also if there is advice."
    )
)
@directory_argument
def check(directory: Path | None) -> None:
    sets = check_bank(directory or resource("question_bank"))
    for found in sets:
        for problem in sorted([*found.problems, *found.findings]):
            click.echo(problem)
        for advice in found.advice:
            click.echo(gettext("%(advice)s (advice)", advice=advice))
        if source := found.question_set:
            click.echo(_summary(source, len(found.findings) + len(found.advice)))
    if any(found.problems or found.findings or (found.advice and directory is None) for found in sets):
        raise SystemExit(1)


def _summary(source: SetFiles, poor: int) -> str:
    questions = sum(len(fact.questions) for fact in source.facts)
    parts = [
        ngettext("%(num)s fact", "%(num)s facts", len(source.facts)),
        ngettext("%(num)s question", "%(num)s questions", questions),
        gettext("%(number)s to improve", number=poor) if poor else gettext("no problems"),
    ]
    return f"{source.header.key}: {', '.join(parts)}"


@bank.command(help=gettext("Load the files into the database. Edits made in the app are never overwritten."))
@directory_argument
@data_option
def load(directory: Path | None, data: Path | None) -> None:
    conflicts = 0
    with ready_app(settings_from(data=data), with_bank=directory is not None).app_context():
        for source, loaded in load_bank(directory or resource("question_bank")):
            counts = gettext(
                "%(added)s added, %(changed)s changed, %(archived)s archived, %(unchanged)s unchanged",
                added=loaded.added,
                changed=loaded.changed,
                archived=loaded.archived,
                unchanged=loaded.unchanged,
            )
            click.echo(f"{source.header.key}: {counts}")
            for conflict in loaded.conflicts:
                click.echo(gettext("%(set)s: conflict: %(conflict)s", set=source.header.key, conflict=conflict))
            conflicts += len(loaded.conflicts)
    if conflicts:
        raise SystemExit(1)


@bank.command(
    help=gettext(
        "Export a set from the database, with the edits made in the app. Without -o, it is printed.\n\nLists what the"
        " format can't store."
    )
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="json",
    help=gettext("File format (default: json)."),
)
@click.option("--set", "key", help=gettext("Key of the set; needed if there is more than one."))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help=gettext("File to write."))
@data_option
def export(form: str, key: str | None, output: Path | None, data: Path | None) -> None:
    with ready_app(settings_from(data=data)).app_context():
        writing.set(False)  # an export takes long, and nobody should wait for it
        made = exports.export_any_set(db.session(), _set_of(key), form, now=clock())
    if output is None:
        if made.form.mimetype in BINARY:
            raise CannotStart(gettext("%(format)s is not text; name a file with -o", format=made.form.title))
        click.echo(made.data.decode("utf-8-sig").replace("\r\n", "\n"), nl=False)
        return
    try:
        output.write_bytes(made.data)
    except OSError as error:
        raise CannotStart(gettext("can't write %(file)s: %(reason)s", file=output, reason=error.strerror)) from None
    click.echo(ngettext("%(file)s: %(num)s question", "%(file)s: %(num)s questions", made.questions, file=output))
    _print_warnings(made.warnings)


def _set_of(key: str | None) -> QuestionSet:
    """Return the set of that key, or the only one there is."""
    session = db.session()
    keys = set_keys(session)
    if key is None and len(keys) != 1:
        raise CannotStart(gettext("choose a set with --set: %(keys)s", keys=", ".join(keys)))
    row = session.scalar(select(QuestionSet).where(QuestionSet.key == (key or keys[0])))
    if row is None:
        raise CannotStart(gettext("there is no set %(key)r; choose one of: %(keys)s", key=key, keys=", ".join(keys)))
    return row


def _print_warnings(warnings: Sequence[tuple[str, int, str]]) -> None:
    for what, number, place in warnings:
        values = {"what": what, "number": number, "place": place}
        if place:
            click.echo(gettext("not kept: %(what)s (%(number)s in total, first at %(place)s)", **values))
        else:
            click.echo(gettext("not kept: %(what)s (%(number)s in total)", **values))


@bank.command(
    name="import",
    help=gettext(
        "Import a file into a set. If the import fails, nothing is saved. Lists what is left out. "
        "Exits with 1 if a question is skipped."
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--format", "form", type=click.Choice(list(IMPORT_FORMATS)), help=gettext("File format (default: detected).")
)
@click.option("--owner", required=True, help=gettext("User name of the account that imports."))
@click.option("--set", "key", help=gettext("Key of a set that the owner can edit (default: a new set)."))
@click.option("--title", default="", help=gettext("Title for a new set."))
@click.option(
    "--map",
    "mapping",
    default="",
    metavar="ROLES",
    help=gettext("What the columns of a table contain, such as question=2,right=letter:7,option=3-6,heading=1."),
)
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), help=gettext("Of a table (default: detected)."))
@click.option("--separator", type=click.Choice(list(SEPARATORS)), help=gettext("Of a table (default: detected)."))
@click.option("--sheet", default="", help=gettext("Name of the sheet to import (default: the first)."))
@click.option("--skip-problems", is_flag=True, help=gettext("Leave out the rows of a table that have problems."))
@click.option("--dry-run", is_flag=True, help=gettext("Only print what would be imported."))
@data_option
def import_file(
    file: Path,
    form: str | None,
    owner: str,
    key: str | None,
    title: str,
    mapping: str,
    encoding: str | None,
    separator: str | None,
    sheet: str,
    skip_problems: bool,
    dry_run: bool,
    data: Path | None,
) -> None:
    options = read_options(mapping, encoding or "", separator or "", sheet, skip_problems=skip_problems)
    content = _content(file)
    with ready_app(settings_from(data=data)).app_context():
        session, now = db.session(), clock()
        try:
            user = accounts.find_user(session, owner)
        except NotFound:
            raise CannotStart(gettext("there is no account %(name)r", name=owner)) from None
        with click.progressbar(length=2, label=gettext("Reading %(file)s", file=file.name), file=sys.stderr) as steps:
            upload = Upload(file.name, content, form, table=options)
            shown, made_in = _import(session, user, upload, key, title, file, now)
            steps.update(1)
            if dry_run:
                session.rollback()
            else:
                session.commit()
            steps.update(1)
    _print_result(shown, file, gettext("a new set") if dry_run and key is None else made_in, dry_run=dry_run)
    if shown.skipped:
        raise SystemExit(1)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_UPLOAD + 1)
    except OSError as error:
        raise CannotStart(gettext("can't read %(file)s: %(reason)s", file=file, reason=error.strerror)) from None
    if len(content) > MAX_UPLOAD:
        raise CannotStart(
            gettext("%(file)s is larger than %(most)s MB; split it", file=file, most=MAX_UPLOAD // 1_000_000)
        )
    return content


def _import(
    session: Session, user: User, upload: Upload, key: str | None, title: str, file: Path, now: datetime
) -> tuple[ImportPreview, str]:
    """Return what it did, and the key of the set it did it to."""

    row = None if key is None else _set_of(key)
    set_id = row.id if row else None
    remembered = import_export.remembered_options(row).remembered
    upload = replace(upload, table=upload.table.model_copy(update={"remembered": remembered}))

    def store(picture: EncodedPicture) -> None:
        pictures.store_picture(session, user, picture, now=now)

    try:
        plan = _plan(session, user, upload, set_id, title, now)
        refuse_undecided(file, plan.preview)
        if set_id is None:
            taken = import_export.import_new_set(session, user, plan, store=store, now=now)
        else:
            taken = import_export.run_import(session, user, set_id, plan, store=store, now=now)
    except Unreadable as unreadable:
        click.echo(f"{file}:{_line(unreadable.place)} {unreadable.message}", err=True)
        raise SystemExit(1) from None
    except NotFound:
        raise CannotStart(gettext("%(name)s can't edit the set %(key)r", name=user.name, key=key)) from None
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


def _print_result(shown: ImportPreview, file: Path, key: str, *, dry_run: bool) -> None:
    new, changed = shown.of("added", "restored"), shown.of("changed")
    for change in (*new, *changed):
        click.echo(f"{change.what}: {change.question_key}")
    for entry in shown.skipped:
        click.echo(f"{file}:{_line(entry.place)} {entry.what}: {entry.why}")
    _print_warnings(shown.warnings)
    facts = len(shown.of("changed", "restored", questions=False))
    parts = [
        ngettext("%(num)s question added", "%(num)s questions added", len(new)),
        gettext("%(number)s changed", number=len(changed)),
        ngettext("%(num)s fact changed", "%(num)s facts changed", facts),
        gettext("%(number)s unchanged", number=len(shown.of("unchanged"))),
        gettext("%(number)s left out", number=len(shown.skipped)),
    ]
    done = f"{key}, {shown.form.title}: {', '.join(parts)}"
    click.echo(gettext("%(result)s (dry run: nothing was saved)", result=done) if dry_run else done)


@bank.command(help=gettext("Print the JSON Schema of the files, for editors that check as you type."))
def schema() -> None:
    click.echo(json.dumps(json_schema(), indent=2))
