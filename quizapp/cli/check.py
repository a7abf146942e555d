"""`quizapp check`: whether what is kept about learners is what their reviews lead to."""

from pathlib import Path

import click

from quizapp.cli.setup import data_option, open_app, settings_from
from quizapp.extensions import db
from quizapp.models.database import begin_snapshot
from quizapp.services.consistency import Checked, find_differences


def register(cli: click.Group) -> None:
    cli.add_command(check)


@click.command()
@data_option
def check(data: Path | None) -> None:
    """Compute memories, counts of study days and marks of attempts again, and print every difference.

    Exits with 1 if there is one. The server may go on running.
    """
    checked, found = Checked(), 0
    with open_app(settings_from(data=data), with_bank=False).app_context():
        begin_snapshot(db.session())
        for difference in find_differences(db.session(), checked):
            found += 1
            click.echo(str(difference))
    click.echo(
        f"Checked {checked.reviews} reviews, {checked.memories} memories and {checked.attempts} attempts"
        f" of {checked.learners} learners: {found or 'no'} {'difference' if found == 1 else 'differences'}."
    )
    raise SystemExit(1 if found else 0)
