"""The start page, the first minute of a newcomer, the choice of colours, and the health check."""

from flask import Blueprint, abort, current_app, jsonify, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from quizapp.extensions import db
from quizapp.models import User
from quizapp.services import accounts, home, review
from quizapp.web.identity import safe_next, sign_in, signed_in
from quizapp.web.rendering import THEMES
from quizapp.web.requests import commit, now

bp = Blueprint("home", __name__)

ONE_YEAR = 365 * 24 * 3600  # seconds


@bp.get("/")
def index() -> str:
    match signed_in():
        case None:
            page = "home/newcomer.html"
        case User(is_teacher=True):
            page = "home/teacher.html"
        case _:
            page = "home/learner.html"
    return render_template(page, sets=home.sets_on_offer(db.session()))


@bp.post("/start")
def start() -> Response:
    """Begin studying, as a guest when nobody is logged in."""
    session = db.session()
    set_id = home.set_to_study(session, request.form.get("set"))
    learner = signed_in()
    if learner is None:
        learner = accounts.create_guest(session, timezone=request.form.get("timezone", ""), now=now())
        sign_in(learner)
    review.start_plan(session, learner, set_id, now=now())
    commit()
    return redirect(url_for("review.question"), code=303)


@bp.post("/theme")
def choose_theme() -> Response:
    chosen = request.form.get("theme", "")
    if chosen not in THEMES:
        abort(400)
    response = redirect(safe_next(request.form.get("next")), code=303)
    response.set_cookie(
        "theme",
        chosen,
        max_age=ONE_YEAR,
        secure=current_app.config["QUIZAPP"].https,
        httponly=True,
        samesite="Lax",
    )
    return response


@bp.get("/health")
def health() -> tuple[Response, int]:
    """Whether the database answers."""
    try:
        home.ping(db.session())
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ok"), 200
