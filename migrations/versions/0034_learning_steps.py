"""Find the memories in learning steps by an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

INDEX = "ix_memory_learner_id_due_at"


def upgrade() -> None:
    is_step = sa.text("due_at IS NOT NULL")
    op.create_index(INDEX, "memory", ["learner_id", "due_at"], sqlite_where=is_step, postgresql_where=is_step)


def downgrade() -> None:
    op.drop_index(INDEX, table_name="memory")
