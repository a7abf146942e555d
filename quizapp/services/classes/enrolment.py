"""Join and leave a class by its code; add and remove its teachers. Guessing codes is slowed down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.core import accounts as rules
from quizapp.core.classes import WRONG_CODES, fold_code, spell_code
from quizapp.models import Classroom, Enrolment, User
from quizapp.services import audit_log
from quizapp.services.access import ACTIVE, BANNED, REMOVED, STUDENT, TEACHER, class_to_teach, enrolled, find_account
from quizapp.services.classes.classes import NotATeacher, teacher_names
from quizapp.services.classes.departures import end_enrolment
from quizapp.services.classes.names import make_enrolment
from quizapp.services.errors import NotFound, UnknownUser
from quizapp.services.throttle import bucket_name, count_try, take_back_try

LEFT = "left"  # by their own choice, which only they can undo


class WrongCode(Exception):
    """No class has that code, or none that this person may join: from outside the two look alike."""


class LastTeacher(Exception):
    """A class needs somebody who teaches it."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a person with the code of a class sees of it."""

    classroom: Classroom
    teachers: Sequence[str]
    is_member: bool

    @property
    def code(self) -> str:
        """The code as it is shown."""
        return spell_code(self.classroom.join_code or "")


def find_invitation(session: Session, user: User | None, typed: str, *, address: str, now: datetime) -> Invitation:
    """Return the class of a join code as an invitation.

    The code counts as a wrong one unless it is right. Raises WrongCode, and TooManyTries, also when the code is right.
    """
    guesses = bucket_name("join", rules.neighbourhood(address))
    count_try(session, [(guesses, WRONG_CODES)], now)
    classroom, enrolment = _find_by_code(session, user, typed)
    take_back_try(session, guesses)
    return Invitation(
        classroom,
        teacher_names(session, [classroom.id])[classroom.id],
        enrolment is not None and enrolment.status == ACTIVE,
    )


def join_class(session: Session, user: User, typed: str, *, now: datetime) -> tuple[int, bool]:
    """Join the class of that code as a student; return its id and whether the person was not in it. Raises
    WrongCode."""
    classroom, enrolment = _find_by_code(session, user, typed, lock=True)
    if enrolment is not None and enrolment.status == ACTIVE:
        return classroom.id, False
    if enrolment is None:
        session.add(make_enrolment(classroom, user, STUDENT, now=now))
    else:
        enrolment.role, enrolment.status, enrolment.joined_at, enrolment.ended_at = STUDENT, ACTIVE, now, None
    audit_log.record(session, user, "joined", now=now, classroom=classroom, subject=user)
    return classroom.id, True


def leave_class(session: Session, user: User, class_id: int, *, now: datetime) -> Classroom:
    """Leave a class, as its student or its teacher. Raises NotFound, LastTeacher."""
    session.scalar(select(Classroom.id).where(Classroom.id == class_id).with_for_update())
    classroom, enrolment = enrolled(session, user, class_id)
    if enrolment.role == TEACHER:
        others = select(func.count()).where(
            Enrolment.class_id == class_id,
            Enrolment.user_id != user.id,
            Enrolment.role == TEACHER,
            Enrolment.status == ACTIVE,
        )
        if not session.scalar(others):
            raise LastTeacher
    end_enrolment(session, enrolment, user, LEFT, now=now)
    audit_log.record(session, user, "left", now=now, classroom=classroom, subject=user)
    return classroom


def _find_by_code(
    session: Session, user: User | None, typed: str, *, lock: bool = False
) -> tuple[Classroom, Enrolment | None]:
    """Return the class of that code and the person's enrolment in it. Raises WrongCode, also for a banned person."""
    code = fold_code(typed)
    if code is None:
        raise WrongCode
    query = select(Classroom).where(Classroom.join_code == code, Classroom.archived_at.is_(None))
    classroom = session.scalar(query.with_for_update() if lock else query)
    if classroom is None:
        raise WrongCode
    # Who was banned while this waited is.
    enrolment = session.get(Enrolment, (classroom.id, user.id), populate_existing=lock) if user else None
    if enrolment is not None and enrolment.status == BANNED:
        raise WrongCode
    return classroom, enrolment


# Teachers


class AlreadyTeacher(Exception):
    """They are a teacher of the class."""


def add_teacher(session: Session, user: User, class_id: int, name: str, *, now: datetime) -> User:
    """Add a teacher by user name. Raises NotFound, UnknownUser, NotATeacher for a learner's account, AlreadyTeacher."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    other = find_account(session, name)
    if other is None:
        raise UnknownUser
    if not other.is_teacher:
        raise NotATeacher
    enrolment = session.get(Enrolment, (class_id, other.id))
    if enrolment is None:
        session.add(make_enrolment(classroom, other, TEACHER, now=now))
    elif (enrolment.role, enrolment.status) == (TEACHER, ACTIVE):
        raise AlreadyTeacher
    else:
        enrolment.role, enrolment.status, enrolment.joined_at, enrolment.ended_at = TEACHER, ACTIVE, now, None
    audit_log.record(session, user, "added_teacher", now=now, classroom=classroom, subject=other)
    return other


def remove_teacher(session: Session, user: User, class_id: int, user_id: int, *, now: datetime) -> None:
    """Remove a teacher who was added later. Raises NotFound, also for those who were there before."""
    classroom = class_to_teach(session, user, class_id, lock=True)
    rows = session.execute(
        select(Enrolment, User)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.class_id == class_id, Enrolment.role == TEACHER, Enrolment.status == ACTIVE)
        .order_by(Enrolment.joined_at, Enrolment.user_id)
    ).all()
    order = [row.user_id for row, _ in rows]
    if user_id not in order[order.index(user.id) + 1 :]:
        raise NotFound
    enrolment, other = rows[order.index(user_id)]
    end_enrolment(session, enrolment, other, REMOVED, now=now)
    audit_log.record(session, user, "removed_teacher", now=now, classroom=classroom, subject=other)
