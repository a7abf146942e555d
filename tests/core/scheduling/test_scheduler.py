"""From an answer to the day the fact is asked again."""

import json
import math
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.core.scheduling import scheduler
from quizapp.core.scheduling.scheduler import NEW_MEMORY, Memory, Plan, Rating, State, after_answer, retrievability
from quizapp.core.scheduling.study_days import StudyClock
from quizapp.core.scheduling.waits import wait

BAKU = StudyClock("Asia/Baku")
NEW_YORK = StudyClock("America/New_York")
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
AGAIN, HARD, GOOD, EASY = Rating
# Known for ten study days, of stability 10: R is 0.9 today.
KNOWN = Memory(State.REVIEW, None, 10.0, 5.0, TODAY - 10 * DAY, TODAY, None, 5, 1)


def answer(
    memory: Memory,
    rating: Rating = GOOD,
    *,
    now: datetime = NOW,
    clock: StudyClock = BAKU,
    plan: Plan = Plan(),  # noqa: B008 - frozen
    guess: float = 0.0,
    seed: str | int = "learner:fact",
) -> Memory:
    return after_answer(memory, rating, now=now, clock=clock, plan=plan, guess=guess, seed=seed)


def unfuzzed(memory: Memory, retention: float = 0.9) -> int:
    """The interval in whole days before it is spread; 0 in steps."""
    if memory.stability is None or memory.state != State.REVIEW:
        return 0
    return min(max(round(scheduler.interval(memory.stability, retention)), 1), scheduler.MAX_INTERVAL)


histories = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(Rating)), min_size=1, max_size=8)


def lived(history: list[tuple[int, Rating]]) -> tuple[Memory, datetime]:
    """The memory after a history of (days waited, rating), and the instant of its last answer."""
    memory, now = NEW_MEMORY, NOW
    for days, rating in history:
        now += days * DAY
        memory = answer(memory, rating, now=now)
    return memory, now


# --- steps and days


def test_it_works() -> None:
    first = answer(NEW_MEMORY)
    assert (first.state, first.step, first.due_at) == (State.LEARNING, 1, NOW + timedelta(minutes=10))
    second = answer(first, now=NOW + timedelta(minutes=10))
    assert (second.state, second.step, second.due_at) == (State.REVIEW, None, None)
    assert (second.last_day, second.due_day, second.reps, second.lapses) == (TODAY, TODAY + 2 * DAY, 2, 0)


def test_py_fsrs_neither_sleeps_nor_reads_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("fsrs.card.time", "fsrs.card.datetime", "fsrs.scheduler.datetime", "fsrs.scheduler.random"):
        monkeypatch.setattr(module, None)
    assert answer(answer(NEW_MEMORY), guess=0.25).reps == 2


@pytest.mark.parametrize(
    ("memory", "rating", "state", "minutes"),
    [
        (NEW_MEMORY, AGAIN, State.LEARNING, 1),
        (NEW_MEMORY, HARD, State.LEARNING, 5.5),
        (NEW_MEMORY, GOOD, State.LEARNING, 10),
        (KNOWN, AGAIN, State.RELEARNING, 10),
        (replace(KNOWN, state=State.RELEARNING, step=0), HARD, State.RELEARNING, 15),
    ],
)
def test_a_step_is_due_minutes_after_the_answer(memory: Memory, rating: Rating, state: State, minutes: float) -> None:
    after = answer(memory, rating)
    assert (after.state, after.due_at, after.due_day) == (state, NOW + timedelta(minutes=minutes), TODAY)


@pytest.mark.parametrize("memory", [answer(NEW_MEMORY), answer(KNOWN, AGAIN)])
@pytest.mark.parametrize(("minutes", "elapsed"), [(6, 0), (90, 0), (8 * 60, 1)])
def test_a_step_that_goes_on_past_the_rollover_is_no_day_later(memory: Memory, minutes: int, elapsed: int) -> None:
    rollover = BAKU.start(TODAY + DAY)
    begun = replace(memory, due_at=rollover + timedelta(minutes=5), due_day=TODAY + DAY)
    now = rollover + timedelta(minutes=minutes)
    after, expected = answer(begun, now=now), answer(memory, now=NOW + elapsed * DAY)
    assert (after.stability, after.difficulty) == (expected.stability, expected.difficulty)
    assert after.last_day == TODAY + DAY
    assert after.due_day and after.due_day > TODAY + DAY
    predicted = scheduler.predicted_recall(begun, now=now, clock=BAKU)
    assert predicted == (retrievability(memory, TODAY + DAY) if elapsed else None)


@pytest.mark.parametrize(
    ("memory", "rating", "lapses"), [(KNOWN, AGAIN, 2), (KNOWN, HARD, 1), (answer(KNOWN, AGAIN), AGAIN, 2)]
)
def test_a_lapse_is_forgetting_what_was_in_review(memory: Memory, rating: Rating, lapses: int) -> None:
    assert answer(memory, rating).lapses == lapses


