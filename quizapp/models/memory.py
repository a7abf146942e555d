"""What a learner studies and remembers of each fact, every answer and other change of a memory, a count for each day.

Every key leads with the learner, so that each hot query is one index range. What refers to facts and questions has an
index by them too: without it, deleting a set would search every answer there is for each of its facts.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import defaults
from quizapp.core.scheduling.scheduler import STANDARD_DECAY
from quizapp.models.base import Base, BigId
from quizapp.models.compact import SOURCES, VERDICTS, ClientId, GivenResponse, Instant, MemoryBefore, Word
from quizapp.models.database import Labels


class Plan(Base):
    """How one learner studies one set."""

    __tablename__ = "plan"

    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"), primary_key=True)
    new_per_day: Mapped[int] = mapped_column(default=defaults.NEW_PER_DAY)
    desired_retention: Mapped[float] = mapped_column(default=defaults.DESIRED_RETENTION)  # 0.70..0.97
    started_at: Mapped[datetime]
    exam_day: Mapped[date | None]
    exam_since: Mapped[date | None]  # the study day on which the exam was set
    exam_minutes: Mapped[int] = mapped_column(default=defaults.EXAM_MINUTES, server_default=text("20"))  # a day
    exam_pace: Mapped[int | None]  # new facts a day before the exam; None: as the days left need
    planned_on: Mapped[date | None]  # the study day for which facts were chosen for the exam
    planned_new: Mapped[int | None]  # the new facts chosen for it
    # What was foreseen then (services.exams), and the workload on the day that the plan was last shown (services.plans)
    exam_forecast: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    workload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    easy_days: Mapped[str] = mapped_column(default="", server_default=text("''"))  # weekdays as digits, Monday is 0
    ceiling: Mapped[int | None]  # the most reviews a day brings
    topics: Mapped[list[str]] = mapped_column(Labels(), default=list, server_default=text("''"))  # of new facts; [] all


class Memory(Base):
    """FSRS state of one fact for one learner (core.scheduling.scheduler.Memory). No row: never met.

    `version` counts every change of the row; an answer names the version it was given for.
    """

    __tablename__ = "memory"
    __table_args__ = (
        Index(None, "learner_id", "due_day"),
        # The few in learning steps are found at once, however many reviews are due.
        Index(
            None,
            "learner_id",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(None, "fact_id"),
    )

    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    state: Mapped[int]
    step: Mapped[int | None]
    stability: Mapped[float | None]  # days
    difficulty: Mapped[float | None]  # 1..10
    last_day: Mapped[date | None]
    due_day: Mapped[date | None]
    due_at: Mapped[datetime | None]  # within a session's learning steps only
    reps: Mapped[int]
    lapses: Mapped[int]
    decay: Mapped[float] = mapped_column(default=STANDARD_DECAY, server_default=text(str(STANDARD_DECAY)))
    suspended: Mapped[bool] = mapped_column(default=False)
    leech_lapses: Mapped[int | None]  # the lapses for which the program suspended it; None when somebody else did
    skipped_until: Mapped[date | None]  # hidden before this study day


class Review(Base):
    """One graded answer; append-only. An undone or overridden one stays, marked `undone_at`."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("learner_id", "fact_id", "version"),
        Index(None, "learner_id", "day"),
        Index(None, "fact_id"),
        Index(None, "question_version_id"),
        Index(
            "uq_review_learner_id_client_id",
            "learner_id",
            "client_id",
            unique=True,
            sqlite_where=text("client_id IS NOT NULL"),
            postgresql_where=text("client_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"))
    version: Mapped[int]  # the memory's version after this answer
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    day: Mapped[date]
    response: Mapped[dict[str, Any]] = mapped_column(GivenResponse)  # a response of core.kinds
    verdict: Mapped[str] = mapped_column(Word(VERDICTS))
    fraction: Mapped[float]  # 0..1
    rating: Mapped[int] = mapped_column(SmallInteger)  # 1..4
    guess: Mapped[float]  # chance of a right answer without knowing, 0..1
    predicted: Mapped[float | None]  # retrievability just before, 0..1; None within a day and on first meeting
    # The memory just before (core.scheduling.scheduler.to_json), for undo.
    before: Mapped[dict[str, Any]] = mapped_column(MemoryBefore)
    ms: Mapped[int | None]  # time from question to answer
    confidence: Mapped[int | None] = mapped_column(
        SmallInteger
    )  # how sure the learner was: core.progress.calibration.Confidence
    source: Mapped[str] = mapped_column(Word(SOURCES), default="study", server_default=text("0"))
    # The browser's own id of an answer, so that one sent twice counts once.
    client_id: Mapped[str | None] = mapped_column(ClientId)
    handed_out: Mapped[datetime | None] = mapped_column(
        Instant
    )  # when its question was, for an answer that was sent later
    overridden: Mapped[bool] = mapped_column(default=False)
    hinted: Mapped[bool] = mapped_column(default=False, server_default=false())  # rated Again, whatever the verdict
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class MemoryEvent(Base):
    """What changed a memory besides an answer; an undone one stays, marked `undone_at`.

    A memory is what its reviews and events that are not undone lead to, in the order of `at` and then of `version`.
    """

    __tablename__ = "memory_event"
    __table_args__ = (Index(None, "learner_id", "fact_id"), Index(None, "fact_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"))
    version: Mapped[int]  # the memory's version after it
    at: Mapped[datetime]
    day: Mapped[date]
    kind: Mapped[str]  # core.scheduling.events.EventKind
    undone_at: Mapped[datetime | None]


class DayCount(Base):
    """Counts of one learner's study day, kept up with every answer, so that no page ever counts reviews."""

    __tablename__ = "day_count"

    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    answers: Mapped[int] = mapped_column(default=0)
    correct: Mapped[int] = mapped_column(default=0)
    new_facts: Mapped[int] = mapped_column(default=0)
    finished: Mapped[int] = mapped_column(default=0)  # facts recalled and due on a later day
    # Of answers to facts in REVIEW, a day or more after the last one (core.progress.retention.Retention):
    long_term: Mapped[int] = mapped_column(default=0)
    long_term_correct: Mapped[int] = mapped_column(default=0)
    long_term_recalled: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    long_term_guess_odds: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    ms: Mapped[int] = mapped_column(default=0)
    timed: Mapped[int] = mapped_column(default=0)  # answers whose time is known
