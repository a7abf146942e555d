"""The audit log: what teachers and authors did that concerns others."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, BigId


class AuditEntry(Base):
    """One action of a teacher on others, or of an author on a shared set. Never changed.

    `details` are the values in the sentence that `action` stands for (services.audit_log). The subject is the person
    affected.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "class_id", "id"), Index(None, "set_id", "id"), Index(None, "subject_id", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)  # by which old ones are deleted
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    class_id: Mapped[int | None] = mapped_column(ForeignKey("classroom.id", ondelete="CASCADE"))
    set_id: Mapped[int | None] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    action: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