# --- study days


@pytest.mark.parametrize(
    ("first", "second", "elapsed"),
    [
        ("2026-03-02T20:00", "2026-03-03T19:59", 1),  # 23 h 59 min later, over one rollover: the next day
        ("2026-03-02T23:59", "2026-03-03T00:01", 1),  # two minutes, over one rollover: the next day
        ("2026-03-02T00:00", "2026-03-02T23:59", 0),  # 23 h 59 min inside one study day
        ("2026-03-02T00:00", "2026-03-03T23:59", 1),  # 47 h 59 min over one rollover
    ],
)
def test_time_passes_in_study_days(first: str, second: str, elapsed: int) -> None:
    start, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, second))
    memory = answer(answer(NEW_MEMORY, EASY, now=start), now=end)
    expected = answer(answer(NEW_MEMORY, EASY, now=NOW), now=NOW + elapsed * DAY)
    assert (memory.stability, memory.difficulty) == (expected.stability, expected.difficulty)


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 10, 31)])
def test_daylight_saving_neither_lengthens_nor_shortens_a_day(day: date) -> None:
    start, end = NEW_YORK.start(day), NEW_YORK.start(day + DAY)
    assert end - start != DAY
    learnt = answer(NEW_MEMORY, EASY, now=start, clock=NEW_YORK)
    last_moment = answer(learnt, now=end - timedelta(seconds=1), clock=NEW_YORK)
    next_day = answer(learnt, now=end, clock=NEW_YORK)
    usual = answer(NEW_MEMORY, EASY)
    assert last_moment.stability == answer(usual).stability
    assert next_day.stability == answer(usual, now=NOW + DAY).stability
    assert retrievability(learnt, day + DAY) == retrievability(usual, TODAY + DAY)


@pytest.mark.parametrize(
    ("learnt_at", "learnt_in", "asked_at", "asked_in", "elapsed", "day"),
    [
        ("12:00", "Asia/Baku", "19:30", "Asia/Tokyo", 1, TODAY + DAY),  # east, into the next morning
        ("12:00", "Asia/Baku", "19:30", "Pacific/Honolulu", 0, TODAY),  # west, still the same day
        ("20:30", "Asia/Tokyo", "21:00", "Pacific/Honolulu", 0, TODAY + DAY),  # west, from the 3rd back to the 2nd
    ],
)
def test_a_learner_who_moves_goes_by_the_new_calendar(
    learnt_at: str, learnt_in: str, asked_at: str, asked_in: str, elapsed: int, day: date
) -> None:
    first, second = (datetime.fromisoformat(f"2026-03-02T{time}Z") for time in (learnt_at, asked_at))
    learnt = answer(NEW_MEMORY, EASY, now=first, clock=StudyClock(learnt_in))
    moved = answer(learnt, now=second, clock=StudyClock(asked_in))
    assert moved.stability == answer(answer(NEW_MEMORY, EASY), now=NOW + elapsed * DAY).stability
    assert moved.last_day == day


def test_the_due_day_of_a_review_is_the_same_in_every_zone() -> None:
    due = answer(KNOWN).due_day
    assert due is not None
    assert StudyClock("Asia/Tokyo").start(due) < BAKU.start(due) < NEW_YORK.start(due)


@pytest.mark.parametrize("rating", Rating)
def test_a_clock_that_ran_backwards_counts_as_the_same_day(rating: Rating) -> None:
    ahead = replace(KNOWN, last_day=TODAY + 400 * DAY)
    after, same_day = answer(ahead, rating), answer(replace(KNOWN, last_day=TODAY), rating)
    assert (after.stability, after.difficulty, after.state) == (same_day.stability, same_day.difficulty, same_day.state)
    assert after.last_day == ahead.last_day
    assert retrievability(ahead, TODAY) is None


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo")])
def test_any_aware_instant_is_accepted(zone: ZoneInfo) -> None:
    after = answer(NEW_MEMORY, now=NOW.astimezone(zone))
    assert after == answer(NEW_MEMORY)
    assert after.due_at is not None
    assert after.due_at.tzinfo is UTC


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        answer(NEW_MEMORY, now=datetime(2026, 3, 2, 12))
    with pytest.raises(ValueError, match="no time zone"):
        replace(NEW_MEMORY, due_at=datetime(2026, 3, 2, 12))


# --- the numbers of FSRS-6


