"""Classes as teachers run them and students are in them."""

from datetime import timedelta

import pytest
from schooling import done, make_account, names, open_class, put_in
from sqlalchemy.orm import Session
from studying import NOON, statements

from quizapp.core.classes import WRONG_CODES
from quizapp.models import Classroom, Enrolment, User
from quizapp.services import audit_log, classes
from quizapp.services.classes import (
    LastTeacher,
    NobodyOfThatName,
    NotATeacher,
    TeachesAlready,
    TooManyCodes,
    WrongCode,
)
from quizapp.services.errors import NotFound

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
    put_in(session, classroom, student)
    return student


@pytest.fixture
def outsider(session: Session) -> User:
    """A teacher, of another class."""
    outsider = make_account(session, "Vaqif", teaches=True)
    open_class(session, outsider, "Elsewhere")
    return outsider


def look_at(session: Session, user: User | None, code: str) -> classes.Invitation:
    return classes.invitation(session, user, code, address=HERE, now=NOON)


# Opening and joining


def test_it_works(session: Session, teacher: User, classroom: Classroom) -> None:
    student = make_account(session, "Aysel")
    found = look_at(session, student, classroom.join_code or "")
    assert (found.title, found.teachers, found.is_member) == ("History, 9b", ["Rasim"], False)
    assert classes.join(session, student, found.code, now=NOON) == (classroom.id, True)
    assert names(session, teacher, classroom) == ["Aysel"]
    assert [card.classroom.title for card in classes.classes_of(session, student).attended] == ["History, 9b"]
    assert done(session, classroom) == ["Rasim opened the class.", "Aysel joined."]


def test_only_an_account_that_teaches_opens_a_class(session: Session) -> None:
    with pytest.raises(NotATeacher):
        open_class(session, make_account(session, "Aysel"))


def test_joining_again_changes_nothing(session: Session, classroom: Classroom, student: User) -> None:
    assert classes.join(session, student, classroom.join_code or "", now=NOON) == (classroom.id, False)
    assert look_at(session, student, classroom.join_code or "").is_member
    assert done(session, classroom).count("Aysel joined.") == 1


def test_a_teacher_who_follows_the_link_stays_a_teacher(session: Session, teacher: User, classroom: Classroom) -> None:
    assert classes.join(session, teacher, classroom.join_code or "", now=NOON) == (classroom.id, False)
    assert names(session, teacher, classroom) == []


def test_an_old_code_stops_at_once(session: Session, teacher: User, classroom: Classroom) -> None:
    old, newcomer = classroom.join_code or "", make_account(session, "Leyla")
    classes.renew_code(session, teacher, classroom.id, now=NOON)
    with pytest.raises(WrongCode):
        classes.join(session, newcomer, old, now=NOON)
    assert classes.join(session, newcomer, classroom.join_code or "", now=NOON)[1]


@pytest.mark.parametrize("shut", ["close_joining", "archive"])
def test_a_closed_class_lets_nobody_in_and_may_be_opened_again(
    session: Session, teacher: User, classroom: Classroom, shut: str
) -> None:
    old, newcomer = classroom.join_code or "", make_account(session, "Leyla")
    getattr(classes, shut)(session, teacher, classroom.id, now=NOON)
    for way in (lambda: look_at(session, newcomer, old), lambda: classes.join(session, newcomer, old, now=NOON)):
        with pytest.raises(WrongCode):
            way()
    if shut == "archive":
        classes.restore(session, teacher, classroom.id, now=NOON)
    else:
        classes.renew_code(session, teacher, classroom.id, now=NOON)
    assert classes.join(session, newcomer, classroom.join_code or "", now=NOON)[1]


