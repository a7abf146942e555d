"""`quizapp check`: whether what is kept about learners is what their reviews lead to; which answers are misjudged."""

from collections.abc import Iterator
from pathlib import Path

import click

from quizapp.cli.setup import data_option, open_app, settings_from
from quizapp.extensions import db
from quizapp.models.database import begin_snapshot
from quizapp.services import overrides
from quizapp.services.consistency import Checked, find_differences

MOST_TEXTS = 5  # of a question
LONGEST = 60  # characters of a text


def register(cli: click.Group) -> None:
    cli.add_command(check)


@click.command()
@data_option
@click.option(
    "--answers", is_flag=True, help="Instead, list the questions whose verdicts learners override, the worst first."
)
def check(data: Path | None, answers: bool) -> None:
    """Compute memories, counts of study days and marks of attempts again, and print every difference.

    Exits with 1 if there is one. The server may go on running.
    """
    with open_app(settings_from(data=data), with_bank=False).app_context():
        begin_snapshot(db.session())
        if answers:
            click.echo("\n".join(_describe_overrides(overrides.list_typed(db.session()))))
        elif _count_differences():
            raise SystemExit(1)


def _count_differences() -> int:
    """Print the differences, and return how many there are."""
    checked, found = Checked(), 0
    for difference in find_differences(db.session(), checked):
        found += 1
        click.echo(str(difference))
    click.echo(
        f"Checked {checked.reviews} reviews, {checked.memories} memories and {checked.attempts} attempts"
        f" of {checked.learners} learners: {found or 'no'} {'difference' if found == 1 else 'differences'}."
    )
    return found


def _describe_overrides(questions: list[overrides.TypedQuestion]) -> Iterator[str]:
    """Yield the lines about each question with an overridden verdict, and one about all of them."""
    listed = [each for each in questions if each.counts.overridden]
    for each in listed:
        counts, few = each.counts, "" if each.counts.are_enough else ", too few to tell"
        yield f"{each.set_key} {each.question.key}: {_printable(each.question.prompt)}"
        yield (
            f"  {counts.graded} answered, {counts.refused} refused, {counts.overridden} overridden:"
            f" {counts.share:.1%}{few}; edit: /sets/{each.set_id}/questions/{each.question_id}"
        )
        yield from (f"  {times} × {_printable(text)}" for text, times in each.texts[:MOST_TEXTS])
    total = overrides.total_counts(questions)
    where = f"in {len(listed)} {'question' if len(listed) == 1 else 'questions'}"
    yield (
        f"{total.overridden} of {total.graded} typed answers overridden, {where}: {total.share:.2%};"
        f" the goal is {overrides.GOAL:.0%} at most."
    )


def _printable(text: str) -> str:
    """Return the beginning of a text that somebody typed, without signs that do something to a terminal."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in short)
