"""What learners add to facts and questions while they study: stars, notes, hints they took, and reports of mistakes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class StarredFact(Base):
    """A fact that a learner starred, to find and study it again."""

    __tablename__ = "starred_fact"
    __table_args__ = (Index(None, "fact_id"),)

    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    starred_at: Mapped[datetime]


class FactNote(Base):
    """A learner's own note on a fact, such as a mnemonic; limited Markdown."""

    __tablename__ = "fact_note"
    __table_args__ = (Index(None, "fact_id"),)

    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]
    edited_at: Mapped[datetime]


class Hint(Base):
    """A hint that a learner took on a study day, until they answer: that answer counts as not remembered."""

    __tablename__ = "hint"
    __table_args__ = (Index(None, "fact_id"),)

    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date]


class QuestionReport(Base):
    """A mistake that a learner reported in the version of a question they saw, and what became of it.

    With a `suggestion` (a question of core.kinds), it is a correction that the authors can accept. `outcome` is a
    services.study_tools.reports.Outcome once an author answered.
    """

    __tablename__ = "question_report"
    __table_args__ = (
        Index(None, "learner_id"),
        Index(None, "question_version_id"),
        Index(None, "accepted_as_id"),
        Index(None, "answered_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id", ondelete="CASCADE"))
    fault: Mapped[str]  # services.study_tools.reports.FAULTS
    text: Mapped[str]
    suggestion: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reported_at: Mapped[datetime]
    accepted_as_id: Mapped[int | None] = mapped_column(ForeignKey("question_version.id", ondelete="SET NULL"))
    outcome: Mapped[str | None]
    reply: Mapped[str] = mapped_column(default="", server_default=sql("''"))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