@given(histories, st.sampled_from([0.7, 0.8, 0.9, 0.97]))
def test_it_moves_as_py_fsrs_does_on_whole_days(history: list[tuple[int, Rating]], retention: float) -> None:
    theirs = fsrs.Scheduler(enable_fuzzing=False, desired_retention=retention)
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    card, memory = fsrs.Card(card_id=1, due=midnight), NEW_MEMORY
    for days, rating in history:
        midnight += days * DAY
        predicted = theirs.get_card_retrievability(card, midnight)
        assert retrievability(memory, midnight.date()) == (predicted if days and memory.reps else None)
        card, _ = theirs.review_card(card, fsrs.Rating(rating), midnight)
        memory = answer(memory, rating, now=midnight + timedelta(hours=9), plan=Plan(retention))
        assert (memory.stability, memory.difficulty) == (card.stability, card.difficulty)
        assert (int(memory.state), memory.step) == (int(card.state), card.step)
        assert unfuzzed(memory, retention) == (card.due - midnight).days


@pytest.mark.parametrize(
    ("stability", "retention", "days"),
    [(10, 0.9, 10.0), (10, 0.7, 92.9), (10, 0.8, 33.2), (10, 0.95, 4.0), (10, 0.97, 2.2), (0.5, 0.9, 0.5)],
)
def test_golden_intervals(stability: float, retention: float, days: float) -> None:
    assert scheduler.interval(stability, retention) == pytest.approx(days, abs=0.05)


@given(st.integers(1, 3000), st.floats(0.7, 0.97))
def test_an_interval_ends_at_the_desired_retention(days: int, retention: float) -> None:
    stability = days / scheduler.interval(1.0, retention)
    memory = replace(KNOWN, stability=stability, last_day=TODAY)
    assert scheduler.interval(stability, retention) == pytest.approx(days)
    assert retrievability(memory, TODAY + days * DAY) == pytest.approx(retention)


def test_golden_history() -> None:
    """The intervals of py-fsrs's own test of FSRS-6, each review on the day it falls due."""
    memory, now, days = NEW_MEMORY, NOW, []
    for rating in [GOOD] * 6 + [AGAIN] * 2 + [GOOD] * 5:
        memory = answer(memory, rating, now=now)
        days.append(unfuzzed(memory))
        now += days[-1] * DAY
    assert days == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


@pytest.mark.parametrize(
    ("memory", "expected"),
    [(NEW_MEMORY, None), (answer(NEW_MEMORY), None), (answer(KNOWN), None), (KNOWN, 0.9)],
)
def test_retrievability_within_a_day_is_not_to_be_trusted(memory: Memory, expected: float | None) -> None:
    assert retrievability(memory, TODAY) == pytest.approx(expected)


@pytest.mark.parametrize("retention", [0.69, 0.98, 0.0, 1.0, -1.0, math.nan, math.inf])
def test_a_plan_refuses_what_cannot_be_meant(retention: float) -> None:
    with pytest.raises(ValueError, match="desired retention"):
        Plan(retention)
    with pytest.raises(ValueError, match="new per day"):
        Plan(new_per_day=-1)


# --- lucky guesses and fuzz


def expected_blend(memory: Memory, known: float, guess: float) -> tuple[float, float]:
    good, again = answer(memory, GOOD), answer(memory, AGAIN)
    assert good.stability and again.stability and good.difficulty and again.difficulty
    weight = known / (known + (1 - known) * guess)
    stability = good.stability**weight * again.stability ** (1 - weight)
    return stability, weight * good.difficulty + (1 - weight) * again.difficulty


@pytest.mark.parametrize("guess", [0.25, 0.5, 1 / 15, 1.0])
@pytest.mark.parametrize(
    ("memory", "known"),
    [
        (KNOWN, 0.9),
        (NEW_MEMORY, 0.5),  # a first exposure
        (answer(NEW_MEMORY), 0.5),  # the same day
    ],
)
def test_a_right_answer_that_may_be_a_guess_lies_between_good_and_again(
    memory: Memory, known: float, guess: float
) -> None:
    after, good = answer(memory, guess=guess), answer(memory)
    assert (after.stability, after.difficulty) == pytest.approx(expected_blend(memory, known, guess))
    assert (after.state, after.step, after.due_at) == (good.state, good.step, good.due_at)


@given(histories, st.sampled_from([HARD, GOOD, EASY]), st.floats(0, 1), st.integers())
def test_a_right_answer_later_in_the_day_never_hurts(
    history: list[tuple[int, Rating]], rating: Rating, guess: float, seed: int
) -> None:
    """A quiz that asks again what was reviewed today: it is no reason to think that less is known."""
    memory, now = lived([*history, (30, EASY)])
    for number in range(3):
        after = answer(memory, rating, now=now + number * timedelta(hours=1), guess=guess, seed=seed)
        assert after.stability and memory.stability and after.difficulty and memory.difficulty
        assert after.stability >= memory.stability
        assert after.due_day and memory.due_day and after.due_day >= memory.due_day
        assert rating == HARD or after.difficulty <= memory.difficulty + 0.01  # towards the usual one
        memory = after


