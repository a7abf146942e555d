"""Classes: created by teachers, joined and left by students."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core import classes as rules
from quizapp.core.text.alphabets import zone_language
from quizapp.core.text.direction import isolate
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import Classroom, Enrolment
from quizapp.services import audit_log
from quizapp.services.access import TEACHER, class_to_teach, enrolled
from quizapp.services.assignments.listing import list_for_class
from quizapp.services.assignments.study_plans import add_all_to_plans
from quizapp.services.classes import classes, roster
from quizapp.services.classes.enrolment import (
    AlreadyTeacher,
    Invitation,
    LastTeacher,
    WrongCode,
    add_teacher,
    find_invitation,
    join_class,
    leave_class,
    remove_teacher,
)
from quizapp.services.classes.student_lists import list_lists, name_only_student
from quizapp.services.errors import UnknownUser
from quizapp.services.throttle import TooManyTries
from quizapp.web.forms.classes import ClassForm, CodeForm, StudentForm, TeacherForm
from quizapp.web.identity import account_required, learner, signed_in
from quizapp.web.passwords import ask_to_wait
from quizapp.web.requests import Page, begin_writing, commit, now, parse_id, requested_page
from quizapp.web.security_log import record_event

bp = Blueprint("classes", __name__)


@bp.get("/classes")
@account_required
def index() -> Page:
    return render_template("classes/index.html", classes=classes.list_classes(db.session(), learner()))


@bp.route("/classes/new", methods=["GET", "POST"])
@account_required
def new() -> Page:
    session, user = db.session(), learner()
    form = ClassForm(timezone=user.timezone, language=zone_language(user.timezone))
    if form.validate_on_submit():
        try:
            row = classes.create_class(session, user, **form.settings, now=now())
            commit()
            return _redirect_to_class(row.id)
        except classes.NotATeacher:
            return render_template("classes/new.html", form=form), 403
    form.offer_own_zone()
    return render_template("classes/new.html", form=form), 422 if form.errors else 200


@bp.get("/classes/<int:class_id>")
@account_required
def show(class_id: int) -> Page:
    """Show the class as its teachers see it, or as a student does: nothing of the other students."""
    session, user = db.session(), learner()
    classroom, enrolment = enrolled(session, user, class_id)
    if enrolment.role != TEACHER:
        return _as_student(classroom, enrolment)
    return render_template(
        "classes/for_teacher.html",
        roster=roster.read_roster(session, user, class_id),
        group=request.args.get("group", ""),
        lists=[(row, name_only_student(row)) for row in list_lists(session, user, class_id, now=now())],
        assignments=list_for_class(session, user, class_id, now=now()),
        code=rules.spell_code(classroom.join_code) if classroom.join_code else None,
        gone=request.args.get("gone", type=parse_id),  # a student just removed, who can be taken back
    )


def _as_student(classroom: Classroom, enrolment: Enrolment) -> str:
    session, user = db.session(), learner()
    return render_template(
        "classes/for_student.html",
        classroom=classroom,
        enrolment=enrolment,
        teachers=classes.teacher_names(session, [classroom.id])[classroom.id],
        assignments=list_for_class(session, user, classroom.id, now=now()),
        log=audit_log.read_user_log(session, user, class_id=classroom.id),
    )


@bp.post("/classes/<int:class_id>/leave")
@account_required
def leave(class_id: int) -> Page:
    try:
        classroom = leave_class(db.session(), learner(), class_id, now=now())
        commit()
    except LastTeacher:
        db.session.rollback()
        flash(gettext("You’re the only teacher of this class. Add another teacher or archive the class."), "bad")
        return redirect(url_for("classes.teachers", class_id=class_id), 303)
    flash(gettext("You left “%(title)s”.", title=classroom.title), "good")
    return redirect(url_for("classes.index"), 303)


# The class itself


@bp.route("/classes/<int:class_id>/settings", methods=["GET", "POST"])
@account_required
def settings(class_id: int) -> Page:
    session, user = db.session(), learner()
    classroom = class_to_teach(session, user, class_id)
    form = ClassForm(obj=classroom)
    if form.validate_on_submit():
        classes.change_class(session, user, class_id, **form.settings, now=now())
        commit()
        flash(gettext("Class saved."), "good")
        return _redirect_to_class(class_id)
    form.offer_own_zone()
    page = render_template("classes/settings.html", form=form, classroom=classroom)
    return page, 422 if form.errors else 200


@bp.post("/classes/<int:class_id>/code")
@account_required
def renew_code(class_id: int) -> Page:
    classes.renew_code(db.session(), learner(), class_id, now=now())
    commit()
    flash(gettext("New join code made. The old one no longer works."), "good")
    return _redirect_to_class(class_id)


@bp.post("/classes/<int:class_id>/close")
@account_required
def close_joining(class_id: int) -> Page:
    classes.close_joining(db.session(), learner(), class_id, now=now())
    commit()
    flash(gettext("Joining is off. Nobody new can join."), "good")
    return _redirect_to_class(class_id)


@bp.post("/classes/<int:class_id>/archive")
@account_required
def archive(class_id: int) -> Page:
    classes.archive_class(db.session(), learner(), class_id, now=now())
    commit()
    return _redirect_to_class(class_id)  # which says so, and has the way back


@bp.post("/classes/<int:class_id>/restore")
@account_required
def restore(class_id: int) -> Page:
    classes.restore_class(db.session(), learner(), class_id, now=now())
    commit()
    flash(gettext("Class restored."), "good")
    return _redirect_to_class(class_id)


@bp.get("/classes/<int:class_id>/log")
@account_required
def log(class_id: int) -> Page:
    """Show what teachers did in the class, the newest first."""
    session = db.session()
    classroom = class_to_teach(session, learner(), class_id)
    page = audit_log.read_class_log(session, class_id, page=requested_page())
    return render_template("classes/log.html", classroom=classroom, page=page)


def _redirect_to_class(class_id: int, *, gone: int | None = None) -> HttpResponse:
    return redirect(url_for("classes.show", class_id=class_id, gone=gone), 303)


# Who teaches it


@bp.route("/classes/<int:class_id>/teachers", methods=["GET", "POST"])
@account_required
def teachers(class_id: int) -> Page:
    session, user = db.session(), learner()
    form = TeacherForm()
    if form.validate_on_submit():
        try:
            other = add_teacher(session, user, class_id, form.name.data, now=now())
            commit()
            flash(gettext("%(name)s is now a teacher of this class.", name=isolate(other.name or "")), "good")
            return redirect(url_for("classes.teachers", class_id=class_id), 303)
        except UnknownUser:
            form.name.errors.append(gettext("No account has this user name. Check the spelling."))
        except AlreadyTeacher:
            form.name.errors.append(gettext("This person already teaches the class."))
        except classes.NotATeacher:
            message = gettext("This isn’t a teacher’s account. Its owner can choose “Become a teacher” under Account.")
            form.name.errors.append(message)
        session.rollback()
    page = render_template("classes/teachers.html", form=form, roster=roster.read_roster(session, user, class_id))
    return page, 422 if form.errors else 200


@bp.post("/classes/<int:class_id>/teachers/<int:user_id>/end")
@account_required
def end_teaching(class_id: int, user_id: int) -> Page:
    remove_teacher(db.session(), learner(), class_id, user_id, now=now())
    commit()
    flash(gettext("Teacher removed."), "good")
    return redirect(url_for("classes.teachers", class_id=class_id), 303)


# Its students


@bp.route("/classes/<int:class_id>/students/<int:user_id>", methods=["GET", "POST"])
@account_required
def student(class_id: int, user_id: int) -> Page:
    """Show what the teachers note about a student, and what they can do."""
    session, user = db.session(), learner()
    classroom, found = roster.find_student(session, user, class_id, user_id)
    form = StudentForm(obj=found)
    if form.validate_on_submit():
        roster.update_student(session, user, class_id, user_id, **form.noted, now=now())
        commit()
        flash(gettext("Changes to %(name)s saved.", name=isolate(found.name)), "good")
        return _redirect_to_class(class_id)
    page = render_template("classes/student.html", form=form, classroom=classroom, student=found)
    return page, 422 if form.errors else 200


@bp.post("/classes/<int:class_id>/students/<int:user_id>/remove")
@account_required
def remove(class_id: int, user_id: int) -> Page:
    roster.remove_student(db.session(), learner(), class_id, user_id, now=now())
    commit()
    return _redirect_to_class(class_id, gone=user_id)


@bp.post("/classes/<int:class_id>/students/<int:user_id>/ban")
@account_required
def ban(class_id: int, user_id: int) -> Page:
    roster.ban_student(db.session(), learner(), class_id, user_id, now=now())
    commit()
    return _redirect_to_class(class_id, gone=user_id)


@bp.post("/classes/<int:class_id>/students/<int:user_id>/restore")
@account_required
def restore_student(class_id: int, user_id: int) -> Page:
    back = roster.restore_student(db.session(), learner(), class_id, user_id, now=now())
    if back is not None:
        add_all_to_plans(db.session(), back, class_id, now=now())
        flash(gettext("%(name)s is back in the class.", name=isolate(back.name or "")), "good")
    commit()
    return _redirect_to_class(class_id)


# Joining


@bp.route("/join", methods=["GET", "POST"])
def join() -> Page:
    """Ask for a code."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            found = _find_invitation(form.code.data)
        except (WrongCode, TooManyTries) as refused:
            form.code.errors.append(_explain_refusal(refused))
        else:
            return redirect(url_for("classes.invited", code=found.code), 303)
    return render_template("classes/join.html", form=form), 422 if form.errors else 200


