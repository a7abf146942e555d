"""Scripts of a browser followed in this process, to count what answering their requests takes."""

import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from types import FrameType
from typing import Any

from scripted_browsers import Response, Script
from sqlalchemy import Engine, event


class Counter:
    """The SQL statements and the calls of Python functions while an application answers."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.statements = self.calls = 0

    def follow(self, script: Script) -> None:
        """Follow a script, counting what its requests take."""
        event.listen(Engine, "before_cursor_execute", self._note_statement)
        try:
            request = next(script)
            while True:
                assert isinstance(request, bytes)
                request = script.send(self._answer(request))
        except StopIteration:
            pass
        finally:
            event.remove(Engine, "before_cursor_execute", self._note_statement)

    def _note_statement(self, connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        self.statements += not statement.upper().startswith("BEGIN")

    def _note_call(self, frame: FrameType, what: str, argument: Any) -> None:
        self.calls += what == "call"

    def _answer(self, request: bytes) -> Response:
        begun: list[Any] = []
        environment = _environment(request)
        sys.setprofile(self._note_call)
        try:
            parts = self.app(environment, lambda status, headers, *error: begun.extend([status, headers]))
            body = b"".join(parts)
            getattr(parts, "close", lambda: None)()
        finally:
            sys.setprofile(None)
        status, headers = begun
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), ""]
        return Response("\r\n".join(lines).encode("latin-1"), body)


def _environment(request: bytes) -> dict[str, Any]:
    """Return a request as WSGI gives it to an application."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, address, _ = first.split()
    path, _, query = address.partition("?")
    headers = dict(line.split(": ", 1) for line in lines)
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return named | {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": headers.get("Content-Type", ""), "CONTENT_LENGTH": headers.get("Content-Length", ""),
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
