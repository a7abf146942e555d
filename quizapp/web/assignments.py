"""Assignments: created and changed by teachers, shown to students, and attempts at them begun."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models import Assignment, Classroom
from quizapp.services import access
from quizapp.services.assignments import assignments, deadlines, extensions, listing, regrading, student_attempts
from quizapp.services.assignments.questions import (
    AssignableSet,
    find_repeats,
    get_assignable_set,
    read_questions,
    search_questions,
)
from quizapp.services.attempts.lifecycle import NoQuestions
from quizapp.services.errors import NotFound
from quizapp.web.forms.assignments import (
    ClassChoice,
    ExtensionForm,
    QuestionPicker,
    QuizAssignmentForm,
    RegradeForm,
    StudyAssignmentForm,
)
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import Page, begin_writing, commit, now, parse_id

bp = Blueprint("assignments", __name__)

KINDS = ("study", "quiz")


REFUSALS = {
    student_attempts.NotOpen: gettext("This quiz isn’t open."),
    student_attempts.NoAttemptsLeft: gettext("You have used all your attempts."),
    student_attempts.KeyShown: gettext("You have seen the right answers, so you can’t take the quiz again."),
    NoQuestions: gettext("The questions for this quiz are no longer in the set. Ask your teacher."),
}


# The list


@bp.get("/classes/<int:class_id>/assignments")
@account_required
def index(class_id: int) -> Page:
    classroom, enrolment = access.enrolled(db.session(), learner(), class_id)
    teaching = enrolment.role == access.TEACHER
    found = listing.list_for_class(db.session(), learner(), class_id, now=now())
    return render_template("assignments/index.html", classroom=classroom, teaching=teaching, assignments=found)


# Creating and changing


@bp.route("/classes/<int:class_id>/assignments/new", methods=["GET", "POST"])
@account_required
def new(class_id: int) -> Page:
    """Show a choice of what is assigned (`set`, `kind`), then the form for it."""
    session = db.session()
    classroom = access.class_to_teach(session, learner(), class_id)
    set_id, kind = request.args.get("set", type=parse_id), request.args.get("kind", "")
    if set_id is None or kind not in KINDS:
        sets = assignments.list_sets(session, learner())
        return render_template("assignments/choose.html", classroom=classroom, sets=sets)
    found = get_assignable_set(session, learner(), set_id)
    return _study(classroom, found, None) if kind == "study" else _quiz(classroom, found, None)


@bp.route("/assignments/<int:assignment_id>/edit", methods=["GET", "POST"])
@account_required
def edit(assignment_id: int) -> Page:
    session = db.session()
    assignment = access.assignment_to_teach(session, learner(), assignment_id)
    if assignment.fact_ids:  # they were for one day
        raise NotFound
    classroom = session.get_one(Classroom, assignment.class_id)
    found = get_assignable_set(session, learner(), assignment.set_id)
    form = _study if assignment.kind == "study" else _quiz
    return form(classroom, found, assignment)


def _study(classroom: Classroom, found: AssignableSet, assignment: Assignment | None) -> Page:
    form = StudyAssignmentForm(now().date())
    form.offer([(key, title, found.facts[key]) for key, title in found.topics.items()])
    if request.method == "GET" and assignment:
        form.show(assignment)
    elif form.validate_on_submit():
        return _save(classroom, found, "study", form.values(), assignment)
    page = render_template("assignments/study.html", form=form, classroom=classroom, found=found, assignment=assignment)
    return page, 422 if form.errors else 200


def _quiz(classroom: Classroom, found: AssignableSet, assignment: Assignment | None) -> Page:
    session, form, picker = db.session(), QuizAssignmentForm(), QuestionPicker(found, assignment)
    picker.choose(read_questions(session, found.question_set.id, picker.mentioned))
    form.offer(found.kinds)
    if request.method == "GET" and assignment:
        form.show(assignment, classroom.timezone)
    elif picker.saves and form.validate_on_submit():
        values = form.values(classroom.timezone)
        values |= form.questions(picker.draws, picker.picked, len(find_repeats(picker.chosen)))
        if not form.errors and not picker.errors:
            return _save(classroom, found, "quiz", values, assignment)
    page = render_template(
        "assignments/quiz.html",
        form=form,
        picker=picker,
        classroom=classroom,
        found=found,
        assignment=assignment,
        others=search_questions(session, found, picker.text, picker.topic, picker.kind, picker.picked),
    )
    return page, 422 if form.errors or picker.errors else 200


def _save(
    classroom: Classroom, found: AssignableSet, kind: str, values: dict[str, object], assignment: Assignment | None
) -> HttpResponse:
    session = db.session()
    if assignment is None:
        saved = assignments.create_assignment(
            session, learner(), classroom.id, found.question_set.id, kind, values, now=now()
        )
        message = gettext("Assigned.")
    else:
        saved = assignments.change_assignment(session, learner(), assignment.id, values, now=now())
        message = gettext("Saved.")
    commit()
    flash(message, "good")
    return _redirect_to(saved.id)


def _redirect_to(assignment_id: int) -> HttpResponse:
    return redirect(url_for("assignments.show", assignment_id=assignment_id), 303)


@bp.post("/assignments/<int:assignment_id>/archive")
@account_required
def archive(assignment_id: int) -> Page:
    assignments.archive_assignment(db.session(), learner(), assignment_id, now=now())
    commit()
    flash(gettext("Archived. Students no longer see it. Results and plans are kept."), "good")
    return _redirect_to(assignment_id)


@bp.post("/assignments/<int:assignment_id>/restore")
@account_required
def restore(assignment_id: int) -> Page:
    assignments.restore_assignment(db.session(), learner(), assignment_id, now=now())
    commit()
    flash(gettext("Restored. Students see it again."), "good")
    return _redirect_to(assignment_id)


@bp.route("/assignments/<int:assignment_id>/duplicate", methods=["GET", "POST"])
@account_required
def duplicate(assignment_id: int) -> Page:
    session = db.session()
    assignment = access.assignment_to_teach(session, learner(), assignment_id)
    form = ClassChoice()
    form.offer([(each.id, each.title) for each in access.list_classes_taught(session, learner())])
    if form.validate_on_submit():
        copy = assignments.copy_assignment(session, learner(), assignment_id, form.class_id.data, now=now())
        commit()
        flash(gettext("Assigned. Check the dates."), "good")
        return redirect(url_for("assignments.edit", assignment_id=copy.id), 303)
    page = render_template("assignments/duplicate.html", form=form, assignment=assignment)
    return page, 422 if form.errors else 200


# Showing


@bp.get("/assignments/<int:assignment_id>")
@account_required
def show(assignment_id: int) -> Page:
    """Show the assignment as its teachers or its students see it; expired attempts are handed in first."""
    session, reader = db.session(), learner()
    assignment, _, enrolment = access.assignment_to_do(session, reader, assignment_id)
    teaches = enrolment.role == access.TEACHER
    if deadlines.needs_expiry(session, assignment, now=now(), learner=None if teaches else reader):
        begin_writing()
        if teaches:
            deadlines.expire_all_attempts(session, assignment, now=now())
        else:
            deadlines.expire_own_attempts(session, reader, assignment, now=now())
        commit()
    page = listing.get_page(session, reader, assignment_id, now=now())
    template = "assignments/for_teacher.html" if teaches else "assignments/for_student.html"
    assignment = page.summary.assignment
    return render_template(template, page=page, summary=page.summary, assignment=assignment, at=now())


@bp.route("/assignments/<int:assignment_id>/extensions/<int:user_id>", methods=["GET", "POST"])
@account_required
def extension(assignment_id: int, user_id: int) -> Page:
    """Change the settings for one student; with every field empty, they are those of everybody."""
    session = db.session()
    assignment, classroom, student, enrolment, current = extensions.get_extension(
        session, learner(), assignment_id, user_id
    )
    form = ExtensionForm()
    if request.method == "GET":
        form.show(current, classroom.timezone)
    elif form.validate_on_submit():
        wanted = form.extension(classroom.timezone)
        if not form.errors:
            extensions.save_extension(session, learner(), assignment_id, user_id, wanted, now=now())
            commit()
            flash(gettext("Saved."), "good")
            return _redirect_to(assignment_id)
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
    """Show whose marks a corrected key changes; then change them."""
    session, form = db.session(), RegradeForm()
    if form.validate_on_submit():
        commit()  # grading takes long, and nobody should wait for this transaction
        found = regrading.plan_regrade(session, learner(), assignment_id)
        begin_writing()
        try:
            if found.digest != form.digest.data:
                raise regrading.RegradeOutdated
            regrading.regrade(session, learner(), found, now=now())
            commit()
            flash(
                ngettext(
                    "Regraded. %(num)s answer got a different mark.",
                    "Regraded. %(num)s answers got a different mark.",
                    found.changed,
                ),
                "good",
            )
            return redirect(url_for("assignments.regrade", assignment_id=assignment_id), 303)
        except regrading.RegradeOutdated:
            db.session.rollback()
            flash(gettext("A question or an attempt changed in the meantime. Check the marks again."), "bad")
            return redirect(url_for("assignments.regrade", assignment_id=assignment_id), 303)
    assignment = access.assignment_to_teach(session, learner(), assignment_id)
    if deadlines.needs_expiry(session, assignment, now=now()):  # expired attempts are regraded too
        begin_writing()
        deadlines.expire_all_attempts(session, assignment, now=now())
        commit()
    found = regrading.plan_regrade(session, learner(), assignment_id)
    return render_template("assignments/regrade.html", found=found, assignment=found.assignment, form=form)


# Attempts


@bp.post("/assignments/<int:assignment_id>/begin")
@account_required
def begin(assignment_id: int) -> Page:
    """Begin an attempt, or continue the one that is running."""
    try:
        attempt = student_attempts.begin_assigned_attempt(db.session(), learner(), assignment_id, now=now())
        commit()
    except tuple(REFUSALS) as refusal:
        return _refuse(refusal, assignment_id)
    return redirect(url_for("attempts.show", attempt_id=attempt.id), 303)


@bp.post("/assignments/<int:assignment_id>/preview")
@account_required
def preview(assignment_id: int) -> Page:
    """Take the quiz as a student will; nothing of it counts."""
    try:
        attempt = student_attempts.begin_preview(db.session(), learner(), assignment_id, now=now())
        commit()
    except NoQuestions as refusal:
        return _refuse(refusal, assignment_id)
    return redirect(url_for("attempts.show", attempt_id=attempt.id), 303)


def _refuse(refusal: Exception, assignment_id: int) -> HttpResponse:
    db.session.rollback()
    flash(REFUSALS[type(refusal)], "bad")
    return _redirect_to(assignment_id)
