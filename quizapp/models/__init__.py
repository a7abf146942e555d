"""SQLAlchemy models. They are plain mapped classes; services query them with the session they are given."""

from quizapp.models.accounts import LoginFailures, User
from quizapp.models.bank import Fact, Question, QuestionSet, QuestionVersion
from quizapp.models.base import Base
from quizapp.models.memory import DayCount, Memory, Plan, Review

__all__ = [
    "Base",
    "DayCount",
    "Fact",
    "LoginFailures",
    "Memory",
    "Plan",
    "Question",
    "QuestionSet",
    "QuestionVersion",
    "Review",
    "User",
]
