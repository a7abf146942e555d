"""Keep which questions are made from cards, and the folders of everyone's list of sets."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("made", sa.String(), nullable=True))
    op.create_table(
        "set_folder",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_set_folder_user_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_set_folder_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "set_id", name=op.f("pk_set_folder")),
    )
    op.create_index(op.f("ix_set_folder_set_id"), "set_folder", ["set_id"])


def downgrade() -> None:
    op.drop_table("set_folder")
    op.drop_column("question", "made")
