"""Results, gradebook and item analysis of the quizzes of a class."""

from datetime import timedelta

import pytest
from course import Course, choice, person, picked
from sqlalchemy.orm import Session
from study import NOON

from quizapp.core.reports.item_analysis import ItemProblem
from quizapp.models import Assignment, Enrolment, Extension, Question, QuestionVersion, Response
from quizapp.services.assignments.listing import get_page
from quizapp.services.assignments.regrading import Regrading, plan_regrade
from quizapp.services.classes.names import set_sort_key
from quizapp.services.classes.roster import read_roster
from quizapp.services.errors import NotFound
from quizapp.services.reports import item_analysis
from quizapp.services.reports.class_today import read_class_today
from quizapp.services.reports.memory_map import read_memory_map
from quizapp.services.reports.results import Results, read_answers, read_gradebook, read_results

RIGHT, LURED, OTHER, OPEN = picked(0), picked(1), picked(2), (None, None)


@pytest.fixture
def course(session: Session) -> Course:
    return Course(session, "Aysel", "Babək", "Cəmil")


@pytest.fixture
def asked(course: Course) -> list[int]:
    return [course.question(key, choice(key)) for key in ("one", "two", "three")]


@pytest.fixture
def quiz(course: Course, asked: list[int]) -> Assignment:
    return course.assign("quiz", title="Test", question_ids=asked, due_at=NOON)


def results(course: Course, quiz: Assignment, take: str = "best") -> Results:
    return read_results(course.session, course.teacher, quiz.id, take=take, now=NOON + timedelta(days=1))


def analysis(course: Course, quiz: Assignment) -> item_analysis.Analysis:
    return item_analysis.analyse_assignment(course.session, course.teacher, quiz.id, now=NOON + timedelta(days=1))


def answers(asked: list[int], *given: object) -> dict[int, object]:
    return dict(zip(asked, given, strict=True))


def test_each_student_has_a_line_with_the_marks_by_question(course: Course, quiz: Assignment, asked: list[int]) -> None:
    course.take(quiz, "Aysel", answers(asked, RIGHT, LURED, OPEN))
    shuffled = dict(reversed(answers(asked, RIGHT, RIGHT, OTHER).items()))
    course.take(quiz, "Babək", shuffled, finished=NOON + timedelta(hours=1))
    found = results(course, quiz)
    assert [column.question_id for column in found.columns] == asked
    aysel, babek, cemil = found.rows
    assert aysel.marks == {1: 1, 2: 0, 3: None}
    assert babek.marks == {1: 1, 2: 1, 3: 0}
    assert aysel.attempt and babek.attempt
    assert (aysel.attempt.late, babek.attempt.late, cemil.attempt) == (False, True, None)
    assert (found.mean, found.median) == (pytest.approx(0.5), pytest.approx(0.5))
    assert found.bins == [0, 0, 0, 1, 0, 0, 1, 0, 0, 0]
    assert found.facility(found.columns[1]) == 0.5


def test_the_best_the_last_or_the_first_attempt_counts(course: Course, quiz: Assignment, asked: list[int]) -> None:
    for minutes, given in [(9, (RIGHT, LURED, OPEN)), (6, (RIGHT, RIGHT, RIGHT)), (3, (OTHER, OTHER, OTHER))]:
        course.take(quiz, "Aysel", answers(asked, *given), started_at=NOON - timedelta(minutes=minutes))
    marks = {}
    for take in ("first", "best", "last"):
        row = results(course, quiz, take).rows[0]
        assert row.attempt is not None
        marks[take] = (row.attempt.number, row.attempt.score.marks, row.attempts)
    assert marks == {"first": (1, 1, 3), "best": (2, 3, 3), "last": (3, 0, 3)}


def test_an_extension_moves_what_is_late(session: Session, course: Course, quiz: Assignment, asked: list[int]) -> None:
    course.take(quiz, "Aysel", answers(asked, RIGHT, RIGHT, RIGHT), finished=NOON + timedelta(hours=1))
    session.add(Extension(assignment_id=quiz.id, user_id=course.students["Aysel"].id, due_at=NOON + timedelta(hours=2)))
    session.commit()
    row = results(course, quiz).rows[0]
    assert row.attempt is not None
    assert not row.attempt.late


def test_an_attempt_whose_time_ran_out_counts_as_it_stands(course: Course, quiz: Assignment, asked: list[int]) -> None:
    course.take(quiz, "Aysel", answers(asked, RIGHT, OPEN, OPEN), finished=None, deadline=NOON)
    course.take(quiz, "Babək", answers(asked, RIGHT, OPEN, OPEN), finished=None)
    aysel, babek, _ = results(course, quiz).rows
    assert aysel.attempt is not None
    assert (aysel.attempt.score.marks, aysel.attempt.finished_at) == (1, NOON)
    assert babek.attempt is None


