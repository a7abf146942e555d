"""The page of a large file that is imported or exported in the background, which only its owner sees."""

from io import BytesIO

from flask import Blueprint, abort, flash, make_response, redirect, render_template, send_file, url_for

from quizapp.core.formats.registry import FORMATS
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import QuestionSet, Transfer
from quizapp.services import access, jobs, transfers
from quizapp.services.running_quizzes import list_hidden_keys
from quizapp.web.identity import account_required, learner
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
    row = db.session.get(QuestionSet, transfer.set_id) if transfer.set_id else None
    if wants_part():
        part = make_response(render_template("import_export/_progress.html", transfer=transfer, steps=STEPS))
        if transfer.state != "working":
            part.headers["HX-Refresh"] = "true"  # the whole page is another by now
        return part
    if transfer.state == "ready" and not transfer.is_export:
        return _preview_page(transfer, row)
    return render_template("import_export/transfer.html", transfer=transfer, row=row, steps=STEPS, formats=FORMATS)


def _preview_page(transfer: Transfer, row: QuestionSet | None) -> Page:
    return render_template(
        "import_export/preview.html",
        form=PageForm(),
        row=row,
        preview=transfer.preview,
        filename=transfer.filename,
        outdated=transfer.is_outdated,
        address=url_for(".confirm", transfer_id=transfer.id),
    )


@bp.post("/<int:transfer_id>/import")
@account_required
def confirm(transfer_id: int) -> Page:
    """Import the file after its preview."""
    session = db.session()
    transfer = transfers.confirm_import(session, learner(), transfer_id, now=now())
    if transfer is not None:
        jobs.add_job(session, jobs.RUN_TRANSFER, due_at=now(), details={"transfer": transfer_id})
    commit()
    return redirect(url_for(".show", transfer_id=transfer_id), 303)


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
