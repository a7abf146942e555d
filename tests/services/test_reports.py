"""The overview of a class, a student's page and the memory map: what teachers see of a class."""

from datetime import timedelta

import pytest
from course import Course, person
from sqlalchemy.orm import Session
from study import MONDAY, NOON, statements

from quizapp.models import Enrolment, Fact, QuestionSet
from quizapp.services.classes.names import set_sort_key
from quizapp.services.errors import NotFound
from quizapp.services.reports import class_today, item_analysis, memory_map, results, student
from quizapp.services.reports.class_today import AlertKind


@pytest.fixture
def course(session: Session) -> Course:
    return Course(session, "Aysel", "Babək")


def today(course: Course, session: Session) -> class_today.ClassToday:
    return class_today.read_class_today(session, course.teacher, course.id, now=NOON)


def alert_kinds(report: class_today.ClassToday, name: str) -> list[AlertKind]:
    return [each.kind for week in report.weeks if week.student.name == name for each in week.alerts]


# Overview


def test_who_studied_in_the_last_week_is_shown_with_answers_minutes_and_recall(
    session: Session, course: Course
) -> None:
    course.assign()
    course.answered("Aysel", course.facts[0], MONDAY, [3, 3, 3, 1])
    course.answered("Aysel", course.facts[0], MONDAY - timedelta(days=6), [3] * 8)
    course.answered("Aysel", course.facts[0], MONDAY - timedelta(days=7), [3])
    aysel, babek = today(course, session).weeks
    assert [day.answers for day in aysel.days] == [8, 0, 0, 0, 0, 0, 4]
    assert (aysel.right, aysel.ms) == (11, 72_000)
    assert (aysel.retention.answers, aysel.retention.correct) == (12, 11)
    assert (babek.answers, babek.last_day, babek.retention.missing) == (0, None, 30)


def test_retention_leaves_out_lucky_guesses(session: Session, course: Course) -> None:
    course.assign()
    course.answered("Aysel", course.facts[0], MONDAY, [3] * 18 + [1] * 2, guess=0.5)
    course.answered("Babək", course.facts[0], MONDAY, [3] * 10)
    course.answered("Babək", course.facts[0], MONDAY - timedelta(days=1), [3] * 7, guess=1.0)
    report = today(course, session)
    assert report.weeks[0].retention.recalled == pytest.approx(16)
    assert (report.retention.answers, report.retention.correct) == (30, 28)
    assert report.retention.share == pytest.approx(26 / 30)


def test_what_is_studied_elsewhere_stays_the_learners_own(session: Session, course: Course) -> None:
    other = QuestionSet(key="own", title="Own", header={"topics": []}, names=[], created_at=NOON)
    session.add(other)
    session.flush()
    fact = Fact(set_id=other.id, key="f", position=0, topic="t", statement="S", passages=[], notes=[], actors=[],
                leads_to={})  # fmt: skip
    session.add(fact)
    session.flush()
    course.assign()
    course.answered("Aysel", fact.id, MONDAY, [3, 3])
    course.remember("Aysel", fact.id, lapses=40)
    week = today(course, session).weeks[0]
    assert (week.answers, week.ms, week.last_day) == (0, 0, None)
    page = student.read_student(session, course.teacher, course.id, course.students["Aysel"].id, now=NOON)
    assert {found.id for found, _, _ in page.sets} == {course.set_id}
    assert page.forgotten == []
    with pytest.raises(NotFound):
        memory_map.read_memory_map(session, course.teacher, course.id, set_id=other.id, now=NOON)
    with pytest.raises(NotFound):
        item_analysis.analyse_set(session, course.teacher, course.id, other.id, now=NOON)


def test_who_never_began_and_who_stopped_are_stuck(session: Session, course: Course) -> None:
    course.assign()
    course.remember("Babək", course.facts[0], last=MONDAY - timedelta(days=5), due_day=MONDAY)
    report = today(course, session)
    assert alert_kinds(report, "Aysel") == [AlertKind.NEVER]
    assert alert_kinds(report, "Babək") == [AlertKind.QUIET]
    assert [week.student.name for week in report.stuck] == ["Aysel", "Babək"]


