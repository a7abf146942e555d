"""The pages of an attempt, whatever its purpose: its questions, handing in, and the result."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.attempts import AT_ONCE, POLICIES
from quizapp.core.kinds import KINDS, DoubtfulAnswer
from quizapp.core.kinds.base import Doubt
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models import Attempt
from quizapp.services.attempts import kept_answers, lifecycle, marking, results
from quizapp.services.attempts.hints import take_hint
from quizapp.services.attempts.questions import AttemptQuestion
from quizapp.services.memories import StaleAnswer
from quizapp.services.review import today
from quizapp.web.forms.marks import MarkForm
from quizapp.web.identity import learner, learner_required
from quizapp.web.rendering import render
from quizapp.web.requests import (
    Page,
    answer_confidence,
    answer_time,
    begin_writing,
    commit,
    may_ask,
    now,
    parse_id,
    wants_part,
)

bp = Blueprint("attempts", __name__, url_prefix="/attempts")


# The questions


@bp.get("/<int:attempt_id>")
@learner_required
def show(attempt_id: int) -> Page:
    """Continue an attempt: at the first unanswered question, or at handing in; or see its result."""
    try:
        summary = lifecycle.show_attempt(db.session(), learner(), attempt_id, now=now())
    except lifecycle.AttemptOver:
        return _hand_in_expired(attempt_id)
    return _redirect_to_question(summary.attempt, next(iter(summary.unanswered), summary.attempt.size + 1))


@bp.get("/<int:attempt_id>/<int:position>")
@learner_required
def question(attempt_id: int, position: int) -> Page:
    """Show a question, or the feedback on its answer where that follows at once."""
    try:
        return _question(attempt_id, position)
    except lifecycle.AttemptOver:
        return _hand_in_expired(attempt_id)


def _question(attempt_id: int, position: int, form: MarkForm | None = None) -> str:
    summary = lifecycle.show_attempt(db.session(), learner(), attempt_id, position=position, now=now())
    assert summary.question is not None  # the position was given
    if not (summary.question.answered and summary.attempt.feedback == AT_ONCE):
        return _page("attempts/_question.html", summary, doubtful=_saved_doubt(summary.question))
    is_marked = POLICIES[summary.attempt.purpose].is_marked
    return _page("attempts/_feedback.html" if is_marked else "attempts/_pretest_answer.html", summary, form=form)


def _saved_doubt(item: AttemptQuestion) -> DoubtfulAnswer | None:
    """Return why a saved answer may not be meant: if it cannot be read, or with `ask`, after it was saved, is empty."""
    if item.response is None or item.grade is None:
        return None
    doubt = item.question.find_doubt(item.response, item.grade)
    if doubt is None or (doubt is Doubt.EMPTY and "ask" not in request.args):
        return None
    return DoubtfulAnswer(item.response, doubt)


@bp.post("/<int:attempt_id>/<int:position>")
@learner_required
def answer(attempt_id: int, position: int) -> Page:
    """Save an answer, and go on to its feedback, else to the question `to` or the next one."""
    try:
        summary, saved = lifecycle.answer_question(
            db.session(),
            learner(),
            attempt_id,
            position,
            request.form,
            ms=answer_time(),
            confidence=answer_confidence(),
            now=now(),
            may_ask=may_ask(),
        )
        commit()
    except UnreadableResponse:
        abort(400)
    except DoubtfulAnswer as doubtful:
        return _ask_again(attempt_id, position, doubtful)
    except lifecycle.AlreadyAnswered:
        db.session.rollback()
        flash(gettext("You’ve already answered this question. Your first answer counts."), "bad")
        return redirect(url_for("attempts.question", attempt_id=attempt_id, position=position), 303)
    except lifecycle.AttemptOver:
        db.session.rollback()
        return _too_late(attempt_id)
    return _after_answer(summary, position, saved)


@bp.post("/<int:attempt_id>/<int:position>/hint")
@learner_required
def hint(attempt_id: int, position: int) -> Page:
    """Ask a question of a practice again with a hint; the answer then counts as not remembered."""
    try:
        take_hint(db.session(), learner(), attempt_id, position, now=now())
        commit()
    except lifecycle.AttemptOver:
        db.session.rollback()
        return _hand_in_expired(attempt_id)
    return redirect(url_for("attempts.question", attempt_id=attempt_id, position=position), 303)


def _ask_again(attempt_id: int, position: int, doubtful: DoubtfulAnswer) -> Page:
    """Show a question again, with the answer that is not saved yet, to ask whether it is meant."""
    summary = lifecycle.show_attempt(db.session(), learner(), attempt_id, position=position, now=now())
    return _page("attempts/_question.html", summary, doubtful=doubtful), 422


def _after_answer(summary: lifecycle.AttemptSummary, position: int, saved: lifecycle.SavedAnswer) -> HttpResponse:
    attempt, policy, kind = summary.attempt, POLICIES[summary.attempt.purpose], saved.response.kind
    seen = KINDS[kind].self_graded and not KINDS[kind].marked_by_hand  # to rate it, the learner has seen the answer
    if attempt.feedback == AT_ONCE and seen:
        following = summary.next_after(position)
        return _redirect_to_question(attempt, following) if following else _redirect_to_result(attempt.id)
    if attempt.finished_at is not None and not policy.one_at_a_time:
        return _redirect_to_result(attempt.id)
    if attempt.feedback == AT_ONCE:
        return _redirect_to_question(attempt, position)
    to = request.form.get("to", type=parse_id)
    if saved.doubt and not to:
        return redirect(url_for("attempts.question", attempt_id=attempt.id, position=position, ask="1"), 303)
    return _redirect_to_question(attempt, to or position + 1)


def _too_late(attempt_id: int) -> HttpResponse:
    attempt = lifecycle.own_attempt(db.session(), learner(), attempt_id)
    if POLICIES[attempt.purpose].one_at_a_time:
        flash(gettext("This practice session is over. Your last answer wasn’t saved."), "bad")
    else:
        flash(gettext("Your last answer doesn’t count: the quiz was handed in already, or time was up."), "bad")
    return _hand_in_expired(attempt_id)


def _page(
    part: str,
    summary: lifecycle.AttemptSummary,
    *,
    form: MarkForm | None = None,
    doubtful: DoubtfulAnswer | None = None,
) -> str:
    attempt = summary.attempt
    policy = POLICIES[attempt.purpose]
    g.section = policy.section
    left = attempt.deadline - now() if attempt.deadline else None
    return render(
        "attempts/show.html",
        part,
        inside=part,
        summary=summary,
        attempt=attempt,
        policy=policy,
        now=now(),
        left=left,
        mark_form=form,
        doubtful=doubtful,
    )


def _redirect_to_question(attempt: Attempt, position: int) -> HttpResponse:
    """Redirect to a question; beyond the last one, to handing in."""
    if position in range(1, attempt.size + 1):
        return redirect(url_for("attempts.question", attempt_id=attempt.id, position=position), 303)
    return redirect(url_for("attempts.hand_in", attempt_id=attempt.id), 303)


# Handing in


@bp.route("/<int:attempt_id>/hand-in", methods=["GET", "POST"])
@learner_required
def hand_in(attempt_id: int) -> Page:
    """Show what is still unanswered and the button; or hand in."""
    try:
        if request.method == "POST":
            lifecycle.hand_in_attempt(db.session(), learner(), attempt_id, now=now())
            commit()
            return _redirect_to_result(attempt_id)
        summary = lifecycle.show_attempt(db.session(), learner(), attempt_id, now=now())
    except lifecycle.AttemptOver:
        db.session.rollback()
        return _hand_in_expired(attempt_id)
    if POLICIES[summary.attempt.purpose].one_at_a_time:
        return redirect(url_for("attempts.show", attempt_id=attempt_id), 303)
    return _page("attempts/_hand_in.html", summary)


def _hand_in_expired(attempt_id: int) -> HttpResponse:
    """Redirect to the result; an attempt that expired while nobody looked is handed in first."""
    begin_writing()
    lifecycle.expire_attempt(db.session(), learner(), attempt_id, now=now())
    commit()
    return _redirect_to_result(attempt_id)


def _redirect_to_result(attempt_id: int) -> HttpResponse:
    address = url_for("attempts.result", attempt_id=attempt_id)
    if wants_part():  # it is a page of its own, not a part of the one htmx has
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


@bp.post("/<int:attempt_id>/discard")
@learner_required
def discard(attempt_id: int) -> Page:
    """Delete a preview or a placement test."""
    discarded = lifecycle.discard_attempt(db.session(), learner(), attempt_id)
    commit()
    if discarded.assignment_id is None:
        flash(gettext("Placement test discarded."), "good")
        return redirect(url_for("review.today"), 303)
    flash(gettext("Preview deleted."), "good")
    return redirect(url_for("assignments.show", assignment_id=discarded.assignment_id), 303)


# The result


@bp.get("/<int:attempt_id>/result")
@learner_required
def result(attempt_id: int) -> Page:
    """Show the marks and every question, as far as they are released; `?only=wrong` leaves out those answered rightly.

    Reviews that are due are recorded first.
    """
    try:
        found = results.get_result(db.session(), learner(), attempt_id, now=now())
    except lifecycle.NotHandedIn:
        return redirect(url_for("attempts.show", attempt_id=attempt_id), 303)
    if found.can_record:
        begin_writing()
        lifecycle.expire_attempt(db.session(), learner(), attempt_id, now=now())
        commit()
        found = results.get_result(db.session(), learner(), attempt_id, now=now())
    if found.is_released and kept_answers.can_still_arrive(found.attempt, now()):
        if str(attempt_id) in request.cookies.get("quizapp_waiting", "").split("."):
            return _send_first(found.attempt)
        if found.attempt.key_shown_at is None:
            begin_writing()
            kept_answers.note_key_shown(db.session(), learner(), attempt_id, now=now())
            commit()
    return _result(found)


def _send_first(attempt: Attempt) -> HttpResponse:
    """Redirect to a page without the right answers: no answer counts that arrives after they were shown.

    The browser said, in a cookie set by js/offline.js, that it still has answers to send; every page sends them.
    """
    flash(gettext("Your last answers are being sent from this device. Open the result in a moment."))
    if attempt.assignment_id is not None:
        return redirect(url_for("assignments.show", assignment_id=attempt.assignment_id), 303)
    return redirect(url_for("quizzes.index"), 303)


def _result(found: results.AttemptResult, form: MarkForm | None = None) -> str:
    policy = POLICIES[found.attempt.purpose]
    g.section = policy.section
    only_wrong = request.args.get("only") == "wrong"
    return render_template(policy.result_template, result=found, policy=policy, only_wrong=only_wrong, mark_form=form)


@bp.post("/<int:attempt_id>/<int:position>/mark")
@learner_required
def mark(attempt_id: int, position: int) -> Page:
    """Mark one's own answer, on the page that shows it: the result, or where questions come one at a time, its own."""
    session, form = db.session(), MarkForm(position)
    try:
        attempt = marking.own_markable_attempt(session, learner(), attempt_id, now=now())
        if form.validate():
            marking.mark_own_answer(session, learner(), attempt_id, position, form.value, form.points, now=now())
            commit()
        elif _is_on_result(attempt):
            return _result(results.get_result(session, learner(), attempt_id, now=now()), form), 422
        else:
            return _question(attempt_id, position, form), 422
    except (lifecycle.NotHandedIn, lifecycle.AttemptOver):
        return redirect(url_for("attempts.show", attempt_id=attempt_id), 303)
    flash(gettext("Marked: %(mark)s out of 1.", mark=f"{form.value:g}"), "good")
    return _redirect_to_answer(attempt, position)


