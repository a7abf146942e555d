"""What went wrong in a quiz goes into today's review."""

from datetime import timedelta

import pytest
from attempts import LATER, add_facts, begin_quiz, give, hand_in, questions_of, right_answer
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import MONDAY, NOON, answer, ask, make_learner, memory_of, remember, statements

from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, Memory, Plan, User
from quizapp.services.attempts.results import review_missed
from quizapp.services.review.answers import suspend_fact, undo_answer
from quizapp.services.review.today import read_today


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def no_new_facts(session: Session) -> None:
    session.execute(Plan.__table__.update().values(new_per_day=0))  # type: ignore[attr-defined]
    session.commit()


def test_what_was_wrong_or_left_open_is_asked_today(session: Session, learner: User) -> None:
    """However strong the memory was, and whether or not the fact was ever met; what was right is left alone."""
    add_facts(session, ["typed"] * 9)
    attempt_id = begin_quiz(session, learner, size=6, kinds=["typed"])
    items = questions_of(session, attempt_id)
    strong, right, wrong, open_known, open_new, _ = (item.fact.id for item in items)
    for fact_id in (strong, right, open_known):
        remember(session, learner, fact_id, stability=50.0)
        memory_of(session, learner, fact_id).due_day = MONDAY + timedelta(days=20)
    memory_of(session, learner, open_known).skipped_until = MONDAY + timedelta(days=1)
    session.commit()
    answers = {1: {"text": "no"}, 2: right_answer(items[1]), 3: {"text": "no"}}
    give(session, learner, attempt_id, answers)
    hand_in(session, learner, attempt_id)
    no_new_facts(session)
    _, facts = review_missed(session, learner, attempt_id, now=LATER)
    session.commit()
    assert facts == 5
    met = memory_of(session, learner, open_new)
    assert (met.state, met.due_day, met.reps, met.version) == (State.LEARNING, MONDAY, 0, 1)
    known = memory_of(session, learner, open_known)
    since = MONDAY - timedelta(days=1)  # it was due already
    assert (known.state, known.due_day, known.skipped_until, known.version) == (State.REVIEW, since, None, 2)
    today = read_today(session, learner, now=LATER)
    assert today is not None and today.due == 5
    waiting = set()
    for fact_id in (strong, wrong, open_known, open_new, right):
        prompt = ask(session, learner, LATER, prefer=fact_id)
        if prompt.fact_id == fact_id:
            waiting.add(fact_id)
    assert waiting == {strong, wrong, open_known, open_new}


def test_a_fact_first_met_in_a_quiz_is_learned_like_any_other(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner, topics=["dates"], kinds=["date"])
    (item,) = questions_of(session, attempt_id)
    hand_in(session, learner, attempt_id)
    review_missed(session, learner, attempt_id, now=LATER)
    session.commit()
    prompt = ask(session, learner, LATER, prefer=item.fact.id)
    assert prompt.fact_id == item.fact.id
    answer(session, learner, prompt, now=LATER)
    memory = memory_of(session, learner, item.fact.id)
    assert (memory.reps, memory.version, memory.due_day) == (1, 2, MONDAY)
    assert memory.stability is not None
    assert undo_answer(session, learner, now=LATER) == item.fact.id


def test_pressed_twice_it_changes_nothing_more(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    hand_in(session, learner, attempt_id)

    def state() -> list[tuple[int, ...]]:
        review_missed(session, learner, attempt_id, now=LATER)
        session.commit()
        return [tuple(row) for row in session.execute(select(Memory.fact_id, Memory.version).order_by(Memory.fact_id))]

    assert state() == state()


def test_what_was_set_aside_or_archived_stays_so(session: Session, learner: User) -> None:
    attempt_id = begin_quiz(session, learner)
    first, second, third = (item.fact.id for item in questions_of(session, attempt_id))
    suspend_fact(session, learner, first)
    session.get_one(Fact, second).archived_at = NOON
    hand_in(session, learner, attempt_id)
    assert review_missed(session, learner, attempt_id, now=LATER)[1] == 1
    session.commit()
    assert memory_of(session, learner, first).suspended
    assert session.get(Memory, (learner.id, second)) is None
    assert memory_of(session, learner, third).due_day == MONDAY


def test_putting_fifty_into_the_review_takes_no_more_statements(session: Session, learner: User) -> None:
    add_facts(session, ["typed"] * 60)
    attempt_id = begin_quiz(session, learner, size=50)
    hand_in(session, learner, attempt_id)
    assert statements(session, lambda: review_missed(session, learner, attempt_id, now=LATER)) <= 7
