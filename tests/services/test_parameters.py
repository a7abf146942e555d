"""Intervals follow each learner's own memory, as their reviews show it."""

from datetime import datetime, timedelta
from random import Random

import pytest
from attempts import add_facts
from recorded_answers import give
from requirements import missing
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner

from quizapp.core.scheduling import personal
from quizapp.core.scheduling.scheduler import STANDARD_DECAY
from quizapp.models import Fact, Memory, Review, User
from quizapp.services import parameters
from quizapp.services.consistency import Checked, find_differences

DAY, STEP = timedelta(days=1), timedelta(minutes=10)


def study(session: Session, learner: User) -> datetime:
    """Learn 45 facts, each asked every third day, and remember only half of them; gives the day after."""
    add_facts(session, ["typed"] * 45)
    draws = Random(1)
    for number in range(45):
        for time in range(7):
            at = NOON + (number // 9 + 3 * time) * DAY + number * timedelta(minutes=1)
            first = "Ob" if not time else draws.choice(["Ob", "Volga"])
            texts = [first, "Ob"] if not time or first != "Ob" else [first]
            for step, text in enumerate(texts):
                give(session, learner, f"dates-{100 + number}-q", {"text": text}, at=at + step * STEP)
    session.commit()
    return NOON + 30 * DAY


def memories_of(session: Session, learner: User) -> list[Memory]:
    session.expire_all()
    return list(session.scalars(select(Memory).where(Memory.learner_id == learner.id).order_by(Memory.fact_id)))


def adjust(session: Session, learner: User, now: datetime) -> None:
    parameters.save_adjustment(session, learner, parameters.find_adjustment(session, learner, now=now), now=now)
    parameters.note_fitted(session, learner, now=now)
    session.commit()


def due_for_a_look(session: Session, now: datetime) -> list[int]:
    return [learner.id for learner in parameters.list_due_learners(session, now=now, limit=9)]


@pytest.mark.parametrize("can_fit", [True, False], ids=["with the extra", "without it"])
def test_intervals_follow_the_learners_own_memory(
    session: Session, monkeypatch: pytest.MonkeyPatch, can_fit: bool
) -> None:
    if can_fit and not personal.CAN_FIT:
        missing("fsrs-rs-python is not installed")
    monkeypatch.setattr(personal, "CAN_FIT", can_fit)
    learner = make_learner(session)
    now = study(session, learner)
    assert due_for_a_look(session, now) == [learner.id]
    assert parameters.forgetting_pace(learner) is None
    usual = [(each.stability, each.difficulty, each.decay, each.due_day) for each in memories_of(session, learner)]
    predicted = session.scalars(select(Review.predicted).order_by(Review.id)).all()

    adjust(session, learner, now)
    assert (learner.fitted_parameters is not None) == can_fit
    assert parameters.forgetting_pace(learner) == "faster"
    assert learner.adjusted_on == now.date()
    own = [(each.stability, each.difficulty, each.decay) for each in memories_of(session, learner)]
    assert (own != [each[:3] for each in usual]) == can_fit
    assert all((each[2] != STANDARD_DECAY) == can_fit for each in own)
    assert session.scalars(select(Review.predicted).order_by(Review.id)).all() == predicted
    assert list(find_differences(session, Checked())) == []
    assert due_for_a_look(session, now + 30 * DAY) == []  # nothing new to look at

    for uses_standard, expected in ((True, [each[:3] for each in usual]), (False, own)):
        switch = parameters.find_switch(session, learner, uses_standard=uses_standard, now=now)
        parameters.save_adjustment(session, learner, switch, now=now)
        session.commit()
        found = [(each.stability, each.difficulty, each.decay) for each in memories_of(session, learner)]
        assert found == [pytest.approx(each) for each in expected]
        assert learner.adjusted_on == now.date()
        assert list(find_differences(session, Checked())) == []
    later = now + DAY
    give(session, learner, "dates-100-q", {"text": "Ob"}, at=later)
    session.commit()
    assert parameters.is_studying(session, learner, now=later + timedelta(minutes=59))
    assert not parameters.is_studying(session, learner, now=later + timedelta(minutes=61))


def test_what_falls_due_sooner_does_not_come_at_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter intervals for everything: at most a normal day's more on any of the coming days."""
    monkeypatch.setattr(parameters, "FEWEST_A_DAY", 1)
    learner = make_learner(session)
    today = NOON.date()
    for fact_id in session.scalars(select(Fact.id)):
        session.add(
            Memory(
                learner_id=learner.id, fact_id=fact_id, version=1, state=2, stability=40.0 + fact_id, difficulty=5.0,
                last_day=today - 30 * DAY, due_day=today + 12 * DAY, reps=3, lapses=0,
            )
        )  # fmt: skip
    learner.fitted_factor, learner.uses_standard = 0.5, True
    session.commit()
    switch = parameters.find_switch(session, learner, uses_standard=False, now=NOON)
    parameters.save_adjustment(session, learner, switch, now=NOON)
    session.commit()
    due = {each.stability: each.due_day for each in memories_of(session, learner)}
    assert [due[stability] for stability in sorted(due)] == [today + (n + 1) * DAY for n in range(3)]


def test_a_learner_who_eliminates_options_is_credited_less_for_a_right_choice(session: Session) -> None:
    guesses = []
    for elimination in (0.0, 1 / 3):
        learner = make_learner(session)
        learner.fitted_elimination = elimination
        session.commit()
        prompt = ask(session, learner)
        assert prompt.question.kind == "choice"
        guesses.append(session.get_one(Review, answer(session, learner, prompt)).guess)
        assert guesses[-1] == pytest.approx(personal.guess_rate(prompt.question.guess_chance, elimination))
    assert guesses[0] < guesses[1]
