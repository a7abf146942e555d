"""Background jobs: add them, take one by a lease, and note how it ended.

A job may run twice: a process that crashes, or takes longer than its lease, leaves it to another. What a job does must
therefore be safe to repeat.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from quizapp.models import Job
from quizapp.models.database import insert_or

# The tasks that pages ask for
SEND_LOGIN_LINK = "send log-in link"
RUN_TRANSFER = "import or export a large file"
RUN_STUDENT_LIST = "give students accounts or passwords"

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(hours=1)
LONGEST_ERROR = 500  # characters


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job that this process has taken. It is ours as long as the row has the same `lease`."""

    id: int
    task: str
    details: dict[str, Any]
    lease: str
    tries: int  # this one included


def add_job(
    session: Session, task: str, *, due_at: datetime, key: str | None = None, details: dict[str, Any] | None = None
) -> None:
    """Add a job to the transaction, unless there is one with the same key. It can run once that is committed."""
    values = {"task": task, "key": key, "details": details or {}, "due_at": due_at, "tries": 0}
    session.execute(insert_or(session, Job.__table__).values(values).on_conflict_do_nothing(index_elements=["key"]))


def take_job(session: Session, leases: Mapping[str, timedelta], *, now: datetime) -> LeasedJob | None:
    """Lease the job of one of these tasks that has been due longest, for as long as its task takes at most.

    None if there is none. A job is never given to two: others pass over a row that is being taken, on PostgreSQL;
    on SQLite they wait.
    """
    free = or_(Job.leased_until.is_(None), Job.leased_until <= now)
    job = session.scalar(
        select(Job)
        .where(Job.task.in_(leases), Job.due_at <= now, free)
        .order_by(Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if job is None:
        return None
    job.lease, job.leased_until, job.tries = secrets.token_hex(8), now + leases[job.task], job.tries + 1
    session.flush()
    return LeasedJob(job.id, job.task, job.details, job.lease, job.tries)


def complete_job(session: Session, job: LeasedJob, *, next_due: datetime | None, now: datetime) -> bool:
    """Note that a job is done, and when it is due again; without that it is deleted.

    False when the lease ran out and another process has taken the job.
    """
    if next_due is not None:
        return _end_lease(session, job, due_at=next_due, tries=0, error=None, done_at=now)
    done: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(Job).where(Job.id == job.id, Job.lease == job.lease)
    )
    return done.rowcount == 1


def fail_job(session: Session, job: LeasedJob, reason: str, *, now: datetime) -> bool:
    """Note why a job failed, and let it be tried again later. False when another process has taken it meanwhile."""
    return _end_lease(session, job, due_at=now + retry_delay(job.tries), error=reason[:LONGEST_ERROR])


def retry_delay(tries: int) -> timedelta:
    """Return how long a job waits that has failed so many times: twice as long each time, an hour at most."""
    return min(FIRST_DELAY * (1 << min(tries - 1, 20)), LONGEST_DELAY)


def list_jobs(session: Session, tasks: Collection[str]) -> Sequence[Job]:
    """Return the jobs of these tasks, the one due first at the top."""
    return session.scalars(select(Job).where(Job.task.in_(tasks)).order_by(Job.due_at, Job.id)).all()


def _end_lease(session: Session, job: LeasedJob, **values: Any) -> bool:
    ended: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Job)
        .where(Job.id == job.id, Job.lease == job.lease)
        .values(lease=None, leased_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    return ended.rowcount == 1
