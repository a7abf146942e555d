"""What a learner knows, did and will have to do."""

from flask import Blueprint, render_template

from quizapp.core.progress import LEVELS
from quizapp.extensions import db
from quizapp.services import progress
from quizapp.web.identity import learner, learner_required
from quizapp.web.requests import now

bp = Blueprint("progress", __name__)


@bp.get("/progress")
@learner_required
def index() -> str:
    report = progress.report(db.session(), learner(), now=now())
    return render_template("progress/index.html", report=report, levels=LEVELS)
