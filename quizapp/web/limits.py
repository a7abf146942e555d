"""How long what a browser sends may be, checked before anything else reads it."""

import re
from collections.abc import Iterable
from typing import cast

from flask import Flask, Request, abort, request

LARGEST_FORM = 256 * 1024  # bytes, where a page allows no more
LONGEST_ADDRESS = 4_000  # characters of path and query
LONGEST_HEADER = 8_000  # characters of a header
LONGEST_NAME = 200  # characters of the name of a field or file
LONGEST_VALUE = 40_000  # characters of a field of a form; essays have up to 10,000, lists of students 20,000

JSON_PAGES = {"offline.receive_answers"}  # which read JSON with `posted_json`; WTForms reads it without any care

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL, which PostgreSQL refuses, and halves of characters
NOT_STORED = (
    "The text holds an invisible character that cannot be stored (NUL). "
    "Go back, delete what you pasted last, and type it or paste it again."
)


class LimitedRequest(Request):
    """A request with a limit on each field of its form, beside Flask's own limit on the whole."""

    longest_value = LONGEST_VALUE


def init_app(app: Flask) -> None:
    app.request_class = LimitedRequest
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.before_request(_check_request)


def allow_values(longest: int) -> None:
    """Accept fields of up to so many characters in this request; for the earliest hook of a blueprint."""
    cast(LimitedRequest, request).longest_value = longest


def is_storable(text: str) -> bool:
    """Return whether both databases and UTF-8 can hold the text."""
    return _UNSTORABLE.search(text) is None


def posted_json() -> object:
    """Return the JSON that was sent, or None if it is not JSON. Its texts still have to be checked."""
    try:
        return request.get_json(silent=True)
    except RecursionError:  # lists in lists in lists
        return None


def _check_request() -> None:
    """Refuse a request that is too long in any part, or has a text that cannot be stored."""
    if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
        abort(414)
    if any(len(name) + len(value) > LONGEST_HEADER for name, value in request.headers):
        abort(431)
    if not is_storable(request.path):
        abort(404)
    if request.is_json and request.endpoint not in JSON_PAGES:
        abort(400)
    _check_fields(request.args.items(multi=True), LONGEST_ADDRESS)
    _check_fields(request.form.items(multi=True), cast(LimitedRequest, request).longest_value)
    _check_fields(((name, file.filename or "") for name, file in request.files.items(multi=True)), LONGEST_NAME)


def _check_fields(fields: Iterable[tuple[str, str]], longest: int) -> None:
    for name, value in fields:
        if len(name) > LONGEST_NAME or len(value) > longest:
            abort(413)
        if not is_storable(name) or not is_storable(value):
            abort(400, NOT_STORED)
