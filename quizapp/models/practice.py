"""What the games of practice leave behind: pairs put in order, and times to beat."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base


class Comparison(Base):
    """How often one learner answered rightly, and wrongly, which of two facts came first."""

    __tablename__ = "comparison"

    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    earlier_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    later_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True)
    right: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    last_right: Mapped[bool]


class MatchGame(Base):
    """A match game played to its end."""

    __tablename__ = "match_game"
    __table_args__ = (Index(None, "learner_id", "set_id", "about", "pairs", "ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    set_id: Mapped[int] = mapped_column(ForeignKey("question_set.id", ondelete="CASCADE"))
    about: Mapped[str]  # what was matched, such as "dates"
    pairs: Mapped[int]
    slips: Mapped[int]  # tries that did not match
    ms: Mapped[int]
    at: Mapped[datetime]
