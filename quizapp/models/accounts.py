"""People, and the tries that slow a guesser or a flood down."""

from datetime import datetime

from sqlalchemy import false
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import defaults
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.models.base import Base


class User(Base):
    """A person. A guest is a user without a name; signing up fills it in and keeps everything else."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)  # what the cookie holds; a new one ends every other session
    name: Mapped[str | None]
    name_folded: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    is_teacher: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(default=defaults.TIMEZONE)
    rollover_hour: Mapped[int] = mapped_column(default=defaults.ROLLOVER_HOUR)
    two_buttons: Mapped[bool] = mapped_column(default=False)
    letter_keys: Mapped[bool] = mapped_column(default=True)
    asks_confidence: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_essays: Mapped[bool] = mapped_column(default=False, server_default=false())  # in daily review
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())  # made by `quizapp demo`

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def clock(self) -> StudyClock:
        """Return the calendar by which this person's study days turn over."""
        return StudyClock(self.timezone, self.rollover_hour)

    @property
    def is_guest(self) -> bool:
        return self.name is None

    def get_id(self) -> str:
        return self.token


class LoginFailures(Base):
    """Tries that are limited (services.throttle) since `since`: wrong passwords and join codes, guests and sign-ups.

    `bucket` is a hash of the name or address, so that nothing typed by mistake is kept.
    """

    __tablename__ = "login_failures"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)  # by which old ones are cleared away
