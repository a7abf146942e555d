"""What a learner's own reviews say about their memory: personal parameters, an interval factor, and a guess rate.

Parameters are fitted with `fsrs-rs-python` where it is installed, and used if they predict better. With or without
them, a factor for all intervals then lets recall meet its target. Both regard that a right answer may have been a lucky
guess.
"""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

import fsrs

from quizapp.core.scheduling.scheduler import (
    NEW_MEMORY,
    STANDARD,
    Memory,
    Parameters,
    Plan,
    Rating,
    after_answer,
    chance_after,
    interval,
    predicted_recall,
)
from quizapp.core.scheduling.study_days import StudyClock

try:
    import fsrs_rs_python
except ImportError:
    CAN_FIT = False
else:
    CAN_FIT = True

ENOUGH = 250  # long-term reviews, below which nothing is fitted
_SHRINKAGE = 1000  # long-term reviews with which parameters lie half-way between the standard and the fitted ones
_EARLIER = 0.8  # the share of the reviews to fit to; the rest judges the fit
_DIGITS = 6  # that are kept of a parameter: enough that w20 tells two fits apart
_PASSES = 2  # of drawing which right answers were guesses and fitting again
_PRIOR_KNOWN = 0.5  # the assumed chance of knowing a fact at first meeting or within the day, as in the scheduler
_BOUNDS = list(zip(fsrs.scheduler.LOWER_BOUNDS_PARAMETERS, fsrs.scheduler.UPPER_BOUNDS_PARAMETERS, strict=True))
_CLOCK = StudyClock("UTC")
_EPOCH, _TYPICAL_REVIEWS = datetime(2000, 1, 3, 12, tzinfo=UTC), 5

_USUAL = 0.5  # the assumed share of learners whose memory is as predicted, and of those who do not eliminate options
_ALIKE = 0.05  # as ln of the ratio of their intervals, below which two learners' memories count as alike
_SPREAD = 0.8  # standard deviation of ln factor among the others, assumed before any review is seen
_LOG_FACTORS = [number / 20 for number in range(-20, 23)]  # that are compared: factors of 0.37 to 3.0
_WIDE_SPREAD = 1.5  # the standard deviation for a band of stability of one learner
ENOUGH_CHOICES = 100  # long-term reviews, below which no guess rate is estimated
ENOUGH_RECALLS = 20  # of facts of about the same stability, which they are compared with
_ELIMINATION_SPREAD = 0.25  # of the guess rate above chance, among those who eliminate
_ELIMINATIONS = [number / 20 for number in range(21)]
HIGHEST_GUESS = 0.8


@dataclass(frozen=True, slots=True)
class PastReview:
    """An answer that counts, as it was recorded. `chance` is that of answering its question right by picking blindly.

    `guess` is the chance of a lucky guess that the memory was moved on with.
    """

    at: datetime
    day: date
    rating: Rating
    guess: float = 0.0
    chance: float = 0.0
    kind: str = "typed"


