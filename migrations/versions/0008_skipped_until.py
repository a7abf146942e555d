"""Rename buried_until of a memory to skipped_until."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("memory", "buried_until", new_column_name="skipped_until")


def downgrade() -> None:
    op.alter_column("memory", "skipped_until", new_column_name="buried_until")
