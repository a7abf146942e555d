"""Which facts were recalled since a mistake."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core.scheduling import Rating
from quizapp.models import Review, User


def last_recalled(session: Session, learner: User, fact_ids: Collection[int]) -> dict[int, date]:
    """The last study day on which each of the facts was answered rightly, if it ever was; one statement."""
    rows = session.execute(
        select(Review.fact_id, func.max(Review.day))
        .where(
            Review.learner_id == learner.id,
            Review.fact_id.in_(fact_ids),
            Review.rating != Rating.AGAIN,
            Review.undone_at.is_(None),
        )
        .group_by(Review.fact_id)
    )
    return dict(rows.all())
