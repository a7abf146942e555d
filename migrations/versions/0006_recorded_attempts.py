"""Give attempts a column for when their answers became reviews, and call the terms of an extension its settings."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ATTEMPT = sa.table(
    "attempt",
    sa.column("id", sa.Integer()),
    sa.column("purpose", sa.String()),
    sa.column("about", sa.JSON()),
    sa.column("finished_at", sa.DateTime(timezone=True)),
    sa.column("recorded_at", sa.DateTime(timezone=True)),
)
RESPONSE = sa.table("response", sa.column("attempt_id", sa.Integer()), sa.column("review_id", sa.BigInteger()))
ENTRY = sa.table(
    "audit_entry", sa.column("id", sa.BigInteger()), sa.column("action", sa.String()), sa.column("details", sa.JSON())
)
FINISHED = ATTEMPT.c.finished_at.is_not(None)
ASSIGNED = ATTEMPT.c.purpose == "assignment"


def upgrade() -> None:
    op.add_column("attempt", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    counted = ASSIGNED & ATTEMPT.c.about["counted"].as_boolean()
    requested = (ATTEMPT.c.purpose == "practice") & sa.exists().where(
        RESPONSE.c.attempt_id == ATTEMPT.c.id, RESPONSE.c.review_id.is_not(None)
    )
    recorded = sa.or_(ATTEMPT.c.purpose == "quiz", counted, requested)
    op.execute(ATTEMPT.update().where(FINISHED, recorded).values(recorded_at=ATTEMPT.c.finished_at))
    op.execute(ATTEMPT.update().where(ASSIGNED).values(about={}))
    _rename_detail("terms", "settings")


def downgrade() -> None:
    counted = ASSIGNED & ATTEMPT.c.recorded_at.is_not(None)
    op.execute(ATTEMPT.update().where(counted).values(about={"counted": True}))
    op.drop_column("attempt", "recorded_at")
    _rename_detail("settings", "terms")


def _rename_detail(before: str, after: str) -> None:
    """Rename a key in the details of the log entries about extensions."""
    entries = sa.select(ENTRY.c.id, ENTRY.c.details).where(ENTRY.c.action == "extended")
    for row in op.get_bind().execute(entries).all():
        details = {after if key == before else key: value for key, value in row.details.items()}
        op.execute(ENTRY.update().where(ENTRY.c.id == row.id).values(details=details))
