"""The page of a large file that is imported or exported in the background, which only its owner sees."""

from io import BytesIO

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, send_file, url_for

from quizapp.core.formats.registry import FORMATS
from quizapp.core.formats.tables.table import TableOptions
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import QuestionSet, Transfer
from quizapp.services import access, jobs, transfers
from quizapp.services.errors import UndecidedTable
from quizapp.services.running_quizzes import list_hidden_keys
from quizapp.web.forms.import_export import read_table_options
from quizapp.web.identity import account_required, learner
from quizapp.web.import_preview import OUTDATED, UNDECIDED, render_preview, shown_options
from quizapp.web.requests import Page, PageForm, commit, now, wants_part

bp = Blueprint("transfers", __name__, url_prefix="/transfers")

STEPS = {
    "waiting": gettext("Waiting for other files"),
    "reading": gettext("Reading"),
    "comparing": gettext("Comparing"),
    "saving": gettext("Importing"),
    "writing": gettext("Writing the file"),
}


@bp.get("/<int:transfer_id>")
@account_required
def show(transfer_id: int) -> Page:
    """Show how far the work is, and then the preview of an import, or the file."""
    transfer = transfers.find_transfer(db.session(), learner(), transfer_id)
    row = _set_of(transfer)
    if wants_part():
        part = make_response(render_template("import_export/_progress.html", transfer=transfer, steps=STEPS))
        if transfer.state != "working":
            part.headers["HX-Refresh"] = "true"  # the whole page is another by now
        return part
    if transfer.state == "ready" and not transfer.is_export:
        return _preview_page(transfer, row)
    return render_template("import_export/transfer.html", transfer=transfer, row=row, steps=STEPS, formats=FORMATS)


def _set_of(transfer: Transfer) -> QuestionSet | None:
    return db.session.get(QuestionSet, transfer.set_id) if transfer.set_id else None


def _preview_page(transfer: Transfer, row: QuestionSet | None, refused: str = "") -> str:
    return render_preview(
        transfer.preview or {},
        _chosen_options(transfer),
        form=PageForm(),
        row=row,
        filename=transfer.filename,
        refused=refused or (OUTDATED if transfer.is_outdated else ""),
        address=url_for(".confirm", transfer_id=transfer.id),
        again=url_for(".preview_again", transfer_id=transfer.id),
    )


def _chosen_options(transfer: Transfer) -> TableOptions:
    return TableOptions.model_validate(transfer.table_options or {})


def _posted_options() -> TableOptions:
    try:
        return read_table_options(request.form)
    except ValueError:
        abort(400)


@bp.post("/<int:transfer_id>/preview")
@account_required
def preview_again(transfer_id: int) -> Page:
    """Make another preview, after choices about the columns or rows of a table."""
    return _read_again(transfer_id, _posted_options())


def _read_again(transfer_id: int, options: TableOptions) -> Page:
    transfer = transfers.preview_again(db.session(), learner(), transfer_id, options, now=now())
    return _work_on(transfer, transfer_id)


def _work_on(transfer: Transfer | None, transfer_id: int) -> Page:
    if transfer is not None:
        jobs.add_job(db.session(), jobs.RUN_TRANSFER, due_at=now(), details={"transfer": transfer_id})
    commit()
    return redirect(url_for(".show", transfer_id=transfer_id), 303)


@bp.post("/<int:transfer_id>/import")
@account_required
def confirm(transfer_id: int) -> Page:
    """Import the file after its preview; choices that the preview does not show yet are shown first."""
    session, options = db.session(), _posted_options()
    transfer = transfers.find_transfer(session, learner(), transfer_id)
    if options.mapping and options != shown_options(transfer.preview or {}, _chosen_options(transfer)):
        return _read_again(transfer_id, options)
    try:
        return _work_on(transfers.confirm_import(session, learner(), transfer_id, now=now()), transfer_id)
    except UndecidedTable:
        session.rollback()
        transfer = transfers.find_transfer(session, learner(), transfer_id)
        return _preview_page(transfer, _set_of(transfer), UNDECIDED), 422


@bp.get("/<int:transfer_id>/file")
@account_required
def download(transfer_id: int) -> Page:
    """Send the file that was exported, unless it has facts that have been hidden since."""
    session = db.session()
    transfer = transfers.find_transfer(session, learner(), transfer_id)
    if not transfer.is_export or transfer.state != "ready" or transfer.set_id is None:
        abort(404)
    access.set_to_read(session, learner(), transfer.set_id)
    known = transfer.preview["hidden"] if transfer.preview else ()
    if list_hidden_keys(session, learner(), transfer.set_id, now()).difference(known):
        flash(gettext("Your class has begun a quiz since this file was made. Export the set again."), "bad")
        return redirect(url_for("import_export.export", set_id=transfer.set_id), 303)
    form = FORMATS[transfer.format or ""]
    file = BytesIO(transfer.data or b"")
    response = send_file(file, form.mimetype, as_attachment=True, download_name=transfer.filename)
    response.headers["Cache-Control"] = "no-store"  # it may be a private set
    return response


@bp.post("/<int:transfer_id>/delete")
@account_required
def delete(transfer_id: int) -> Page:
    """Delete the file, and stop the work on it."""
    session = db.session()
    transfer = transfers.find_transfer(session, learner(), transfer_id)
    set_id, page = transfer.set_id, "export" if transfer.is_export else "import_into"
    transfers.delete_transfer(session, learner(), transfer_id)
    commit()
    flash(gettext("The file was deleted."), "good")
    target = url_for(f"import_export.{page}", set_id=set_id) if set_id else url_for("import_export.import_new")
    return redirect(target, 303)
