"""A fact that is forgotten again and again is suspended, with advice."""

import pytest
from recorded_answers import give
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON, answer, ask, make_learner, memory_of, remember

from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, User
from quizapp.services import memory_events, overrides
from quizapp.services.review import answers, feedback, queue
from quizapp.services.review.today import list_suspended


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def forget(session: Session, learner: User, *, lapses: int) -> tuple[int, int]:
    """Answer a due fact wrong that was forgotten so often before; the ids of the fact and the review."""
    fact_id = session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
    remember(session, learner, fact_id, stability=40.0)
    memory_of(session, learner, fact_id).lapses = lapses
    session.commit()
    prompt = ask(session, learner, prefer=fact_id)
    assert prompt.question.kind == "typed"
    return fact_id, answer(session, learner, prompt, {"text": "Livingstone"})


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("lapses", "suspended"), [(6, False), (7, True), (8, False), (10, False), (11, True), (15, True), (16, False)]
)
def test_after_eight_lapses_and_every_four_more(session: Session, learner: User, lapses: int, suspended: bool) -> None:
    fact_id, review_id = forget(session, learner, lapses=lapses)
    assert memory_of(session, learner, fact_id).suspended is suspended
    assert feedback.read_feedback(session, learner, review_id, now=NOON).leech_lapses == (
        lapses + 1 if suspended else None
    )
    assert [each.fact_id for each in list_suspended(session, learner, now=NOON)] == [fact_id] * suspended


@pytest.mark.one_database
def test_resumed_it_is_asked_again(session: Session, learner: User) -> None:
    fact_id, _ = forget(session, learner, lapses=7)
    others = ask(session, learner)
    assert others.fact_id != fact_id
    answers.resume_fact(session, learner, fact_id)
    prompt = queue.next_prompt(session, learner, now=NOON, prefer=fact_id)
    assert prompt is not None and prompt.fact_id == fact_id
    answer(session, learner, prompt)
    assert not memory_of(session, learner, fact_id).suspended


@pytest.mark.parametrize("way", ["undone", "overridden"])
def test_it_ends_with_the_answer_that_caused_it(session: Session, learner: User, way: str) -> None:
    fact_id, review_id = forget(session, learner, lapses=7)
    if way == "undone":
        answers.undo_answer(session, learner, now=NOON)
    else:
        overrides.override_review(session, learner, review_id, now=NOON)
    session.commit()
    assert not memory_of(session, learner, fact_id).suspended
    assert list_suspended(session, learner, now=NOON) == []


def test_undo_does_not_lift_a_suspension_that_came_before(session: Session, learner: User) -> None:
    """The learner's own, or that after eight lapses, while quizzes and late answers bring more."""
    fact_id, _ = forget(session, learner, lapses=10)
    for leech_lapses in (None, 8):
        memory = memory_of(session, learner, fact_id)
        memory.state, memory.step, memory.due_at = State.REVIEW, None, None
        memory.lapses, memory.suspended, memory.leech_lapses = 11, True, leech_lapses
        session.commit()
        give(session, learner, "nile-source-typed", {"text": "Livingstone"}, at=NOON)
        session.commit()
        assert memory_of(session, learner, fact_id).lapses == 12
        answers.undo_answer(session, learner, now=NOON)
        session.commit()
        memory = memory_of(session, learner, fact_id)
        assert (memory.suspended, memory.leech_lapses) == (True, leech_lapses)


@pytest.mark.parametrize("resumed", [True, False])
def test_a_reset_neither_suspends_nor_resumes(session: Session, learner: User, resumed: bool) -> None:
    fact_id, _ = forget(session, learner, lapses=7)
    if resumed:
        answers.resume_fact(session, learner, fact_id)
    event_id = memory_events.reset_fact(session, learner, fact_id, now=NOON)
    session.commit()
    assert event_id is not None
    give(session, learner, "nile-source-typed", {"text": "Livingstone"}, at=NOON)
    session.commit()
    assert memory_of(session, learner, fact_id).suspended is not resumed
    memory_events.undo_events(session, learner, event_id, now=NOON)
    session.commit()
    assert memory_of(session, learner, fact_id).suspended is not resumed
