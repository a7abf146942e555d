"""The page about reminders, the browsers that show notifications, and the link that ends e-mails."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp import push
from quizapp.config import Settings
from quizapp.core.log_ins import describe_browser
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import PushKeys
from quizapp.services import reminders
from quizapp.services.throttle import TooManyTries
from quizapp.web.forms.reminders import PushForm, RemindersForm
from quizapp.web.identity import learner, learner_required
from quizapp.web.passwords import ask_to_wait
from quizapp.web.requests import Page, begin_writing, commit, csrf, now

bp = Blueprint("reminders", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.config["QUIZAPP"]
    return settings


@bp.route("/account/reminders", methods=["GET", "POST"])
@learner_required
def show() -> Page:
    session, user = db.session(), learner()
    row = reminders.read_reminders(session, user)
    form = RemindersForm(hour=row.hour, by_mail=row.by_mail, shows_badge=user.shows_badge)
    if not _settings().smtp_url or not user.email:
        del form.by_mail
    if form.validate_on_submit():
        reminders.change_reminders(
            session,
            user,
            hour=form.hour.data,
            by_mail=form.by_mail.data if "by_mail" in form else row.by_mail,
            shows_badge=form.shows_badge.data,
            now=now(),
        )
        commit()
        return _done(gettext("Reminders saved."))
    return _page(form), 422 if form.errors else 200


def _page(form: RemindersForm) -> str:
    session, user = db.session(), learner()
    return render_template(
        "reminders/show.html",
        form=form,
        calendar_secret=reminders.read_reminders(session, user).calendar_secret,
        browsers=reminders.list_browsers(session, user),
        push_key=_push_keys().public_key if push.is_available else None,
        sends_mail=bool(_settings().smtp_url),
    )


def _push_keys() -> PushKeys:
    """Return the keys of this site, made when they are first wanted."""
    keys = reminders.read_push_keys(db.session())
    if keys is None:
        begin_writing()
        keys = reminders.keep_push_keys(db.session(), *push.make_keys())
        commit()
    return keys


def _done(message: str) -> HttpResponse:
    flash(message, "good")
    return redirect(url_for("reminders.show"), code=303)


# Notifications


@bp.post("/account/reminders/browsers")
@learner_required
def add_browser() -> HttpResponse:
    """Turn on notifications in the browser that this comes from."""
    form = PushForm(lambda address: push.is_endpoint(address, _settings()))
    if push.is_available and form.validate_on_submit():
        try:
            _add_browser(form)
        except TooManyTries as refused:
            flash(f"{gettext('Too many requests.')} {ask_to_wait(refused)}", "bad")
        else:
            flash(gettext("Notifications are on in this browser."), "good")
        commit()
    else:
        flash(gettext("Notifications couldn’t be turned on in this browser."), "bad")
    return redirect(url_for("reminders.show"), code=303)


def _add_browser(form: PushForm) -> None:
    reminders.add_browser(
        db.session(),
        learner(),
        endpoint=form.endpoint.data,
        public_key=form.public_key.data,
        auth_secret=form.auth_secret.data,
        browser=describe_browser(request.headers.get("User-Agent", "")),
        address=request.remote_addr or "",
        now=now(),
    )


@bp.post("/account/reminders/browsers/<int:subscription_id>/end")
@learner_required
def end_browser(subscription_id: int) -> HttpResponse:
    reminders.end_browser(db.session(), learner(), subscription_id, now=now())
    commit()
    return _done(gettext("Notifications are off in that browser."))


# The calendar, whose file is written by web.calendar_feed


@bp.post("/account/reminders/calendar")
@learner_required
def renew_calendar() -> HttpResponse:
    reminders.renew_calendar(db.session(), learner())
    commit()
    return _done(gettext("Your calendar has a new address."))


@bp.post("/account/reminders/calendar/end")
@learner_required
def end_calendar() -> HttpResponse:
    reminders.end_calendar(db.session(), learner())
    commit()
    return _done(gettext("Your calendar address no longer works."))


# E-mail


@bp.route("/unsubscribe/<secret>", methods=["GET", "POST"])
def unsubscribe(secret: str) -> str:
    """End e-mails with one press. Opening the link alone changes nothing: programs that look through mail do that."""
    if request.method == "POST":
        reminders.stop_mail(db.session(), secret)
        commit()
    return render_template(
        "reminders/unsubscribe.html", is_on=reminders.check_unsubscribe_link(db.session(), secret), secret=secret
    )


csrf.exempt(unsubscribe)  # mail programs send it by themselves (RFC 8058); it needs the secret, and no log-in