def test_a_preview_of_the_teachers_and_who_left_are_in_no_table(
    session: Session, course: Course, quiz: Assignment, asked: list[int]
) -> None:
    course.students["Teacher"] = course.teacher
    course.take(quiz, "Teacher", answers(asked, RIGHT, RIGHT, RIGHT), purpose="preview")
    course.students["Gone"] = course.enrol(person(session, "Gone"), "student", status="removed")
    course.take(quiz, "Gone", answers(asked, RIGHT, RIGHT, RIGHT))
    assert [row.attempt for row in results(course, quiz).rows] == [None] * 3
    assert analysis(course, quiz).learners == 1  # their answers still say something about the questions


def test_what_a_student_answered_is_shown_in_words(course: Course, quiz: Assignment, asked: list[int]) -> None:
    course.take(quiz, "Aysel", answers(asked, RIGHT, LURED, OPEN))
    student_id = course.students["Aysel"].id
    found = read_answers(course.session, course.teacher, quiz.id, student_id, now=NOON)
    assert [(each.given, each.fraction, each.key) for each in found.answers] == [
        ("A", 1, "A"), ("B", 0, "A"), ("", None, "A"),
    ]  # fmt: skip
    assert found.answers[1].why_not == "Not B."
    with pytest.raises(NotFound):
        read_answers(course.session, course.teacher, quiz.id, student_id, attempt_id=10**6, now=NOON)


def test_regraded_marks_are_used_with_the_key_they_were_marked_by(
    session: Session, course: Course, quiz: Assignment, asked: list[int]
) -> None:
    attempt = course.take(quiz, "Aysel", answers(asked, LURED, LURED, OPEN))
    mended = choice("one") | {"key": "one", "answer": "B", "distractors": [{"text": "A"}, {"text": "C"}]}
    question = session.get_one(Question, asked[0])
    question.versions.append(QuestionVersion(number=2, body=mended, created_at=NOON))
    question.current = 2
    session.flush()
    response = session.get_one(Response, (attempt.id, 1))
    response.regraded_by_id, response.fraction, response.verdict = question.versions[-1].id, 1.0, "right"
    attempt.marks = 1.0
    session.commit()
    assert results(course, quiz).rows[0].marks == {1: 1, 2: 0, 3: None}
    found = read_answers(session, course.teacher, quiz.id, course.students["Aysel"].id, now=NOON)
    assert (found.answers[0].given, found.answers[0].key, found.answers[0].regraded) == ("B", "B", True)
    row = analysis(course, quiz).rows[0]
    assert row.item.facility == 1
    assert [(each.pick.text, each.pick.right, each.count) for each in row.chosen] == [
        ("B", True, 1), ("A", False, 0), ("C", False, 0),
    ]  # fmt: skip


def test_a_quiz_that_draws_has_places_for_columns_and_reads_each_question_over_who_got_it(
    course: Course, asked: list[int]
) -> None:
    quiz = course.assign("quiz", draws={"dates": 2})
    course.take(quiz, "Aysel", {asked[0]: RIGHT, asked[1]: LURED})
    course.take(quiz, "Babək", {asked[2]: RIGHT, asked[0]: OTHER})
    found = results(course, quiz)
    assert [(column.number, column.question_id) for column in found.columns] == [(1, None), (2, None)]
    assert found.rows[1].marks == {1: 1, 2: 0}
    assert sorted(row.item.n for row in analysis(course, quiz).rows) == [1, 1, 2]


def test_the_gradebook_has_every_quiz_and_its_mean(course: Course, quiz: Assignment, asked: list[int]) -> None:
    second = course.assign("quiz", title="=2+2", question_ids=asked[:1])
    course.assign("study")
    course.take(quiz, "Aysel", answers(asked, RIGHT, LURED, OPEN))
    course.take(second, "Aysel", {asked[0]: RIGHT})
    book = read_gradebook(course.session, course.teacher, course.id, now=NOON)
    assert [each.title for each in book.quizzes] == ["Test", "=2+2"]
    assert book.spreadsheet_rows()[1] == ["Aysel", "Aysel", 33.33, 100.0, 66.67, 0]
    assert book.spreadsheet_rows()[2] == ["Babək", "Babək", None, None, None, 0]
    assert (book.mean(quiz), book.rows[2].mean) == (pytest.approx(1 / 3), None)


# Item analysis


