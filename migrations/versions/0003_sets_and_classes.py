"""Sets that people write, classes, and what they are asked to do."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Without these, deleting a set searches every answer there is for each of its facts.
REFERENCES = [
    ("memory", "fact_id"),
    ("review", "fact_id"),
    ("review", "question_version_id"),
    ("response", "fact_id"),
    ("response", "question_version_id"),
    ("response", "regraded_by_id"),
]


def upgrade() -> None:
    _sets()
    _writing()
    _classes()
    _assignments()
    _deeds()
    for table, column in REFERENCES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _add_reference(table: str, column: str, target: str, then: str | None = None) -> None:
    """A column with a foreign key. SQLite takes a key only with a new table, so its table is copied into one."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f(f"fk_{table}_{column}_{target}"), target, [column], ["id"], ondelete=then)


def _drop_reference(table: str, column: str, target: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"fk_{table}_{column}_{target}"), type_="foreignkey")
        batch.drop_column(column)


def _sets() -> None:
    op.add_column("user", sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False))
    _add_reference("question_set", "owner_id", "user", "SET NULL")
    op.add_column("question_set", sa.Column("visibility", sa.String(), server_default="public", nullable=False))
    op.add_column("question_set", sa.Column("folded", sa.String(), server_default=sa.text("''"), nullable=False))
    _add_reference("question_set", "copied_from_id", "question_set", "SET NULL")
    op.add_column("question_set", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("question_set", sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_question_set_owner_id"), "question_set", ["owner_id"])
    op.create_index(op.f("ix_question_set_visibility"), "question_set", ["visibility"])
    op.create_table(
        "set_author",
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_set_author_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_set_author_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("set_id", "user_id", name=op.f("pk_set_author")),
    )
    op.create_index(op.f("ix_set_author_user_id"), "set_author", ["user_id"])


def _writing() -> None:
    op.add_column("fact", sa.Column("tags", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("fact", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    _add_reference("question_version", "author_id", "user", "SET NULL")
    op.create_table(
        "fact_version",
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_fact_version_author_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"], ["fact.id"], name=op.f("fk_fact_version_fact_id_fact"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fact_id", "number", name=op.f("pk_fact_version")),
    )
    op.create_table(
        "draft",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_draft_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "set_id", "subject", name=op.f("pk_draft")),
    )
    op.create_table(
        "picture",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["user.id"], name=op.f("fk_picture_uploader_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_picture")),
    )
    op.create_index(op.f("ix_picture_uploader_id"), "picture", ["uploader_id"])


def _classes() -> None:
    op.create_table(
        "classroom",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("join_code", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classroom")),
        sa.UniqueConstraint("join_code", name=op.f("uq_classroom_join_code")),
    )
    op.create_table(
        "enrolment",
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="active", nullable=False),
        sa.Column("called", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("time_factor", sa.Double(), server_default=sa.text("1.0"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classroom.id"], name=op.f("fk_enrolment_class_id_classroom"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_enrolment_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("class_id", "user_id", name=op.f("pk_enrolment")),
    )
    op.create_index(op.f("ix_enrolment_user_id"), "enrolment", ["user_id"])


def _assignments() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("instructions", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("fact_ids", sa.JSON(), nullable=False),
        sa.Column("exam_day", sa.Integer(), nullable=True),
        sa.Column("desired_retention", sa.Double(), nullable=True),
        sa.Column("new_per_day", sa.Integer(), nullable=True),
        sa.Column("question_ids", sa.JSON(), nullable=False),
        sa.Column("draws", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("shuffled", sa.Boolean(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classroom.id"], name=op.f("fk_assignment_class_id_classroom"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user.id"], name=op.f("fk_assignment_made_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_assignment_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_class_id_id"), "assignment", ["class_id", "id"])
    op.create_index(op.f("ix_assignment_set_id"), "assignment", ["set_id"])
    op.create_table(
        "extension",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("time_factor", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_extension_assignment_id_assignment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_extension_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("assignment_id", "user_id", name=op.f("pk_extension")),
    )
    _add_reference("attempt", "assignment_id", "assignment", "CASCADE")
    op.create_index(op.f("ix_attempt_assignment_id_learner_id"), "attempt", ["assignment_id", "learner_id"])
    _add_reference("response", "regraded_by_id", "question_version")
    op.add_column("plan", sa.Column("topics", sa.String(), server_default=sa.text("''"), nullable=False))


def _deeds() -> None:
    op.create_table(
        "deed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("class_id", sa.Integer(), nullable=True),
        sa.Column("set_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_deed_actor_id_user"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classroom.id"], name=op.f("fk_deed_class_id_classroom"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["question_set.id"], name=op.f("fk_deed_set_id_question_set"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["user.id"], name=op.f("fk_deed_subject_id_user"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    op.create_index(op.f("ix_deed_class_id_id"), "deed", ["class_id", "id"])
    op.create_index(op.f("ix_deed_set_id_id"), "deed", ["set_id", "id"])
    op.create_index(op.f("ix_deed_subject_id_id"), "deed", ["subject_id", "id"])


def downgrade() -> None:
    for table, column in REFERENCES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    op.drop_column("plan", "topics")
    _drop_reference("response", "regraded_by_id", "question_version")
    op.drop_index(op.f("ix_attempt_assignment_id_learner_id"), "attempt")
    _drop_reference("attempt", "assignment_id", "assignment")
    for table in ("deed", "extension", "assignment", "enrolment", "classroom", "picture", "draft", "fact_version"):
        op.drop_table(table)
    _drop_reference("question_version", "author_id", "user")
    op.drop_table("set_author")
    op.drop_column("fact", "version")
    op.drop_column("fact", "tags")
    op.drop_index(op.f("ix_question_set_visibility"), "question_set")
    op.drop_index(op.f("ix_question_set_owner_id"), "question_set")
    _drop_reference("question_set", "copied_from_id", "question_set")
    _drop_reference("question_set", "owner_id", "user")
    for column in ("is_demo", "archived_at", "folded", "visibility"):
        op.drop_column("question_set", column)
    op.drop_column("user", "is_demo")
