"""What reminds learners to study: the hour, e-mail, a private calendar, and browsers that show notifications."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.core.reminders import USUAL_HOUR
from quizapp.models.base import Base


class Reminders(Base):
    """When and how a learner wants to be reminded. Without a row, not at all.

    `next_at` is when to look next whether something is due; None while there is neither e-mail nor a browser.
    """

    __tablename__ = "reminders"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    hour: Mapped[int] = mapped_column(default=USUAL_HOUR)  # 0..23, in the learner's time zone
    by_mail: Mapped[bool] = mapped_column(default=False, server_default=false())
    mailed_on: Mapped[date | None]  # the study day of the last e-mail
    unsubscribe_secret: Mapped[str | None] = mapped_column(unique=True)  # in the links of e-mails
    calendar_secret: Mapped[str | None] = mapped_column(unique=True)  # in the address of the calendar
    next_at: Mapped[datetime | None] = mapped_column(index=True)


class PushSubscription(Base):
    """A browser that shows notifications, and how its push service is reached."""

    __tablename__ = "push_subscription"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(unique=True)  # an address of the push service
    public_key: Mapped[str]  # of the browser, for which messages are encrypted
    auth_secret: Mapped[str]
    browser: Mapped[str] = mapped_column(default="", server_default=text("''"))
    created_at: Mapped[datetime]
    pushed_on: Mapped[date | None]  # the study day of the last notification
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # in a row


class PushKeys(Base):
    """The pair of keys by which push services recognise this site; there is one, with id 1."""

    __tablename__ = "push_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    private_key: Mapped[str]
    public_key: Mapped[str]
