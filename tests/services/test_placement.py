"""A placement test: it marks the facts that are known, and nothing else."""

from datetime import timedelta

import pytest
from attempts import LATER, add_facts, give, hand_in, questions_of, right_answer
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from study import MONDAY, NOON, answer, ask, facts, make_learner

from quizapp.core.scheduling.scheduler import State
from quizapp.models import Attempt, Memory, Plan, Review, User
from quizapp.services import memory_events, placement
from quizapp.services.attempts import lifecycle, results
from quizapp.services.consistency import Checked, find_differences
from quizapp.services.errors import NotFound
from quizapp.services.review.today import read_today

ASKED = ["typed", "date", "flashcard", "ordering", "typed", "choice", "true_false", "essay"]


@pytest.fixture
def learner(session: Session) -> User:
    """Who studies the three facts of the sample and eight more, of which three can be guessed or need a teacher."""
    learner = make_learner(session)
    add_facts(session, ASKED)
    return learner


def begin(session: Session, learner: User) -> int:
    attempt_id = placement.begin_placement(session, learner, "sample", now=NOON).id
    session.commit()
    return attempt_id


def states(session: Session, learner: User) -> dict[int, State]:
    rows = session.execute(select(Memory.fact_id, Memory.state).where(Memory.learner_id == learner.id))
    return {fact_id: State(state) for fact_id, state in rows if state != State.NEW}


def take(session: Session, learner: User, *, right: int) -> tuple[int, list[int]]:
    """Take a test, the first questions answered rightly and the next one not; return it and the facts known."""
    attempt_id = begin(session, learner)
    asked = questions_of(session, attempt_id)
    answers = {each.position: right_answer(each) for each in asked[:right] if each.question.kind != "flashcard"}
    answers |= {each.position: {"rating": "good"} for each in asked[:right] if each.question.kind == "flashcard"}
    answers |= {each.position: {"give-up": "1"} for each in asked[right : right + 1]}
    give(session, learner, attempt_id, answers)
    hand_in(session, learner, attempt_id)
    return attempt_id, sorted(each.fact.id for each in asked[:right])


def test_it_marks_what_is_answered_rightly_and_can_be_undone(session: Session, learner: User) -> None:
    before = read_today(session, learner, now=LATER)
    attempt_id, known = take(session, learner, right=4)
    assert states(session, learner) == dict.fromkeys(known, State.REVIEW)
    due = session.scalars(select(Memory.due_day).where(Memory.fact_id.in_(known))).all()
    assert all(day and timedelta(4) < day - MONDAY < timedelta(12) for day in due)
    assert session.scalar(select(func.count()).select_from(Review)) == 0

    found = results.get_result(session, learner, attempt_id, now=LATER)
    assert sorted(found.known) == known
    assert list(find_differences(session, Checked())) == []

    memory_events.undo_events(session, learner, found.known[known[0]].id, now=LATER)
    session.commit()
    assert states(session, learner) == {}
    assert read_today(session, learner, now=LATER) == before
    assert list(find_differences(session, Checked())) == []


@pytest.mark.one_database
def test_facts_are_asked_that_were_not_met_and_that_nobody_can_guess(session: Session, learner: User) -> None:
    met = ask(session, learner)
    answer(session, learner, met)
    suspended = facts(session)[-4]
    session.add(
        Memory(
            learner_id=learner.id, fact_id=suspended, version=0, state=State.NEW, reps=0, lapses=0, suspended=True
        )
    )  # fmt: skip
    asked = {each.fact.id: each.question for each in questions_of(session, begin(session, learner))}
    assert asked and {met.fact_id, suspended}.isdisjoint(asked)
    assert all(question.guess_chance <= 0.1 for question in asked.values())


def test_the_topics_are_those_of_the_plan(session: Session, learner: User) -> None:
    session.scalars(select(Plan)).one().topics = ["actors"]
    session.flush()
    asked = questions_of(session, begin(session, learner))
    assert {each.fact.topic for each in asked} == {"actors"}


def test_it_is_continued_and_the_next_asks_other_facts(
    session: Session, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "SIZE", 3)
    assert placement.list_offers(session, learner) == {1: "begin"}
    first = begin(session, learner)
    assert begin(session, learner) == first
    assert placement.list_offers(session, learner) == {1: "continue"}
    hand_in(session, learner, first)
    assert placement.list_offers(session, learner) == {}
    second = begin(session, learner)
    asked = [{each.fact.id for each in questions_of(session, attempt_id)} for attempt_id in (first, second)]
    assert len(asked[0] | asked[1]) == 6

    lifecycle.discard_attempt(session, learner, second)
    session.commit()
    assert session.scalars(select(Attempt.id)).all() == [first]
    assert states(session, learner) == {}


def test_it_is_not_offered_once_a_fact_was_answered(session: Session, learner: User) -> None:
    answer(session, learner, ask(session, learner))
    assert placement.list_offers(session, learner) == {}


@pytest.mark.one_database
def test_a_fact_answered_since_it_began_keeps_its_memory(session: Session, learner: User) -> None:
    attempt_id = begin(session, learner)
    asked = {each.fact.id: each for each in questions_of(session, attempt_id)}
    typed = next(fact_id for fact_id, each in asked.items() if each.question.kind == "typed")
    prompt = ask(session, learner, prefer=typed)
    answer(session, learner, prompt, {"give-up": "1"})
    before = states(session, learner)
    each = asked[prompt.fact_id]
    give(session, learner, attempt_id, {each.position: right_answer(each)})
    hand_in(session, learner, attempt_id)
    assert states(session, learner) == before


def test_who_does_not_study_the_set_has_none(session: Session, learner: User) -> None:
    session.delete(session.scalars(select(Plan)).one())
    session.flush()
    with pytest.raises(NotFound):
        placement.read_placement(session, learner, "sample", now=NOON)
    with pytest.raises(NotFound):
        placement.begin_placement(session, learner, "sample", now=NOON)
