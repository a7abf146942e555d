"""The row that health checks write."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class HealthCheck(Base):
    """When the database was last checked: one row, written to find out whether it can be."""

    __tablename__ = "health_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime]
