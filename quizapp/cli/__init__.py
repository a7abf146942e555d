"""The command line: `quizapp run`, and what an administrator needs.

Errors of use are one line, with exit code 2; a traceback is a fault of the program.
"""

import gc

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from quizapp.cli import backup, bank, check, demo, jobs, reports, restore, server, users
from quizapp.cli.setup import CannotStart
from quizapp.config import UnusableSetting
from quizapp.core.translation import gettext


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    help=gettext("Quizzes and flashcards that ask you about each fact again just before you would forget it."),
)
@click.version_option(package_name="april-quizapp", prog_name="quizapp")
def cli() -> None:
    pass


for module in (server, bank, users, reports, jobs, backup, restore, check, demo):
    module.register(cli)


def main() -> None:
    """Run the command line; the console script."""
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except click.Abort:
        raise SystemExit(130) from None
    except (CannotStart, UnusableSetting) as error:
        _give_up(str(error))
    except DatabaseError as error:
        if not _is_from_outside(error):
            raise
        _give_up(gettext("can't use the database: %(reason)s", reason=str(error.orig).splitlines()[0]))
    finally:
        gc.freeze()  # the process ends without looking for memory to free, which takes half a second


def _is_from_outside(error: DatabaseError) -> bool:
    """Return whether the database is not responding, is none, or may not be changed; other errors are ours."""
    not_allowed = getattr(error.orig, "sqlstate", None) == "42501"
    return isinstance(error, OperationalError) or type(error) is DatabaseError or not_allowed


def _give_up(message: str) -> None:
    click.echo(f"quizapp: {message}", err=True)
    raise SystemExit(2)
