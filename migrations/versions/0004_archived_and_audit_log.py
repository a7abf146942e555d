"""Rename retired_at to archived_at, and the table of deeds to audit_entry."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("fact", "question"):
        op.alter_column(table, "retired_at", new_column_name="archived_at")
    _move_entries("deed", "what", "audit_entry", "action")


def downgrade() -> None:
    _move_entries("audit_entry", "action", "deed", "what")
    for table in ("fact", "question"):
        op.alter_column(table, "archived_at", new_column_name="retired_at")


def _move_entries(old: str, old_action: str, new: str, new_action: str) -> None:
    """Copy the log into a new table, so that constraints and indexes get the new name too."""
    _create_log(new, new_action)
    others = "id, at, actor_id, subject_id, class_id, set_id, details"
    op.execute(f"INSERT INTO {new} ({others}, {new_action}) SELECT {others}, {old_action} FROM {old} ORDER BY id")
    op.drop_table(old)
    if op.get_bind().dialect.name == "postgresql":
        sequence = f"pg_get_serial_sequence('{new}', 'id')"
        op.execute(f"SELECT setval({sequence}, coalesce(max(id), 0) + 1, false) FROM {new}")


def _create_log(name: str, action: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("class_id", sa.Integer(), nullable=True),
        sa.Column("set_id", sa.Integer(), nullable=True),
        sa.Column(action, sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        _reference(name, "actor_id", "user", "SET NULL"),
        _reference(name, "class_id", "classroom", "CASCADE"),
        _reference(name, "set_id", "question_set", "CASCADE"),
        _reference(name, "subject_id", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in ("class_id", "set_id", "subject_id"):
        op.create_index(op.f(f"ix_{name}_{column}_id"), name, [column, "id"])


def _reference(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)
