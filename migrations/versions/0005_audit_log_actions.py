"""Rename two actions in the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RENAMED = [("started afresh", "reset progress"), ("regraded untold", "regraded unreleased")]
ENTRY = sa.table("audit_entry", sa.column("action", sa.String()))


def upgrade() -> None:
    for before, after in RENAMED:
        op.execute(ENTRY.update().where(ENTRY.c.action == before).values(action=after))


def downgrade() -> None:
    for before, after in RENAMED:
        op.execute(ENTRY.update().where(ENTRY.c.action == after).values(action=before))
