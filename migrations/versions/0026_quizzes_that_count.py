"""Let learners choose whether the answers of their own quizzes count as reviews. Those of quizzes made before do."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quiz", sa.Column("counts", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.table("quiz", sa.column("counts", sa.Boolean())).update().values(counts=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("quiz") as batch:
        batch.drop_column("counts")
