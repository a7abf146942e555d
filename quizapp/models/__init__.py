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
from quizapp.models.reminders import PushKeys, PushSubscription, Reminders
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
from quizapp.models.study_tools import FactNote, Hint, QuestionReport, StarredFact
from quizapp.models.transfers import StudentList, Transfer, pack_file

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
    "FactNote",
    "FactVersion",
    "HealthCheck",
    "Hint",
    "Job",
    "LoginFailures",
    "LoginLink",
    "LoginSession",
    "MatchGame",
    "Memory",
    "MemoryEvent",
    "Plan",
    "PushKeys",
    "PushSubscription",
    "Question",
    "QuestionReport",
    "QuestionSet",
    "QuestionVersion",
    "Quiz",
    "RecoveryCode",
    "Reminders",
    "Response",
    "Review",
    "SetAuthor",
    "SetFolder",
    "StarredFact",
    "StoredPicture",
    "StudentList",
    "Transfer",
    "User",
    "pack_file",
]
