"""What each page costs those who can open it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from filled_databases import log_in
from measured_answers import Bench, Rounds
from page_world import Page, World, list_pages
from scripted_browsers import Script, follow
from study_scripts import PAGE, Learner

from quizapp.extensions import db

ENOUGH = 0.2  # seconds of CPU for which a page is opened again and again, to measure it
DEAR = 2000  # ms
PAGES_A_ROUND, FLOOR_ANSWERS = 20, 400  # pages between two rounds of the floor, and the answers of each


@dataclass(frozen=True)
class PageCost:
    """What a page costs, in ms of CPU: the first time, which may fill a cache, and every other time."""

    who: str
    first: float
    again: float


def measure_pages(bench: Bench, world: World, wanted: Callable[[str], bool]) -> tuple[dict[str, PageCost], Rounds]:
    """Return the cost of each page whose name is wanted, for whom it takes longest, and rounds of the floor."""
    with bench.app.app_context():
        browsers = dict(zip(world.people, log_in(bench.app, db.session(), [*world.people.values()]), strict=True))
    costs, floor = {}, Rounds()
    for number, page in enumerate(page for page in list_pages(bench.app, world) if wanted(page.name)):
        if number % PAGES_A_ROUND == 0:
            bench.run_floor(floor, FLOOR_ANSWERS)
        if cost := _measure_page(bench, browsers, page):
            costs[page.name] = cost
    return costs, floor


def _measure_page(bench: Bench, browsers: dict[str, Learner], page: Page) -> PageCost | None:
    """Return the cost of a page, or None if nobody can open it."""
    costs: list[PageCost] = []
    for who in browsers:
        before = bench.program.cpu()
        if _open(bench, browsers[who], page, 1) != 200:
            continue
        first = _spent(bench, before)
        before = bench.program.cpu()
        _open(bench, browsers[who], page, 1)
        costs.append(PageCost(who, first, _spent(bench, before)))
        if first > DEAR:
            break  # two more of them would take too long
    if not costs:
        return None
    dearest = max(costs, key=lambda cost: (cost.again, cost.first))
    return dearest if dearest.again > 1000 * ENOUGH else _measure_again(bench, browsers, page, dearest)


def _measure_again(bench: Bench, browsers: dict[str, Learner], page: Page, cost: PageCost) -> PageCost:
    times, before = 0, bench.program.cpu()
    while (spent := _spent(bench, before)) < 1000 * ENOUGH:
        _open(bench, browsers[cost.who], page, times + 1)  # twice as many in all
        times += times + 1
    return replace(cost, again=spent / times)


def _spent(bench: Bench, before: float) -> float:
    """Return the ms of CPU that the program has spent since it had spent `before` seconds."""
    return 1000 * (bench.program.cpu() - before)


def _open(bench: Bench, browser: Learner, page: Page, times: int) -> int:
    """Open a page so many times in a row, and return the status."""
    statuses: list[int] = []

    def script() -> Script:
        for _ in range(times):
            statuses.append((yield from browser.send("GET", page.path, PAGE)).status)

    follow(bench.program.port, [script()], 1)
    if statuses[-1] >= 500:
        raise AssertionError(f"{page.path}: {statuses[-1]}")
    return statuses[-1]
