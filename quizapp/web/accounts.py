"""Logging in and out, signing up, the account page and what leads off it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as HttpResponse
from wtforms import Field

from quizapp.extensions import db
from quizapp.models import User
from quizapp.models.database import writing
from quizapp.services import accounts
from quizapp.services.classes import classes
from quizapp.services.personal_data import personal_data
from quizapp.services.sets import ownership
from quizapp.web.forms.accounts import AccountForm, DeleteForm, LogInForm, PasswordForm, SignUpForm
from quizapp.web.identity import clear_site_data, learner, learner_required, safe_next, sign_in, sign_out, signed_in
from quizapp.web.kept_forms import carried_form, resend_page
from quizapp.web.requests import Page, commit, now

bp = Blueprint("accounts", __name__)


@bp.route("/login", methods=["GET", "POST"])
def login() -> Page:
    user = signed_in()
    if user and not user.is_guest:
        return _redirect_after_login(request.values.get("next"))
    form, kept = LogInForm(next=request.args.get("next")), carried_form()
    if form.validate_on_submit():
        proven = _check_password(form.name.data, form.password, "That user name and password do not belong together.")
        if proven:
            commit()
            sign_in(proven)
            return resend_page(kept) if kept else _redirect_after_login(form.next.data)
    leaves_behind = user is not None and accounts.has_studied(db.session(), user)
    return _form_page("accounts/login.html", form, leaves_behind=leaves_behind, kept=kept)


@bp.route("/signup", methods=["GET", "POST"])
def signup() -> Page:
    user = signed_in()
    if user and not user.is_guest:
        return redirect(safe_next(request.values.get("next"), url_for("accounts.account")), code=303)
    form = SignUpForm(next=request.args.get("next"))
    if form.validate_on_submit():
        try:
            user = _sign_up(form, guest=user)
        except accounts.UserNameTaken:
            form.name.errors.append("Somebody has that name already. Choose another, or log in if it is yours.")
        else:
            commit()
            sign_in(user)
            flash(f"Welcome, {user.name}. Your progress is kept under this name.", "good")
            return _redirect_after_login(form.next.data)
    return _form_page("accounts/signup.html", form)


def _sign_up(form: SignUpForm, *, guest: User | None) -> User:
    with _outside_transaction():
        password_hash = accounts.hash_password(form.password.data, form.name.data)
    return accounts.sign_up(
        db.session(),
        guest=guest,
        name=form.name.data,
        password_hash=password_hash,
        email=form.email.data,
        is_teacher=form.role.data == "teach",
        timezone=form.timezone.data or "",
        now=now(),
    )


@bp.post("/logout")
def logout() -> HttpResponse:
    sign_out()
    flash("You are logged out.", "good")
    return clear_site_data(redirect(url_for("home.index"), code=303))


@bp.route("/account", methods=["GET", "POST"])
@learner_required
def account() -> Page:
    user = learner()
    form = AccountForm(obj=user, role="teach" if user.is_teacher else "learn")
    if user.is_guest:
        del form.role  # a guest tells on signing up
    if form.validate_on_submit():
        accounts.change_settings(
            db.session(),
            user,
            timezone=form.timezone.data,
            rollover_hour=form.rollover_hour.data,
            two_buttons=form.two_buttons.data,
            letter_keys=form.letter_keys.data,
            asks_confidence=form.asks_confidence.data,
            asks_essays=form.asks_essays.data,
            is_teacher=form.role.data == "teach" if form.role else user.is_teacher,
        )
        commit()
        flash("Your settings are saved.", "good")
        return redirect(url_for("accounts.account"), code=303)
    form.offer_own_zone()
    return _form_page("accounts/account.html", form)


@bp.route("/account/password", methods=["GET", "POST"])
@learner_required
def password() -> Page:
    user = learner()
    if user.name is None:
        return redirect(url_for("accounts.signup"), code=303)
    form = PasswordForm(user.name)
    if form.validate_on_submit() and _check_password(user.name, form.current, "That is not your password."):
        with _outside_transaction():
            password_hash = accounts.hash_password(form.password.data, user.name)
        accounts.change_password(db.session(), user, password_hash)
        commit()
        sign_in(user)
        flash("Your password is changed, and every other browser is logged out.", "good")
        return redirect(url_for("accounts.account"), code=303)
    return _form_page("accounts/password.html", form)


@bp.get("/account/data")
@learner_required
def data() -> HttpResponse:
    """Show everything kept about the learner, as a file."""
    session = db.session()
    pieces = personal_data(session, learner(), now=now())
    response = HttpResponse(stream_with_context(pieces), mimetype="application/json")
    response.call_on_close(session.close)  # it outlives the request, and so does its connection
    response.headers.set("Content-Disposition", "attachment", filename=f"quizapp-{now():%Y-%m-%d}.json")
    return response


@bp.route("/account/delete", methods=["GET", "POST"])
@learner_required
def delete() -> Page:
    user = learner()
    form = DeleteForm()
    if user.is_guest:
        del form.password  # a guest has none
    if form.validate_on_submit() and (
        user.name is None or _check_password(user.name, form.password, "That is not your password.")
    ):
        ownership.release_sets(db.session(), user)
        classes.archive_untaught_classes(db.session(), user, now=now())
        accounts.delete_user(db.session(), user)
        commit()
        sign_out()
        flash("Everything about you is deleted.", "good")
        return clear_site_data(redirect(url_for("home.index"), code=303))
    return _form_page("accounts/delete.html", form, loss=accounts.count_data_to_delete(db.session(), user))


def _check_password(name: str, field: Field, wrong: str) -> User | None:
    """Return the user of that name, if the field holds the password; else None, and the field says why."""
    session = db.session()
    try:
        attempt = accounts.begin_login(session, name, address=request.remote_addr or "", now=now())
    except accounts.TooManyLogins as held:
        commit()
        unit = "minute" if held.minutes == 1 else "minutes"
        field.errors.append(f"There were too many wrong passwords. Wait {held.minutes} {unit}, then try again.")
        return None
    try:
        with _outside_transaction():
            password_hash = accounts.check_password(attempt, field.data)
        return accounts.complete_login(session, attempt, password_hash)
    except accounts.WrongPassword:
        accounts.record_failure(session, attempt, now=now())
        commit()
        field.errors.append(wrong)
        return None


@contextmanager
def _outside_transaction() -> Iterator[None]:
    """Hashing takes long, on purpose: end the transaction first, so that nobody waits for it."""
    commit()
    try:
        yield
    finally:
        writing.set(True)


def _form_page(template: str, form: LogInForm, **values: object) -> tuple[str, int]:
    return render_template(template, form=form, **values), 422 if form.errors else 200


def _redirect_after_login(target: str | None) -> HttpResponse:
    """Redirect to the page asked for before, else to Today for a learner and to the classes for a teacher."""
    start = "home.index" if learner().is_teacher else "review.today"
    return redirect(safe_next(target, url_for(start)), code=303)
