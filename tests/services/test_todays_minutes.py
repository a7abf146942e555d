"""The minutes shown on Today are about those that the session then takes, for every learner."""

from datetime import datetime, timedelta
from random import Random

import pytest
from attempts import add_facts
from sqlalchemy import update
from sqlalchemy.orm import Session
from study import NOON, answer, make_learner, statements

from quizapp.models import Memory, Plan, User
from quizapp.services.review import queue
from quizapp.services.review.today import Today, read_today

DAY = timedelta(days=1)


def minutes(session: Session, learner: User, now: datetime) -> int:
    found = read_today(session, learner, now=now)
    assert isinstance(found, Today)
    return found.minutes


def study(session: Session, learner: User, now: datetime, dice: Random, *, reading: float) -> float:
    """Study until nothing waits. Each question takes 5 seconds, its feedback `reading`. Return the minutes."""
    began = now
    while prompt := queue.next_prompt(session, learner, now=now):
        right = dice.random() < 0.8
        now += timedelta(seconds=5)
        answer(session, learner, prompt, None if right else {"give-up": "1"}, now=now, ms=5000)
        now += timedelta(seconds=reading)
    return (now - began) / timedelta(minutes=1)


@pytest.mark.one_database
@pytest.mark.parametrize("reading", [2, 20])
def test_reading_the_feedback_and_repeats_count(session: Session, reading: float) -> None:
    learner, dice = make_learner(session), Random(1)
    add_facts(session, ["typed"] * 50)
    shown, taken = [], []
    for number in range(8):
        now = NOON + number * DAY
        shown.append(minutes(session, learner, now))
        taken.append(study(session, learner, now, dice, reading=reading))
    assert taken[0] > 0 and shown[0] > 0
    assert sum(shown[4:]) == pytest.approx(sum(taken[4:]), rel=0.15)


@pytest.mark.one_database
def test_facts_long_overdue_take_longer_and_begun_ones_less(session: Session) -> None:
    learner = make_learner(session)
    add_facts(session, ["typed"] * 30)
    session.execute(update(Plan).values(new_per_day=30))
    session.commit()
    asked = []
    new = minutes(session, learner, NOON)
    for _ in range(30):
        prompt = queue.next_prompt(session, learner, now=NOON)
        assert prompt is not None
        answer(session, learner, prompt, now=NOON)
        asked.append(prompt.fact_id)
    assert 0 < minutes(session, learner, NOON) < new / 2
    study(session, learner, NOON, Random(1), reading=2)
    session.execute(update(Plan).values(new_per_day=0))
    session.execute(update(Memory).values(stability=10.0, due_day=(NOON + DAY).date()))
    session.commit()
    assert minutes(session, learner, NOON + 10 * DAY) < minutes(session, learner, NOON + 1000 * DAY)
    assert statements(session, lambda: minutes(session, learner, NOON + 10 * DAY)) == 3
