"""What SQL says is known of facts is what the core says, fact by fact."""

from datetime import timedelta
from random import Random

import pytest
from attempts import add_facts
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import MONDAY, NOON, facts, make_learner

from quizapp.core.progress.mastery import known_now
from quizapp.core.scheduling.scheduler import State, retrievability
from quizapp.models import Fact, Memory, User
from quizapp.models.recall import known_on
from quizapp.services.memories import curve_memory
from quizapp.services.practice import groups
from quizapp.services.progress import overview


@pytest.fixture
def learner(session: Session) -> User:
    """Who remembers some of 40 facts, of every state, answered today and long ago, with personal decays too."""
    learner, chance = make_learner(session), Random(3)
    add_facts(session, ["typed"] * 37)
    for fact_id in facts(session)[:30]:
        met = chance.random() < 0.9
        session.add(
            Memory(
                learner_id=learner.id, fact_id=fact_id, version=1, reps=1, lapses=0, difficulty=5.0 if met else None,
                state=chance.choice([1, 2, 2, 2, 3]) if met else State.NEW,
                stability=chance.uniform(0.1, 300) if met else None,
                last_day=MONDAY - timedelta(days=chance.choice([0, 1, 30, 400])) if met else None,
                due_day=MONDAY if met else None, decay=chance.choice([0.1542, 0.5]),
            )
        )  # fmt: skip
    session.commit()
    return learner


def test_each_fact_is_known_as_well_as_the_core_says(session: Session, learner: User) -> None:
    rows = session.execute(
        select(Memory.state, Memory.stability, Memory.last_day, Memory.decay, known_on(MONDAY).label("known"))
    ).all()
    assert len(rows) == 30
    for row in rows:
        assert row.known == pytest.approx(known_now(curve_memory(row), MONDAY))


def test_a_set_is_known_as_well_as_all_its_facts(session: Session, learner: User) -> None:
    memories = [curve_memory(row) for row in session.scalars(select(Memory))]
    for by in overview.VIEWS:
        mastery = overview.read_report(session, learner, now=NOON, by=by).mastery
        assert (mastery.total, mastery.met) == (40, sum(memory.state is not State.NEW for memory in memories))
        assert mastery.known == pytest.approx(sum(known_now(memory, MONDAY) for memory in memories))


def test_the_weakest_facts_are_learned_ones_not_asked_today(session: Session, learner: User) -> None:
    chances = {row.fact_id: retrievability(curve_memory(row), MONDAY) for row in session.scalars(select(Memory))}
    learned = set(session.scalars(select(Memory.fact_id).where(Memory.state == State.REVIEW)))
    (set_id,) = {fact.set_id for fact in session.scalars(select(Fact))}
    found = groups.list_practisable(session, learner, set_id, now=NOON)
    expected = {fact_id: chance for fact_id, chance in chances.items() if chance is not None and fact_id in learned}
    assert {fact.fact_id: fact.recall for fact in found if fact.recall is not None} == pytest.approx(expected)
    assert groups.weakest(found) == sorted(expected, key=lambda fact_id: (expected[fact_id], fact_id))
