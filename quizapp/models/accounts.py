"""People, where they are logged in, and the tries that slow a guesser or a flood down."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core import defaults
from quizapp.core.scheduling.scheduler import STANDARD, Parameters
from quizapp.core.scheduling.study_days import PersonalClock
from quizapp.models.base import Base


class User(Base):
    """A person. A guest is a user without a name; signing up fills it in and keeps everything else."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    name_folded: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    is_teacher: Mapped[bool] = mapped_column(default=False)
    created_by_teacher: Mapped[bool] = mapped_column(default=False, server_default=false())
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]  # of an account, to the hour; None: not logged in yet
    timezone: Mapped[str] = mapped_column(default=defaults.TIMEZONE)
    rollover_hour: Mapped[int] = mapped_column(default=defaults.ROLLOVER_HOUR)
    two_buttons: Mapped[bool] = mapped_column(default=False)
    letter_keys: Mapped[bool] = mapped_column(default=True)
    asks_confidence: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_essays: Mapped[bool] = mapped_column(default=False, server_default=false())  # in daily review
    shows_badge: Mapped[bool] = mapped_column(default=False, server_default=false())  # due facts on the app's icon
    total_new_per_day: Mapped[int | None]  # the most new facts of all sets together
    catch_up_until: Mapped[date | None]  # the last study day over which a backlog is spread
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())  # made by `quizapp demo`
    # What the learner's own reviews say about their memory (core.scheduling.personal); None: not better than usual
    fitted_parameters: Mapped[list[float] | None] = mapped_column(JSON(none_as_null=True))
    fitted_factor: Mapped[float] = mapped_column(default=1.0, server_default=text("1.0"))  # of intervals
    fitted_elimination: Mapped[float] = mapped_column(default=0.0, server_default=text("0.0"))  # of options
    fitted_on: Mapped[date | None]  # the study day on which the reviews were last looked at
    adjusted_on: Mapped[date | None]  # the study day since which intervals differ from the usual ones
    uses_standard: Mapped[bool] = mapped_column(default=False, server_default=false())  # none of it is used

    clock = PersonalClock()  # by which this person's study days turn over
    is_authenticated = True  # what Flask-Login asks of a user, besides what LoginSession has

    @property
    def parameters(self) -> Parameters:
        """Return the weights of FSRS that this person's memories are computed with."""
        return STANDARD if self.uses_standard or not self.fitted_parameters else tuple(self.fitted_parameters)

    @property
    def interval_factor(self) -> float:
        return 1.0 if self.uses_standard else self.fitted_factor

    @property
    def elimination(self) -> float:
        """Return how well this person eliminates options of a choice (core.scheduling.personal), 0..1."""
        return 0.0 if self.uses_standard else self.fitted_elimination

    @property
    def is_guest(self) -> bool:
        return self.name is None


class LoginSession(Base):
    """A browser in which a user is logged in, until log-out. A guest has one too.

    `browser` and `network` describe it to the user; they are empty where they are unknown.
    """

    __tablename__ = "login_session"
    __table_args__ = (Index(None, "user_id"), Index(None, "last_seen_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)  # what the cookie holds, signed
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]  # to the hour
    browser: Mapped[str] = mapped_column(default="", server_default=text("''"))
    network: Mapped[str] = mapped_column(default="", server_default=text("''"))

    is_active = True  # what Flask-Login asks of whatever logs in

    def get_id(self) -> str:
        return self.token


class LoginLink(Base):
    """A link that logs its user in once, to choose a new password. Only a hash of what it holds is kept."""

    __tablename__ = "login_link"
    __table_args__ = (Index(None, "user_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class LoginFailures(Base):
    """Tries that are limited (services.throttle) since `since`: wrong passwords and join codes, guests and sign-ups.

    `bucket` is a hash of the name or address, so that nothing typed by mistake is kept.
    """

    __tablename__ = "login_failures"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)  # by which old ones are cleared away


class Authenticator(Base):
    """What a user with two-step log-in shares with an app. `last_step` is that of the last code used."""

    __tablename__ = "authenticator"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str]
    last_step: Mapped[int]
    set_at: Mapped[datetime | None]  # None: before this was noted


class RecoveryCode(Base):
    """A code that replaces the app once. Only a hash of it is kept."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(primary_key=True)
