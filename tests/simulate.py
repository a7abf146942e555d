"""What studying brings, simulated with the product's own services: `python tests/simulate.py retention`.

Simulated learners have a true memory of their own (tests/support/simulated_learners.py). Nothing here is a test: the
figures vary a little with the seeds.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from statistics import mean
from typing import NamedTuple

from support.simulated_learners import FIRST_DAY, STANDARD, Answered, SimulatedLearner

from quizapp.core.scheduling.scheduler import Plan
from quizapp.services import plans

SET = "april-1920"


def _changed(**changes: float) -> tuple[float, ...]:
    return tuple(changes.get(f"w{index}", value) for index, value in enumerate(STANDARD))


# Learners whose memory differs from the standard one, in how long facts are kept after the first answers and later.
LEARNERS: dict[str, tuple[float, ...]] = {
    "default": STANDARD,
    "forgets sooner": _changed(w0=0.1, w1=0.6, w2=1.2, w3=5.0, w8=1.5),
    "remembers longer": _changed(w0=0.5, w1=2.5, w2=5.0, w3=16.0, w8=2.2),
    "forgets much when forgotten": _changed(w11=0.9, w12=0.15, w13=0.2),
    "steep curve": _changed(w20=0.35),
}
TARGETS = (0.80, 0.85, 0.90, 0.95)


class Retention(NamedTuple):
    learner: str
    target: float
    seed: int
    log: list[Answered]
    minutes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    retention = commands.add_parser("retention", help="true recall when a fact is asked, for each target and kind")
    retention.add_argument("--days", type=int, default=180)
    retention.add_argument("--seeds", type=int, default=1)
    retention.add_argument("--learners", nargs="*", choices=LEARNERS, default=list(LEARNERS))
    retention.add_argument("--targets", nargs="*", type=float, default=TARGETS)
    options = parser.parse_args()
    _retention(options)


def _retention(options: argparse.Namespace) -> None:
    runs = [
        (learner, target, seed, options.days)
        for learner in options.learners
        for target in options.targets
        for seed in range(options.seeds)
    ]
    print("True recall in percent when a fact is asked on a later day. “2+ days”: an interval could be chosen.")
    with ProcessPoolExecutor(2) as pool:
        for (learner, target), group in _grouped(pool.map(_live, runs)).items():
            log = [answer for run in group for answer in run.log if answer.recall is not None]
            chosen = [answer for answer in log if answer.predicted is not None and (answer.interval_days or 0) >= 2]
            minutes = mean(run.minutes for run in group) / options.days
            print(f"{learner}, target {target:.0%}: all {_recall(log)}, 2+ days {_recall(chosen)},", end=" ")
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
        minutes += learner.study()
    learner.close()
    return Retention(name, target, seed, learner.log, minutes)


def _recall(log: list[Answered]) -> str:
    return f"{100 * mean(answer.recall or 0.0 for answer in log):.1f}" if log else "–"


def _by_kind(log: list[Answered]) -> str:
    kinds = sorted({answer.kind for answer in log})
    return ", ".join(f"{kind} {_recall([answer for answer in log if answer.kind == kind])}" for kind in kinds)


if __name__ == "__main__":
    main()
