"""Work that is done in the background."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class Job(Base):
    """Something to do at `due_at` or soon after. A job that repeats keeps its row, and its `due_at` moves on.

    A process that takes a job leases it: until `leased_until` no other process takes it. If the process crashes, the
    lease runs out and the job is taken again.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]  # a key of cli.tasks.TASKS
    key: Mapped[str | None] = mapped_column(unique=True)  # there is only one job with this key; of a repeating job
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the task needs to know
    due_at: Mapped[datetime] = mapped_column(index=True)
    lease: Mapped[str | None]  # a random token of the process that has taken it
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # since it last succeeded
    error: Mapped[str | None]  # why the last try failed
    done_at: Mapped[datetime | None]  # when it last succeeded
