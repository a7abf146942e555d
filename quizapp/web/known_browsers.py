"""Browsers in which the owner of an account has logged in before.

Wrong passwords from elsewhere keep nobody out of them: each has tries of its own. A cookie holds a random name for the
browser, signed for one account. Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import secrets

from flask import current_app, request
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.accounts import fold_name
from quizapp.models import User

ONE_YEAR = 365 * 24 * 3600  # seconds


def known_browser(name: str) -> str | None:
    """Return the name of this browser if the account of that user name was logged in to in it, else None."""
    try:
        return _signer(name).unsign(request.cookies.get(_cookie_name(), "")).decode()
    except BadSignature:
        return None


def knows_an_account() -> bool:
    """Return whether somebody has logged in to an account in this browser; a cookie somebody made up counts too."""
    return _cookie_name() in request.cookies


def remember_browser(response: HttpResponse, user: User) -> HttpResponse:
    """Make this browser known as the user's, who has just proved it."""
    signed = _signer(user.name or "").sign(secrets.token_hex(8)).decode()
    secure = current_app.config["QUIZAPP"].https
    response.set_cookie(_cookie_name(), signed, max_age=ONE_YEAR, secure=secure, httponly=True, samesite="lax")
    return response


def _cookie_name() -> str:
    """Return the name of the cookie, with the prefix that the session's has on HTTPS."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}_known"


def _signer(name: str) -> Signer:
    return Signer(current_app.secret_key or "", salt=b"known browser of " + fold_name(name).encode())
