"""What studying brings, simulated with the product's own services: `python tests/simulate.py retention`.

`python tests/simulate.py estimates` compares the minutes and answers that pages forecast with those it then takes,
where the time of each answer is drawn from a review log.

Simulated learners have a true memory of their own (tests/support/simulated_learners.py). Nothing here is a test: the
figures vary a little with the seeds.
"""

import argparse
import csv
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from random import Random
from statistics import mean
from typing import NamedTuple

from support.other_methods import Student, anki, cram
from support.simulated_learners import (
    FIRST_DAY,
    STANDARD,
    Answered,
    ExponentialMemory,
    FsrsMemory,
    SimulatedLearner,
    TrueMemory,
    count_facts,
)

from quizapp.core.scheduling.scheduler import Plan
from quizapp.core.scheduling.workload import DAYS
from quizapp.services import plans
from quizapp.services.review import today

SET = "april-1920"


# The parameters of other learners: three are fitted to review logs of real people (fsrs-rs-python 0.9.3).
LEARNERS: dict[str, tuple[float, ...]] = {
    "default": STANDARD,
    "forgets sooner": (0.1, 0.6, 1.2, 5.0, *STANDARD[4:8], 1.5, *STANDARD[9:]),
    "person b": (
        0.4471, 2.1518, 2.2844, 3.2514, 6.6032, 0.798, 3.0559, 0.001, 1.591, 0.3781, 0.5097, 1.5363, 0.0345, 0.2943,
        1.7629, 0.523, 1.6857, 0.5466, 0.081, 0.1157, 0.1876,
    ),
    "person c": (
        0.5544, 2.157, 2.76, 3.4048, 6.3941, 0.8754, 2.9972, 0.0532, 1.9795, 0.1423, 0.896, 1.5785, 0.0541, 0.3978,
        1.7385, 0.5763, 1.9082, 0.7745, 0.0029, 0.0537, 0.1,
    ),
    "person g": (
        5.731, 34.9567, 62.3522, 99.9999, 6.412, 0.9037, 2.9963, 0.0379, 2.0183, 0.0256, 0.9327, 1.4862, 0.069, 0.3145,
        1.6418, 0.5685, 1.9798, 0.5425, 0.0912, 0.0658, 0.2656,
    ),
}  # fmt: skip
SETTLED = 90  # days
TARGETS = (0.80, 0.85, 0.90, 0.95)
DATA = Path(__file__).parent / "data"
FORECAST_ON = (0, 7, 30, 60)  # days, from 0


MEMORIES: dict[str, type[TrueMemory]] = {"fsrs": FsrsMemory, "exponential": ExponentialMemory}
EXAM_DAYS, EXAM_MINUTES = (10, 30, 60), (5, 10, 20)
OTHER_MODEL_CASES = ((10, 20), (30, 10), (60, 10))  # days and minutes


class Retention(NamedTuple):
    learner: str
    target: float
    seed: int
    log: list[Answered]
    minutes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    retention = commands.add_parser("retention", help="true recall when a fact comes up, for each target and kind")
    retention.add_argument("--days", type=int, default=180)
    retention.add_argument("--seeds", type=int, default=3)
    retention.add_argument("--learners", nargs="*", choices=LEARNERS, default=list(LEARNERS))
    retention.add_argument("--targets", nargs="*", type=float, default=TARGETS)
    retention.set_defaults(run=_retention)
    estimates = commands.add_parser("estimates", help="minutes and answers: forecast compared with actual")
    estimates.add_argument("--days", type=int, default=90)
    estimates.add_argument("--seeds", type=int, default=1)
    estimates.add_argument("--learners", nargs="*", choices=LEARNERS, default=list(LEARNERS))
    estimates.add_argument("--targets", nargs="*", type=float, default=(0.80, 0.90, 0.95))
    estimates.set_defaults(run=_estimates)
    exam = commands.add_parser("exam", help="the expected score in an exam as a percentage; with options, for one case")
    exam.add_argument("--days", type=int, help="from the first study day to the exam")
    exam.add_argument("--minutes", type=int, help="of study a day")
    exam.add_argument("--seeds", type=int, default=6)
    exam.add_argument("--memory", choices=MEMORIES, default="fsrs", help="the model for the learner's true memory")
    exam.set_defaults(run=_exam)
    options = parser.parse_args()
    options.run(options)


