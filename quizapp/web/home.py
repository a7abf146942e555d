"""The start page, a newcomer's first minute, the choice of colours and type, keys, privacy, the health check."""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as HttpResponse

from quizapp.config import Settings
from quizapp.core import defaults
from quizapp.core.accounts import WINDOW
from quizapp.core.kinds import KIND_NAMES
from quizapp.core.kinds.reading import NoSuchChoice
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import User
from quizapp.models.faults import describe_fault
from quizapp.services import accounts, health, home
from quizapp.services.assignments.listing import list_for_student
from quizapp.services.memories import option_order
from quizapp.services.review import today
from quizapp.services.review.answers import SubmittedAnswer, record_answer
from quizapp.services.sample_question import SampleAnswer, find_sample_question, grade_sample_answer
from quizapp.services.streaks import read_streak
from quizapp.web.accessibility import CRITERIA
from quizapp.web.exam_days import read_today_after_exams
from quizapp.web.forms.custom_sessions import read_kinds
from quizapp.web.identity import safe_next, sign_in, signed_in
from quizapp.web.rendering import READ_ALOUD, TEXT_SIZES, THEMES, choice_cookie
from quizapp.web.requests import Page, begin_writing, commit, now, parse_id

bp = Blueprint("home", __name__)

ONE_YEAR = 365 * 24 * 3600  # seconds


@bp.get("/")
def index() -> str:
    session, reader = db.session(), signed_in()
    sets = home.offered_sets(session, reader)
    if reader is None:
        sample = find_sample_question(session, sets[0].id) if sets else None
        return render_template("home/newcomer.html", sets=sets, sample=sample)
    return render_template(
        "home/teacher.html" if reader.is_teacher else "home/learner.html",
        classes=home.taught_classes(session, reader) if reader.is_teacher else [],
        assigned=[] if reader.is_teacher or reader.is_guest else list_for_student(session, reader, now=now()),
        sets=sets,
        today=read_today_after_exams(),
        streak=read_streak(session, reader, now=now()),
    )


@bp.get("/try")
def answer_sample() -> Page:
    """Show the feedback on an answer to the question of the start page; nothing is stored."""
    session, reader = db.session(), signed_in()
    answered = None if reader else _read_sample_answer(home.set_to_study(session, None, None), request.args)
    if answered is None:  # the question has changed since the page was opened
        return redirect(url_for("home.index"), code=303)
    return render_template("home/try.html", answered=answered, picked=answered.order.index(answered.response.picked))


def _read_sample_answer(set_id: int, sent: MultiDict[str, str]) -> SampleAnswer | None:
    """Return the answer to the sample question in what was sent, or None if there is none."""
    sample = find_sample_question(db.session(), set_id)
    picked = sent.get("picked", type=parse_id)
    if sample is None or picked is None or sent.get("question", type=parse_id) != sample.version_id:
        return None
    with suppress(NoSuchChoice):
        return grade_sample_answer(sample, picked)
    return None


@bp.get("/welcome")
def welcome() -> Page:
    """Offer a newcomer who opens a page for learners to start without an account, and then lead there."""
    target = safe_next(request.args.get("next"), url_for("review.today"))
    if signed_in():
        return redirect(target, code=303)
    return render_template("home/welcome.html", target=target)


@bp.post("/start")
def start() -> HttpResponse:
    """Begin studying, as a guest when nobody is logged in, and open the page wanted, or else a session."""
    session = db.session()
    learner = signed_in()
    set_id = home.set_to_study(session, learner, request.form.get("set"))
    answered = None
    if learner is None:
        answered = _read_sample_answer(set_id, request.form)
        learner = _create_guest()
    is_new = today.start_plan(session, learner, set_id, now=now())
    if answered:
        _keep_sample_answer(learner, answered)
    commit()
    return redirect(safe_next(request.form.get("next"), _session_address(learner, set_id, is_new=is_new)), code=303)


def _session_address(learner: User, set_id: int, *, is_new: bool) -> str:
    """Return the address of a session of the set `set`, alone where the learner studies others too."""
    options = _study_options(request.form)
    if not any(options.values()) and not today.studies_others(db.session(), learner, set_id):
        return url_for("review.question")
    if is_new and not options["new"]:  # other sets may have used up the new facts of today, but this one was asked for
        options["new"] = defaults.NEW_PER_DAY
    return url_for("review.question", set=request.form.get("set"), **options)


