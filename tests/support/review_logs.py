"""How well real logs of reviews are predicted, with the standard parameters and with the learner's own.

python -m tests.support.review_logs LOG.csv.gz
"""

import csv
import gzip
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from quizapp.core.scheduling import personal
from quizapp.core.scheduling.personal import History, PastReview
from quizapp.core.scheduling.scheduler import STANDARD, Parameters, Plan, Rating
from quizapp.core.scheduling.study_days import StudyClock

CLOCK = StudyClock("UTC", 11)  # the learner of the public log studied until UTC - 11 h turned midnight
BEGIN = datetime(2024, 1, 1, 12, tzinfo=UTC)  # study day 0 of a log that has days instead of instants
TRAINING = 0.8  # the share of the long-term reviews, by time, of which the rest is predicted

Scored = list[tuple[float, bool]]


@dataclass(frozen=True)
class LongTermReview:
    """A review at least one study day after the one before it.

    `number` counts the long-term reviews of its card so far, this one and the first exposure included; `lapses`
    those that were forgotten, this one not included. So srs-benchmark counts: it leaves same-day reviews out.
    """

    at: datetime
    elapsed: int
    number: int
    lapses: int
    predicted: float
    recalled: bool


class Scores(NamedTuple):
    log_loss: float
    rmse_bins: float
    auc: float


def read_log(path: Path) -> dict[str, list[PastReview]]:
    """Read the reviews of each card, in order: either with an instant each, or with a study day each."""
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    cards: dict[str, list[PastReview]] = defaultdict(list)
    for number, row in enumerate(rows):
        if "review_time" in row:
            at = datetime.fromisoformat(row["review_time"])
            card, rating, day = row["card_id"], row["review_rating"], CLOCK.day(at)
        else:
            at = BEGIN + timedelta(days=int(row["day"]), milliseconds=number)
            card, rating, day = row["card"], row["rating"], at.date()
        cards[card].append(PastReview(at, day, Rating(int(rating))))
    return {card: sorted(reviews, key=lambda review: review.at) for card, reviews in sorted(cards.items())}


def predict(log: Sequence[History], parameters: Parameters = STANDARD) -> list[LongTermReview]:
    """Return every long-term review as predicted, in order of time."""
    reviews = [review for history in log for review in _predict_card(history, parameters)]
    return sorted(reviews, key=lambda review: review.at)


def _predict_card(history: History, parameters: Parameters) -> Iterator[LongTermReview]:
    number, lapses = 1, 0
    for review, before, predicted, _ in personal.replay(history, Plan(parameters=parameters)):
        if predicted is not None and before.last_day is not None:
            number += 1
            recalled = review.rating != Rating.AGAIN
            elapsed = (review.day - before.last_day).days
            yield LongTermReview(review.at, elapsed, number, lapses, predicted, recalled)
            lapses += not recalled


def find_own_parameters(log: Sequence[History], reviews: Sequence[LongTermReview]) -> Parameters | None:
    """Return the parameters that are found from the training part of a log; None if the standard ones stay.

    `reviews` are its long-term reviews, as predicted with whatever parameters.
    """
    last = reviews[int(len(reviews) * TRAINING) - 1].at
    training = [[review for review in history if review.at <= last] for history in log]
    return personal.find_parameters(training, STANDARD)


def score(reviews: Sequence[LongTermReview]) -> Scores:
    """Score the predictions of the part after the training part."""
    test = reviews[int(len(reviews) * TRAINING) :]
    return score_predictions(test, [review.predicted for review in test])


def score_predictions(test: Sequence[LongTermReview], predictions: Sequence[float]) -> Scores:
    scored = [(p, review.recalled) for p, review in zip(predictions, test, strict=True)]
    return Scores(log_loss(scored), rmse_bins(test, predictions), auc(scored))


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


def rmse_bins(test: Sequence[LongTermReview], predictions: Sequence[float]) -> float:
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


def print_scores(path: Path) -> None:
    """Print the scores of a log, with the standard parameters and with those found from its training part."""
    log = list(read_log(path).values())
    print(f"{sum(map(len, log)):,} reviews of {len(log):,} cards; the last fifth of the long-term reviews predicted")
    print(f"{'parameters':12}{'log loss':>10}{'RMSE(bins)':>12}{'AUC':>8}")
    reviews = predict(log)
    own = find_own_parameters(log, reviews) if personal.CAN_FIT else None
    for name, parameters in (("standard", STANDARD), ("own", own)):
        if parameters:
            scores = score(reviews if parameters is STANDARD else predict(log, parameters))
            print(f"{name:12}{scores.log_loss:10.4f}{scores.rmse_bins:12.4f}{scores.auc:8.4f}")
    if not personal.CAN_FIT:
        print("Own parameters need the extra [fit].")
    elif own is None:
        print("The standard parameters stay: own ones predict no better.")
    else:
        print("own:", ", ".join(f"{w:g}" for w in own))


if __name__ == "__main__":
    print_scores(Path(sys.argv[1]))
