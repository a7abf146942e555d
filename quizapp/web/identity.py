"""Who is asking: the one module around Flask-Login.

A cookie holds the token of a session, which is a row: once that is gone, neither the cookie nor a copy of it is worth
anything.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Request, after_this_request, current_app, g, redirect, request, session, url_for
from flask_login import (
    AnonymousUserMixin,
    current_user,
    decode_cookie,
    login_required,
    login_user,
    logout_user,
    user_loaded_from_cookie,
)
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response as HttpResponse

from quizapp.config import Settings
from quizapp.core.log_ins import SECOND_STEP_LIFETIME, SEEN_EVERY, SessionLimits, describe_browser, network_of
from quizapp.extensions import db, login_manager
from quizapp.models import LoginSession, User
from quizapp.models.database import attach
from quizapp.services import log_ins, two_step
from quizapp.services.errors import NotFound
from quizapp.web.known_browsers import knows_an_account, remember_browser
from quizapp.web.requests import SAFE_METHODS, begin_writing, commit, forget_token, now, wants_part
from quizapp.web.security_log import record_event

# Pages of the navigation, where newcomers are offered to start without an account
OPEN_TO_GUESTS = {"review.today", "review.question", "practice.index", "quizzes.index", "progress.index"}
OLD_REMEMBER_COOKIE = "quizapp_remember"  # of HTTPS sites too, before names had the prefix `__Host-`

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


def init_app(app: Flask) -> None:
    # Tying a session to address and browser would log people out on trains, and prove nothing: both are copied.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    login_manager.request_loader(_load_from_old_cookie)
    login_manager.unauthorized_handler(_ask_to_log_in)
    user_loaded_from_cookie.connect(_extend_remember_cookie, app)


def learner_required(view: ViewT) -> ViewT:
    """Ask anyone but a learner (guest or not) to log in, and bring them back to the page.

    Who must change the password is asked for that first.
    """

    @wraps(view)
    def as_learner(*arguments: Any, **named: Any) -> Any:
        if learner().must_change_password and request.endpoint != "accounts.password":
            return _let_in("accounts.password")
        return view(*arguments, **named)

    guarded = login_required(as_learner)
    guarded.asks_to_log_in = True
    return cast(ViewT, guarded)


def asks_to_log_in(view: Callable[..., Any] | None) -> bool:
    """Return whether a view is open to learners only."""
    return getattr(view, "asks_to_log_in", False)


class NotLoggedIn(Exception):
    """Something was sent by somebody whom the page is not open to; `endpoint` is the page that lets them in."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint)
        self.endpoint = endpoint


def account_required(view: ViewT) -> ViewT:
    """Ask a guest to sign up, which keeps everything, and bring them back to the page."""

    @wraps(view)
    def as_member(*arguments: Any, **named: Any) -> Any:
        if learner().name is None:
            return _let_in("accounts.signup")
        return view(*arguments, **named)

    return learner_required(cast(ViewT, as_member))


def signed_in() -> User | None:
    """Return the learner who is asking, guest or not."""
    return learner() if current_user.is_authenticated else None


def learner() -> User:
    """Return the learner who is asking, on a page where `learner_required` lets nobody else in."""
    user: User = current_user._get_current_object()
    return user


def sign_in(user: User) -> None:
    """Make this browser the user's, until log-out or for as long as a session lasts. The caller commits."""
    _end_session()
    if not user.is_guest:
        session.clear()  # an account gets a security token of its own, which nobody saw before
        forget_token()
    login = log_ins.begin_session(db.session(), user, **_describe_visitor(), now=now())
    login_user(login, remember=True)
    g.login_session, g._login_user = login, user


def log_in(user: User, target: str | None, **details: str) -> HttpResponse:
    """Sign in who has shown who they are, with `details` in the security log, and redirect to the page wanted."""
    sign_in(user)
    commit()
    record_event("log-in", user.id, **details)
    return remember_browser(redirect_after_login(target), user)


def log_in_or_ask_for_code(user: User, target: str | None, **details: str) -> HttpResponse:
    """Do the same, or, with two-step log-in, redirect to the page that asks for the code first."""
    if not two_step.is_on(db.session(), user):
        return log_in(user, target, **details)
    commit()
    session["awaiting_code"] = {"user": user.id, "since": now().timestamp(), "password": _mark_of_password(user)}
    return redirect(url_for("two_step.code", next=safe_next(target, "") or None), code=303)


def user_awaiting_code() -> User | None:
    """Return who has shown who they are in this browser a moment ago, and only lacks the code."""
    waiting = session.get("awaiting_code")
    if waiting is None or now().timestamp() - waiting["since"] > SECOND_STEP_LIFETIME.total_seconds():
        return None
    user = db.session.get(User, waiting["user"])
    return user if user and _mark_of_password(user) == waiting["password"] else None


def _mark_of_password(user: User) -> str:
    """Return what changes with the password and does not tell its hash."""
    return Signer(current_app.secret_key or "", salt="password").get_signature(user.password_hash or "").decode()


def redirect_after_login(target: str | None) -> HttpResponse:
    """Redirect to the page asked for before, else to Today for a learner and to the classes for a teacher."""
    user = learner()
    page = safe_next(target, url_for("home.index" if user.is_teacher else "review.today"))
    return redirect(url_for("accounts.password", next=page) if user.must_change_password else page, code=303)


def session_limits() -> SessionLimits:
    settings: Settings = current_app.config["QUIZAPP"]
    return SessionLimits(timedelta(days=settings.session_idle_days), timedelta(days=settings.session_days))


def current_session() -> LoginSession:
    """Return the session of the learner who is asking."""
    login: LoginSession = g.login_session
    return login


