"""Remember how the columns of tables are mapped: of a set, and of a large file that is being imported."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_set", sa.Column("column_mapping", sa.JSON(), nullable=True))
    op.add_column("transfer", sa.Column("table_options", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("transfer") as table:
        table.drop_column("table_options")
    with op.batch_alter_table("question_set") as table:
        table.drop_column("column_mapping")
