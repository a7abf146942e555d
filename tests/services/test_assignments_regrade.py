"""Regrading everybody after a key was corrected: foreseen, done once, nothing else moved; on both databases."""

from typing import Any

import pytest
from assignments import answer, begin, mend, open_school, question_ids, quiz, take
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from study import NOON, statements

from quizapp.models import Attempt, Fact, Memory, Question, QuestionVersion, Response, Review
from quizapp.services import audit_log
from quizapp.services.assignments import deadlines
from quizapp.services.assignments.regrading import RegradeOutdated, plan_regrade, regrade
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.questions import get_question
from quizapp.services.attempts.results import get_result

SWAPPED = {"answer": "Don", "distractors": [{"text": "Ob"}, {"text": "Po"}]}


def rows(session: Session) -> list[Any]:
    found = select(
        Response.attempt_id, Response.position, Response.response, Response.fraction, Response.regraded_by_id
    )
    marks = select(Attempt.id, Attempt.marks)
    return [*map(tuple, session.execute(found)), *map(tuple, session.execute(marks))]


def learned(session: Session) -> list[Any]:
    session.expire_all()
    memories = [(row.learner_id, row.fact_id, row.version, row.due_day) for row in session.scalars(select(Memory))]
    return memories + [(row.id, row.verdict, row.rating) for row in session.scalars(select(Review))]


def test_it_works(session: Session) -> None:
    school = open_school(session, 2)
    one, other = school.students
    assignment = quiz(session, school)
    good = take(session, one, assignment)  # picked Ob, which was the key
    bad = begin(session, other, assignment)
    shown = get_question(session, bad, 1).order.index(1)
    answer(session, other, bad, 1, {"picked": str(shown)})  # picked Don
    lifecycle.hand_in_attempt(session, other, bad.id, now=NOON)
    session.commit()
    mend(session, assignment.question_ids[0], **SWAPPED)
    before = learned(session)

    found = plan_regrade(session, school.teacher, assignment.id)
    (edited,) = found.questions
    assert [(each.student, each.answer, each.before, each.after) for each in edited.changed] == [
        ("Student00", "Ob", 1.0, 0.0),
        ("Student01", "Don", 0.0, 1.0),
    ]
    assert [(total.student.name, total.before, total.after) for total in found.attempts] == [
        ("Student00", 4.0, 3.0),
        ("Student01", 0.0, 1.0),
    ]
    assert edited.key == "Don"

    regrade(session, school.teacher, found, now=NOON)
    session.commit()
    assert (session.get_one(Attempt, good.id).marks, session.get_one(Attempt, bad.id).marks) == (3.0, 1.0)
    item = get_result(session, other, bad.id, now=NOON).questions[0]
    assert (item.grade and item.grade.key, item.remembered) == ("Don", True), "it shows the key it was marked by"
    assert learned(session) == before
    assert [each.sentence for each in audit_log.read_user_log(session, one).entries] == [
        "Leyla regraded “Rivers”. Student00’s marks went from 4 to 3."
    ]

    after = rows(session)
    again = plan_regrade(session, school.teacher, assignment.id)
    assert again.questions == []
    regrade(session, school.teacher, again, now=NOON)
    assert rows(session) == after
    assert len(audit_log.read_class_log(session, school.class_id).entries) == 4, (
        "assigned, regraded, and one for each student"
    )


@pytest.mark.one_database
def test_what_cannot_be_carried_over_keeps_its_mark_and_is_listed(session: Session) -> None:
    school = open_school(session, 1)
    assignment = quiz(session, school)
    attempt = take(session, school.students[0], assignment)
    mend(session, assignment.question_ids[0], answer="Amur", distractors=[{"text": "Don"}])
    found = plan_regrade(session, school.teacher, assignment.id)
    assert [mark.answer for mark in found.questions[0].kept] == ["Ob"]
    assert (found.changed, found.changes) == (0, [])
    regrade(session, school.teacher, found, now=NOON)
    assert session.get_one(Attempt, attempt.id).marks == 4.0


