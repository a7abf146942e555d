"""Lists of sets, and the sets one writes: made, copied, described, archived. What is in a set has pages of its own."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.defaults import NEW_PER_DAY
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.sets.schema import SetHeader
from quizapp.core.text.differences import Difference, differences
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import QuestionSet
from quizapp.services.editor.quick_entry import add_questions
from quizapp.services.review.today import start_plan
from quizapp.services.sets import contents, copies, folders, ownership, search
from quizapp.services.sets.settings import (
    InUse,
    SetSettings,
    SettingsConflict,
    read_settings,
    save_settings,
)
from quizapp.web.forms.sets import (
    NewSetForm,
    SetSettingsForm,
    apply_row_button,
    language_name,
    place_errors,
)
from quizapp.web.identity import account_required, learner, signed_in
from quizapp.web.requests import (
    LARGEST_FORM,
    Page,
    allow_values,
    begin_writing,
    commit,
    now,
    parse_id,
    requested_page,
    wants_part,
)

bp = Blueprint("sets", __name__, url_prefix="/sets")


@bp.url_value_preprocessor
def raise_limits(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Accept longer texts than elsewhere for the cards of a new set."""
    if endpoint == "sets.new":
        allow_values(LARGEST_FORM)


LONGEST_FOLDER = 60  # characters


# Finding


@bp.get("")
def index() -> Page:
    """Show one's own list: `folder` or all of it, `q` are words; `archived` names a set just archived."""
    session, user = db.session(), signed_in()
    if user is None:
        return redirect(url_for("sets.public"), 303)
    text, folder = request.args.get("q", "")[:200], request.args.get("folder", "")
    narrowed = bool(text.strip() or folder)
    found = search.list_my_sets(session, user, text=text, folder=folder, page=requested_page())
    return render_template(
        "sets/index.html",
        found=found,
        text=text,
        folder=folder,
        folders=search.list_folders(session, user),
        language_name=language_name,
        archived=search.archived_sets(session, user) if not narrowed and found.page == 1 else [],
        just_archived=request.args.get("archived", type=parse_id),
        longest_folder=LONGEST_FOLDER,
    )


@bp.get("/public")
def public() -> str:
    """Show the catalogue of public sets: all, or those that `q`, `language` and `size` find."""
    session = db.session()
    asked = {name: request.args.get(name, "")[:200] for name in ("q", "language", "size")}
    wanted = search.SetFilters(asked["q"], asked["language"], asked["size"])
    return render_template(
        "sets/public.html",
        found=search.search_public_sets(session, signed_in(), wanted, page=requested_page()),
        wanted=wanted,
        is_search=any(asked.values()),
        language_name=language_name,
        languages={code: language_name(code) for code in search.list_public_languages(session)},
    )


# Folders


@bp.post("/<int:set_id>/folder")
@account_required
def move_to_folder(set_id: int) -> Page:
    """Move the set into the folder of that name in one's own list, or out of all folders where there is none."""
    name = _folder_name("folder")
    folders.move_set(db.session(), learner(), set_id, name)
    commit()
    return redirect(url_for("sets.index", folder=name or None), 303)


@bp.post("/folders")
@account_required
def change_folder() -> Page:
    """Rename the folder `folder` to `name`, or remove it where `do` says so."""
    folder, name = _folder_name("folder"), _folder_name("name")
    if request.form.get("do") == "remove":
        folders.remove_folder(db.session(), learner(), folder)
        name = ""
    elif not name:
        flash(gettext("Type a name for the folder."), "bad")
        return redirect(url_for("sets.index", folder=folder), 303)
    else:
        folders.rename_folder(db.session(), learner(), folder, name)
    commit()
    return redirect(url_for("sets.index", folder=name or None), 303)


def _folder_name(field: str) -> str:
    return " ".join(request.form.get(field, "")[:LONGEST_FOLDER].split())


# Beginning


@bp.route("/new", methods=["GET", "POST"])
@account_required
def new() -> Page:
    """Create a set with its first cards, and go on to study it where `do` says so; a part is their preview."""
    form = NewSetForm(data={"cards": {"typed": True}})
    drafts = form.read_cards() if request.method == "POST" else []
    if wants_part():
        return render_template("sets/_cards.html", drafts=drafts, language=form.language.data)
    studies = request.form.get("do") == "study"
    if form.validate_on_submit() and form.check_cards(drafts, needed=studies):
        try:
            made = _create_set(form, [draft.question for draft in drafts if draft.question])
            if studies:
                start_plan(db.session(), learner(), made.id, now=now())
            commit()
        except ValidationError as invalid:
            db.session.rollback()
            place_errors(form, invalid, SetHeader)
        else:
            flash(gettext("“%(title)s” saved.", title=made.title), "good")
            session_of_set = url_for("review.question", set=made.key, new=NEW_PER_DAY)
            return redirect(session_of_set, 303) if studies else _redirect_to_set(made.id)
    return render_template("sets/new.html", form=form, drafts=drafts), 422 if form.errors else 200


