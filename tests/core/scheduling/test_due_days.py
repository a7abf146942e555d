"""The day a fact falls due under a plan: its fuzz, its easy days, its exam; and under another plan."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, State, after_answer, due_day, replanned
from quizapp.core.scheduling.study_days import StudyClock

BAKU = StudyClock("Asia/Baku")
MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KNOWN = Memory(State.REVIEW, None, 10.0, 5.0, MONDAY - 10 * DAY, MONDAY, None, 5, 1)

stabilities = st.floats(0.01, 5000)
retentions = st.sampled_from([0.7, 0.8, 0.9, 0.97])
easy_days = st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days)))
exams = st.none() | st.integers(-40, 400).map(lambda days: MONDAY + days * DAY)
plans = st.builds(Plan, desired_retention=retentions, exam_day=exams, easy_days=easy_days)


def due_in(stability: float, plan: Plan, seed: str | int = "learner:fact", reps: int = 5) -> int:
    return (due_day(stability, MONDAY, plan, seed, reps) - MONDAY).days


def stability_for(days: int) -> float:
    """Return the stability with which a fact is due in so many days."""
    return days / scheduler.interval(1.0, Plan().aim)


def anki_range(days: int) -> tuple[int, int]:
    """Anki's bounds, written out: none below 2.5 days, then 1 day and 15 %, 10 % and 5 % of the bands."""
    if days < 2.5:
        return days, days
    delta = 1 + 0.15 * (min(days, 7) - 2.5) + 0.10 * max(min(days, 20) - 7, 0) + 0.05 * max(days - 20, 0)
    return max(round(days - delta), 2), min(round(days + delta), scheduler.MAX_INTERVAL)


# The exam


@pytest.mark.parametrize(
    ("exam_in", "expected"),
    [
        (None, 79),
        (200, 79),  # long after what is due anyway
        (79, 78),  # nothing on the exam day
        (20, 19),
        (1, 79),  # tomorrow: the last review before it
        (0, 79),  # today
        (-1, 79),  # over
    ],
)
def test_everything_is_due_once_more_before_the_exam(exam_in: int | None, expected: int) -> None:
    plan = Plan(exam_day=None if exam_in is None else MONDAY + exam_in * DAY)
    assert due_in(stability_for(80), plan, seed=3) == expected


@pytest.mark.parametrize(
    ("desired", "low", "high"), [(0.7, 0.7, 0.7), (0.85, 0.85, 0.85), (0.9, 0.905, 0.915), (0.97, 0.98, 0.985)]
)
def test_the_higher_the_desired_retention_the_further_above_it_intervals_aim(
    desired: float, low: float, high: float
) -> None:
    """More and more facts are due after a single day, which is too long."""
    assert low <= Plan(desired).aim <= high
    assert due_in(100.0, Plan(desired)) == pytest.approx(scheduler.interval(100.0, Plan(desired).aim), rel=0.1)


def test_who_forgets_nothing_within_a_day_is_asked_when_the_desired_retention_is_reached() -> None:
    lasting = (5.0, *scheduler.STANDARD[1:])  # days that a fact lasts after a wrong first answer
    assert Plan(0.95, parameters=lasting).aim == 0.95


@given(stabilities, plans, st.integers())
def test_due_no_sooner_than_tomorrow_and_never_on_the_exam_day(stability: float, plan: Plan, seed: int) -> None:
    due = due_day(stability, MONDAY, plan, seed, 1)
    assert due > MONDAY
    if plan.exam_day and plan.exam_day > MONDAY + DAY:
        assert due < plan.exam_day
    assert due != plan.exam_day


@given(stabilities, retentions, easy_days, st.integers())
def test_without_an_exam_the_fuzz_keeps_to_ankis_range(
    stability: float, retention: float, easy: tuple[int, ...], seed: int
) -> None:
    interval = min(max(round(scheduler.interval(stability, Plan(retention).aim)), 1), scheduler.MAX_INTERVAL)
    shortest, longest = anki_range(interval)
    assert shortest <= due_in(stability, Plan(retention, easy_days=easy), seed) <= longest


