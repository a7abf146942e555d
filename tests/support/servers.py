"""`quizapp run` as a process of its own, and somebody who visits it."""

import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener


class Visitor:
    """A browser without a screen: it keeps cookies and sends forms with the token of the page it is on."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.page = ""

    def get(self, path: str) -> str:
        return self._open(path)

    def post(self, path: str, **fields: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        assert token, self.page
        return self._open(path, urlencode({"csrf_token": token[1], **fields}).encode())

    def _open(self, path: str, body: bytes | None = None) -> str:
        with self.opener.open(self.address + path, body, timeout=10) as response:
            self.page = response.read().decode()
        return self.page

    def answer(self) -> str:
        """Answer the question on the page with "I don't know"; the verdict's page."""
        form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', self.page, re.S)
        assert form, self.page
        hidden = dict(re.findall(r'name="(seen|question)" value="([^"]*)"', form[2]))
        return self.post(form[1], **hidden, **{"give-up": "1"})


@dataclass
class Server:
    """`quizapp run`, and what it wrote to the terminal."""

    process: "subprocess.Popen[bytes]"
    port: int
    output: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def visitor(self) -> Visitor:
        return Visitor(self.address)

    def wait_until_ready(self) -> "Server":
        for _ in range(1500):
            if "quizapp is ready" in self.output.read_text():
                return self
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.02)
        raise AssertionError(f"not ready after 30 seconds: {self.output.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=15)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
