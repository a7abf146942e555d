"""The question editor: writing, previewing, saving and restoring versions."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.kinds import KIND_NAMES, KINDS
from quizapp.core.kinds.base import AnswerPreview
from quizapp.core.pictures import MAX_UPLOAD, InvalidPicture, encode_picture
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services.editor import drafts, pictures, questions
from quizapp.services.editor.drafts import Subject
from quizapp.services.editor.questions import EditorQuestion, QuestionEdit
from quizapp.services.editor.versions import EditConflict, read_question_versions, restore_question_version
from quizapp.services.overrides import TypedQuestion, read_question_overrides
from quizapp.web.editor_state import (
    EditorState,
    Preview,
    add_row,
    address_of,
    describe_edit,
    make_preview,
    make_state,
    open_editor,
    open_subject,
    preview_attempt,
    read_form,
    remove_row,
    state_from_post,
    typed_fields,
)
from quizapp.web.forms.field_errors import place_errors
from quizapp.web.forms.question import PREFIX, QuestionForm
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import Page, allow_values, begin_writing, commit, now, parse_id, requested_page, wants_part

SAVED, UNCHANGED = gettext("Saved."), gettext("No changes to save.")

bp = Blueprint("editor", __name__, url_prefix="/sets/<int:set_id>")


@bp.url_value_preprocessor  # the earliest hook of a blueprint: the check for a CSRF token reads the form already
def raise_limits(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Accept larger forms than elsewhere: a picture, and a question in full, which the preview holds twice."""
    request.max_content_length = MAX_UPLOAD + 2_000_000
    request.max_form_memory_size = 2_000_000
    allow_values(2_000_000)
    request.max_form_parts = 3_000


# Opening


@bp.get("/new")
@account_required
def kinds(set_id: int) -> Page:
    """Ask which kind of question to write; `fact` makes it another question of that fact."""
    opened = questions.open_new(db.session(), learner(), set_id, request.args.get("fact", type=parse_id))
    return render_template("editor/kinds.html", opened=opened, kinds=KINDS)


@bp.route("/new/<kind>", methods=["GET", "POST"])
@account_required
def new(set_id: int, kind: str) -> Page:
    """Show or save a new question of a kind; `fact` makes it another question of that fact, `topic` is preselected."""
    if kind not in KINDS:
        abort(404)
    subject = Subject(fact_id=request.args.get("fact", type=parse_id), kind=kind)
    return _handle_post(set_id, subject) if request.method == "POST" else _editor_page(open_editor(set_id, subject))


@bp.route("/questions/<int:question_id>", methods=["GET", "POST"])
@account_required
def question(set_id: int, question_id: int) -> Page:
    subject = Subject(question_id=question_id)
    if request.method == "POST":
        return _handle_post(set_id, subject)
    state = open_editor(set_id, subject)
    if (card := state.opened.question_id) != question_id:
        return redirect(url_for("editor.question", set_id=set_id, question_id=card), 303)
    types = KINDS[state.form.kind].typed_into
    return _editor_page(state, overridden=read_question_overrides(db.session(), question_id) if types else None)


# Receiving


def _handle_post(set_id: int, subject: Subject) -> Page:
    """Do what a button of the form says: `do` is its name, and after a colon what it acts on."""
    state = make_state(subject, open_subject(set_id, subject), formdata=typed_fields(), unsaved=True)
    fault = _take_picture(state.form)
    do, _, to = request.form.get("do", "save").partition(":")
    if do in ("add", "remove"):
        data = dict(state.form.data)
        if (do, to) == ("remove", "picture"):
            data |= {"picture": "", "picture_alt": ""}
        else:
            (add_row if do == "add" else remove_row)(data, to)
        state = make_state(subject, state.opened, data=data, unsaved=True)
    if do == "merge":
        state.beside = describe_edit(state.opened)
    if do in ("save", "save-next") and not fault:
        return _save(state, onward=do == "save-next")
    if fault:
        state.form.picture_alt.errors = [fault]
        commit()
        return _editor_page(state), 422
    commit()  # a picture, if there was one
    return _editor_page(state)


