"""Quizzes, and attempts of every purpose with their questions and answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core.attempts import Score
from quizapp.models.base import Base, BigId


class Quiz(Base):
    """A quiz a learner made for themselves: what it draws from a set, and its settings."""

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
    # Whether its answers are reviews; if not, only when the learner asks for it on the result.
    counts: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Attempt(Base):
    """One attempt of one learner at `size` questions, which are chosen when it begins."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index(None, "learner_id", "id"),
        Index(None, "quiz_id"),
        Index(None, "assignment_id", "learner_id"),
        # to find the attempts that run and whose time is up
        Index(None, "deadline", sqlite_where=text("finished_at IS NULL"), postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.id", ondelete="CASCADE"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    purpose: Mapped[str]  # a key of core.attempts.POLICIES, or "which-first"
    title: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it was made from, to make another like it
    feedback: Mapped[str]  # "at-once" or "at-end"; of an assignment also "after-due" or "never"
    size: Mapped[int]
    started_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]  # when it was handed in, or expired
    marks: Mapped[float | None]  # of `size`, once finished
    unmarked: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # answers waiting, once finished
    recorded_at: Mapped[datetime | None]  # when its answers had all become reviews
    key_shown_at: Mapped[datetime | None]  # when its learner saw the right answers while answers could still arrive

    @property
    def score(self) -> Score:
        """Return the marks of a finished attempt out of its questions."""
        return Score(self.marks or 0.0, self.size, self.unmarked)


class Response(Base):
    """One question of an attempt and the answer to it, if there is one.

    `response`, `confidence`, `ms` and `at` are empty until it is answered, `verdict` and `fraction` until it is graded
    (`fraction` also while it waits to be marked), `review_id` until it counts as a review. `overridden` says that the
    verdict and the fraction are the learner's own, and not those of the program.
    """

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
    overridden: Mapped[bool] = mapped_column(default=False, server_default=false())
    hinted: Mapped[bool] = mapped_column(default=False, server_default=false())  # a hint was shown, so no credit
    confidence: Mapped[int | None]
    ms: Mapped[int | None]
    at: Mapped[datetime | None]
    # When it arrived, if that was after the deadline; `at` is then what the browser said.
    received_at: Mapped[datetime | None]
    review_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("review.id", ondelete="SET NULL"))
    # The version it was regraded by, if any: see services.assignments.regrading.
    regraded_by_id: Mapped[int | None] = mapped_column(ForeignKey("question_version.id"))
