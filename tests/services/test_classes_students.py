"""What teachers do to the students of a class, and what these read of it."""

from collections.abc import Callable
from datetime import date

import pytest
from classes import enrol, enrolment_of, log_sentences, make_account, names, open_class
from sqlalchemy.orm import Session
from study import NOON

from quizapp.models import Classroom, DayCount, User
from quizapp.services import accounts, audit_log
from quizapp.services.classes import classes, roster
from quizapp.services.classes.enrolment import join_class, leave_class
from quizapp.services.classes.roster import NoNewPassword

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


# Students


def test_a_roster_shows_who_they_are_and_when_they_last_studied(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    others = [make_account(session, name) for name in ("zaur", "eli")]
    enrol(session, classroom, *others)
    session.add_all([DayCount(learner_id=student.id, day=date(2026, 3, day)) for day in (1, 2)])
    noted = {"called": "Əli Quliyev", "surname": "Quliyev", "group_name": "B", "time_factor": 1.5}
    roster.update_student(session, teacher, classroom.id, others[1].id, **noted, now=NOON)
    listed = roster.read_roster(session, teacher, classroom.id).students
    assert [(one.name, one.called, one.time_factor, one.last_day) for one in listed] == [
        ("Aysel", "", 1.0, date(2026, 3, 2)),
        ("eli", "Əli Quliyev", 1.5, None),
        ("zaur", "", 1.0, None),
    ]
    assert log_sentences(session, classroom)[-3:] == [
        "Rasim set eli’s name to “Əli Quliyev”.",
        "Rasim set eli’s group to “B”.",
        "Rasim set eli’s time allowance to 1.5 times the usual time.",
    ]


def test_a_removed_student_may_join_again_and_be_taken_back(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    for back in ("join", "take_back"):
        roster.remove_student(session, teacher, classroom.id, student.id, now=NOON)
        assert names(session, teacher, classroom) == []
        assert [one.status for one in roster.read_roster(session, teacher, classroom.id).former] == ["removed"]
        assert classes.list_classes(session, student).attended == []
        if back == "join":
            assert join_class(session, student, classroom.join_code or "", now=NOON)[1]
        else:
            assert roster.restore_student(session, teacher, classroom.id, student.id, now=NOON) is student
        assert names(session, teacher, classroom) == ["Aysel"]
        enrolment = enrolment_of(session, classroom, student)
        assert enrolment
        assert enrolment.ended_at is None


def test_a_ban_can_be_taken_back_or_lifted(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    roster.ban_student(session, teacher, classroom.id, student.id, now=NOON)
    assert roster.restore_student(session, teacher, classroom.id, student.id, now=NOON) is student
    roster.ban_student(session, teacher, classroom.id, student.id, now=NOON)
    roster.remove_student(session, teacher, classroom.id, student.id, now=NOON)
    assert names(session, teacher, classroom) == []
    assert join_class(session, student, classroom.join_code or "", now=NOON)[1]


def test_nobody_who_left_is_made_to_return(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    leave_class(session, student, classroom.id, now=NOON)
    for _ in range(2):  # neither directly nor by way of a ban
        assert roster.restore_student(session, teacher, classroom.id, student.id, now=NOON) is None
        roster.ban_student(session, teacher, classroom.id, student.id, now=NOON)
    assert names(session, teacher, classroom) == []
    assert log_sentences(session, classroom)[-1] == "Aysel left."
    assert join_class(session, student, classroom.join_code or "", now=NOON)[1]


def test_doing_the_same_twice_is_noted_once(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    for _ in range(2):
        roster.remove_student(session, teacher, classroom.id, student.id, now=NOON)
    for _ in range(2):
        roster.restore_student(session, teacher, classroom.id, student.id, now=NOON)
    assert log_sentences(session, classroom)[2:] == [
        "Rasim removed Aysel from the class.",
        "Rasim added Aysel back to the class.",
    ]


def test_a_student_reads_what_was_done_to_them_and_nothing_of_others(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    other = make_account(session, "Leyla")
    enrol(session, classroom, other)
    student.created_by_teacher = True
    roster.record_new_password(session, teacher, classroom.id, student.id, now=NOON)
    roster.remove_student(session, teacher, classroom.id, other.id, now=NOON)
    about = audit_log.read_user_log(session, student, class_id=classroom.id).entries
    assert [entry.sentence for entry in about] == ["Rasim gave Aysel a new password.", "Aysel joined."]


# Passwords


def test_no_teacher_sets_the_password_of_somebody_who_teaches(
    session: Session, teacher: User, classroom: Classroom, outsider: User
) -> None:
    enrol(session, classroom, outsider)
    outsider.created_by_teacher = True
    for is_teacher in (True, False):  # who teaches a class is a teacher, whatever the account says
        outsider.is_teacher = is_teacher
        session.flush()
        with pytest.raises(NoNewPassword):
            roster.record_new_password(session, teacher, classroom.id, outsider.id, now=NOON)


@pytest.mark.parametrize("gone", [roster.remove_student, roster.ban_student, leave_class])
def test_no_teacher_sets_the_password_of_somebody_who_is_not_in_the_class(
    session: Session, teacher: User, classroom: Classroom, student: User, gone: Callable[..., object]
) -> None:
    student.created_by_teacher = True
    if gone is leave_class:
        leave_class(session, student, classroom.id, now=NOON)
    else:
        gone(session, teacher, classroom.id, student.id, now=NOON)
    with pytest.raises(NoNewPassword):
        roster.record_new_password(session, teacher, classroom.id, student.id, now=NOON)


def test_no_teacher_sets_the_password_of_somebody_who_signed_up_alone(
    session: Session, teacher: User, classroom: Classroom, student: User
) -> None:
    (listed,) = roster.read_roster(session, teacher, classroom.id).students
    assert (listed.name, listed.may_get_password) == ("Aysel", False)
    with pytest.raises(NoNewPassword):
        roster.record_new_password(session, teacher, classroom.id, student.id, now=NOON)
    student.created_by_teacher = True
    assert roster.record_new_password(session, teacher, classroom.id, student.id, now=NOON) is student


def test_whoever_is_given_a_new_password_may_try_it_at_once(session: Session, student: User) -> None:
    for _ in range(5):
        accounts.begin_login(session, "Aysel", address=HERE, now=NOON)
    accounts.change_password(session, student, "another hash")
    assert accounts.begin_login(session, "Aysel", address=HERE, now=NOON).password_hash == "another hash"


# New accounts


def test_who_is_enrolled_is_in_the_class_by_the_name_on_the_list(
    session: Session, teacher: User, classroom: Classroom
) -> None:
    made = make_account(session, "leyla.h", by_teacher=True)
    about = {"called": "Leyla Həsənova", "surname": "Həsənova", "group_name": "B"}
    roster.enrol_student(session, teacher, classroom.id, made, about, now=NOON)
    (listed,) = roster.read_roster(session, teacher, classroom.id).students
    assert (listed.name, listed.called, listed.group_name) == ("leyla.h", "Leyla Həsənova", "B")
    assert listed.may_get_password
    assert log_sentences(session, classroom)[-1] == "Rasim created an account for leyla.h and added them to the class."


def test_students_are_sorted_by_surname_in_the_alphabet_of_the_class(
    session: Session, teacher: User, classroom: Classroom
) -> None:
    called = {
        "Əli Əliyev": "Əliyev",
        "Ezra Finch": "Finch",
        "Zaur Elçin": "Elçin",
        "Anar Əliyev": "Əliyev",
        "çinarə": "",
    }
    for name, surname in called.items():
        about = {"called": name, "surname": surname, "group_name": ""}
        roster.enrol_student(session, teacher, classroom.id, make_account(session, name), about, now=NOON)

    def sorted_names() -> list[str]:
        return [row.called for row in roster.read_roster(session, teacher, classroom.id).students]

    assert sorted_names() == ["çinarə", "Zaur Elçin", "Anar Əliyev", "Əli Əliyev", "Ezra Finch"]
    kept = {"title": classroom.title, "timezone": classroom.timezone}
    classes.change_class(session, teacher, classroom.id, **kept, language="ru", now=NOON)
    about = {"called": "Щукин", "surname": "", "group_name": ""}
    roster.enrol_student(session, teacher, classroom.id, make_account(session, "last"), about, now=NOON)
    assert sorted_names()[:2] == ["Щукин", "çinarə"]
    classes.change_class(session, teacher, classroom.id, **kept, language="az", now=NOON)
    assert sorted_names()[-1] == "Щукин"