@pytest.mark.parametrize(("timezone", "due"), [("Asia/Tokyo", 1), ("America/Los_Angeles", 2)])
def test_the_exam_is_a_day_of_the_learners_own_calendar(timezone: str, due: int) -> None:
    """At 10:00 UTC it is Monday evening in Tokyo; in Los Angeles, at 2 at night, Sunday goes on."""
    plan, ten = Plan(exam_day=MONDAY + 2 * DAY), NOON.replace(hour=10)
    clock = StudyClock(timezone)
    after = after_answer(KNOWN, Rating.EASY, now=ten, clock=clock, plan=plan, seed="s")
    assert after.due_day == MONDAY + DAY and (after.due_day - clock.day(ten)).days == due


# Easy days


@pytest.mark.parametrize(
    ("easy", "days", "allowed"),
    [
        ((), 10, {8, 9, 10, 11, 12}),
        ((1, 2, 3), 10, {11, 12}),  # Tuesday to Thursday of next week: 8, 9, 10
        ((1, 2, 3, 4, 5), 10, {8, 9, 10, 11, 12}),  # no day in the range is free: easy days give way
        ((0, 1, 2, 3, 4, 5, 6), 10, {8, 9, 10, 11, 12}),
        ((1,), 1, {1}),  # too short to be moved
        ((2,), 2, {2}),
    ],
)
def test_easy_days_are_kept_free_where_the_fuzz_allows(easy: tuple[int, ...], days: int, allowed: set[int]) -> None:
    assert {due_in(stability_for(days), Plan(easy_days=easy), seed) for seed in range(200)} == allowed


@given(stabilities, stabilities, plans, st.integers())
def test_the_stronger_memory_is_never_due_sooner(one: float, other: float, plan: Plan, seed: int) -> None:
    """So neither fuzz, easy days nor exam let a better rating come back sooner."""
    weaker, stronger = sorted([one, other])
    assert due_in(weaker, plan, seed) <= due_in(stronger, plan, seed)


@given(plans, st.integers(0, 30), st.integers())
def test_the_label_says_what_the_button_does(plan: Plan, days: int, seed: int) -> None:
    now = NOON + days * DAY
    outcomes = scheduler.next_memories(KNOWN, now=now, clock=BAKU, plan=plan, seed=seed)
    for rating in Rating:
        assert after_answer(KNOWN, rating, now=now, clock=BAKU, plan=plan, seed=seed) == outcomes[rating]


# Learning steps


@pytest.mark.parametrize("memory", [NEW_MEMORY, KNOWN])
@given(plan=plans)
def test_no_plan_touches_learning_steps(memory: Memory, plan: Plan) -> None:
    now = NOON + 15 * timedelta(hours=1)  # a step that ends tomorrow, on whatever day that is
    planned = after_answer(memory, Rating.AGAIN, now=now, clock=BAKU, plan=plan, seed="s")
    assert planned == after_answer(memory, Rating.AGAIN, now=now, clock=BAKU, plan=Plan(), seed="s")
    assert replanned(planned, plan, "s") == planned


# Another plan


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(Rating)), max_size=6), plans, st.integers())
def test_a_plan_that_did_not_change_moves_nothing(history: list[tuple[int, Rating]], plan: Plan, seed: int) -> None:
    memory, now = NEW_MEMORY, NOON
    for days, rating in history:
        now += days * DAY
        memory = after_answer(memory, rating, now=now, clock=BAKU, plan=plan, guess=0.25, seed=seed)
    assert replanned(memory, plan, seed) == memory


@given(plans, plans, st.integers())
def test_replanning_is_answering_under_the_other_plan(first: Plan, second: Plan, seed: int) -> None:
    def answered(plan: Plan) -> Memory:
        return after_answer(KNOWN, Rating.GOOD, now=NOON, clock=BAKU, plan=plan, seed=seed)

    assert replanned(answered(first), second, seed) == answered(second)


def test_aiming_higher_brings_everything_sooner() -> None:
    known = replace(KNOWN, stability=60.0)
    due = [replanned(known, Plan(retention), "s").due_day for retention in (0.8, 0.9, 0.95)]
    assert due == sorted(due, reverse=True, key=lambda day: day or date.min) and len(set(due)) == 3


@pytest.mark.parametrize("wrong", [{"easy_days": (7,)}, {"easy_days": (-1,)}, {"ceiling": 0}])
def test_a_plan_refuses_what_cannot_be_meant(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"easy days|ceiling"):
        Plan(**wrong)  # type: ignore[arg-type]
