"""What a learner takes for what, read from answers as studying records them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from recorded_answers import add_question, give
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, make_learner, statements

from quizapp.core.kinds.mixups import MixupKind
from quizapp.models import Comparison, Fact, Review, User
from quizapp.services import overrides
from quizapp.services.progress.mixups import PAIRS, WRONG_ANSWERS, Mixups, read_mixups
from quizapp.services.review import answers

CHOICE, TYPED, DATE = "nile-source-choice", "nile-source-typed", "nile-date-choice"
BURTON, LIVINGSTONE = {"picked": 1}, {"picked": 2}


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def later(days: int) -> datetime:
    return NOON + timedelta(days=days)


def told(found: Mixups) -> list[tuple[str, str, str, int, bool]]:
    return [(each.mixup.kind, each.mixup.taken, each.mixup.meant, each.times, each.mended) for each in found.grouped]


def fact_id(session: Session, key: str) -> int:
    return session.scalars(select(Fact.id).where(Fact.key == key)).one()


def test_it_works(session: Session, learner: User) -> None:
    order = {"key": "order", "kind": "ordering", "items": ["Burton sets out", "Speke arrives", "Both quarrel"]}
    add_question(session, "nile-quarrel", order, now=NOON)
    give(session, learner, CHOICE, BURTON, at=NOON)
    give(session, learner, CHOICE, BURTON, at=later(1))
    give(session, learner, DATE, {"picked": 1}, at=NOON)
    give(session, learner, "order", {"places": [2, 1, 3]}, at=NOON)
    give(session, learner, DATE, {"picked": 0}, at=later(3))
    found = read_mixups(session, learner, now=NOON)
    assert told(found) == [
        (MixupKind.CHOICE, "Richard Burton", "John Speke", 2, False),
        (MixupKind.ORDER, "Speke arrives", "Burton sets out", 1, False),
        (MixupKind.CHOICE, "1848", "1858", 1, True),
    ]
    assert [(found.title_of(each.set_key, each.key), each.times, each.last) for each in found.misconceptions] == [
        ("Mixing up Burton and Speke", 2, later(1).date())
    ]
    assert [each.mixup.taken for each in found.by_kind[MixupKind.ORDER]] == ["Speke arrives"]
    assert (found.read, found.bounded) == (4, False)


def test_another_name_typed_is_shown_as_the_name_it_was_taken_for(session: Session, learner: User) -> None:
    typed = {"key": "typed", "kind": "typed", "answer": "John Speke", "reject": ["Richard Burton"]}
    add_question(session, "nile-source", typed, now=NOON)
    give(session, learner, "typed", {"text": "richard burton"}, at=NOON)
    give(session, learner, "typed", {"text": "who knows"}, at=NOON)
    assert told(read_mixups(session, learner, now=NOON)) == [(MixupKind.NAME, "Richard Burton", "John Speke", 1, False)]


def test_a_right_answer_on_the_same_day_mends_nothing(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON)
    give(session, learner, CHOICE, {"picked": 0}, at=NOON + timedelta(minutes=10))
    assert not read_mixups(session, learner, now=NOON).grouped[0].mended
    give(session, learner, TYPED, {"text": "Speke"}, at=later(1))
    assert read_mixups(session, learner, now=NOON).grouped[0].mended


@pytest.mark.one_database
def test_a_right_answer_taken_back_mends_nothing(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON)
    give(session, learner, CHOICE, {"picked": 0}, at=later(1))
    answers.undo_answer(session, learner, now=later(1))
    assert not read_mixups(session, learner, now=NOON).grouped[0].mended


def test_not_knowing_and_answers_taken_back_confuse_nothing(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, {"picked": None}, at=NOON)
    give(session, learner, CHOICE, BURTON, at=NOON)
    answers.undo_answer(session, learner, now=NOON)
    found = read_mixups(session, learner, now=NOON)
    assert (found.read, found.grouped, found.misconceptions) == (0, [], [])


def test_a_verdict_overridden_to_right_is_no_mistake(session: Session, learner: User) -> None:
    typed = {"key": "typed", "kind": "typed", "answer": "John Speke", "reject": ["Richard Burton"]}
    add_question(session, "nile-source", typed, now=NOON)
    given = give(session, learner, "typed", {"text": "Richard Burton"}, at=NOON)
    overrides.override_review(session, learner, given, now=NOON)
    assert read_mixups(session, learner, now=NOON).grouped == []


def test_another_learners_mistakes_are_not_in_it(session: Session, learner: User) -> None:
    other = make_learner(session)
    give(session, other, CHOICE, BURTON, at=NOON)
    compare(session, other, wrong=3)
    found = read_mixups(session, learner, now=NOON)
    assert (found.read, found.grouped, found.inversions) == (0, [], [])
    give(session, learner, CHOICE, LIVINGSTONE, at=NOON)
    give(session, other, CHOICE, {"picked": 0}, at=later(5))
    assert [each.mended for each in read_mixups(session, learner, now=NOON).grouped] == [False]


def test_facts_that_are_no_longer_asked_are_left_out(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, BURTON, at=NOON)
    compare(session, learner, wrong=1)
    session.scalars(select(Fact).where(Fact.key == "nile-source")).one().archived_at = NOON
    session.flush()
    found = read_mixups(session, learner, now=NOON)
    assert (found.grouped, found.inversions) == ([], [])


# Pairs


def compare(session: Session, learner: User, earlier: str = "nile-source", **values: Any) -> None:
    standard: dict[str, Any] = {"right": 0, "wrong": 0, "last_at": NOON, "last_right": False}
    ids = {"earlier_id": fact_id(session, earlier), "later_id": fact_id(session, "nile-quarrel")}
    session.add(Comparison(learner_id=learner.id, **ids, **{**standard, **values}))
    session.flush()


def test_pairs_ever_answered_wrongly_are_listed_and_mended_when_the_last_time_was_right(
    session: Session, learner: User
) -> None:
    compare(session, learner, "nile-source", wrong=5, right=1, last_right=True)
    compare(session, learner, "nile-date", wrong=1, last_at=later(-1))
    found = read_mixups(session, learner, now=NOON)
    assert [(each.earlier.key, each.later.key, each.wrong, each.right, each.mended) for each in found.inversions] == [
        ("nile-date", "nile-quarrel", 1, 0, False),
        ("nile-source", "nile-quarrel", 5, 1, True),
    ]
    assert found.inversions[0].last == later(-1).date()
    assert found.inverted == 2


def test_pairs_always_answered_rightly_are_not_listed(session: Session, learner: User) -> None:
    compare(session, learner, right=4, last_right=True)
    assert read_mixups(session, learner, now=NOON).inversions == []


# Bounds


def test_only_the_latest_wrong_answers_are_read(session: Session, learner: User) -> None:
    give(session, learner, CHOICE, LIVINGSTONE, at=NOON)
    give(session, learner, CHOICE, BURTON, at=NOON)
    few = statements(session, lambda: read_mixups(session, learner, now=NOON))
    original = session.scalars(select(Review).order_by(Review.id.desc()).limit(1)).one()
    values = {c.name: getattr(original, c.name) for c in Review.__table__.c if c.name != "id"}
    rows = [values | {"version": 3 + number} for number in range(WRONG_ANSWERS)]
    session.execute(Review.__table__.insert(), rows)  # type: ignore[attr-defined]
    found: list[Mixups] = []
    assert statements(session, lambda: found.append(read_mixups(session, learner, now=NOON))) == few == 3
    assert told(found[0]) == [(MixupKind.CHOICE, "Richard Burton", "John Speke", WRONG_ANSWERS, False)]
    assert found[0].bounded


def test_of_many_pairs_some_are_listed_and_all_counted(session: Session, learner: User) -> None:
    quarrel = session.scalars(select(Fact).where(Fact.key == "nile-quarrel")).one()
    values = {c.name: getattr(quarrel, c.name) for c in Fact.__table__.c if c.name != "id"}
    for number in range(PAIRS + 5):
        session.add(Fact(**values | {"key": f"more-{number}"}))
    session.flush()
    for number in range(PAIRS + 5):
        compare(session, learner, f"more-{number}", wrong=1)
    found = read_mixups(session, learner, now=NOON)
    assert (len(found.inversions), found.inverted) == (PAIRS, PAIRS + 5)
