"""What a learner knows, did and will have to do."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quizapp.core.progress.mastery import LEVELS
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services import parameters
from quizapp.services.progress import fact_history, overview
from quizapp.services.progress.calibration import read_calibration
from quizapp.services.progress.mixups import read_mixups
from quizapp.services.review.today import list_suspended
from quizapp.web.identity import learner, learner_required
from quizapp.web.requests import begin_writing, commit, now

bp = Blueprint("progress", __name__, url_prefix="/progress")


@bp.get("")
@learner_required
def index() -> str:
    """Show the overview; `?by=` groups what is known by topic, passage or actor."""
    by = request.args.get("by", "topic")
    view = by if by in overview.VIEWS else "topic"
    report = overview.read_report(db.session(), learner(), now=now(), by=view)
    return render_template(
        "progress/index.html",
        report=report,
        levels=LEVELS,
        pace=parameters.forgetting_pace(learner()),
        suspended=list_suspended(db.session(), learner(), now=now()),
    )


@bp.post("/parameters")
@learner_required
def change_parameters() -> Response:
    """Use the standard intervals (`use=standard`) or the learner's own, and compute the memories with them."""
    uses_standard = request.form.get("use") == "standard"
    commit()  # what takes long reads only, and keeps no writer waiting
    person = learner()
    adjustment = parameters.find_switch(db.session(), person, uses_standard=uses_standard, now=now())
    begin_writing()
    try:
        parameters.save_adjustment(db.session(), person, adjustment, now=now())
    except parameters.ChangedMeanwhile:
        flash(gettext("Nothing changed, because your plans or settings were changed at the same time. Try again."))
        return redirect(url_for("progress.index", _anchor="memory"), 303)
    commit()
    standard, own = gettext("You now use the standard intervals."), gettext("You now use your own intervals.")
    flash(standard if uses_standard else own)
    return redirect(url_for("progress.index", _anchor="memory"), 303)


@bp.get("/mix-ups")
@learner_required
def mixups() -> str:
    return render_template("progress/mixups.html", mixups=read_mixups(db.session(), learner(), now=now()))


@bp.get("/calibration")
@learner_required
def calibration() -> str:
    found = read_calibration(db.session(), learner(), now=now())
    return render_template("progress/calibration.html", certainty=found)


@bp.get("/facts/<set_key>/<fact_key>")
@learner_required
def fact(set_key: str, fact_key: str) -> str:
    """Show how one fact was remembered."""
    history = fact_history.read_fact_history(db.session(), learner(), set_key, fact_key, now=now())
    return render_template("progress/fact.html", history=history)
