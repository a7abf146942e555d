"""Forgotten passwords: links that log somebody in once, and asking for one by e-mail."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for

from quizapp import mail
from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.services import accounts, log_ins
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
            _send_link(settings, form.name.data)
        except TooManyTries as refused:
            record_event("log-in-link", None, "too-many-tries")
            form.name.errors.append(f"There were too many requests. {ask_to_wait(refused)}")
        else:
            flash("If this account has an e-mail address, we’ve sent a link to it. It works once, for an hour.", "good")
            return redirect(url_for("accounts.login"), code=303)
    return render_template("accounts/forgot.html", form=form), 422 if form.errors else 200


def _send_link(settings: Settings, name: str) -> None:
    try:
        found = accounts.request_login_link(db.session(), name, address=request.remote_addr or "", now=now())
    finally:
        commit()  # what was counted stays counted
    record_event("log-in-link", found[0].id if found else None)
    if found is not None:
        user, token = found
        # Not the address in the request: whoever asks could have chosen that.
        link = (settings.public_url or "").rstrip("/") + url_for("login_links.log_in", token=token)
        message = mail.login_link_mail(settings, user.name or "", user.email or "", link, "an hour")
        mail.send_in_background(settings, message)


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
