"""SQLAlchemy models. They are plain mapped classes; services query them with the session they are given."""

from quizapp.models.accounts import LoginFailures, User
from quizapp.models.bank import Fact, Question, QuestionSet, QuestionVersion
from quizapp.models.base import Base
from quizapp.models.memory import DayCount, Memory, Plan, Review
from quizapp.models.practice import Comparison, MatchGame
from quizapp.models.quizzes import Attempt, Quiz, Response

__all__ = [
    "Attempt",
    "Base",
    "Comparison",
    "DayCount",
    "Fact",
    "LoginFailures",
    "MatchGame",
    "Memory",
    "Plan",
    "Question",
    "QuestionSet",
    "QuestionVersion",
    "Quiz",
    "Response",
    "Review",
    "User",
]
