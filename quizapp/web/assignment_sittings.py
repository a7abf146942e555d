"""Assigned quizzes taken by students, and tried by their teachers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quizapp.extensions import db
from quizapp.services import assignments
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import begin_writing, commit, now
from quizapp.web.sittings import Taking

bp = Blueprint("assignment_sittings", __name__, url_prefix="/assignments")

Page = str | tuple[str, int] | Response

_taking = Taking(
    "assignment_sittings",
    assignments.sitting,
    assignments.answer,
    assignments.hand_in,
    assignments.settle_attempts,
)

REFUSALS = {
    assignments.NotNow: "It is not open.",
    assignments.NoAttemptsLeft: "You have used all your attempts.",
    assignments.NoQuestions: "None of its questions is in the set any more. Tell your teacher.",
}


@bp.post("/<int:assignment_id>/begin")
@account_required
def begin(assignment_id: int) -> Page:
    """Begin an attempt, or go on with the one that is running."""
    try:
        attempt_id = assignments.begin(db.session(), learner(), assignment_id, now=now())
        commit()
    except tuple(REFUSALS) as refusal:
        return _refused(refusal, assignment_id)
    return redirect(url_for("assignment_sittings.attempt", attempt_id=attempt_id), 303)


@bp.post("/<int:assignment_id>/preview")
@account_required
def preview(assignment_id: int) -> Page:
    """Take it as a student will; nothing of it counts."""
    try:
        attempt_id = assignments.preview(db.session(), learner(), assignment_id, now=now())
        commit()
    except assignments.NoQuestions as refusal:
        return _refused(refusal, assignment_id)
    return redirect(url_for("assignment_sittings.attempt", attempt_id=attempt_id), 303)


def _refused(refusal: Exception, assignment_id: int) -> Response:
    db.session.rollback()
    flash(REFUSALS[type(refusal)], "bad")
    return redirect(url_for("assignments.show", assignment_id=assignment_id), 303)


@bp.post("/previews/<int:preview_id>/discard")
@account_required
def discard(preview_id: int) -> Page:
    assignment_id = assignments.discard(db.session(), learner(), preview_id)
    commit()
    flash("The preview is gone.", "good")
    return redirect(url_for("assignments.show", assignment_id=assignment_id), 303)


@bp.get("/attempts/<int:attempt_id>")
@account_required
def attempt(attempt_id: int) -> Page:
    """Where an attempt goes on: the first question not answered yet, or handing in; or its result."""
    return _taking.go_on(attempt_id)


@bp.get("/attempts/<int:attempt_id>/<int:position>")
@account_required
def question(attempt_id: int, position: int) -> Page:
    return _taking.question(attempt_id, position)


@bp.post("/attempts/<int:attempt_id>/<int:position>")
@account_required
def answer(attempt_id: int, position: int) -> Page:
    return _taking.answer_posted(attempt_id, position)


@bp.route("/attempts/<int:attempt_id>/hand-in", methods=["GET", "POST"])
@account_required
def hand_in(attempt_id: int) -> Page:
    return _taking.handing_in(attempt_id)


@bp.get("/attempts/<int:attempt_id>/result")
@account_required
def result(attempt_id: int) -> Page:
    """What an attempt came to, as far as it may be told; `?only=wrong` leaves out what was right."""
    session = db.session()
    try:
        found = assignments.result(session, learner(), attempt_id, now=now())
    except assignments.StillRunning:
        return redirect(url_for("assignment_sittings.attempt", attempt_id=attempt_id), 303)
    if not found.is_preview and assignments.unsettled(session, found.assignment, now=now(), learner=learner()):
        begin_writing()
        assignments.settle(session, learner(), found.assignment, now=now())
        commit()
        found = assignments.result(session, learner(), attempt_id, now=now())
    only_wrong = request.args.get("only") == "wrong"
    return render_template("assignments/result.html", result=found, only_wrong=only_wrong)
