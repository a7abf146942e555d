"""Clients that connect and then say nothing, half of a request, or half of its body."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

IDLE = b""
HALF_REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Half"
STALLED_BODY = (
    b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\ncsrf_token="
)


@contextmanager
def connections(port: int, number: int, beginning: bytes) -> Iterator[None]:
    """Keep so many connections open, each of which sent `beginning` and nothing after it."""
    with ExitStack() as opened:
        for _ in range(number):
            client = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            client.sendall(beginning)
        yield
