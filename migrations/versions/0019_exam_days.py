"""Keep how a learner prepares for an exam, and what was chosen for the study day."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("exam_since", sa.Integer(), nullable=True))
    op.add_column("plan", sa.Column("exam_minutes", sa.Integer(), server_default=sa.text("20"), nullable=False))
    op.add_column("plan", sa.Column("exam_pace", sa.Integer(), nullable=True))
    op.add_column("plan", sa.Column("planned_on", sa.Integer(), nullable=True))
    op.add_column("plan", sa.Column("planned_new", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("planned_new", "planned_on", "exam_pace", "exam_minutes", "exam_since"):
        op.drop_column("plan", name)
