"""`quizapp check`: whether what is kept about learners is what their reviews lead to; which answers are misjudged."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from quizapp.cli.setup import data_option, open_app, settings_from
from quizapp.core.translation import gettext, ngettext
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


@click.command(
    help=gettext(
        "Recompute what learners remember (“memories”), daily counts and marks from the answers, and print every"
        " difference.\n\nExits with 1 if a difference is left. The server can keep running."
    )
)
@data_option
@click.option(
    "--answers",
    is_flag=True,
    help=gettext(
        "Instead, list the questions where learners disputed the mark with “I was right”, most disputed first."
    ),
)
@click.option("--repair", is_flag=True, help=gettext("Correct memories and daily counts that differ."))
def check(data: Path | None, answers: bool, repair: bool) -> None:
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
    result = ngettext("%(num)s difference.", "%(num)s differences.", found) if found else gettext("No differences.")
    click.echo(f"{_describe_checked(checked)} {result}")
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
    result = ngettext("%(num)s difference corrected.", "%(num)s differences corrected.", corrected)
    click.echo(f"{_describe_checked(checked)} {result}")
    if left:
        click.echo(ngettext("%(num)s difference in marks is left.", "%(num)s differences in marks are left.", left))
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
    raise click.ClickException(gettext("Learner %(number)s is studying right now. Try again later.", number=learner_id))


def _print_differences(differences: Iterable[Difference]) -> int:
    """Print differences, and return how many there are."""
    found = 0
    for difference in differences:
        found += 1
        click.echo(str(difference))
    return found


def _describe_checked(checked: Checked) -> str:
    counts = [
        ngettext("%(num)s learner", "%(num)s learners", checked.learners),
        ngettext("%(num)s review", "%(num)s reviews", checked.reviews),
        ngettext("%(num)s memory", "%(num)s memories", checked.memories),
        ngettext("%(num)s attempt", "%(num)s attempts", checked.attempts),
    ]
    return gettext("Checked: %(counts)s.", counts=", ".join(counts))


def _describe_overrides(questions: list[overrides.TypedQuestion]) -> Iterator[str]:
    """Yield the lines about each question with an overridden verdict, and one about all of them."""
    listed = [each for each in questions if each.counts.overridden]
    for each in listed:
        yield f"{each.set_key} {each.question.key}: {_printable(each.question.prompt)}"
        edit = gettext("edit: %(address)s", address=f"/sets/{each.set_id}/questions/{each.question_id}")
        yield f"  {_describe_counts(each.counts)}; {edit}"
        yield from (f"  {times} × {_printable(text)}" for text, times in each.texts[:MOST_TEXTS])
    total = overrides.total_counts(questions)
    yield gettext(
        "%(overridden)s of %(graded)s typed answers disputed (%(share)s). The goal is at most %(goal)s.",
        overridden=total.overridden,
        graded=total.graded,
        share=f"{total.share:.2%}",
        goal=f"{overrides.GOAL:.0%}",
    )


def _describe_counts(counts: overrides.TypedCounts) -> str:
    values = {"graded": counts.graded, "refused": counts.refused, "overridden": counts.overridden}
    share = f"{counts.share:.1%}"
    if counts.are_enough:
        return gettext(
            "%(graded)s answered, %(refused)s marked wrong, %(overridden)s disputed: %(share)s", share=share, **values
        )
    return gettext(
        "%(graded)s answered, %(refused)s marked wrong, %(overridden)s disputed: %(share)s (too few answers)",
        share=share,
        **values,
    )


def _printable(text: str) -> str:
    """Return the beginning of a text that somebody typed, without signs that do something to a terminal."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in short)
