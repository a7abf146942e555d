"""Note which answers of an attempt their learner judged otherwise than the program."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    overridden = sa.Column("overridden", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("response", overridden)


def downgrade() -> None:
    op.drop_column("response", "overridden")
