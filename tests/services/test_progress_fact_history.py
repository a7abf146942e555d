"""How one fact was remembered: its reviews as they stand, and the curve through them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from recorded_answers import give
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, make_learner, statements

from quizapp.models import Fact, Memory, Plan, Review, User
from quizapp.services import overrides
from quizapp.services.errors import NotFound
from quizapp.services.progress.fact_history import SHOWN, FactHistory, read_fact_history
from quizapp.services.review import answers

CHOICE, TYPED = "nile-source-choice", "nile-source-typed"


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def later(days: int) -> datetime:
    return NOON + timedelta(days=days)


def history(session: Session, learner: User, *, days: int = 0) -> FactHistory:
    return read_fact_history(session, learner, "sample", "nile-source", now=later(days))


def test_it_works(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, {"picked": 0}, at=NOON)
    give(session, learner, CHOICE, {"picked": 0}, at=NOON + timedelta(minutes=10))
    give(session, learner, CHOICE, {"picked": 1}, at=later(5), source="quiz")
    give(session, learner, TYPED, {"text": "Speke"}, at=later(6))
    found = history(session, learner, days=8)
    assert (found.statement[:5], found.topic["key"], found.total, found.lapses) == ("Speke", "actors", 4, 1)
    assert [(each.form, each.answer, each.remembered, each.source) for each in found.reviews] == [
        ("Typed answer", "Speke", True, "study"),
        ("Choice", "Richard Burton", False, "quiz"),
        ("Choice", "John Speke", True, "study"),
        ("Choice", "John Speke", True, "study"),
    ]
    assert [each.predicted is not None for each in found.reviews] == [True, True, False, False]
    memory = session.scalars(select(Memory)).one()
    assert memory.due_day
    assert found.reviews[0].days == (memory.due_day - later(6).date()).days
    assert [each.days > 0 for each in found.reviews] == [True, False, True, False]
    assert found.curve
    assert (found.curve.start, found.curve.due, found.curve.today) == (NOON.date(), memory.due_day, later(8).date())
    assert [mark.right for mark in found.curve.marks] == [True, True, False, True]
    assert found.curve.marks[2].chance == found.reviews[1].predicted
    assert found.curve.past[-1][-1][1] == found.recall


def test_a_fact_never_met_has_no_curve(session: Session, learner: User) -> None:
    found = history(session, learner)
    assert (found.curve, found.reviews, found.total, found.recall) == (None, (), 0, None)


def test_a_fact_set_aside_before_it_was_met_has_none_either(session: Session, learner: User) -> None:
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    answers.suspend_fact(session, learner, fact_id)
    found = history(session, learner)
    assert (found.curve, found.suspended) == (None, True)


@pytest.mark.parametrize(("set_key", "fact_key"), [("no-such-set", "nile-source"), ("sample", "no-such-fact")])
def test_an_unknown_set_or_fact_is_not_found(session: Session, learner: User, set_key: str, fact_key: str) -> None:
    with pytest.raises(NotFound):
        read_fact_history(session, learner, set_key, fact_key, now=NOON)


def test_another_learners_answers_are_not_in_it(session: Session, learner: User) -> None:
    give(session, make_learner(session), CHOICE, {"picked": 0}, at=NOON)
    assert history(session, learner).total == 0


def test_somebody_who_does_not_study_the_set_reads_that_it_was_never_met(session: Session, learner: User) -> None:
    session.delete(session.scalars(select(Plan)).one())
    session.flush()
    assert history(session, learner).curve is None


def test_an_answer_taken_back_is_left_out(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, {"picked": 0}, at=NOON)
    before = history(session, learner)
    give(session, learner, CHOICE, {"picked": 1}, at=later(2))
    answers.undo_answer(session, learner, now=later(2))
    session.expire_all()
    assert history(session, learner) == before


def test_of_a_verdict_turned_round_only_the_last_word_stands(session: Session, learner: User) -> None:
    given = give(session, learner, TYPED, {"text": "Jack Speek"}, at=NOON)
    overrides.override_review(session, learner, given, now=NOON)
    session.expire_all()
    (answer,) = history(session, learner).reviews
    assert (answer.answer, answer.remembered, answer.overridden) == ("Jack Speek", True, True)


def test_an_answer_keeps_its_place_when_its_verdict_is_overridden(session: Session, learner: User) -> None:
    first = give(session, learner, TYPED, {"text": "Jack Speek"}, at=NOON)
    give(session, learner, TYPED, {"text": "Burton"}, at=NOON + timedelta(minutes=10))
    overrides.override_review(session, learner, first, now=later(1))
    session.expire_all()
    assert [each.answer for each in history(session, learner).reviews] == ["Burton", "Jack Speek"]


def test_a_fact_that_is_no_longer_asked_keeps_its_history(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, {"picked": 0}, at=NOON)
    session.scalars(select(Fact).where(Fact.key == "nile-source")).one().archived_at = NOON
    session.flush()
    found = history(session, learner)
    assert (found.archived, found.total) == (True, 1)


def test_of_a_long_history_the_latest_are_shown_and_all_counted(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, {"picked": 0}, at=NOON)
    few = statements(session, lambda: history(session, learner))
    original = session.scalars(select(Review)).one()
    values: dict[str, Any] = {c.name: getattr(original, c.name) for c in Review.__table__.c if c.name != "id"}
    day = original.day
    rows = [values | {"version": 2 + n, "day": day + timedelta(days=n)} for n in range(SHOWN + 20)]
    session.execute(Review.__table__.insert(), rows)  # type: ignore[attr-defined]
    found: list[FactHistory] = []
    assert statements(session, lambda: found.append(history(session, learner, days=300))) == few == 2
    assert (found[0].total, len(found[0].reviews)) == (SHOWN + 21, SHOWN)
    assert found[0].reviews[0].day == rows[-1]["day"]
    assert found[0].curve
    assert found[0].curve.start == found[0].reviews[-1].day == day + timedelta(days=20)
