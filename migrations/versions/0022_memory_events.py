"""Keep what changes a memory besides answers: progress that is reset, facts put into today's review or marked as known.

What the log tells of the time before is filled in. Answers that arrived late were counted after others that had been
given later; they get a time before these, so that `quizapp check --repair` can compute their memories in order.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TICK = timedelta(microseconds=1)
NEW, LEARNING = 0, 1

REVIEW = sa.table(
    "review",
    sa.column("id", BIG),
    sa.column("learner_id", sa.Integer()),
    sa.column("fact_id", sa.Integer()),
    sa.column("version", sa.Integer()),
    sa.column("at", INSTANT),
    sa.column("day", sa.Integer()),
    sa.column("before", sa.JSON()),
    sa.column("client_id", sa.String()),
    sa.column("undone_at", INSTANT),
)
MEMORY = sa.table(
    "memory",
    sa.column("learner_id", sa.Integer()),
    sa.column("fact_id", sa.Integer()),
    sa.column("version", sa.Integer()),
    sa.column("state", sa.Integer()),
    sa.column("stability", sa.Float()),
    sa.column("due_day", sa.Integer()),
    sa.column("due_at", INSTANT),
    sa.column("reps", sa.Integer()),
)
RESPONSE = sa.table("response", sa.column("review_id", BIG), sa.column("at", INSTANT))
USER = sa.table(
    "user", sa.column("id", sa.Integer()), sa.column("timezone", sa.String()), sa.column("rollover_hour", sa.Integer())
)
EVENT = sa.table(
    "memory_event",
    *(sa.column(name, sa.Integer()) for name in ("learner_id", "fact_id", "version", "day")),
    sa.column("at", INSTANT),
    sa.column("kind", sa.String()),
)
EARLIER = REVIEW.alias("earlier")
SAME_FACT = (EARLIER.c.learner_id == REVIEW.c.learner_id) & (EARLIER.c.fact_id == REVIEW.c.fact_id)
STANDS_BEFORE = SAME_FACT & (EARLIER.c.version < REVIEW.c.version) & EARLIER.c.undone_at.is_(None)


def upgrade() -> None:
    op.create_table(
        "memory_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_memory_event_learner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"], ["fact.id"], name=op.f("fk_memory_event_fact_id_fact"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_event")),
    )
    op.create_index(op.f("ix_memory_event_learner_id_fact_id"), "memory_event", ["learner_id", "fact_id"])
    op.create_index(op.f("ix_memory_event_fact_id"), "memory_event", ["fact_id"])
    _restore_times_of_quiz_answers()
    _order_late_answers()
    _add_events_before_reviews()
    _add_events_after_reviews()


def downgrade() -> None:
    op.drop_table("memory_event")


def _restore_times_of_quiz_answers() -> None:
    """Give reviews of answers in attempts the time of the answer, where they were counted as given on a later day."""
    query = (
        sa.select(REVIEW.c.id, RESPONSE.c.at, USER.c.timezone, USER.c.rollover_hour)
        .join(RESPONSE, RESPONSE.c.review_id == REVIEW.c.id)
        .join(USER, USER.c.id == REVIEW.c.learner_id)
        .where(RESPONSE.c.at < REVIEW.c.at)
    )
    for row in op.get_bind().execute(query).all():
        local = _aware(row.at).astimezone(ZoneInfo(row.timezone)).replace(tzinfo=None)
        day = (local - timedelta(hours=row.rollover_hour)).date().toordinal()
        op.execute(REVIEW.update().where(REVIEW.c.id == row.id).values(at=row.at, day=day))


def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def _order_late_answers() -> None:
    """Move an answer that was sent later to just before the answer whose time it was given.

    It had been given before, and was counted as given at the same instant.
    """
    late = REVIEW.c.client_id.is_not(None) & REVIEW.c.undone_at.is_(None)
    query = (
        sa.select(REVIEW.c.id, REVIEW.c.learner_id, REVIEW.c.fact_id, REVIEW.c.at)
        .where(late, sa.exists().where(STANDS_BEFORE, EARLIER.c.at == REVIEW.c.at))
        .order_by(REVIEW.c.version.desc())
    )
    moved: dict[tuple[Any, ...], int] = {}
    for row in op.get_bind().execute(query).all():
        key = (row.learner_id, row.fact_id, row.at)
        moved[key] = moved.get(key, 0) + 1
        op.execute(REVIEW.update().where(REVIEW.c.id == row.id).values(at=row.at - moved[key] * TICK))


def _add_events_before_reviews() -> None:
    """Add what must have happened before reviews of a memory without repetitions."""
    answered_before = sa.exists().where(STANDS_BEFORE)
    state, reps = REVIEW.c.before["state"].as_integer(), REVIEW.c.before["reps"].as_integer()
    query = sa.select(REVIEW, state.label("state"), answered_before.label("again")).where(
        REVIEW.c.undone_at.is_(None), reps == 0, answered_before | (state != NEW)
    )
    for row in op.get_bind().execute(query).all():
        asked = row.state != NEW
        if row.again:
            _add_event(row, "reset", row.at - (1 + asked) * TICK, row.day, row.version - 1)
        if asked:
            _add_event(row, "asked", row.at - TICK, row.day, row.version - 1)


def _add_events_after_reviews() -> None:
    """Add what must have happened to memories without repetitions after their last review, if there is one."""
    of_memory = (REVIEW.c.learner_id == MEMORY.c.learner_id) & (REVIEW.c.fact_id == MEMORY.c.fact_id)
    stands = of_memory & REVIEW.c.undone_at.is_(None)
    last_at = sa.select(sa.func.max(REVIEW.c.at)).where(stands).scalar_subquery()
    last_day = sa.select(sa.func.max(REVIEW.c.day)).where(stands).scalar_subquery()
    query = sa.select(MEMORY, last_at.label("last_at"), last_day.label("last_day")).where(
        MEMORY.c.reps == 0, MEMORY.c.stability.is_(None)
    )
    for row in op.get_bind().execute(query).all():
        if row.last_at is not None:
            _add_event(row, "reset", row.last_at + TICK, row.last_day, row.version)
        if row.state == LEARNING:
            at = row.due_at if row.last_at is None else max(row.due_at, row.last_at + 2 * TICK)
            _add_event(row, "asked", at, row.due_day, row.version)


def _add_event(row: Any, kind: str, at: datetime, day: int, version: int) -> None:
    values = {"learner_id": row.learner_id, "fact_id": row.fact_id, "version": version}
    op.execute(EVENT.insert().values(**values, at=at, day=day, kind=kind))
