"""Essays in assigned quizzes, marked by a teacher."""

import json
from datetime import timedelta
from typing import Any

import pytest
from assignments import begin, mend, open_school, question_ids, quiz
from attempts import LATER, give, hand_in
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, make_learner

from quizapp.models import Assignment, Attempt, AuditEntry, Plan, Response, Review, User
from quizapp.services import audit_log
from quizapp.services.assignments.deadlines import expire_all_attempts
from quizapp.services.assignments.questions import get_assignable_set
from quizapp.services.assignments.regrading import plan_regrade, regrade
from quizapp.services.attempts import results
from quizapp.services.attempts.marking import mark_student_answer
from quizapp.services.attempts.questions import list_candidates
from quizapp.services.errors import NotFound
from quizapp.services.personal_data import personal_data
from quizapp.services.reports.item_analysis import analyse_assignment
from quizapp.services.reports.results import read_answers, read_gradebook, read_results
from quizapp.services.reports.student import read_student

TEXT = {"essay": "The Ob is a long river."}


@pytest.fixture
def learner(session: Session) -> User:
    found = make_learner(session)
    session.scalars(select(Plan)).one().new_per_day = 20
    session.commit()
    return found


def response(session: Session, attempt_id: int, position: int) -> Response:
    session.expire_all()
    return session.get_one(Response, (attempt_id, position))


class Assigned:
    """A quiz of an essay and a typed answer, which both of two students have handed in."""

    def __init__(self, session: Session, **settings: Any) -> None:
        self.session = session
        self.school = open_school(session)
        self.teacher = self.school.teacher
        self.questions = question_ids(session, ["essay", "typed"])
        self.quiz: Assignment = quiz(session, self.school, question_ids=self.questions, **settings)
        self.attempts = []
        for student in self.school.students:
            attempt = begin(session, student, self.quiz)
            give(session, student, attempt.id, {1: TEXT, 2: {"text": "Ob"}})
            hand_in(session, student, attempt.id)
            self.attempts.append(attempt.id)

    def mark(self, mark: float, *, student: int = 0, position: int = 1, by: User | None = None, **changes: Any) -> None:
        ids = {
            "assignment_id": self.quiz.id,
            "user_id": self.school.students[student].id,
            "attempt_id": self.attempts[student],
        } | changes
        mark_student_answer(
            self.session, by or self.teacher, position=position, mark=mark, points=[1], now=LATER, **ids
        )
        self.session.commit()
        self.session.expire_all()

    def score(self, student: int = 0) -> tuple[float, int, int]:
        score = self.session.get_one(Attempt, self.attempts[student]).score
        return score.marks, score.size, score.waiting


def test_essays_are_not_among_the_facts_to_draw_from(session: Session) -> None:
    assigned = Assigned(session)
    found = get_assignable_set(session, assigned.teacher, assigned.quiz.set_id)
    drawn = list_candidates(session, assigned.quiz.set_id)
    assert sum(found.drawable.values()) == len({candidate.fact_id for candidate in drawn})
    assert found.kinds["essay"] == 1


@pytest.mark.one_database
def test_a_teacher_marks_a_students_answer(session: Session) -> None:
    assigned = Assigned(session)
    assert assigned.score() == (1, 2, 1)
    assigned.mark(0.75)
    assert (assigned.score(), assigned.score(1)) == ((1.75, 2, 0), (1, 2, 1))
    stored = response(session, assigned.attempts[0], 1)
    assert (stored.verdict, stored.fraction) == ("right", 0.75)
    assert session.get_one(Review, stored.review_id).learner_id == assigned.school.students[0].id
    log = audit_log.read_user_log(session, assigned.school.students[0]).entries[0].sentence
    assert log == "Leyla gave Student00 0.75 out of 1 for question 1 of “Rivers”."


@pytest.mark.one_database
def test_an_answer_not_released_is_logged_without_its_mark(session: Session) -> None:
    assigned = Assigned(session, feedback="after-due", due_at=NOON + timedelta(days=1))
    assigned.mark(0.75)
    assert session.scalars(select(Review)).all() == []
    log = audit_log.read_user_log(session, assigned.school.students[0]).entries[0].sentence
    assert log == "Leyla marked Student00’s answer to question 1 of “Rivers”."
    document = json.loads("".join(personal_data(session, assigned.school.students[0], now=LATER)))
    essay = next(each for each in document["responses"] if each["position"] == 1)
    assert (essay["verdict"], essay["fraction"]) == (None, None)
    assert essay["response"].keys() == {"kind", "text", "rating"}


