"""Studying: today, the question, the verdict."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.kinds import KINDS, DoubtfulAnswer
from quizapp.core.kinds.reading import UnreadableResponse
from quizapp.core.progress.calibration import Confidence
from quizapp.core.scheduling.plans import CATCH_UP_DAYS, is_backlog
from quizapp.core.scheduling.sessions import SessionProgress
from quizapp.core.scheduling.waits import describe_wait
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.services import memories, overrides, placement, plans, quizzes
from quizapp.services.assignments.listing import list_for_student
from quizapp.services.review import allowances, answers, catch_up, custom, feedback, queue
from quizapp.services.review.recap import read_recap
from quizapp.services.review.today import Today, list_suspended, read_today
from quizapp.services.running_quizzes import has_hidden_facts
from quizapp.services.streaks import read_streak
from quizapp.services.study_tools.facts import take_hint
from quizapp.web.exam_days import read_today_after_exams, with_day_planned
from quizapp.web.forms import custom_sessions
from quizapp.web.identity import learner, learner_required, safe_next
from quizapp.web.rendering import render
from quizapp.web.requests import Page, answer_confidence, answer_time, commit, may_ask, now, parse_id, wants_part

bp = Blueprint("review", __name__)

FIRST_ANSWERS = 3  # for which a newcomer sees how to answer

# The pages of a session, whose addresses say what a custom session asks
SESSION = {
    f"review.{name}"
    for name in ("question", "answer", "hint", "verdict", "override", "undo", "skip", "suspend", "resume")
}


@bp.url_defaults
def keep_choice(endpoint: str, values: dict[str, Any]) -> None:
    """Lead from each page of a custom session to the next of the same session."""
    if request.args and endpoint in SESSION and request.endpoint in SESSION:
        for name in filter(request.args.__contains__, custom_sessions.FIELDS):
            values.setdefault(name, request.args.getlist(name))


@bp.get("/today")
@learner_required
def today() -> Page:
    session, reader = db.session(), learner()
    found = read_today_after_exams()
    suspended = list_suspended(session, reader, now=now()) if found else []
    ahead = plans.read_exams(session, reader, found.exams_ahead, now=now()) if found else {}
    may_catch_up = found and is_backlog(found.due, days_late=found.days_late) and not found.catch_up_until
    offer = catch_up.read_offer(session, reader, now=now()) if may_catch_up else None
    # Anyone who has answered something today doesn't need it, and the page takes one statement fewer.
    placements = placement.list_offers(session, reader) if found and not found.answers else {}
    assigned, hidden = [], False
    if not reader.is_guest:  # guests are in no class
        assigned = list_for_student(session, reader, now=now())
        hidden = has_hidden_facts(session, reader, *(each.set_id for each in found.sets), now=now()) if found else False
    return render_template(
        "review/today.html",
        today=found,
        suspended=suspended,
        exams=ahead,
        assigned=assigned,
        hidden=hidden,
        offer=offer,
        placements=placements,
        streak=read_streak(session, reader, now=now()) if found else 0,
    )


@bp.post("/today/catch-up")
@learner_required
def begin_catch_up() -> HttpResponse:
    days = request.form.get("days", type=parse_id)
    if days not in CATCH_UP_DAYS:
        abort(400)
    catch_up.begin_catch_up(learner(), days, now=now())
    commit()
    return redirect(url_for("review.today"), 303)


@bp.post("/today/catch-up/stop")
@learner_required
def end_catch_up() -> HttpResponse:
    catch_up.end_catch_up(learner())
    commit()
    flash(gettext("You’ve stopped catching up. All due facts are in today’s session again."), "good")
    return redirect(url_for("review.today"), 303)


@bp.get("/review")
@learner_required
def question() -> Page:
    """Show the next question; `fact` names one to ask first."""
    return _ask(_next_prompt(prefer=request.args.get("fact", type=parse_id)))


@bp.get("/review/custom")
@learner_required
def choose() -> Page:
    """Offer to choose what a session asks, and show how much the choice is."""
    session, reader = db.session(), learner()
    form = custom_sessions.CustomSessionForm(request.args, reader.clock.day(now()))
    sets, found, fields = custom.list_studied_sets(session, reader), None, {}
    if form.validate():
        scope, found = with_day_planned(lambda: _read_choice(form))
        fields = form.address(scope.new)
    return render("review/custom.html", "review/_custom_size.html", form=form, sets=sets, found=found, fields=fields)


def _read_choice(form: custom_sessions.CustomSessionForm) -> tuple[allowances.SessionScope, Today | None]:
    session, reader = db.session(), learner()
    scope = custom.find_scope(session, reader, **form.choice)
    if form.ask.data == "more":
        scope = custom.allow_more(session, reader, scope, form.more.data, now=now())
    return scope, read_today(session, reader, now=now(), scope=scope)


@bp.post("/review/<int:fact_id>")
@learner_required
def answer(fact_id: int) -> Page:
    question, seen = request.form.get("question", type=parse_id), request.form.get("seen", type=parse_id)
    if question is None or seen is None:
        abort(400)
    given = answers.SubmittedAnswer(
        fact_id,
        question,
        seen,
        request.form,
        ms=answer_time(),
        confidence=answer_confidence(),
        client_id=request.form.get("client_id", type=lambda text: str(UUID(text))),
        may_ask=may_ask(),
    )
    try:
        answered = answers.record_answer(db.session(), learner(), given, now=now())
        # The next question is asked for in the same transaction, which saves one.
        asks_next = KINDS[answered.kind].self_graded and wants_part()
        prompt = _next_prompt(after=answered) if asks_next else None
        commit()
    except UnreadableResponse:
        abort(400)
    except DoubtfulAnswer as doubtful:
        return _ask_again(given, doubtful)
    except memories.StaleAnswer:
        db.session.rollback()
        return _answered_before(fact_id, given.seen + 1)
    if KINDS[answered.kind].self_graded:
        if answered.leech_lapses:
            flash(_describe_leech(answered.leech_lapses), f"hidden-{fact_id}")
        return _ask(prompt) if asks_next else redirect(url_for("review.question"), 303)
    return verdict(answered.review_id) if wants_part() else _redirect_to_verdict(answered.review_id)


@bp.post("/review/<int:fact_id>/hint")
@learner_required
def hint(fact_id: int) -> Page:
    """Ask the question again with a hint; the answer then counts as not remembered."""
    take_hint(db.session(), learner(), fact_id, now=now())
    commit()
    if not wants_part():
        return redirect(url_for("review.question", fact=fact_id), 303)
    return _ask(_next_prompt(prefer=fact_id))


@bp.get("/review/answers/<int:review_id>")
@learner_required
def verdict(review_id: int) -> Page:
    """Show the feedback on an answer. As a part, it gives the page its own address, so that a reload shows it again."""
    found = feedback.read_feedback(db.session(), learner(), review_id, now=now())
    page = render(
        "review/verdict.html",
        "review/_verdict.html",
        verdict=found,
        certainty=_describe_confidence(found),
        next_due=_describe_next_due(found),
        progress=None if wants_part() else _read_progress(),
        custom=_is_custom(),
    )
    return (page, {"HX-Replace-Url": url_for("review.verdict", review_id=review_id)}) if wants_part() else page


@bp.post("/review/answers/<int:review_id>/override")
@learner_required
def override(review_id: int) -> Page:
    try:
        new_id = overrides.override_review(db.session(), learner(), review_id, now=now())
        commit()
    except memories.StaleAnswer:
        db.session.rollback()
        flash(gettext("That answer has already been changed or undone."), "bad")
        return redirect(url_for("review.question"), 303)
    return verdict(new_id) if wants_part() else _redirect_to_verdict(new_id)


@bp.post("/review/undo")
@learner_required
def undo() -> Page:
    """Take back the last answer, or the one named by `review`."""
    review_id = request.form.get("review", type=parse_id)
    try:
        fact_id = answers.undo_answer(db.session(), learner(), now=now(), review_id=review_id)
        commit()
    except answers.NothingToUndo:
        flash(gettext("There is nothing left to undo."), "bad")
        return redirect(url_for("review.question"), 303)
    flash(gettext("Answer undone."), "good")
    return redirect(url_for("review.question", fact=fact_id), 303)


@bp.post("/review/<int:fact_id>/skip")
@learner_required
def skip(fact_id: int) -> Page:
    answers.skip_until_tomorrow(db.session(), learner(), fact_id, now=now())
    return _redirect_after_hiding(fact_id, gettext("Skipped until tomorrow."))


@bp.post("/review/<int:fact_id>/suspend")
@learner_required
def suspend(fact_id: int) -> Page:
    answers.suspend_fact(db.session(), learner(), fact_id)
    return _redirect_after_hiding(fact_id, gettext("Suspended. You can resume this fact on its page in Explore."))


@bp.post("/review/<int:fact_id>/resume")
@learner_required
def resume(fact_id: int) -> Page:
    answers.resume_fact(db.session(), learner(), fact_id)
    commit()
    flash(gettext("Resumed."), "good")
    return redirect(safe_next(request.form.get("next"), url_for("review.question", fact=fact_id)), 303)


def _next_prompt(**wanted: Any) -> queue.Prompt | None:
    return with_day_planned(lambda: queue.next_prompt(db.session(), learner(), now=now(), scope=_scope(), **wanted))


def _read_progress() -> SessionProgress:
    return with_day_planned(lambda: queue.read_progress(db.session(), learner(), now=now(), scope=_scope()))


def _ask(prompt: queue.Prompt | None) -> Page:
    if prompt is None:
        return _recap()
    return render(
        "review/question.html",
        "review/_question.html",
        prompt=prompt,
        is_newcomer=_is_newcomer(prompt.progress),
        custom=_is_custom(),
    )


def _recap() -> Page:
    """Show what the session brought, and what is next."""
    session, reader = db.session(), learner()
    recap = with_day_planned(lambda: read_recap(session, reader, now=now()))
    return render(
        "review/done.html",
        "review/_done.html",
        recap=recap,
        custom=_is_custom(),
        streak=read_streak(session, reader, now=now()),
        quick=next(iter(quizzes.list_quick_sets(session, reader, now=now())), None),
    )


def _is_custom() -> bool:
    return not request.args.keys().isdisjoint(custom_sessions.FIELDS)


def _scope() -> allowances.SessionScope:
    """Return what the session at this address asks."""
    if not _is_custom():
        return allowances.ORDINARY
    try:
        choice = custom_sessions.read_choice(request.args)
    except custom_sessions.UnreadableChoice:
        flash(gettext("The link to this custom session doesn’t work. Make your choices again."), "bad")
        abort(redirect(url_for("review.choose"), 303))
    return custom.find_scope(db.session(), learner(), **choice)


def _ask_again(given: answers.SubmittedAnswer, doubtful: DoubtfulAnswer) -> Page:
    """Show the question again, with its answer, to ask whether that is meant; if it is asked no more, the next one."""
    prompt = _next_prompt(prefer=given.fact_id)
    shown = (given.fact_id, given.seen, given.question_version_id)
    if prompt is None or (prompt.fact_id, prompt.version, prompt.question_version_id) != shown:
        return _ask(prompt)
    newcomer = _is_newcomer(prompt.progress)
    page = render(
        "review/question.html",
        "review/_question.html",
        prompt=prompt,
        is_newcomer=newcomer,
        custom=_is_custom(),
        doubtful=doubtful,
    )
    return page, 422


def _redirect_to_verdict(review_id: int) -> HttpResponse:
    return redirect(url_for("review.verdict", review_id=review_id), 303)


def _answered_before(fact_id: int, version: int) -> HttpResponse:
    """Show the answer that counted, or what is asked now, after a second tab, a double click or a replay."""
    earlier = answers.find_review(db.session(), learner(), fact_id, version)
    flash(gettext("You’ve already answered this question. Your first answer counts."), "bad")
    return _redirect_to_verdict(earlier) if earlier else redirect(url_for("review.question"), 303)


def _redirect_after_hiding(fact_id: int, message: str) -> HttpResponse:
    commit()
    flash(message, f"hidden-{fact_id}")
    return redirect(safe_next(request.form.get("next"), url_for("review.question")), 303)


def _is_newcomer(progress: SessionProgress) -> bool:
    """Return whether these are somebody's first answers: the first few on the day they came."""
    clock = learner().clock
    return clock.day(learner().created_at) == clock.day(now()) and progress.done + progress.learning < FIRST_ANSWERS