def act_as_anonymous() -> None:
    """Answer the rest of this request as if nobody were signed in, without asking the database."""
    g._login_user = AnonymousUserMixin()


def sign_out() -> None:
    """End the session of this browser. The caller commits."""
    _end_session()
    session.clear()
    logout_user()


def _end_session() -> None:
    user = signed_in()
    if user is not None:
        with suppress(NotFound):  # it ended with the account
            log_ins.end_session(db.session(), user, current_session().id)


def _describe_visitor() -> dict[str, str]:
    user_agent = request.headers.get("User-Agent", "")
    return {"browser": describe_browser(user_agent), "network": network_of(request.remote_addr or "")}


def clear_site_data(response: HttpResponse) -> HttpResponse:
    """Tell the browser to delete everything it keeps for this site; without https it ignores that."""
    if request.is_secure or request.host.partition(":")[0] in ("localhost", "127.0.0.1"):
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def safe_next(target: str | None, fallback: str = "/") -> str:
    """Return the target if it is a path on this site, else the fallback, so that our links never lead elsewhere."""
    local = (
        target is not None
        and target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target  # which browsers read as a slash
        and target.isprintable()  # they skip tabs and line ends: "/\t/there" is "//there"
    )
    return target if local and target else fallback


def _load(token: str) -> User | None:
    limits = session_limits()
    limited = {"seen_after": now() - limits.idle, "begun_after": now() - limits.longest}
    database = db.session()
    connection = database.connection()
    find = log_ins.SESSION_OF_TOKEN[connection.dialect.name]
    found = connection.execute(find, {"token": token, **limited}).one_or_none()
    if found is None:  # an ended session: forget it, so that the remember cookie is neither tried nor kept
        session.pop("_user_id", None)
        session["_remember"] = "clear"
        return None
    user: User
    login: LoginSession
    user, login = attach(database, found, User, LoginSession)
    g.login_session = login
    if login.last_seen_at <= now() - SEEN_EVERY:
        _record_visit(login)
    return user


def _load_from_old_cookie(request: Request) -> User | None:
    """Recognise a guest by the cookie that HTTPS sites set before its name had a prefix, once: a new one replaces it.

    An account can log in again instead; a guest's progress hangs on nothing else.
    """
    if not current_app.config["QUIZAPP"].https or OLD_REMEMBER_COOKIE not in request.cookies:
        return None
    after_this_request(_delete_old_cookie)
    token = decode_cookie(request.cookies[OLD_REMEMBER_COOKIE])
    user = _load(token) if token else None
    if user is None or not user.is_guest:
        return None
    session["_user_id"], session["_remember"] = token, "set"
    return user


def _delete_old_cookie(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(OLD_REMEMBER_COOKIE, secure=True, httponly=True, samesite="lax")
    return response


def _record_visit(login: LoginSession) -> None:
    """Note the visit, in a transaction of its own where the request only reads, and keep the cookie for longer."""
    is_reading = request.method in SAFE_METHODS
    if is_reading:
        begin_writing()
    log_ins.record_visit(db.session(), login, **_describe_visitor(), now=now())
    if is_reading:
        commit()
    session["_remember"] = "set"


def _extend_remember_cookie(app: Flask, user: User) -> None:
    """Let the remember cookie last longer with each visit: a guest's progress hangs on nothing else."""
    session["_remember"] = "set"


def _ask_to_log_in() -> HttpResponse:
    is_newcomer = request.endpoint in OPEN_TO_GUESTS and not knows_an_account()
    return _let_in("home.welcome" if is_newcomer else "accounts.login")


def _let_in(endpoint: str) -> HttpResponse:
    """Redirect to a page that lets people in. Raises NotLoggedIn where what was sent may be worth keeping."""
    if request.method not in SAFE_METHODS:
        raise NotLoggedIn(endpoint)
    return redirect_to_entrance(endpoint)


def redirect_to_entrance(endpoint: str) -> HttpResponse:
    """Redirect to a page that lets people in, and back from there to the page asked for."""
    address = url_for(endpoint, next=_page_to_return_to())
    if wants_part():  # following a redirect, htmx would put the log-in page into a part of this one
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address, code=303)


def _page_to_return_to() -> str | None:
    """Return the page asked for; for what is no page (a form sent, a part asked for by htmx) the page it was on."""
    if request.method in SAFE_METHODS and not wants_part():
        return safe_next(request.full_path.removesuffix("?"))
    try:
        page = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    except ValueError:
        return None
    return safe_next(f"{page.path}?{page.query}".removesuffix("?"), "") or None


def learner_mark() -> str:
    """Return what ties the data in a browser to a learner: the same for one person and never another's, although an id
    may be reused after its owner is deleted. Empty when nobody is logged in."""
    user = signed_in()
    if user is None:
        return ""
    person = f"{user.id}:{user.created_at.isoformat()}"
    return Signer(current_app.secret_key or "", salt="offline").get_signature(person).decode()[:16]


def handed_out() -> str:
    """Return the time of this request, signed for the learner: a page sends it back with an answer to its question."""
    if "handed_out" not in g:
        g.handed_out = _sign_for_learner().sign(now().isoformat()).decode()
    signed: str = g.handed_out
    return signed


def read_handed_out(signed: str | None) -> datetime | None:
    """Return the time that `handed_out` signed for this learner, or None for anything else."""
    try:
        return datetime.fromisoformat(_sign_for_learner().unsign(signed or "").decode())
    except (BadSignature, ValueError):
        return None


def _sign_for_learner() -> Signer:
    return Signer(current_app.secret_key or "", salt=b"handed out:" + learner_mark().encode())
