"""Store the texts by which facts, questions and names are searched as they are folded everywhere else.

They are filled in when the program starts, which loads the built-in bank again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

SEARCHED = (("fact", "searched"), ("question", "searched"), ("question_set", "searched_names"))


def upgrade() -> None:
    _fill_in_again()


def downgrade() -> None:
    _fill_in_again()


def _fill_in_again() -> None:
    for table, column in SEARCHED:
        op.execute(sa.text(f"UPDATE {table} SET {column} = ''"))
    op.execute(sa.text("UPDATE question_set SET loaded_from = NULL"))
