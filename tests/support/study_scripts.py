"""What a learner's browser sends to answer questions, with and without JavaScript (static/js/review.js and htmx)."""

import re
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from scripted_browsers import Response, Script

Steps = Generator[bytes | float, Response, Response]

HIDDEN = re.compile(rb'name="(csrf_token|seen|question|handed_out)" value="([^"]*)"')
ACTION = re.compile(rb'<form class="answer"[^>]*? action="([^"]+)"')
NUMBER = re.compile(rb'id="prompt"[^>]*>[^<]*?number (\d+)')  # filled_databases.py names each fact's
PICK = rb'value="(\d+)"[^>]*>\s*<span[^>]*>[^<]*</span>\s*<span[^>]*>Answer %s</span>'

BROWSER = (
    "Host: 127.0.0.1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\n"
    "Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\n"
)
PAGE = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
AHEAD = "Accept: */*\r\nHX-Request: true\r\n"  # the next question, fetched while the feedback is read
HTMX = (
    "Accept: text/html\r\nHX-Request: true\r\nHX-Request-Type: partial\r\nHX-Source: form\r\n"
    "HX-Target: section#review\r\nHX-Current-URL: http://127.0.0.1/review\r\n"
)
FORM = "Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n"


class NothingToAnswer(Exception):
    """The learner's session is over, or the page is another than that of a question."""


@dataclass
class Learner:
    """A browser in which somebody is logged in: its cookies, and the question it shows."""

    cookies: dict[bytes, bytes]
    page: bytes = b""
    latencies: list[float] = field(default_factory=list)  # seconds from each answer to the next question

    def send(self, method: str, path: str, headers: str, body: str = "") -> Steps:
        """Send a request and note the cookies of the response."""
        cookies = "; ".join(f"{name.decode()}={value.decode()}" for name, value in self.cookies.items())
        length = f"{FORM}Content-Length: {len(body)}\r\n" if method == "POST" else ""
        head = f"{method} {path} HTTP/1.1\r\n{BROWSER}{headers}Cookie: {cookies}\r\n{length}\r\n"
        response = yield (head + body).encode()
        self.cookies.update(response.cookies)
        return response

    def get(self, path: str) -> Steps:
        """Open a page, and where it leads."""
        response = yield from self.send("GET", path, PAGE)
        while response.status in (302, 303):
            response = yield from self.send("GET", response.location, PAGE)
        return response

    def open(self) -> Script:
        """Open the first question."""
        self.page = (yield from self.get("/review")).body

    def answer(self, count: int, *, htmx: bool) -> Script:
        """Answer that many questions rightly, each until the next one is shown. Raises NothingToAnswer."""
        for _ in range(count):
            path, form = self._right_answer()
            began = time.perf_counter()
            response = yield from (self._answer_by_htmx if htmx else self._answer_by_form)(path, form)
            if response.status != 200:
                raise NothingToAnswer(f"{path}: {response.status}")
            self.latencies.append(time.perf_counter() - began)
            self.page = response.body

    def _answer_by_htmx(self, path: str, form: str) -> Steps:
        response = yield from self.send("POST", path, HTMX, form)
        if b"data-fetch-ahead" in response.body:  # the feedback
            response = yield from self.send("GET", "/review", AHEAD)
        return response

    def _answer_by_form(self, path: str, form: str) -> Steps:
        response = yield from self.send("POST", path, PAGE, form)
        if response.status == 303:
            response = yield from self.get(response.location)
        if b"data-fetch-ahead" in response.body:
            response = yield from self.get("/review")
        return response

    def _right_answer(self) -> tuple[str, str]:
        """Return the address and the form that answer the question on the page."""
        action, number = ACTION.search(self.page), NUMBER.search(self.page)
        if not action or not number:
            raise NothingToAnswer(self.page[:2000].decode())
        form = {name.decode(): unescape(value.decode()) for name, value in HIDDEN.findall(self.page)} | {"ms": "4000"}
        if b'data-kind="flashcard"' in self.page:
            form["rating"] = "good"
        elif b'data-kind="choice"' in self.page:
            picked = re.search(PICK % number[1], self.page)
            assert picked, self.page
            form["picked"] = picked[1].decode()
        else:
            form["text"] = f"Answer {number[1].decode()}"
        return action[1].decode(), urlencode(form)


def answer_floor(count: int, latencies: list[float], numbers: "Generator[tuple[int, int], None, None]") -> Script:
    """Answer that many cards of the floor, each for the learner and of the card that come next."""
    for _ in range(count):
        learner, card = next(numbers)
        form = urlencode({"u": learner, "card_id": card, "rating": 3})
        head = f"POST /answer HTTP/1.1\r\n{BROWSER}{PAGE}{FORM}Content-Length: {len(form)}\r\n\r\n"
        began = time.perf_counter()
        response = yield (head + form).encode()
        assert response.status == 200, response.head
        latencies.append(time.perf_counter() - began)