def _retention(options: argparse.Namespace) -> None:
    runs = [
        (learner, target, seed, options.days)
        for learner in options.learners
        for target in options.targets
        for seed in range(options.seeds)
    ]
    print("True recall (%) when a fact comes up on a later day. “2+ days”: an interval could be chosen;")
    print(f"in brackets from day {SETTLED} on, when the learner's own reviews have been looked at several times.")
    with ProcessPoolExecutor(2) as pool:
        for (learner, target), group in _grouped(pool.map(_live, runs)).items():
            log = [answer for run in group for answer in run.log if answer.recall is not None]
            chosen = [answer for answer in log if answer.predicted is not None and (answer.interval_days or 0) >= 2]
            settled, minutes = FIRST_DAY + timedelta(days=SETTLED), mean(run.minutes for run in group) / options.days
            print(f"{learner}, target {target:.0%}: all {_recall(log)}, 2+ days {_recall(chosen)}", end=" ")
            print(f"({_recall([answer for answer in chosen if answer.day >= settled])}),", end=" ")
            print(f"{len(log) / len(group):.0f} reviews, {minutes:.1f} minutes a day; {_by_kind(chosen)}", flush=True)


def _grouped(runs: Iterable[Retention]) -> dict[tuple[str, float], list[Retention]]:
    groups: dict[tuple[str, float], list[Retention]] = defaultdict(list)
    for run in runs:
        groups[run.learner, run.target].append(run)
    return groups


def _live(run: tuple[str, float, int, int]) -> Retention:
    name, target, seed, days = run
    learner = SimulatedLearner(seed, parameters=LEARNERS[name])
    plan = Plan(desired_retention=target)
    plans.change_plan(learner.session, learner.user, SET, plan, paused=False, now=learner.now)
    minutes = 0.0
    for number in range(days):
        learner.wake_on(FIRST_DAY + timedelta(days=number))
        learner.adjust()
        minutes += learner.study()
    learner.close()
    return Retention(name, target, seed, learner.log, minutes)


class LogTimes(dict[str, float]):
    """The times of answers, each drawn from a review log."""

    def __init__(self, seed: int) -> None:
        self.dice, self.drawn = Random(seed), _log_times()

    def __getitem__(self, kind: str) -> float:
        return self.dice.choice(self.drawn[kind])


@cache
def _log_times() -> dict[str, list[float]]:
    """Return the times of the answers in the review log in seconds, by what the answer was."""
    with gzip.open(DATA / "review_log.csv.gz", "rt") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["review_time"])
    times: dict[str, list[float]] = defaultdict(list)
    last: dict[str, date] = {}
    for row in rows:
        card, day = row["card_id"], (datetime.fromisoformat(row["review_time"]) - timedelta(hours=11)).date()
        later = "wrong" if row["review_rating"] == "1" else "right"
        kind = "first" if card not in last else "repeat" if last[card] == day else later
        times[kind].append(int(row["review_duration"]) / 1000)
        last[card] = day
    return times


class Estimated(NamedTuple):
    """Pairs of what was shown and what it then took: minutes on each day, and answers and minutes in DAYS days."""

    learner: str
    target: float
    minutes: list[tuple[float, float]]
    answers_ahead: list[tuple[float, float]]
    minutes_ahead: list[tuple[float, float]]


def _estimates(options: argparse.Namespace) -> None:
    runs = [
        (learner, target, seed, options.days)
        for learner in options.learners
        for target in options.targets
        for seed in range(options.seeds)
    ]
    print(
        "Errors as a percentage of what it then took: the sum of all days (and the worst week), minutes shown on Today;"
    )
    print(
        f"answers and minutes in {DAYS} days, as forecast on the plan page on days {', '.join(map(str, FORECAST_ON))}."
    )
    found: list[Estimated] = []
    with ProcessPoolExecutor(2) as pool:
        for each in pool.map(_compare, runs):
            found.append(each)
            weeks = [_error(week) for week in _weeks(each.minutes)]
            ahead = [", ".join(f"{_error([pair]):+.0f}" for pair in pairs) for pairs in each[3:]]
            print(f"{each.learner}, target {each.target:.0%}: today {_error(each.minutes):+.1f}", end=" ")
            print(f"({max(weeks, key=abs):+.0f}); answers {ahead[0]}; minutes {ahead[1]}", flush=True)
    groups = {
        "minutes of a week": [week for each in found for week in _weeks(each.minutes)],
        f"answers in {DAYS} days": [[pair] for each in found for pair in each.answers_ahead],
        f"minutes in {DAYS} days": [[pair] for each in found for pair in each.minutes_ahead],
    }
    for name, pairs in groups.items():
        errors = [_error(each) for each in pairs]
        size = mean(map(abs, errors))
        print(f"{name}: mean error {mean(errors):+.1f}, mean size {size:.1f}, worst {max(errors, key=abs):+.0f}")


