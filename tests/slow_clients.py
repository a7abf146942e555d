"""How long a page takes while other clients are slow: `python tests/slow_clients.py`.

Starts `quizapp run` with an empty database and, in each situation, asks for a page again and again, each time on a new
connection. The aim is one second at most. Then prints the processor time of the server for each request, which is the
price of a server that keeps slow clients away from its threads.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from slow_connections import HALF_REQUEST, IDLE, STALLED_BODY, connections

SITUATIONS = [
    ("nobody else", 0, IDLE),
    ("60 half-sent requests", 60, HALF_REQUEST),
    ("60 stalled bodies", 60, STALLED_BODY),
    ("400 idle connections", 400, IDLE),
    ("400 half-sent requests", 400, HALF_REQUEST),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--probes", type=int, default=15, help="requests in each situation")
    parser.add_argument("--requests", type=int, default=500, help="requests whose processor time is measured")
    options = parser.parse_args()
    with _server(options.port, options.workers) as process:
        for name, number, beginning in SITUATIONS:
            with connections(options.port, number, beginning):
                time.sleep(0.5)
                times = sorted(_probe(options.port) for _ in range(options.probes))
            print(f"{name}: slowest of {len(times)} probes {times[-1]:.3f} s, median {times[len(times) // 2]:.3f} s")
        for number in (0, 400):
            with connections(options.port, number, IDLE):
                spent = _processor_time(process.pid, options.port, options.requests)
            print(f"processor time with {number} idle connections: {spent * 1000:.2f} ms a request")


@contextmanager
def _server(port: int, workers: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the server in a directory of its own, on a database with nothing but the built-in set."""
    program = [sys.executable, "-m", "quizapp", "run", "--port", str(port), "--workers", str(workers)]
    with tempfile.TemporaryDirectory() as directory, (Path(directory) / "log").open("w+b") as log:
        environment = os.environ | {"QUIZAPP_DATA": directory}
        process = subprocess.Popen(program, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_ready(process, Path(log.name))
            yield process
        finally:
            process.terminate()
            process.wait(timeout=15)


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    while "quizapp is ready" not in log.read_text():
        if process.poll() is not None:
            raise SystemExit(log.read_text())
        time.sleep(0.1)
    time.sleep(2)  # the workers are still starting


def _probe(port: int) -> float:
    """Return the seconds until the health page was there on a new connection; 30 at most."""
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/health")
        connection.getresponse().read()
    except TimeoutError:
        pass
    finally:
        connection.close()
    return time.perf_counter() - began


def _processor_time(pid: int, port: int, requests: int) -> float:
    """Return the processor seconds that the server's processes spend on a request, many of them on one connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    before = _spent(pid)
    for _ in range(requests):
        connection.request("GET", "/health")
        connection.getresponse().read()
    connection.close()
    return (_spent(pid) - before) / requests


def _spent(pid: int) -> float:
    """Return the processor seconds of a process and its children so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = sum(
        sum(map(int, Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
        for number in [str(pid), *children]
    )
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