@pytest.mark.one_database
def test_a_question_edited_between_look_and_press_is_looked_at_again(session: Session) -> None:
    school = open_school(session, 1)
    assignment = quiz(session, school)
    take(session, school.students[0], assignment)
    mend(session, assignment.question_ids[0], **SWAPPED)
    found = plan_regrade(session, school.teacher, assignment.id)
    mend(session, assignment.question_ids[0], answer="Po", distractors=[{"text": "Ob"}, {"text": "Don"}])
    with pytest.raises(RegradeOutdated):
        regrade(session, school.teacher, found, now=NOON)


@pytest.mark.one_database
def test_a_mended_typo_changes_no_mark_but_what_is_shown(session: Session) -> None:
    school = open_school(session, 1)
    assignment = quiz(session, school)
    attempt = take(session, school.students[0], assignment)
    mend(session, assignment.question_ids[1], prompt="Which river?")
    found = plan_regrade(session, school.teacher, assignment.id)
    assert (found.changed, len(found.questions[0].unchanged)) == (0, 1)
    regrade(session, school.teacher, found, now=NOON)
    items = get_result(session, school.students[0], attempt.id, now=NOON).questions
    assert items[1].question.prompt == "Which river?"


def test_answers_that_count_later_count_as_regraded(session: Session) -> None:
    school = open_school(session, 1)
    (student,) = school.students
    assignment = quiz(session, school, feedback="after-due", due_at=NOON.replace(day=9))
    take(session, student, assignment)
    mend(session, assignment.question_ids[0], **SWAPPED)
    found = plan_regrade(session, school.teacher, assignment.id)
    regrade(session, school.teacher, found, now=NOON)
    session.commit()
    (told,) = [each.sentence for each in audit_log.read_user_log(session, student).entries]
    assert told == "Leyla regraded Student00’s answers to “Rivers”.", "no mark is told before it may be"
    deadlines.expire_own_attempts(session, student, assignment, now=NOON.replace(day=10))
    verdicts = dict(
        session.execute(
            select(Question.id, Review.verdict)
            .join(Fact, Fact.id == Review.fact_id)
            .join(Question, Question.fact_id == Fact.id)
        ).all()
    )
    assert verdicts[assignment.question_ids[0]] == "wrong"
    assert verdicts[assignment.question_ids[1]] == "right"


@pytest.mark.one_database
def test_forty_students_and_fifty_questions_take_few_statements(session: Session) -> None:
    school = open_school(session, 40)
    assignment = quiz(session, school, question_ids=question_ids(session, ["choice"] * 50))
    asked = Question.id == QuestionVersion.question_id
    mine = Question.id.in_(assignment.question_ids)
    versions = session.execute(select(QuestionVersion.id, Question.fact_id).join(Question, asked).where(mine)).all()
    for student in school.students:
        attempt = Attempt(
            learner_id=student.id, set_id=school.set_id, assignment_id=assignment.id, purpose="assignment", title="R",
            feedback="at-end", size=50, started_at=NOON, finished_at=NOON, marks=50.0, recorded_at=NOON,
        )  # fmt: skip
        session.add(attempt)
        session.flush()
        session.execute(
            insert(Response),
            [
                {"attempt_id": attempt.id, "position": place, "fact_id": fact_id, "question_version_id": version_id,
                 "response": {"kind": "choice", "picked": 0}, "verdict": "right", "fraction": 1.0, "at": NOON}
                for place, (version_id, fact_id) in enumerate(versions, start=1)
            ],
        )  # fmt: skip
    session.commit()
    for question_id in assignment.question_ids:
        mend(session, question_id, **SWAPPED)
    teacher, number = school.teacher, assignment.id
    assert teacher.id
    assert statements(session, lambda: plan_regrade(session, teacher, number)) <= 4
    found = plan_regrade(session, teacher, number)
    assert (found.changed, len(found.attempts)) == (2000, 40)
    session.commit()
    assert teacher.id
    assert statements(session, lambda: regrade(session, teacher, found, now=NOON)) <= 12
    assert set(session.scalars(select(Attempt.marks))) == {0.0}
