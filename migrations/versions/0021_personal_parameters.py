"""Keep what was found out about each learner's memory, and the decay that each memory was computed with."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STANDARD_DECAY = "0.1542"


def upgrade() -> None:
    op.add_column("memory", sa.Column("decay", sa.Double(), server_default=sa.text(STANDARD_DECAY), nullable=False))
    op.add_column("user", sa.Column("fitted_parameters", sa.JSON(), nullable=True))
    for name, usual in (("fitted_factor", "1.0"), ("fitted_elimination", "0.0")):
        op.add_column("user", sa.Column(name, sa.Double(), server_default=sa.text(usual), nullable=False))
    for name in ("fitted_on", "adjusted_on"):
        op.add_column("user", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("user", sa.Column("uses_standard", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for name in ("uses_standard", "adjusted_on", "fitted_on", "fitted_elimination", "fitted_factor"):
        op.drop_column("user", name)
    op.drop_column("user", "fitted_parameters")
    op.drop_column("memory", "decay")
