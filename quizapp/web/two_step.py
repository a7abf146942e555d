"""Two-step log-in: turning it on and off, and asking for the code."""

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from wtforms import Field

from quizapp.core import totp
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services import log_ins, two_step
from quizapp.services.throttle import TooManyTries
from quizapp.web.forms.accounts import CodeForm, ConfirmForm, TwoStepForm
from quizapp.web.identity import account_required, current_session, learner, log_in, user_awaiting_code
from quizapp.web.kept_forms import carried_form, continue_with
from quizapp.web.passwords import ask_to_wait, confirm_password
from quizapp.web.requests import Page, commit, now
from quizapp.web.security_log import record_event

bp = Blueprint("two_step", __name__)


@bp.route("/login/code", methods=["GET", "POST"])
def code() -> Page:
    """Ask who has typed the right password for the code."""
    user, target = user_awaiting_code(), request.args.get("next")
    if user is None:
        return redirect(url_for("accounts.login", next=target), code=303)
    form, kept = CodeForm(), carried_form()
    if form.validate_on_submit() and _check_code(user, form.code):
        response = log_in(user, target)
        return continue_with(kept, user) if kept else response
    return render_template("accounts/code.html", form=form, next=target, kept=kept), 422 if form.errors else 200


def _check_code(user: User, field: Field) -> bool:
    """Whether the field holds a code of the user; if not, the field says why. Counts the try in any case."""
    try:
        two_step.check_code(db.session(), user, field.data, now=now())
    except two_step.WrongCode:
        outcome = "wrong-code"
        field.errors.append(gettext("Wrong code. Type the code your app shows now, or an unused recovery code."))
    except TooManyTries as refused:
        outcome = "too-many-tries"
        field.errors.append(f"{gettext('Too many wrong codes.')} {ask_to_wait(refused)}")
    else:
        return True
    commit()
    record_event("log-in", user.id, outcome)
    return False


@bp.route("/account/two-step", methods=["GET", "POST"])
@account_required
def settings() -> Page:
    """Turn two-step log-in on or off."""
    return _turn_off() if two_step.is_on(db.session(), learner()) else _turn_on()


def _turn_on() -> Page:
    user = learner()
    form = TwoStepForm(secret=two_step.new_secret())
    if form.validate_on_submit() and confirm_password(user, form.password, "two-step-on"):
        try:
            codes = two_step.turn_on(db.session(), user, secret=form.secret.data, code=form.code.data, now=now())
            log_ins.end_other_sessions(db.session(), user, current_session())
            commit()
            record_event("two-step-on", user.id)
            return render_template("accounts/recovery_codes.html", codes=codes)
        except two_step.WrongCode:
            form.code.errors.append(gettext("Wrong code. Check the time on your device and type the next code."))
    if form.secret.errors:
        form.secret.data = two_step.new_secret()  # what came back is not the key that the page showed
    address = totp.setup_address(form.secret.data, user.name or "")
    page = render_template("accounts/two_step_on.html", form=form, address=address, picture=_qr_code(address))
    return page, 422 if form.errors else 200


def _qr_code(address: str) -> Markup:
    """Return a picture for a page: black on white with a white edge, whatever the colours of the page."""
    return Markup(segno.make_qr(address, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff"))


def _turn_off() -> Page:
    user, session = learner(), db.session()
    form = ConfirmForm()
    if form.validate_on_submit() and confirm_password(user, form.password, "two-step-off"):
        two_step.turn_off(session, user)
        log_ins.end_other_sessions(session, user, current_session())
        commit()
        record_event("two-step-off", user.id)
        flash(gettext("Two-step log-in is off. All other browsers are logged out."), "good")
        return redirect(url_for("accounts.account"), code=303)
    left = two_step.count_recovery_codes(session, user)
    return render_template("accounts/two_step_off.html", form=form, left=left), 422 if form.errors else 200
