"""Keep a row for each log-in instead of one token for each user; add log-in links and who chose a password."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# What sets an account off that a teacher made: the entry about it in the audit log.
MADE_BY_TEACHERS = "SELECT subject_id FROM audit_entry WHERE action = 'enrolled' AND subject_id IS NOT NULL"


def upgrade() -> None:
    _create_sessions()
    _create_links()
    # The cookies that browsers have stay valid: each user's token becomes a session.
    op.execute(
        "INSERT INTO login_session (token, user_id, created_at, last_seen_at)"
        ' SELECT token, id, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM "user" ORDER BY id'
    )
    with op.batch_alter_table("user") as batch:
        for name in ("created_by_teacher", "must_change_password"):
            batch.add_column(sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.drop_constraint(op.f("uq_user_token"), type_="unique")
        batch.drop_column("token")
    op.execute(f'UPDATE "user" SET created_by_teacher = true WHERE id IN ({MADE_BY_TEACHERS})')


def downgrade() -> None:
    op.add_column("user", sa.Column("token", sa.String(), nullable=True))
    op.execute(
        'UPDATE "user" SET token = (SELECT token FROM login_session WHERE id ='
        ' (SELECT min(id) FROM login_session WHERE user_id = "user".id))'
    )
    op.execute(f'UPDATE "user" SET token = {_random_token()} WHERE token IS NULL')
    with op.batch_alter_table("user") as batch:
        batch.alter_column("token", existing_type=sa.String(), nullable=False)
        batch.create_unique_constraint(op.f("uq_user_token"), ["token"])
        for name in ("must_change_password", "created_by_teacher"):
            batch.drop_column(name)
    op.drop_table("login_link")
    op.drop_table("login_session")


def _create_sessions() -> None:
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("network", sa.String(), server_default=sa.text("''"), nullable=False),
        _belongs_to_user("login_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token", name=op.f("uq_login_session_token")),
    )
    for column in ("user_id", "last_seen_at"):
        op.create_index(op.f(f"ix_login_session_{column}"), "login_session", [column])


def _create_links() -> None:
    op.create_table(
        "login_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _belongs_to_user("login_link"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_link")),
    )
    op.create_index(op.f("ix_login_link_user_id"), "login_link", ["user_id"])


def _belongs_to_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id_user"), ondelete="CASCADE")


def _random_token() -> str:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    return "lower(hex(randomblob(32)))" if is_sqlite else "gen_random_uuid()::text || gen_random_uuid()::text"
