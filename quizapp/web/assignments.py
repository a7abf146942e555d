"""Assignments: made, changed and looked after by teachers, looked at by students."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from quizapp.core.assignments import wall_time
from quizapp.extensions import db
from quizapp.models import Assignment, Classroom
from quizapp.services import access, assignments
from quizapp.services.errors import NotFound
from quizapp.web.forms.assignments import ClassChoice, ExtensionForm, QuizForm, RegradeForm, StudyForm
from quizapp.web.forms.question_picker import Picking
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import begin_writing, commit, id_of, now

bp = Blueprint("assignments", __name__)

Page = str | tuple[str, int] | Response

KINDS = ("study", "quiz")


# The list


@bp.get("/classes/<int:class_id>/assignments")
@account_required
def index(class_id: int) -> Page:
    classroom, enrolment = access.enrolled(db.session(), learner(), class_id)
    teaching = enrolment.role == access.TEACHER
    return render_template("assignments/index.html", classroom=classroom, teaching=teaching)


@bp.app_template_global()
def assignments_of(class_id: int) -> list[assignments.Listed]:
    """The assignments of a class, as the reader may see them."""
    return assignments.of_class(db.session(), learner(), class_id, now=now())


@bp.app_template_global()
def assigned_now() -> list[assignments.Listed]:
    """What the reader's classes ask of them now."""
    if not current_user.is_authenticated or current_user.is_guest:
        return []
    return assignments.of_student(db.session(), learner(), now=now())


@bp.app_template_filter("in_zone")
def in_zone(at: datetime, timezone: str) -> datetime:
    """What clocks in a time zone show at an instant."""
    return wall_time(at, timezone)


# Making


@bp.route("/classes/<int:class_id>/assignments/new", methods=["GET", "POST"])
@account_required
def new(class_id: int) -> Page:
    """A choice of what is assigned (`set`, `kind`), then the form for it."""
    session = db.session()
    classroom = access.class_to_teach(session, learner(), class_id)
    set_id, kind = request.args.get("set", type=id_of), request.args.get("kind", "")
    if set_id is None or kind not in KINDS:
        sets = assignments.sets(session, learner())
        return render_template("assignments/choose.html", classroom=classroom, sets=sets)
    offer = assignments.offer(session, learner(), set_id)
    return _study(classroom, offer, None) if kind == "study" else _quiz(classroom, offer, None)


@bp.route("/assignments/<int:assignment_id>/edit", methods=["GET", "POST"])
@account_required
def edit(assignment_id: int) -> Page:
    session = db.session()
    assignment = access.assignment_to_teach(session, learner(), assignment_id)
    if assignment.fact_ids:  # they were brought back: that is done
        raise NotFound
    classroom = session.get_one(Classroom, assignment.class_id)
    offer = assignments.offer(session, learner(), assignment.set_id)
    form = _study if assignment.kind == "study" else _quiz
    return form(classroom, offer, assignment)


def _study(classroom: Classroom, offer: assignments.Offer, assignment: Assignment | None) -> Page:
    form = StudyForm(now().date())
    form.offer([(key, title, offer.facts[key]) for key, title in offer.topics.items()])
    if request.method == "GET" and assignment:
        form.show(assignment)
    elif form.validate_on_submit():
        return _save(classroom, offer, "study", form.values(), assignment)
    page = render_template("assignments/study.html", form=form, classroom=classroom, offer=offer, assignment=assignment)
    return page, 422 if form.errors else 200


def _quiz(classroom: Classroom, offer: assignments.Offer, assignment: Assignment | None) -> Page:
    form, picking = QuizForm(), Picking(offer, assignment)
    form.offer(offer.kinds)
    if request.method == "GET" and assignment:
        form.show(assignment, classroom.timezone)
    elif picking.saves and form.validate_on_submit():
        values = form.values(classroom.timezone)
        values |= form.questions(picking.draws, picking.picked, len(assignments.twins(offer, picking.picked)))
        if not form.errors and not picking.errors:
            return _save(classroom, offer, "quiz", values, assignment)
    page = render_template(
        "assignments/quiz.html",
        form=form,
        picking=picking,
        classroom=classroom,
        offer=offer,
        assignment=assignment,
        shown=assignments.SHOWN,
    )
    return page, 422 if form.errors or picking.errors else 200


def _save(
    classroom: Classroom, offer: assignments.Offer, kind: str, values: dict[str, object], assignment: Assignment | None
) -> Response:
    session = db.session()
    if assignment is None:
        saved = assignments.assign(session, learner(), classroom.id, offer.question_set.id, kind, values, now=now())
        told = "Assigned."
    else:
        saved = assignments.change(session, learner(), assignment.id, values, now=now())
        told = "The assignment is changed."
    commit()
    flash(told, "good")
    return _to(saved.id)


