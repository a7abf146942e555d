"""Tries that are limited, to slow down guessers and floods; counted in the database, so that all workers share it.

A try is counted before anything is done about it: of many at the same moment, none gets past the limit.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from quizapp.core.accounts import WINDOW, minutes_to_wait
from quizapp.models import LoginFailures
from quizapp.models.database import insert_or


class TooManyTries(Exception):
    """There were too many tries of this kind; wait so many `minutes`."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


def bucket_name(kind: str, what: str) -> str:
    """Return a hash: people type passwords into the wrong field, and addresses are nobody's business."""
    return hashlib.sha256(f"{kind}:{what}".encode()).hexdigest()


def count_try(session: Session, limits: Sequence[tuple[str, int]], now: datetime) -> None:
    """Count a try in each bucket, given with its limit. Raises TooManyTries at the first one that is full.

    Buckets of one kind must always come in the same order: two transactions then never wait for each other.
    """
    for name, limit in limits:
        count, since = _add_one(session, name, now)
        if count > limit:
            raise TooManyTries(minutes_to_wait(since, now))
    delete_old_tries(session, now)


def take_back_try(session: Session, name: str) -> None:
    """Forget one try in the bucket, which turned out to be right."""
    bucket = update(LoginFailures).where(LoginFailures.bucket == name, LoginFailures.count > 0)
    session.execute(bucket.values(count=LoginFailures.count - 1), execution_options={"synchronize_session": False})


def clear_tries(session: Session, name: str) -> None:
    session.execute(delete(LoginFailures).where(LoginFailures.bucket == name))
    session.flush()


def _add_one(session: Session, name: str, now: datetime) -> tuple[int, datetime]:
    """Return how many tries there are in the bucket with this one, and since when. Safe whoever else counts."""
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


def delete_old_tries(session: Session, now: datetime) -> None:
    """Delete the tries of everybody that are too old to matter."""
    old = select(LoginFailures.bucket).where(LoginFailures.since <= now - WINDOW)
    # Skipping what another transaction holds: two that clear up at once must not wait for each other.
    session.execute(delete(LoginFailures).where(LoginFailures.bucket.in_(old.with_for_update(skip_locked=True))))
