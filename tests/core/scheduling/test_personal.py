"""What is found out about simulated learners from their own reviews."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace

import fsrs
import pytest
from sampling import sample

from quizapp.core.scheduling import personal, plans
from quizapp.core.scheduling.personal import Findings, PastReview, Prediction, guess_rate
from quizapp.core.scheduling.scheduler import STANDARD, Memory, Plan, Rating, State, chance_after, due_day, interval
from tests.support.requirements import missing

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
# The memory of another learner, fitted to a real log
OTHER = (
    *(0.5544, 2.157, 2.76, 3.4048, 6.3941, 0.8754, 2.9972, 0.0532, 1.9795, 0.1423, 0.896, 1.5785, 0.0541, 0.3978),
    *(1.7385, 0.5763, 1.9082, 0.7745, 0.0029, 0.0537, 0.1),
)


def long_term_reviews(count: int, *, factor: float = 1.0, elimination: float = 0.0, seed: int = 1) -> list[Prediction]:
    """Reviews when recall is predicted to be .9, half of them by choice among four, of a learner whose stabilities
    are `factor` times what is predicted, and who eliminates options."""
    draws, reviews = Random(seed), []
    for number in range(count):
        stability, by_choice = 2.0 ** draws.uniform(1, 5), number % 2 == 0
        elapsed = max(round(stability), 1)
        recall = chance_after(elapsed, factor * stability)
        guess = guess_rate(0.25, elimination) if by_choice else 0.0
        right = draws.random() < guess + (1 - guess) * recall
        before = Memory(State.REVIEW, None, stability, 5.0, TODAY - elapsed * DAY, TODAY, None, 3, 0)
        chance, kind = (0.25, "choice") if by_choice else (0.0, "typed")
        rating = Rating.GOOD if right else Rating.AGAIN
        review = PastReview(NOON, TODAY, rating, guess if by_choice else 0.0, chance, kind)
        reviews.append(Prediction(review, elapsed, before, chance_after(elapsed, stability)))
    return reviews


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.6])
def test_the_interval_factor_brings_recall_to_its_target(factor: float) -> None:
    found = personal.find_interval_factor(long_term_reviews(3000, factor=factor))
    recall = chance_after(found * 10, factor * 10)
    assert recall == pytest.approx(0.9, abs=0.015)
    plan = Plan(interval_factor=found)
    days = found * interval(100.0, plan.aim)
    assert due_day(100.0, TODAY, plan, "s", 1) - TODAY == pytest.approx(days * DAY, abs=9 * DAY)


def test_few_reviews_change_little_or_nothing() -> None:
    assert personal.find_interval_factor(long_term_reviews(personal.ENOUGH - 1, factor=0.6)) == 1.0
    few, many = (personal.find_interval_factor(long_term_reviews(count, factor=0.4)) for count in (300, 5000))
    assert 0.4 <= many < few < 1
    assert personal.find_elimination(long_term_reviews(150, elimination=0.5)) == 0.0


@pytest.mark.parametrize("factor", sample([0.6, 1.0, 1.6], every=2))
@pytest.mark.parametrize(("elimination", "low", "high"), [(0.0, 0.25, 0.33), (1 / 3, 0.42, 0.58), (2 / 3, 0.6, 0.8)])
def test_the_guess_rate_of_a_learner_who_eliminates_options(
    factor: float, elimination: float, low: float, high: float
) -> None:
    """Whether they do is told from how much is forgotten by their answers by recall."""
    found = personal.find_elimination(long_term_reviews(6000, factor=factor, elimination=elimination))
    assert low <= guess_rate(0.25, found) <= high


def test_a_guess_rate_is_neither_below_chance_nor_near_certainty() -> None:
    assert [guess_rate(0.25, e) for e in (0.0, 1 / 3, 1.0)] == pytest.approx([0.25, 0.5, 0.8])
    assert guess_rate(1.0, 0.5) == 1.0  # a choice of one


@pytest.mark.parametrize(
    ("findings", "low", "high"),
    [(Findings(), 1, 1), (Findings(interval_factor=0.6), 0.58, 0.7), (Findings(parameters=OTHER), 1.2, 4)],
)
def test_a_learners_intervals_are_compared_with_the_usual_ones(findings: Findings, low: float, high: float) -> None:
    assert low <= personal.typical_factor(findings) <= high


def test_the_decay_is_that_of_the_parameters() -> None:
    history = [PastReview(NOON + number * 3 * DAY, TODAY + number * 3 * DAY, Rating.GOOD) for number in range(4)]
    *_, (_, before, predicted, after) = personal.replay(history, Plan(parameters=OTHER))
    assert before.stability and predicted == pytest.approx(chance_after(3, before.stability, OTHER[20]))
    assert after.decay == OTHER[20]
    assert after.stability and after.due_day and after.last_day
    days = interval(after.stability, 0.9, after.decay)
    assert (after.due_day - after.last_day).days == pytest.approx(days, rel=0.2)


def histories(count: int, *, kind: str = "typed") -> list[list[PastReview]]:
    """A learner who forgets far more than is predicted: half of what was recalled three days before."""
    draws, logs = Random(1), []
    for number in range(count):
        start = number // 10
        days = [start + 3 * n for n in range(6)]
        ratings = [Rating.GOOD if not n or draws.random() < 0.5 else Rating.AGAIN for n in range(6)]
        logs.append(
            [
                PastReview(NOON + day * DAY + number * timedelta(seconds=1), TODAY + day * DAY, rating, kind=kind)
                for day, rating in zip(days, ratings, strict=True)
            ]
        )
    return logs


def test_parameters_are_found_from_enough_reviews_that_are_no_true_false_questions() -> None:
    if not personal.CAN_FIT:
        missing("fsrs-rs-python is not installed")
    found = personal.find_parameters(histories(100), STANDARD)
    assert found and found != STANDARD
    assert personal.log_loss(personal.predictions(histories(100), found)) < personal.log_loss(
        personal.predictions(histories(100))
    )
    assert personal.find_parameters(histories(49), STANDARD) is None
    assert personal.find_parameters(histories(100, kind="true_false"), STANDARD) is None


def test_two_fits_have_different_decays(monkeypatch: pytest.MonkeyPatch) -> None:
    """By it reviews show which parameters they were computed with; it often ends at its bound."""

    class Fit:
        def __init__(self, weights: list[float]) -> None: ...

        def compute_parameters(self, items: list[int]) -> list[float]:
            return list(fsrs.scheduler.LOWER_BOUNDS_PARAMETERS)

    monkeypatch.setattr(personal, "fsrs_rs_python", SimpleNamespace(FSRS=Fit), raising=False)
    monkeypatch.setattr(personal, "_items", lambda number: [(number, number)] * number)
    assert personal._optimize([20_000])[20] != personal._optimize([20_050])[20]  # type: ignore[list-item]


def test_without_the_extra_the_standard_parameters_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal, "CAN_FIT", False)
    found = personal.find_out(histories(100), STANDARD)
    assert found.parameters == STANDARD and found.interval_factor < 0.8


def test_lucky_guesses_are_no_reason_for_longer_intervals() -> None:
    """Recall of .9 among four choices shows as .925."""
    reviews = [each for each in long_term_reviews(8000) if each.review.chance]
    naive = [each._replace(review=replace(each.review, guess=0.0)) for each in reviews]
    assert personal.find_interval_factor(reviews) == pytest.approx(1.0, abs=0.1)
    assert personal.find_interval_factor(naive) > 1.2


def test_what_is_due_sooner_is_spread_over_days() -> None:
    def day(number: int) -> date:
        return TODAY + number * DAY

    # Twelve facts overdue at once, one that would have been due tomorrow anyway, and one that is due in a week.
    overdue = [(n, day(-3), day(30), n / 10) for n in range(12)]
    planned = plans.spread_over_days([*overdue, (98, day(-1), day(1), 0.0), (99, day(7), day(9), 0.0)], TODAY, 5)
    assert planned == {
        **{n: day(1) for n in (7, 8, 9, 10, 11, 98)},  # the least sure first
        **{n: day(2) for n in (2, 3, 4, 5, 6)},
        **{n: day(3) for n in (0, 1)},
        99: day(7),
    }


def test_nothing_is_spread_beyond_the_day_it_would_have_been_due() -> None:
    crowd = [(n, TODAY, TODAY + 2 * DAY, 1.0) for n in range(30)]
    planned = plans.spread_over_days(crowd, TODAY, 3)
    assert len(planned) == 30 and max(planned.values()) == TODAY + 2 * DAY
