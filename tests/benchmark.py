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
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from filled_databases import FACTS_AHEAD, KINDS, Amounts, add_learner, add_set, copy_learner
from measured_answers import Rounds, Study, alternate, open_bench
from measured_pages import PageCost, measure_pages
from page_world import World, add_world
from sqlalchemy.orm import Session

DATABASES = ("sqlite", "postgresql")
SIZES = {"40 of 300": Amounts(300, 40), "10 % of 2,000": Amounts(2000, 200)}
COLUMNS = "| | CPU ms | × floor | answers/s | × floor | p99 ms | × floor | SQL | Python calls | × floor |"
MOST_PAGE = 55  # times the floor; dearer pages are marked


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


CASES = [Case(*words) for words in product(DATABASES, KINDS, ("htmx", "forms"), SIZES, ("no exam", "exam"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", action="store_true", help="measure every page instead of answers")
    parser.add_argument("--growth", action="store_true", help="measure answers in small and in large databases")
    parser.add_argument("--writers", type=int, metavar="ANSWERS", help="so many answers from 16 learners at a time")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="rows whose names have all of the words")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--facts", type=int, nargs="+", default=[500, 10_000], help="of the set whose pages are measured"
    )
    parser.add_argument("--others", type=int, nargs=2, default=(100_000, 1_000_000), help="memories of other learners")
    parser.add_argument("--own", type=int, nargs=2, default=(1_000, 100_000), help="facts that the learner knows")
    parser.add_argument("--due", type=int, nargs=2, default=(40, 10_000), help="facts that are due")
    options = parser.parse_args()
    print(f"{date.today()}, {describe_machine()}\n")
    if options.pages:
        compare_pages(options)
    elif options.growth:
        compare_sizes(options)
    elif options.writers:
        let_many_write(options.writers)
    else:
        compare_answers([case for case in CASES if has_all(options.only, str(case))], options.rounds)


def has_all(words: list[str], name: str) -> bool:
    return all(word in name for word in words)


def describe_machine() -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(": ")[2] if models else platform.machine()
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


# Answers


def compare_answers(cases: list[Case], rounds: int) -> None:
    """Print a row for each case, and what the floor took beside them."""
    print(COLUMNS, "|---|" + "--:|" * (COLUMNS.count("|") - 2), sep="\n")
    for database in dict.fromkeys(case.database for case in cases):
        with tempfile.TemporaryDirectory(prefix="quizapp-") as directory:
            _compare_on(database, [case for case in cases if case.database == database], Path(directory), rounds)


def _compare_on(database: str, cases: list[Case], directory: Path, rounds: int) -> None:
    templates: dict[tuple[str, Amounts], int] = {}

    def fill(session: Session) -> None:
        size = max(case.amounts.met for case in cases) + FACTS_AHEAD
        for kind in dict.fromkeys(case.kind for case in cases):
            set_id = add_set(session, kind, size, [kind])
            for amounts in dict.fromkeys(case.amounts for case in cases if case.kind == kind):
                templates[kind, amounts] = add_learner(session, set_id, amounts)

    floors = Rounds()
    with open_bench(directory, database, fill) as bench:
        for case in cases:
            template, each = templates[case.kind, case.amounts], case.amounts.due // 2
            study = Study(bench, template, each=each, htmx=case.script == "htmx")
            study.prepare(rounds)
            floor, program = alternate([bench.run_floor, study.run], rounds)
            study.count(program)
            bench.count_floor(floor)
            print_row(str(case), program, floor)
            floors += floor
    print_row(f"the floor on {database}", floors, floors)


def print_row(name: str, rounds: Rounds, floor: Rounds) -> None:
    figures = [
        f"{rounds.cpu:.2f}", f"**{rounds.cpu_ratio(floor):.2f}**", f"{rounds.rate:.0f}",
        f"{rounds.rate_ratio(floor):.2f}", f"{rounds.p99:.1f}", f"{rounds.p99 / floor.p99:.2f}",
        f"{rounds.statements:.1f}", f"{rounds.calls:,.0f}", f"{rounds.calls / floor.calls:.1f}",
    ]  # fmt: skip
    print("|", " | ".join([name, *figures]), "|", flush=True)


# Pages


def compare_pages(options: argparse.Namespace) -> None:
    """Print what every page costs with few and with many facts, the dearest first."""
    database = "postgresql" if "postgresql" in options.only else "sqlite"
    words = [word for word in options.only if word not in DATABASES]
    worlds = [_measure_world(database, size, lambda name: has_all(words, name)) for size in options.facts]
    largest, floor = worlds[-1]
    print(f"An answer of the floor on {database}: {floor.cpu:.2f} ms of CPU. In bold: over {MOST_PAGE} times that.\n")
    sizes = " | ".join(f"{size:,} facts, ms" for size in options.facts)
    print(
        f"| page | opened by | {sizes} | the first time | × floor |",
        "|---|---|--:|--:|" + "--:|" * len(worlds),
        sep="\n",
    )
    for name, cost in sorted(largest.items(), key=lambda item: -item[1].again):
        ratio, mark = cost.again / floor.cpu, "**" if cost.again > MOST_PAGE * floor.cpu else ""
        figures = " | ".join(f"{costs[name].again:.1f}" if name in costs else "" for costs, _ in worlds)
        print(f"| {name} | {cost.who} | {figures} | {cost.first:.0f} | {mark}{ratio:.1f}{mark} |")


def _measure_world(database: str, size: int, wanted: Callable[[str], bool]) -> tuple[dict[str, PageCost], Rounds]:
    worlds: list[World] = []
    with (
        tempfile.TemporaryDirectory(prefix="quizapp-") as directory,
        open_bench(Path(directory), database, lambda session: worlds.append(add_world(session, size))) as bench,
    ):
        return measure_pages(bench, worlds[0], wanted)


# Growth


@dataclass(frozen=True)
class Growth:
    """A learner in a database: how much they know and how much is due, beside how many memories of others."""

    met: int
    due: int
    others: int = 0


def compare_sizes(options: argparse.Namespace) -> None:
    """Print what an answer costs in small and in large databases, in alternating rounds."""
    pairs = {
        "memories of others": [Growth(300, 40, size) for size in options.others],
        "own facts": [Growth(size, 40) for size in options.own],
        "due": [Growth(max(options.due) + 500, size) for size in options.due],
    }
    sizes = {"memories of others": options.others, "own facts": options.own, "due": options.due}
    print("| | CPU ms | × floor | × the smaller |", "|---|--:|--:|--:|", sep="\n")
    for database, name in product(DATABASES, pairs):
        if not has_all(options.only, f"{database}, {name}"):
            continue
        small, large, floor = _compare_sizes(database, pairs[name], options.rounds)
        for size, rounds in zip(sizes[name], (small, large), strict=True):
            ratio = f"**{rounds.cpu_ratio(small):.2f}**"
            print(f"| {database}, {size:,} {name} | {rounds.cpu:.2f} | {rounds.cpu_ratio(floor):.2f} | {ratio} |")


def _compare_sizes(database: str, pair: list[Growth], rounds: int) -> list[Rounds]:
    """Return rounds with the smaller, with the larger, and of the floor."""
    with ExitStack() as stack:
        studies = []
        for growth in pair:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quizapp-")))
            templates: list[int] = []
            fill = partial(_fill_for_growth, growth, templates)
            bench = stack.enter_context(open_bench(directory, database, fill))
            studies.append(Study(bench, templates[0], each=20))
        for study in studies:
            study.prepare(rounds)
        return alternate([*(study.run for study in studies), bench.run_floor], rounds)


def _fill_for_growth(growth: Growth, templates: list[int], session: Session) -> None:
    set_id = add_set(session, "card", max(growth.met, 300) + FACTS_AHEAD)
    templates.append(add_learner(session, set_id, Amounts(growth.met, growth.due)))
    if growth.others:
        other = add_learner(session, set_id, Amounts(300, 40), reviews=0)
        copy_learner(session, other, growth.others // 300)


# Writers


def let_many_write(answers: int) -> None:
    """Print how long those who answer at the same time wait for one another on SQLite. Raises if an answer fails."""
    templates: list[int] = []
    fill = partial(_fill_for_growth, Growth(300, 40), templates)
    with (
        tempfile.TemporaryDirectory(prefix="quizapp-") as directory,
        open_bench(Path(directory), "sqlite", fill) as bench,
    ):
        study, rounds = Study(bench, templates[0], each=20, connections=16), Rounds()
        study.add_learners(answers)
        study.answers = answers
        study.run(rounds)
    print(f"{len(rounds.latencies):,} answers, 16 at a time, none failed: p99/p50 {rounds.p99 / rounds.p50:.1f}")


if __name__ == "__main__":
    main()
