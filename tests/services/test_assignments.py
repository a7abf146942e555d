"""Assigned quizzes through the services: taken, expired, feedback released when it may be, on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from assignments import School, answer, begin, join, open_school, person, question_ids, quiz, take
from attempts import add_facts
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import NOON, statements

from quizapp.core.assignments import ExtensionSettings, Phase
from quizapp.models import Assignment, Attempt, AuditEntry, Classroom, Memory, Review, User
from quizapp.services import audit_log
from quizapp.services.assignments import assignments, deadlines, extensions, listing, study_plans
from quizapp.services.assignments.questions import get_assignable_set
from quizapp.services.assignments.regrading import plan_regrade
from quizapp.services.assignments.student_attempts import (
    KeyShown,
    NoAttemptsLeft,
    NotOpen,
    begin_assigned_attempt,
    begin_preview,
)
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.questions import list_questions
from quizapp.services.attempts.results import get_result
from quizapp.services.errors import NotFound

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def reviews(session: Session, user: User) -> int:
    return session.scalar(select(func.count()).select_from(Review).where(Review.learner_id == user.id)) or 0


def test_it_works(session: Session) -> None:
    school = open_school(session)
    assignment = quiz(session, school, due_at=NOON + DAY)
    student = school.students[0]
    (listed,) = listing.list_for_student(session, student, now=NOON)
    assert (listed.assignment.title, listed.made_by, listed.phase) == ("Rivers", "Leyla", Phase.OPEN)
    attempt = take(session, student, assignment, right=3)
    result = get_result(session, student, attempt.id, now=NOON)
    assert (result.is_released, result.attempt.marks, result.attempt.size, result.missed) == (True, 3.0, 4, 1)
    assert reviews(session, student) == 4
    assert listing.list_for_student(session, student, now=NOON) == [], "it is done"
    (first, other) = listing.get_page(session, school.teacher, assignment.id, now=NOON).students
    assert (len(first.finished), first.late, other.attempts) == (1, False, [])


def test_questions_stand_in_the_order_picked_or_shuffled_for_each_student(session: Session) -> None:
    school = open_school(session, 6)
    picked = question_ids(session, ["typed"] * 8)
    fixed = quiz(session, school, question_ids=picked[::-1])
    mixed = quiz(session, school, question_ids=picked, shuffled=True)
    orders = []
    for student in school.students:
        asked = [item.question.key for item in list_questions(session, begin(session, student, fixed))]
        assert asked == [f"dates-{number}-q" for number in range(107, 99, -1)]
        orders.append([item.question.key for item in list_questions(session, begin(session, student, mixed))])
    assert all(sorted(order) == sorted(orders[0]) for order in orders)
    assert len({tuple(order) for order in orders}) > 1


def test_questions_are_drawn_from_each_topic_for_each_attempt(session: Session) -> None:
    school = open_school(session, 1)
    add_facts(session, ["typed"] * 6, topic="dates")
    add_facts(session, ["choice"] * 6, topic="actors", first=200)
    assignment = quiz(session, school, draws={"dates": 3, "actors": 2}, kinds=["typed", "choice"], attempts=None)
    asked = []
    for _ in range(2):
        items = list_questions(session, take(session, school.students[0], assignment))
        assert [item.fact.topic for item in items].count("dates") == 3
        assert len(items) == 5
        asked.append({item.fact.id for item in items if item.fact.topic == "dates"})
    assert not asked[0] & asked[1], "what the first attempt did not ask goes first"


def test_two_presses_begin_one_attempt_and_a_crash_loses_nothing(session: Session) -> None:
    school = open_school(session, 1)
    assignment, student = quiz(session, school), school.students[0]
    first = begin(session, student, assignment)
    answer(session, student, first, 2, {"text": "Ob"})
    again = begin(session, student, assignment, now=NOON + HOUR)
    assert again.id == first.id
    summary = lifecycle.show_attempt(session, student, again.id, now=NOON + HOUR)
    assert summary.unanswered == [1, 3, 4]


@pytest.mark.one_database
def test_attempts_run_out_and_a_closed_one_cannot_be_begun(session: Session) -> None:
    school = open_school(session, 1)
    student = school.students[0]
    assignment = quiz(session, school, attempts=1, opens_at=NOON, closes_at=NOON + DAY)
    with pytest.raises(NotOpen):
        begin_assigned_attempt(session, student, assignment.id, now=NOON - MINUTE)
    with pytest.raises(NotOpen):
        begin_assigned_attempt(session, student, assignment.id, now=NOON + DAY)
    take(session, student, assignment)
    with pytest.raises(NoAttemptsLeft):
        begin_assigned_attempt(session, student, assignment.id, now=NOON)


@pytest.mark.parametrize("terms", [{"minutes": 20}, {"closes_at": NOON + 20 * MINUTE}, {"minutes": 10, "factor": 2.0}])
@pytest.mark.parametrize("who", ["student", "teacher"])
def test_the_clock_ends_an_attempt_whoever_looks_next(session: Session, terms: dict[str, object], who: str) -> None:
    factor = terms.pop("factor", None) if "factor" in terms else None
    school = open_school(session, 0)
    student = person(session, "Aysel")
    join(session, school.classroom, student, time_factor=factor or 1.0)
    assignment = quiz(session, school, **terms)
    if factor:
        terms["factor"] = factor
    attempt = begin(session, student, assignment)
    answer(session, student, attempt, 2, {"text": "Ob"})
    late = NOON + HOUR
    assert deadlines.needs_expiry(session, assignment, now=late)
    if who == "student":
        deadlines.expire_own_attempts(session, student, assignment, now=late)
    else:
        deadlines.expire_all_attempts(session, assignment, now=late)
    session.commit()
    session.expire_all()
    assert (attempt.finished_at, attempt.marks) == (NOON + 20 * MINUTE, 1.0)
    assert reviews(session, student) == 1
    assert not deadlines.needs_expiry(session, assignment, now=late)


def test_a_teacher_who_looks_leaves_time_for_the_last_answer_to_arrive(session: Session) -> None:
    school = open_school(session)
    student, assignment = school.students[0], quiz(session, school, minutes=20)
    attempt = begin(session, student, assignment)
    up = NOON + 20 * MINUTE
    deadlines.expire_all_attempts(session, assignment, now=up + timedelta(seconds=3))
    assert session.scalar(select(Attempt.finished_at).where(Attempt.id == attempt.id)) is None
    answer(session, student, attempt, 2, {"text": "Ob"}, now=up + timedelta(seconds=5))
    deadlines.expire_all_attempts(session, assignment, now=up + MINUTE)
    session.commit()
    session.expire_all()
    assert (attempt.finished_at, attempt.marks) == (up, 1.0)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("feedback", "released_after", "counts_after"),
    [("after-due", DAY, DAY), ("never", None, 2 * DAY), ("at-end", 0 * DAY, 0 * DAY)],
)
def test_nothing_is_shown_before_it_may_be(
    session: Session, feedback: str, released_after: timedelta | None, counts_after: timedelta
) -> None:
    school = open_school(session, 1)
    student = school.students[0]
    assignment = quiz(session, school, feedback=feedback, due_at=NOON + DAY, closes_at=NOON + 2 * DAY)
    attempt = take(session, student, assignment)
    for hours in range(0, 60, 6):
        now = NOON + hours * HOUR
        deadlines.expire_own_attempts(session, student, assignment, now=now)
        result = get_result(session, student, attempt.id, now=now)
        released = released_after is not None and now >= NOON + released_after
        assert (result.is_released, bool(result.questions), bool(result.topics)) == (released, released, released), (
            hours
        )
        assert reviews(session, student) == (4 if now >= NOON + counts_after else 0), hours


@pytest.mark.one_database
def test_what_counts_late_does_not_turn_a_memory_back(session: Session) -> None:
    school = open_school(session, 1)
    student = school.students[0]
    assignment = quiz(session, school, feedback="after-due", due_at=NOON + 9 * DAY)
    attempt = take(session, student, assignment)
    fact = list_questions(session, attempt)[0].fact.id
    other = quiz(session, school, question_ids=assignment.question_ids)
    take(session, student, other, now=NOON + 5 * DAY)
    known = session.get_one(Memory, (student.id, fact)).last_day
    deadlines.expire_own_attempts(session, student, assignment, now=NOON + 10 * DAY)
    session.commit()
    session.expire_all()
    assert session.get_one(Memory, (student.id, fact)).last_day == known
    assert reviews(session, student) == 8


def test_extensions_hold_for_one_student_and_are_noted(session: Session) -> None:
    school = open_school(session, 2)
    one, other = school.students
    assignment = quiz(session, school, minutes=10, closes_at=NOON + DAY, feedback="after-due")
    attempt = begin(session, one, assignment)
    wanted = ExtensionSettings(closes_at=NOON + 3 * DAY, attempts=2, time_factor=2.0)
    for _ in range(2):
        extensions.save_extension(session, school.teacher, assignment.id, one.id, wanted, now=NOON)
    session.commit()
    session.expire_all()
    assert attempt.deadline == NOON + 20 * MINUTE, "the attempt that runs has the time too"
    assert begin(session, one, assignment, now=NOON + 2 * DAY).id != attempt.id
    with pytest.raises(NotOpen):
        begin_assigned_attempt(session, other, assignment.id, now=NOON + 2 * DAY)
    (logged,) = [each.sentence for each in audit_log.read_user_log(session, one).entries]
    assert logged == (
        "Leyla changed Student00’s settings for “Rivers”: closes 2026-03-05 13:00 (Europe/Berlin), 2 attempts, "
        "2 times the usual time."
    )
    extensions.save_extension(session, school.teacher, assignment.id, one.id, ExtensionSettings(), now=NOON)
    assert extensions.get_extension(session, school.teacher, assignment.id, one.id)[4] is None


@pytest.mark.one_database
def test_a_preview_leaves_no_trace(session: Session) -> None:
    school = open_school(session, 1)
    assignment = quiz(session, school, opens_at=NOON + DAY, feedback="never", closes_at=NOON + 2 * DAY)
    attempt_id = begin_preview(session, school.teacher, assignment.id, now=NOON).id
    assert begin_preview(session, school.teacher, assignment.id, now=NOON).id == attempt_id
    lifecycle.answer_question(session, school.teacher, attempt_id, 2, {"text": "Ob"}, ms=1, confidence=None, now=NOON)
    lifecycle.hand_in_attempt(session, school.teacher, attempt_id, now=NOON)
    assert get_result(session, school.teacher, attempt_id, now=NOON).is_released
    assert reviews(session, school.teacher) == 0
    assert listing.get_page(session, school.teacher, assignment.id, now=NOON).summary.attempts == []
    lifecycle.discard_attempt(session, school.teacher, attempt_id)
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0
    with pytest.raises(NotFound):
        begin_preview(session, school.students[0], assignment.id, now=NOON)


@pytest.mark.one_database
def test_it_goes_to_another_class_at_the_same_times_there(session: Session) -> None:
    school = open_school(session, 1)
    there = Classroom(title="8a", timezone="Asia/Baku", created_at=NOON)
    session.add(there)
    session.flush()
    join(session, there, school.teacher, "teacher")
    assignment = quiz(session, school, due_at=NOON)
    copy = assignments.copy_assignment(session, school.teacher, assignment.id, there.id, now=NOON)
    assert (copy.title, copy.question_ids, copy.class_id) == ("Rivers", assignment.question_ids, there.id)
    assert copy.due_at == NOON - 3 * HOUR  # one o'clock in both


def test_an_archived_one_is_gone_for_students_and_comes_back(session: Session) -> None:
    school = open_school(session, 1)
    assignment = quiz(session, school)
    assignments.archive_assignment(session, school.teacher, assignment.id, now=NOON)
    assert listing.list_for_class(session, school.students[0], school.class_id, now=NOON) == []
    with pytest.raises(NotFound):
        begin_assigned_attempt(session, school.students[0], assignment.id, now=NOON)
    assignments.restore_assignment(session, school.teacher, assignment.id, now=NOON)
    assert len(listing.list_for_class(session, school.students[0], school.class_id, now=NOON)) == 1
    assert list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))) == [
        "assigned", "archived_assignment", "restored_assignment",
    ]  # fmt: skip


def test_outsiders_find_nothing(session: Session) -> None:
    school = open_school(session, 1)
    assignment, stranger = quiz(session, school), person(session, "Nobody", is_teacher=True)
    attempt = begin(session, school.students[0], assignment)
    for who in (stranger, school.students[0]):
        for attempted in (
            lambda who=who: assignments.change_assignment(session, who, assignment.id, {}, now=NOON),
            lambda who=who: plan_regrade(session, who, assignment.id),
            lambda who=who: extensions.get_extension(session, who, assignment.id, school.students[0].id),
            lambda who=who: study_plans.assign_facts(
                session, who, school.class_id, school.set_id, [1], title="", now=NOON
            ),
        ):
            with pytest.raises(NotFound):
                attempted()
    with pytest.raises(NotFound):
        listing.get_page(session, stranger, assignment.id, now=NOON)
    with pytest.raises(NotFound):
        lifecycle.show_attempt(session, school.teacher, attempt.id, now=NOON)


def first_of(session: Session) -> Assignment:
    return session.scalars(select(Assignment).order_by(Assignment.id).limit(1)).one()


def counted(session: Session, school: School, page: Callable[[Session, School], object]) -> int:
    """The statements of a page, for readers who are known already."""
    session.commit()
    assert all(user.id and user.timezone for user in (school.teacher, *school.students))
    assert school.class_id
    return statements(session, lambda: page(session, school))


@pytest.mark.one_database
def test_pages_take_as_many_statements_for_a_class_of_forty(session: Session) -> None:
    small = open_school(session, 2)
    for first in (300, 310):
        quiz(session, small, question_ids=question_ids(session, ["typed"], first=first))
    few = [counted(session, small, page) for page in PAGES]
    for number in range(38):
        student = person(session, f"More{number}")
        join(session, small.classroom, student)
        small.students.append(student)
    session.commit()
    assignment = first_of(session)
    for student in small.students:
        take(session, student, assignment)
    many = [counted(session, small, page) for page in PAGES]
    assert many == few


PAGES = [
    lambda session, school: listing.list_for_class(session, school.teacher, school.class_id, now=NOON),
    lambda session, school: listing.list_for_student(session, school.students[0], now=NOON),
    lambda session, school: listing.get_page(session, school.teacher, first_of(session).id, now=NOON),
    lambda session, school: get_assignable_set(session, school.teacher, school.set_id),
]


def test_what_runs_follows_the_terms_as_they_are_changed(session: Session) -> None:
    school = open_school(session)
    assignment = quiz(session, school, feedback="at-once")
    begun = begin(session, school.students[0], assignment)
    values = {"feedback": "never", "closes_at": NOON - timedelta(hours=1)}
    assignments.change_assignment(session, school.teacher, assignment.id, values, now=NOON)
    session.refresh(begun)
    assert begun.feedback == "never", "an answer given from now on tells nothing"
    assert begun.deadline == begun.started_at, "it cannot end before it began"


def test_after_the_key_was_shown_no_other_attempt_begins(session: Session) -> None:
    school = open_school(session)
    seen, new = school.students
    due = NOON + timedelta(hours=1)
    assignment = quiz(session, school, feedback="after-due", due_at=due, attempts=3)
    take(session, seen, assignment)
    second = begin(session, seen, assignment, now=due - timedelta(minutes=1))
    first = session.scalars(select(Attempt.id).where(Attempt.learner_id == seen.id).order_by(Attempt.id)).first() or 0
    while_taking = get_result(session, seen, first, now=due)
    assert (while_taking.is_released, while_taking.waits_for_other) == (False, True)
    lifecycle.hand_in_attempt(session, seen, second.id, now=due)
    assert get_result(session, seen, first, now=due).is_released
    with pytest.raises(KeyShown):
        begin(session, seen, assignment, now=due)
    assert begin(session, new, assignment, now=due), "who has seen nothing begins late"


@pytest.mark.one_database
def test_with_feedback_on_handing_in_another_attempt_begins(session: Session) -> None:
    school = open_school(session)
    assignment = quiz(session, school, feedback="at-end", due_at=NOON, attempts=2)
    take(session, school.students[0], assignment)
    assert begin(session, school.students[0], assignment, now=NOON + timedelta(days=1))