History = Sequence[PastReview]  # the reviews of one fact, from NEW


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of a learner's own memory; as it is here, of nobody's."""

    parameters: Parameters = STANDARD
    interval_factor: float = 1.0
    elimination: float = 0.0


class Prediction(NamedTuple):
    """A long-term review, with its study days since the one before and the memory then."""

    review: PastReview
    elapsed: int
    before: Memory
    recall: float  # 0..1

    @property
    def right(self) -> bool:
        return self.review.rating != Rating.AGAIN


def find_out(histories: Sequence[History], in_force: Parameters) -> Findings:
    """Return what these reviews say about the learner; `in_force` are the parameters used so far."""
    elimination = find_elimination(predictions(histories, in_force))
    regarded = [[_regarding(review, elimination) for review in history] for history in histories]
    parameters = find_parameters(regarded, in_force) or in_force
    predicted = [
        each._replace(review=_regarding(each.review, elimination)) for each in predictions(histories, parameters)
    ]
    # Someone whose parameters differ from the standard ones is not likely to be usual in other ways.
    usual = _USUAL if abs(math.log(typical_factor(Findings(parameters)))) < _ALIKE else 0.0
    return Findings(parameters, find_interval_factor(predicted, usual), elimination)


def _regarding(review: PastReview, elimination: float) -> PastReview:
    """Return the review with the chance of a lucky guess that is known by now."""
    return replace(review, guess=guess_rate(review.chance, elimination)) if review.kind == "choice" else review


def replay(history: History, plan: Plan, seed: str = "") -> Iterator[tuple[PastReview, Memory, float | None, Memory]]:
    """Yield each review with the memory before it, the recall (0..1) predicted for it if any, and the memory after."""
    memory = NEW_MEMORY
    for review in history:
        before = memory
        predicted = predicted_recall(before, now=review.at, clock=_CLOCK, day=review.day)
        memory = after_answer(
            before,
            review.rating,
            now=review.at,
            clock=_CLOCK,
            plan=plan,
            guess=review.guess,
            seed=seed,
            day=review.day,
        )
        yield review, before, predicted, memory


def predictions(histories: Iterable[History], parameters: Parameters = STANDARD) -> list[Prediction]:
    """Return every long-term review (a study day or more after the one before) as predicted, in order of time."""
    plan = Plan(parameters=parameters)
    found = [
        Prediction(review, (review.day - before.last_day).days, before, predicted)
        for history in histories
        for review, before, predicted, _ in replay(history, plan)
        if predicted is not None and before.last_day is not None
    ]
    return sorted(found, key=lambda each: each.review.at)


def log_loss(predicted: Sequence[Prediction]) -> float:
    """Return the mean of -ln of the chance given to what happened, lucky guesses regarded."""
    return -sum(_log_chance(each.right, each.recall, each.review.guess) for each in predicted) / len(predicted)


# Parameters


def find_parameters(histories: Sequence[History], in_force: Parameters) -> Parameters | None:
    """Return a learner's parameters, or None where there are too few reviews, or those in force predict as well.

    Fitted to the earlier reviews, they must predict the later ones better; then they are fitted to all of them.
    Reviews of true/false questions are left out, as half of their right answers would be guesses.
    """
    predicted = [each for each in predictions(histories, in_force) if _is_fitted(each.review)]
    if not CAN_FIT or len(predicted) < ENOUGH:
        return None
    later = predicted[int(len(predicted) * _EARLIER) :]
    begins = later[0].review.at
    candidate = fit([[review for review in history if review.at < begins] for history in histories])
    tried = predictions(histories, candidate)
    judged = [each for each in tried if each.review.at >= begins and _is_fitted(each.review)]
    return fit(histories) if log_loss(judged) < log_loss(later) else None


def fit(histories: Sequence[History]) -> Parameters:
    """Return the parameters fitted to these reviews, shrunk towards the standard ones by n / (n + 1000).

    fsrs-rs knows of no guesses. So it is drawn which right answers were guesses, by how well the fact was known
    according to the fit before, and these count as wrong.
    """
    parameters = _optimize(histories)
    if any(review.guess for history in histories for review in history):
        for number in range(_PASSES):
            parameters = _optimize(_without_guesses(histories, parameters, Random(number)))
    return parameters


def _optimize(histories: Sequence[History]) -> Parameters:
    items = [item for history in histories for item in _items(history)]
    if not items:
        return STANDARD
    fitted = fsrs_rs_python.FSRS(list(STANDARD)).compute_parameters([item for _, item in sorted(items, key=_at)])
    weight = len(items) / (len(items) + _SHRINKAGE)
    shrunk = [usual + weight * (own - usual) for usual, own in zip(STANDARD, fitted, strict=True)]
    return tuple(round(min(max(w, low), high), _DIGITS) for w, (low, high) in zip(shrunk, _BOUNDS, strict=True))


def _items(history: History) -> Iterator[tuple[datetime, fsrs_rs_python.FSRSItem]]:
    """Yield what fsrs-rs fits to: each long-term review with all that came before it."""
    reviews = []
    for review, before, predicted, _ in replay(history, Plan()):
        elapsed = (review.day - before.last_day).days if predicted is not None and before.last_day else 0
        reviews.append(fsrs_rs_python.FSRSReview(int(review.rating), elapsed))
        if elapsed and _is_fitted(review):
            yield review.at, fsrs_rs_python.FSRSItem(list(reviews))


def _at(item: tuple[datetime, fsrs_rs_python.FSRSItem]) -> datetime:
    return item[0]


def _is_fitted(review: PastReview) -> bool:
    return review.kind != "true_false"


def _without_guesses(histories: Sequence[History], parameters: Parameters, draws: Random) -> list[History]:
    plan = Plan(parameters=parameters)
    return [
        [_drawn(review, predicted, draws.random()) for review, _, predicted, _ in replay(history, plan)]
        for history in histories
    ]


def _drawn(review: PastReview, predicted: float | None, draw: float) -> PastReview:
    if review.rating == Rating.AGAIN:
        return review
    known = predicted or _PRIOR_KNOWN
    was_known = draw < known / (known + (1 - known) * review.guess)
    return replace(review, guess=0.0, rating=review.rating if was_known else Rating.AGAIN)


# The interval factor


def find_interval_factor(predicted: Sequence[Prediction], usual: float = _USUAL) -> float:
    """Return by how much intervals should be longer (above 1) or shorter, so that recall meets its target.

    `usual` is the chance, before any review is seen, that the learner's memory is as predicted.

    If every stability is really c times what is predicted, recall after c times the interval is what was aimed for. The
    expected ln c is returned as a factor, so that the luck of few reviews moves it little; 1.0 with too few. Reviews
    after one day say little, as no interval can be shorter.
    """
    chosen = [each for each in predicted if each.elapsed > 1]
    if len(predicted) < ENOUGH or not chosen:
        return 1.0

    def log_likelihood(log_factor: float) -> float:
        factor = math.exp(log_factor)
        return sum(_log_chance(each.right, _recall_with(each, factor), each.review.guess) for each in chosen)

    chances = _posterior(log_likelihood, _LOG_FACTORS, _SPREAD, usual)
    return round(math.exp(sum(map(operator.mul, _LOG_FACTORS, chances))), 3)


def _stability_factor(predicted: Sequence[Prediction], spread: float) -> float:
    def log_likelihood(log_factor: float) -> float:
        factor = math.exp(log_factor)
        fit = sum(_log_chance(each.right, _recall_with(each, factor), each.review.guess) for each in predicted)
        return fit - (log_factor / spread) ** 2 / 2

    return math.exp(_highest(log_likelihood, -3 * spread, 3 * spread))


def _recall_with(each: Prediction, factor: float) -> float:
    assert each.before.stability is not None
    return chance_after(each.elapsed, factor * each.before.stability, each.before.decay)


def typical_factor(findings: Findings) -> float:
    """Return how long intervals are under these findings, as a multiple of the standard ones.

    It is the geometric mean over a typical history: a fact that is recalled five times, on the days of the standard
    schedule.
    """
    own = Plan(parameters=findings.parameters, interval_factor=findings.interval_factor)
    history = [PastReview(_EPOCH, _EPOCH.date(), Rating.GOOD)]
    log_ratio = 0.0
    for _ in range(_TYPICAL_REVIEWS):
        at = history[-1].at + timedelta(days=_last_interval(history, Plan()) if len(history) > 1 else 0)
        history.append(PastReview(at, at.date(), Rating.GOOD))
        log_ratio += math.log(_last_interval(history, own) / _last_interval(history, Plan()))
    return math.exp(log_ratio / _TYPICAL_REVIEWS)


def _last_interval(history: History, plan: Plan) -> float:
    *_, (*_, memory) = replay(history, plan)
    assert memory.stability is not None
    return max(plan.interval_factor * interval(memory.stability, plan.desired_retention, memory.decay), 1.0)


# The guess rate


def guess_rate(chance: float, elimination: float) -> float:
    """Return the chance (0..1) of a lucky guess in a choice question, given that of picking blindly.

    `elimination` (0..1) says how far the learner gets from it to certainty by eliminating options.
    """
    return max(chance, min(chance + elimination * (1 - chance), HIGHEST_GUESS))


def find_elimination(predicted: Sequence[Prediction]) -> float:
    """Return how well a learner eliminates options (0..1), from long-term reviews by choice and by recall; 0.0 with too
    few.

    Recall shows how well they remember facts of about the same stability (within a factor of two). What their choices
    are right more often than that is put down to elimination.
    """
    alike = defaultdict[int, tuple[list[Prediction], list[Prediction]]](lambda: ([], []))
    for each in predicted:
        recalls, choices = alike[_stability_band(each)]
        if each.review.kind == "choice":
            choices.append(each)
        elif not each.review.chance:
            recalls.append(each)
    chosen: list[tuple[Prediction, float]] = []
    for recalls, choices in alike.values():
        if len(recalls) >= ENOUGH_RECALLS:
            factor = _stability_factor(recalls, _WIDE_SPREAD)
            chosen += [(each, _recall_with(each, factor)) for each in choices]
    return round(_elimination(chosen), 3) if len(chosen) >= ENOUGH_CHOICES else 0.0


def _stability_band(each: Prediction) -> int:
    assert each.before.stability is not None
    return math.floor(math.log2(each.before.stability))


def _elimination(chosen: Sequence[tuple[Prediction, float]]) -> float:
    """Return the median of the elimination that is likely, from choices and the chance that each fact was known."""

    def log_likelihood(elimination: float) -> float:
        return sum(
            _log_chance(each.right, known, guess_rate(each.review.chance, elimination)) for each, known in chosen
        )

    chances = _posterior(log_likelihood, _ELIMINATIONS, _ELIMINATION_SPREAD, _USUAL)
    return next(value for value, chance in zip(_ELIMINATIONS, accumulate(chances), strict=True) if chance >= 0.5)


def _log_chance(right: bool, recall: float, guess: float) -> float:
    """Return ln of the chance of an answer that is right or not: g + (1 - g) R if it is right."""
    chance = guess + (1 - guess) * recall
    return math.log(min(max(chance if right else 1 - chance, 1e-9), 1.0))


def _posterior(
    log_likelihood: Callable[[float], float], values: Sequence[float], spread: float, usual: float
) -> list[float]:
    """Return the chance of each of these values after the reviews of a learner.

    Before them, it is 0 for the `usual` share of learners, and normally distributed around 0 among the others.
    """
    bells = [math.exp(-((value / spread) ** 2) / 2) for value in values]
    prior = [
        (1 - usual) * bell / sum(bells) + (usual if value == 0 else 0)
        for value, bell in zip(values, bells, strict=True)
    ]
    logs = [log_likelihood(value) for value in values]
    weights = [before * math.exp(log - max(logs)) for before, log in zip(prior, logs, strict=True)]
    return [weight / sum(weights) for weight in weights]


def _highest(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function with one peak is highest: golden-section search, to a thousandth of the range."""
    golden = (math.sqrt(5) - 1) / 2
    a, b = high - golden * (high - low), low + golden * (high - low)
    at_a, at_b = function(a), function(b)
    end = (high - low) / 1000
    while high - low > end:
        if at_a >= at_b:
            high, b, at_b = b, a, at_a
            a = high - golden * (high - low)
            at_a = function(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + golden * (high - low)
            at_b = function(b)
    return (low + high) / 2
