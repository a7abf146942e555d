"""Note when an account was last used and when two-step log-in was turned on, and find old entries of the audit log."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("authenticator", sa.Column("set_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"])
    # When accounts were used before is not known for all: the time without a visit begins today.
    user = sa.table("user", sa.column("name_folded"), sa.column("last_seen_at", sa.DateTime(timezone=True)))
    op.execute(user.update().where(user.c.name_folded.is_not(None)).values(last_seen_at=datetime.now(UTC)))


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_entry_at"), "audit_entry")
    op.drop_column("authenticator", "set_at")
    op.drop_column("user", "last_seen_at")
