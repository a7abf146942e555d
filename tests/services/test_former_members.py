"""What a class leaves open to somebody who is no longer in it: nothing of the class, and everything of their own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from assignments import School, answer, begin, join, open_school, person, quiz, study, take
from attempts import begin_quiz, right_answer
from sqlalchemy.orm import Session
from study import NOON, ask
from study import answer as answer_review

from quizapp.core.assignments import ExtensionSettings
from quizapp.models import Attempt, Memory, Plan, QuestionSet, Review, User
from quizapp.services import access
from quizapp.services.assignments import listing
from quizapp.services.assignments.extensions import save_extension
from quizapp.services.assignments.student_attempts import begin_assigned_attempt, begin_preview
from quizapp.services.assignments.study_plans import add_all_to_plans
from quizapp.services.attempts import lifecycle, results
from quizapp.services.attempts.questions import list_questions
from quizapp.services.classes import enrolment, roster
from quizapp.services.errors import NotFound, NotInClass
from quizapp.services.progress.calibration import read_calibration
from quizapp.services.progress.fact_history import read_fact_history
from quizapp.services.progress.mixups import read_mixups
from quizapp.services.quizzes import list_quizzes
from quizapp.services.review import answers, feedback, offline, queue
from quizapp.services.review.recap import read_recap
from quizapp.services.review.today import read_today

LATER = NOON + timedelta(minutes=5)
Departure = Callable[[Session, School], None]


def remove(session: Session, school: School) -> None:
    roster.remove_student(session, school.teacher, school.class_id, school.students[0].id, now=LATER)


def ban(session: Session, school: School) -> None:
    roster.ban_student(session, school.teacher, school.class_id, school.students[0].id, now=LATER)


def leave(session: Session, school: School) -> None:
    enrolment.leave_class(session, school.students[0], school.class_id, now=LATER)


@pytest.fixture
def school(session: Session) -> School:
    return open_school(session)


@pytest.fixture(params=[remove, ban, leave])
def depart(request: pytest.FixtureRequest) -> Departure:
    """How the first student comes to be in the class no more."""
    return request.param  # type: ignore[no-any-return]


def make_private(session: Session, school: School) -> QuestionSet:
    row = session.get_one(QuestionSet, school.set_id)
    row.visibility, row.owner_id = access.PRIVATE, school.teacher.id
    session.commit()
    return row


def test_a_running_attempt_is_handed_in_with_what_was_answered(
    session: Session, school: School, depart: Departure
) -> None:
    student, other = school.students
    assignment = quiz(session, school)
    attempt, theirs = begin(session, student, assignment), begin(session, other, assignment)
    answer(session, student, attempt, 1, right_answer(list_questions(session, attempt)[0]))
    depart(session, school)
    session.commit()
    assert (attempt.finished_at, attempt.marks) == (LATER, 1.0)
    assert theirs.finished_at is None


@pytest.mark.one_database
def test_the_class_does_not_count_who_left(session: Session, school: School, depart: Departure) -> None:
    assignment = quiz(session, school)
    for student in school.students:
        take(session, student, assignment)
    depart(session, school)
    session.commit()
    (listed,) = listing.list_for_class(session, school.teacher, school.class_id, now=LATER)
    page = listing.get_page(session, school.teacher, assignment.id, now=LATER)
    assert listed.handed_in == page.summary.handed_in == len(page.students) == 1


def test_an_attempt_whose_time_was_up_ends_as_of_then(session: Session, school: School) -> None:
    student = school.students[0]
    attempt = begin(session, student, quiz(session, school, minutes=2))
    remove(session, school)
    assert attempt.finished_at == NOON + timedelta(minutes=2)


@pytest.mark.one_database
def test_attempts_and_their_results_open_no_more(session: Session, school: School, depart: Departure) -> None:
    student, other = school.students
    assignment = quiz(session, school, attempts=2)
    done, running = take(session, student, assignment), begin(session, student, assignment)
    theirs = take(session, other, assignment)
    assert results.get_result(session, student, done.id, now=LATER).questions
    depart(session, school)
    for attempt in (done, running):
        with pytest.raises(NotInClass):
            results.get_result(session, student, attempt.id, now=LATER)
        with pytest.raises(NotInClass):
            lifecycle.show_attempt(session, student, attempt.id, position=1, now=LATER)
        with pytest.raises(NotFound):
            answer(session, student, attempt, 1, {}, now=LATER)
        with pytest.raises(NotFound):
            lifecycle.hand_in_attempt(session, student, attempt.id, now=LATER)
        with pytest.raises(NotFound):
            lifecycle.expire_attempt(session, student, attempt.id, now=LATER)
    with pytest.raises(NotFound):
        begin_assigned_attempt(session, student, assignment.id, now=LATER)
    assert results.get_result(session, other, theirs.id, now=LATER).questions


@pytest.mark.one_database
def test_who_comes_back_sees_their_results_again_but_the_attempt_is_over(session: Session, school: School) -> None:
    student = school.students[0]
    assignment = quiz(session, school)
    attempt = begin(session, student, assignment)
    remove(session, school)
    roster.restore_student(session, school.teacher, school.class_id, student.id, now=LATER)
    assert results.get_result(session, student, attempt.id, now=LATER).attempt.finished_at == LATER
    extra = ExtensionSettings(attempts=2)
    save_extension(session, school.teacher, assignment.id, student.id, extra, now=LATER)
    assert begin(session, student, assignment, now=LATER).id != attempt.id


@pytest.mark.one_database
def test_a_private_set_that_the_class_was_to_study_closes(session: Session, school: School, depart: Departure) -> None:
    student = school.students[0]
    row = make_private(session, school)
    study(session, school)
    prompt = ask(session, student)
    review_id = answer_review(session, student, prompt, {"picked": str(prompt.order.index(1)), "text": "Wrong"})
    own = begin_quiz(session, student)
    assert read_mixups(session, student, now=LATER).read == 1
    depart(session, school)
    session.commit()
    with pytest.raises(NotFound):
        access.find_set(session, student, row.key)
    assert queue.next_prompt(session, student, now=LATER) is None
    assert read_today(session, student, now=LATER) is None
    assert read_recap(session, student, now=LATER) is None
    assert offline.list_offline_questions(session, student, now=LATER) == []
    with pytest.raises(NotFound):
        feedback.read_feedback(session, student, review_id, now=LATER)
    with pytest.raises(NotFound):
        answers.undo_answer(session, student, now=LATER)
    with pytest.raises(NotFound):
        read_fact_history(session, student, row.key, "nile-source", now=LATER)
    with pytest.raises(NotFound):
        lifecycle.show_attempt(session, student, own, position=1, now=LATER)
    listed = list_quizzes(session, student, page=1)
    assert (listed.running, listed.quizzes) == ([], [])
    assert read_mixups(session, student, now=LATER).read == 0
    assert read_calibration(session, student, now=LATER).errors == ()
    assert session.get(Plan, (school.students[1].id, row.id)), "the others study on"


def test_what_was_learned_is_there_when_they_come_back(session: Session, school: School) -> None:
    student = school.students[0]
    row = make_private(session, school)
    study(session, school)
    prompt = ask(session, student)
    answer_review(session, student, prompt)
    remove(session, school)
    assert session.get(Memory, (student.id, prompt.fact_id)) and session.query(Review).count() == 1
    roster.restore_student(session, school.teacher, school.class_id, student.id, now=LATER)
    add_all_to_plans(session, student, school.class_id, now=LATER)
    assert session.get(Plan, (student.id, row.id))
    assert session.get_one(Memory, (student.id, prompt.fact_id)).reps == 1


def test_what_something_else_opens_stays_open(session: Session, school: School) -> None:
    """A public set, a set of one's own, and one that another class studies."""
    student = school.students[0]
    study(session, school)
    remove(session, school)
    assert session.get(Plan, (student.id, school.set_id)), "everybody may read it"

    row = make_private(session, school)
    roster.restore_student(session, school.teacher, school.class_id, student.id, now=LATER)
    other = open_school(session, 0, suffix="2")
    join(session, other.classroom, student)
    join(session, other.classroom, school.teacher, "teacher")
    study(session, School(other.classroom, school.teacher, [student], school.set_id))
    remove(session, school)
    assert session.get(Plan, (student.id, row.id)), "the other class studies it"

    roster.restore_student(session, school.teacher, school.class_id, student.id, now=LATER)
    enrolment.leave_class(session, student, other.class_id, now=LATER)
    row.owner_id = student.id
    session.commit()
    remove(session, school)
    assert session.get(Plan, (student.id, row.id)), "it is their own"


def test_a_former_teacher_sees_no_preview(session: Session, school: School) -> None:
    second: User = person(session, "Second", is_teacher=True)
    join(session, school.classroom, second, "teacher")
    assignment = quiz(session, school)
    preview: Attempt = begin_preview(session, second, assignment.id, now=NOON)
    session.commit()
    enrolment.leave_class(session, second, school.class_id, now=LATER)
    with pytest.raises(NotFound):
        lifecycle.show_attempt(session, second, preview.id, position=1, now=LATER)
    assert preview.finished_at == LATER
