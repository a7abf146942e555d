"""Keep the kind of each question version, and the forecasts of a plan for a study day."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_version", sa.Column("kind", sa.String(), nullable=False, server_default=sa.text("''")))
    for name in ("exam_forecast", "workload"):
        op.add_column("plan", sa.Column(name, sa.JSON(none_as_null=True), nullable=True))
    version = sa.table("question_version", sa.column("body", sa.JSON()), sa.column("kind", sa.String()))
    op.execute(sa.update(version).values(kind=version.c.body["kind"].as_string()))


def downgrade() -> None:
    for name in ("workload", "exam_forecast"):
        op.drop_column("plan", name)
    op.drop_column("question_version", "kind")