@bp.post("/<int:attempt_id>/<int:position>/override")
@learner_required
def override(attempt_id: int, position: int) -> Page:
    """Override the verdict on one's own typed answer: `right` is 1 for "I was right", 0 for "I was wrong"."""
    right = request.form.get("right") == "1"
    try:
        attempt = marking.override_own_verdict(db.session(), learner(), attempt_id, position, right=right, now=now())
        commit()
    except lifecycle.NotHandedIn:
        return redirect(url_for("attempts.show", attempt_id=attempt_id), 303)
    return _redirect_to_answer(attempt, position)


def _is_on_result(attempt: Attempt) -> bool:
    """Return whether the answers of an attempt are on the page of its result, and not on pages of their own."""
    return attempt.finished_at is not None and not POLICIES[attempt.purpose].one_at_a_time


def _redirect_to_answer(attempt: Attempt, position: int) -> HttpResponse:
    if _is_on_result(attempt):
        return redirect(url_for("attempts.result", attempt_id=attempt.id, _anchor=f"question-{position}"), 303)
    return redirect(url_for("attempts.question", attempt_id=attempt.id, position=position), 303)


@bp.post("/<int:attempt_id>/review")
@learner_required
def review_missed(attempt_id: int) -> Page:
    """Put what was wrong or left open into today's review, and begin it."""
    session = db.session()
    try:
        attempt, facts = results.review_missed(session, learner(), attempt_id, now=now())
    except lifecycle.NotHandedIn:
        return redirect(url_for("attempts.show", attempt_id=attempt_id), 303)
    today.start_plan(session, learner(), attempt.set_id, now=now())
    commit()
    message = ngettext("%(num)s fact added to today’s review.", "%(num)s facts added to today’s review.", facts)
    flash(message, "good")
    return redirect(url_for("review.question"), 303)


