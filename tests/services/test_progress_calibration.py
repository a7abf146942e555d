"""Certainty against truth, from answers given with a word on how sure."""

from datetime import datetime, timedelta

import pytest
from recorded_answers import give
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, make_learner, statements

from quizapp.models import Fact, Review, User
from quizapp.services.progress.calibration import DAYS, CalibrationReport, read_calibration
from quizapp.services.review import answers

UNSURE, FAIRLY, CERTAIN = 1, 2, 3
CHOICE, DATE = "nile-source-choice", "nile-date-choice"
RIGHT, BURTON, LIVINGSTONE, UNKNOWN = {"picked": 0}, {"picked": 1}, {"picked": 2}, {"picked": None}


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def later(days: int) -> datetime:
    return NOON + timedelta(days=days)


def levels(found: CalibrationReport) -> list[tuple[int, int]]:
    return [(level.share.answers, level.share.correct) for level in found.calibration.levels]


@pytest.mark.one_database
def test_it_works(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON, confidence=CERTAIN)
    give(session, learner, CHOICE, LIVINGSTONE, at=later(1), confidence=CERTAIN)
    give(session, learner, CHOICE, RIGHT, at=later(2), confidence=FAIRLY)
    give(session, learner, DATE, UNKNOWN, at=later(3), confidence=CERTAIN)
    give(session, learner, DATE, RIGHT, at=later(4), confidence=UNSURE)
    give(session, learner, DATE, {"picked": 1}, at=later(5))  # said nothing
    found = read_calibration(session, learner, now=later(6))
    assert levels(found) == [(1, 1), (1, 1), (3, 0)]
    assert [(each.fact.key, each.times, each.last, each.answer, each.mended) for each in found.errors] == [
        ("nile-date", 1, later(3).date(), "", True),
        ("nile-source", 2, later(1).date(), "David Livingstone", True),
    ]
    assert found.facts_in_error == 2


def test_an_error_is_mended_by_a_right_answer_on_a_later_day_only(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON, confidence=CERTAIN)
    give(session, learner, CHOICE, RIGHT, at=NOON + timedelta(minutes=5))
    assert [each.mended for each in read_calibration(session, learner, now=NOON).errors] == [False]


def test_without_a_word_on_certainty_there_is_nothing(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON)
    found = read_calibration(session, learner, now=NOON)
    assert (found.calibration.answers, found.errors) == (0, ())


def test_answers_taken_back_or_given_by_another_do_not_count(session: Session, learner: User) -> None:
    give(session, make_learner(session), CHOICE, BURTON, at=NOON, confidence=CERTAIN)
    give(session, learner, CHOICE, BURTON, at=NOON, confidence=CERTAIN)
    answers.undo_answer(session, learner, now=NOON)
    found = read_calibration(session, learner, now=NOON)
    assert (found.calibration.answers, found.errors) == (0, ())


def test_only_the_last_ninety_days_count(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON, confidence=CERTAIN)
    assert levels(read_calibration(session, learner, now=later(DAYS - 1)))[2] == (1, 0)
    found = read_calibration(session, learner, now=later(DAYS))
    assert (levels(found)[2], found.errors) == ((0, 0), ())


def test_a_fact_that_is_no_longer_asked_is_counted_but_not_listed(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON, confidence=CERTAIN)
    session.scalars(select(Fact).where(Fact.key == "nile-source")).one().archived_at = NOON
    session.flush()
    found = read_calibration(session, learner, now=NOON)
    assert (levels(found)[2], found.errors, found.facts_in_error) == ((1, 0), (), 0)


def test_more_answers_take_no_more_statements(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON, confidence=CERTAIN)
    few = statements(session, lambda: read_calibration(session, learner, now=NOON))
    original = session.scalars(select(Review)).one()
    values = {c.name: getattr(original, c.name) for c in Review.__table__.c if c.name != "id"}
    rows = [values | {"version": 2 + number} for number in range(300)]
    session.execute(Review.__table__.insert(), rows)  # type: ignore[attr-defined]
    found: list[CalibrationReport] = []
    assert statements(session, lambda: found.append(read_calibration(session, learner, now=NOON))) == few == 3
    assert [each.times for each in found[0].errors] == [301]
