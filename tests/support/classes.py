"""Teachers, students and their classes."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.models import Classroom, Enrolment, User
from quizapp.services import accounts, audit_log
from quizapp.services.classes import classes, enrolment, roster


def make_account(session: Session, name: str, *, teaches: bool = False, by_teacher: bool = False) -> User:
    user = accounts.sign_up(
        session,
        guest=None,
        name=name,
        password_hash="no password fits",
        email=None,
        is_teacher=teaches,
        timezone="UTC",
        by_teacher=by_teacher,
        now=NOON,
    )
    session.commit()
    return user


def open_class(session: Session, teacher: User, title: str = "History, 9b") -> Classroom:
    classroom = classes.create_class(session, teacher, title=title, timezone="Asia/Baku", now=NOON)
    session.commit()
    return classroom


def enrol(session: Session, classroom: Classroom, *students: User) -> None:
    """Have them join with the code."""
    for student in students:
        enrolment.join_class(session, student, classroom.join_code or "", now=NOON)
    session.commit()


def enrolment_of(session: Session, classroom: Classroom, user: User) -> Enrolment | None:
    session.expire_all()
    return session.scalar(select(Enrolment).where(Enrolment.class_id == classroom.id, Enrolment.user_id == user.id))


def log_sentences(session: Session, classroom: Classroom) -> list[str]:
    """What was done in the class, the first first."""
    return [entry.sentence for entry in audit_log.read_class_log(session, classroom.id).entries][::-1]


def names(session: Session, teacher: User, classroom: Classroom) -> list[str]:
    """Who is on the roster, by user name."""
    return [student.name for student in roster.read_roster(session, teacher, classroom.id).students]
