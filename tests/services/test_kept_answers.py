"""Answers that a browser kept without a connection: saved once, never over a newer one, marked when they are late."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from assignments import School, answer, begin, open_school, person, quiz
from attempts import add_facts, begin_quiz, give, hand_in, right_answer
from sqlalchemy.orm import Session
from study import NOON, make_learner

from quizapp.models import Attempt, Response, User
from quizapp.services.assignments import deadlines
from quizapp.services.attempts import lifecycle
from quizapp.services.attempts.kept_answers import LATEST, KeptAnswer, KeptOutcome, note_key_shown, save_kept_answer
from quizapp.services.attempts.questions import get_question
from quizapp.services.attempts.results import get_result
from quizapp.services.reports.results import read_answers, read_results

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
END = NOON + 20 * MINUTE


@pytest.fixture
def school(session: Session) -> School:
    return open_school(session)


@pytest.fixture
def student(school: School) -> User:
    return school.students[0]


@pytest.fixture
def attempt(session: Session, school: School, student: User) -> Attempt:
    """An attempt at an assigned quiz, 20 minutes long."""
    return begin(session, student, quiz(session, school, minutes=20, attempts=2))


def send(
    session: Session,
    learner: User,
    attempt: Attempt,
    position: int = 1,
    *,
    given: datetime = NOON + MINUTE,
    now: datetime = NOON + 5 * MINUTE,
    seen: datetime | None = None,
    posted: dict[str, str] | None = None,
) -> KeptOutcome:
    """Send an answer that was kept, a right one unless told otherwise."""
    fields = right_answer(get_question(session, attempt, position)) if posted is None else posted
    outcome = save_kept_answer(session, learner, KeptAnswer(attempt.id, position, given, seen, fields), now=now)
    session.commit()
    session.expire_all()
    return outcome


def row(session: Session, attempt: Attempt, position: int = 1) -> Response:
    return session.get_one(Response, (attempt.id, position), populate_existing=True)


@pytest.mark.one_database
def test_an_answer_counts_as_given_then_and_once(session: Session, student: User, attempt: Attempt) -> None:
    assert send(session, student, attempt) == KeptOutcome.SAVED
    assert send(session, student, attempt) == KeptOutcome.KNOWN
    saved = row(session, attempt)
    assert (saved.at, saved.received_at, saved.fraction) == (NOON + MINUTE, None, 1.0)
    assert attempt.finished_at is None


@pytest.mark.one_database
def test_an_answer_given_later_elsewhere_stays(session: Session, student: User, attempt: Attempt) -> None:
    answer(session, student, attempt, 1, {}, now=NOON + 2 * MINUTE)  # on another device
    assert send(session, student, attempt, given=NOON + MINUTE) == KeptOutcome.KNOWN
    assert row(session, attempt).fraction == 0.0
    assert send(session, student, attempt, given=NOON + 3 * MINUTE) == KeptOutcome.SAVED
    assert row(session, attempt).fraction == 1.0


def test_the_answer_it_was_shown_with_gives_way_though_the_browser_s_clock_is_behind(
    session: Session, student: User, attempt: Attempt
) -> None:
    answer(session, student, attempt, 1, {}, now=NOON + 2 * MINUTE)
    seen = row(session, attempt).at
    assert send(session, student, attempt, given=NOON + MINUTE, seen=seen) == KeptOutcome.SAVED
    assert send(session, student, attempt, given=NOON + MINUTE, seen=seen, posted={}) == KeptOutcome.KNOWN
    assert row(session, attempt).fraction == 1.0


@pytest.mark.one_database
@pytest.mark.parametrize("looked", ["nobody", "job", "teacher"])
def test_one_that_arrives_after_the_deadline_counts_and_is_marked(
    session: Session, school: School, student: User, attempt: Attempt, looked: str
) -> None:
    answer(session, student, attempt, 2, {"text": "Ob"}, now=NOON + MINUTE)
    assert attempt.assignment_id is not None
    if looked == "job":
        lifecycle.expire_attempt(session, student, attempt.id, now=END + MINUTE)
    if looked == "teacher":
        assignment = deadlines.Assignment
        deadlines.expire_all_attempts(session, session.get_one(assignment, attempt.assignment_id), now=END + MINUTE)
    session.commit()
    assert send(session, student, attempt, given=END - SECOND, now=END + 3 * MINUTE) == KeptOutcome.LATE
    assert send(session, student, attempt, given=END - SECOND, now=END + 4 * MINUTE) == KeptOutcome.KNOWN
    saved = row(session, attempt)
    assert (saved.at, saved.received_at) == (END - SECOND, END + 3 * MINUTE)
    assert (attempt.finished_at, attempt.marks) == (END, 2.0)
    assert saved.review_id is not None and get_result(session, student, attempt.id, now=END + HOUR).recorded == 2
    found = read_answers(session, school.teacher, attempt.assignment_id, student.id, now=END + HOUR)
    assert [each.lateness for each in found.answers] == [3 * MINUTE, None, None, None]
    results = read_results(session, school.teacher, attempt.assignment_id, now=END + HOUR)
    assert [row.late_answers for row in results.rows] == [1, 0]
    heading, first, second = results.spreadsheet_rows()
    place = heading.index("Received after the deadline")
    assert (first[place], second[place]) == (1, None)


def test_one_that_arrived_late_is_final(session: Session, student: User, attempt: Attempt) -> None:
    late = END + 3 * MINUTE
    assert send(session, student, attempt, given=END - 3 * SECOND, now=late, posted={}) == KeptOutcome.LATE
    assert send(session, student, attempt, given=END - 2 * SECOND, now=late, posted={}) == KeptOutcome.LATE  # with it
    seen = row(session, attempt).at
    for given in (END - SECOND, END):
        assert send(session, student, attempt, given=given, now=late + SECOND, seen=seen) == KeptOutcome.KNOWN
    assert (row(session, attempt).fraction, attempt.marks) == (0.0, 0.0)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("given", "now", "outcome"),
    [
        (END + lifecycle.GRACE, END + HOUR, KeptOutcome.LATE),  # clocks are never quite the same
        (END + lifecycle.GRACE + SECOND, END + HOUR, KeptOutcome.TOO_LATE),
        (END - SECOND, END + LATEST, KeptOutcome.LATE),
        (END - SECOND, END + LATEST + SECOND, KeptOutcome.TOO_LATE),
        (NOON - 300 * HOUR, END + HOUR, KeptOutcome.LATE),
    ],
)
def test_how_late_it_may_be(
    session: Session, student: User, attempt: Attempt, given: datetime, now: datetime, outcome: KeptOutcome
) -> None:
    assert send(session, student, attempt, given=given, now=now) == outcome
    if outcome == KeptOutcome.LATE:
        saved = row(session, attempt)
        assert saved.at and NOON <= saved.at <= END and saved.received_at == now
    else:
        assert row(session, attempt).at is None


@pytest.mark.parametrize("shown", ["this attempt", "another attempt"])
def test_none_counts_once_the_right_answers_were_shown(
    session: Session, school: School, student: User, attempt: Attempt, shown: str
) -> None:
    seen, now = attempt, END + MINUTE
    lifecycle.expire_attempt(session, student, attempt.id, now=now)
    session.commit()
    if shown == "another attempt":
        assert attempt.assignment_id is not None
        seen = begin(session, student, session.get_one(deadlines.Assignment, attempt.assignment_id), now=now)
    note_key_shown(session, student, seen.id, now=END + 2 * MINUTE)
    session.commit()
    assert send(session, student, attempt, given=END - SECOND, now=END + 3 * MINUTE) == KeptOutcome.SHOWN
    assert row(session, attempt).at is None


def test_none_counts_once_it_was_handed_in_or_the_student_left_or_the_form_is_another_kind_s(
    session: Session, student: User, attempt: Attempt
) -> None:
    stranger = person(session, "Stranger")
    assert send(session, stranger, attempt) == KeptOutcome.GONE
    assert send(session, student, attempt, posted={"essay": "x"}) == KeptOutcome.UNREADABLE
    missing = KeptAnswer(attempt.id, 99, NOON, None, {})
    assert save_kept_answer(session, student, missing, now=NOON) == KeptOutcome.GONE
    hand_in(session, student, attempt.id)
    assert send(session, student, attempt) == KeptOutcome.OVER
    assert row(session, attempt).at is None


def test_where_the_right_answer_follows_at_once_the_first_answer_counts(session: Session) -> None:
    add_facts(session, ["typed"] * 2)
    learner = make_learner(session)
    attempt = session.get_one(Attempt, begin_quiz(session, learner, size=2, feedback="at-once"))
    wrong: dict[int, dict[str, Any]] = {1: {}}
    give(session, learner, attempt.id, wrong)
    assert send(session, learner, attempt, given=NOON + MINUTE) == KeptOutcome.SHOWN
    assert send(session, learner, attempt, 2) == KeptOutcome.SAVED
    assert (row(session, attempt).fraction, row(session, attempt, 2).fraction) == (0.0, 1.0)
    assert row(session, attempt, 2).review_id is not None
