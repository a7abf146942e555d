"""What a plan is foreseen to cost and to bring."""

import random
from datetime import UTC, date, datetime, time, timedelta
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.progress.mastery import known_now
from quizapp.core.scheduling import workload
from quizapp.core.scheduling.scheduler import (
    NEW_MEMORY,
    Memory,
    Plan,
    Rating,
    State,
    after_answer,
    replanned,
    retrievability,
)
from quizapp.core.scheduling.sessions import RECALL_FROM
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.core.scheduling.workload import Projection, StudyState, project

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
UTC_CLOCK = StudyClock("UTC", 0)


def remembered(count: int, seed: int = 1) -> tuple[Memory, ...]:
    """Memories of every strength, last reviewed between yesterday and long ago."""
    draw, found = random.Random(seed), []
    for number in range(count):
        stability = draw.lognormvariate(2.5, 1)
        last = MONDAY - draw.randint(1, max(int(stability), 1)) * DAY
        memory = Memory(State.REVIEW, None, stability, draw.uniform(3, 8), last, None, None, 5, 0)
        found.append(replanned(memory, Plan(), number))
    return tuple(found)


def study(met: int = 60, unmet: int = 0, **today: int) -> StudyState:
    return StudyState(MONDAY, remembered(met), unmet, **today)


def ahead(study: StudyState, plan: Plan = Plan(), days: int = 30, seed: str = "s") -> Projection:  # noqa: B008 - frozen
    return project(study, plan, days=days, seed=seed)


def test_the_same_plan_gives_the_same_numbers() -> None:
    state = random.getstate()
    assert ahead(study(50, 50)) == ahead(study(50, 50)) != ahead(study(50, 50), seed="another learner")
    assert random.getstate() == state


def test_aiming_higher_brings_more_reviews() -> None:
    for facts in (study(200), study(1000, 500)):
        work = [ahead(facts, Plan(retention)).answers_a_day for retention in (0.8, 0.85, 0.9, 0.95)]
        assert work == sorted(work) and work[0] * 1.3 < work[-1]


def test_more_new_facts_bring_more_reviews() -> None:
    for facts in (study(50, 600), study(1000, 5000)):
        work = [ahead(facts, Plan(new_per_day=new)).answers_a_day for new in (0, 5, 10, 20)]
        assert work == sorted(work) and len(set(work)) == 4


def test_study_makes_ready_and_a_rest_does_not() -> None:
    facts = study(100, 200)
    exam = MONDAY + 40 * DAY
    known = [ahead(facts, Plan(new_per_day=new, exam_day=exam), days=40).known for new in (0, 2, 5)]
    assert facts.known_on(exam) < known[0] < known[1] < known[2]


def test_nothing_met_and_nothing_new_is_nothing_to_do() -> None:
    assert ahead(study(0, 100), Plan(new_per_day=0), days=3) == Projection((0, 0, 0), (0, 0, 0), 0)


@given(
    st.integers(0, 60), st.integers(0, 60), st.integers(0, 20), st.sampled_from([0.7, 0.9, 0.97]),
    st.none() | st.integers(1, 30), st.sampled_from([(), (5, 6)]), st.integers(1, 25),
)  # fmt: skip
def test_no_plan_brings_less_than_nothing_or_more_than_there_is(
    met: int, unmet: int, new: int, retention: float, ceiling: int | None, easy: tuple[int, ...], days: int
) -> None:
    plan = Plan(retention, new, MONDAY + days * DAY, easy, ceiling)
    future = ahead(study(met, unmet), plan, days)
    assert len(future.answers) == days and min(future.answers) >= 0
    assert 0 <= future.known <= met + unmet


# The days


def test_new_facts_come_as_many_a_day_as_the_plan_says_and_none_on_easy_days() -> None:
    nothing_due = Plan(new_per_day=4, easy_days=(5, 6))
    first_week = ahead(study(0, 100), nothing_due, days=7)
    assert first_week.answers[0] >= 8  # four facts, each asked twice or more
    sizes = [ahead(study(0, 100), nothing_due, days=days).known for days in (5, 6, 7)]
    assert max(sizes[1:]) <= sizes[0] + 2  # four new facts would add more


def test_what_was_done_today_counts_against_today() -> None:
    begun = ahead(study(0, 100, met_today=10), Plan(new_per_day=10), days=1)
    assert begun.answers == (0,)
    ceiling = Plan(ceiling=5, new_per_day=0)
    assert ahead(study(200, reviewed_today=5), ceiling, days=1).answers == (0,)


def test_a_ceiling_holds_every_day_and_stops_new_facts_while_it_cuts() -> None:
    many = study(120, 60)  # few enough for each to stand for itself alone
    free, held = (ahead(many, Plan(ceiling=ceiling)) for ceiling in (None, 3))
    # A forgotten fact takes two or three answers, so that a day may have more answers than reviews.
    assert max(held.answers) <= 9 < max(free.answers)
    assert held.known < free.known


# Against a replay that knows nothing of the module


def brute_force(study: StudyState, plan: Plan, days: int, seed: int) -> tuple[float, float]:
    """Answers a day and facts known in the end, one fact after another."""
    draw, answers, known = random.Random(seed), 0, 0.0
    starts = [(memory, MONDAY) for memory in study.memories]
    starts += [(NEW_MEMORY, MONDAY + (n // plan.new_per_day) * DAY) for n in range(study.unmet)]
    end = MONDAY + days * DAY
    for number, (memory, day) in enumerate(starts):
        while (day := max(memory.due_day or day, day)) < end:
            recall = retrievability(memory, day)
            guess = 0.33 if recall is None else 0.15 if (memory.stability or 0) < RECALL_FROM else 0.0
            knows = 0.2 if recall is None else recall
            chance = knows + (1 - knows) * guess
            while True:
                rating, now = (
                    Rating.GOOD if draw.random() < chance else Rating.AGAIN,
                    datetime.combine(day, time(9), UTC),
                )
                memory = after_answer(
                    memory, rating, now=now, clock=UTC_CLOCK, plan=plan, guess=guess, seed=f"{seed}:{number}"
                )
                answers, chance, guess = answers + 1, 0.96, 0.25
                if memory.state is State.REVIEW:
                    break
        known += known_now(memory, end) if memory.reps else 0
    return answers / days, known


@pytest.mark.parametrize("plan", [Plan(), Plan(0.8, 2), Plan(0.95, exam_day=MONDAY + 12 * DAY)])
def test_it_agrees_with_a_brute_force_replay(plan: Plan) -> None:
    facts = study(30, 20)
    ours = [ahead(facts, plan, days=20, seed=str(seed)) for seed in range(15)]
    theirs = [brute_force(facts, plan, 20, seed) for seed in range(15)]
    assert mean(future.answers_a_day for future in ours) == pytest.approx(mean(a for a, _ in theirs), rel=0.05)
    assert mean(future.known for future in ours) == pytest.approx(mean(k for _, k in theirs), rel=0.02)


@pytest.mark.parametrize("plan", [Plan(), Plan(ceiling=60), Plan(0.8, 30)])
def test_a_sample_stands_for_the_whole_set(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = study(800, 400)
    sampled = [ahead(facts, plan, days=20, seed=str(seed)) for seed in range(6)]
    monkeypatch.setattr(workload, "SAMPLE", 10_000)
    whole = ahead(facts, plan, days=20)
    assert mean(future.answers_a_day for future in sampled) == pytest.approx(whole.answers_a_day, rel=0.08)
    assert mean(future.known for future in sampled) == pytest.approx(whole.known, rel=0.05)
