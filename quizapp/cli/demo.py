"""`quizapp demo`: a class to look at."""

import secrets
import time
from pathlib import Path

import click

from quizapp.cli.security_log import record_event
from quizapp.cli.setup import CannotStart, clock, data_option, ready_app, settings_from
from quizapp.core.translation import gettext, ngettext
from quizapp.demo.demo_class import ClassSize, has_demo_data, make_class, remove_demo_data
from quizapp.extensions import db
from quizapp.models.statistics import update_statistics
from quizapp.services.accounts import hash_password
from quizapp.services.sets.contents import read_stored_set

SOURCE = "april-1920"


def register(cli: click.Group) -> None:
    cli.add_command(demo)


@click.command(
    help=gettext(
        "Make a class of simulated students who have studied for a term, to try the reports. All of it is demo data."
    )
)
@click.option("--seed", type=int, default=1, show_default=True, help=gettext("The same seed makes the same class."))
@click.option("--students", type=click.IntRange(1, 400), default=40, show_default=True)
@click.option("--facts", type=click.IntRange(8, 500), default=500, show_default=True)
@click.option("--reviews", type=click.IntRange(0, 2_000_000), default=200_000, show_default=True)
@click.option("--again", is_flag=True, help=gettext("Delete the existing demo data and make it again."))
@data_option
def demo(seed: int, students: int, facts: int, reviews: int, again: bool, data: Path | None) -> None:
    password = secrets.token_urlsafe(9)
    password_hash = hash_password(password, "")
    with ready_app(settings_from(data=data)).app_context():
        session = db.session()
        if has_demo_data(session):
            if not again:
                raise CannotStart(gettext("this database already has demo data; use --again to replace it"))
            remove_demo_data(session)
        source = read_stored_set(session, SOURCE)
        session.commit()
        began = time.perf_counter()
        made = make_class(
            session,
            source,
            size=ClassSize(students, facts, reviews),
            seed=seed,
            password_hash=password_hash,
            now=clock(),
            save=session.commit,
        )
        update_statistics(session.connection())
        session.commit()
        record_event("demo", students=students)
    took = time.perf_counter() - began
    counts = [
        ngettext("%(num)s student", "%(num)s students", students),
        ngettext("%(num)s fact", "%(num)s facts", made.facts),
        ngettext("%(num)s review", "%(num)s reviews", made.reviews),
        ngettext("%(num)s quiz attempt", "%(num)s quiz attempts", made.attempts),
    ]
    click.echo(
        gettext("Made a demo class in %(seconds)s s: %(counts)s.", seconds=round(took), counts=", ".join(counts))
    )
    click.echo(gettext("Teacher: %(name)s", name=made.teacher))
    click.echo(gettext("Student: %(name)s", name=made.student))
    click.echo(gettext("Password for both: %(password)s", password=password))
    click.echo(gettext("Class: %(address)s", address=f"/classes/{made.class_id}/report"))
