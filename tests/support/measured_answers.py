"""The floor and the program side by side, and what an answer costs on each, in alternating rounds."""

import io
import logging
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from counted_requests import Counter
from filled_databases import Amounts, analyze, copy_learner, log_in
from flask import Flask
from measured_servers import (
    FLOOR_CARDS,
    FLOOR_LEARNERS,
    MeasuredServer,
    load_floor,
    prepare_floor,
    serve_floor,
    serve_program,
)
from scripted_browsers import Script, follow
from sqlalchemy.orm import Session
from study_scripts import Learner, answer_floor

from quizapp.application import create_app
from quizapp.cli.migrations import upgrade
from quizapp.config import Settings, make_data_directory
from quizapp.extensions import db

CONNECTIONS = 8
SECRET = "benchmark" * 5
FLOOR_ANSWERS = 800  # in a round
ROUND = 1500  # ms of processor time that a round of the program is to take
LEAST, MOST = 160, 1600  # answers in a round
COUNTED = 10  # answers whose statements and calls are counted


@dataclass
class Rounds:
    """What rounds of answers took: of each round, ms of CPU for an answer and answers a second; all latencies in ms."""

    cpus: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    statements: float = 0
    calls: float = 0

    @property
    def cpu(self) -> float:
        return statistics.median(self.cpus)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.latencies, n=100)[-1]

    def cpu_ratio(self, floor: "Rounds") -> float:
        """Return how many times the CPU of the floor's rounds, each beside one of these, an answer takes."""
        return statistics.median(one / other for one, other in zip(self.cpus, floor.cpus, strict=True))

    def rate_ratio(self, floor: "Rounds") -> float:
        return statistics.median(one / other for one, other in zip(self.rates, floor.rates, strict=True))

    def __iadd__(self, other: "Rounds") -> "Rounds":
        for name in ("cpus", "rates", "latencies"):
            getattr(self, name).extend(getattr(other, name))
        self.statements, self.calls = other.statements, other.calls
        return self

    def run(self, server: MeasuredServer, scripts: list[Script], answers: int) -> None:
        """Follow the scripts, which give that many answers, as one round."""
        cpu, began = server.cpu(), time.perf_counter()
        follow(server.port, scripts, CONNECTIONS)
        took, cpu = time.perf_counter() - began, server.cpu() - cpu
        self.cpus.append(cpu / answers * 1000)
        self.rates.append(answers / took)

    def count(self, counter: Counter, script: Script, answers: int) -> None:
        """Count what a script that gives so many answers takes."""
        counter.follow(script)
        self.statements, self.calls = counter.statements / answers, counter.calls / answers


