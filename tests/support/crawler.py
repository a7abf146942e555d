"""Hostile values for every parameter of every route: whatever is sent, no answer is an error of the program.

The parameters of a route are found by watching what it reads. By default a fixed sample is tried.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import sampling
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict

from quizapp.web.requests import LimitedRequest

VALUES = [
    "\0", "9" * 20, "9" * 400, "9" * 5000, "-1", "-" + "9" * 20, "1" * 30 + ".5", "1e999", "nan", "inf", "٣", "²", "",
    "a" * 10_000, "a\ud7ff\ue000\uffff", "\u0300\u0316" * 2000, "\u202e\u2066", "'\"<>&;--", "{{a}} {{", "[" * 2000,
    "%00%ff", "..%2f..", "\n\r\t", "//a.b", "http://[", "2026-13-45T99:99", "0001-01-01T00:00", "9999-12-31T23:59",
]  # fmt: skip
HEADERS = [
    {"HX-Request": "true", "HX-Current-URL": "http://["},
    {"Referer": "http://[::"},
    {"Accept-Language": ";q=" * 500},
    {"If-None-Match": '"' * 99},
    {"Range": "bytes=9-1,-9999999999999999999999"},
    {"If-Modified-Since": "Mon, 99 Foo 9999999 99:99:99 GMT"},
    {"Cookie": "quizapp=a.b.c; theme=\x7f; quizapp_remember=a|b"},
    {"X-Forwarded-For": "a" * 500},
    {"Content-Type": "multipart/form-data"},
]
BODIES = [
    "[" * 50_000, '{"answers": [' + "9" * 5000 + "]}", '{"answers": [null, 1, "a"]}', '"\\ud800"', "{", "null",
    '{"a": NaN}',
]  # fmt: skip

ROUTES, TRIES = 6, 40  # of so many one is tried by default

Arrive = Callable[[str], tuple[FlaskClient, str]]

read: set[str] = set()  # the names that a route asked for


class Watched(ImmutableMultiDict[str, str]):
    """Parameters that note which of them are asked for."""

    def __contains__(self, name: object) -> bool:
        read.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> str:
        read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, *more: Any, **options: Any) -> Any:
        read.add(name)
        return super().get(name, *more, **options)

    def getlist(self, name: str, *more: Any, **options: Any) -> Any:
        read.add(name)
        return super().getlist(name, *more, **options)


class WatchedRequest(LimitedRequest):
    parameter_storage_class = Watched


class Crawler:
    """Somebody who sends values to a route; `failures` are the requests whose answers were errors of the program."""

    def __init__(self, client: FlaskClient, token: str, route: str, address: Callable[[str], str]) -> None:
        self.client, self.token, self.route, self.address = client, token, route, address
        self.path = address(route)
        self.method, _, self.rule = route.partition(" ")
        self.failures: list[str] = []

    def send(self, what: str, path: str = "", fields: dict[str, str] | None = None, **options: Any) -> str:
        posts = self.method == "POST"
        data = {"csrf_token": self.token, **(fields or {})}
        options.setdefault("data" if posts else "query_string", data if posts else fields)
        answer = self.client.open(path or self.path, method=self.method, **options)
        if answer.status_code >= 500:
            self.failures.append(f"{self.route}: {what}: {answer.status_code}")
        text = answer.text if answer.mimetype.startswith("text/html") else ""
        answer.close()
        return text

    def find_names(self) -> list[str]:
        """Return the names of the parameters: those that the route reads, and the fields of the forms on its page."""
        read.clear()
        page = self.send("nothing")
        if self.method == "POST":
            shown = self.client.get(self.path)
            page += shown.text if shown.mimetype == "text/html" else ""
        names = [*re.findall(r' name="([^"]+)"', page), *sorted(read)] if self.method == "POST" else sorted(read)
        return [name for name in dict.fromkeys(names) if name != "csrf_token"]

    def tries(self) -> Iterator[Callable[[], object]]:
        """Yield what to try: each value for each parameter, for all at once and in the path, headers and bodies."""
        names = self.find_names()
        for value in VALUES:
            if names:
                yield lambda value=value: self.send(f"all = {value[:20]!a}", fields=dict.fromkeys(names, value))
            for name in names:
                yield lambda name=name, value=value: self.send(f"{name} = {value[:20]!a}", fields={name: value})
            for place in re.findall(r"<[^>]+>", self.rule):
                path = self.address(self.route.replace(place, quote(value[:1000], safe="%")))
                yield lambda path=path: self.send(f"path {path[:80]!a}", path=path)
        for headers in HEADERS:
            yield lambda headers=headers: self.send(f"{headers}", headers=headers)
        if self.method == "POST":
            for body in BODIES:
                yield lambda body=body: self._send_json(body)

    def _send_json(self, body: str) -> None:
        headers = {"X-CSRFToken": self.token}
        self.send(f"JSON {body[:40]}", data=body, headers=headers, content_type="application/json")


def groups(routes: Iterable[str]) -> list[list[str]]:
    """Return a sample of the routes, which are tried on the same data, or with `--exhaustive` each on its own."""
    return [[route] for route in routes] if sampling.exhaustive else [list(routes)[::ROUTES]]


def crawl(app: Flask, routes: Iterable[str], arrive: Arrive, address: Callable[[str], str]) -> list[str]:
    """Return the requests whose answers were errors of the program.

    `arrive` returns a browser and its security token for a route, and `address` the path of a route.
    """
    usual, app.request_class = app.request_class, WatchedRequest
    try:
        crawlers = [Crawler(*arrive(route), route, address) for route in sorted(routes)]
        for crawler in crawlers:
            for attempt in sampling.sample(crawler.tries(), every=TRIES):
                attempt()
    finally:
        app.request_class = usual
    return [failure for crawler in crawlers for failure in crawler.failures]
