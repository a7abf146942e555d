"""Wrong guesses, counted so that a guesser is slowed down: in the database, so that all workers share the count."""

import hashlib
from datetime import datetime

from sqlalchemy import case, delete, select
from sqlalchemy.orm import Session

from quizapp.core.accounts import WINDOW
from quizapp.models import LoginFailures
from quizapp.models.database import insert_or


def bucket_name(kind: str, what: str) -> str:
    """Return a hash: people type passwords into the wrong field, and addresses are nobody's business."""
    return hashlib.sha256(f"{kind}:{what}".encode()).hexdigest()


def blocked_since(session: Session, name: str, limit: int, now: datetime) -> datetime | None:
    """Return since when failures were counted in the bucket, where these are too many, or None."""
    return session.scalar(
        select(LoginFailures.since).where(
            LoginFailures.bucket == name, LoginFailures.since > now - WINDOW, LoginFailures.count >= limit
        )
    )


def count_failure(session: Session, name: str, now: datetime) -> tuple[int, datetime]:
    """Return one more failure in the bucket: how many that makes, and since when. Safe whoever else counts."""
    first = insert_or(session, LoginFailures.__table__).values(bucket=name, count=1, since=now)
    over = LoginFailures.since <= now - WINDOW
    count, since = session.execute(
        first.on_conflict_do_update(
            index_elements=[LoginFailures.bucket],
            set_={
                "count": case((over, 1), else_=LoginFailures.count + 1),
                "since": case((over, now), else_=LoginFailures.since),
            },
        ).returning(LoginFailures.count, LoginFailures.since)
    ).one()
    return count, since


def clear_failures(session: Session, name: str) -> None:
    session.execute(delete(LoginFailures).where(LoginFailures.bucket == name))
    session.flush()


def clear_old_failures(session: Session, now: datetime) -> None:
    """Delete what is too old to matter."""
    old = select(LoginFailures.bucket).where(LoginFailures.since <= now - WINDOW)
    # Skipping what another transaction holds: two that clear up at once must not wait for each other.
    session.execute(delete(LoginFailures).where(LoginFailures.bucket.in_(old.with_for_update(skip_locked=True))))