@bp.post("/<int:attempt_id>/record")
@learner_required
def record(attempt_id: int) -> Page:
    """Record the answers of a practice as reviews: the only thing about it that changes the schedule."""
    try:
        recorded = lifecycle.record_on_request(db.session(), learner(), attempt_id, now=now())
        commit()
    except lifecycle.NotHandedIn:
        return _refuse(attempt_id, gettext("Finish or stop this practice session first."))
    except lifecycle.SetNotStudied:
        return _refuse(attempt_id, gettext("You aren’t studying this set, so these answers can’t count."))
    except StaleAnswer:
        return _refuse(
            attempt_id,
            gettext("You have just answered a question about one of these facts elsewhere. Please try again."),
        )
    if not recorded:
        return _refuse(attempt_id, gettext("These answers already count as reviews."))
    flash(_describe(len(recorded), sum(each.remembered for each in recorded)), "good")
    return _redirect_to_result(attempt_id)


def _describe(answers: int, right: int) -> str:
    return ngettext(
        "%(num)s answer now counts as a review: %(right)s remembered, %(wrong)s to learn again.",
        "%(num)s answers now count as reviews: %(right)s remembered, %(wrong)s to learn again.",
        answers,
        right=right,
        wrong=answers - right,
    )


def _refuse(attempt_id: int, why: str) -> HttpResponse:
    db.session.rollback()
    flash(why, "bad")
    return redirect(url_for("attempts.show", attempt_id=attempt_id), 303)
