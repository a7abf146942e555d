"""The floor and the program side by side, and what an answer costs on each, in alternating rounds."""

import io
import logging
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from counted_requests import Counter
from filled_databases import analyze, copy_learner, log_in
from flask import Flask
from measured_servers import (
    FLOOR_CARDS,
    FLOOR_LEARNERS,
    MeasuredServer,
    empty_databases,
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
    def p50(self) -> float:
        return statistics.median(self.latencies)

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

    def run(self, server: MeasuredServer, scripts: list[Script], answers: int, connections: int) -> None:
        """Follow the scripts, which give that many answers, as one round."""
        cpu, began = server.cpu(), time.perf_counter()
        follow(server.port, scripts, connections)
        took, cpu = time.perf_counter() - began, server.cpu() - cpu
        self.cpus.append(cpu / answers * 1000)
        self.rates.append(answers / took)

    def count(self, counter: Counter, script: Script, answers: int) -> None:
        """Count what a script that gives so many answers takes."""
        counter.follow(script)
        self.statements, self.calls = counter.statements / answers, counter.calls / answers


@dataclass(frozen=True)
class Bench:
    """Both programs, served, each with a database of its own on the same system; and both in this process as well."""

    app: Flask
    program: MeasuredServer
    floor: MeasuredServer
    floor_app: Any

    def run_floor(self, rounds: Rounds, answers: int = FLOOR_ANSWERS) -> None:
        """Let the floor answer as one round."""
        each, seconds = 20, list[float]()
        scripts = [answer_floor(each, seconds, _cards()) for _ in range(answers // each)]
        rounds.run(self.floor, scripts, answers, CONNECTIONS)
        rounds.latencies += [1000 * one for one in seconds]

    def count_floor(self, rounds: Rounds) -> None:
        """Count what an answer takes."""
        Counter(self.floor_app).follow(answer_floor(2, [], _cards()))  # to warm up
        rounds.count(Counter(self.floor_app), answer_floor(COUNTED, [], _cards()), COUNTED)


def _cards() -> Iterator[tuple[int, int]]:
    while True:
        yield random.randint(1, FLOOR_LEARNERS), random.randint(1, FLOOR_CARDS)


class Study:
    """Learners who are all copies of one and answer over HTTP, each so few times that much is left to be asked."""

    def __init__(
        self, bench: Bench, template: int, *, each: int, htmx: bool = True, connections: int = CONNECTIONS
    ) -> None:
        self.bench, self.template, self.each, self.htmx = bench, template, each, htmx
        self.connections = connections
        self.ready: list[Learner] = []
        self.given: dict[int, int] = {}  # answers, by the learner's identity
        self.answers = LEAST  # in a round

    def prepare(self, rounds: int) -> None:
        """Warm up, find how many answers make a round, and add the learners for so many rounds."""
        self.add_learners(2 * LEAST)
        for _ in range(2):
            warm = Rounds()
            self.run(warm)
        self.answers = min(max(int(ROUND / warm.cpu) // self.connections * self.connections, LEAST), MOST)
        self.add_learners(rounds * self.answers)
        with self.bench.app.app_context():
            analyze(db.session())

    def add_learners(self, answers: int) -> None:
        """Add as many learners as it takes to give so many answers."""
        with self.bench.app.app_context():
            session = db.session()
            ids = copy_learner(session, self.template, max(-(-answers // self.each), self.connections))
            self.ready += log_in(self.bench.app, session, ids)

    def run(self, rounds: Rounds) -> None:
        """Let some of the learners answer as one round. Their first questions are not part of it."""
        part = min(self.each, self.answers // self.connections)
        learners = [self._next(part) for _ in range(self.answers // part)]
        follow(self.bench.program.port, [one.open() for one in learners if not one.page], self.connections)
        scripts = [one.answer(part, htmx=self.htmx) for one in learners]
        rounds.run(self.bench.program, scripts, part * len(learners), self.connections)
        for learner in learners:
            rounds.latencies += [1000 * one for one in learner.latencies]
            learner.latencies.clear()

    def _next(self, part: int) -> Learner:
        """Return the learner whose turn it is to give so many answers, and let them wait for another turn."""
        learner = self.ready.pop(0)
        given = self.given[id(learner)] = self.given.get(id(learner), 0) + part
        if given + part <= self.each:
            self.ready.append(learner)
        return learner

    def count(self, rounds: Rounds) -> None:
        """Count what an answer takes, in this process."""
        self.add_learners(1)
        learner = self.ready.pop()
        follow(self.bench.program.port, [learner.open()], 1)
        Counter(self.bench.app).follow(learner.answer(2, htmx=self.htmx))  # to warm up
        rounds.count(Counter(self.bench.app), learner.answer(COUNTED, htmx=self.htmx), COUNTED)


def alternate(contestants: Sequence[Callable[[Rounds], None]], rounds: int) -> list[Rounds]:
    """Run so many rounds of each in turn, and return what they took."""
    results = [Rounds() for _ in contestants]
    for _ in range(rounds):
        for run, result in zip(contestants, results, strict=True):
            run(result)
    return results


@contextmanager
def open_bench(directory: Path, kind: str, fill: Callable[[Session], None]) -> Iterator[Bench]:
    """Serve both programs on databases of a kind. `fill` is called with a session of the program's, to fill it."""
    with ExitStack() as stack:
        databases = stack.enter_context(empty_databases(kind))
        settings = Settings(
            data=directory / "data", database_url=databases.program, secret_key=SECRET, sqlite_synchronous="NORMAL"
        )
        make_data_directory(settings)
        app = create_app(settings)
        for handler in logging.getLogger("quizapp").handlers:
            handler.setStream(io.StringIO())  # type: ignore[attr-defined]  # the log of requests in this process
        with app.app_context():
            upgrade()
            fill(db.session())
            db.session.commit()
            analyze(db.session())
            db.session.remove()
        environment = {"QUIZAPP_DATA": str(settings.data), "QUIZAPP_SECRET_KEY": SECRET, "QUIZAPP_GUEST_DAYS": "9999"}
        if databases.program:
            environment["QUIZAPP_DATABASE_URL"] = databases.program
        floor = prepare_floor(directory / "floor", databases.floor)
        program = stack.enter_context(serve_program(environment, directory, databases.process))
        floor_server = stack.enter_context(serve_floor(floor, directory / "floor", databases.process))
        program.wait_until_idle()
        yield Bench(app, program, floor_server, load_floor(directory / "floor", floor))
