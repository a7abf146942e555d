"""What learners reported in the questions of a set, for its authors."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services.editor import reports
from quizapp.services.editor.reports import LONGEST_REPLY, AlreadyAnswered
from quizapp.services.editor.versions import EditConflict
from quizapp.services.study_tools.reports import FAULTS, Outcome
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import Page, commit, now, parse_id, requested_page

bp = Blueprint("question_reports", __name__, url_prefix="/sets/<int:set_id>/reports")


@bp.get("")
@account_required
def index(set_id: int) -> Page:
    return _page(set_id)


def _page(set_id: int, *, answered: int | None = None, reply: str = "", error: str = "") -> str:
    """Return the list; `reply` was typed in answer to a report, in which `error` is wrong."""
    found = reports.list_reports(db.session(), learner(), set_id, page=requested_page())
    return render_template(
        "editor/reports.html",
        found=found,
        faults=FAULTS,
        answered=answered,
        reply=reply,
        error=error,
        longest=LONGEST_REPLY,
    )


@bp.post("/<int:report_id>")
@account_required
def answer(set_id: int, report_id: int) -> Page:
    """Answer a report: `do` is an Outcome. Accepting takes the suggested correction over."""
    session, user, reply = db.session(), learner(), request.form.get("reply", "").strip()
    reports.find_report(session, user, set_id, report_id)
    if len(reply) > LONGEST_REPLY:
        error = gettext("Use at most %(num)s characters.", num=LONGEST_REPLY)
        return _page(set_id, answered=report_id, reply=reply, error=error), 422
    try:
        do = Outcome(request.form.get("do", ""))
    except ValueError:
        abort(400)
    try:
        if do is Outcome.ACCEPTED:
            base = request.form.get("base", default=0, type=parse_id)
            reports.accept_suggestion(session, user, set_id, report_id, base=base, reply=reply, now=now())
        else:
            reports.answer_report(session, user, set_id, report_id, outcome=do.value, reply=reply, now=now())
        commit()
        flash(SAID[do], "good")
    except AlreadyAnswered:
        session.rollback()
        flash(gettext("Someone has already dealt with this report."), "bad")
    except EditConflict:
        session.rollback()
        flash(gettext("Someone has just changed this question. Look at the differences again."), "bad")
    return redirect(url_for("question_reports.index", set_id=set_id), 303)


SAID = {
    Outcome.FIXED: gettext("Marked as fixed."),
    Outcome.ACCEPTED: gettext("Accepted. The question was changed."),
    Outcome.DISMISSED: gettext("Dismissed."),
}
