"""Catching up after an absence: a backlog spread evenly over some days, and gone after them."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from study import MONDAY, NOON, add_set, answer, facts, make_learner, statements

from quizapp.core.scheduling.plans import CATCH_UP_DAYS
from quizapp.core.scheduling.scheduler import State
from quizapp.models import DayCount, Memory, Plan, User
from quizapp.services.review import catch_up, queue
from quizapp.services.review.today import Today, read_today

DAY = timedelta(days=1)


@pytest.fixture
def learner(session: Session) -> User:
    """A learner who was away for ten days: 90 facts fell due meanwhile, 10 more fall due in the next days."""
    learner = make_learner(session)
    for number, fact_id in enumerate(add_set(session, learner, "lakes", 120)[:100]):
        due = MONDAY + (number // 9 - 9) * DAY
        memory = {"state": State.REVIEW, "stability": 20.0, "difficulty": 5.0, "reps": 3, "lapses": 0, "version": 1}
        session.add(Memory(learner_id=learner.id, fact_id=fact_id, last_day=due - 20 * DAY, due_day=due, **memory))
    session.add(DayCount(learner_id=learner.id, day=MONDAY - 10 * DAY, answers=12))
    session.commit()
    return learner


def today(session: Session, learner: User, day: int = 0) -> Today:
    found = read_today(session, learner, now=NOON + day * DAY)
    assert found is not None
    return found


def study(session: Session, learner: User, day: int) -> int:
    """Study until nothing is left, every fifth fact forgotten; the number of facts in review that were asked."""
    asked = answers = 0
    now = NOON + day * DAY
    while prompt := queue.next_prompt(session, learner, now=now):
        forgotten = prompt.predicted is not None and asked % 5 == 0
        asked += prompt.predicted is not None
        answer(session, learner, prompt, {"rating": "again"} if forgotten else None, now=now)
        answers += 1
        assert answers < 300, "the session does not end"
    return asked


def test_the_backlog_is_gone_after_the_days_chosen(session: Session, learner: User) -> None:
    """Each day about as much, nothing new before the end, and a day without study is made up for on the others."""
    found = catch_up.read_offer(session, learner, now=NOON)
    assert found is not None and (found.due, found.days_late) == (90, 9)
    four = next(each for each in found.options if each.days == 4)
    assert (four.reviews, found.suggested) == (31, 7)  # 19 a day; a usual day has 12 answers
    catch_up.begin_catch_up(learner, 4, now=NOON)
    session.commit()
    first = today(session, learner)
    assert (first.due, first.new, first.over_limit) == (31, 0, 59)
    assert first.catch_up_until == MONDAY + 3 * DAY
    asked = [study(session, learner, day) for day in (0, 1, 3)]
    assert asked[0] == 31 and 24 <= asked[1] <= 34
    assert today(session, learner, 3).over_limit == today(session, learner, 3).due == 0
    after = today(session, learner, 4)
    assert after.catch_up_until is None and after.over_limit == 0
    assert after.due < 20 and after.new == 10 + 3


def test_it_can_be_stopped(session: Session, learner: User) -> None:
    catch_up.begin_catch_up(learner, 5, now=NOON)
    assert today(session, learner).due == 25
    catch_up.end_catch_up(learner)
    found = today(session, learner)
    assert (found.due, found.new, found.catch_up_until) == (90, 13, None)


def test_the_days_chosen_come_before_a_ceiling(session: Session, learner: User) -> None:
    session.execute(update(Plan).values(ceiling=5))
    catch_up.begin_catch_up(learner, 2, now=NOON)
    session.commit()
    assert today(session, learner).due == 57


@pytest.mark.parametrize(
    ("days_late", "share", "usual", "offered"),
    [
        (9, 1.0, 12, True),
        (9, 1.0, 60, False),
        (2, 1.0, 12, False),
        (9, 0.25, 12, False),
        (9, 0.25, 5, True),
        (9, 0.2, 5, False),
    ],
)
def test_it_is_offered_for_much_that_is_late(
    session: Session, learner: User, days_late: int, share: float, usual: int, offered: bool
) -> None:
    """More than twice a usual day, and than twenty facts; not what has fallen due in the last two days."""
    session.execute(update(DayCount).values(answers=usual))
    session.execute(update(Memory).where(Memory.due_day <= MONDAY).values(due_day=MONDAY - days_late * DAY))
    kept = facts(session, "lakes")[: round(90 * share)]
    session.execute(update(Memory).where(Memory.fact_id.not_in(kept)).values(suspended=True))
    session.commit()
    assert (catch_up.read_offer(session, learner, now=NOON) is not None) is offered


@pytest.mark.one_database
def test_it_costs_few_statements(session: Session, learner: User) -> None:
    assert statements(session, lambda: catch_up.read_offer(session, learner, now=NOON)) == 3
    catch_up.begin_catch_up(learner, CATCH_UP_DAYS[0], now=NOON)
    session.commit()
    assert statements(session, lambda: queue.next_prompt(session, learner, now=NOON)) == 2
    assert statements(session, lambda: today(session, learner)) == 3
