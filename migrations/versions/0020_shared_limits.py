"""Let a learner limit the new facts of all sets together, and spread a backlog over some days."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("total_new_per_day", sa.Integer(), nullable=True))
    op.add_column("user", sa.Column("catch_up_until", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("user", "catch_up_until")
    op.drop_column("user", "total_new_per_day")