def _to(assignment_id: int) -> Response:
    return redirect(url_for("assignments.show", assignment_id=assignment_id), 303)


@bp.post("/assignments/<int:assignment_id>/archive")
@account_required
def archive(assignment_id: int) -> Page:
    assignments.archive(db.session(), learner(), assignment_id, now=now())
    commit()
    flash("Put away: students no longer see it. Its results and their plans stay.", "good")
    return _to(assignment_id)


@bp.post("/assignments/<int:assignment_id>/restore")
@account_required
def restore(assignment_id: int) -> Page:
    assignments.restore(db.session(), learner(), assignment_id, now=now())
    commit()
    flash("The assignment is back.", "good")
    return _to(assignment_id)


@bp.route("/assignments/<int:assignment_id>/duplicate", methods=["GET", "POST"])
@account_required
def duplicate(assignment_id: int) -> Page:
    session = db.session()
    assignment = access.assignment_to_teach(session, learner(), assignment_id)
    form = ClassChoice()
    form.offer([(each.id, each.title) for each in assignments.classes_taught(session, learner())])
    if form.validate_on_submit():
        made = assignments.duplicate(session, learner(), assignment_id, form.class_id.data, now=now())
        commit()
        flash("Assigned there too. Look at its times.", "good")
        return redirect(url_for("assignments.edit", assignment_id=made.id), 303)
    page = render_template("assignments/duplicate.html", form=form, assignment=assignment)
    return page, 422 if form.errors else 200


# Looking


@bp.get("/assignments/<int:assignment_id>")
@account_required
def show(assignment_id: int) -> Page:
    """The assignment as its teachers or its students see it; what ran out while nobody looked is ended first."""
    session, reader = db.session(), learner()
    assignment, _, enrolment = access.assignment_to_do(session, reader, assignment_id)
    teaches = enrolment.role == access.TEACHER
    if assignments.unsettled(session, assignment, now=now(), learner=None if teaches else reader):
        begin_writing()
        if teaches:
            assignments.settle_all(session, assignment, now=now())
        else:
            assignments.settle(session, reader, assignment, now=now())
        commit()
    page = assignments.page(session, reader, assignment_id, now=now())
    template = "assignments/teach.html" if teaches else "assignments/attend.html"
    return render_template(template, page=page, listed=page.listed, assignment=page.listed.assignment, at=now())


@bp.route("/assignments/<int:assignment_id>/extensions/<int:user_id>", methods=["GET", "POST"])
@account_required
def extension(assignment_id: int, user_id: int) -> Page:
    """Other terms for one student; with every field empty, those of everybody."""
    session = db.session()
    assignment, classroom, student, enrolment, granted = assignments.extension_of(
        session, learner(), assignment_id, user_id
    )
    form = ExtensionForm()
    if request.method == "GET":
        form.show(granted, classroom.timezone)
    elif form.validate_on_submit():
        wanted = form.granted(classroom.timezone)
        if not form.errors:
            assignments.extend(session, learner(), assignment_id, user_id, wanted, now=now())
            commit()
            flash("The terms are saved.", "good")
            return _to(assignment_id)
    page = render_template(
        "assignments/extension.html",
        form=form,
        assignment=assignment,
        classroom=classroom,
        student=student,
        enrolment=enrolment,
    )
    return page, 422 if form.errors else 200


@bp.route("/assignments/<int:assignment_id>/regrade", methods=["GET", "POST"])
@account_required
def regrade(assignment_id: int) -> Page:
    """Whose marks a mended key changes; then the change."""
    session, form = db.session(), RegradeForm()
    if form.validate_on_submit():
        try:
            done = assignments.regrade(session, learner(), assignment_id, form.mark.data or "", now=now())
            commit()
            changed = f"{done.changed} answer{'' if done.changed == 1 else 's'}"
            flash(f"Marked anew: {changed} got another mark.", "good")
            return redirect(url_for("assignments.regrade", assignment_id=assignment_id), 303)
        except assignments.ChangedMeanwhile:
            db.session.rollback()
            flash("Something changed since you looked: a question, or what was handed in. Look again.", "bad")
            return redirect(url_for("assignments.regrade", assignment_id=assignment_id), 303)
    assignment = access.assignment_to_teach(session, learner(), assignment_id)
    if assignments.unsettled(session, assignment, now=now()):  # what ran out while nobody looked is regraded too
        begin_writing()
        assignments.settle_all(session, assignment, now=now())
        commit()
    found = assignments.foresee(session, learner(), assignment_id)
    return render_template("assignments/regrade.html", found=found, assignment=found.assignment, form=form)
