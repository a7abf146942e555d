"""Pages to import a file or pasted text with a preview, and to download a set in any format."""

from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from quizapp.core.formats.format import MAX_QUESTIONS, MAX_UPLOAD, Unreadable
from quizapp.core.formats.registry import FORMATS
from quizapp.core.formats.separate import unpacked_size
from quizapp.core.pictures import EncodedPicture, InvalidPicture
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.models import QuestionSet, pack_file
from quizapp.services import access, exports, import_export, jobs, transfers
from quizapp.services.editor import pictures
from quizapp.services.errors import UndecidedTable
from quizapp.services.import_export import OutdatedPreview, ParsedFile, Upload
from quizapp.services.running_quizzes import has_hidden_facts
from quizapp.services.sets.import_preview import ImportPreview, describe_preview
from quizapp.services.transfers import TooManyTransfers
from quizapp.web.forms.import_export import ImportForm, NewSetUploadForm, UploadForm
from quizapp.web.identity import account_required, learner, signed_in
from quizapp.web.import_preview import OUTDATED, UNDECIDED, render_preview
from quizapp.web.requests import LONGEST_NAME, Page, allow_values, begin_writing, commit, now

bp = Blueprint("import_export", __name__, url_prefix="/sets")

ROOM = 1_000_000  # bytes for the rest of a form with a file


