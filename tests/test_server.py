"""`quizapp run` as a server: slow clients, requests under way when it stops, and what a proxy adds."""

import fcntl
import re
import select
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from slow_connections import HALF_REQUEST, STALLED_BODY, connections
from waitress import create_server, wasyncore

from quizapp.cli.waitress_options import OPTIONS, THREADS

Serve = Callable[..., Any]


def test_slow_clients_keep_nobody_waiting(serve: Serve, own_data: Path) -> None:
    server = serve("--workers", "1")
    with (
        connections(server.port, THREADS + 2, HALF_REQUEST),
        connections(server.port, THREADS + 2, STALLED_BODY),
    ):
        visitor = server.visitor()
        visitor.get("/")
        assert "answer" in visitor.post("/start")
        assert server.stop(signal.SIGINT) == 0  # and they do not keep it from stopping


def test_a_request_under_way_is_finished_when_the_server_stops(serve: Serve, own_data: Path) -> None:
    server = serve("--workers", "1")
    with (
        closing(sqlite3.connect(own_data / "quizapp.sqlite3", isolation_level=None)) as database,
        closing(HTTPConnection("127.0.0.1", server.port, timeout=15)) as visitor,
    ):
        headers = with_token(visitor)
        database.execute("BEGIN IMMEDIATE")
        visitor.request("POST", "/start", body=b"", headers=headers)
        wait_for_writer(own_data / "quizapp.sqlite3-lock")
        server.process.terminate()
        time.sleep(0.7)  # a server that does not wait for requests has ended by then
        database.execute("ROLLBACK")
        assert visitor.getresponse().status == 303
    assert server.process.wait(timeout=15) == 0


def test_headers_that_a_proxy_adds_reach_the_app() -> None:
    def app(environ: dict[str, str], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["HTTP_X_FORWARDED_FOR"].encode()]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        watched: dict[int, Any] = {}
        server = create_server(app, map=watched, sockets=[listener], threads=1, **OPTIONS)
        with closing(HTTPConnection(*listener.getsockname(), timeout=10)) as visitor:
            visitor.request("GET", "/", headers={"X-Forwarded-For": "192.0.2.7"})
            while not select.select([visitor.sock], [], [], 0)[0]:
                wasyncore.loop(timeout=0.1, map=watched, count=1)
            assert visitor.getresponse().read() == b"192.0.2.7"
        server.task_dispatcher.shutdown()
        wasyncore.close_all(watched)


def with_token(visitor: HTTPConnection) -> dict[str, str]:
    """Return the headers of a request that may write."""
    visitor.request("GET", "/")
    page = visitor.getresponse()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
    assert token
    return {"Cookie": str(page.getheader("Set-Cookie")).split(";")[0], "X-CSRFToken": token[1]}


def wait_for_writer(lock: Path) -> None:
    """Wait until a request of the server is the next to write to the database."""
    with lock.open("w") as file:
        for _ in range(1000):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(0.01)
    raise AssertionError("no request wrote within 10 seconds")
