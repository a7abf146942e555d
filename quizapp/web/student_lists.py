"""Lists of students: read, checked and turned into accounts, and the slips with user names and passwords.

A background job makes the accounts. A list is seen by the teacher who made it and by nobody else.
"""

from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.accounts import LONGEST_NAME
from quizapp.core.formats.tables.table import HEAD, MAX_COLUMNS, MAX_HEADING, ColumnMapping, Table
from quizapp.core.rosters.choices import RosterChoices
from quizapp.core.rosters.columns import ROLES
from quizapp.core.rosters.entries import WRITTEN, Roster, StudentEntry, UnreadableList, describe_counts, write_list
from quizapp.core.rosters.reading import MOST_BYTES, read_table
from quizapp.core.text.encodings import ENCODINGS
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import Classroom, StudentList, pack_file
from quizapp.services import jobs
from quizapp.services.access import class_to_teach
from quizapp.services.classes import roster, student_lists
from quizapp.services.classes.student_lists import TooManyLists
from quizapp.web.forms.classes import ListForm
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import Page, PageForm, allow_values, begin_writing, commit, now, parse_id, wants_part
from quizapp.web.security_log import record_event

bp = Blueprint("student_lists", __name__, url_prefix="/classes/<int:class_id>")


@bp.url_value_preprocessor  # the earliest hook of a blueprint: the check for a CSRF token reads the form already
def raise_limits(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Accept larger forms than elsewhere: a file, or thousands of user names."""
    request.max_content_length = request.max_form_memory_size = 2 * MOST_BYTES
    allow_values(MOST_BYTES)


@bp.errorhandler(413)
def too_large(error: RequestEntityTooLarge) -> tuple[str, int]:
    advice = gettext("A list can be up to %(most)s kB. Split it. Nothing was saved.", most=f"{MOST_BYTES // 1_000:,}")
    title = gettext("The list is too large")
    return render_template("errors/error.html", code=413, title=title, advice=advice, request_id=None), 413


# A list


@bp.route("/add", methods=["GET", "POST"])
@account_required
def add(class_id: int) -> Page:
    """Ask for a list, and keep it to be checked."""
    session, user = db.session(), learner()
    classroom = class_to_teach(session, user, class_id)
    form = ListForm()
    if form.validate_on_submit():
        data, filename = form.read()
        commit()  # nobody should wait while this is read
        try:
            read_table(data)
            packed = pack_file(data)
            begin_writing()
            made = student_lists.add_list(session, user, class_id, packed, filename=filename, now=now())
            commit()
            return _redirect_to_list(class_id, made.id)
        except (UnreadableList, TooManyLists) as refused:
            session.rollback()
            (form.file if form.file.data else form.text).errors = [str(refused)]
    elif request.method == "GET":
        form.text.data = _pasted_text(class_id)
    return render_template("classes/add.html", classroom=classroom, form=form), 422 if form.errors else 200


def _pasted_text(class_id: int) -> str:
    """Return the text of the list that the address names, to be changed."""
    list_id = request.args.get("list", type=parse_id)
    if list_id is None:
        return ""
    _, row = student_lists.find_list(db.session(), learner(), class_id, list_id, now=now())
    return row.data.decode() if row.state == "checking" and not row.filename else ""


@bp.get("/lists/<int:list_id>")
@account_required
def show(class_id: int, list_id: int) -> Page:
    """Show a list to check it, how far the work on it is, or the slips."""
    classroom, row = student_lists.find_list(db.session(), learner(), class_id, list_id, now=now())
    if wants_part():
        part = make_response(render_template("classes/_list_progress.html", row=row))
        if row.state != "working":
            part.headers["HX-Refresh"] = "true"  # the whole page is another by now
        return part
    if row.state == "checking":
        return _check_page(classroom, row, RosterChoices.model_validate(row.choices))
    slips = student_lists.read_slips(row, _key())
    outdated = student_lists.explain_outdated(db.session(), row, slips.entries) if slips.entries else {}
    return render_template("classes/slips.html", classroom=classroom, row=row, slips=slips, outdated=outdated)


@bp.post("/lists/<int:list_id>")
@account_required
def change(class_id: int, list_id: int) -> Page:
    """Keep what the teacher chose or typed; with `create`, make the accounts if nothing is wrong."""
    session, user = db.session(), learner()
    classroom, row = student_lists.find_list(session, user, class_id, list_id, now=now())
    if row.state != "checking":
        return _redirect_to_list(class_id, list_id)  # sent twice
    commit()  # nobody should wait while this is read
    choices, found = _read_posted(classroom, row)
    begin_writing()
    classroom, row = student_lists.find_list(session, user, class_id, list_id, now=now(), lock=True)
    if row.state == "checking":
        student_lists.save_choices(row, choices, now=now())
        if "create" in request.form and not _begin_accounts(row, found):
            commit()
            return _check_page(classroom, row, choices), 422
    commit()
    return _redirect_to_list(class_id, list_id)


def _read_posted(classroom: Classroom, row: StudentList) -> tuple[RosterChoices, Roster | None]:
    """Return what the teacher chose and typed, and the list that comes of it, if it can be read."""
    choices = _posted_choices(RosterChoices.model_validate(row.choices))
    try:
        table = read_table(row.data, encoding=choices.encoding, sheet=choices.sheet)
    except UnreadableList:
        return choices, None
    found = student_lists.check_list(db.session(), classroom, table, choices)
    if "columns" in request.form:
        return choices, found
    choices = _posted_students(found, choices)
    return choices, student_lists.check_list(db.session(), classroom, table, choices)


def _begin_accounts(row: StudentList, found: Roster | None) -> bool:
    """Let a job make the accounts; return False if something is wrong with the list, or there is nothing to do."""
    if found is None or any(entry.is_added and entry.problem for entry in found.entries):
        return False
    if not any(entry.is_ready for entry in found.entries):
        return False
    student_lists.begin_accounts(row, found.entries, now=now())
    _add_job(row)
    return True


def _add_job(row: StudentList) -> None:
    jobs.add_job(db.session(), jobs.RUN_STUDENT_LIST, due_at=now(), details={"list": row.id})
    record_event("student-list", learner().id, "begun", purpose=row.purpose, list=row.id, students=row.total)


@bp.post("/lists/<int:list_id>/stop")
@account_required
def stop(class_id: int, list_id: int) -> Page:
    """Stop the work on a list; what was done stays."""
    _, row = student_lists.find_list(db.session(), learner(), class_id, list_id, now=now(), lock=True)
    if row.state == "working":
        student_lists.fail_list(row, gettext("Stopped."), now=now())
    commit()
    return _redirect_to_list(class_id, list_id)


@bp.post("/lists/<int:list_id>/delete")
@account_required
def delete(class_id: int, list_id: int) -> Page:
    """Delete a list, with its slips; accounts that were made stay."""
    had_slips = student_lists.delete_list(db.session(), learner(), class_id, list_id, now=now())
    commit()
    flash(gettext("The slips were deleted.") if had_slips else gettext("The list was deleted."), "good")
    return _redirect_to_class(class_id)


@bp.post("/lists/<int:list_id>/again")
@account_required
def check_again(class_id: int, list_id: int) -> Page:
    """Check those students of a list again who got no account."""
    session, user = db.session(), learner()
    _, row = student_lists.find_list(session, user, class_id, list_id, now=now())
    if row.purpose != student_lists.ACCOUNTS or row.state not in ("done", "failed"):
        return _redirect_to_list(class_id, list_id)
    slips = student_lists.read_slips(row, _key())
    left = [StudentEntry(**_without_name(entry)) for entry in (*slips.refused, *slips.rest)]
    try:
        packed, choices = pack_file(write_list(left).encode()), RosterChoices(mapping=WRITTEN)
        made = student_lists.add_list(session, user, class_id, packed, filename="", choices=choices, now=now())
    except TooManyLists as refused:
        session.rollback()
        flash(str(refused), "bad")
        return _redirect_to_list(class_id, list_id)
    commit()
    return _redirect_to_list(class_id, made.id)


def _without_name(entry: StudentEntry) -> dict[str, Any]:
    """Return what was in the list about a student, for a new user name to be made."""
    kept = ("line", "called", "surname", "password", "email", "group_name")
    return {name: getattr(entry, name) for name in kept}


def _key() -> str:
    return str(current_app.secret_key)


def _redirect_to_list(class_id: int, list_id: int) -> HttpResponse:
    return redirect(url_for(".show", class_id=class_id, list_id=list_id), 303)


# Checking


def _check_page(classroom: Classroom, row: StudentList, choices: RosterChoices) -> str:
    session, found, problem = db.session(), None, ""
    try:
        table = read_table(row.data, encoding=choices.encoding, sheet=choices.sheet)
        found = student_lists.check_list(session, classroom, table, choices)
    except UnreadableList as unreadable:
        problem, table = str(unreadable), Table((), encoding=choices.encoding, sheet=choices.sheet)
    return render_template(
        "classes/check.html",
        classroom=classroom,
        row=row,
        form=PageForm(),
        table=table,
        head=table.rows[:HEAD],
        found=found,
        entries=found.entries if found else (),
        problem=problem or (found.problem if found else ""),
        heading=describe_counts(found.entries) if found else "",
        roles=ROLES,
        encodings=ENCODINGS,
        most_heading=MAX_HEADING,
    )


def _posted_choices(before: RosterChoices) -> RosterChoices:
    """Return what was chosen about the columns, where that was sent; what was typed about students then goes."""
    sent = request.form
    if "columns" not in sent:
        return before
    roles = [sent.get(f"role-{at}", "") for at in range(min(sent.get("columns", 0, type=parse_id), MAX_COLUMNS))]
    heading = min(sent.get("heading", 0, type=parse_id), MAX_HEADING)
    mapping = ColumnMapping(roles=tuple(role if role in ROLES else "" for role in roles), heading=heading)
    encoding, sheet = (sent.get(name, "") for name in ("encoding", "sheet"))
    is_same_table = [encoding, sheet] == [sent.get(name, "") for name in ("read_encoding", "read_sheet")]
    return RosterChoices(
        mapping=mapping if roles and is_same_table else None,
        encoding=encoding if encoding in ENCODINGS else "",
        sheet=sheet[:200],
        only_class=sent["only_class"][:200] if "only_class" in sent else None,
    )


def _posted_students(found: Roster, choices: RosterChoices) -> RosterChoices:
    """Return the choices with the user names that were typed, and with who is to be added."""
    names, added = dict(choices.names), {}
    for entry in found.entries:
        typed = request.form.get(f"name-{entry.line}")
        if typed is None:
            continue
        added[entry.line] = f"add-{entry.line}" in request.form
        if not typed.strip():
            names.pop(entry.line, None)
        elif typed.strip() != entry.name:
            names[entry.line] = typed.strip()[:LONGEST_NAME]
    return choices.model_copy(update={"names": names, "added": {**choices.added, **added}})


# New passwords


@bp.route("/students/<int:user_id>/password", methods=["GET", "POST"])
@account_required
def password(class_id: int, user_id: int) -> Page:
    """Ask once, then give one student a new password."""
    classroom, found = roster.find_student(db.session(), learner(), class_id, user_id)
    if request.method == "GET" or not found.may_get_password:
        page = render_template("classes/password.html", classroom=classroom, student=found)
        return page, 200 if request.method == "GET" else 422
    return _give_passwords(class_id, {user_id}) or _redirect_to_class(class_id)


@bp.post("/passwords")
@account_required
def passwords(class_id: int) -> Page:
    """Ask once, then give the chosen students new passwords; `all` chooses all of them."""
    chosen = None if "all" in request.form else set(request.form.getlist("student", type=parse_id))
    classroom, students, others = roster.list_for_passwords(db.session(), learner(), class_id, chosen)
    if not students and not others:
        flash(gettext("Tick the students who need a new password."), "bad")
        return _redirect_to_class(class_id)
    if "confirmed" in request.form and students:
        return _give_passwords(class_id, chosen) or _redirect_to_class(class_id)
    return render_template("classes/passwords.html", classroom=classroom, students=students, others=others)


def _give_passwords(class_id: int, user_ids: set[int] | None) -> HttpResponse | None:
    """Let a job give them passwords; return None if no teacher may, or the teacher has too many lists."""
    try:
        made = student_lists.add_password_list(db.session(), learner(), class_id, user_ids, now=now())
    except TooManyLists as refused:
        db.session.rollback()
        flash(str(refused), "bad")
        return None
    if made is None:
        return None
    _add_job(made)
    commit()
    return _redirect_to_list(class_id, made.id)


def _redirect_to_class(class_id: int) -> HttpResponse:
    return redirect(url_for("classes.show", class_id=class_id), 303)
