"""SQLAlchemy models. They are plain mapped classes; services query them with the session they are given."""

from quizapp.models.accounts import Authenticator, LoginFailures, LoginLink, LoginSession, RecoveryCode, User
from quizapp.models.attempts import Attempt, Quiz, Response
from quizapp.models.audit_log import AuditEntry
from quizapp.models.base import Base
from quizapp.models.classes import Assignment, Classroom, Enrolment, Extension
from quizapp.models.health import HealthCheck
from quizapp.models.jobs import Job
from quizapp.models.memory import DayCount, Memory, MemoryEvent, Plan, Review
from quizapp.models.practice import Comparison, MatchGame
from quizapp.models.sets import (
    Draft,
    Fact,
    FactAnswer,
    FactVersion,
    Question,
    QuestionSet,
    QuestionVersion,
    SetAuthor,
    SetFolder,
    StoredPicture,
)

__all__ = [
    "Assignment",
    "Attempt",
    "AuditEntry",
    "Authenticator",
    "Base",
    "Classroom",
    "Comparison",
    "DayCount",
    "Draft",
    "Enrolment",
    "Extension",
    "Fact",
    "FactAnswer",
    "FactVersion",
    "HealthCheck",
    "Job",
    "LoginFailures",
    "LoginLink",
    "LoginSession",
    "MatchGame",
    "Memory",
    "MemoryEvent",
    "Plan",
    "Question",
    "QuestionSet",
    "QuestionVersion",
    "Quiz",
    "RecoveryCode",
    "Response",
    "Review",
    "SetAuthor",
    "SetFolder",
    "StoredPicture",
    "User",
]
