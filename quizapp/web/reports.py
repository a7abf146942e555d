"""What a class knows, who is stuck, and how its quizzes went; for its teachers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.progress.mastery import LEVELS
from quizapp.core.reports.memory_map import STEPS
from quizapp.core.reports.spreadsheets import Cell, to_csv, to_xlsx
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.services import access
from quizapp.services.assignments.study_plans import assign_facts
from quizapp.services.attempts.marking import mark_student_answer
from quizapp.services.reports import class_today, item_analysis
from quizapp.services.reports.class_data import COUNTED_ATTEMPTS
from quizapp.services.reports.memory_map import (
    ASSIGNED_AT_ONCE,
    MAP_DAYS,
    MAP_GROUPS,
    MAP_ROWS,
    facts_to_forget,
    read_memory_map,
)
from quizapp.services.reports.results import read_answers, read_gradebook, read_results
from quizapp.services.reports.student import read_student
from quizapp.web.forms.marks import MarkForm
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import Page, commit, now, parse_id, requested_page

bp = Blueprint("reports", __name__)

TARGETS = (0.5, 0.7, 0.8, 0.9)  # offered for what to bring back
_MIMETYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/classes/<int:class_id>/report")
@account_required
def today(class_id: int) -> Page:
    """Show the overview of a class: who studied in the last week, and who is stuck."""
    report = class_today.read_class_today(db.session(), learner(), class_id, now=now())
    return render_template("reports/today.html", report=report, classroom=report.classroom, levels=LEVELS)


@bp.get("/classes/<int:class_id>/students/<int:user_id>/report")
@account_required
def student(class_id: int, user_id: int) -> Page:
    """Show one student, by topic or by passage (`?by=`)."""
    page = read_student(db.session(), learner(), class_id, user_id, by=_one_of("by", MAP_GROUPS), now=now())
    return render_template("reports/student.html", page=page, classroom=page.classroom)


# The memory map


@bp.get("/classes/<int:class_id>/map")
@account_required
def memory_map(class_id: int) -> Page:
    """Show what is expected to be known: `set`, `rows`, `by`, `when`, `page`, and `target` for what will be
    forgotten."""
    session, rows = db.session(), _one_of("rows", MAP_ROWS)
    drawn = read_memory_map(
        session,
        learner(),
        class_id,
        set_id=request.args.get("set", type=parse_id),
        rows=rows,
        by=_one_of("by", MAP_GROUPS),
        when=_one_of("when", MAP_DAYS),
        target=_target(request.args.get("target", type=float)),
        page=requested_page(),
        now=now(),
    )
    if drawn is None:
        return render_template("reports/map_empty.html", classroom=access.class_to_teach(session, learner(), class_id))
    chosen = {"set": drawn.chosen.id, "rows": rows, "by": _one_of("by", MAP_GROUPS), "when": _one_of("when", MAP_DAYS)}
    return render_template(
        "reports/map.html",
        map=drawn,
        classroom=drawn.classroom,
        chosen=chosen,
        steps=STEPS,
        targets=TARGETS,
        most=ASSIGNED_AT_ONCE,
    )


@bp.post("/classes/<int:class_id>/map/assign")
@account_required
def assign(class_id: int) -> Page:
    """Bring back today what the class will have forgotten by the exam, or in a week."""
    session, teacher, set_id = db.session(), learner(), request.form.get("set", default=0, type=parse_id)
    target = _target(request.form.get("target", type=float))
    facts = facts_to_forget(session, teacher, class_id, set_id, target=target, now=now())
    if not facts:
        flash(gettext("No fact is below that level now. Nothing was assigned."))
        return redirect(url_for("reports.memory_map", class_id=class_id, set=set_id), code=303)
    title = gettext("Extra review")
    made = assign_facts(session, teacher, class_id, set_id, facts, title=title, now=now())
    commit()
    message = ngettext(
        "%(num)s fact is assigned for today.", "%(num)s facts are assigned for today.", len(made.fact_ids)
    )
    flash(message, "good")
    return redirect(url_for("reports.memory_map", class_id=class_id, set=set_id), code=303)


def _target(share: float | None) -> float | None:
    return share if share in TARGETS else None


# Results


@bp.get("/assignments/<int:assignment_id>/results")
@account_required
def results(assignment_id: int) -> Page:
    """Show the results of a quiz, by the `take` that counts; `as` csv or xlsx gives a file."""
    found = read_results(db.session(), learner(), assignment_id, take=_one_of("take", COUNTED_ATTEMPTS), now=now())
    if file := _file_response(found.assignment.title, found.spreadsheet_rows()):
        return file
    return render_template("reports/results.html", results=found, classroom=found.classroom, takes=COUNTED_ATTEMPTS)


@bp.get("/assignments/<int:assignment_id>/results/<int:user_id>")
@account_required
def answers(assignment_id: int, user_id: int) -> Page:
    """Show what one student answered, in the last attempt or in `attempt`."""
    attempt_id = request.args.get("attempt", type=parse_id)
    found = read_answers(db.session(), learner(), assignment_id, user_id, attempt_id=attempt_id, now=now())
    return render_template("reports/answers.html", answers=found, classroom=found.classroom)


@bp.post("/assignments/<int:assignment_id>/results/<int:user_id>/<int:attempt_id>/<int:position>")
@account_required
def mark(assignment_id: int, user_id: int, attempt_id: int, position: int) -> Page:
    """Mark a student's answer, on the page that shows it."""
    session, form = db.session(), MarkForm(position)
    if not form.validate():
        found = read_answers(session, learner(), assignment_id, user_id, attempt_id=attempt_id, now=now())
        page = render_template("reports/answers.html", answers=found, classroom=found.classroom, mark_form=form)
        return page, 422
    mark_student_answer(
        session, learner(), assignment_id, user_id, attempt_id, position, form.value, form.points, now=now()
    )
    commit()
    flash(gettext("Marked: %(mark)s out of 1.", mark=f"{form.value:g}"), "good")
    address = url_for("reports.answers", assignment_id=assignment_id, user_id=user_id, attempt=attempt_id)
    return redirect(f"{address}#answer-{position}", 303)


