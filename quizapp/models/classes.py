"""Classes: who teaches and who learns in them, what they were asked to do, and a record of what was done to others."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import defaults
from quizapp.core.assignments import AssignmentSettings, ExtensionSettings, StudyGoal
from quizapp.core.text.alphabets import LANGUAGE
from quizapp.models.base import Base


class Classroom(Base):
    """A class. `join_code` lets people in who know it; None while nobody may join."""

    __tablename__ = "classroom"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    timezone: Mapped[str]  # in which its assignments open, are due and close
    language: Mapped[str] = mapped_column(default=LANGUAGE, server_default=text("'en'"))  # that names are sorted by
    join_code: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())


class Enrolment(Base):
    """Somebody in a class, as its teacher or its student. Who was removed or banned stays on record."""

    __tablename__ = "enrolment"
    __table_args__ = (Index(None, "user_id"),)

    class_id: Mapped[int] = mapped_column(ForeignKey("classroom.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str]  # "teacher" or "student"
    status: Mapped[str] = mapped_column(default="active", server_default="active")  # active, left, removed or banned
    called: Mapped[str] = mapped_column(default="", server_default=text("''"))  # a name for the teachers' eyes
    surname: Mapped[str] = mapped_column(default="", server_default=text("''"))  # a part of it, if it is known
    group_name: Mapped[str] = mapped_column(default="", server_default=text("''"))  # within the class
    sort_key: Mapped[str] = mapped_column(default="", server_default=text("''"))  # core.text.alphabets.name_key
    time_factor: Mapped[float] = mapped_column(default=1.0, server_default=text("1.0"))  # of time limits, 1..5
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Assignment(Base):
    """What a class was asked to do: to study (a part of) a set, or to take a quiz.

    Study: `topics` (none: all) enter each student's plan, with `exam_day`, `desired_retention` and `new_per_day`;
    `fact_ids`, where given, are what is brought back today, and nothing else.
    Quiz: `question_ids` are asked, in that order, or, where there are none, `draws` (topic to number of questions, of
    `kinds`) are drawn again for each attempt.
    """

    __tablename__ = "assignment"
    __table_args__ = (Index(None, "class_id", "id"), Index(None, "set_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("classroom.id", ondelete="CASCADE"))
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    kind: Mapped[str]  # "study" or "quiz"
    title: Mapped[str]
    instructions: Mapped[str] = mapped_column(default="", server_default=text("''"))  # Markdown
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    topics: Mapped[list[str]] = mapped_column(default=list)
    fact_ids: Mapped[list[int]] = mapped_column(default=list)
    exam_day: Mapped[date | None]
    desired_retention: Mapped[float | None]  # 0.70..0.97
    new_per_day: Mapped[int | None]

    question_ids: Mapped[list[int]] = mapped_column(default=list)
    draws: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kinds: Mapped[list[str]] = mapped_column(default=list)
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  # later is late
    closes_at: Mapped[datetime | None]  # later is not possible
    attempts: Mapped[int | None]  # None: as many as wanted
    minutes: Mapped[int | None]  # for each attempt, times the student's factor; None: untimed
    shuffled: Mapped[bool] = mapped_column(default=True)
    feedback: Mapped[str] = mapped_column(default="at-end")  # at-once, at-end, after-due or never

    @property
    def goal(self) -> StudyGoal:
        """Return how the set is to be studied, with the defaults for what is not set."""
        retention = self.desired_retention or defaults.DESIRED_RETENTION
        pace = defaults.NEW_PER_DAY if self.new_per_day is None else self.new_per_day
        return StudyGoal(tuple(self.topics), self.exam_day, retention, pace)

    @property
    def settings(self) -> AssignmentSettings:
        """Return the settings of a quiz for everybody."""
        return AssignmentSettings(self.opens_at, self.due_at, self.closes_at, self.attempts, self.minutes)

    def settings_for(self, enrolment: Enrolment, extension: "Extension | None") -> AssignmentSettings:
        """Return the settings of a quiz for one student."""
        return self.settings.for_student(enrolment.time_factor, extension.settings if extension else None)


class Extension(Base):
    """What one student has instead of an assignment's settings; None leaves a setting as it is."""

    __tablename__ = "extension"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    attempts: Mapped[int | None]
    time_factor: Mapped[float | None]  # instead of that of the enrolment

    @property
    def settings(self) -> ExtensionSettings:
        return ExtensionSettings(self.due_at, self.closes_at, self.attempts, self.time_factor)