def _describe_leech(lapses: int) -> str:
    return ngettext(
        "You’ve forgotten this fact %(num)s time, so it’s suspended. Read its passage, think of a mnemonic,"
        " then resume it on Today.",
        "You’ve forgotten this fact %(num)s times, so it’s suspended. Read its passage, think of a mnemonic,"
        " then resume it on Today.",
        lapses,
    )


def _describe_confidence(verdict: feedback.AnswerFeedback) -> str:
    """Return what the learner said of the answer beforehand, and what follows from it."""
    if verdict.surprising:
        return gettext("You were certain, so take a second look.")
    message = {
        Confidence.UNSURE: gettext("You were unsure."),
        Confidence.FAIRLY: gettext("You were fairly sure."),
        Confidence.CERTAIN: gettext("You were certain."),
    }
    return message[verdict.confidence] if verdict.confidence else ""


def _describe_next_due(verdict: feedback.AnswerFeedback) -> str:
    """Return when the fact is asked again."""
    if verdict.leech_lapses:
        return gettext("You won’t see it again until you resume it.")
    if verdict.due_in is None:
        return gettext("You’ve been asked about this fact again since then.")
    if verdict.again_today:
        return gettext("You’ll see it again in this session.")
    if verdict.again_tomorrow:
        return gettext("That’s enough of this fact for today. Next review tomorrow.")
    if verdict.before_exam:
        return gettext("Next review before your exam, on the day that helps your score most.")
    return gettext("Next review in %(wait)s.", wait=describe_wait(verdict.due_in))
