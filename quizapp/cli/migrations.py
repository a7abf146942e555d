"""Migrations of the database schema by Alembic, in an application context.

Importing Alembic takes long, so this module is imported only where there is something to migrate.
"""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from quizapp.config import resource


def upgrade() -> None:
    """Migrate to the newest version."""
    command.upgrade(config(), "head")


def describe_difference() -> str | None:
    """Return how the schema differs from the one that the models describe, None if it does not."""
    try:
        command.check(config())
    except CommandError as error:
        return str(error)
    return None


def config() -> Config:
    """Return what Alembic has to know: where the migrations are."""
    made = Config()
    made.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    return made
