"""Let learners choose to be asked essays, and count the answers of an attempt that wait to be marked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("asks_essays", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attempt", sa.Column("unmarked", sa.Integer(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    op.drop_column("attempt", "unmarked")
    op.drop_column("user", "asks_essays")
