"""Migrations of the database schema by Alembic, in an application context.

Importing Alembic takes long, so this module is imported only where there is something to migrate.
"""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from quizapp.config import resource


def upgrade() -> None:
    """Migrate to the newest version."""
    command.upgrade(_config(), "head")


def downgrade(revision: str) -> None:
    """Migrate back to an older version."""
    command.downgrade(_config(), revision)


def describe_difference() -> str | None:
    """Return how the schema differs from the one that the models describe, None if it does not."""
    try:
        command.check(_config())
    except CommandError as error:
        return str(error)
    return None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    return config
