"""Sets assigned for study enter every student's own plan, on both databases."""

from datetime import date, timedelta

import pytest
from assignments import join, open_school, person, study
from attempts import add_facts
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import MONDAY, NOON, memory_of, remember, statements

from quizapp.core.scheduling.scheduler import Plan as CorePlan
from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, Memory, Plan, User
from quizapp.services import memories, plans
from quizapp.services.assignments import assignments, study_plans
from quizapp.services.review import today

DAY = timedelta(days=1)
EXAM = MONDAY + 20 * DAY


def plan_of(session: Session, user: User, set_id: int) -> Plan:
    session.expire_all()
    return session.get_one(Plan, (user.id, set_id))


def terms(plan: Plan) -> tuple[list[str], date | None, float, int]:
    return plan.topics, plan.exam_day, plan.desired_retention, plan.new_per_day


def new_facts(session: Session, user: User) -> int:
    found = today.read_today(session, user, now=NOON)
    assert found
    return found.new


@pytest.mark.one_database
def test_it_works(session: Session) -> None:
    school = open_school(session, 2)
    add_facts(session, ["typed"] * 4, topic="later", first=50)
    study(session, school, topics=["later"], exam_day=EXAM, desired_retention=0.85)
    for student in school.students:
        assert terms(plan_of(session, student, school.set_id)) == (["later"], EXAM, 0.85, 8)
        exam = plans.read_plan(session, student, "sample", now=NOON).exam
        assert exam is not None and exam.unmet == 4, "new facts come from the assigned topic alone"
    assert session.get(Plan, (school.teacher.id, school.set_id)) is None


def test_the_whole_set_is_asked_where_no_topics_are_given(session: Session) -> None:
    school = open_school(session, 1)
    add_facts(session, ["typed"] * 4, topic="later")
    study(session, school, new_per_day=200)
    assert new_facts(session, school.students[0]) == len(session.scalars(select(Fact.id)).all())


def test_a_plan_keeps_its_learners_choices_and_due_days_change(session: Session) -> None:
    school = open_school(session, 2)
    student, other = school.students
    today.start_plan(session, student, school.set_id, now=NOON)
    plans.change_plan(session, student, "sample", CorePlan(0.8, 3, None, (5,), 40), paused=False, now=NOON)
    fact = session.scalars(select(Fact.id)).first()
    assert fact
    remember(session, student, fact, stability=90.0)
    study(session, school, topics=["dates"], exam_day=EXAM, desired_retention=0.9)
    plan = plan_of(session, student, school.set_id)
    assert terms(plan) == ([], EXAM, 0.9, 3)
    assert (plan.easy_days, plan.ceiling) == ("5", 40)
    due = memory_of(session, student, fact).due_day
    assert due is not None and MONDAY - DAY < due <= EXAM, "it comes back before the exam, not when it was due"
    assert terms(plan_of(session, other, school.set_id)) == (["dates"], EXAM, 0.9, 8)


def test_topics_are_added_and_an_exam_moves_with_its_assignment(session: Session) -> None:
    school = open_school(session, 1)
    (student,) = school.students
    first = study(session, school, topics=["dates"], exam_day=EXAM)
    study(session, school, topics=["causes"])
    assert terms(plan_of(session, student, school.set_id))[:2] == (["dates", "causes"], EXAM)
    assignments.change_assignment(session, school.teacher, first.id, {"exam_day": EXAM + 7 * DAY}, now=NOON)
    session.commit()
    assert plan_of(session, student, school.set_id).exam_day == EXAM + 7 * DAY


def test_who_joins_later_gets_it_on_joining(session: Session) -> None:
    school = open_school(session, 1)
    study(session, school, topics=["dates"])
    archived = study(session, school, topics=[])
    assignments.archive_assignment(session, school.teacher, archived.id, now=NOON)
    late = person(session, "Late")
    join(session, school.classroom, late)
    for _ in range(2):
        study_plans.add_all_to_plans(session, late, school.class_id, now=NOON + DAY)
    assert plan_of(session, late, school.set_id).topics == ["dates"]
    study_plans.add_all_to_plans(session, school.teacher, school.class_id, now=NOON)
    assert session.get(Plan, (school.teacher.id, school.set_id)) is None


def test_facts_assigned_by_name_are_due_today_and_nothing_else_is(session: Session) -> None:
    school = open_school(session, 3)
    fresh, knows, aside = school.students
    wanted = [fact_id for fact_id, _ in add_facts(session, ["typed"] * 3)]
    for student in (knows, aside):
        today.start_plan(session, student, school.set_id, now=NOON)
        plans.change_plan(session, student, "sample", CorePlan(new_per_day=0), paused=False, now=NOON)
        remember(session, student, wanted[0], stability=400.0)
        memory_of(session, student, wanted[0]).due_day = MONDAY + 90 * DAY
    memory_of(session, aside, wanted[0]).suspended = True
    session.commit()
    made = study_plans.assign_facts(
        session, school.teacher, school.class_id, school.set_id, wanted, title="Forgotten", now=NOON
    )
    session.commit()
    assert (made.kind, made.fact_ids) == ("study", wanted)
    for student, count in ((fresh, 3), (knows, 3), (aside, 2)):
        found = today.read_today(session, student, now=NOON)
        assert found is not None
        assert (found.due, found.new) == (count, 0)
    assert memory_of(session, knows, wanted[0]).state == State.REVIEW
    assert memory_of(session, knows, wanted[0]).due_day == MONDAY
    assert plan_of(session, fresh, school.set_id).new_per_day == 0
    study(session, school)
    assert plan_of(session, fresh, school.set_id).new_per_day == 8, "a set to study brings something new again"


def test_the_plan_page_lets_its_learner_change_the_topics(session: Session) -> None:
    school = open_school(session, 1)
    (student,) = school.students
    study(session, school, topics=["dates"])
    page = plans.read_plan(session, student, "sample", now=NOON)
    assert page.topics == ("dates",)
    plans.change_plan(session, student, "sample", page.plan, paused=False, topics=[], now=NOON)
    assert plan_of(session, student, school.set_id).topics == []
    plans.change_plan(session, student, "sample", page.plan, paused=False, topics=list(page.all_topics), now=NOON)
    assert plan_of(session, student, school.set_id).topics == [], "all of them is the whole set"


@pytest.mark.one_database
def test_a_class_of_forty_takes_no_more_statements_than_two_students(session: Session) -> None:
    school = open_school(session, 40)
    facts = [fact_id for fact_id, _ in add_facts(session, ["typed"] * 12)]
    for student in school.students:
        today.start_plan(session, student, school.set_id, now=NOON)
        for fact_id in facts:
            values = memories.to_values(memories.NEW_MEMORY) | {
                "state": 2, "stability": 50.0, "difficulty": 5.0, "last_day": MONDAY - 9 * DAY,
                "due_day": MONDAY + 40 * DAY, "reps": 2,
            }  # fmt: skip
            session.add(Memory(learner_id=student.id, fact_id=fact_id, version=1, suspended=False, **values))
    session.commit()
    assert statements(session, lambda: study(session, school, exam_day=EXAM, topics=["dates"])) <= 20
    for student in (school.students[0], school.students[-1]):
        due = memory_of(session, student, facts[0]).due_day
        assert due is not None and due <= EXAM
    assert statements(session, lambda: forget(session, school, facts)) <= 20


def forget(session: Session, school: object, facts: list[int]) -> None:
    study_plans.assign_facts(session, school.teacher, school.class_id, school.set_id, facts, title="All", now=NOON)  # type: ignore[attr-defined]
