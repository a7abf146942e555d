"""Forgotten passwords: links that log somebody in once, and asking for one by e-mail."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for

from quizapp.config import Settings
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services import accounts, jobs, log_ins
from quizapp.services.errors import NotFound
from quizapp.services.throttle import TooManyTries
from quizapp.web.forms.accounts import LinkForm
from quizapp.web.identity import log_in_or_ask_for_code
from quizapp.web.passwords import ask_to_wait
from quizapp.web.requests import Page, commit, now
from quizapp.web.security_log import record_event

bp = Blueprint("login_links", __name__)


@bp.route("/login/forgot", methods=["GET", "POST"])
def forgot() -> Page:
    """Send a link to the account's e-mail address; whether there is one is not told."""
    settings: Settings = current_app.config["QUIZAPP"]
    if not settings.smtp_url:
        abort(404)
    form = LinkForm()
    if form.validate_on_submit():
        try:
            _ask_for_link(form.name.data)
        except TooManyTries as refused:
            record_event("log-in-link", None, "too-many-tries")
            form.name.errors.append(f"{gettext('Too many requests.')} {ask_to_wait(refused)}")
        else:
            sent = gettext(
                "If this account has an e-mail address, we’ve sent a link to it. It can be used once and "
                "expires after an hour."
            )
            flash(sent, "good")
            return redirect(url_for("accounts.login"), code=303)
    return render_template("accounts/forgot.html", form=form), 422 if form.errors else 200


def _ask_for_link(name: str) -> None:
    """Add a job that sends a link. Without an account there is one too, so that the time it takes tells nothing."""
    session = db.session()
    try:
        user_id = accounts.request_login_link(session, name, address=request.remote_addr or "", now=now())
        details = {"user": user_id, "asked_at": now().isoformat()}
        jobs.add_job(session, jobs.SEND_LOGIN_LINK, due_at=now(), details=details)
    finally:
        commit()  # what was counted stays counted
    record_event("log-in-link", user_id)


@bp.route("/login/link/<token>", methods=["GET", "POST"])
def log_in(token: str) -> Page:
    """Show whom the link logs in, and a button that does: programs that look through mail also open links."""
    session = db.session()
    try:
        if request.method == "GET":
            user = log_ins.find_login_link(session, token, now=now())
            return render_template("accounts/login_link.html", user=user, token=token)
        user = log_ins.use_login_link(session, token, now=now())
    except NotFound:
        record_event("log-in", None, "wrong-link")
        return render_template("accounts/login_link_ended.html"), 404
    return log_in_or_ask_for_code(user, url_for("accounts.account"), by="link")