def test_only_teachers_mark_and_only_what_is_theirs(session: Session) -> None:
    assigned = Assigned(session)
    other = open_school(session, 1, suffix="-other")
    refused: list[dict[str, Any]] = [
        {"by": other.teacher},
        {"by": assigned.school.students[0]},
        {"user_id": other.students[0].id},
        {"attempt_id": assigned.attempts[1]},
        {"assignment_id": quiz(session, assigned.school, question_ids=assigned.questions).id},
        {"position": 2},
        {"position": 3},
    ]
    for changes in refused:
        with pytest.raises(NotFound):
            assigned.mark(1.0, **changes)
    assert session.scalars(select(AuditEntry).where(AuditEntry.action.like("marked%"))).all() == []


@pytest.mark.one_database
def test_an_attempt_that_runs_is_not_marked_and_one_that_expired_is(session: Session) -> None:
    assigned = Assigned(session, attempts=2, minutes=30)
    student = assigned.school.students[0]
    running = begin(session, student, assigned.quiz, now=LATER)
    give(session, student, running.id, {1: TEXT}, now=LATER)
    with pytest.raises(NotFound):
        assigned.mark(1.0, attempt_id=running.id)
    later = LATER + timedelta(hours=1)
    mark_student_answer(session, assigned.teacher, assigned.quiz.id, student.id, running.id, 1, 1.0, [], now=later)
    assert session.get_one(Attempt, running.id).finished_at == LATER + timedelta(minutes=30)
    assert session.get_one(Attempt, running.id).score.marks == 1


@pytest.mark.one_database
def test_reports_count_the_marks_so_far(session: Session) -> None:
    assigned = Assigned(session)
    assigned.mark(0.5)
    found = read_results(session, assigned.teacher, assigned.quiz.id, now=LATER)
    assert [row.marks for row in found.rows] == [{1: 0.5, 2: 1.0}, {2: 1.0}]
    assert [(found.facility(column)) for column in found.columns] == [0.5, 1.0]
    assert [row[-2:] for row in found.spreadsheet_rows()[1:]] == [[0.5, 1.0], ["to mark", 1.0]]
    scores = [row.attempt.score for row in found.rows if row.attempt]
    assert [(score.marks, score.waiting) for score in scores] == [(1.5, 0), (1, 1)]
    book = read_gradebook(session, assigned.teacher, assigned.school.class_id, now=LATER)
    assert [row.mean for row in book.rows] == [0.75, 0.5]
    assert [row[-1] for row in book.spreadsheet_rows()] == ["Answers to mark", 0, 1]
    analysis = analyse_assignment(session, assigned.teacher, assigned.quiz.id, now=LATER)
    assert [(row.question.kind, row.item.n, row.item.facility) for row in analysis.rows] == [
        ("essay", 1, 0.5),
        ("typed", 2, 1.0),
    ]
    assert analysis.rows[0].mistyped == []
    student = assigned.school.students[1]
    answers = read_answers(session, assigned.teacher, assigned.quiz.id, student.id, now=LATER).answers
    assert [(each.waits_for_mark, each.given) for each in answers] == [(True, TEXT["essay"]), (False, "Ob")]
    page = read_student(session, assigned.teacher, assigned.school.class_id, student.id, by="topic", now=LATER)
    assert page.wrong == []


@pytest.mark.one_database
def test_regrading_keeps_what_a_person_marked_and_what_waits(session: Session) -> None:
    assigned = Assigned(session)
    assigned.mark(0.5)
    mend(session, assigned.questions[0], answer="The Ob, 3,650 km.", points=["The sea"])
    plan = plan_regrade(session, assigned.teacher, assigned.quiz.id)
    assert plan.changed == 0
    regrade(session, assigned.teacher, plan, now=LATER)
    session.commit()
    assert (assigned.score(), assigned.score(1)) == ((1.5, 2, 0), (1, 2, 1))
    result = results.get_result(session, assigned.school.students[0], assigned.attempts[0], now=LATER)
    (essay,) = (each for each in result.questions if each.question.kind == "essay")
    assert essay.grade is not None and essay.grade.fraction == 0.5
    assert essay.response is not None and essay.response.model_dump()["points"] == [0]
    assigned.mark(1.0, student=1)
    assert assigned.score(1) == (2, 2, 0)


def test_an_expired_attempt_counts_what_waits(session: Session) -> None:
    school = open_school(session, 1)
    assignment = quiz(session, school, question_ids=question_ids(session, ["essay", "typed"]), minutes=10)
    (student,) = school.students
    attempt = begin(session, student, assignment)
    give(session, student, attempt.id, {1: TEXT})
    later = NOON + timedelta(hours=1)
    (row,) = read_results(session, school.teacher, assignment.id, now=later).rows
    assert row.attempt is not None and row.attempt.score.waiting == 1
    expire_all_attempts(session, assignment, now=later)
    session.expire_all()
    assert session.get_one(Attempt, attempt.id).score.waiting == 1
