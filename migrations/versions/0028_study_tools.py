"""Keep stars, notes, hints and reports of mistakes, and the texts by which facts and questions are searched.

These texts are filled in when the program starts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SEARCHED = (("fact", "searched"), ("question", "searched"), ("question_set", "searched_names"))


def upgrade() -> None:
    _of_learner_and_fact("starred_fact", sa.Column("starred_at", INSTANT, nullable=False))
    _of_learner_and_fact(
        "fact_note", sa.Column("text", sa.String(), nullable=False), sa.Column("edited_at", INSTANT, nullable=False)
    )
    _of_learner_and_fact("hint", sa.Column("day", sa.Integer(), nullable=False))
    op.create_table(
        "question_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("suggestion", sa.JSON(), nullable=True),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("accepted_as_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reply", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        _refers("question_report", "learner_id", "user", "CASCADE"),
        _refers("question_report", "question_version_id", "question_version", "CASCADE"),
        _refers("question_report", "accepted_as_id", "question_version", "SET NULL"),
        _refers("question_report", "answered_by_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_report")),
    )
    for name in ("learner_id", "question_version_id", "accepted_as_id", "answered_by_id"):
        op.create_index(op.f(f"ix_question_report_{name}"), "question_report", [name])
    for table in ("review", "response"):
        op.add_column(table, sa.Column("hinted", sa.Boolean(), server_default=sa.false(), nullable=False))
    for table, column in SEARCHED:
        op.add_column(table, sa.Column(column, sa.String(), server_default=sa.text("''"), nullable=False))
    # So that the built-in bank is loaded again, and with it the search texts of every set are filled in.
    op.execute(sa.text("UPDATE question_set SET loaded_from = NULL"))


def downgrade() -> None:
    for table, column in SEARCHED:
        op.drop_column(table, column)
    for table in ("review", "response"):
        op.drop_column(table, "hinted")
    for table in ("question_report", "hint", "fact_note", "starred_fact"):
        op.drop_table(table)


def _of_learner_and_fact(table: str, *columns: sa.Column[object]) -> None:
    """Create a table with at most one row for a learner and a fact."""
    op.create_table(
        table,
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        *columns,
        _refers(table, "learner_id", "user", "CASCADE"),
        _refers(table, "fact_id", "fact", "CASCADE"),
        sa.PrimaryKeyConstraint("learner_id", "fact_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_fact_id"), table, ["fact_id"])


def _refers(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete)
