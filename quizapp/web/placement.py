"""The placement test of a set, for learners who know some of it already."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.extensions import db
from quizapp.services import placement
from quizapp.services.attempts.lifecycle import NoQuestions
from quizapp.web.identity import learner, learner_required
from quizapp.web.requests import Page, commit, now

bp = Blueprint("placement", __name__, url_prefix="/plans")


@bp.get("/<set_key>/placement")
@learner_required
def show(set_key: str) -> Page:
    """Say what a placement test is, to begin or continue it."""
    view = placement.read_placement(db.session(), learner(), set_key, now=now())
    return render_template("placement/show.html", view=view)


@bp.post("/<set_key>/placement")
@learner_required
def begin(set_key: str) -> HttpResponse:
    try:
        attempt = placement.begin_placement(db.session(), learner(), set_key, now=now())
    except NoQuestions:
        db.session.rollback()
        return redirect(url_for("placement.show", set_key=set_key), 303)
    address = url_for("attempts.show", attempt_id=attempt.id)
    commit()
    return redirect(address, 303)
