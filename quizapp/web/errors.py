"""Errors as pages that say what to do next; the trace goes to the log with the request's id."""

import logging

from flask import Flask, g, request
from flask import Response as HttpResponse
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models.faults import describe_fault
from quizapp.services.errors import NotFound, NotInClass
from quizapp.services.running_quizzes import InRunningQuiz
from quizapp.services.throttle import TooManyTries
from quizapp.web import identity
from quizapp.web.kept_forms import KeptForm, is_for_members, log_in_page, new_password_page, posted_form, resend_page
from quizapp.web.rendering import render
from quizapp.web.requests import wants_part
from quizapp.web.security_log import record_event

log = logging.getLogger("quizapp")

PAGES = {
    400: (gettext("Something went wrong"), gettext("Go back, reload the page and try again.")),
    403: (
        gettext("Not allowed"),
        gettext("Your account can’t do this. If you have another account that can, log in with it."),
    ),
    404: (
        gettext("Page not found"),
        gettext("Check the address. The page may have been deleted, or you may not have access."),
    ),
    405: (gettext("Can’t open page"), gettext("Go back to the previous page and start again.")),
    413: (gettext("Too large"), gettext("Nothing was saved. Send something smaller.")),
    414: (gettext("Address too long"), gettext("Start again from the previous page or the home page.")),
    429: (gettext("Too many requests"), gettext("Wait a moment, then try again.")),
    431: (gettext("Cookies too large"), gettext("Delete this site’s cookies in your browser, then try again.")),
    500: (
        gettext("Server error"),
        gettext("Either everything you sent was saved, or nothing was. Check, then try again in a moment."),
    ),
    503: (gettext("Site unavailable"), gettext("Nothing was saved. Wait a moment, then try again.")),
}
RETRY_AFTER = 10  # seconds


def init_app(app: Flask) -> None:
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(NotInClass, _not_in_class)
    app.register_error_handler(InRunningQuiz, _in_running_quiz)
    app.register_error_handler(TooManyTries, _too_many)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(identity.NotLoggedIn, _not_logged_in)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _internal)
    app.register_error_handler(Exception, _unexpected)


def _page(code: int, title: str | None = None, advice: str | None = None) -> HttpResponse:
    """Return the page that explains an error."""
    standard = PAGES.get(code, PAGES[400 if code < 500 else 500])
    page = render(
        "errors/error.html",
        "errors/_error.html",
        code=code,
        title=title or standard[0],
        advice=advice or standard[1],
        request_id=g.get("request_id"),
    )
    return _whole_page(page, code)


def _whole_page(page: str, code: int) -> HttpResponse:
    response = HttpResponse(page, code)
    if wants_part():  # the error takes the page's place, wherever the part was to go
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#main", "innerHTML"
    return response


def _not_found(error: NotFound) -> HttpResponse:
    """Answer who asked for what is gone or belongs to others; the log says who, if somebody is logged in."""
    if identity.signed_in():
        _record_refusal("access", "not-found")
    return _page(404)


def _not_in_class(error: NotInClass) -> HttpResponse:
    _record_refusal("access", "not-found")
    return _page(
        404,
        gettext("You’re no longer in this class"),
        gettext("You can’t open its quizzes any more. The answers you had already given were handed in."),
    )


def _record_refusal(event: str, outcome: str) -> None:
    user = identity.signed_in()
    record_event(event, user.id if user else None, outcome, route=str(request.url_rule or "-"))


def _in_running_quiz(error: InRunningQuiz) -> HttpResponse:
    db.session.rollback()
    _record_refusal("access", "running-quiz")
    return _page(
        403,
        gettext("Hidden during a quiz"),
        gettext("Your class is taking a quiz about this. Come back when the quiz has closed. Nothing is lost."),
    )


def _csrf(error: CSRFError) -> HttpResponse:
    _record_refusal("security-token", "refused")
    kept = posted_form()
    if kept is not None:
        page = log_in_page(kept) if is_for_members() else resend_page(kept)
        if page is not None:
            return _whole_page(page, 400)
    return _page(
        400,
        gettext("Page out of date"),
        gettext(
            "Nothing was saved. Maybe you logged in or out in another tab. Go back, reload the page and send it again."
        ),
    )


def _too_many(refused: TooManyTries) -> HttpResponse:
    """Answer somebody who would be one guest too many."""
    record_event("guest", None, "too-many-tries")
    advice = ngettext(
        "Many people are starting right now. Try again in %(num)s minute. If you have an account, log in now.",
        "Many people are starting right now. Try again in %(num)s minutes. If you have an account, log in now.",
        refused.minutes,
    )
    response = _page(429, advice=advice)
    response.headers["Retry-After"] = str(60 * refused.minutes)
    return response


def _not_logged_in(error: identity.NotLoggedIn) -> BaseResponse:
    kept = posted_form()
    if kept is not None and error.endpoint == "accounts.signup" and not kept.typed:
        kept = None  # a guest pressed a button of a page for accounts
    page = None if kept is None else _entrance(error.endpoint, kept)
    return identity.redirect_to_entrance(error.endpoint) if page is None else _whole_page(page, 401)


def _entrance(endpoint: str, kept: KeptForm) -> str | None:
    return new_password_page(kept, identity.learner()) if endpoint == "accounts.password" else log_in_page(kept)


def _http(error: HTTPException) -> HttpResponse | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect
    if isinstance(request.routing_exception, BadHost):
        return error  # our page cannot be rendered: its links need a host
    is_special = error.description != type(error).description
    return _page(error.code, advice=error.description if is_special else None)


def _internal(error: InternalServerError) -> HttpResponse:
    """Answer a fault that came up while the page of another error was made."""
    return _unexpected(error.original_exception or error)


def _unexpected(error: BaseException) -> HttpResponse:
    db.session.rollback()
    fields = {"id": g.get("request_id")}
    if isinstance(error, SQLAlchemyError):
        identity.act_as_anonymous()  # the page must not ask a broken database who is reading
        if why := describe_fault(error):
            log.error("the database cannot be used", extra={"fields": {**fields, "why": why}})
            return _unavailable()
    log.error("unexpected error", exc_info=error, extra={"fields": fields})
    return _page(500)


def _unavailable() -> HttpResponse:
    response = _page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response
