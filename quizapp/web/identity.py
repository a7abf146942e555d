"""Who is asking: the one module around Flask-Login.

A cookie holds the user's token. It changes with the password: all other sessions and remember cookies then end.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import (
    AnonymousUserMixin,
    current_user,
    login_required,
    login_user,
    logout_user,
    user_loaded_from_cookie,
)
from itsdangerous import Signer
from sqlalchemy import select
from werkzeug.wrappers import Response as HttpResponse

from quizapp.extensions import db, login_manager
from quizapp.models import User
from quizapp.web.requests import SAFE_METHODS, wants_part

View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask) -> None:
    # Tying a session to address and browser would log people out on trains, and prove nothing: both are copied.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(_ask_to_log_in)
    user_loaded_from_cookie.connect(_extend_remember_cookie, app)


def learner_required(view: View) -> View:
    """Ask anyone but a learner (guest or not) to log in, and bring them back to the page."""
    guarded = login_required(view)
    guarded.asks_to_log_in = True
    return cast(View, guarded)


def asks_to_log_in(view: Callable[..., Any] | None) -> bool:
    """Return whether a view is open to learners only."""
    return getattr(view, "asks_to_log_in", False)


class NotLoggedIn(Exception):
    """Something was sent by somebody whom the page is not open to; `endpoint` is the page that lets them in."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint)
        self.endpoint = endpoint


def account_required(view: View) -> View:
    """Ask a guest to sign up, which keeps everything, and bring them back to the page."""

    @wraps(view)
    def as_member(*arguments: Any, **named: Any) -> Any:
        if learner().name is None:
            return _let_in("accounts.signup")
        return view(*arguments, **named)

    return learner_required(cast(View, as_member))


def signed_in() -> User | None:
    """Return the learner who is asking, guest or not."""
    return learner() if current_user.is_authenticated else None


def learner() -> User:
    """Return the learner who is asking, on a page where `learner_required` lets nobody else in."""
    user: User = current_user._get_current_object()
    return user


def sign_in(user: User) -> None:
    """Make this browser the user's, until log-out or for as long as the remember cookie lasts."""
    if not user.is_guest:
        session.clear()  # an account gets a security token of its own, which nobody saw before
        g.pop("csrf_token", None)
    login_user(user, remember=True)


def act_as_anonymous() -> None:
    """Answer the rest of this request as if nobody were signed in, without asking the database."""
    g._login_user = AnonymousUserMixin()


def sign_out() -> None:
    session.clear()
    logout_user()


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
    user = db.session.scalar(select(User).where(User.token == token))
    if user is None:  # an ended session: forget it, so that the remember cookie is neither tried nor kept
        session.pop("_user_id", None)
        session["_remember"] = "clear"
    return user


def _extend_remember_cookie(app: Flask, user: User) -> None:
    """Let the remember cookie last longer with each visit: a guest's progress hangs on nothing else."""
    session["_remember"] = "set"


def _ask_to_log_in() -> HttpResponse:
    return _let_in("accounts.login")


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
