"""Give every fact an importance: 3 essential, 2 normal, 1 detail; note from which files a set was loaded."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fact", sa.Column("importance", sa.Integer(), server_default=sa.text("2"), nullable=False))
    op.add_column("question_set", sa.Column("loaded_from", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("question_set", "loaded_from")
    op.drop_column("fact", "importance")
