"""The report of a learner's record, on rows written by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import statements

from quizapp.core.scheduling.scheduler import State
from quizapp.models import DayCount, Fact, Memory, Plan, QuestionSet, User
from quizapp.services.progress.overview import VIEWS, ProgressReport, read_report

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
TODAY = date(2026, 3, 5)


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


@pytest.fixture
def learner(session: Session) -> User:
    """A learner of the sample set: two facts on actors, one date."""
    return make_learner(session)


def make_learner(session: Session, **values: Any) -> User:
    learner = User(created_at=NOW, timezone="UTC", rollover_hour=4, **values)
    session.add(learner)
    session.flush()
    set_id = session.scalars(select(QuestionSet.id)).one()
    session.add(Plan(learner_id=learner.id, set_id=set_id, started_at=NOW, desired_retention=0.9, new_per_day=10))
    session.flush()
    return learner


def remember(session: Session, learner: User, fact_key: str, **values: Any) -> Memory:
    fact_id = session.scalars(select(Fact.id).where(Fact.key == fact_key)).one()
    standard: dict[str, Any] = {
        "version": 1,
        "state": int(State.REVIEW),
        "stability": 7.0,
        "difficulty": 5.0,
        "last_day": days_ago(7),
        "due_day": TODAY,
        "reps": 3,
        "lapses": 0,
    }
    memory = Memory(learner_id=learner.id, fact_id=fact_id, **{**standard, **values})
    session.add(memory)
    session.flush()
    return memory


def study(session: Session, learner: User, day: date, **counts: int) -> None:
    session.add(DayCount(learner_id=learner.id, day=day, **counts))
    session.flush()


def topics(found: ProgressReport) -> dict[str, tuple[int, int, float]]:
    return {
        topic.key: (topic.mastery.total, topic.mastery.met, round(topic.mastery.known, 3))
        for topic in found.sets[0].groups
    }


def test_it_works(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source")
    remember(session, learner, "nile-date", last_day=TODAY, due_day=days_ago(-3))
    study(session, learner, TODAY, answers=4, correct=3, ms=30_000, timed=3)
    study(
        session,
        learner,
        days_ago(1),
        answers=20,
        correct=18,
        long_term=40,
        long_term_correct=32,
        long_term_recalled=30.0,
        long_term_guess_odds=2.0,
        ms=90_000,
        timed=18,
    )
    found = read_report(session, learner, now=NOW)
    assert found.today == TODAY
    assert topics(found) == {"dates": (1, 1, 1.0), "actors": (2, 1, 0.9)}
    assert (found.mastery.total, found.mastery.met, round(found.mastery.known, 2)) == (3, 2, 1.9)
    assert (found.streak, found.studied_today) == (2, True)
    assert (found.totals.days, found.totals.answers, found.totals.minutes, found.totals.timed) == (2, 24, 2, 21)
    assert (found.retention.share, found.targets) == (0.75, [0.9])
    assert [(due.day, due.facts) for due in found.forecast if due.facts] == [(TODAY, 1), (days_ago(-3), 1)]
    assert [week.answers for week in found.calendar][-1] == 24
    assert len(found.forecast) == 30


def test_nobody_who_has_not_studied_gets_more_than_noughts(session: Session) -> None:
    newcomer = User(created_at=NOW)
    session.add(newcomer)
    session.flush()
    found = read_report(session, newcomer, now=NOW)
    assert (found.streak, found.totals.answers, found.mastery.total, found.targets) == (0, 0, 0, [])
    assert found.retention.share is None
    assert sum(due.facts for due in found.forecast) == 0


def test_another_learners_record_is_not_in_it(session: Session, learner: User) -> None:
    other = make_learner(session)
    remember(session, other, "nile-source")
    study(session, other, TODAY, answers=9, long_term=9, long_term_correct=9)
    found = read_report(session, learner, now=NOW)
    assert topics(found) == {"dates": (1, 0, 0.0), "actors": (2, 0, 0.0)}
    assert (found.totals.answers, found.retention.answers, found.forecast[0].facts) == (0, 0, 0)


def test_the_topics_come_in_the_order_of_the_set(session: Session, learner: User) -> None:
    assert [topic.title for topic in read_report(session, learner, now=NOW).sets[0].groups] == ["Dates", "Actors"]


def test_overdue_facts_are_due_today(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source", due_day=days_ago(20))
    remember(session, learner, "nile-date", due_day=TODAY)
    first = read_report(session, learner, now=NOW).forecast[0]
    assert (first.facts, first.overdue) == (2, 1)


def test_suspended_facts_never_fall_due_but_stay_known(session: Session, learner: User) -> None:
    remember(session, learner, "nile-date", suspended=True)
    found = read_report(session, learner, now=NOW)
    assert sum(due.facts for due in found.forecast) == 0
    assert topics(found)["dates"] == (1, 1, 0.9)


def test_nothing_of_a_paused_set_falls_due_but_it_stays_known(session: Session, learner: User) -> None:
    remember(session, learner, "nile-date", due_day=days_ago(-2))
    session.scalars(select(Plan).where(Plan.learner_id == learner.id)).one().paused = True
    session.flush()
    found = read_report(session, learner, now=NOW)
    assert sum(due.facts for due in found.forecast) == 0
    assert topics(found)["dates"] == (1, 1, 0.9)


def test_by_passage_a_fact_counts_in_each_of_its_passages_and_once_in_the_set(session: Session, learner: User) -> None:
    remember(session, learner, "nile-date")  # drawn from both passages; the others from the first
    (found,) = read_report(session, learner, now=NOW, by="passage").sets
    assert [(group.key, group.title, group.mastery.total, group.mastery.met) for group in found.groups] == [
        ("1", "Sources", 3, 1),
        ("2", "Mouths", 1, 1),
    ]
    assert (found.mastery.total, found.mastery.met, round(found.mastery.known, 3)) == (3, 1, 0.9)
    assert found.placed == 3


def test_by_actor_those_with_most_facts_come_first(session: Session, learner: User) -> None:
    remember(session, learner, "nile-quarrel")  # of Burton and Speke; the source is Speke's, the date nobody's
    (found,) = read_report(session, learner, now=NOW, by="actor").sets
    assert [(group.key, group.title, group.mastery.total, group.mastery.met) for group in found.groups] == [
        ("speke", "John Speke", 2, 1),
        ("burton", "Richard Burton", 1, 1),
    ]
    assert (found.mastery.total, found.placed) == (3, 2)


def test_the_weakest_are_learned_facts_with_the_lowest_chance_of_recall(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source", stability=7.0)
    remember(session, learner, "nile-quarrel", stability=2.0, lapses=1)
    remember(session, learner, "nile-date", stability=30.0)
    found = read_report(session, learner, now=NOW).weakest
    assert [held.fact.key for held in found] == ["nile-quarrel", "nile-source", "nile-date"]
    assert (round(found[1].recall, 3), found[0].lapses) == (0.9, 1)
    assert found[0].recall < found[1].recall < found[2].recall


@pytest.mark.parametrize(
    "values",
    [{"suspended": True}, {"last_day": TODAY}, {"state": int(State.RELEARNING)}, {"state": int(State.LEARNING)}],
)
def test_what_is_set_aside_answered_today_or_being_learned_is_not_among_the_weakest(
    session: Session, learner: User, values: dict[str, Any]
) -> None:
    remember(session, learner, "nile-source", **values)
    assert read_report(session, learner, now=NOW).weakest == []


def test_a_leech_was_forgotten_eight_times(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source", lapses=7)
    remember(session, learner, "nile-quarrel", lapses=8)
    remember(session, learner, "nile-date", lapses=11, suspended=True)
    found = read_report(session, learner, now=NOW)
    assert [(held.fact.key, held.lapses, held.suspended) for held in found.worst_leeches] == [
        ("nile-date", 11, True),
        ("nile-quarrel", 8, False),
    ]
    assert found.leeches == 2


def test_of_many_leeches_ten_are_listed_and_all_counted(session: Session, learner: User) -> None:
    grow(session, learner, facts=12)
    session.execute(Memory.__table__.update().values(lapses=9))  # type: ignore[attr-defined]
    found = read_report(session, learner, now=NOW)
    assert (len(found.worst_leeches), found.leeches, len(found.weakest)) == (10, 12, 10)


def test_time_is_that_of_the_last_thirty_days(session: Session, learner: User) -> None:
    study(session, learner, TODAY, answers=10, ms=90_000, timed=9)
    study(session, learner, days_ago(8), answers=10, ms=60_000, timed=6)
    study(session, learner, days_ago(30), answers=10, ms=10**9, timed=1)
    time = read_report(session, learner, now=NOW).time
    assert (time.this_week, time.week_before, time.seconds_per_answer) == (90_000, 60_000, 10.0)
    assert len(time.days) == 30


def test_a_skipped_fact_falls_due_on_the_day_it_comes_back(session: Session, learner: User) -> None:
    remember(session, learner, "nile-source", due_day=days_ago(2), skipped_until=days_ago(-1))
    remember(session, learner, "nile-date", due_day=days_ago(-5), skipped_until=days_ago(-1))
    found = read_report(session, learner, now=NOW).forecast
    assert [(due.day, due.facts) for due in found if due.facts] == [(days_ago(-1), 1), (days_ago(-5), 1)]


def test_a_fact_suspended_before_it_was_met_counts_as_not_met(session: Session, learner: User) -> None:
    unmet = {"stability": None, "difficulty": None, "last_day": None, "due_day": None, "reps": 0}
    remember(session, learner, "nile-date", state=int(State.NEW), suspended=True, **unmet)
    found = read_report(session, learner, now=NOW)
    assert topics(found)["dates"] == (1, 0, 0.0)
    assert sum(due.facts for due in found.forecast) == 0


def test_archived_facts_are_neither_counted_nor_due(session: Session, learner: User) -> None:
    remember(session, learner, "nile-quarrel")
    session.scalars(select(Fact).where(Fact.key == "nile-quarrel")).one().archived_at = NOW
    session.flush()
    found = read_report(session, learner, now=NOW)
    assert topics(found)["actors"] == (1, 0, 0.0)
    assert found.forecast[0].facts == 0


def test_retention_is_of_the_last_thirty_days(session: Session, learner: User) -> None:
    study(session, learner, days_ago(29), answers=20, long_term=20, long_term_correct=18, long_term_recalled=17.5)
    study(session, learner, days_ago(30), answers=99, long_term=99, long_term_correct=1)
    found = read_report(session, learner, now=NOW).retention
    assert (found.answers, found.correct, found.recalled) == (20, 18, 17.5)


def test_the_study_day_is_the_learners_own(session: Session, learner: User) -> None:
    remember(session, learner, "nile-date", due_day=TODAY)
    before_four = datetime(2026, 3, 5, 3, 59, tzinfo=UTC)
    assert read_report(session, learner, now=before_four).forecast[1].facts == 1
    learner.timezone = "Asia/Baku"
    assert read_report(session, learner, now=before_four).forecast[0].facts == 1


def test_a_day_whose_answers_were_all_taken_back_is_not_a_day_of_study(session: Session, learner: User) -> None:
    study(session, learner, TODAY, answers=0)
    found = read_report(session, learner, now=NOW)
    assert (found.streak, found.studied_today, found.totals.days) == (0, False, 0)


@pytest.mark.one_database
@pytest.mark.parametrize("by", VIEWS)
def test_a_larger_record_takes_no_more_statements(session: Session, learner: User, by: str) -> None:
    remember(session, learner, "nile-source")
    few = statements(session, lambda: read_report(session, learner, now=NOW, by=by))
    grow(session, learner, facts=2000)
    for number in range(1, 200):
        study(session, learner, days_ago(number), answers=5)
    found: list[ProgressReport] = []
    assert statements(session, lambda: found.append(read_report(session, learner, now=NOW, by=by))) == few == 6
    assert found[0].mastery.met == 2001
    assert found[0].streak == 199


def grow(session: Session, learner: User, *, facts: int) -> None:
    """More facts in the sample set, all of them met."""
    set_id = session.scalars(select(QuestionSet.id)).one()
    rows = [
        Fact(
            set_id=set_id, key=f"more-{number}", position=100 + number, topic="dates", statement="One more.",
            passages=[1], notes=[], actors=[], leads_to={},
        )
        for number in range(facts)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    session.add_all(
        Memory(
            learner_id=learner.id, fact_id=fact.id, version=1, state=2, stability=30.0, difficulty=5.0,
            last_day=days_ago(3), due_day=days_ago(-27), reps=1, lapses=0,
        )
        for fact in rows
    )  # fmt: skip
    session.flush()
