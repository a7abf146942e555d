"""Teachers and authors who press twice, or at once in two tabs: nothing is done twice, lost, or half done."""

from datetime import timedelta
from typing import Any

import pytest
from assignments import School, open_school, quiz
from concurrency import WRITERS, at_once
from facts import rivers
from flask import Flask
from sets import person
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.cli.student_lists import run_student_list
from quizapp.core.assignments import ExtensionSettings
from quizapp.core.rosters.entries import StudentEntry
from quizapp.extensions import db
from quizapp.models import (
    Attempt,
    AuditEntry,
    Classroom,
    Enrolment,
    Extension,
    Fact,
    Question,
    QuestionVersion,
    StudentList,
    User,
)
from quizapp.services.assignments.extensions import save_extension
from quizapp.services.assignments.student_attempts import begin_assigned_attempt
from quizapp.services.classes import classes, enrolment, student_lists
from quizapp.services.editor import facts, questions, versions
from quizapp.services.sets.contents import fact_document


@pytest.fixture
def school(app: Flask) -> School:
    with app.app_context():
        made = open_school(db.session(), WRITERS)
        for each in (made.classroom, made.teacher, *made.students):
            db.session.refresh(each)
        db.session.expunge_all()
        return made


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_other_terms_sent_twice_are_granted_once(app: Flask, school: School) -> None:
    with app.app_context():
        db.session.add(school.teacher)
        assignment_id = quiz(db.session(), school).id
    before = count(app, AuditEntry)

    def extend(session: Session, number: int) -> None:
        teacher, wanted = session.get_one(User, school.teacher.id), ExtensionSettings(attempts=3)
        save_extension(session, teacher, assignment_id, school.students[0].id, wanted, now=NOON)
        session.commit()

    at_once(app, extend)
    assert count(app, Extension) == 1
    assert count(app, AuditEntry) == before + 1


def test_a_quiz_begun_in_many_tabs_is_one_attempt(app: Flask, school: School) -> None:
    with app.app_context():
        assignment_id = quiz(db.session(), school).id

    def begin(session: Session, number: int) -> int:
        student = session.get_one(User, school.students[0].id)
        attempt = begin_assigned_attempt(session, student, assignment_id, now=NOON)
        session.commit()
        return attempt.id

    assert len(set(at_once(app, begin))) == 1
    assert count(app, Attempt) == 1


def test_a_class_is_joined_once_however_often_one_presses(app: Flask, school: School) -> None:
    with app.app_context():
        newcomer = person(db.session(), "Newcomer").id
        teacher = db.session.get_one(User, school.teacher.id)
        classes.renew_code(db.session(), teacher, school.class_id, now=NOON)
        code = db.session.scalars(select(Classroom.join_code)).one()
        db.session.commit()
    before = count(app, Enrolment)

    def join(session: Session, number: int) -> bool:
        _, is_new = enrolment.join_class(session, session.get_one(User, newcomer), code, now=NOON)
        session.commit()
        return is_new

    assert sum(at_once(app, join)) == 1
    assert count(app, Enrolment) == before + 1


@pytest.mark.parametrize("what", ["question", "fact"])
def test_of_many_who_save_from_the_same_text_one_is_first_and_the_others_see_a_conflict(app: Flask, what: str) -> None:
    with app.app_context():
        author = person(db.session(), "Aysel")
        set_id, author_id = rivers(db.session(), author).id, author.id
        question = db.session.scalars(select(Question).join(Fact).where(Fact.set_id == set_id).limit(1)).one()
        question_id, fact_id = question.id, question.fact_id

    def save_question(session: Session, user: User, number: int) -> None:
        opened = questions.open_question(session, user, set_id, question_id)
        assert opened.question and opened.text
        written = questions.QuestionEdit(
            opened.question.model_copy(update={"prompt": f"Prompt {number}?"}), opened.text
        )
        questions.save_question(session, user, set_id, question_id, written, base=1, fact_base=1, now=NOON)

    def save_fact(session: Session, user: User, number: int) -> None:
        document = fact_document(session.get_one(Fact, fact_id)) | {"statement": f"Statement {number}."}
        facts.save_fact(session, user, set_id, fact_id, document, base=1, now=NOON)

    def save(session: Session, number: int) -> bool:
        try:
            do = save_question if what == "question" else save_fact
            do(session, session.get_one(User, author_id), number)
            session.commit()
        except versions.EditConflict:
            return False
        return True

    assert sum(at_once(app, save)) == 1
    with app.app_context():
        numbers = select(QuestionVersion.number).where(QuestionVersion.question_id == question_id)
        assert sorted(db.session.scalars(numbers)) == ([1, 2] if what == "question" else [1])
        assert db.session.get_one(Fact, fact_id).version == (1 if what == "question" else 2)


def test_lists_with_the_same_user_names_make_each_account_once(app: Flask, school: School) -> None:
    """Each of the lists has a student of its own and two whom all others have too, in another order."""
    with app.app_context():
        teacher = db.session.get_one(User, school.teacher.id)
        lists = []
        for number in range(WRITERS):
            called = ["Zahra", f"Student {number}", "Aysel"][:: 1 if number % 2 else -1]
            entries = [StudentEntry(line, name, name=name) for line, name in enumerate(called, start=1)]
            row = student_lists.add_list(
                db.session(), teacher, school.class_id, b"", filename="", now=NOON - timedelta(seconds=number)
            )
            student_lists.begin_accounts(row, entries, now=NOON)
            row.user_id = school.students[number].id  # a colleague's, so that there may be so many
            lists.append(row.id)
        for each in school.students:
            enrolled = db.session.get_one(Enrolment, (school.class_id, each.id))
            enrolled.role = "teacher"
        db.session.commit()

    def run(session: Session, number: int) -> bool:
        return run_student_list(session, lists[number], key="key" * 20, tries=1, now=NOON)

    assert not any(at_once(app, run))
    with app.app_context():
        rows = [db.session.get_one(StudentList, each) for each in lists]
        assert {(row.state, row.done) for row in rows} == {("done", 3)}
        assert sum(len(row.refused) for row in rows) == 2 * (WRITERS - 1)
        made = select(func.count()).select_from(User).where(User.created_by_teacher)
        assert db.session.scalar(made) == WRITERS + 2
