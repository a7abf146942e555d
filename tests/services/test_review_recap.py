"""The summary at the end of a study day; on both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from study import MONDAY, NOON, answer, ask, make_learner, remember, statements, study_until_done

from quizapp.models import Fact, Memory, Plan, User
from quizapp.services.review import answers, custom, recap, today

LATER = NOON + timedelta(minutes=30)


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def recap_of(session: Session, learner: User, now: datetime = LATER) -> recap.Recap:
    session.expire_all()
    told = recap.read_recap(session, learner, now=now)
    assert told is not None
    return told


def fact_of(session: Session, key: str) -> int:
    return session.scalars(select(Fact.id).where(Fact.key == key)).one()


def test_the_summary_of_a_first_day_shows_what_is_new_and_when_it_comes_back(session: Session, learner: User) -> None:
    asked = study_until_done(session, learner, NOON)
    told = recap_of(session, learner)
    assert {fact.key for fact in told.learned} == {"nile-source", "nile-date", "nile-quarrel"}
    assert (told.missed, told.gains.better, told.more) == ((), (), None)
    assert (told.gains.answers, told.gains.right) == (len(asked), len(asked))
    assert told.minutes == round(len(asked) * 4 / 60)
    due = session.scalars(select(Memory.due_day).where(Memory.learner_id == learner.id)).all()
    assert told.next_day == min(due)


@pytest.mark.one_database
def test_what_was_answered_wrong_is_shown_once_the_hardest_first(session: Session, learner: User) -> None:
    """It is learned all the same, once it is recalled."""
    first = ask(session, learner)
    answer(session, learner, first, {"give-up": "1"})
    second = ask(session, learner)
    for _ in range(2):
        answer(session, learner, ask(session, learner, prefer=second.fact_id), {"give-up": "1"})
    asked = study_until_done(session, learner, NOON)
    told = recap_of(session, learner)
    assert [fact_of(session, fact.key) for fact in told.missed] == [second.fact_id, first.fact_id]
    assert recap.list_missed(session, learner, now=LATER) == (second.fact_id, first.fact_id)
    assert len(told.learned) == 3
    assert (told.gains.answers, told.gains.right) == (len(asked) + 3, len(asked))


@pytest.mark.one_database
def test_what_was_known_before_is_not_new_but_known_better(session: Session, learner: User) -> None:
    known = fact_of(session, "nile-date")
    remember(session, learner, known, stability=3.0)
    study_until_done(session, learner, NOON)
    told = recap_of(session, learner)
    assert {fact.key for fact in told.learned} == {"nile-source", "nile-quarrel"}
    assert told.gains.better == (known,)


@pytest.mark.one_database
def test_after_a_long_break_it_is_another_session(session: Session, learner: User) -> None:
    session.execute(update(Plan).values(new_per_day=1))
    answer(session, learner, ask(session, learner), {"give-up": "1"})
    study_until_done(session, learner, NOON)
    more = recap_of(session, learner).more
    assert more == (2, more and more.minutes, 11) and more.minutes >= 1
    scope = custom.find_scope(session, learner, {}, new=more.new)
    evening = NOON + timedelta(hours=6)
    answer(session, learner, ask(session, learner, evening, scope=scope), now=evening)
    told = recap_of(session, learner, evening)
    assert (told.gains.answers, told.gains.right, told.missed) == (1, 1, ())
    assert told.left.due == 1 and told.more is None  # the fact is asked again in a while


@pytest.mark.one_database
def test_an_undone_answer_is_not_in_the_summary(session: Session, learner: User) -> None:
    answer(session, learner, ask(session, learner), {"give-up": "1"})
    answers.undo_answer(session, learner, now=NOON)
    told = recap_of(session, learner)
    assert (told.gains.answers, told.learned, told.missed) == (0, (), ())


@pytest.mark.one_database
def test_yesterday_is_another_day_and_so_is_somebody_else(session: Session, learner: User) -> None:
    study_until_done(session, make_learner(session), NOON)
    study_until_done(session, learner, NOON - timedelta(days=1))
    told = recap_of(session, learner)
    assert (told.gains.answers, told.learned, told.missed) == (0, (), ())


@pytest.mark.one_database
def test_what_tomorrow_brings_is_shown_as_it_will_be(session: Session, learner: User) -> None:
    session.execute(update(Plan).values(new_per_day=2))
    remember(session, learner, fact_of(session, "nile-date"), stability=3.0)
    answers.skip_until_tomorrow(session, learner, fact_of(session, "nile-date"), now=NOON)
    session.commit()
    study_until_done(session, learner, NOON)
    told = recap_of(session, learner)
    assert told.next_day == MONDAY + timedelta(days=1)
    ahead = today.read_today(session, learner, now=NOON + timedelta(days=1))
    assert ahead is not None
    assert (told.tomorrow.due, told.tomorrow.new, told.tomorrow.minutes) == (ahead.due, ahead.new, ahead.minutes)
    assert told.tomorrow.due >= 1


def test_what_is_set_aside_paused_or_archived_never_comes_back(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    session.execute(update(Plan).values(paused=True))
    told = recap_of(session, learner)
    assert told.tomorrow.all_paused and told.next_day is None
    session.execute(update(Plan).values(paused=False))
    session.execute(update(Memory).values(suspended=True))
    assert recap_of(session, learner).next_day is None


def test_without_a_set_there_is_nothing_to_tell(session: Session, learner: User) -> None:
    session.execute(delete(Plan))
    assert recap.read_recap(session, learner, now=NOON) is None


@pytest.mark.one_database
@pytest.mark.parametrize("facts", [0, 300])
def test_it_takes_few_statements_whatever_was_studied(session: Session, learner: User, facts: int) -> None:
    study_until_done(session, learner, NOON)
    model = session.scalars(select(Fact).where(Fact.key == "nile-date")).one()
    shared = {c.name: getattr(model, c.name) for c in Fact.__table__.c if c.name not in ("id", "key", "position")}
    if facts:
        rows = [shared | {"id": 1000 + n, "key": f"f{n}", "position": 100 + n} for n in range(facts)]
        session.execute(insert(Fact), rows)
        for n in range(facts):
            due = {"due_day": date(2026, 3, 3) + timedelta(days=n % 40), "last_day": MONDAY, "stability": 4.0}
            memory = {"version": 1, "state": 2, "difficulty": 5.0, "reps": 1, "lapses": 0, **due}
            session.add(Memory(learner_id=learner.id, fact_id=1000 + n, **memory))
    session.commit()
    learner_id = learner.id
    session.expire_all()
    session.get_one(User, learner_id)
    assert statements(session, lambda: recap.read_recap(session, learner, now=LATER)) <= 14
