"""Replaying a real log gives the predictions published for FSRS-6 on it."""

import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path

import pytest

from quizapp.core.scheduling.scheduler import NEW_MEMORY, Plan, Rating, after_answer, retrievability
from quizapp.core.scheduling.study_days import StudyClock
from tests.support.replaying import replay

LOG = Path(__file__).parents[2] / "data" / "review_log.csv.gz"
CLOCK = StudyClock("UTC", 11)  # the learner of the log studied until UTC - 11 h turned midnight


@dataclass(frozen=True)
class LongTermReview:
    """A review at least one study day after the one before it.

    `number` counts the long-term reviews of its card so far, this one and the first exposure included; `lapses`
    those that were forgotten, this one not included. So srs-benchmark counts: it leaves same-day reviews out.
    """

    instant: datetime
    elapsed: int
    number: int
    lapses: int
    predicted: float
    recalled: bool


Scored = list[tuple[float, bool]]


def read_log() -> Iterator[tuple[str, list[tuple[datetime, Rating, float]]]]:
    with gzip.open(LOG, "rt", newline="") as file:
        rows = sorted(csv.DictReader(file), key=itemgetter("card_id", "review_time"))
    for card, reviews in groupby(rows, key=itemgetter("card_id")):
        yield card, [read_review(row) for row in reviews]


def read_review(row: dict[str, str]) -> tuple[datetime, Rating, float]:
    return datetime.fromisoformat(row["review_time"]), Rating(int(row["review_rating"])), 0.0


def long_term_reviews(card: str, reviews: list[tuple[datetime, Rating, float]]) -> Iterator[LongTermReview]:
    number, lapses = 1, 0
    replayed = replay(reviews, clock=CLOCK, plan=Plan(), seed=card)
    for (instant, rating, _), step in zip(reviews, replayed, strict=True):
        if step.retrievability is None:
            continue
        assert step.before.last_day is not None
        elapsed = (step.day - step.before.last_day).days
        number += 1
        yield LongTermReview(instant, elapsed, number, lapses, step.retrievability, rating != Rating.AGAIN)
        lapses += rating == Rating.AGAIN


@cache
def split() -> tuple[list[LongTermReview], list[LongTermReview]]:
    """The first 80 % of all long-term reviews by time, and the rest."""
    reviews = [review for card, log in read_log() for review in long_term_reviews(card, log)]
    reviews.sort(key=attrgetter("instant"))
    cut = int(len(reviews) * 0.8)
    return reviews[:cut], reviews[cut:]


def by_fsrs(test: list[LongTermReview]) -> list[float]:
    return [review.predicted for review in test]


def by_average(test: list[LongTermReview]) -> list[float]:
    """The baseline: every prediction is the share recalled in the training part."""
    train, _ = split()
    return [sum(review.recalled for review in train) / len(train)] * len(test)


def log_loss(scored: Scored) -> float:
    """Mean of -ln of the probability given to what happened."""
    return -sum(math.log(p if recalled else 1 - p) for p, recalled in scored) / len(scored)


def auc(scored: Scored) -> float:
    """The chance that a recalled review was predicted above a forgotten one, ties one half: Mann-Whitney's
    U = (sum of the ranks of the recalled) - n(n+1)/2, over n m."""
    ranks: dict[float, float] = {}
    below = 0
    for value, tied in groupby(sorted(p for p, _ in scored)):
        count = len(list(tied))
        ranks[value] = below + (count + 1) / 2
        below += count
    n = sum(recalled for _, recalled in scored)
    u = sum(ranks[p] for p, recalled in scored if recalled) - n * (n + 1) / 2
    return u / (n * (len(scored) - n))


def rmse_bins(test: list[LongTermReview], predictions: list[float]) -> float:
    """Count-weighted root mean square of (mean outcome - mean prediction) over bins of elapsed days, review
    number and lapses. Source: RMSE(bins) of srs-benchmark."""
    bins: dict[tuple[float, float, float], list[float]] = defaultdict(list)
    for review, p in zip(test, predictions, strict=True):
        bins[bin_of(review)].append(review.recalled - p)
    return math.sqrt(sum(sum(errors) ** 2 / len(errors) for errors in bins.values()) / len(test))


def bin_of(review: LongTermReview) -> tuple[float, float, float]:
    return (
        lower_edge(2.48, 3.62, review.elapsed),
        lower_edge(1.99, 1.89, review.number),
        lower_edge(1.65, 1.73, review.lapses) if review.lapses else 0.0,
    )


def lower_edge(scale: float, base: float, count: int) -> float:
    return float(scale * base ** math.floor(math.log(count, base)))


def test_the_log_is_whole() -> None:
    log = dict(read_log())
    assert (len(log), sum(map(len, log.values()))) == (1_205, 12_580)
    train, test = split()
    assert (len(train), len(test)) == (5_097, 1_275)


@pytest.mark.parametrize(
    ("predict", "expected"), [(by_fsrs, (0.4519, 0.0722, 0.6588)), (by_average, (0.4846, 0.0976, 0.5))]
)
def test_the_published_scores(
    predict: Callable[[list[LongTermReview]], list[float]], expected: tuple[float, float, float]
) -> None:
    _, test = split()
    predictions = predict(test)
    scored = [(p, review.recalled) for p, review in zip(predictions, test, strict=True)]
    scores = (log_loss(scored), rmse_bins(test, predictions), auc(scored))
    assert tuple(round(score, 4) for score in scores) == expected


@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        ([(0.9, True), (0.1, False)], 1.0),
        ([(0.1, True), (0.9, False)], 0.0),
        ([(0.5, True), (0.5, False)], 0.5),
        ([(0.8, True), (0.4, True), (0.6, False)], 0.5),
    ],
)
def test_auc_on_small_tables(scored: Scored, expected: float) -> None:
    assert auc(scored) == expected


def test_replay_gives_each_prediction_and_ends_where_the_learner_stands() -> None:
    noon, day = datetime(2026, 3, 2, 12, tzinfo=UTC), timedelta(days=1)
    log = [
        (noon, Rating.GOOD, 0.25),
        (noon, Rating.GOOD, 0.0),
        (noon + 2 * day, Rating.AGAIN, 0.5),
        (noon + day, Rating.GOOD, 0.0),
    ]
    steps = list(replay(log, clock=CLOCK, plan=Plan(), seed="s"))
    memory = NEW_MEMORY
    for step, (now, rating, guess) in zip(steps, log, strict=True):
        assert (step.before, step.retrievability) == (memory, retrievability(memory, CLOCK.day(now)))
        memory = after_answer(memory, rating, now=now, clock=CLOCK, plan=Plan(), guess=guess, seed="s")
        assert step.after == memory
    predicted = [step.retrievability for step in steps]
    assert [p is None for p in predicted] == [True, True, False, True]
