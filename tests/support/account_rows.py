"""Accounts for tests of services, and a row of every table that names a person."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.models import (
    Assignment,
    AuditEntry,
    Authenticator,
    Classroom,
    Comparison,
    DayCount,
    Draft,
    Enrolment,
    Extension,
    Fact,
    FactNote,
    FactVersion,
    Hint,
    LoginLink,
    LoginSession,
    MatchGame,
    Memory,
    MemoryEvent,
    Plan,
    PushSubscription,
    Question,
    QuestionReport,
    QuestionSet,
    QuestionVersion,
    Quiz,
    RecoveryCode,
    Reminders,
    Review,
    SetAuthor,
    SetFolder,
    StarredFact,
    StoredPicture,
    StudentList,
    Transfer,
    User,
)
from quizapp.services import accounts
from quizapp.services.attempts.lifecycle import begin_attempt

NOW = datetime(2026, 4, 27, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


def sign_up(session: Session, name: str = "Aysel", guest: User | None = None, password: str = PASSWORD) -> User:
    return accounts.sign_up(
        session,
        guest=guest,
        name=name,
        password_hash=accounts.hash_password(password, name),
        email="",
        is_teacher=False,
        timezone="Asia/Baku",
        now=NOW,
    )


def study(session: Session, user: User, *, day: datetime = NOW) -> None:
    """One answer, and every row that comes with it."""
    fact, version = session.execute(
        select(Fact, QuestionVersion).join(Question, Question.fact_id == Fact.id).join(QuestionVersion)
    ).first() or pytest.fail("the sample set is empty")
    session.add_all(
        [
            Plan(learner_id=user.id, set_id=fact.set_id, started_at=day),
            Memory(learner_id=user.id, fact_id=fact.id, version=1, state=2, reps=1, lapses=0),
            MemoryEvent(learner_id=user.id, fact_id=fact.id, version=2, at=day, day=day.date(), kind="known"),
            DayCount(learner_id=user.id, day=day.date(), answers=1, correct=1, new_facts=1),
            Review(
                learner_id=user.id,
                fact_id=fact.id,
                version=1,
                question_version_id=version.id,
                at=day,
                day=day.date(),
                response={"text": "Bakı"},
                verdict="right",
                fraction=1.0,
                rating=3,
                guess=0.0,
                before={},
            ),
            Quiz(
                owner_id=user.id, set_id=fact.set_id, title="", topics=[], kinds=[], size=1, feedback="", created_at=day
            ),
            MatchGame(learner_id=user.id, set_id=fact.set_id, about="dates", pairs=6, slips=0, ms=9000, at=day),
            SetFolder(user_id=user.id, set_id=fact.set_id, name="History"),
            StarredFact(learner_id=user.id, fact_id=fact.id, starred_at=day),
            FactNote(learner_id=user.id, fact_id=fact.id, text="Bakı is windy.", edited_at=day),
            Hint(learner_id=user.id, fact_id=fact.id, day=day.date()),
            QuestionReport(
                learner_id=user.id,
                question_version_id=version.id,
                fault="answer",
                text="?",
                reported_at=day,
                answered_by_id=user.id,
            ),
            Comparison(learner_id=user.id, earlier_id=fact.id, later_id=fact.id, last_at=day, last_right=True),
        ]
    )
    asked = [(fact.id, version.id)]
    begin_attempt(session, user, asked, set_id=fact.set_id, purpose="quiz", title="", feedback="at-end", now=day)
    teach(session, user, fact, version, day)
    session.flush()


def teach(session: Session, user: User, fact: Fact, version: QuestionVersion, day: datetime) -> None:
    """A set, a class and an assignment of theirs, and whatever else names them."""
    classroom = Classroom(title="7b", timezone="UTC", created_at=day)
    own = QuestionSet(key=f"own-{user.id}", title="", header={}, names=[], created_at=day, owner_id=user.id)
    session.add_all([classroom, own])
    session.flush()
    task = Assignment(class_id=classroom.id, set_id=own.id, made_by_id=user.id, kind="quiz", title="", created_at=day)
    session.add(task)
    session.flush()
    session.add_all(
        [
            LoginSession(token=f"of {user.id}", user_id=user.id, created_at=day, last_seen_at=day, browser="Firefox"),
            LoginLink(token_hash=f"of {user.id}", user_id=user.id, expires_at=day),
            Authenticator(user_id=user.id, secret=f"secret of {user.id}", last_step=1, set_at=day),
            RecoveryCode(user_id=user.id, code_hash=f"code of {user.id}"),
            Reminders(user_id=user.id, unsubscribe_secret=f"u of {user.id}", calendar_secret=f"c of {user.id}"),
            PushSubscription(
                user_id=user.id,
                endpoint=f"endpoint of {user.id}",
                public_key=f"key of {user.id}",
                auth_secret=f"auth of {user.id}",
                created_at=day,
            ),
            Enrolment(class_id=classroom.id, user_id=user.id, role="teacher", joined_at=day),
            Extension(assignment_id=task.id, user_id=user.id),
            SetAuthor(set_id=fact.set_id, user_id=user.id, since=day),
            Draft(user_id=user.id, set_id=own.id, subject="new:typed", form=[], saved_at=day),
            FactVersion(fact_id=fact.id, number=user.id, body={}, author_id=user.id, created_at=day),
            QuestionVersion(
                question_id=version.question_id, number=100 + user.id, body={}, author_id=user.id, created_at=day
            ),
            StoredPicture(digest=str(user.id), data=b"", width=1, height=1, uploader_id=user.id, created_at=day),
            Transfer(user_id=user.id, is_export=False, state="failed", step="waiting", created_at=day, changed_at=day),
            StudentList(
                class_id=classroom.id,
                user_id=user.id,
                purpose="accounts",
                state="failed",
                filename="",
                packed=b"",
                choices={},
                nonce="",
                created_at=day,
                changed_at=day,
            ),
            AuditEntry(at=day, actor_id=user.id, subject_id=user.id, class_id=classroom.id, action="joined"),
        ]
    )
