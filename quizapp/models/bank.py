"""Question sets: facts, the questions that ask for them, and every version of each question."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from quizapp.models.base import Base


class QuestionSet(Base):
    """A set. `header` and `names` hold the documents of core.bank: SetHeader, and a list of Name."""

    __tablename__ = "question_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    header: Mapped[dict[str, Any]]
    names: Mapped[list[Any]]
    created_at: Mapped[datetime]


class Fact(Base):
    """One thing worth remembering. `bank_hash` is that of the file it was loaded from."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("set_id", "key"), Index(None, "set_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    key: Mapped[str]
    position: Mapped[int]
    topic: Mapped[str]
    statement: Mapped[str]
    passages: Mapped[list[int]]
    notes: Mapped[list[int]]
    date: Mapped[str | None]  # EDTF
    actors: Mapped[list[str]]
    leads_to: Mapped[dict[str, str]]
    caution: Mapped[str | None]
    bank_hash: Mapped[str | None]
    edited_at: Mapped[datetime | None]  # last changed in the app, not by loading a file
    retired_at: Mapped[datetime | None]

    questions: Mapped[list["Question"]] = relationship(
        back_populates="fact", order_by="Question.position", cascade="all, delete-orphan", passive_deletes=True
    )


class Question(Base):
    """One way to ask a fact. `current` is the number of the version that is asked now."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("fact_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"))
    key: Mapped[str]
    position: Mapped[int]
    current: Mapped[int]
    retired_at: Mapped[datetime | None]

    fact: Mapped[Fact] = relationship(back_populates="questions")
    versions: Mapped[list["QuestionVersion"]] = relationship(
        order_by="QuestionVersion.number", cascade="all, delete-orphan", passive_deletes=True
    )


class QuestionVersion(Base):
    """What a learner saw. Never updated: an edit appends the next. `bank_hash` is None for one written in the app."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)  # a question of core.questions
    bank_hash: Mapped[str | None]
    created_at: Mapped[datetime]