def _create_set(form: NewSetForm, cards: Sequence[AskedQuestion]) -> QuestionSet:
    session, topics = db.session(), form.topic_titles or [contents.DEFAULT_TOPIC]
    made = contents.create_set(
        session,
        learner(),
        title=form.title.data,
        summary=form.summary.data,
        language=form.language.data,
        topics=topics,
        cards=form.cards.data,
        now=now(),
    )
    if cards:
        first = made.header["topics"][0]["key"]
        add_questions(session, learner(), made.id, cards, topic=first, tags=[], now=now())
    return made


@bp.post("/duplicate")
@account_required
def duplicate() -> Page:
    """Copy the set of the posted `key`, and go on to assign the copy to the class `class_id` where one is posted."""
    key = request.form.get("key", "")
    commit()  # reading a large set takes long, and nobody should wait for this transaction
    original = copies.read_original(db.session(), learner(), key, now=now())
    begin_writing()
    copy = copies.copy_set(db.session(), learner(), original, now=now())
    commit()
    flash(
        gettext("“%(title)s” is now one of your sets. Nobody else sees it until you share it.", title=copy.title),
        "good",
    )
    if class_id := request.form.get("class_id", type=parse_id):
        return redirect(url_for("assignments.new", class_id=class_id, set=copy.id, kind="quiz"), 303)
    return _redirect_to_set(copy.id)


def _redirect_to_set(set_id: int) -> HttpResponse:
    return redirect(url_for("fact_list.show", set_id=set_id), 303)


# What it says of itself


@bp.get("/<int:set_id>/settings")
@account_required
def settings(set_id: int) -> Page:
    about = read_settings(db.session(), learner(), set_id)
    form = SetSettingsForm(about.header.language, data={**about.header.model_dump(), "base": about.fingerprint})
    return _settings_page(about, form)


@bp.post("/<int:set_id>/settings")
@account_required
def change(set_id: int) -> Page:
    """Save, or do what a button beside a topic says, which saves nothing yet."""
    session = db.session()
    about = read_settings(session, learner(), set_id)
    form = SetSettingsForm(about.header.language)
    if pressed := request.form.get("row"):
        apply_row_button(form.topics, pressed)
        return _settings_page(about, form)
    if not (form.validate() and form.check_topics()):
        return _settings_page(about, form), 422
    try:
        save_settings(session, learner(), set_id, form.described, base=form.base.data, now=now())
        commit()
    except ValidationError as invalid:
        session.rollback()
        place_errors(form, invalid, SetHeader)
    except InUse as used:
        session.rollback()
        for topic in used.what:
            form.topics.append_entry(topic.model_dump())
            form.topics.entries[-1].form.title.errors = [
                gettext("This topic still has facts. Move them to another topic before you remove it.")
            ]
    except SettingsConflict as meanwhile:
        session.rollback()
        form.base.data = meanwhile.fingerprint  # saving again is a choice made with both texts in view
        return _settings_page(about, form, differences(meanwhile.theirs or {}, form.described)), 409
    else:
        flash(gettext("Saved."), "good")
        return redirect(url_for("sets.settings", set_id=set_id), 303)
    return _settings_page(about, form), 422


def _settings_page(about: SetSettings, form: SetSettingsForm, conflict: list[Difference] | None = None) -> str:
    return render_template("sets/settings.html", row=about.row, about=about, form=form, conflict=conflict)


# What the original has new


@bp.get("/<int:set_id>/updates")
@account_required
def updates(set_id: int) -> Page:
    offered = copies.find_updates(db.session(), learner(), set_id, now=now())
    return render_template("sets/updates.html", row=offered.row, offered=offered)


@bp.post("/<int:set_id>/updates")
@account_required
def apply_updates(set_id: int) -> Page:
    commit()  # reading a large set takes long, and nobody should wait for this transaction
    original = copies.read_original_of(db.session(), learner(), set_id, now=now())
    begin_writing()
    taken = copies.apply_updates(db.session(), learner(), set_id, original, now=now())
    commit()
    message = gettext(
        "Updated: %(added)s added, %(changed)s changed, %(archived)s archived.",
        added=taken.added, changed=taken.changed, archived=taken.archived,
    )  # fmt: skip
    flash(message, "good")
    return redirect(url_for("sets.updates", set_id=set_id), 303)


# Archiving


@bp.post("/<int:set_id>/archive")
@account_required
def archive(set_id: int) -> Page:
    ownership.archive_set(db.session(), learner(), set_id, now=now())
    commit()
    return redirect(url_for("sets.index", archived=set_id), 303)


@bp.post("/<int:set_id>/restore")
@account_required
def restore(set_id: int) -> Page:
    row = ownership.restore_set(db.session(), learner(), set_id, now=now())
    commit()
    flash(gettext("“%(title)s” is restored.", title=row.title), "good")
    return redirect(url_for("sets.index"), 303)


@bp.get("/<int:set_id>/log")
@account_required
def log(set_id: int) -> Page:
    row, page = ownership.read_log(db.session(), learner(), set_id, page=requested_page())
    return render_template("sets/log.html", row=row, log=page)