@pytest.mark.parametrize("rating", [AGAIN, HARD, EASY])
def test_only_good_can_be_a_guess(rating: Rating) -> None:
    assert answer(KNOWN, rating, guess=0.5) == answer(KNOWN, rating)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_easier_to_guess_the_less_is_learnt(one: float, other: float) -> None:
    easy, hard = (answer(KNOWN, guess=guess).stability or 0 for guess in (max(one, other), min(one, other)))
    assert easy <= hard * (1 + 1e-12)


@pytest.mark.parametrize("guess", [-0.1, 1.1, math.nan])
def test_a_guess_is_a_probability(guess: float) -> None:
    with pytest.raises(ValueError, match="lucky guess"):
        answer(KNOWN, guess=guess)


def due_in(memory: Memory, rating: Rating = GOOD, *, seed: str | int) -> int:
    after = answer(memory, rating, seed=seed)
    assert after.due_day
    return (after.due_day - TODAY).days


@pytest.mark.parametrize(
    ("days", "shortest", "longest"),
    [(1, 1, 1), (2, 2, 2), (3, 2, 4), (7, 5, 9), (10, 8, 12), (20, 17, 23), (100, 93, 107)],
)
def test_intervals_are_spread_over_all_of_ankis_range(days: int, shortest: int, longest: int) -> None:
    assert set(spread(days)) == set(range(shortest, longest + 1))


def test_the_spread_never_passes_the_longest_interval() -> None:
    intervals = spread(scheduler.MAX_INTERVAL)
    assert 34_673 <= min(intervals) < scheduler.MAX_INTERVAL - 1_000
    assert scheduler.MAX_INTERVAL - 100 < max(intervals) <= scheduler.MAX_INTERVAL
    assert due_in(replace(KNOWN, stability=1e9), seed=1) <= scheduler.MAX_INTERVAL


def spread(days: int) -> list[int]:
    """Where 500 facts fall due all to come back in `days`: a same-day Hard leaves stability as it is."""
    memory = replace(KNOWN, stability=days / scheduler.interval(1.0, Plan().aim), last_day=TODAY)
    assert unfuzzed(answer(memory, HARD), Plan().aim) == days
    return [due_in(memory, HARD, seed=seed) for seed in range(500)]


def test_the_spread_depends_on_learner_fact_and_repetition_and_nothing_else() -> None:
    def due(seed: str) -> list[int]:
        return [due_in(replace(KNOWN, reps=reps), seed=seed) for reps in range(9)]

    random.seed(1)
    untouched = random.getstate()
    ann_1, ann_2, bo_1 = due("ann:1"), due("ann:2"), due("bo:1")
    assert random.getstate() == untouched
    random.seed(2)
    assert due("ann:1") == ann_1
    assert ann_1 != ann_2 != bo_1 != ann_1


def test_the_spread_is_the_same_in_every_release() -> None:
    assert [due_in(KNOWN, seed=seed) for seed in ("ann:1", "ann:2", 7)] == [24, 25, 27]


@given(histories, st.integers())
def test_a_better_rating_is_never_due_sooner(history: list[tuple[int, Rating]], seed: int) -> None:
    memory, now = lived(history)
    outcomes = scheduler.next_memories(memory, now=now + 9 * DAY, clock=BAKU, plan=Plan(), seed=seed)
    due = [each.due_day for each in outcomes.values() if each.due_day and each.state == State.REVIEW]
    assert due == sorted(due)


# --- labels and undo


@given(histories, st.integers(0, 60), st.sampled_from([0.0, 0.25]))
def test_the_label_says_what_the_button_does(history: list[tuple[int, Rating]], days: int, guess: float) -> None:
    memory, last = lived(history)
    now = last + days * DAY
    outcomes = scheduler.next_memories(memory, now=now, clock=BAKU, plan=Plan(), guess=guess, seed="s")
    assert list(outcomes) == list(Rating)
    for rating, outcome in outcomes.items():
        assert answer(memory, rating, now=now, guess=guess, seed="s") == outcome
        promised, today = wait(outcome, now=now, clock=BAKU), BAKU.day(now)
        assert promised > timedelta(0)
        assert (outcome.due_at, outcome.due_day) in ((now + promised, today), (None, today + promised))


@given(histories)
def test_undo_restores_the_very_memory(history: list[tuple[int, Rating]]) -> None:
    memory, _ = lived(history)
    for each in (memory, NEW_MEMORY):
        assert scheduler.from_json(json.loads(json.dumps(scheduler.to_json(each)))) == each


@pytest.mark.parametrize("wrong", [{"state": 9}, {"due_day": "soon"}, {"due_at": "2026-03-02T12:00"}])
def test_a_damaged_undo_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"9|soon|no time zone"):
        scheduler.from_json({**scheduler.to_json(KNOWN), **wrong})
