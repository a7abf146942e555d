"""Custom sessions: part of what waits, or more than today brings, on the same schedule."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from study import MONDAY, NOON, add_set, ask, facts, make_learner, memory_of, remember, study_until_done

from quizapp.core.scheduling.plans import Allowance
from quizapp.core.scheduling.scheduler import State
from quizapp.models import Fact, Memory, Plan, QuestionSet, Review, User
from quizapp.services.errors import NotFound
from quizapp.services.review import allowances, custom, queue
from quizapp.services.review.allowances import DayProgress, SessionScope
from quizapp.services.review.today import read_today
from quizapp.services.review.waiting import AllowedSet, QueueShape, select_first, waiting_facts

DAY = timedelta(days=1)


@pytest.fixture
def learner(session: Session) -> User:
    """A learner of two sets of whose facts two each are due; the rest is new, one a day."""
    learner = make_learner(session)
    for fact_id in (*facts(session)[:2], *add_set(session, learner, "lakes", 6)[:2]):
        remember(session, learner, fact_id, stability=9.0)
    session.execute(update(Plan).values(new_per_day=1))
    session.execute(update(Fact).where(Fact.id.in_(facts(session, "lakes")[4:])).values(topic="deep"))
    topics = {"topics": [{"key": "all", "title": "All"}, {"key": "deep", "title": "Deep"}]}
    lakes = session.scalars(select(QuestionSet).where(QuestionSet.key == "lakes")).one()
    lakes.header = lakes.header | topics
    session.commit()
    return learner


def scope_of(session: Session, learner: User, topics: Any = (), **values: Any) -> allowances.SessionScope:
    return custom.find_scope(session, learner, dict(topics), **values)


def asked_in(session: Session, learner: User, scope: allowances.SessionScope, days: int = 0) -> set[int]:
    """Study a session to its end; the number of facts announced is that of the facts asked."""
    found = read_today(session, learner, now=NOON + days * DAY, scope=scope)
    asked = {prompt.fact_id for prompt in study_until_done(session, learner, NOON + days * DAY, scope=scope)}
    assert found is not None and found.left == len(asked)
    return asked


def test_a_session_about_a_set_a_topic_or_reviews_only(session: Session, learner: User) -> None:
    sample, lakes = facts(session), facts(session, "lakes")
    assert asked_in(session, learner, scope_of(session, learner, {"lakes": []}, new=0)) == set(lakes[:2])
    assert asked_in(session, learner, scope_of(session, learner, {"lakes": ["deep"]})) == {lakes[4]}
    assert asked_in(session, learner, scope_of(session, learner, {"lakes": ["all"]})) == set(), "one new fact a day"
    assert asked_in(session, learner, allowances.ORDINARY) == set(sample)
    assert session.scalars(select(Review.source).distinct()).all() == ["study"]


def test_more_new_facts_are_allowed_once(session: Session, learner: User) -> None:
    """The plan's own fact, and three more; the same address later allows none again."""
    lakes = facts(session, "lakes")
    whole = scope_of(session, learner, {"lakes": []})
    more = custom.allow_more(session, learner, whole, 3, now=NOON)
    assert more.new == 4
    first = ask(session, learner, scope=more)
    assert asked_in(session, learner, more) == set(lakes)
    assert first.fact_id in lakes
    assert queue.next_prompt(session, learner, now=NOON, scope=more) is None
    assert read_today(session, learner, now=NOON).new == 1, "that of the other set"
    assert custom.allow_more(session, learner, whole, 3, now=NOON).new == 4 + 3


def test_more_new_facts_come_on_an_easy_day_and_over_a_ceiling(session: Session, learner: User) -> None:
    session.execute(update(Plan).values(easy_days="0", ceiling=1))
    learner.total_new_per_day = 0
    session.commit()
    assert read_today(session, learner, now=NOON).new == 0
    more = custom.allow_more(session, learner, scope_of(session, learner), 2, now=NOON)
    found = read_today(session, learner, now=NOON, scope=more)
    assert (found.due, found.new, found.over_limit) == (2, 2, 2)


