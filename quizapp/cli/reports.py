"""`quizapp reports`: what learners reported in sets that nobody owns, such as the built-in one."""

from pathlib import Path

import click

from quizapp.cli.setup import CannotStart, clock, data_option, open_app, settings_from
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services.editor import reports as services
from quizapp.services.errors import NotFound


def register(cli: click.Group) -> None:
    cli.add_command(reports)


@click.group(help=gettext("Read and answer reports of mistakes in the built-in set."))
def reports() -> None:
    pass


@reports.command("list", help=gettext("List the reports to answer: number, set, question, what is wrong."))
@data_option
def list_(data: Path | None) -> None:
    with open_app(settings_from(data=data)).app_context():
        for row in services.list_unowned(db.session()):
            report = row.QuestionReport
            click.echo(f"{report.id}\t{row.set_key}\t{row.key}\t{report.fault}\t{' '.join(report.text.split())}")
            for change in services.list_changes(row):
                click.echo(f"\t{change}")


@reports.command(help=gettext("Answer report NUMBER. The learner sees the answer under “Your reports”."))
@click.argument("number", type=int)
@click.argument("outcome", type=click.Choice(["fixed", "dismissed"]))
@click.option("--reply", default="", help=gettext("A short reply to the learner."))
@data_option
def answer(number: int, outcome: str, reply: str, data: Path | None) -> None:
    with open_app(settings_from(data=data)).app_context():
        if len(reply) > services.LONGEST_REPLY:
            raise CannotStart(gettext("the reply is longer than %(num)s characters", num=services.LONGEST_REPLY))
        try:
            services.answer_unowned(db.session(), number, outcome=outcome, reply=reply.strip(), now=clock())
        except NotFound:
            raise CannotStart(gettext("there is no report %(number)s", number=number)) from None
        except services.AlreadyAnswered:
            raise CannotStart(gettext("report %(number)s has already been answered", number=number)) from None
        db.session.commit()
    click.echo(gettext("Report %(number)s answered.", number=number))
