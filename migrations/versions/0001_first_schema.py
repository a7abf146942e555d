"""The first schema: people, question sets, memories, reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _sets()
    _questions()
    _memories()
    _days()
    _reviews()


def _people() -> None:
    """Accounts, and the failed log-ins that slow a guesser down."""
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("name_folded", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("is_teacher", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("rollover_hour", sa.Integer(), nullable=False),
        sa.Column("two_buttons", sa.Boolean(), nullable=False),
        sa.Column("letter_keys", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name_folded", name=op.f("uq_user_name_folded")),
        sa.UniqueConstraint("token", name=op.f("uq_user_token")),
    )
    op.create_table(
        "login_failures",
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_login_failures")),
    )
    op.create_index(op.f("ix_login_failures_since"), "login_failures", ["since"])


def _sets() -> None:
    """Question sets and facts."""
    op.create_table(
        "question_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_set")),
        sa.UniqueConstraint("key", name=op.f("uq_question_set_key")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("date", sa.String(), nullable=True),
        sa.Column("actors", sa.JSON(), nullable=False),
        sa.Column("leads_to", sa.JSON(), nullable=False),
        sa.Column("caution", sa.String(), nullable=True),
        sa.Column("bank_hash", sa.String(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_fact_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("set_id", "key", name=op.f("uq_fact_set_id_key")),
    )
    op.create_index(op.f("ix_fact_set_id_position"), "fact", ["set_id", "position"])


def _questions() -> None:
    """Questions and their versions."""
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_question_fact_id_fact"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("fact_id", "key", name=op.f("uq_question_fact_id_key")),
    )
    op.create_table(
        "question_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("bank_hash", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_question_version_question_id_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_version")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_version_question_id_number")),
    )


def _memories() -> None:
    """Plans and memories."""
    op.create_table(
        "plan",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("new_per_day", sa.Integer(), nullable=False),
        sa.Column("desired_retention", sa.Double(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name=op.f("fk_plan_learner_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_plan_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner_id", "set_id", name=op.f("pk_plan")),
    )
    op.create_table(
        "memory",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("stability", sa.Double(), nullable=True),
        sa.Column("difficulty", sa.Double(), nullable=True),
        sa.Column("last_day", sa.Integer(), nullable=True),
        sa.Column("due_day", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=False),
        sa.Column("lapses", sa.Integer(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("buried_until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_memory_fact_id_fact"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_memory_learner_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner_id", "fact_id", name=op.f("pk_memory")),
    )
    with op.batch_alter_table("memory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memory_learner_id_due_day"), ["learner_id", "due_day"], unique=False)


def _days() -> None:
    """Counts of days."""
    op.create_table(
        "day_count",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=False),
        sa.Column("new_facts", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("long_term", sa.Integer(), nullable=False),
        sa.Column("long_term_correct", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("timed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_day_count_learner_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner_id", "day", name=op.f("pk_day_count")),
    )


def _reviews() -> None:
    """Every answer."""
    op.create_table(
        "review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("guess", sa.Double(), nullable=False),
        sa.Column("predicted", sa.Double(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_review_fact_id_fact"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_review_learner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_review_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("learner_id", "fact_id", "version", name=op.f("uq_review_learner_id_fact_id_version")),
    )
    op.create_index(op.f("ix_review_learner_id_id"), "review", ["learner_id", "id"])


def downgrade() -> None:
    op.drop_table("review")
    op.drop_table("question_version")
    op.drop_table("question")
    op.drop_table("memory")
    op.drop_table("plan")
    op.drop_table("fact")
    op.drop_table("day_count")
    op.drop_table("user")
    op.drop_table("question_set")
    op.drop_table("login_failures")
