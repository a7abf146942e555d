"""What happens around every request: limits, one clock read, an id, the security headers, one line in the log."""

import gzip
import io
import json
import logging
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from hmac import compare_digest
from textwrap import indent
from typing import Any, cast

from flask import Flask, Request, abort, before_render_template, current_app, g, has_app_context, request, session
from flask import Response as HttpResponse
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF, same_origin
from sqlalchemy import event
from werkzeug.wrappers import Response as BaseResponse

from quizapp.config import Settings
from quizapp.core.progress.calibration import Confidence
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models.base import LARGEST_ID
from quizapp.models.database import writing
from quizapp.web.content_policy import CONTENT_SECURITY_POLICY, PICTURE_POLICY

Page = str | tuple[str, int] | tuple[str, dict[str, str]] | BaseResponse  # what a view returns

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
FURTHEST_PAGE = 100_000
SMALL_PAGE = 4_000  # bytes up to which compressing is not worth the time
LONGEST_PADDING = 100  # bytes
LARGEST_FORM = 256 * 1024  # bytes, where a page allows no more
LONGEST_ADDRESS = 4_000  # characters of path and query
LONGEST_HEADER = 8_000  # characters of a header
LONGEST_TOKEN = 1_000  # characters
LONGEST_NAME = 200  # characters of the name of a field or file
FILE_FIELDS = {"file", "picture_file"}  # in which pages accept files; all other fields are text
KEPT_FORM = "kept"  # the field in which a form travels through the log-in page
LONGEST_KEPT_FORM = 200_000  # bytes
LONGEST_VALUE = 40_000  # characters of a field of a form; essays have up to 10,000, lists of students 20,000
# Which read JSON with `posted_json`; WTForms reads it without any care.
JSON_PAGES = {"offline.receive_answers", "offline.receive_attempt_answers"}

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL, which PostgreSQL refuses, and halves of characters
NOT_STORED = gettext(
    "The text contains an invisible character that can’t be saved. "
    "Go back, delete what you pasted last, and type it or paste it again."
)
ASSETS = {"static", "pictures.show"}  # the same for everybody, and kept by browsers


log = logging.getLogger("quizapp.requests")


def now() -> datetime:
    """Return the instant of this request, UTC; read once, so that everything a request does happens at one time."""
    if "now" not in g:
        g.now = current_app.config["CLOCK"](UTC)
    instant: datetime = g.now
    return instant


def parse_id(typed: str) -> int:
    """Return a number as it was typed or sent, for a `type=`. Raises ValueError for one that no column can hold."""
    if not 0 <= (number := int(typed)) <= LARGEST_ID:
        raise ValueError(typed)
    return number


def requested_page() -> int:
    """Return the page of a list that the address asks for, from 1; beyond FURTHEST_PAGE no list goes."""
    return min(max(request.args.get("page", default=1, type=parse_id), 1), FURTHEST_PAGE)


def wants_part() -> bool:
    """Whether htmx asked, and will put a part into the page it has."""
    return bool(request.environ.get("HTTP_HX_REQUEST") == "true")


def answer_time() -> int | None:
    """Return the milliseconds from question to answer, if the browser sent them."""
    return request.form.get("ms", type=parse_id)


def answer_confidence() -> Confidence | None:
    """Return how sure the learner said they were, if they were asked."""
    return request.form.get("confidence", type=lambda level: Confidence(int(level)))


def may_ask() -> bool:
    """Return whether the page may ask if a doubtful answer is meant: once each time it shows a question, and never
    after "I don't know"."""
    return request.form.keys().isdisjoint(("asked", "give-up"))


def commit() -> None:
    """Commit; what this request reads later does not hold the write lock."""
    db.session.commit()
    writing.set(False)


def begin_writing() -> None:
    """Start writing in a request that has only read; later statements are a new transaction."""
    commit()
    writing.set(True)