def _take_picture(form: QuestionForm) -> str | None:
    """Store a picture that came with the form; what is wrong with it, if it cannot be."""
    posted = request.files.get("picture_file")
    if not posted or not posted.filename:
        return None
    commit()  # decoding takes long, and nobody should wait for this transaction
    try:
        picture = encode_picture(posted.read())
        begin_writing()
        form.picture.data = pictures.store_picture(db.session(), learner(), picture, now=now()).digest
    except InvalidPicture as invalid:
        begin_writing()
        return str(invalid)
    return None


def _save(state: EditorState, *, onward: bool) -> Page:
    session, user, form, subject = db.session(), learner(), state.form, state.subject
    try:
        written = read_form(form)
    except ValidationError as invalid:
        commit()  # a picture that was sent stays, so that it need not be sent again
        place_errors(form, invalid)
        return _editor_page(state), 422
    base, fact_base = _version(form.base.data), _version(form.fact_base.data)
    question_id, changed = subject.question_id, True
    try:
        if question_id:
            changed = questions.save_question(
                session, user, state.set_id, question_id, written, base=base, fact_base=fact_base, now=now()
            )
        else:
            question_id = questions.add_question(
                session, user, state.set_id, written, fact_id=subject.fact_id, fact_base=fact_base, now=now()
            )
    except EditConflict as conflict:
        session.rollback()
        return _conflict(state, written, conflict)
    questions.name_misconceptions(session, user, state.set_id, form.new_misconceptions())
    drafts.discard_draft(session, user, state.set_id, subject)
    commit()
    flash(SAVED if changed else UNCHANGED, "good")
    if onward:
        return redirect(url_for("editor.new", set_id=state.set_id, kind=form.kind, topic=form.topic.data), 303)
    return redirect(state.back or address_of(state.set_id, Subject(question_id=question_id)), 303)


def _version(posted: str | None) -> int:
    """Return the number of a version, or 0, which there never is, for what is no number."""
    return int(posted) if posted and posted.isascii() and posted.isdigit() and len(posted) < 10 else 0


def _conflict(state: EditorState, written: QuestionEdit, conflict: EditConflict) -> Page:
    """Show both texts side by side and keep mine as a draft; the form continues from what is saved now."""
    with suppress(drafts.TooLarge):
        drafts.save_draft(db.session(), learner(), state.set_id, state.subject, state.form.posted_fields(), now=now())
        commit()
    theirs = open_subject(state.set_id, state.subject)
    state.form.base.data, state.form.fact_base.data = str(theirs.version), str(theirs.fact_version)
    mine = EditorQuestion(theirs.set, text=written.fact, question=written.question)
    both = dict(describe_edit(theirs)), dict(describe_edit(mine))
    fields = list(dict.fromkeys([*both[1], *both[0]]))
    rows = [(name, *(text.get(name, "") for text in both)) for name in fields]
    posted = state.form.posted_fields()
    page = render_template("editor/conflict.html", state=state, rows=rows, conflict=conflict, fields=posted)
    return page, 409


# Previews


def _editor_page(
    state: EditorState,
    *,
    preview: Preview | None = None,
    answer_previews: Sequence[AnswerPreview] = (),
    attempt: str = "",
    overridden: TypedQuestion | None = None,
) -> str:
    return render_template(
        "editor/question.html",
        state=state,
        preview=preview or make_preview(state),
        tries=KINDS[state.form.kind].typed_into,
        largest=MAX_UPLOAD,
        answer_previews=answer_previews,
        attempt=attempt,
        overridden=overridden,
    )


@bp.post("/preview/<kind>")
@account_required
def preview(set_id: int, kind: str) -> Page:
    """Show the question being written as students will see it; with `answering`, the feedback on an answer."""
    state = state_from_post(set_id, kind)
    found = make_preview(state, request.form if "answering" in request.form else None)
    if wants_part():
        return render_template("editor/_preview.html", state=state, preview=found)
    return _editor_page(state, preview=found)


@bp.post("/try/<kind>")
@account_required
def preview_answer(set_id: int, kind: str) -> Page:
    """Show how an answer that is typed would be judged, and why."""
    state = state_from_post(set_id, kind)
    attempt = request.form.get("attempt", "")[:300]
    found = make_preview(state)
    answer_previews = preview_attempt(state, found.question, attempt) if found.question else ()
    if wants_part():
        return render_template(
            "editor/_answer_preview.html", preview=found, answer_previews=answer_previews, attempt=attempt
        )
    return _editor_page(state, preview=found, answer_previews=answer_previews, attempt=attempt)