def _weeks(days: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    return [days[first : first + 7] for first in range(0, len(days) - 6, 7)]


def _error(pairs: list[tuple[float, float]]) -> float:
    return 100 * (sum(shown for shown, _ in pairs) / sum(taken for _, taken in pairs) - 1)


def _compare(run: tuple[str, float, int, int]) -> Estimated:
    name, target, seed, days = run
    learner = SimulatedLearner(seed, parameters=LEARNERS[name], times=LogTimes(seed))
    plan = Plan(desired_retention=target)
    plans.change_plan(learner.session, learner.user, SET, plan, paused=False, now=learner.now)
    shown, taken, given, ahead = [], [], [], []
    for number in range(days):
        learner.wake_on(FIRST_DAY + timedelta(days=number))
        found = today.read_today(learner.session, learner.user, now=learner.now)
        shown.append(float(found.minutes if found else 0))
        if number in FORECAST_ON and number + DAYS <= days:
            page = plans.read_plan(learner.session, learner.user, SET, now=learner.now)
            ahead += [(number, load) for load in page.workloads if load.desired_retention == target]
        before = len(learner.log)
        taken.append(learner.study())
        given.append(len(learner.log) - before)
    learner.close()
    return Estimated(
        name,
        target,
        [pair for pair in zip(shown, taken, strict=True) if pair[1]],
        [(load.reviews * DAYS, sum(given[number : number + DAYS])) for number, load in ahead],
        [(load.minutes * DAYS, sum(taken[number : number + DAYS])) for number, load in ahead],
    )


def _recall(log: list[Answered]) -> str:
    return f"{100 * mean(answer.recall or 0.0 for answer in log):.1f}" if log else "–"


def _by_kind(log: list[Answered]) -> str:
    kinds = sorted({answer.kind for answer in log})
    return ", ".join(f"{kind} {_recall([answer for answer in log if answer.kind == kind])}" for kind in kinds)


# Exams


class ExamCase(NamedTuple):
    days: int
    minutes: int
    seed: int
    memory: str
    with_exam: bool = True


class ExamResult(NamedTuple):
    score: float  # in percent
    forecast: float  # in percent, on the first day
    minutes: float  # a day


def _exam(options: argparse.Namespace) -> None:
    with ProcessPoolExecutor(2) as pool:
        if options.days or options.minutes:
            print(f"{_sit(pool, options, options.days or 10, options.minutes or 20).score:.1f}")
            return
        print("Expected score (%) on the exam morning; in brackets: forecast on the first day, minutes a day")
        for days, minutes in product(EXAM_DAYS, EXAM_MINUTES):
            _print_exam(pool, options, days, minutes)
        options.memory = "exponential"
        print("A learner whose memory follows a different model from the program's (exponential forgetting):")
        for days, minutes in OTHER_MODEL_CASES:
            _print_exam(pool, options, days, minutes)


def _print_exam(pool: Executor, options: argparse.Namespace, days: int, minutes: int) -> None:
    ours = _sit(pool, options, days, minutes)
    without = _sit(pool, options, days, minutes, with_exam=False).score
    others = [_other(method, options, days, minutes) for method in (anki, cram)]
    print(f"{days} days × {minutes} min: {ours.score:.1f} ({ours.forecast:.1f}; {ours.minutes:.1f})", end=", ")
    print("Anki {:.1f}, cramming {:.1f}, no exam date {:.1f}".format(*others, without), flush=True)


def _sit(pool: Executor, options: argparse.Namespace, days: int, minutes: int, *, with_exam: bool = True) -> ExamResult:
    """Return the mean result over the seeds."""
    cases = [ExamCase(days, minutes, seed, options.memory, with_exam) for seed in range(options.seeds)]
    return ExamResult(*map(mean, zip(*pool.map(_prepare, cases), strict=True)))


def _prepare(case: ExamCase) -> ExamResult:
    learner = SimulatedLearner(case.seed, memory=MEMORIES[case.memory])
    exam = FIRST_DAY + timedelta(days=case.days)
    plan = Plan(exam_day=exam if case.with_exam else None, exam_minutes=case.minutes)
    plans.change_plan(learner.session, learner.user, SET, plan, paused=False, now=learner.now)
    shown = plans.read_plan(learner.session, learner.user, SET, now=learner.now).exam
    used = 0.0
    for number in range(case.days):
        learner.wake_on(FIRST_DAY + timedelta(days=number))
        used += learner.study(case.minutes)
    score = learner.expected_score(exam)
    learner.close()
    return ExamResult(100 * score, 100 * shown.forecast.score if shown else 0.0, used / case.days)


def _other(
    method: Callable[[Student, int, float], None], options: argparse.Namespace, days: int, minutes: int
) -> float:
    scores = []
    for seed in range(options.seeds):
        student = Student(count_facts(), seed, MEMORIES[options.memory])
        method(student, days, minutes)
        scores.append(100 * student.expected_score(FIRST_DAY + timedelta(days=days)))
    return mean(scores)


if __name__ == "__main__":
    main()
