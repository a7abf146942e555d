"""How people in a class are called and sorted."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.core.text.alphabets import name_key
from quizapp.models import Classroom, Enrolment, User


def make_enrolment(
    classroom: Classroom,
    user: User,
    role: str,
    *,
    called: str = "",
    surname: str = "",
    group_name: str = "",
    now: datetime,
) -> Enrolment:
    """Return somebody's place in a class, with the key by which the class is sorted."""
    enrolment = Enrolment(
        class_id=classroom.id,
        user_id=user.id,
        role=role,
        called=called,
        surname=surname,
        group_name=group_name,
        joined_at=now,
    )
    set_sort_key(enrolment, user.name, classroom.language)
    return enrolment


def set_sort_key(enrolment: Enrolment, user_name: str | None, language: str) -> None:
    """Set the key by which students are sorted: by surname, then by name; by user name where no name is noted."""
    first = enrolment.surname or enrolment.called or user_name or ""
    enrolment.sort_key = name_key(language, first, enrolment.called)


def sort_class_again(session: Session, classroom: Classroom) -> None:
    """Set the keys of everybody in a class whose language has changed."""
    rows = session.execute(
        select(Enrolment, User.name).join(User, User.id == Enrolment.user_id).where(Enrolment.class_id == classroom.id)
    )
    for enrolment, user_name in rows:
        set_sort_key(enrolment, user_name, classroom.language)
    session.flush()
