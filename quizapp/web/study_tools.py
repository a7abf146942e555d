"""What learners do with facts and questions besides answering: star, write a note, report a mistake, suggest a
correction."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services.study_tools import facts, reports
from quizapp.services.study_tools.facts import LONGEST_NOTE, NoteTooLong
from quizapp.services.study_tools.reports import FAULTS, LONGEST_REPORT, NothingSuggested, ReportedQuestion
from quizapp.services.throttle import TooManyTries
from quizapp.web.editor_state import add_row, data_of, read_form, remove_row, typed_fields
from quizapp.web.forms.field_errors import place_errors
from quizapp.web.forms.kinds import FORMS
from quizapp.web.forms.question import QuestionForm
from quizapp.web.identity import learner, learner_required, safe_next
from quizapp.web.rendering import render
from quizapp.web.requests import Page, allow_values, commit, now, requested_page, wants_part

bp = Blueprint("study_tools", __name__)

TOO_LONG = gettext("Use at most %(num)s characters.", num=LONGEST_NOTE)


@bp.url_value_preprocessor
def raise_limits(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Accept as many fields as a question has."""
    if endpoint == "study_tools.suggest":
        allow_values(100_000)
        request.max_form_parts = 3_000


# Stars and notes


@bp.post("/facts/<int:fact_id>/star")
@learner_required
def star(fact_id: int) -> Page:
    """Star a fact, or with `starred=0` remove the star."""
    starred = request.form.get("starred") != "0"
    facts.star_fact(db.session(), learner(), fact_id, starred=starred, now=now())
    commit()
    if wants_part():
        return render_template("study_tools/_star.html", fact_id=fact_id, starred=starred, back=_back())
    return redirect(_back(), 303)


@bp.get("/starred")
@learner_required
def starred() -> Page:
    found = facts.list_starred(db.session(), learner(), page=requested_page(), now=now())
    return render_template("study_tools/starred.html", found=found)


@bp.route("/facts/<int:fact_id>/note", methods=["GET", "POST"])
@learner_required
def note(fact_id: int) -> Page:
    """Show the learner's note on a fact to edit it, or save it and go back to `next`."""
    session, reader = db.session(), learner()
    found, typed, error = facts.find_note(session, reader, fact_id, now=now()), None, ""
    if request.method == "POST":
        typed = request.form.get("text", "").replace("\r\n", "\n")
        try:
            facts.save_note(session, reader, fact_id, typed, now=now())
            commit()
        except NoteTooLong:
            error = TOO_LONG
        else:
            if not wants_part():
                return redirect(_back(), 303)
    text = found.note if typed is None else typed.strip()
    values = {"fact_id": fact_id, "note": text, "language": found.language, "back": _back(), "error": error}
    page = render("study_tools/note.html", "study_tools/_note.html", found=found, **values)
    return (page, 422) if error else page


def _back() -> str:
    return safe_next(request.values.get("next"), url_for("study_tools.starred"))


# Reports


@bp.route("/questions/<int:version_id>/report", methods=["GET", "POST"])
@learner_required
def report(version_id: int) -> Page:
    """Ask what is wrong with a question, or tell its authors."""
    found = reports.find_question(db.session(), learner(), version_id, now=now())
    text, fault, error = request.form.get("text", "").strip(), request.form.get("fault", "answer"), ""
    if request.method == "POST":
        if fault not in FAULTS:
            abort(400)
        error = _fault_of_text(text, needed=True)
        if not error:
            return _send(found, fault, text)
    page = render_template(
        "study_tools/report.html", found=found, fault=fault, faults=FAULTS, text=text, error=error,
        longest=LONGEST_REPORT, back=_back(),
    )  # fmt: skip
    return (page, 422) if error else page


@bp.route("/questions/<int:version_id>/suggest", methods=["GET", "POST"])
@learner_required
def suggest(version_id: int) -> Page:
    """Show a copy of a question to correct, or send the correction to its authors."""
    found = reports.find_question(db.session(), learner(), version_id, now=now())
    text = request.form.get("text", "").strip()
    if request.method == "GET":
        data = data_of(found.question.model_dump(mode="json"))
        return _suggest_page(found, _suggestion_form(found, data=data), text)
    form = _suggestion_form(found, formdata=typed_fields())
    do, _, to = request.form.get("do", "send").partition(":")
    if do in ("add", "remove"):
        data = dict(form.data)
        (add_row if do == "add" else remove_row)(data, to)
        return _suggest_page(found, _suggestion_form(found, data=data), text)
    error = _fault_of_text(text)
    try:
        suggestion = read_form(form).question
    except ValidationError as invalid:
        place_errors(form, invalid)
        return _suggest_page(found, form, text, error), 422
    if error:
        return _suggest_page(found, form, text, error), 422
    try:
        return _send(found, "wording", text, suggestion=suggestion)
    except NothingSuggested:
        return _suggest_page(found, form, text, gettext("You haven’t changed anything in the question.")), 422


def _suggestion_form(found: ReportedQuestion, **fields: object) -> QuestionForm:
    form = FORMS[found.question.kind].build(**fields)  # type: ignore[arg-type]
    form.label_rows()
    form.offer(found.header.model_dump(), [name.model_dump() for name in found.names])
    return form


def _suggest_page(found: ReportedQuestion, form: QuestionForm, text: str, error: str = "") -> str:
    return render_template(
        "study_tools/suggest.html", found=found, form=form, text=text, error=error, longest=LONGEST_REPORT, back=_back()
    )


def _fault_of_text(text: str, *, needed: bool = False) -> str:
    """Return what is wrong with what a learner wrote to the authors."""
    if len(text) > LONGEST_REPORT:
        return gettext("Use at most %(num)s characters.", num=LONGEST_REPORT)
    return gettext("Say what is wrong.") if needed and not text else ""


def _send(found: ReportedQuestion, fault: str, text: str, **more: object) -> HttpResponse:
    """Send a report, and go back to `next`. Raises NothingSuggested."""
    try:
        reports.report_mistake(db.session(), learner(), found, fault=fault, text=text, now=now(), **more)  # type: ignore[arg-type]
    except TooManyTries as wait:
        db.session.rollback()
        flash(gettext("You’ve sent a lot of reports. Try again in %(minutes)s min.", minutes=wait.minutes), "bad")
        return redirect(_back(), 303)
    commit()
    flash(gettext("Sent. You’ll find the answer under “Your reports”."), "good")
    return redirect(_back(), 303)


@bp.get("/reports")
@learner_required
def own_reports() -> Page:
    found, has_more = reports.list_own_reports(db.session(), learner(), page=requested_page(), now=now())
    return render_template(
        "study_tools/reports.html", reports=found, faults=FAULTS, page=requested_page(), has_more=has_more
    )
