"""`quizapp bank`: check, load and export question sets."""

import json
from pathlib import Path

import click

from quizapp.cli.setup import CannotStart, data_option, load_bank, ready_app, settings_from
from quizapp.config import resource
from quizapp.core.bank import check_bank, export_json, json_schema
from quizapp.extensions import db
from quizapp.services.bank import read_stored_set, set_keys
from quizapp.services.errors import NotFound


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
    """Print every problem and every poor question with its file and line; exit 1 if there is one.

    A set with problems cannot be loaded; one whose questions could be better can.
    """
    sets = check_bank(directory or resource("question_bank"))
    for found in sets:
        for problem in sorted([*found.problems, *found.findings]):
            click.echo(problem)
        if source := found.question_set:
            questions = sum(len(fact.questions) for fact in source.facts)
            judged = f"{len(found.findings)} to improve" if found.findings else "no problems"
            click.echo(f"{source.header.key}: {len(source.facts)} facts, {questions} questions, {judged}")
    if any(found.problems or found.findings for found in sets):
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
                f"{loaded.retired} retired, {loaded.unchanged} unchanged"
            )
            for conflict in loaded.conflicts:
                click.echo(f"{source.header.key}: conflict: {conflict}")
            conflicts += len(loaded.conflicts)
    if conflicts:
        raise SystemExit(1)


@bank.command()
@click.option("--format", "form", type=click.Choice(["json"]), default="json", help="json.")
@click.option("--set", "key", help="The set's key; needed when the database holds more than one.")
@data_option
def export(form: str, key: str | None, data: Path | None) -> None:
    """Print a set as it stands in the database, edits made in the app included."""
    with ready_app(settings_from(data=data)).app_context():
        keys = set_keys(db.session())
        if key is None and len(keys) != 1:
            raise CannotStart(f"which set? choose one with --set: {', '.join(keys)}")
        try:
            stored = read_stored_set(db.session(), key or keys[0])
        except NotFound:
            raise CannotStart(f"there is no set {key!r}; there is: {', '.join(keys)}") from None
    click.echo(json.dumps(export_json(stored), ensure_ascii=False, indent=2))


@bank.command()
def schema() -> None:
    """Print the JSON Schema of the files, for an editor that checks as you type."""
    click.echo(json.dumps(json_schema(), indent=2))
