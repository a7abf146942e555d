"""Many browsers without a screen in one thread, each following a script over TCP.

A script is a generator. It yields a request as the bytes to send, and is sent the response; or it yields seconds to
wait. Connections are kept alive, and opened again where the server closed them, as browsers do.
"""

import asyncio
import gzip
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Script = Generator[bytes | float, "Response", None]

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.I)


@dataclass(frozen=True, slots=True)
class Response:
    head: bytes
    raw: bytes

    @property
    def status(self) -> int:
        return int(self.head[9:12])

    @property
    def body(self) -> bytes:
        packed = b"\r\ncontent-encoding: gzip" in self.head.lower()
        return gzip.decompress(self.raw) if packed else self.raw

    @property
    def location(self) -> str:
        found = re.search(rb"\r\nlocation: *([^\r]+)", self.head, re.I)
        return found[1].decode() if found else ""

    @property
    def cookies(self) -> list[tuple[bytes, bytes]]:
        return COOKIE.findall(self.head)


def read_response(data: bytes | bytearray) -> Response | None:
    """Return the response in what has arrived, or None while a part of it is missing."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, length = bytes(data[: end + 2]), LENGTH.search(data, 0, end + 2)
    if length:
        complete = len(data) >= end + 4 + int(length[1])
    elif b"chunked" in head.lower():
        complete = data.endswith(b"0\r\n\r\n")
    else:
        complete = True
    return Response(head, bytes(data[end + 4 :])) if complete else None


class Browser(asyncio.Protocol):
    """One connection, and the script that is followed over it."""

    def __init__(self, port: int, script: Script) -> None:
        self.port, self.script = port, script
        self.loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self.loop.create_future()
        self.transport: Any = None
        self.sent = b""  # what no response has come to yet
        self.received = bytearray()
        self.is_fresh = False  # nothing has been answered over this connection yet
        self.advance(None)

    def advance(self, response: Response | None) -> None:
        """Let the script see a response, and do what it wants next."""
        self._resume(self.script.send, response)

    def _fail(self, error: Exception) -> None:
        """Let the script know that there will be no response."""
        self.sent = b""
        self.received.clear()
        self._resume(self.script.throw, error)

    def _resume(self, resume: Callable[[Any], bytes | float], value: Any) -> None:
        try:
            wanted = resume(value)
        except StopIteration:
            self._end(None)
        except Exception as error:
            self._end(error)
        else:
            if isinstance(wanted, bytes):
                self._send(wanted)
            else:
                self.loop.call_later(wanted, self.advance, None)

    def _end(self, error: Exception | None) -> None:
        if self.transport:
            self.transport.close()
        if error:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(None)

    def _send(self, request: bytes) -> None:
        self.sent = request
        if self.transport and not self.transport.is_closing():
            self.transport.write(request)
        else:
            self.is_fresh = True
            self._opening = self.loop.create_task(self._open())

    async def _open(self) -> None:
        try:
            await self.loop.create_connection(lambda: self, "127.0.0.1", self.port)
        except OSError as error:
            self._fail(error)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.sent)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if response := read_response(self.received):
            self.received.clear()
            self.sent, self.is_fresh = b"", False
            self.advance(response)

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        if not self.sent or self.ended.done():
            return
        if self.received or self.is_fresh:
            self._fail(error or ConnectionResetError("the server closed the connection"))
        else:  # it was closed as the request left: a browser sends it again
            self._send(self.sent)


def follow(port: int, scripts: Iterable[Script], connections: int) -> None:
    """Follow the scripts, that many at a time. Raises what a script raises, and ConnectionError."""
    asyncio.run(_follow(port, iter(scripts), connections))


async def _follow(port: int, scripts: Iterator[Script], connections: int) -> None:
    async def one_after_the_other() -> None:
        for script in scripts:
            await Browser(port, script).ended

    await asyncio.gather(*(one_after_the_other() for _ in range(connections)))
