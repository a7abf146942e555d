"""Note which answers of an attempt arrived after its deadline, and when its right answers were shown."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("response", sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempt", sa.Column("key_shown_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("attempt", "key_shown_at")
    op.drop_column("response", "received_at")
