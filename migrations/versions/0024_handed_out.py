"""Keep when the question of an answer that arrived later had been handed out."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review", sa.Column("handed_out", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("review", "handed_out")