@pytest.mark.one_database
def test_the_figures_are_of_first_finished_attempts(course: Course, quiz: Assignment, asked: list[int]) -> None:
    """The example of tests/core/test_item_analysis.py, with Aysel trying again and a fourth student."""
    course.students["Davud"] = course.enrol(person(course.session, "Davud"), "student")
    course.take(quiz, "Aysel", answers(asked, RIGHT, RIGHT, RIGHT), finished=NOON)
    course.take(quiz, "Aysel", answers(asked, OPEN, OPEN, OPEN), finished=NOON + timedelta(minutes=5))
    course.take(quiz, "Babək", answers(asked, RIGHT, RIGHT, LURED))
    course.take(quiz, "Cəmil", answers(asked, RIGHT, LURED, LURED))
    course.take(quiz, "Davud", answers(asked, OPEN, OTHER, RIGHT))
    found = analysis(course, quiz)
    one, two, three = found.rows
    assert (found.learners, found.is_small) == (4, True)
    assert [row.item.facility for row in found.rows] == [0.75, 0.5, 0.5]
    assert one.item.discrimination == pytest.approx(0)
    assert two.item.discrimination == pytest.approx(100 / 3**0.5)
    assert three.item.discrimination == pytest.approx(-30.151, abs=0.001)
    assert three.item.efficiency == pytest.approx(-100 / 3)
    assert three.problems == [ItemProblem.NEGATIVE]
    assert [(each.pick.text, each.count) for each in two.chosen] == [("A", 2), ("B", 1), ("C", 1)]
    assert one.unanswered == 1


def test_misconceptions_are_counted_over_the_quiz(course: Course, quiz: Assignment, asked: list[int]) -> None:
    course.take(quiz, "Aysel", answers(asked, LURED, LURED, RIGHT))
    course.take(quiz, "Babək", answers(asked, LURED, OTHER, RIGHT))
    (found,) = analysis(course, quiz).misconceptions
    assert (found.key, found.learners, found.answers, found.numbers) == ("mix-up", 2, 3, [1, 2])


def test_over_a_set_every_quiz_counts_and_each_learner_once_a_question(
    course: Course, quiz: Assignment, asked: list[int]
) -> None:
    again = course.assign("quiz", question_ids=asked[:2])
    course.take(quiz, "Aysel", answers(asked, RIGHT, LURED, RIGHT))
    course.take(again, "Aysel", answers(asked[:2], LURED, RIGHT), finished=NOON + timedelta(hours=1))
    course.take(again, "Babək", answers(asked[:2], LURED, RIGHT))
    found = item_analysis.analyse_set(course.session, course.teacher, course.id, course.set_id, now=NOON)
    assert {row.question_id: (row.item.n, row.item.facility) for row in found.rows} == {
        asked[0]: (2, 0.5), asked[1]: (2, 0.5), asked[2]: (1, 1.0),
    }  # fmt: skip


def test_a_quiz_nobody_sat_has_nothing_to_analyse(course: Course, quiz: Assignment) -> None:
    assert analysis(course, quiz).rows == []
    assert results(course, quiz).mean is None


def test_a_study_assignment_has_no_results(course: Course) -> None:
    study = course.assign("study")
    with pytest.raises(NotFound):
        results(course, study)


def test_students_are_in_one_order_everywhere(
    session: Session, course: Course, quiz: Assignment, asked: list[int]
) -> None:
    """By surname, in the alphabet of the class: Ə comes after E, and Ğ before X."""
    called = {"Aysel": "Aysel Xəlilova", "Babək": "Babək Əliyev", "Cəmil": "Cəmil Elçiyev"}
    for name, student in course.students.items():
        enrolment = session.get_one(Enrolment, (course.id, student.id))
        enrolment.called, enrolment.surname = called[name], called[name].split()[1]
        set_sort_key(enrolment, name, "az")
        course.take(quiz, name, answers(asked, LURED, LURED, LURED))
    course.assign()
    book = read_gradebook(session, course.teacher, course.id, now=NOON)
    shown = {
        "class": [row.called for row in read_roster(session, course.teacher, course.id).students],
        "assignment": [each.enrolment.called for each in get_page(session, course.teacher, quiz.id, now=NOON).students],
        "results": [row.student.name for row in results(course, quiz).rows],
        "gradebook": [row.student.name for row in book.rows],
        "file": [row[0] for row in book.spreadsheet_rows()[1:]],
        "overview": [
            week.student.name for week in read_class_today(session, course.teacher, course.id, now=NOON).weeks
        ],
        "map": [each.name for each in read_memory_map(session, course.teacher, course.id, now=NOON).students],
        "regrade": [each.name for each in _regraded(session, course, quiz, asked).attempts],
    }
    assert set(map(tuple, shown.values())) == {("Cəmil Elçiyev", "Babək Əliyev", "Aysel Xəlilova")}


def _regraded(session: Session, course: Course, quiz: Assignment, asked: list[int]) -> Regrading:
    """Return what regrading changes once the key of the first question is another."""
    body = choice("one") | {"key": "one"}
    body["answer"], body["distractors"][0]["text"] = body["distractors"][0]["text"], body["answer"]
    session.add(QuestionVersion(question_id=asked[0], number=2, body=body, created_at=NOON))
    session.get_one(Question, asked[0]).current = 2
    session.commit()
    return plan_regrade(session, course.teacher, quiz.id)