@dataclass(frozen=True)
class Bench:
    """Both programs, served, each with a database of its own on the same system; the program's also in this process."""

    app: Flask
    program: MeasuredServer
    floor: MeasuredServer
    floor_app: Any  # in this process as well

    def run_floor(self, rounds: Rounds, answers: int = FLOOR_ANSWERS) -> None:
        each, seconds = 20, []
        scripts = [answer_floor(each, seconds, _cards()) for _ in range(answers // each)]
        rounds.run(self.floor, scripts, answers)
        rounds.latencies += [1000 * one for one in seconds]


def _cards() -> Iterator[tuple[int, int]]:
    while True:
        yield random.randint(1, FLOOR_LEARNERS), random.randint(1, FLOOR_CARDS)


class Learners:
    """Browsers of learners who know the same, each of whom gives only so many answers that much is left to be asked."""

    def __init__(self, bench: Bench, template: int, amounts: Amounts) -> None:
        self.bench, self.template, self.each = bench, template, max(amounts.due // 2, 1)
        self.ready: list[Learner] = []
        self.left: dict[int, int] = {}  # answers, by the browser's identity

    def add(self, answers: int) -> None:
        """Add as many as it takes to give that many answers more."""
        missing = max(-(-answers // self.each), CONNECTIONS)
        with self.bench.app.app_context():
            session = db.session()
            self.ready += log_in(self.bench.app, session, copy_learner(session, self.template, missing))

    def take(self, answers: int) -> list[tuple[Learner, int]]:
        """Return browsers that show a question, each with its part of so many answers."""
        part = min(self.each, answers // CONNECTIONS)
        taken = []
        for _ in range(answers // part):
            learner = self.ready.pop(0)
            left = self.left.get(id(learner), self.each) - part
            self.left[id(learner)] = left
            if left >= part:
                self.ready.append(learner)
            taken.append((learner, part))
        follow(self.bench.program.port, [one.open() for one, _ in taken if not one.page], CONNECTIONS)
        return taken


def measure(bench: Bench, template: int, amounts: Amounts, *, htmx: bool, rounds: int) -> tuple[Rounds, Rounds]:
    """Return what answers cost on the floor and on the program."""
    floor, program, learners = Rounds(), Rounds(), Learners(bench, template, amounts)
    learners.add(2 * LEAST + COUNTED)
    _count(bench, learners, floor, program, htmx=htmx)
    for _ in range(2):  # to warm up
        bench.run_floor(Rounds(), FLOOR_ANSWERS // 4)
        warm = Rounds()
        _run(bench, learners, warm, LEAST, htmx=htmx)
    answers = min(max(int(ROUND / warm.cpu) // CONNECTIONS * CONNECTIONS, LEAST), MOST)
    learners.add(rounds * answers)
    with bench.app.app_context():
        analyze(db.session())
    for _ in range(rounds):
        bench.run_floor(floor)
        _run(bench, learners, program, answers, htmx=htmx)
    return floor, program


def _run(bench: Bench, learners: Learners, rounds: Rounds, answers: int, *, htmx: bool) -> None:
    taken = learners.take(answers)
    for learner, _ in taken:
        learner.latencies.clear()
    given = sum(part for _, part in taken)
    rounds.run(bench.program, [learner.answer(part, htmx=htmx) for learner, part in taken], given)
    rounds.latencies += [1000 * one for learner, _ in taken for one in learner.latencies]


def _count(bench: Bench, learners: Learners, floor: Rounds, program: Rounds, *, htmx: bool) -> None:
    learner, _ = learners.take(CONNECTIONS)[0]
    scripts = {
        bench.floor_app: (floor, lambda count: answer_floor(count, [], _cards())),
        bench.app: (program, lambda count: learner.answer(count, htmx=htmx)),
    }
    for app, (rounds, script) in scripts.items():
        Counter(app).follow(script(2))  # to warm up
        rounds.count(Counter(app), script(COUNTED), COUNTED)


@contextmanager
def open_bench(
    directory: Path, url: str | None, floor_url: str | None, process: int | None, fill: Callable[[Session], None]
) -> Iterator[Bench]:
    """Prepare both databases and serve both programs. `fill` is called with the session of the program's database."""
    settings = Settings(data=directory / "data", database_url=url, secret_key=SECRET, sqlite_synchronous="NORMAL")
    make_data_directory(settings)
    app = create_app(settings)
    for handler in logging.getLogger("quizapp").handlers:
        handler.setStream(io.StringIO())  # requests answered in this process are logged, and nobody reads it
    with app.app_context():
        upgrade()
        fill(db.session())
        db.session.remove()
    environment = {"QUIZAPP_DATA": str(settings.data), "QUIZAPP_SECRET_KEY": SECRET, "QUIZAPP_GUEST_DAYS": "9999"}
    if url:
        environment["QUIZAPP_DATABASE_URL"] = url
    floor = prepare_floor(directory / "floor", floor_url)
    with ExitStack() as stack:
        served = stack.enter_context(serve_program(environment, directory, process))
        floor_server = stack.enter_context(serve_floor(floor, directory / "floor", process))
        served.wait_until_idle()
        yield Bench(app, served, floor_server, load_floor(directory / "floor", floor))
