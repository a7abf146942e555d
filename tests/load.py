"""Thousands of learners at once on the served program: `python tests/load.py`.

Each has a browser with cookies of its own and answers a card every 30 to 90 seconds; they begin within a minute and a
half. After that, and apart from it, a few hundred open their first question in the same second.

The server is `quizapp run` as the README starts it, and all browsers are one other process, whose CPU is not counted.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from filled_databases import FACTS_AHEAD, Amounts, add_learner, add_set, analyze, copy_learner, log_in
from measured_answers import Bench, open_bench
from scripted_browsers import Script, follow
from sqlalchemy.orm import Session
from study_scripts import Learner, NothingToAnswer

from quizapp.extensions import db

KNOWN = Amounts(300, 40)
OFFLINE_EVERY = 300  # seconds; see js/offline.js


@dataclass
class Load:
    """What came of it: seconds that each request took, by what it was for, and what failed."""

    taken: dict[str, list[float]] = field(default_factory=lambda: {"open": [], "answer": [], "offline": []})
    errors: list[str] = field(default_factory=list)

    def time(self, what: str, script: Script) -> Script:
        """Follow a script and note how long it takes, or that it fails."""
        began = time.perf_counter()
        try:
            yield from script
        except (NothingToAnswer, ConnectionError, OSError) as error:
            self.errors.append(f"{what}: {error}")
        else:
            self.taken[what].append(time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--pause", type=float, nargs=2, default=(30.0, 90.0), help="seconds before each answer")
    parser.add_argument("--at-once", type=int, default=200, help="learners of the synchronised start")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    templates: list[int] = []

    def fill(session: Session) -> None:
        set_id = add_set(session, "cards", KNOWN.met + FACTS_AHEAD)
        templates.append(add_learner(session, set_id, KNOWN))

    print(f"{options.database}, {os.cpu_count()} cores, which the browsers share")
    with (
        tempfile.TemporaryDirectory(prefix="quizapp-") as directory,
        open_bench(Path(directory), options.database, fill) as bench,
    ):
        low, high = options.pause
        run(bench, templates[0], options.learners, options.minutes * 60, (low, high), within=high)
        run(bench, templates[0], options.at_once, 0, (10.0, 20.0), within=1.0)


def run(bench: Bench, template: int, count: int, seconds: float, pause: tuple[float, float], *, within: float) -> None:
    """Let so many learners open their first questions `within` seconds and study for so long, and print what it took.

    Everyone gives one answer at least.
    """
    load, end = Load(), time.perf_counter() + seconds
    with bench.app.app_context():
        learners = log_in(bench.app, db.session(), copy_learner(db.session(), template, count))
        analyze(db.session())
    cpu, began = bench.program.cpu(), time.perf_counter()
    follow(bench.program.port, [_study(one, load, end, pause, within) for one in learners], count)
    took, cpu = time.perf_counter() - began, bench.program.cpu() - cpu
    answers = len(load.taken["answer"])
    print(f"\n{count:,} learners who begin within {within:g} s, {pause[0]:g} to {pause[1]:g} s before each answer:")
    print(f"  {answers:,} answers in {took:.0f} s, {answers / took:.1f} a second; {len(load.errors)} errors")
    print(f"  {cpu:.1f} s of CPU, {100 * cpu / took / (os.cpu_count() or 1):.0f} % of the cores")
    for what, times in load.taken.items():
        cuts = statistics.quantiles([1000 * one for one in times], n=100)
        print(f"  {what}: p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms")
    for error, number in Counter(load.errors).most_common(5):
        print(f"  {number} × {error[:200]}")


def _study(learner: Learner, load: Load, end: float, pause: tuple[float, float], within: float) -> Script:
    """Open the first question and answer until the end. Every five minutes the page also fetches questions to keep."""
    yield random.uniform(0, within)
    yield from load.time("open", learner.open())
    kept = 0.0
    while True:
        if time.perf_counter() - kept > OFFLINE_EVERY:
            kept = time.perf_counter()
            yield from load.time("offline", learner.send("GET", "/review/offline", "Accept: */*\r\n"))
        yield random.uniform(*pause)
        yield from load.time("answer", learner.answer(1, htmx=True))
        if time.perf_counter() > end:
            return


if __name__ == "__main__":
    main()
