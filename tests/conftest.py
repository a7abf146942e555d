"""How much of the tests is run, and on what; the fixtures are in support/application_fixtures.py."""

import gc
import os
import sys
from pathlib import Path

import pytest
import sampling
from requirements import missing

# Tests start some hundred processes: without kept bytecode, each would compile the whole program.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

CORE = Path(__file__).parent / "core"
PAGES = Path(__file__).parent / "web"
SERVICES = Path(__file__).parent / "services"
USUAL_TIME = "All tests take about 9 minutes on two idle cores. The README lists the longer runs."


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("quizapp")
    group.addoption(
        "--both-databases", action="store_true", help="run every test of pages and services on PostgreSQL too"
    )
    group.addoption("--exhaustive", action="store_true", help="try every case of the long sweeps")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_databases: always run on PostgreSQL too; the SQL needs it")
    config.addinivalue_line("markers", "one_database: no need to run on PostgreSQL too; the SQL is tested by others")
    config.addinivalue_line("markers", "accessibility: check pages and their states with axe")
    sampling.choose(
        everything=config.getoption("exhaustive"), all_accessibility=config.getoption("markexpr") == "accessibility"
    )
    if not is_core_alone(config):
        config.pluginmanager.import_plugin("application_fixtures")


def is_core_alone(config: pytest.Config) -> bool:
    """Return whether only tests of the core are run: they need no application, which takes a second to import."""
    paths = [Path(config.invocation_params.dir, argument.partition("::")[0]) for argument in config.args]
    return all(CORE in [path, *path.parents] for path in paths)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say how long the whole suite takes, also with -q, which leaves pytest's own header out."""
    config = session.config
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.getoption("keyword")
    if terminal and whole:
        longer = [name for name in ("both_databases", "exhaustive") if config.getoption(name)]
        terminal.write_line("Longer than usual: " + ", ".join(longer) if longer else USUAL_TIME)


def pytest_collection_finish() -> None:
    """Collect garbage rarely: what is there now stays to the end, and looking through it took an eighth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what would show nothing new.

    That is pages, whose services are tested there, tests marked `one_database`, because cheaper ones run their SQL
    there or because they count statements, and all cases but the first of a test of services with several.
    """
    if config.getoption("both_databases"):
        return
    tested: set[str] = set()
    left_out = {item for item in items if is_on_postgresql(item) and not is_needed_there(item, tested)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def is_on_postgresql(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is not None and call.params.get("database_url") == "postgresql"


def is_needed_there(item: pytest.Item, tested: set[str]) -> bool:
    """Return whether a test is run on PostgreSQL; `tested` holds the names of those of services that are."""
    if item.get_closest_marker("both_databases"):
        return True
    if PAGES in item.path.parents or item.get_closest_marker("one_database"):
        return False
    name = item.nodeid.partition("[")[0]
    first = name not in tested
    tested.add(name)
    return first or SERVICES not in item.path.parents


@pytest.fixture(scope="session")
def anki_library() -> None:
    """Anki's own library, which is not to be had everywhere."""
    try:
        import anki.collection  # noqa: F401
    except ImportError:
        missing("Anki's own library is not installed")
