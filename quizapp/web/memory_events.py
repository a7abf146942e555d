"""What learners say about their own memories: "I know this", and progress to reset; and how both are undone."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.services import memory_events
from quizapp.web.identity import learner, learner_required, safe_next
from quizapp.web.requests import Page, commit, now

bp = Blueprint("memory_events", __name__)


@bp.post("/review/<int:fact_id>/known")
@learner_required
def mark_known(fact_id: int) -> HttpResponse:
    event_id = memory_events.mark_known(db.session(), learner(), [fact_id], now=now())
    commit()
    unchanged = gettext("Nothing changed: you already know it at least that well.")
    _offer_undo(event_id, gettext("Marked as known. You’ll review it later to check."), unchanged)
    return redirect(safe_next(request.form.get("next"), url_for("review.question")), 303)


@bp.post("/review/<int:fact_id>/reset")
@learner_required
def reset_fact(fact_id: int) -> HttpResponse:
    event_id = memory_events.reset_fact(db.session(), learner(), fact_id, now=now())
    commit()
    _offer_undo(
        event_id,
        gettext("Progress reset. The fact is new again."),
        gettext("Nothing to reset: you haven’t studied this fact yet."),
    )
    return redirect(safe_next(request.form.get("next"), url_for("review.today")), 303)


@bp.get("/plans/<set_key>/reset")
@learner_required
def confirm_reset(set_key: str) -> Page:
    """Show what resetting the progress on a set means."""
    studied = memory_events.read_studied_set(db.session(), learner(), set_key)
    return render_template("plans/reset.html", studied=studied)


@bp.post("/plans/<set_key>/reset")
@learner_required
def reset_set(set_key: str) -> HttpResponse:
    event_id, facts = memory_events.reset_set(db.session(), learner(), set_key, now=now())
    commit()
    text = ngettext("Progress reset. %(num)s fact is new again.", "Progress reset. %(num)s facts are new again.", facts)
    _offer_undo(event_id, text, gettext("Nothing to reset: you haven’t studied any facts in this set yet."))
    return redirect(url_for("plans.show", set_key=set_key), 303)


@bp.post("/review/events/<int:event_id>/undo")
@learner_required
def undo(event_id: int) -> HttpResponse:
    """Undo what a learner said about one or more facts."""
    memory_events.undo_events(db.session(), learner(), event_id, now=now())
    commit()
    flash(gettext("Undone."), "good")
    return redirect(safe_next(request.form.get("next"), url_for("review.question")), 303)


def _offer_undo(event_id: int | None, text: str, otherwise: str) -> None:
    """Show what was done, with a button to undo it, or that nothing changed."""
    if event_id is None:
        flash(otherwise, "good")
        return
    back = request.form.get("next") or ""
    flash({"text": text, "url": url_for(".undo", event_id=event_id), "fields": {"next": back}}, "undo")  # type: ignore[arg-type]
