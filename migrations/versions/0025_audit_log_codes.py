"""Write the actions of the audit log as codes, with underscores."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ENTRY = sa.table("audit_entry", sa.column("action", sa.String()))


def upgrade() -> None:
    op.execute(ENTRY.update().values(action=sa.func.replace(ENTRY.c.action, " ", "_")))


def downgrade() -> None:
    op.execute(ENTRY.update().values(action=sa.func.replace(ENTRY.c.action, "_", " ")))