@bp.route("/join/<code>", methods=["GET", "POST"])
def invited(code: str) -> Page:
    """Show the class of that code: what it is, what joining means, and the button."""
    try:
        found = _find_invitation(code)
        if found.is_member:
            return _redirect_to_class(found.classroom.id)
        user = signed_in()
        if request.method == "GET":
            return render_template("classes/invited.html", invitation=found, code=found.code)
        if user is None or user.is_guest:
            return redirect(url_for("accounts.signup", next=request.path), 303)
        begin_writing()
        class_id, is_new = join_class(db.session(), user, code, now=now())
    except (WrongCode, TooManyTries) as refused:
        form = CodeForm(data={"code": code}, formdata=None)
        form.code.errors = [_explain_refusal(refused)]
        return render_template("classes/join.html", form=form), 404 if isinstance(refused, WrongCode) else 429
    if is_new:
        add_all_to_plans(db.session(), user, class_id, now=now())
        flash(gettext("You joined “%(title)s”.", title=found.classroom.title), "good")
    commit()
    return _redirect_to_class(class_id)


def _find_invitation(typed: str) -> Invitation:
    """Find the class of a code. Raises WrongCode and TooManyTries."""
    begin_writing()  # the try is counted
    user = signed_in()
    try:
        found = find_invitation(db.session(), user, typed, address=request.remote_addr or "", now=now())
    except (WrongCode, TooManyTries) as refused:
        commit()
        outcome = "wrong-code" if isinstance(refused, WrongCode) else "too-many-tries"
        record_event("join", user.id if user else None, outcome)
        raise
    db.session.rollback()  # the try was taken back: a visit with the right code changes nothing
    commit()
    return found


def _explain_refusal(refused: WrongCode | TooManyTries) -> str:
    if isinstance(refused, WrongCode):
        return gettext("This code doesn’t work. Check it, or ask your teacher for the new one.")
    return f"{gettext('Too many wrong codes.')} {ask_to_wait(refused)}"