def test_nobody_is_stuck_in_what_was_assigned_yesterday(session: Session, course: Course) -> None:
    course.assign(at=NOON - timedelta(days=1))
    assert today(course, session).stuck == []


def test_who_is_behind_the_pace_has_a_pile_or_keeps_forgetting_is_stuck(session: Session, course: Course) -> None:
    facts = [
        Fact(set_id=course.set_id, key=f"f{n}", position=50 + n, topic="dates", statement="S", passages=[], notes=[],
             actors=[], leads_to={})
        for n in range(60)
    ]  # fmt: skip
    session.add_all(facts)
    session.flush()
    course.assign(new_per_day=2)  # 42 facts in three weeks
    for fact in facts[:55]:
        course.remember("Aysel", fact.id, due_day=MONDAY - timedelta(days=1), lapses=8 if fact.key < "f17" else 0)
    course.remember("Babək", facts[0].id)
    report = today(course, session)
    assert alert_kinds(report, "Aysel") == [AlertKind.OVERDUE, AlertKind.FORGETS]
    behind = report.weeks[1].alerts[0]
    assert (behind.kind, behind.number, behind.of, behind.title) == (AlertKind.BEHIND, 1, 42, "All of it")


def test_who_left_and_who_teaches_are_not_in_the_report(session: Session, course: Course) -> None:
    course.enrol(person(session, "Gone"), "student", status="removed")
    course.enrol(person(session, "Second", teaches=True), "teacher")
    assert [week.student.name for week in today(course, session).weeks] == ["Aysel", "Babək"]


# Rights


def test_only_a_teacher_of_the_class_sees_anything(session: Session, course: Course) -> None:
    quiz = course.assign("quiz")
    student_id = course.students["Aysel"].id
    former = course.enrol(person(session, "Former", teaches=True), "teacher", status="removed")
    for outsider in (course.students["Aysel"], person(session, "Other", teaches=True), former):
        for look in (
            lambda who: class_today.read_class_today(session, who, course.id, now=NOON),
            lambda who: student.read_student(session, who, course.id, student_id, now=NOON),
            lambda who: memory_map.read_memory_map(session, who, course.id, now=NOON),
            lambda who: memory_map.facts_to_forget(session, who, course.id, course.set_id, target=None, now=NOON),
            lambda who: results.read_gradebook(session, who, course.id, now=NOON),
            lambda who: results.read_results(session, who, quiz.id, now=NOON),
            lambda who: results.read_answers(session, who, quiz.id, student_id, now=NOON),
            lambda who: item_analysis.analyse_assignment(session, who, quiz.id, now=NOON),
            lambda who: item_analysis.analyse_set(session, who, course.id, course.set_id, now=NOON),
        ):
            with pytest.raises(NotFound):
                look(outsider)


def test_somebody_who_is_no_student_of_the_class_has_no_page(session: Session, course: Course) -> None:
    for user in (person(session, "Other"), course.teacher):
        with pytest.raises(NotFound):
            student.read_student(session, course.teacher, course.id, user.id, now=NOON)


# The memory map


def test_the_map_shows_what_is_known_now_and_on_the_day_of_the_exam(session: Session, course: Course) -> None:
    course.assign(exam_day=MONDAY + timedelta(days=30), desired_retention=0.8)
    course.remember("Aysel", course.facts[0], stability=10.0, last=MONDAY - timedelta(days=10))  # R is 0.9 at S
    now = memory_map.read_memory_map(session, course.teacher, course.id, now=NOON)
    then = memory_map.read_memory_map(session, course.teacher, course.id, when="exam", now=NOON)
    assert now is not None
    assert then is not None
    aysel, babek = (course.students[name].id for name in ("Aysel", "Babək"))
    assert now.whole[aysel].known == pytest.approx(0.9)
    assert 0.5 < then.whole[aysel].known < 0.85
    assert (now.whole[babek].met, now.whole[babek].known) == (0, 0)
    assert (then.day, then.target) == (MONDAY + timedelta(days=30), 0.8)
    assert sum(cell.total for cell in now.cells[aysel].values()) == now.facts