class _SessionInterface(SecureCookieSessionInterface):
    """Sessions that leave assets alone: these are the same for everybody, and kept when somebody logs in."""

    def save_session(self, app: Flask, session: SessionMixin, response: HttpResponse) -> None:
        if request.endpoint not in ASSETS:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    settings: Settings = app.config["QUIZAPP"]
    https = settings.https
    configure_log(settings)
    app.session_interface = _SessionInterface()
    app.request_class = LimitedRequest
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.config["CLOCK"] = datetime.now

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = secrets.token_hex(6)
        g.statements, g.wrote = 0, False
        writing.set(request.method not in SAFE_METHODS)
        _check_request()

    @app.after_request
    def finish(response: HttpResponse) -> HttpResponse:
        _add_headers(response, https=https)
        _compress_page(response)
        if request.endpoint != "static":
            _log_request(response)
        return response

    before_render_template.connect(_end_transaction_without_writes, app)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _count_statement)
        event.listen(db.engine, "rollback", _forget_writes)


def _count_statement(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    if has_app_context() and not statement.startswith("BEGIN"):
        g.statements = g.get("statements", 0) + 1
        if not statement.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            g.wrote = True


def _forget_writes(connection: Any) -> None:
    if has_app_context():
        g.wrote = False


def _end_transaction_without_writes(app: Flask, **rendered: object) -> None:
    """Render a page without the write lock if nothing was written, as for a form with errors or a preview."""
    session = db.session()
    pending = session.new or session.dirty or session.deleted
    if writing.get() and not pending and not g.get("wrote"):
        commit()


def _add_headers(response: HttpResponse, *, https: bool) -> None:
    is_picture = request.endpoint == "pictures.show" and response.status_code < 400
    response.headers["Content-Security-Policy"] = PICTURE_POLICY if is_picture else CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint not in ASSETS or response.status_code >= 400:
        # A page shows one person's progress, and Back must not bring an answered question's form to life again.
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("HX-Request")


def _compress_page(response: HttpResponse) -> None:
    """Compress a whole page. The security token looks different in each, and a name of random length, which browsers
    ignore, hides what else could be told from the size."""
    data = response.get_data() if response.mimetype == "text/html" and not response.is_streamed else b""
    if len(data) < SMALL_PAGE or wants_part() or not request.accept_encodings.quality("gzip"):
        return
    packed = io.BytesIO()
    name = "x" * secrets.randbelow(LONGEST_PADDING)
    with gzip.GzipFile(name, "wb", compresslevel=4, fileobj=packed, mtime=0) as file:
        file.write(data)
    response.set_data(packed.getvalue())
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")


def _log_request(response: HttpResponse) -> None:
    log.info(
        "request",
        extra={
            "fields": {
                "id": g.get("request_id"),
                "method": request.method,
                "route": str(request.url_rule or "-"),
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
                "queries": g.get("statements", 0),
            }
        },
    )


class _LineFormatter(logging.Formatter):
    """One line a record: `time level message key=value …`, or the same as JSON.

    The lines of a trace are indented, and line ends in a message are written out, so that nothing in them looks like
    another record.
    """

    def __init__(self, *, json_lines: bool) -> None:
        super().__init__()
        self.json_lines = json_lines

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", {})
        trace = self.formatException(record.exc_info) if record.exc_info else None
        if self.json_lines:
            line = {"at": at, "level": record.levelname.lower(), "message": record.getMessage(), **fields}
            return json.dumps({**line, "trace": trace} if trace else line, default=str)  # such as a path
        text = " ".join([at, record.levelname.lower(), record.getMessage(), *(f"{k}={v}" for k, v in fields.items())])
        if not text.isprintable():
            text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
        return f"{text}\n{indent(trace, '  ')}" if trace else text


def configure_log(settings: Settings) -> None:
    """Write the log to standard error; also for commands that make no application."""
    logger = logging.getLogger("quizapp")
    logger.setLevel(logging.INFO)
    logger.handlers.clear()
    handler = logging.StreamHandler()
    handler.setFormatter(_LineFormatter(json_lines=settings.log_format == "json"))
    logger.addHandler(handler)


# Limits, checked before anything else reads the request


class LimitedRequest(Request):
    """A request with a limit on each field of its form, beside Flask's own limit on the whole."""

    longest_value = LONGEST_VALUE


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
    """Refuse a request that is too long in any part, has a text that cannot be stored, or a file in place of text."""
    if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
        abort(414)
    headers = [name + value for name, value in request.environ.items() if name.startswith(("HTTP_", "CONTENT_"))]
    if max(map(len, headers), default=0) > LONGEST_HEADER:
        abort(431)
    if not is_storable(request.path):
        abort(404)
    if request.is_json and request.endpoint not in JSON_PAGES:
        abort(400)
    _check_fields(request.args.items(multi=True), LONGEST_ADDRESS)
    _check_fields(request.form.items(multi=True), cast(LimitedRequest, request).longest_value)
    _check_fields(((name, file.filename or "") for name, file in request.files.items(multi=True)), LONGEST_NAME)
    if not FILE_FIELDS.issuperset(request.files):  # forms would read a file as the text of a field
        abort(400)


def _check_fields(fields: Iterable[tuple[str, str]], longest: int) -> None:
    given = list(fields)
    for name, value in given:
        if len(name) > LONGEST_NAME or len(value) > (LONGEST_KEPT_FORM if name == KEPT_FORM else longest):
            abort(413)
    if not is_storable("".join(["".join(field) for field in given])):
        abort(400, NOT_STORED)


# The security token. It looks different in every page, so that pages can be compressed: from the sizes of many that
# hold the same secret and something a stranger chose, the secret could be guessed (BREACH).


def masked_token() -> str:
    """Return the token for the page that is being made: a random mask, and what it makes of the session's token."""
    if "masked_csrf_token" not in g:
        token = _session_token().encode()
        mask = secrets.token_bytes(len(token))
        g.masked_csrf_token = urlsafe_b64encode(mask + _combine(mask, token)).decode()
    return str(g.masked_csrf_token)


def forget_token() -> None:
    """Let the page that is being made have the token of the session as it is now."""
    g.pop("masked_csrf_token", None)


def unmasked(masked: str) -> str:
    """Return the session's token. What is no token gives one that is not valid."""
    try:
        data = urlsafe_b64decode(masked.encode("ascii"))
        return _combine(data[: len(data) // 2], data[len(data) // 2 :]).decode("ascii")
    except ValueError:  # not ASCII, or not base64
        return ""


def _combine(mask: bytes, data: bytes) -> bytes:
    length = min(len(mask), len(data))
    return (int.from_bytes(mask[:length]) ^ int.from_bytes(data[:length])).to_bytes(length)


def _session_token() -> str:
    """Return the token of this session, which is new if it has none."""
    if "csrf_token" not in session:
        session["csrf_token"] = secrets.token_hex(20)
    token: str = session["csrf_token"]
    return token


class MaskedCSRF(CSRFProtect):
    """Accept masked tokens, and give templates a `csrf_token` that makes them.

    The session is signed, so the token in it need not be signed once more.
    """

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        app.context_processor(lambda: {"csrf_token": masked_token})

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse what was sent without the session's token; over HTTPS, also what another site's page sent."""
        if request.method in SAFE_METHODS or (apply_exemptions and (not request.endpoint or self._is_exempt())):
            return
        given = self._get_csrf_token() or ""
        known = session.get("csrf_token")
        if not known or len(given) > LONGEST_TOKEN or not compare_digest(unmasked(given), known):
            self._error_response("security-token")
        if request.is_secure and not same_origin(request.referrer or "", f"https://{request.host}/"):
            self._error_response("other-site")
        g.csrf_valid = True  # which forms ask


class _MaskedFormCSRF(_FlaskFormCSRF):
    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        return masked_token()


class PageForm(FlaskForm):
    """A form with a masked token; MaskedCSRF has checked the token that was posted."""

    class Meta(FlaskForm.Meta):
        csrf_class = _MaskedFormCSRF


csrf = MaskedCSRF()
