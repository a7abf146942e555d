"""Classes as teachers run them and students are in them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from classes import enrol, log_sentences, make_account, names, open_class
from sqlalchemy.orm import Session
from study import NOON, statements

from quizapp.core.classes import WRONG_CODES
from quizapp.core.rosters.choices import RosterChoices
from quizapp.core.rosters.reading import read_table
from quizapp.models import Classroom, Enrolment, User
from quizapp.services import audit_log
from quizapp.services.classes import classes, enrolment, roster, student_lists
from quizapp.services.classes.classes import NotATeacher
from quizapp.services.classes.enrolment import AlreadyTeacher, LastTeacher, WrongCode
from quizapp.services.errors import NotFound, UnknownUser
from quizapp.services.throttle import TooManyTries

HERE = "203.0.113.7"


@pytest.fixture
def teacher(session: Session) -> User:
    return make_account(session, "Rasim", teaches=True)


@pytest.fixture
def classroom(session: Session, teacher: User) -> Classroom:
    return open_class(session, teacher)


@pytest.fixture
def student(session: Session, classroom: Classroom) -> User:
    """Aysel, who is in the class."""
    student = make_account(session, "Aysel")
    enrol(session, classroom, student)
    return student


@pytest.fixture
def outsider(session: Session) -> User:
    """A teacher, of another class."""
    outsider = make_account(session, "Vaqif", teaches=True)
    open_class(session, outsider, "Elsewhere")
    return outsider


def look_at(session: Session, user: User | None, code: str) -> enrolment.Invitation:
    return enrolment.find_invitation(session, user, code, address=HERE, now=NOON)


# Opening and joining


def test_it_works(session: Session, teacher: User, classroom: Classroom) -> None:
    student = make_account(session, "Aysel")
    found = look_at(session, student, classroom.join_code or "")
    assert (found.classroom.title, found.teachers, found.is_member) == ("History, 9b", ["Rasim"], False)
    assert enrolment.join_class(session, student, found.classroom.join_code or "", now=NOON) == (classroom.id, True)
    assert names(session, teacher, classroom) == ["Aysel"]
    assert [card.classroom.title for card in classes.list_classes(session, student).attended] == ["History, 9b"]
    assert log_sentences(session, classroom) == ["Rasim created the class.", "Aysel joined."]


def test_only_an_account_that_teaches_opens_a_class(session: Session) -> None:
    with pytest.raises(NotATeacher):
        open_class(session, make_account(session, "Aysel"))


def test_joining_again_changes_nothing(session: Session, classroom: Classroom, student: User) -> None:
    assert enrolment.join_class(session, student, classroom.join_code or "", now=NOON) == (classroom.id, False)
    assert look_at(session, student, classroom.join_code or "").is_member
    assert log_sentences(session, classroom).count("Aysel joined.") == 1


def test_a_teacher_who_follows_the_link_stays_a_teacher(session: Session, teacher: User, classroom: Classroom) -> None:
    assert enrolment.join_class(session, teacher, classroom.join_code or "", now=NOON) == (classroom.id, False)
    assert names(session, teacher, classroom) == []


def test_an_old_code_stops_at_once(session: Session, teacher: User, classroom: Classroom) -> None:
    old, newcomer = classroom.join_code or "", make_account(session, "Leyla")
    classes.renew_code(session, teacher, classroom.id, now=NOON)
    with pytest.raises(WrongCode):
        enrolment.join_class(session, newcomer, old, now=NOON)
    assert enrolment.join_class(session, newcomer, classroom.join_code or "", now=NOON)[1]


@pytest.mark.parametrize("shut", [classes.close_joining, classes.archive_class])
def test_a_closed_class_lets_nobody_in_and_may_be_opened_again(
    session: Session, teacher: User, classroom: Classroom, shut: Callable[..., None]
) -> None:
    old, newcomer = classroom.join_code or "", make_account(session, "Leyla")
    shut(session, teacher, classroom.id, now=NOON)
    for way in (
        lambda: look_at(session, newcomer, old),
        lambda: enrolment.join_class(session, newcomer, old, now=NOON),
    ):
        with pytest.raises(WrongCode):
            way()
    if shut is classes.archive_class:
        classes.restore_class(session, teacher, classroom.id, now=NOON)
    else:
        classes.renew_code(session, teacher, classroom.id, now=NOON)
    assert enrolment.join_class(session, newcomer, classroom.join_code or "", now=NOON)[1]


def test_an_archived_class_is_listed_apart_and_stays_whole(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    classes.archive_class(session, teacher, classroom.id, now=NOON)
    for user in (teacher, student):
        listed = classes.list_classes(session, user)
        assert (listed.taught, listed.attended) == ([], [])
        assert [card.classroom.id for card in listed.archived] == [classroom.id]
    assert names(session, teacher, classroom) == ["Aysel"]


def test_a_banned_student_sees_the_message_of_a_wrong_code(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    roster.ban_student(session, teacher, classroom.id, student.id, now=NOON)
    for way in (look_at, lambda session, user, code: enrolment.join_class(session, user, code, now=NOON)):
        with pytest.raises(WrongCode):
            way(session, student, classroom.join_code or "")


@pytest.mark.one_database
def test_guessing_is_slowed_for_an_address_even_if_the_guess_is_right(session: Session, classroom: Classroom) -> None:
    for _ in range(WRONG_CODES):
        with pytest.raises(WrongCode):
            look_at(session, None, "K7M-04T-X9P")
    with pytest.raises(TooManyTries) as held:
        look_at(session, None, classroom.join_code or "")
    assert held.value.minutes == 15
    code = classroom.join_code or ""
    assert (
        enrolment.find_invitation(session, None, code, address="203.0.113.8", now=NOON).classroom.title == "History, 9b"
    )
    later = NOON + timedelta(minutes=15)
    assert enrolment.find_invitation(session, None, code, address=HERE, now=later).classroom.title == "History, 9b"


# The class itself


def test_what_changed_is_noted_and_what_did_not_is_not(session: Session, teacher: User, classroom: Classroom) -> None:
    for _ in range(2):
        classes.change_class(
            session, teacher, classroom.id, title="History, 10b", timezone="Asia/Baku", language="az", now=NOON
        )
    assert log_sentences(session, classroom)[1:] == ["Rasim renamed the class from “History, 9b” to “History, 10b”."]


def test_nothing_of_a_class_is_open_to_an_outsider_or_its_students(
    session: Session, teacher: User, classroom: Classroom, student: User, outsider: User
) -> None:
    tried: dict[Callable[..., object], dict[str, Any]] = {
        classes.change_class: {"title": "x", "timezone": "UTC", "language": "az"},
        classes.renew_code: {},
        classes.close_joining: {},
        classes.archive_class: {},
        classes.restore_class: {},
        roster.remove_student: {"user_id": student.id},
        roster.ban_student: {"user_id": student.id},
        roster.restore_student: {"user_id": student.id},
        roster.update_student: {
            "user_id": student.id,
            "called": "x",
            "surname": "",
            "group_name": "",
            "time_factor": 2.0,
        },
        roster.record_new_password: {"user_id": student.id},
        enrolment.add_teacher: {"name": "Vaqif"},
        enrolment.remove_teacher: {"user_id": teacher.id},
        roster.enrol_student: {"student": outsider, "about": {"called": "x"}},
    }
    before = log_sentences(session, classroom)
    for who in (outsider, student):
        for action, values in tried.items():
            with pytest.raises(NotFound):
                action(session, who, classroom.id, now=NOON, **values)
        with pytest.raises(NotFound):
            roster.read_roster(session, who, classroom.id)
        with pytest.raises(NotFound):
            roster.find_student(session, who, classroom.id, student.id)
        with pytest.raises(NotFound):
            student_lists.add_list(session, who, classroom.id, b"", filename="", now=NOON)
    with pytest.raises(NotFound):
        enrolment.leave_class(session, outsider, classroom.id, now=NOON)
    assert log_sentences(session, classroom) == before


def test_a_student_of_another_class_is_nobody_here(
    session: Session, teacher: User, classroom: Classroom, student: User, outsider: User
) -> None:
    elsewhere = classes.list_classes(session, outsider).taught[0].classroom
    for do in (roster.remove_student, roster.ban_student, roster.restore_student, roster.record_new_password):
        with pytest.raises(NotFound):
            do(session, outsider, elsewhere.id, student.id, now=NOON)


# Teachers


def test_a_second_teacher_finds_the_class_and_may_leave_it(
    session: Session, teacher: User, classroom: Classroom, outsider: User
) -> None:
    assert enrolment.add_teacher(session, teacher, classroom.id, " vaqif ", now=NOON) is outsider
    assert classroom.id in {card.classroom.id for card in classes.list_classes(session, outsider).taught}
    assert classes.teacher_names(session, [classroom.id]) == {classroom.id: ["Rasim", "Vaqif"]}
    enrolment.leave_class(session, outsider, classroom.id, now=NOON)
    assert classes.teacher_names(session, [classroom.id]) == {classroom.id: ["Rasim"]}


@pytest.mark.parametrize(
    ("name", "error"),
    [("Aysel", NotATeacher), ("Nobody", UnknownUser), ("a\0b", UnknownUser), ("Rasim", AlreadyTeacher)],
)
def test_who_cannot_be_added_as_a_teacher(
    session: Session, teacher: User, classroom: Classroom, student: User, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        enrolment.add_teacher(session, teacher, classroom.id, name, now=NOON)


def test_a_student_who_teaches_may_become_a_teacher_of_the_class(
    session: Session, teacher: User, classroom: Classroom, outsider: User
) -> None:
    enrol(session, classroom, outsider)
    enrolment.add_teacher(session, teacher, classroom.id, "Vaqif", now=NOON)
    assert names(session, teacher, classroom) == []
    assert len(roster.read_roster(session, outsider, classroom.id).teachers) == 2


def test_nobody_ends_the_teaching_of_those_who_were_there_before(
    session: Session, teacher: User, classroom: Classroom, outsider: User
) -> None:
    enrolment.add_teacher(session, teacher, classroom.id, "Vaqif", now=NOON + timedelta(days=1))
    for user, other in ((outsider, teacher), (outsider, outsider), (teacher, teacher)):
        with pytest.raises(NotFound):
            enrolment.remove_teacher(session, user, classroom.id, other.id, now=NOON)
    enrolment.remove_teacher(session, teacher, classroom.id, outsider.id, now=NOON)
    with pytest.raises(NotFound):
        roster.read_roster(session, outsider, classroom.id)
    assert log_sentences(session, classroom)[-1] == "Rasim removed Vaqif as a teacher of the class."


def test_a_class_keeps_a_teacher(session: Session, teacher: User, classroom: Classroom, student: User) -> None:
    with pytest.raises(LastTeacher):
        enrolment.leave_class(session, teacher, classroom.id, now=NOON)


# Size


@pytest.mark.one_database
def test_the_number_of_statements_hangs_neither_on_students_nor_on_classes(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    looks = {
        "list of a teacher": lambda: classes.list_classes(session, teacher),
        "list of a student": lambda: classes.list_classes(session, student),
        "roster": lambda: roster.read_roster(session, teacher, classroom.id),
        "student": lambda: roster.find_student(session, teacher, classroom.id, student.id),
        "log": lambda: audit_log.read_class_log(session, classroom.id),
    }

    def cost() -> dict[str, int]:
        session.expire_all()
        _ = teacher.id, student.id, classroom.id
        return {name: statements(session, look) for name, look in looks.items()}

    before = cost()
    enrol(session, classroom, *(make_account(session, f"student {number}") for number in range(39)))
    for number in range(39):
        other = open_class(session, teacher, f"Class {number}")
        session.add(Enrolment(class_id=other.id, user_id=student.id, role="student", joined_at=NOON))
    session.commit()
    assert cost() == before
    assert max(before.values()) <= 2, before
    assert len(roster.read_roster(session, teacher, classroom.id).students) == 40
    assert len(classes.list_classes(session, student).attended) == 40
    table = read_table("\n".join(f"Student {number}" for number in range(40)).encode())
    assert statements(session, lambda: student_lists.check_list(session, classroom, table, RosterChoices())) == 2


def test_a_classmate_changes_nothing_of_what_a_student_is_shown(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    def told() -> tuple[object, ...]:
        listed = classes.list_classes(session, student)
        about = audit_log.read_user_log(session, student, class_id=classroom.id)
        return *((card.classroom.title, card.teachers, card.students) for card in listed.attended), *about.entries

    before = told()
    others = [make_account(session, f"student {number}") for number in range(3)]
    enrol(session, classroom, *others)
    roster.ban_student(session, teacher, classroom.id, others[0].id, now=NOON)
    assert told() == before