def test_facts_stand_with_the_least_known_first_a_page_at_a_time(session: Session, course: Course) -> None:
    course.assign()
    for name in course.students:
        course.remember(name, course.facts[1], stability=100.0)
    course.remember("Aysel", course.facts[0], stability=1.0)
    drawn = memory_map.read_memory_map(
        session, course.teacher, course.id, rows="facts", by="passage", page=99, now=NOON
    )
    assert drawn is not None
    ids = [row.chance.fact_id for row in drawn.rows_of_facts]
    assert ids[-2:] == [course.facts[0], course.facts[1]]
    assert (drawn.page, drawn.pages, drawn.rows_of_facts[0].chance.met) == (1, 1, 0)


def test_what_somebody_met_and_the_class_will_have_forgotten_is_to_be_assigned(
    session: Session, course: Course
) -> None:
    course.assign()
    for name in course.students:
        course.remember(name, course.facts[0], stability=1000.0)
        course.remember(name, course.facts[1], stability=0.5)
    found = memory_map.facts_to_forget(session, course.teacher, course.id, course.set_id, target=0.9, now=NOON)
    assert found == [course.facts[1]]
    drawn = memory_map.read_memory_map(session, course.teacher, course.id, target=0.9, now=NOON)
    assert drawn is not None
    assert (drawn.forgotten, drawn.has_exam, drawn.ahead) == (1, False, MONDAY + timedelta(days=7))


def test_a_class_without_assignments_has_no_map(session: Session, course: Course) -> None:
    assert memory_map.read_memory_map(session, course.teacher, course.id, now=NOON) is None
    assert today(course, session).sets == []


def test_archived_assignments_are_no_longer_reported(session: Session, course: Course) -> None:
    course.assign(archived_at=NOON)
    assert memory_map.read_memory_map(session, course.teacher, course.id, now=NOON) is None


@pytest.mark.one_database
def test_the_number_of_statements_does_not_hang_on_the_class(session: Session, course: Course) -> None:
    course.assign()
    quiz = course.assign("quiz")

    def cost() -> list[int]:
        session.expire_all()
        teacher, class_id, quiz_id = course.teacher, course.id, quiz.id
        student_id = course.students["Aysel"].id
        session.refresh(teacher)
        looks = [
            lambda: class_today.read_class_today(session, teacher, class_id, now=NOON),
            lambda: student.read_student(session, teacher, class_id, student_id, now=NOON),
            lambda: memory_map.read_memory_map(session, teacher, class_id, now=NOON),
            lambda: memory_map.read_memory_map(session, teacher, class_id, rows="facts", now=NOON),
            lambda: results.read_gradebook(session, teacher, class_id, now=NOON),
            lambda: results.read_results(session, teacher, quiz_id, now=NOON),
            lambda: item_analysis.analyse_assignment(session, teacher, quiz_id, now=NOON),
        ]
        return [statements(session, look) for look in looks]

    small = cost()
    for number in range(6):
        user = course.enrol(person(session, f"Student {number}"), "student")
        course.students[user.name or ""] = user
        course.answered(user.name or "", course.facts[0], MONDAY, [3, 3])
        course.remember(user.name or "", course.facts[0])
        course.assign("quiz")
    assert cost() == small
    assert max(small) <= 14


def test_the_name_that_the_teachers_noted_stands_first(session: Session, course: Course) -> None:
    enrolment = session.get_one(Enrolment, (course.id, course.students["Aysel"].id))
    enrolment.called = "Zahra"
    set_sort_key(enrolment, "Aysel", "az")
    session.commit()
    course.assign()
    assert [week.student.name for week in today(course, session).weeks] == ["Babək", "Zahra"]
