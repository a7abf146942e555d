"""Logging in and out, signing up, the account page and what leads off it."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.config import Settings
from quizapp.core.text.direction import isolate
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import User
from quizapp.services import accounts, log_ins, reminders, two_step
from quizapp.services.classes import classes
from quizapp.services.personal_data import personal_data
from quizapp.services.sets import ownership
from quizapp.services.throttle import TooManyTries
from quizapp.web.forms.accounts import (
    AccountForm,
    ConfirmForm,
    EmailForm,
    LogInForm,
    NewPasswordForm,
    PasswordForm,
    RoleForm,
    SignUpForm,
)
from quizapp.web.identity import (
    account_required,
    clear_site_data,
    current_session,
    learner,
    learner_required,
    log_in_or_ask_for_code,
    redirect_after_login,
    safe_next,
    session_limits,
    sign_in,
    sign_out,
    signed_in,
)
from quizapp.web.kept_forms import carried_form, continue_with
from quizapp.web.known_browsers import remember_browser
from quizapp.web.passwords import ask_to_wait, check_password, confirm_password, outside_transaction
from quizapp.web.requests import Page, commit, now
from quizapp.web.security_log import record_event

bp = Blueprint("accounts", __name__)


@bp.route("/login", methods=["GET", "POST"])
def login() -> Page:
    user = signed_in()
    if user and not user.is_guest:
        return redirect_after_login(request.values.get("next"))
    form, kept = LogInForm(next=request.args.get("next")), carried_form()
    if form.validate_on_submit():
        wrong = gettext("Wrong user name or password.")
        proven = check_password(form.name.data, form.password, "log-in", wrong)
        if proven:
            response = log_in_or_ask_for_code(proven, form.next.data)
            return continue_with(kept, proven) if kept else response
    leaves_behind = user is not None and accounts.has_studied(db.session(), user)
    return _form_page("accounts/login.html", form, leaves_behind=leaves_behind, kept=kept)


@bp.route("/signup", methods=["GET", "POST"])
def signup() -> Page:
    user = signed_in()
    if user and not user.is_guest:
        return redirect(safe_next(request.values.get("next"), url_for("accounts.account")), code=303)
    form = SignUpForm(next=request.args.get("next"), role=request.args.get("role", "learn"))
    if form.validate_on_submit():
        try:
            user = _sign_up(form, guest=user)
        except TooManyTries as refused:
            commit()
            record_event("sign-up", None, "too-many-tries")
            form.name.errors.append(f"{gettext('Many people are signing up right now.')} {ask_to_wait(refused)}")
            page, _ = _form_page("accounts/signup.html", form)
            return HttpResponse(page, 429, {"Retry-After": str(60 * refused.minutes)}, mimetype="text/html")
        except accounts.UserNameTaken:
            form.name.errors.append(gettext("This user name is taken. Choose another, or log in if it’s yours."))
        else:
            sign_in(user)
            commit()
            record_event("sign-up", user.id, role=_role(user))
            name = isolate(user.name or "")
            flash(gettext("Welcome, %(name)s. Your progress is saved in this account.", name=name), "good")
            return remember_browser(redirect_after_login(form.next.data), user)
    return _form_page("accounts/signup.html", form)


def _sign_up(form: SignUpForm, *, guest: User | None) -> User:
    settings: Settings = current_app.config["QUIZAPP"]
    accounts.count_arrival(
        db.session(),
        "sign-up",
        address=request.remote_addr or "",
        from_one_address=settings.sign_ups_per_address,
        in_total=settings.sign_ups_in_total,
        now=now(),
    )
    with outside_transaction():
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
    commit()
    flash(gettext("You’re logged out."), "good")
    return clear_site_data(redirect(url_for("home.index"), code=303))


@bp.route("/account", methods=["GET", "POST"])
@learner_required
def account() -> Page:
    user = learner()
    form = AccountForm(obj=user)
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
            total_new_per_day=form.total_new_per_day.data,
        )
        reminders.plan_next(db.session(), user, now=now())
        commit()
        flash(gettext("Settings saved."), "good")
        return redirect(url_for("accounts.account"), code=303)
    form.offer_own_zone()
    logins = [] if user.is_guest else log_ins.list_sessions(db.session(), user, session_limits(), now=now())
    has_two_step = two_step.is_on(db.session(), user)
    return _form_page("accounts/account.html", form, logins=logins, here=current_session(), has_two_step=has_two_step)


@bp.post("/account/sessions/<int:session_id>/end")
@learner_required
def end_session(session_id: int) -> HttpResponse:
    """Log out of another browser; of this one, as the button of its own does."""
    if session_id == current_session().id:
        return logout()
    log_ins.end_session(db.session(), learner(), session_id)
    commit()
    flash(gettext("That browser is logged out."), "good")
    return redirect(url_for("accounts.account"), code=303)


@bp.post("/account/sessions/end-others")
@learner_required
def end_other_sessions() -> HttpResponse:
    """Log out everywhere but here."""
    log_ins.end_other_sessions(db.session(), learner(), current_session())
    commit()
    flash(gettext("All other browsers are logged out."), "good")
    return redirect(url_for("accounts.account"), code=303)


@bp.route("/account/password", methods=["GET", "POST"])
@learner_required
def password() -> Page:
    user = learner()
    if user.name is None:
        return redirect(url_for("accounts.signup"), code=303)
    form, kept = NewPasswordForm(user.name) if user.must_change_password else PasswordForm(user.name), carried_form()
    if form.validate_on_submit() and _may_change_password(user, form):
        with outside_transaction():
            password_hash = accounts.hash_password(form.password.data, user.name)
        accounts.change_password(db.session(), user, password_hash)
        sign_in(user)
        commit()
        record_event("password-change", user.id)
        flash(gettext("Password changed. All other browsers are logged out."), "good")
        if kept:
            return continue_with(kept, user)
        return remember_browser(
            redirect(safe_next(request.args.get("next"), url_for("accounts.account")), code=303), user
        )
    return _form_page("accounts/password.html", form, next=request.args.get("next"), kept=kept)


def _may_change_password(user: User, form: NewPasswordForm) -> bool:
    """Check the current password; who logged in a moment ago to choose a new one must not choose the same."""
    if not user.must_change_password:
        return confirm_password(user, form.current, "password-change")
    with outside_transaction():
        unchanged = accounts.is_password(user, form.password.data)
    if unchanged:
        form.password.errors.append(gettext("This is your current password. Choose another."))
    return not unchanged


@bp.route("/account/email", methods=["GET", "POST"])
@account_required
def email() -> Page:
    user = learner()
    form = EmailForm(email=user.email)
    if form.validate_on_submit() and confirm_password(user, form.password, "email-change"):
        accounts.change_email(db.session(), user, form.email.data or "")
        commit()
        record_event("email-change", user.id)
        flash(gettext("E-mail address saved.") if user.email else gettext("E-mail address removed."), "good")
        return redirect(url_for("accounts.account"), code=303)
    return _form_page("accounts/email.html", form)


@bp.route("/account/role", methods=["GET", "POST"])
@account_required
def role() -> Page:
    """Let a learner become a teacher, who may see what students do, or the other way round."""
    user = learner()
    form = RoleForm(role="teach" if user.is_teacher else "learn")
    if form.validate_on_submit() and confirm_password(user, form.password, "role-change"):
        accounts.change_role(db.session(), user, is_teacher=form.role.data == "teach")
        commit()
        record_event("role-change", user.id, role=_role(user))
        flash(gettext("Saved."), "good")
        return redirect(url_for("accounts.account"), code=303)
    return _form_page("accounts/role.html", form)


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
    form = ConfirmForm()
    if user.is_guest:
        del form.password  # a guest has none
    if form.validate_on_submit() and (user.is_guest or confirm_password(user, form.password, "account-deletion")):
        ownership.release_sets(db.session(), user)
        classes.archive_untaught_classes(db.session(), user, now=now())
        user_id = user.id
        accounts.delete_user(db.session(), user)
        sign_out()
        commit()
        record_event("account-deletion", user_id)
        flash(gettext("Everything about you has been deleted."), "good")
        return clear_site_data(redirect(url_for("home.index"), code=303))
    return _form_page("accounts/delete.html", form, loss=accounts.count_data_to_delete(db.session(), user))


def _role(user: User) -> str:
    return "teacher" if user.is_teacher else "student"


def _form_page(template: str, form: LogInForm, **values: object) -> tuple[str, int]:
    return render_template(template, form=form, **values), 422 if form.errors else 200
