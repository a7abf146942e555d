"""Keep the answers of each fact, by which similar facts are found, and which facts were suspended for their lapses.

The answers are filled in when the program starts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fact_answer",
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_fact_answer_fact_id_fact"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_fact_answer_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fact_id", "answer", name=op.f("pk_fact_answer")),
    )
    op.add_column("memory", sa.Column("leech_lapses", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_fact_answer_set_id_answer"), "fact_answer", ["set_id", "answer"])
    # So that the built-in bank is loaded again, and with it the answers of every set are filled in.
    op.execute(sa.text("UPDATE question_set SET loaded_from = NULL"))


def downgrade() -> None:
    op.drop_column("memory", "leech_lapses")
    op.drop_index(op.f("ix_fact_answer_set_id_answer"), "fact_answer")
    op.drop_table("fact_answer")