@bp.url_value_preprocessor  # the earliest hook of a blueprint: the check for a CSRF token reads the form already
def raise_limits(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Accept larger forms than elsewhere: a file, or its text, which the preview sends back in a form."""
    request.max_content_length = request.max_form_memory_size = MAX_UPLOAD + ROOM
    request.max_form_parts = 3_000  # a role for each column, and a decision for each row
    allow_values(MAX_UPLOAD)


@bp.errorhandler(413)
def too_large(error: RequestEntityTooLarge) -> tuple[str, int]:
    page = render_template(
        "errors/error.html",
        code=413,
        title=gettext("The file is too large"),
        advice=gettext(
            "A file can be up to %(limit)s MB. Split it and import the parts. Nothing was saved.",
            limit=MAX_UPLOAD // 1_000_000,
        ),
        request_id=None,
    )
    return page, 413


# Import


@bp.route("/<int:set_id>/import", methods=["GET", "POST"])
@account_required
def import_into(set_id: int) -> Page:
    """Show the form; once it is sent, show a preview of the import."""
    row = access.set_to_write(db.session(), learner(), set_id)
    form = UploadForm()
    form.offer((topic["key"], topic["title"]) for topic in row.header["topics"])
    if form.validate_on_submit() and (upload := form.upload()):
        try:
            if _is_large(upload):
                return _begin_import(row, upload, "")
            upload = replace(upload, table=import_export.remembered_options(row))
            return _preview(row, upload, _parse_upload(upload))
        except TooManyTransfers as many:
            form.file.errors = [str(many)]
        except Unreadable as unreadable:
            _put_error(form, unreadable)
    return _form_page(form, row)


@bp.post("/<int:set_id>/import/preview")
@account_required
def preview_again(set_id: int) -> Page:
    """Show another preview, after choices about the columns or rows of a table."""
    row = access.set_to_write(db.session(), learner(), set_id)
    upload = _posted_upload(ImportForm())
    return _preview(row, upload, _parse_posted(upload))


@bp.post("/<int:set_id>/import/take")
@account_required
def run_import(set_id: int) -> Page:
    session, form = db.session(), ImportForm()
    row = access.set_to_write(session, learner(), set_id)
    upload = _posted_upload(form)
    content = _parse_posted(upload)
    plan = import_export.plan_import(session, learner(), set_id, content, now=now())
    begin_writing()
    try:
        _check_fingerprint(form, plan)
        taken = import_export.run_import(session, learner(), set_id, plan, store=_store_picture, now=now())
        commit()
    except OutdatedPreview:
        session.rollback()
        return _preview(row, upload, content, OUTDATED)
    except UndecidedTable:
        session.rollback()
        return _preview(row, upload, content, UNDECIDED)
    _flash_result(taken)
    return redirect(url_for("fact_list.show", set_id=set_id), 303)


@bp.route("/import", methods=["GET", "POST"])
@account_required
def import_new() -> Page:
    """Show the form for a file that becomes a set; once it is sent, show a preview of the set."""
    form = NewSetUploadForm()
    if form.validate_on_submit() and (upload := form.upload()):
        title = form.title.data or ""
        try:
            if _is_large(upload):
                return _begin_import(None, upload, title)
            return _preview_new(upload, _parse_upload(upload), title)
        except TooManyTransfers as many:
            form.file.errors = [str(many)]
        except Unreadable as unreadable:
            _put_error(form, unreadable)
    return _form_page(form, None)


@bp.post("/import/preview")
@account_required
def preview_new_again() -> Page:
    """Show another preview of a new set, after choices about the columns or rows of a table."""
    form = ImportForm()
    upload = _posted_upload(form)
    return _preview_new(upload, _parse_posted(upload), form.title.data or "")


@bp.post("/import/take")
@account_required
def run_new_import() -> Page:
    session, form = db.session(), ImportForm()
    upload, title = _posted_upload(form), form.title.data or ""
    content = _parse_posted(upload)
    plan = import_export.plan_new_set(session, learner(), title, content, now=now())
    begin_writing()
    try:
        _check_fingerprint(form, plan)
        taken = import_export.import_new_set(session, learner(), plan, store=_store_picture, now=now())
        commit()
    except OutdatedPreview:
        session.rollback()
        return _preview_new(upload, content, title, OUTDATED)
    except UndecidedTable:
        session.rollback()
        return _preview_new(upload, content, title, UNDECIDED)
    _flash_result(taken)
    return redirect(url_for("fact_list.show", set_id=taken.set_id), 303)


def _form_page(form: UploadForm, row: QuestionSet | None) -> Page:
    page = render_template(
        "import_export/import.html",
        form=form,
        row=row,
        most=MAX_QUESTIONS,
        most_megabytes=MAX_UPLOAD // 1_000_000,
        large_kilobytes=transfers.LARGE_FILE // 1_000,
        files=transfers.list_transfers(db.session(), learner()),
    )
    return page, 422 if form.errors else 200


def _is_large(upload: Upload) -> bool:
    """Return whether a file is imported in the background."""
    return unpacked_size(upload.data) > transfers.LARGE_FILE


def _begin_import(row: QuestionSet | None, upload: Upload, title: str) -> Page:
    """Put the file away for a job. Raises TooManyTransfers."""
    set_id = row.id if row else None
    commit()
    packed = pack_file(upload.data)
    begin_writing()
    about = {"format": upload.format, "filename": upload.filename[:LONGEST_NAME], "topic": upload.topic, "title": title}
    return _add_transfer(is_export=False, set_id=set_id, packed=packed, **about)


def _add_transfer(**about: Any) -> Page:
    session = db.session()
    transfer = transfers.add_transfer(session, learner(), now=now(), **about)
    jobs.add_job(session, jobs.RUN_TRANSFER, due_at=now(), details={"transfer": transfer.id})
    commit()
    return redirect(url_for("transfers.show", transfer_id=transfer.id), 303)


def _posted_upload(form: ImportForm) -> Upload:
    upload = form.upload(request.form)
    if upload is None:
        abort(400)
    return upload


def _parse_posted(upload: Upload) -> ParsedFile:
    """Return the contents of the file in a form, read before the transaction that writes."""
    try:
        return _parse_upload(upload)
    except Unreadable:
        abort(400)


def _check_fingerprint(form: ImportForm, plan: import_export.ImportPlan) -> None:
    """Raise OutdatedPreview if the import would no longer do what the preview showed."""
    if form.fingerprint.data not in (None, plan.preview.fingerprint):
        raise OutdatedPreview


def _preview(row: QuestionSet, upload: Upload, content: ParsedFile, refused: str = "") -> Page:
    commit()  # planning takes long, and nobody should wait for it
    plan = import_export.plan_import(db.session(), learner(), row.id, content, now=now())
    return _preview_page(plan.preview, upload, row, "", refused)


def _preview_new(upload: Upload, content: ParsedFile, title: str, refused: str = "") -> Page:
    commit()
    plan = import_export.plan_new_set(db.session(), learner(), title, content, now=now())
    return _preview_page(plan.preview, upload, None, title, refused)


def _parse_upload(upload: Upload) -> ParsedFile:
    """Parse the upload and decode its pictures, outside of any transaction. Raises Unreadable."""
    commit()
    content = import_export.parse_upload(upload)
    stored = import_export.stored_pictures(db.session(), content)
    commit()
    return import_export.encode_pictures(content, stored)


def _preview_page(shown: ImportPreview, upload: Upload, row: QuestionSet | None, title: str, refused: str) -> Page:
    form = ImportForm(formdata=None)
    form.carry(upload, shown.form.name, shown.fingerprint, title or shown.header.title)
    into, set_id = ("", row.id) if row else ("_new", None)
    page = render_preview(
        describe_preview(shown, most=transfers.MOST_SHOWN),
        upload.table,
        form=form,
        row=row,
        filename=upload.filename,
        refused=refused,
        address=url_for(f"import_export.run{into}_import", set_id=set_id),
        again=url_for(f"import_export.preview{into}_again", set_id=set_id),
    )
    is_wrong = refused == UNDECIDED or (shown.table and shown.table.problem)
    return page, 409 if refused == OUTDATED else 422 if is_wrong else 200


def _store_picture(picture: EncodedPicture) -> None:
    try:
        pictures.store_picture(db.session(), learner(), picture, now=now())
    except InvalidPicture:  # other uploads reached the limit meanwhile
        raise OutdatedPreview from None


def _put_error(form: UploadForm, unreadable: Unreadable) -> None:
    """Put the error at the field with the file or text."""
    field = form.file if form.file.data else form.pasted
    place, problem = unreadable.place, unreadable.message
    field.errors = [gettext("%(place)s: %(problem)s", place=place, problem=problem) if place else problem]


def _flash_result(taken: import_export.ImportResult) -> None:
    preview = taken.preview
    new = len(preview.of("added", "restored"))
    changed = len(preview.of("changed"))
    flash(_result_message(new, changed, len(preview.of("unchanged"))), "good")


def _result_message(new: int, changed: int, unchanged: int) -> str:
    return ngettext(
        "Imported: %(num)s new question, %(changed)s changed, %(unchanged)s unchanged.",
        "Imported: %(num)s new questions, %(changed)s changed, %(unchanged)s unchanged.",
        new, changed=f"{changed:,}", unchanged=f"{unchanged:,}",
    )  # fmt: skip


# Export


@bp.get("/<int:set_id>/export")
def export(set_id: int) -> Page:
    """Show the formats, and what the one named by `format` would leave out of this set."""
    session, name = db.session(), request.args.get("format", "")
    row = access.set_to_read(session, signed_in(), set_id)
    is_large = transfers.is_large_set(session, set_id)
    chosen = None
    if name in FORMATS and not is_large:
        chosen = exports.export_set(session, signed_in(), set_id, name, now=now())
    return render_template(
        "import_export/export.html",
        row=row,
        formats=FORMATS,
        chosen=chosen,
        hidden=has_hidden_facts(session, signed_in(), set_id, now=now()),
        large=transfers.LARGE_SET if is_large else None,
        files=transfers.list_transfers(session, learner()) if signed_in() else (),
    )


@bp.get("/<int:set_id>/export/<format>")
def download(set_id: int, format: str) -> Page:
    """Send the file."""
    if format not in FORMATS:
        abort(404)
    session = db.session()
    access.set_to_read(session, signed_in(), set_id)
    if transfers.is_large_set(session, set_id):
        return redirect(url_for(".export", set_id=set_id), 303)
    made = exports.export_set(session, signed_in(), set_id, format, now=now())
    response = send_file(BytesIO(made.data), made.form.mimetype, as_attachment=True, download_name=made.filename)
    response.headers["Cache-Control"] = "no-store"  # it may be a private set
    return response


@bp.post("/<int:set_id>/export/<format>")
@account_required
def begin_export(set_id: int, format: str) -> Page:
    """Let a job make the file, of a set of any size."""
    if format not in FORMATS:
        abort(404)
    access.set_to_read(db.session(), learner(), set_id)
    try:
        return _add_transfer(is_export=True, set_id=set_id, format=format)
    except TooManyTransfers as many:
        flash(str(many), "bad")
        return redirect(url_for(".export", set_id=set_id), 303)
