"""Quizzes, games of practice, what a plan may say, and what an answer may tell besides."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _settings()
    _reviews()
    _quizzes()
    _attempts()
    _responses()
    _games()


def _settings() -> None:
    op.add_column("user", sa.Column("asks_confidence", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("plan", sa.Column("exam_day", sa.Integer(), nullable=True))
    op.add_column("plan", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("plan", sa.Column("easy_days", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("plan", sa.Column("ceiling", sa.Integer(), nullable=True))


def _reviews() -> None:
    op.add_column("review", sa.Column("confidence", sa.Integer(), nullable=True))
    op.add_column("review", sa.Column("source", sa.String(), nullable=False, server_default="study"))
    op.add_column("review", sa.Column("client_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_review_learner_id_day"), "review", ["learner_id", "day"])
    op.create_index("uq_review_learner_id_client_id", "review", ["learner_id", "client_id"], unique=True)


def _quizzes() -> None:
    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_quiz_owner_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_quiz_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
    )
    op.create_index(op.f("ix_quiz_owner_id_id"), "quiz", ["owner_id", "id"])


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marks", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_attempt_learner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_attempt_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_attempt_quiz_id_quiz"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_learner_id_id"), "attempt", ["learner_id", "id"])
    op.create_index(op.f("ix_attempt_quiz_id"), "attempt", ["quiz_id"])


def _responses() -> None:
    op.create_table(
        "response",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("fraction", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_response_attempt_id_attempt"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_response_fact_id_fact"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_response_question_version_id_question_version"),
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_response_review_id_review"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_response")),
    )
    op.create_index(op.f("ix_response_review_id"), "response", ["review_id"])


def _games() -> None:
    op.create_table(
        "comparison",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=False),
        sa.Column("later_id", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_right", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_comparison_learner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"], ["fact.id"], name=op.f("fk_comparison_earlier_id_fact"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["later_id"], ["fact.id"], name=op.f("fk_comparison_later_id_fact"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner_id", "earlier_id", "later_id", name=op.f("pk_comparison")),
    )
    op.create_table(
        "match_game",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_match_game_learner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_match_game_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_game")),
    )
    op.create_index(
        op.f("ix_match_game_learner_id_set_id_about_pairs_ms"),
        "match_game",
        ["learner_id", "set_id", "about", "pairs", "ms"],
    )


def downgrade() -> None:
    for table in ("match_game", "comparison", "response", "attempt", "quiz"):
        op.drop_table(table)
    op.drop_index("uq_review_learner_id_client_id", "review")
    op.drop_index(op.f("ix_review_learner_id_day"), "review")
    for column in ("client_id", "source", "confidence"):
        op.drop_column("review", column)
    for column in ("ceiling", "easy_days", "paused", "exam_day"):
        op.drop_column("plan", column)
    op.drop_column("user", "asks_confidence")
