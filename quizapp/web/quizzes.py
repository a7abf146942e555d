"""The quizzes learners make for themselves: created, listed, begun, archived."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models import Attempt
from quizapp.services import access, quizzes
from quizapp.services.attempts.lifecycle import NoQuestions, expire_attempt, is_over
from quizapp.web.forms.quizzes import COUNTS, QuizForm
from quizapp.web.identity import learner, learner_required
from quizapp.web.requests import Page, begin_writing, commit, now, parse_id, requested_page

bp = Blueprint("quizzes", __name__, url_prefix="/quizzes")

EXPIRED_AT_ONCE = 10  # attempts, on one visit to the list


@bp.get("")
@learner_required
def index() -> Page:
    """List all quizzes; `archived` names one that was just archived."""
    found = _list()
    expired = [attempt.id for attempt, _ in found.running if is_over(attempt, now())][:EXPIRED_AT_ONCE]
    if expired:
        begin_writing()
        for attempt_id in expired:
            expire_attempt(db.session(), learner(), attempt_id, now=now())
        commit()
        found = _list()
    archived = request.args.get("archived", type=parse_id)
    quick = quizzes.list_quick_sets(db.session(), learner(), now=now())
    return render_template("quizzes/index.html", list=found, quick=quick, just_archived=archived, at=now())


def _list() -> quizzes.QuizList:
    return quizzes.list_quizzes(db.session(), learner(), page=requested_page())


@bp.route("/new", methods=["GET", "POST"])
@learner_required
def new() -> Page:
    """Show the form for a quiz from the set `set`; where there are several and none is named, a choice of them."""
    session = db.session()
    sets = access.list_offered_sets(session, learner())
    set_key = request.args.get("set") or (sets[0].key if len(sets) == 1 else None)
    if set_key is None:
        return render_template("quizzes/choose.html", sets=sets)
    options = quizzes.get_options(session, learner(), set_key, now=now())
    form = QuizForm()
    form.offer([(key, title, options.facts[key]) for key, title in options.topics.items()], options.questions)
    if form.validate_on_submit():
        try:
            begun = quizzes.create_quiz(session, learner(), options.question_set.id, _values(form, options), now=now())
            commit()
        except NoQuestions:
            session.rollback()
            form.kinds.errors.append(gettext("The chosen topics have no questions of these kinds. Choose other kinds."))
        else:
            return _begin(*begun)
    page = render_template("quizzes/new.html", form=form, options=options, several=len(sets) > 1)
    return page, 422 if form.errors else 200


def _values(form: QuizForm, options: quizzes.QuizOptions) -> dict[str, Any]:
    """Return the columns of the quiz."""
    chosen = [title for key, title in options.topics.items() if key in form.topics.data]
    return {
        "title": form.title.data or ", ".join(chosen) or gettext("All topics"),
        "topics": form.topics.data,
        "kinds": form.kinds.data,
        "size": form.size.data,
        "minutes": form.minutes.data,
        "feedback": form.feedback.data,
        "counts": form.counts.data == COUNTS,
    }


@bp.post("/quick")
@learner_required
def quick() -> HttpResponse:
    """Begin a quick quiz on what the learner has met of the set `set`."""
    try:
        attempt = quizzes.begin_quick_quiz(db.session(), learner(), request.form.get("set", ""), now=now())
    except NoQuestions:
        db.session.rollback()
        flash(gettext("Study some facts from this set first."), "bad")
        return redirect(url_for("quizzes.index"), 303)
    address = url_for("attempts.show", attempt_id=attempt.id)
    commit()
    return redirect(address, 303)


@bp.post("/<int:quiz_id>/begin")
@learner_required
def begin(quiz_id: int) -> Page:
    """Begin another attempt, or continue the one that is running."""
    try:
        begun = quizzes.begin_quiz(db.session(), learner(), quiz_id, now=now())
        commit()
    except NoQuestions:
        db.session.rollback()
        flash(gettext("The set no longer has questions for this quiz."), "bad")
        return redirect(url_for("quizzes.index"), 303)
    return _begin(*begun)


def _begin(attempt: Attempt, missing: int) -> HttpResponse:
    if missing:
        message = ngettext(
            "The quiz has only %(num)s question, because no other fact fits your choices.",
            "The quiz has only %(num)s questions, because no other facts fit your choices.",
            attempt.size,
        )
        flash(message, "good")
    return redirect(url_for("attempts.show", attempt_id=attempt.id), 303)


@bp.post("/<int:quiz_id>/archive")
@learner_required
def archive(quiz_id: int) -> Page:
    quizzes.archive_quiz(db.session(), learner(), quiz_id, now=now())
    commit()
    return redirect(url_for("quizzes.index", archived=quiz_id), 303)


@bp.post("/<int:quiz_id>/restore")
@learner_required
def restore(quiz_id: int) -> Page:
    quizzes.restore_quiz(db.session(), learner(), quiz_id)
    commit()
    flash(gettext("The quiz is restored."), "good")
    return redirect(url_for("quizzes.index"), 303)
