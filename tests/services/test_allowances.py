"""What plans let a study day bring: pauses, easy days, ceilings, new facts set by set; on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from study import (
    MONDAY,
    NOON,
    add_set,
    answer,
    ask,
    facts,
    make_learner,
    memory_of,
    remember,
    statements,
    study_until_done,
)

from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Rating, State
from quizapp.models import Fact, Memory, Plan, User
from quizapp.services import memories
from quizapp.services.review import answers, queue
from quizapp.services.review.today import Today, read_today, start_plan

DAY = timedelta(days=1)


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def replan(session: Session, **values: Any) -> None:
    session.execute(update(Plan).values(**values))
    session.commit()


def today(session: Session, learner: User, now: datetime = NOON) -> Today:
    found = read_today(session, learner, now=now)
    assert found is not None
    return found


# Pausing


@pytest.mark.one_database
def test_a_paused_set_is_neither_asked_nor_counted(session: Session, learner: User) -> None:
    for fact_id in facts(session)[:2]:
        remember(session, learner, fact_id, stability=9.0)
    replan(session, paused=True)
    assert queue.next_prompt(session, learner, now=NOON) is None
    found = today(session, learner)
    assert (found.due, found.new, found.over_limit, found.minutes, found.next_in) == (0, 0, 0, 0, None)
    assert found.all_paused and [each.paused for each in found.sets] == [True]


@pytest.mark.one_database
def test_pausing_one_set_leaves_the_other(session: Session, learner: User) -> None:
    others = add_set(session, learner, "lakes", 2)
    session.execute(update(Plan).where(Plan.set_id == session.get_one(Fact, others[0]).set_id).values(paused=True))
    session.commit()
    asked = {prompt.fact_id for prompt in study_until_done(session, learner, NOON)}
    assert asked == set(facts(session))


@pytest.mark.one_database
def test_the_next_due_day_is_not_a_paused_sets(session: Session, learner: User) -> None:
    study_until_done(session, learner, NOON)
    assert today(session, learner).next_in is not None
    replan(session, paused=True)
    assert today(session, learner).next_in is None


def test_a_question_on_the_screen_is_answered_though_its_set_was_paused(session: Session, learner: User) -> None:
    prompt = ask(session, learner)
    replan(session, paused=True)
    answer(session, learner, prompt)
    assert memory_of(session, learner, prompt.fact_id).reps == 1


def test_taking_a_set_up_again_finds_everything(session: Session, learner: User) -> None:
    fact_id = facts(session)[0]
    remember(session, learner, fact_id, stability=9.0)
    replan(session, paused=True, new_per_day=3)
    start_plan(session, learner, session.get_one(Fact, fact_id).set_id, now=NOON)
    session.commit()
    assert today(session, learner).due == 1
    assert session.scalars(select(Plan.new_per_day)).one() == 3


# Easy days and new facts


def test_an_easy_day_brings_nothing_new_and_all_that_is_due(session: Session, learner: User) -> None:
    remember(session, learner, facts(session)[0], stability=9.0)
    replan(session, easy_days="06")
    found = today(session, learner)
    assert (found.due, found.new) == (1, 0)
    assert today(session, learner, NOON + DAY).new == 2


@pytest.mark.parametrize(("timezone", "new"), [("Asia/Tokyo", 0), ("America/Los_Angeles", 3)])
def test_the_easy_day_is_that_of_the_learners_calendar(session: Session, timezone: str, new: int) -> None:
    learner = make_learner(session, timezone)
    replan(session, easy_days="0")
    ten = NOON.replace(hour=10)  # Monday in Tokyo; at 2 at night in Los Angeles, still Sunday
    assert today(session, learner, ten).new == new


def test_each_set_brings_its_own_new_facts(session: Session, learner: User) -> None:
    others = add_set(session, learner, "lakes", 5)
    session.execute(update(Plan).where(Plan.set_id != session.get_one(Fact, others[0]).set_id).values(new_per_day=0))
    session.execute(update(Plan).where(Plan.set_id == session.get_one(Fact, others[0]).set_id).values(new_per_day=2))
    session.commit()
    assert [(each.key, each.new) for each in today(session, learner).sets] == [("sample", 0), ("lakes", 2)]
    assert {prompt.fact_id for prompt in study_until_done(session, learner, NOON)} == set(others[:2])
    assert today(session, learner).new == 0 and today(session, learner, NOON + DAY).new == 2


def test_sets_share_a_total_of_new_facts(session: Session, learner: User) -> None:
    """The set begun earlier comes first, one with an exam before it; what a set has not to bring goes to the next."""
    lakes = add_set(session, learner, "lakes", 9)
    seas = add_set(session, learner, "seas", 9)
    replan(session, new_per_day=5)
    learner.total_new_per_day = 7

    def new(now: datetime = NOON) -> list[tuple[str, int]]:
        return [(each.key, each.new) for each in today(session, learner, now).sets]

    assert new() == [("sample", 3), ("lakes", 4), ("seas", 0)]
    first = ask(session, learner, prefer=lakes[0])
    answered = answers.record_answer(
        session,
        learner,
        answers.SubmittedAnswer(first.fact_id, first.question_version_id, first.version, {"rating": "good"}),
        now=NOON,
    )
    assert new() == [("sample", 3), ("lakes", 3), ("seas", 0)]
    assert queue.next_prompt(session, learner, now=NOON, after=answered) == ask(session, learner)
    its_set = Plan.set_id == session.get_one(Fact, seas[0]).set_id
    planned = {"exam_day": MONDAY + 9 * DAY, "planned_new": 5}
    session.execute(update(Plan).where(its_set).values(planned | {"planned_on": MONDAY}))
    assert new() == [("sample", 1), ("lakes", 0), ("seas", 5)]
    asked = {prompt.fact_id for prompt in study_until_done(session, learner, NOON)}
    assert asked == {lakes[0], *seas[:5], facts(session)[0]}
    assert new() == [("sample", 0), ("lakes", 0), ("seas", 0)]
    session.execute(update(Plan).where(its_set).values(planned | {"planned_on": MONDAY + DAY}))
    assert new(NOON + DAY) == [("sample", 2), ("lakes", 1), ("seas", 4)]
    session.execute(update(Plan).where(its_set).values(paused=True))
    assert new() == [("sample", 0), ("lakes", 0), ("seas", 0)], "what was met in a set that is paused now counts"


@pytest.mark.one_database
def test_undo_gives_back_what_an_answer_took_from_the_day(session: Session, learner: User) -> None:
    replan(session, new_per_day=1)
    prompt = ask(session, learner)
    answer(session, learner, prompt)
    assert today(session, learner).new == 0
    answers.undo_answer(session, learner, now=NOON)
    session.commit()
    assert today(session, learner).new == 1


@pytest.mark.parametrize(("setting", "value"), [("rollover_hour", 13), ("timezone", "Pacific/Honolulu")])
def test_going_back_to_yesterday_allows_nothing_more(session: Session, learner: User, setting: str, value: Any) -> None:
    """A later hour at which the day begins, or a time zone further west: it is Sunday again, and Monday comes again."""
    add_set(session, learner, "lakes", 4)
    remember(session, learner, facts(session)[0], stability=9.0)
    remember(session, learner, facts(session)[1], stability=9.0)
    replan(session, new_per_day=1, ceiling=1)
    found = today(session, learner)
    assert (found.due, found.new, found.over_limit) == (1, 1, 1)
    study_until_done(session, learner, NOON)
    setattr(learner, setting, value)
    session.commit()
    sunday, monday, tuesday = (today(session, learner, NOON + days * DAY) for days in (0, 1, 2))
    assert [each.day.strftime("%a") for each in (sunday, monday, tuesday)] == ["Sun", "Mon", "Tue"]
    assert (sunday.due, sunday.new) == (monday.due, monday.new) == (0, 0)
    assert (tuesday.due, tuesday.new) == (1, 2)


@pytest.mark.one_database
def test_an_earlier_beginning_of_the_day_allows_what_a_new_day_allows_once(session: Session, learner: User) -> None:
    learner.rollover_hour = 13
    replan(session, new_per_day=1)
    study_until_done(session, learner, NOON)
    assert today(session, learner).new == 0
    learner.rollover_hour = 4
    assert today(session, learner).new == 1
    study_until_done(session, learner, NOON)
    for hour in (13, 4, 23, 0):
        learner.rollover_hour = hour
        assert today(session, learner).new == 0


# The ceiling


@pytest.mark.one_database
def test_a_ceiling_puts_off_what_is_beyond_it(session: Session, learner: User) -> None:
    for fact_id in facts(session):
        remember(session, learner, fact_id, stability=9.0)
    replan(session, ceiling=2)
    found = today(session, learner)
    assert (found.due, found.over_limit) == (2, 1)
    asked = study_until_done(session, learner, NOON)
    assert len(asked) == 2
    found = today(session, learner)
    assert (found.due, found.over_limit, found.next_in) == (0, 1, DAY)
    assert today(session, learner, NOON + DAY).due == 1


@pytest.mark.one_database
def test_a_ceiling_lets_the_surest_wait(session: Session, learner: User) -> None:
    by_strength = dict(zip((30.0, 2.0, 8.0), facts(session), strict=True))
    for stability, fact_id in by_strength.items():
        remember(session, learner, fact_id, stability=stability)
    replan(session, ceiling=2)
    asked = [prompt.fact_id for prompt in study_until_done(session, learner, NOON)]
    assert asked == [by_strength[2.0], by_strength[8.0]]


@pytest.mark.one_database
def test_reviews_are_counted_set_by_set(session: Session, learner: User) -> None:
    for fact_id in [*facts(session), *add_set(session, learner, "lakes", 3)]:
        remember(session, learner, fact_id, stability=9.0)
    replan(session, ceiling=2)
    first = ask(session, learner, prefer=facts(session)[0])
    answer(session, learner, first)
    assert [(each.due, each.over_limit) for each in today(session, learner).sets] == [(1, 1), (2, 1)]


@pytest.mark.one_database
def test_a_forgotten_fact_is_relearned_though_the_ceiling_is_reached(session: Session, learner: User) -> None:
    for fact_id in facts(session):
        remember(session, learner, fact_id, stability=9.0)
    replan(session, ceiling=1)
    prompt = ask(session, learner)
    answer(session, learner, prompt, {"give-up": "1"})
    asked = study_until_done(session, learner, NOON)
    assert {each.fact_id for each in asked} == {prompt.fact_id}
    assert memory_of(session, learner, prompt.fact_id).state == State.REVIEW


def test_nothing_new_comes_while_a_ceiling_puts_reviews_off(session: Session, learner: User) -> None:
    first, second, _ = facts(session)
    for fact_id in (first, second):
        remember(session, learner, fact_id, stability=9.0)
    replan(session, ceiling=1)
    assert (today(session, learner).over_limit, today(session, learner).new) == (1, 0)
    replan(session, ceiling=2)
    assert (today(session, learner).over_limit, today(session, learner).new) == (0, 1)


def test_what_is_over_the_limit_may_be_asked_for_by_name(session: Session, learner: User) -> None:
    for fact_id in facts(session):
        remember(session, learner, fact_id, stability=9.0)
    replan(session, ceiling=1)
    usual = ask(session, learner).fact_id
    other = next(fact_id for fact_id in facts(session) if fact_id != usual)
    assert ask(session, learner, prefer=other).fact_id == other


def test_what_is_over_the_limit_is_no_part_of_the_session(session: Session, learner: User) -> None:
    for fact_id in facts(session):
        remember(session, learner, fact_id, stability=9.0)
    replan(session, ceiling=1)
    assert ask(session, learner).progress.to_come == 1


# What an answer says of the rest of the day


@pytest.mark.one_database
@pytest.mark.parametrize("known", [True, False])
def test_an_answer_leaves_the_same_day_as_a_new_look(session: Session, learner: User, known: bool) -> None:
    if known:
        for fact_id in facts(session):
            remember(session, learner, fact_id, stability=9.0)
    add_set(session, learner, "lakes", 3)
    replan(session, ceiling=2, new_per_day=2)
    prompt = ask(session, learner)
    answered = answers.record_answer(
        session,
        learner,
        answers.SubmittedAnswer(prompt.fact_id, prompt.question_version_id, prompt.version, {"give-up": "1"}),
        now=NOON,
    )
    told = queue.next_prompt(session, learner, now=NOON, after=answered)
    looked_up = queue.next_prompt(session, learner, now=NOON)
    assert told == looked_up is not None


@pytest.mark.one_database
def test_plans_cost_no_further_statement(session: Session, learner: User) -> None:
    for number in range(3):
        add_set(session, learner, f"set-{number}", 4)
    replan(session, ceiling=2)
    answer(session, learner, ask(session, learner))
    prompt = ask(session, learner)
    assert statements(session, lambda: queue.next_prompt(session, learner, now=NOON)) == 2
    assert statements(session, lambda: read_today(session, learner, now=NOON)) == 3
    assert statements(session, lambda: answer(session, learner, prompt)) == 4


def test_undo_under_another_plan_lets_it_fall_due_before_the_exam(session: Session, learner: User) -> None:
    fact_id = facts(session)[0]
    session.add(
        Memory(
            learner_id=learner.id, fact_id=fact_id, version=1, state=State.REVIEW, stability=130.0, difficulty=5.0,
            last_day=MONDAY - 100 * DAY, due_day=MONDAY, reps=4, lapses=0,
        )
    )  # fmt: skip
    session.commit()
    answer(session, learner, ask(session, learner, prefer=fact_id))
    exam = MONDAY - 20 * DAY  # before the day it would have fallen due
    replan(session, exam_day=exam)
    answers.undo_answer(session, learner, now=NOON)
    session.commit()
    assert memory_of(session, learner, fact_id).due_day == exam - DAY


def test_a_quiz_counts_against_the_day(session: Session, learner: User) -> None:
    """What it asked was met or reviewed, wherever that happened."""
    prompt = ask(session, learner)
    given = memories.GradedAnswer(
        prompt.question_version_id, {"kind": "choice", "picked": 0}, "right", 1.0, Rating.GOOD, 0.25, source="quiz"
    )
    plan = scheduler.Plan()
    memories.record_review(session, learner, prompt.fact_id, given, before=NEW_MEMORY, version=None, plan=plan, at=NOON)
    session.commit()
    replan(session, new_per_day=2)
    assert today(session, learner).new == 1