@bp.get("/classes/<int:class_id>/gradebook")
@account_required
def gradebook(class_id: int) -> Page:
    """Show all quizzes of a class; `take` and `as` as in results."""
    book = read_gradebook(db.session(), learner(), class_id, take=_one_of("take", COUNTED_ATTEMPTS), now=now())
    if file := _file_response(gettext("%(name)s gradebook", name=book.classroom.title), book.spreadsheet_rows()):
        return file
    return render_template("reports/gradebook.html", book=book, classroom=book.classroom, takes=COUNTED_ATTEMPTS)


# Item analysis


@bp.get("/assignments/<int:assignment_id>/analysis")
@account_required
def analysis(assignment_id: int) -> Page:
    """Show how the questions of a quiz did their work."""
    found = item_analysis.analyse_assignment(db.session(), learner(), assignment_id, page=requested_page(), now=now())
    return render_template("reports/analysis.html", analysis=found, classroom=found.classroom)


@bp.get("/classes/<int:class_id>/sets/<int:set_id>/analysis")
@account_required
def set_analysis(class_id: int, set_id: int) -> Page:
    """Show how the questions of a set did their work in all quizzes of the class."""
    found = item_analysis.analyse_set(db.session(), learner(), class_id, set_id, page=requested_page(), now=now())
    return render_template("reports/analysis.html", analysis=found, classroom=found.classroom)


def _one_of(name: str, choices: tuple[str, ...]) -> str:
    """Return what the address asks for, the first choice where that is none of them."""
    wanted = request.args.get(name, "")
    return wanted if wanted in choices else choices[0]


def _file_response(title: str, rows: list[list[Cell]]) -> HttpResponse | None:
    """Return the table as the file that `?as=` asks for."""
    kind = request.args.get("as", "")
    if kind not in _MIMETYPES:
        return None
    body = to_csv(rows) if kind == "csv" else to_xlsx(title, rows)
    response = HttpResponse(body, mimetype=_MIMETYPES[kind])
    name = "".join(letter if letter.isalnum() else "-" for letter in title).strip("-") or gettext("results")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return response
