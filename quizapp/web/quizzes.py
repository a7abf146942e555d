"""Quizzes: made, taken, handed in, looked at."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quizapp.core.kinds import KIND_NAMES
from quizapp.extensions import db
from quizapp.services import quizzes
from quizapp.services.review import today
from quizapp.web.forms.quizzes import QuizForm
from quizapp.web.identity import learner, learner_required
from quizapp.web.requests import begin_writing, commit, now
from quizapp.web.sittings import Taking

bp = Blueprint("quizzes", __name__, url_prefix="/quizzes")

Page = str | tuple[str, int] | Response

SETTLED_AT_ONCE = 10  # attempts whose time ran out, on one visit to the list


@bp.get("")
@learner_required
def index() -> Page:
    """All quizzes; `archived` names one just put away."""
    shelf = _shelf()
    over = [attempt.attempt_id for attempt in shelf.running if attempt.over][:SETTLED_AT_ONCE]
    if over:
        begin_writing()
        quizzes.settle(db.session(), learner(), over, now=now())
        commit()
        shelf = _shelf()
    return render_template("quizzes/index.html", shelf=shelf, put_away=request.args.get("archived", type=int))


def _shelf() -> quizzes.Shelf:
    return quizzes.shelf(db.session(), learner(), page=request.args.get("page", default=1, type=int), now=now())


# Making and beginning


@bp.route("/new", methods=["GET", "POST"])
@learner_required
def new() -> Page:
    """The form that makes a quiz from the set `set`; where there are several and none is named, a choice of them."""
    session = db.session()
    sets = quizzes.sets(session, learner())
    set_key = request.args.get("set") or (sets[0][0] if len(sets) == 1 else None)
    if set_key is None:
        return render_template("quizzes/choose.html", sets=sets)
    offer = quizzes.offer(session, learner(), set_key)
    form = QuizForm()
    form.offer([(key, title, offer.facts[key]) for key, title in offer.topics.items()], offer.questions)
    if form.validate_on_submit():
        try:
            begun = quizzes.make(session, learner(), offer.set_id, _wanted(form, offer), now=now())
            commit()
        except quizzes.NoQuestions:
            session.rollback()
            form.kinds.errors.append("The topics you ticked have no question of these kinds. Tick others, or none.")
        else:
            return _begin(begun)
    page = render_template("quizzes/new.html", form=form, offer=offer, several=len(sets) > 1)
    return page, 422 if form.errors else 200


def _wanted(form: QuizForm, offer: quizzes.Offer) -> quizzes.Wanted:
    chosen = [title for key, title in offer.topics.items() if key in form.topics.data]
    return quizzes.Wanted(
        title=form.title.data or ", ".join(chosen) or "All topics",
        topics=form.topics.data,
        kinds=form.kinds.data,
        size=form.size.data,
        minutes=form.minutes.data,
        feedback=form.feedback.data,
    )


@bp.post("/<int:quiz_id>/take")
@learner_required
def take(quiz_id: int) -> Page:
    """Begin another attempt, or go on with the one that is running."""
    try:
        begun = quizzes.take(db.session(), learner(), quiz_id, now=now())
        commit()
    except quizzes.NoQuestions:
        db.session.rollback()
        flash("The set has no questions left that fit this quiz.", "bad")
        return redirect(url_for("quizzes.index"), 303)
    return _begin(begun)


def _begin(begun: quizzes.Begun) -> Response:
    if begun.missing:
        facts, questions = _counted(begun.size, "fact"), _counted(begun.size, "question")
        flash(f"No more than {facts} can be asked this way, so the quiz has {questions}.", "good")
    return redirect(url_for("quizzes.attempt", attempt_id=begun.attempt_id), 303)


@bp.post("/<int:quiz_id>/archive")
@learner_required
def archive(quiz_id: int) -> Page:
    quizzes.archive(db.session(), learner(), quiz_id, now=now())
    commit()
    return redirect(url_for("quizzes.index", archived=quiz_id), 303)


@bp.post("/<int:quiz_id>/restore")
@learner_required
def restore(quiz_id: int) -> Page:
    quizzes.restore(db.session(), learner(), quiz_id)
    commit()
    flash("The quiz is back.", "good")
    return redirect(url_for("quizzes.index"), 303)


# Taking


_taking = Taking("quizzes", quizzes.sitting, quizzes.answer, quizzes.hand_in, quizzes.settle)


@bp.get("/attempts/<int:attempt_id>")
@learner_required
def attempt(attempt_id: int) -> Page:
    """Where an attempt goes on: the first question not answered yet, or handing in; or its result."""
    return _taking.go_on(attempt_id)


@bp.get("/attempts/<int:attempt_id>/<int:position>")
@learner_required
def question(attempt_id: int, position: int) -> Page:
    """A question of an attempt; where feedback comes at once and it was answered, the verdict."""
    return _taking.question(attempt_id, position)


@bp.post("/attempts/<int:attempt_id>/<int:position>")
@learner_required
def answer(attempt_id: int, position: int) -> Page:
    """Save an answer and go on: to the verdict, else to the question `to` or the next one."""
    return _taking.answer_posted(attempt_id, position)


@bp.route("/attempts/<int:attempt_id>/hand-in", methods=["GET", "POST"])
@learner_required
def hand_in(attempt_id: int) -> Page:
    """What is still unanswered, and the button; or the button pressed."""
    return _taking.handing_in(attempt_id)


# Afterwards


@bp.get("/attempts/<int:attempt_id>/result")
@learner_required
def result(attempt_id: int) -> Page:
    """Marks and every question; `?only=wrong` leaves out those that were right."""
    try:
        found = quizzes.result(db.session(), learner(), attempt_id)
    except quizzes.StillRunning:
        return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), 303)
    only_wrong = request.args.get("only") == "wrong"
    return render_template("quizzes/result.html", result=found, only_wrong=only_wrong)


@bp.post("/attempts/<int:attempt_id>/review")
@learner_required
def ask_today(attempt_id: int) -> Page:
    """Put what was wrong or left open into today's review, and begin it."""
    session = db.session()
    try:
        asked = quizzes.ask_today(session, learner(), attempt_id, now=now())
    except quizzes.StillRunning:
        return redirect(url_for("quizzes.attempt", attempt_id=attempt_id), 303)
    today.start_plan(session, learner(), asked.set_id, now=now())
    commit()
    flash(f"{_counted(asked.facts, 'fact')} of the quiz put into today’s review.", "good")
    return redirect(url_for("review.question"), 303)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


@bp.app_template_filter("local_day")
def local_day(instant: datetime) -> date:
    """The learner's date at an instant."""
    return instant.astimezone(ZoneInfo(learner().timezone)).date()


@bp.app_template_filter("local_time")
def local_time(instant: datetime) -> str:
    """The learner's wall clock at an instant."""
    return f"{instant.astimezone(ZoneInfo(learner().timezone)):%H:%M}"


@bp.app_template_filter("marks")
def marks(number: float) -> str:
    """Marks with as many digits as say something: 7, 7.5, 7.33."""
    return f"{round(number, 2):g}"


@bp.app_template_global()
def kind_names(kinds: list[str]) -> str:
    """Kinds of question as a list in words."""
    return ", ".join(name.lower() for kind, name in KIND_NAMES.items() if kind in kinds)