# Drafts


@bp.post("/draft")
@account_required
def save_draft(set_id: int) -> Page:
    """Keep what is typed; the page asks for it by itself every few seconds."""
    typed = typed_fields()
    subject = drafts.read_subject(typed.get(f"{PREFIX}-subject", ""))
    try:
        drafts.save_draft(db.session(), learner(), set_id, subject, list(typed.items(multi=True)), now=now())
    except drafts.TooLarge:
        abort(413)
    commit()
    return HttpResponse(status=204)


@bp.get("/drafts")
@account_required
def list_drafts(set_id: int) -> Page:
    row, found = drafts.list_drafts(db.session(), learner(), set_id)
    listed = [(subject, draft, dict(map(tuple, draft.form)), address_of(set_id, subject)) for subject, draft in found]
    return render_template("editor/drafts.html", set=row, drafts=listed, kinds=KIND_NAMES)


@bp.post("/drafts/discard")
@account_required
def discard(set_id: int) -> Page:
    """Delete a draft, and continue from what is saved; `to` is "list" from the list of drafts."""
    subject = drafts.read_subject(request.form.get("subject", ""))
    drafts.discard_draft(db.session(), learner(), set_id, subject)
    commit()
    flash(gettext("Draft discarded."), "good")
    onward = request.form.get("to") == "list"
    return redirect(url_for("editor.list_drafts", set_id=set_id) if onward else address_of(set_id, subject), 303)


# The question as a whole


def _change_question(set_id: int, question_id: int, do: Callable[..., Any], said: str) -> Page:
    found = do(db.session(), learner(), set_id, question_id, now=now())
    commit()
    flash(said, "good")
    return redirect(url_for("editor.question", set_id=set_id, question_id=found or question_id), 303)


@bp.post("/questions/<int:question_id>/archive")
@account_required
def archive(set_id: int, question_id: int) -> Page:
    return _change_question(
        set_id, question_id, questions.archive_question, gettext("Question archived. It won’t be asked any more.")
    )


@bp.post("/questions/<int:question_id>/restore")
@account_required
def restore(set_id: int, question_id: int) -> Page:
    return _change_question(
        set_id, question_id, questions.restore_question, gettext("Question restored. It will be asked again.")
    )


@bp.post("/questions/<int:question_id>/duplicate")
@account_required
def duplicate(set_id: int, question_id: int) -> Page:
    return _change_question(
        set_id,
        question_id,
        questions.duplicate_question,
        gettext("Duplicated. This is the copy, with its own fact."),
    )


@bp.post("/questions/<int:question_id>/move")
@account_required
def move(set_id: int, question_id: int) -> Page:
    """Swap a question with the one before or after it; `from` is the question whose page it is."""
    step = 1 if request.form.get("step") == "1" else -1
    questions.move_question(db.session(), learner(), set_id, question_id, step)
    commit()
    page = request.form.get("from", type=parse_id) or question_id
    return redirect(url_for("editor.question", set_id=set_id, question_id=page) + "#forms", 303)


@bp.get("/questions/<int:question_id>/history")
@account_required
def versions(set_id: int, question_id: int) -> Page:
    found = read_question_versions(db.session(), learner(), set_id, question_id, page=requested_page())
    return render_template("editor/versions.html", history=found)


@bp.post("/questions/<int:question_id>/history/<int:number>")
@account_required
def restore_version(set_id: int, question_id: int, number: int) -> Page:
    """Restore an earlier version of a question as its newest one."""
    base = request.form.get("base", default=0, type=parse_id)
    try:
        restore_question_version(db.session(), learner(), set_id, question_id, number, base=base, now=now())
        commit()
        flash(gettext("Version %(number)s restored.", number=number), "good")
    except EditConflict:
        db.session.rollback()
        flash(gettext("Nothing was restored, because someone has just saved another version. Look at it first."), "bad")
    return redirect(url_for("editor.versions", set_id=set_id, question_id=question_id), 303)
