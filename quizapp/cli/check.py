"""`quizapp check`: whether what is kept about learners is what their reviews lead to; which answers are misjudged."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from quizapp.cli.setup import data_option, open_app, settings_from
from quizapp.extensions import db
from quizapp.models.database import begin_snapshot
from quizapp.services import consistency, overrides
from quizapp.services.consistency import Checked, Difference
from quizapp.services.memories import StaleAnswer

MOST_TEXTS = 5  # of a question
TRIES = 3  # to correct what differs about a learner who is studying
LONGEST = 60  # characters of a text


def register(cli: click.Group) -> None:
    cli.add_command(check)


@click.command()
@data_option
@click.option(
    "--answers", is_flag=True, help="Instead, list the questions whose verdicts learners override, the worst first."
)
@click.option("--repair", is_flag=True, help="Correct memories and counts of study days that differ.")
def check(data: Path | None, answers: bool, repair: bool) -> None:
    """Compute memories, counts of study days and marks of attempts again, and print every difference.

    Exits with 1 if there is one that is not corrected. The server may go on running.
    """
    with open_app(settings_from(data=data), with_bank=False).app_context():
        if repair:
            if _repair():
                raise SystemExit(1)
            return
        begin_snapshot(db.session())
        if answers:
            click.echo("\n".join(_describe_overrides(overrides.list_typed(db.session()))))
        elif _count_differences():
            raise SystemExit(1)


def _count_differences() -> int:
    """Print the differences, and return how many there are."""
    checked = Checked()
    found = _print_differences(consistency.find_differences(db.session(), checked))
    click.echo(f"{_describe_checked(checked)}: {_count(found)}.")
    return found


def _repair() -> int:
    """Correct the differences, print them, and return how many are left: marks of attempts are not corrected."""
    checked = Checked()
    begin_snapshot(db.session())
    learner_ids = consistency.list_learners(db.session())
    db.session.rollback()
    corrected = sum(_print_differences(_repair_learner(learner_id, checked)) for learner_id in learner_ids)
    begin_snapshot(db.session())
    left = _print_differences(consistency.check_attempts(db.session(), checked))
    click.echo(f"{_describe_checked(checked)}: corrected {_count(corrected)}.")
    if left:
        click.echo(f"{_count(left)} in marks not corrected.")
    return left


def _repair_learner(learner_id: int, checked: Checked) -> list[Difference]:
    """Correct what differs about one learner, in a transaction of its own; again if they study meanwhile."""
    session = db.session()
    for _ in range(TRIES):
        try:
            begin_snapshot(session, to_write=True)
            counted = replace(checked)
            found = consistency.repair_learner(session, learner_id, counted)
            session.commit()
        except (StaleAnswer, DBAPIError):  # PostgreSQL refuses to change what changed meanwhile
            session.rollback()
        else:
            session.expunge_all()
            checked.learners, checked.memories, checked.reviews = counted.learners, counted.memories, counted.reviews
            return found
    raise click.ClickException(f"Learner {learner_id} is studying just now. Run the command again.")


def _print_differences(differences: Iterable[Difference]) -> int:
    """Print differences, and return how many there are."""
    found = 0
    for difference in differences:
        found += 1
        click.echo(str(difference))
    return found


def _describe_checked(checked: Checked) -> str:
    return (
        f"Checked {checked.reviews} reviews, {checked.memories} memories and {checked.attempts} attempts"
        f" of {checked.learners} learners"
    )


def _count(differences: int) -> str:
    return f"{differences or 'no'} {'difference' if differences == 1 else 'differences'}"


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