def _create_guest() -> User:
    settings: Settings = current_app.config["QUIZAPP"]
    accounts.count_arrival(
        db.session(),
        "guest",
        address=request.remote_addr or "",
        from_one_address=settings.guests_per_address,
        in_total=settings.guests_in_total,
        now=now(),
    )
    guest = accounts.create_guest(db.session(), timezone=request.form.get("timezone", ""), now=now())
    sign_in(guest)
    return guest


def _keep_sample_answer(guest: User, answered: SampleAnswer) -> None:
    """Record the answer given on the start page as the guest's first: they have seen the feedback on it."""
    sample, picked = answered.sample, answered.response.picked
    order = option_order(sample.question, guest.id, sample.version_id, 0)
    posted = {"picked": str(order.index(picked or 0))}
    given = SubmittedAnswer(sample.fact.id, sample.version_id, 0, posted)
    record_answer(db.session(), guest, given, now=now())


@bp.get("/study/<set_key>")
def offer(set_key: str) -> str:
    """Offer to study a set, with the options in the address: `?kinds=typed,choice&n=20` (new facts)."""
    found = home.read_study_offer(db.session(), signed_in(), set_key)
    options = _study_options(request.args, new_facts="n")
    asked = [KIND_NAMES[kind] for kind in read_kinds(options["kinds"] or "") if kind in found.kinds]
    return render_template("home/offer.html", offer=found, options=options, asked=asked)


def _study_options(fields: MultiDict[str, str], *, new_facts: str = "new") -> dict[str, Any]:
    """Return the options of a link to study a set, as they are in the address of a session; None for each not set."""
    new = fields.get(new_facts, type=parse_id)
    return {
        "kinds": ",".join(read_kinds(fields.get("kinds", ""))) or None,
        "new": min(new, defaults.MOST_NEW_PER_DAY) if new else None,
    }


@bp.post("/theme")
def choose_theme() -> HttpResponse:
    return _keep_choice("theme", THEMES)


@bp.post("/text-size")
def choose_text_size() -> HttpResponse:
    return _keep_choice("text-size", TEXT_SIZES)


@bp.post("/read-aloud")
def choose_read_aloud() -> HttpResponse:
    return _keep_choice("read-aloud", READ_ALOUD)


def _keep_choice(name: str, choices: Collection[str]) -> HttpResponse:
    """Keep the reader's choice of how pages look or sound in a cookie."""
    chosen = request.form.get(name, "")
    if chosen not in choices:
        abort(400)
    response = redirect(safe_next(request.form.get("next")), code=303)
    secure = current_app.config["QUIZAPP"].https
    cookie = choice_cookie(name)
    response.set_cookie(cookie, chosen, max_age=ONE_YEAR, secure=secure, httponly=True, samesite="lax")
    return response


@bp.get("/keys")
def keys() -> str:
    """Show what the keys do, for browsers that show no dialog."""
    return render_template("home/keys.html")


@bp.get("/privacy")
def privacy() -> str:
    """Show what is stored about people, for how long, and who sees it."""
    return render_template(
        "home/privacy.html",
        settings=current_app.config["QUIZAPP"],
        login_days=current_app.config["REMEMBER_COOKIE_DURATION"].days,
        window_minutes=WINDOW // timedelta(minutes=1),
    )


@bp.get("/accessibility")
def accessibility() -> str:
    """Show how the site meets each success criterion of WCAG 2.2, A and AA."""
    return render_template("home/accessibility.html", criteria=CRITERIA)


@bp.get("/health")
def health_check() -> tuple[HttpResponse, int]:
    """Show whether the database can be read and written."""
    begin_writing()
    try:
        health.check_database(db.session(), now=now())
        commit()
    except (SQLAlchemyError, health.DiskFull) as error:
        db.session.rollback()
        why = describe_fault(error) if isinstance(error, SQLAlchemyError) else gettext("the disk is full")
        return jsonify(status=why or gettext("the database is not responding")), 503
    return jsonify(status="ok"), 200
