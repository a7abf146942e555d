"""When facts are hidden because a class is taking a quiz that may ask them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from assignments import School, begin, open_school, person, quiz, study, take
from attempts import add_facts
from running_quizzes import CLOSES, DAY, HOUR, LATER, is_hidden, key_of_whole_set
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.core.assignments import ExtensionSettings
from quizapp.models import Fact, SetAuthor
from quizapp.services.assignments import assignments
from quizapp.services.assignments.extensions import save_extension
from quizapp.services.attempts import lifecycle
from quizapp.services.running_quizzes import list_hidden_keys


@pytest.fixture
def school(session: Session) -> School:
    """A class with two students, and a set that both study: the Nile's source, its quarrel and its date."""
    school = open_school(session)
    study(session, school)
    return school


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("settings", "hidden", "shown"),
    [
        ({"closes_at": CLOSES}, [NOON, CLOSES - HOUR], [CLOSES]),
        ({"opens_at": NOON + HOUR, "closes_at": CLOSES}, [NOON + HOUR], [NOON, CLOSES]),
        ({"due_at": NOON + HOUR, "closes_at": CLOSES}, [NOON, NOON + HOUR], [CLOSES]),
        ({"due_at": NOON + HOUR}, [NOON, NOON + 30 * DAY], []),  # until this student has handed it in
        ({}, [NOON, NOON + 30 * DAY], []),
    ],
)
def test_a_quiz_hides_its_facts_while_it_can_be_taken(
    session: Session, school: School, settings: dict[str, Any], hidden: list[datetime], shown: list[datetime]
) -> None:
    key_of_whole_set(session, school, **{"closes_at": None, **settings})
    student = school.students[0]
    assert [is_hidden(session, student, school, at) for at in (*hidden, *shown)] == [True] * len(hidden) + [
        False
    ] * len(shown)


def test_it_stays_hidden_from_all_while_one_student_has_an_extension(session: Session, school: School) -> None:
    student, other = school.students
    assignment = key_of_whole_set(session, school)
    take(session, student, assignment)
    for wanted in (ExtensionSettings(closes_at=CLOSES + DAY), ExtensionSettings(due_at=CLOSES + DAY)):
        save_extension(session, school.teacher, assignment.id, other.id, wanted, now=NOON)
        assert is_hidden(session, student, school, CLOSES + HOUR)
        assert not is_hidden(session, student, school, CLOSES + DAY)


@pytest.mark.one_database
def test_without_a_closing_time_each_student_waits_for_their_own_attempt(session: Session, school: School) -> None:
    student, other = school.students
    assignment = key_of_whole_set(session, school, closes_at=None, attempts=2, question_ids=[], minutes=30)
    attempt = begin(session, student, assignment)
    assert is_hidden(session, student, school, NOON)
    lifecycle.hand_in_attempt(session, student, attempt.id, now=LATER)
    assert not is_hidden(session, student, school, LATER)
    assert is_hidden(session, other, school, LATER)
    begin(session, student, assignment, now=LATER)
    assert is_hidden(session, student, school, LATER), "they take it again"
    assert not is_hidden(session, student, school, LATER + HOUR), "and their time is up"
    school.classroom.archived_at = LATER
    session.commit()
    assert not is_hidden(session, other, school, LATER)


def test_only_students_of_the_class_are_concerned(session: Session, school: School) -> None:
    student = school.students[0]
    assignment = key_of_whole_set(session, school)
    stranger = person(session, "Stranger")
    assert [is_hidden(session, reader, school, NOON) for reader in (None, stranger, school.teacher)] == [False] * 3
    session.add(SetAuthor(set_id=school.set_id, user_id=student.id, since=NOON))
    session.commit()
    assert not is_hidden(session, student, school, NOON), "who writes in the set knows it"
    assert is_hidden(session, school.students[1], school, NOON)
    assignments.archive_assignment(session, school.teacher, assignment.id, now=NOON)
    assert not is_hidden(session, school.students[1], school, NOON)


def test_a_quiz_hides_what_it_may_ask_and_nothing_else(session: Session, school: School) -> None:
    student = school.students[0]
    picked = quiz(session, school, closes_at=CLOSES)
    asked = {f"dates-{number}" for number in (100, 101, 102, 103)}
    assert list_hidden_keys(session, student, school.set_id, NOON) == asked
    assignments.archive_assignment(session, school.teacher, picked.id, now=NOON)
    quiz(session, school, draws={"actors": 1}, closes_at=CLOSES)
    topic = select(Fact.key).where(Fact.topic == "actors")
    assert list_hidden_keys(session, student, school.set_id, NOON) == set(session.scalars(topic)) != set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_quizzes_that_ended_do_not_make_every_page_slow(session: Session, school: School) -> None:
    """Only the facts of quizzes that run are looked at: a term leaves dozens of others on the same set."""
    add_facts(session, ["typed"] * 200)
    student, after = school.students[0], CLOSES + DAY
    key_of_whole_set(session, school)
    before = database_steps(session, lambda: list_hidden_keys(session, student, school.set_id, after))
    for _ in range(20):
        key_of_whole_set(session, school)
    assert database_steps(session, lambda: list_hidden_keys(session, student, school.set_id, after)) < 2 * before


def database_steps(session: Session, do: Callable[[], object]) -> int:
    """How many steps SQLite takes for it, in hundreds."""
    steps: list[None] = []
    raw: Any = session.connection().connection.dbapi_connection
    raw.set_progress_handler(lambda: steps.append(None), 100)
    try:
        do()
    finally:
        raw.set_progress_handler(None, 0)
    return len(steps)