def test_an_archived_class_is_listed_apart_and_stays_whole(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    classes.archive(session, teacher, classroom.id, now=NOON)
    for user in (teacher, student):
        listed = classes.classes_of(session, user)
        assert (listed.taught, listed.attended) == ([], [])
        assert [card.classroom.id for card in listed.put_away] == [classroom.id]
    assert names(session, teacher, classroom) == ["Aysel"]


def test_who_is_banned_is_told_what_a_wrong_code_tells(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    classes.ban(session, teacher, classroom.id, student.id, now=NOON)
    for way in (look_at, lambda session, user, code: classes.join(session, user, code, now=NOON)):
        with pytest.raises(WrongCode):
            way(session, student, classroom.join_code or "")


def test_guessing_is_slowed_for_an_address_even_if_the_guess_is_right(session: Session, classroom: Classroom) -> None:
    for _ in range(WRONG_CODES):
        with pytest.raises(WrongCode):
            look_at(session, None, "K7M-04T-X9P")
        classes.count_wrong_code(session, address=HERE, now=NOON)
    with pytest.raises(TooManyCodes) as held:
        look_at(session, None, classroom.join_code or "")
    assert held.value.minutes == 15
    code = classroom.join_code or ""
    assert classes.invitation(session, None, code, address="203.0.113.8", now=NOON).title == "History, 9b"
    later = NOON + timedelta(minutes=15)
    assert classes.invitation(session, None, code, address=HERE, now=later).title == "History, 9b"


# The class itself


def test_what_changed_is_noted_and_what_did_not_is_not(session: Session, teacher: User, classroom: Classroom) -> None:
    for _ in range(2):
        classes.change(session, teacher, classroom.id, title="History, 10b", timezone="Asia/Baku", now=NOON)
    assert done(session, classroom)[1:] == [
        "Rasim changed the class: its title is “History, 10b”, no longer “History, 9b”."
    ]


def test_nothing_of_a_class_is_open_to_an_outsider_or_its_students(
    session: Session, teacher: User, classroom: Classroom, student: User, outsider: User
) -> None:
    tried = {
        "change": {"title": "x", "timezone": "UTC"},
        "renew_code": {},
        "close_joining": {},
        "archive": {},
        "restore": {},
        "remove": {"user_id": student.id},
        "ban": {"user_id": student.id},
        "take_back": {"user_id": student.id},
        "describe": {"user_id": student.id, "called": "x", "time_factor": 2.0},
        "give_password": {"user_id": student.id},
        "add_teacher": {"name": "Vaqif"},
        "end_teaching": {"user_id": teacher.id},
        "enrol": {"made": [(outsider, "x")]},
    }
    before = done(session, classroom)
    for who in (outsider, student):
        for name, values in tried.items():
            with pytest.raises(NotFound):
                getattr(classes, name)(session, who, classroom.id, now=NOON, **values)
        with pytest.raises(NotFound):
            classes.roster(session, who, classroom.id)
        with pytest.raises(NotFound):
            classes.student_of(session, who, classroom.id, student.id)
        with pytest.raises(NotFound):
            classes.prepare(session, who, classroom.id, "Leyla")
    with pytest.raises(NotFound):
        classes.leave(session, outsider, classroom.id, now=NOON)
    assert done(session, classroom) == before


def test_a_student_of_another_class_is_nobody_here(
    session: Session, teacher: User, classroom: Classroom, student: User, outsider: User
) -> None:
    elsewhere = classes.classes_of(session, outsider).taught[0].classroom
    for do in (classes.remove, classes.ban, classes.take_back, classes.give_password):
        with pytest.raises(NotFound):
            do(session, outsider, elsewhere.id, student.id, now=NOON)


# Teachers


def test_a_second_teacher_finds_the_class_and_may_leave_it(
    session: Session, teacher: User, classroom: Classroom, outsider: User
) -> None:
    assert classes.add_teacher(session, teacher, classroom.id, " vaqif ", now=NOON) is outsider
    assert classroom.id in {card.classroom.id for card in classes.classes_of(session, outsider).taught}
    assert classes.teachers_of(session, [classroom.id]) == {classroom.id: ["Rasim", "Vaqif"]}
    classes.leave(session, outsider, classroom.id, now=NOON)
    assert classes.teachers_of(session, [classroom.id]) == {classroom.id: ["Rasim"]}


@pytest.mark.parametrize(
    ("name", "error"),
    [("Aysel", NotATeacher), ("Nobody", NobodyOfThatName), ("a\0b", NobodyOfThatName), ("Rasim", TeachesAlready)],
)
def test_who_cannot_be_added_as_a_teacher(
    session: Session, teacher: User, classroom: Classroom, student: User, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        classes.add_teacher(session, teacher, classroom.id, name, now=NOON)


def test_a_student_who_teaches_may_become_a_teacher_of_the_class(
    session: Session, teacher: User, classroom: Classroom, outsider: User
) -> None:
    put_in(session, classroom, outsider)
    classes.add_teacher(session, teacher, classroom.id, "Vaqif", now=NOON)
    assert names(session, teacher, classroom) == []
    assert len(classes.roster(session, outsider, classroom.id).teachers) == 2


def test_nobody_ends_the_teaching_of_those_who_were_there_before(
    session: Session, teacher: User, classroom: Classroom, outsider: User
) -> None:
    classes.add_teacher(session, teacher, classroom.id, "Vaqif", now=NOON + timedelta(days=1))
    for user, other in ((outsider, teacher), (outsider, outsider), (teacher, teacher)):
        with pytest.raises(NotFound):
            classes.end_teaching(session, user, classroom.id, other.id, now=NOON)
    classes.end_teaching(session, teacher, classroom.id, outsider.id, now=NOON)
    with pytest.raises(NotFound):
        classes.roster(session, outsider, classroom.id)
    assert done(session, classroom)[-1] == "Rasim ended Vaqif’s teaching in the class."


def test_a_class_keeps_a_teacher(session: Session, teacher: User, classroom: Classroom, student: User) -> None:
    with pytest.raises(LastTeacher):
        classes.leave(session, teacher, classroom.id, now=NOON)


# Size


def test_the_number_of_statements_hangs_neither_on_students_nor_on_classes(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    looks = {
        "list of a teacher": lambda: classes.classes_of(session, teacher),
        "list of a student": lambda: classes.classes_of(session, student),
        "roster": lambda: classes.roster(session, teacher, classroom.id),
        "student": lambda: classes.student_of(session, teacher, classroom.id, student.id),
        "log": lambda: audit_log.of_class(session, classroom.id),
    }

    def cost() -> dict[str, int]:
        session.expire_all()
        _ = teacher.id, student.id, classroom.id
        return {name: statements(session, look) for name, look in looks.items()}

    before = cost()
    put_in(session, classroom, *(make_account(session, f"student {number}") for number in range(39)))
    for number in range(39):
        other = open_class(session, teacher, f"Class {number}")
        session.add(Enrolment(class_id=other.id, user_id=student.id, role="student", joined_at=NOON))
    session.commit()
    assert cost() == before
    assert max(before.values()) <= 2, before
    assert len(classes.roster(session, teacher, classroom.id).students) == 40
    assert len(classes.classes_of(session, student).attended) == 40
    text = "\n".join(f"Student {number}" for number in range(40))
    assert statements(session, lambda: classes.prepare(session, teacher, classroom.id, text)) == 2


def test_a_classmate_changes_nothing_of_what_a_student_is_told(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    def told() -> tuple[object, ...]:
        listed = classes.classes_of(session, student)
        about = audit_log.about(session, student, class_id=classroom.id)
        return *((card.classroom.title, card.teachers, card.students) for card in listed.attended), *about.entries

    before = told()
    others = [make_account(session, f"student {number}") for number in range(3)]
    put_in(session, classroom, *others)
    classes.ban(session, teacher, classroom.id, others[0].id, now=NOON)
    assert told() == before
