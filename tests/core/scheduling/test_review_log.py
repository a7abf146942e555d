"""Replaying a real log gives the predictions published for FSRS-6 on it, and better ones with its own parameters."""

from functools import cache
from pathlib import Path

import pytest

from quizapp.core.scheduling import personal
from quizapp.core.scheduling.personal import PastReview
from tests.support import review_logs
from tests.support.requirements import missing
from tests.support.review_logs import LongTermReview, Scored, auc, predict, read_log, score, score_predictions

LOG = Path(__file__).parents[2] / "data" / "review_log.csv.gz"


@cache
def log() -> list[list[PastReview]]:
    return list(read_log(LOG).values())


@cache
def predicted() -> list[LongTermReview]:
    return predict(log())


def rounded(scores: review_logs.Scores) -> tuple[float, ...]:
    return tuple(round(each, 4) for each in scores)


def test_the_published_scores() -> None:
    assert (len(log()), sum(map(len, log()))) == (1_205, 12_580)
    train, test = predicted()[:5_097], predicted()[5_097:]
    assert len(test) == 1_275
    assert rounded(score(predicted())) == (0.4519, 0.0722, 0.6588)
    average = sum(review.recalled for review in train) / len(train)
    assert rounded(score_predictions(test, [average] * len(test))) == (0.4846, 0.0976, 0.5)


def test_own_parameters_predict_better() -> None:
    if not personal.CAN_FIT:
        missing("fsrs-rs-python is not installed")
    own = review_logs.find_own_parameters(log(), predicted())
    assert own is not None
    log_loss, rmse, _ = rounded(score(predict(log(), own)))
    assert log_loss <= 0.4518 and rmse <= 0.0674


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
