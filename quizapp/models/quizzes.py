"""Quizzes, and sittings of any kind: what was asked, and each answer as it was given."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, BigId


class Quiz(Base):
    """A test a learner put together: how it draws from a set, and how it is taken."""

    __tablename__ = "quiz"
    __table_args__ = (Index(None, "owner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    title: Mapped[str]
    topics: Mapped[list[str]]  # keys; none is every topic
    kinds: Mapped[list[str]]  # none is every kind that can be graded
    size: Mapped[int]  # questions
    minutes: Mapped[int | None]  # time allowed; None is untimed
    feedback: Mapped[str]  # "at-once" or "at-end"
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Attempt(Base):
    """One sitting of one learner, of a quiz or of practice; `size` questions, decided when it began."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index(None, "learner_id", "id"),
        Index(None, "quiz_id"),
        Index(None, "assignment_id", "learner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.id", ondelete="CASCADE"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    purpose: Mapped[str]  # "quiz", "practice", "pretest", "which-first", "assignment" or "preview" (of an assignment)
    title: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it was made from, to make another like it
    feedback: Mapped[str]  # "at-once" or "at-end"; of an assignment also "after-due" or "never"
    size: Mapped[int]
    started_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    marks: Mapped[float | None]  # of `size`, once finished


class Response(Base):
    """One question of an attempt, and the answer to it once there is one. `review_id` once it counts as a review."""

    __tablename__ = "response"
    __table_args__ = (
        Index(None, "review_id"),
        Index(None, "fact_id"),
        Index(None, "question_version_id"),
        Index(None, "regraded_by_id"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    response: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # core.kinds
    verdict: Mapped[str | None]
    fraction: Mapped[float | None]  # 0..1
    confidence: Mapped[int | None]
    ms: Mapped[int | None]
    at: Mapped[datetime | None]
    review_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("review.id", ondelete="SET NULL"))
    # The version whose key it was marked by, once that is not the one asked: see services.assignments.regrading.
    regraded_by_id: Mapped[int | None] = mapped_column(ForeignKey("question_version.id"))