def test_everything_due_by_a_date_is_asked_once_and_early(session: Session, learner: User) -> None:
    """Also over a ceiling. What is answered today is not asked again, though it falls due before that date."""
    sample, lakes = facts(session), facts(session, "lakes")
    early = {"state": State.REVIEW, "stability": 9.0, "difficulty": 5.0, "last_day": MONDAY - 6 * DAY, "reps": 3}
    for fact_id, days in ((lakes[2], 3), (lakes[3], 4)):
        memory = Memory(learner_id=learner.id, fact_id=fact_id, version=1, due_day=MONDAY + days * DAY, lapses=0)
        for name, value in early.items():
            setattr(memory, name, value)
        session.add(memory)
    session.execute(update(Plan).values(ceiling=1))
    session.commit()
    scope = scope_of(session, learner, new=0, until=MONDAY + 3 * DAY)
    assert asked_in(session, learner, scope) == {*sample[:2], *lakes[:3]}
    asked = memory_of(session, learner, lakes[2])
    assert asked.last_day == MONDAY and asked.stability > 9.0
    predicted = session.scalars(select(Review.predicted).where(Review.fact_id == lakes[2])).one()
    assert 0.9 < predicted < 1, "six days of nine have passed"
    assert memory_of(session, learner, lakes[3]).due_day == MONDAY + 4 * DAY


def test_what_is_paused_skipped_or_suspended_stays_so(session: Session, learner: User) -> None:
    lakes = facts(session, "lakes")
    scope = scope_of(session, learner, {"lakes": []}, new=0, until=MONDAY + DAY)
    session.execute(update(Memory).where(Memory.fact_id == lakes[0]).values(skipped_until=MONDAY + DAY))
    session.execute(update(Memory).where(Memory.fact_id == lakes[1]).values(suspended=True))
    session.commit()
    assert asked_in(session, learner, scope) == set()
    session.execute(update(Plan).values(paused=True))
    session.commit()
    assert asked_in(session, learner, allowances.SessionScope(new=9)) == set()
    assert custom.list_studied_sets(session, learner) == []


@pytest.mark.parametrize("topics", [{"seas": []}, {"lakes": ["shallow"]}, {"lakes": [], "seas": []}])
def test_only_sets_that_are_studied_and_their_topics(session: Session, learner: User, topics: Any) -> None:
    with pytest.raises(NotFound):
        scope_of(session, learner, topics)


def test_offered_are_the_sets_that_are_studied(session: Session, learner: User) -> None:
    sample, lakes = custom.list_studied_sets(session, learner)
    assert (sample.key, lakes.key, lakes.topics) == ("sample", "lakes", {"all": "All", "deep": "Deep"})


@pytest.mark.parametrize("sets", [1, 6])
def test_whatever_is_chosen_the_database_understands_what_is_asked_of_it(session: Session, sets: int) -> None:
    """SQLite refuses a statement that is nested too deeply."""
    learner = make_learner(session)
    flags = (False,) * 5, (True, True, False, True, True), (True,) * 5
    for limited, shares_new, has_chosen_new, asks_ahead, starred_only in flags:
        shape = QueueShape(
            asks_essays=False,
            sets=(AllowedSet(new=True, limited=limited),) * sets,
            shares_new=shares_new,
            kinds=("choice", "typed"),
            topics=tuple((set_id, ("dates", "actors")) for set_id in range(1, sets + 1)),
            has_chosen_new=has_chosen_new,
            asks_ahead=asks_ahead,
            starred_only=starred_only,
        )
        allowed = {number: Allowance(5, 5 if limited else None) for number in range(1, sets + 1)}
        scope = SessionScope(new=5, until=NOON.date())
        values = queue.parameters(learner, DayProgress(0, 0, allowed, 5), NOON, scope) | {"prefer": 0, "depth": 1}
        connection = session.connection()
        found = connection.execute(select_first(shape)[connection.dialect.name], values).all()
        waiting = session.scalar(select(func.count()).select_from(waiting_facts(shape)), values)
        assert len({row.fact_id for row in found}) <= (waiting or 0)
