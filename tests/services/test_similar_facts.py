"""Facts with the same answer, or of which one is a wrong choice of the other, are kept apart until they are learned."""

from datetime import timedelta

import pytest
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import MONDAY, NOON, answer, ask, memory_of, remember

from quizapp.core.kinds import Question, parse_question
from quizapp.models import Fact, Memory, Plan, User
from quizapp.services.editor import quick_entry
from quizapp.services.review import answers, feedback, offline, today
from quizapp.services.sets.contents import create_set

CAPITALS = [
    ("Where was the Azerbaijani parliament in 1920?", "Baku"),
    ("Where did the oil pipeline to Batum begin?", "Baku"),
    ("Where did the Ottoman mission sit?", "Ganja"),
    ("Which river runs through Tiflis?", "Kura"),
    ("Which sea is east of Azerbaijan?", "Caspian Sea"),
]


def typed(prompt: str, right: str) -> Question:
    return parse_question({"key": "k", "kind": "typed", "prompt": prompt, "answer": right})


def choice(prompt: str, right: str, *wrong: str) -> Question:
    distractors = [{"text": text} for text in wrong]
    return parse_question({"key": "k", "kind": "choice", "prompt": prompt, "answer": right, "distractors": distractors})


@pytest.fixture
def learner(session: Session) -> User:
    """A learner with a set of their own: three facts of five are similar, in the first three places."""
    learner = person(session, "Leyla")
    row = create_set(session, learner, title="Places", summary="", language="en", topics=["Places"], now=NOON)
    asked = [typed(*pair) for pair in CAPITALS]
    asked.insert(2, choice("Where was the government in June 1918?", "Ganja City", "Baku", "Tiflis"))
    quick_entry.add_questions(session, learner, row.id, asked, topic="places", tags=[], now=NOON)
    today.start_plan(session, learner, row.id, now=NOON)
    session.commit()
    return learner


def facts_of(session: Session, learner: User) -> list[int]:
    return list(session.scalars(select(Fact.id).join(Plan, Plan.set_id == Fact.set_id).order_by(Fact.position)))


def met_on(session: Session, learner: User, days: int) -> list[list[int]]:
    """Study so many days; the places of the facts met on each."""
    facts, met = facts_of(session, learner), []
    for day in range(days):
        now = NOON + timedelta(days=day)
        before = set(session.scalars(select(Memory.fact_id)))
        while today_left(session, learner, now):
            answer(session, learner, ask(session, learner, now), now=now)
        met.append([facts.index(id) for id in facts if id in set(session.scalars(select(Memory.fact_id))) - before])
    return met


def today_left(session: Session, learner: User, now: object) -> bool:
    found = today.read_today(session, learner, now=now)
    assert found is not None
    return found.left > 0


@pytest.mark.one_database
def test_they_are_introduced_on_different_days_while_there_are_others(session: Session, learner: User) -> None:
    session.scalars(select(Plan)).one().new_per_day = 2
    session.commit()
    assert met_on(session, learner, 3) == [[0, 3], [1, 4], [2, 5]]


def test_what_is_taken_along_offline_keeps_them_apart_too(session: Session, learner: User) -> None:
    session.scalars(select(Plan)).one().new_per_day = 3
    session.commit()
    facts = facts_of(session, learner)
    packed = offline.list_offline_questions(session, learner, now=NOON)
    assert [facts.index(one.prompt.fact_id) for one in packed] == [0, 3, 4]


@pytest.mark.one_database
def test_they_are_not_asked_in_succession(session: Session, learner: User) -> None:
    facts = facts_of(session, learner)
    for fact_id, stability in zip(facts, (2.0, 2.1, 2.2, 9.0, 9.1, 9.2), strict=True):
        remember(session, learner, fact_id, stability=stability)
    order = []
    for _ in range(5):
        prompt = ask(session, learner)
        order.append(facts.index(prompt.fact_id))
        answer(session, learner, prompt)
    assert order == [0, 3, 1, 4, 2]


@pytest.mark.one_database
def test_once_both_are_learned_they_are_asked_one_after_the_other_once(session: Session, learner: User) -> None:
    session.scalars(select(Plan)).one().new_per_day = 0
    facts = facts_of(session, learner)
    for fact_id in (facts[0], facts[1], facts[3]):
        remember(session, learner, fact_id, stability=30.0)
    memory_of(session, learner, facts[1]).due_day = MONDAY + timedelta(days=2)  # soon, so it is asked early
    session.commit()
    order = []
    for day in (0, 60):
        for fact_id in facts[:2] if day else []:
            memory = memory_of(session, learner, fact_id)
            memory.due_day = MONDAY + timedelta(days=60)
        session.commit()
        now = NOON + timedelta(days=day)
        for _ in range(3):
            prompt = ask(session, learner, now)
            order.append(facts.index(prompt.fact_id))
            answer(session, learner, prompt, now=now)
    assert order[:2] == [0, 1]
    assert abs(order[3:].index(0) - order[3:].index(1)) > 1  # from then on apart again


@pytest.mark.one_database
def test_a_mix_up_is_explained(session: Session, learner: User) -> None:
    facts = facts_of(session, learner)
    remember(session, learner, facts[3], stability=30.0)  # Ganja
    remember(session, learner, facts[0], stability=30.0)
    for given, expected in (("ganja", facts[3]), ("Kura", None), ("Paris", None)):  # the one about the Kura is not met
        review_id = answer(session, learner, ask(session, learner, prefer=facts[0]), {"text": given})
        mixed_up = feedback.read_feedback(session, learner, review_id, now=NOON).mixed_up
        statement = session.get_one(Fact, expected).statement if expected else None
        assert (mixed_up and mixed_up.fact.statement) == statement
        assert mixed_up is None or mixed_up.answer == given
        answers.undo_answer(session, learner, now=NOON)
