"""A record of thousands of facts and reviews takes the statements of a small one."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from recorded_answers import give
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from study import NOON, make_learner, statements

from quizapp.models import DayCount, Fact, Memory, Review, User
from quizapp.services.progress import calibration, fact_history, mixups, overview
from quizapp.services.progress.mixups import WRONG_ANSWERS

TODAY = NOON.date()

PAGES: dict[str, Callable[[Session, User], object]] = {
    **{
        f"report by {by}": lambda session, learner, by=by: overview.read_report(session, learner, now=NOON, by=by)  # type: ignore[misc]
        for by in overview.VIEWS
    },
    "mistakes": lambda session, learner: mixups.read_mixups(session, learner, now=NOON),
    "certainty": lambda session, learner: calibration.read_calibration(session, learner, now=NOON),
    "history": lambda session, learner: fact_history.read_fact_history(
        session, learner, "sample", "nile-source", now=NOON
    ),
}


def grow(session: Session, learner: User, *, facts: int, reviews: int) -> None:
    """More facts, all of them met and half of them leeches, and reviews of them: one in four wrong with certainty."""
    model = session.scalars(select(Fact).where(Fact.key == "nile-quarrel")).one()
    like = {c.name: getattr(model, c.name) for c in Fact.__table__.c if c.name != "id"}
    session.execute(insert(Fact), [like | {"key": f"more-{number}"} for number in range(facts)])
    ids = session.scalars(select(Fact.id).where(Fact.key.like("more-%")).order_by(Fact.id)).all()
    memory = {"learner_id": learner.id, "version": 2, "state": 2, "difficulty": 5.0, "reps": 2}
    session.execute(
        insert(Memory),
        [
            memory | {"fact_id": id, "stability": 1.0 + n % 90, "lapses": n % 16,
                      "last_day": TODAY - timedelta(days=n % 60), "due_day": TODAY + timedelta(days=n % 90 - 30)}
            for n, id in enumerate(ids)
        ],
    )  # fmt: skip
    given = session.scalars(select(Review).where(Review.learner_id == learner.id)).one()
    answer = {c.name: getattr(given, c.name) for c in Review.__table__.c if c.name != "id"}
    session.execute(insert(Review), [answer | _review(n, ids) for n in range(reviews)])
    days = [{"learner_id": learner.id, "day": TODAY - timedelta(days=n + 1), "answers": 20} for n in range(1000)]
    session.execute(insert(DayCount), days)
    session.flush()


def _review(number: int, ids: Any) -> dict[str, Any]:
    wrong, day = number % 4 == 0, TODAY - timedelta(days=60 - number // 400)
    verdict = {"verdict": "wrong", "rating": 1, "fraction": 0.0} if wrong else {"verdict": "right", "rating": 3}
    response = {"kind": "choice", "picked": number % 3 + 1 if wrong else 0}
    confidence = 3 if wrong else number % 3 + 1
    place: dict[str, date | int] = {"fact_id": ids[number % len(ids)], "version": 1 + number // len(ids), "day": day}
    return {"confidence": confidence, "response": response, **place, **verdict}


@pytest.mark.one_database
def test_the_statements_do_not_grow(session: Session) -> None:
    small, large = make_learner(session), make_learner(session)
    for learner in (small, large):
        give(session, learner, "nile-source-choice", {"picked": 1}, at=NOON, confidence=3)
    few = {page: statements(session, lambda read=read: read(session, small)) for page, read in PAGES.items()}  # type: ignore[misc]
    grow(session, large, facts=2_000, reviews=4_000)
    many = {page: statements(session, lambda read=read: read(session, large)) for page, read in PAGES.items()}  # type: ignore[misc]
    assert many == few
    assert max(few.values()) <= 6


def test_what_reads_reviews_reads_no_more_than_it_says(session: Session) -> None:
    learner = make_learner(session)
    give(session, learner, "nile-source-choice", {"picked": 1}, at=NOON, confidence=3)
    grow(session, learner, facts=100, reviews=4_000)
    found = mixups.read_mixups(session, learner, now=NOON)
    assert (found.read, found.bounded) == (WRONG_ANSWERS, True)
    assert sum(each.times for each in found.grouped) == WRONG_ANSWERS
