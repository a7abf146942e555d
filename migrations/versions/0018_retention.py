"""Keep for each study day what its answers say about retention, without lucky guesses."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

DAY = sa.table(
    "day_count",
    sa.column("learner_id"),
    sa.column("day"),
    sa.column("long_term", sa.Integer),
    sa.column("long_term_correct", sa.Integer),
    sa.column("long_term_recalled", sa.Double),
    sa.column("long_term_guess_odds", sa.Double),
)
REVIEW = sa.table(
    "review",
    sa.column("learner_id"),
    sa.column("day"),
    sa.column("rating", sa.Integer),
    sa.column("guess", sa.Double),
    sa.column("predicted", sa.Double),
    sa.column("before", sa.JSON),
    sa.column("undone_at"),
)
IN_REVIEW, AGAIN = 2, 1


def upgrade() -> None:
    for name in ("long_term_recalled", "long_term_guess_odds"):
        op.add_column("day_count", sa.Column(name, sa.Double(), server_default=sa.text("0"), nullable=False))
    guess = REVIEW.c.guess
    right = sa.case((REVIEW.c.rating > AGAIN, 1.0), else_=0.0)
    kept = {
        "long_term": sa.func.count(),
        "long_term_correct": sa.cast(sa.func.sum(right), sa.Integer),
        "long_term_recalled": sa.func.sum((right - guess) / (1.0 - guess)),
        "long_term_guess_odds": sa.func.sum(guess / (1.0 - guess)),
    }
    op.execute(DAY.update().values({name: _of_day(number) for name, number in kept.items()}))


def downgrade() -> None:
    op.drop_column("day_count", "long_term_guess_odds")
    op.drop_column("day_count", "long_term_recalled")


def _of_day(number: sa.ColumnElement) -> sa.ColumnElement:
    """Return a number computed from the answers to learned facts on the day of a row."""
    long_term = (
        sa.select(number)
        .where(
            REVIEW.c.learner_id == DAY.c.learner_id,
            REVIEW.c.day == DAY.c.day,
            REVIEW.c.undone_at.is_(None),
            REVIEW.c.before["state"].as_integer() == IN_REVIEW,
            REVIEW.c.predicted.is_not(None),
            REVIEW.c.guess < 1,
        )
        .scalar_subquery()
    )
    return sa.func.coalesce(long_term, 0)
