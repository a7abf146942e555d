"""The sets one writes: found, begun, copied, described, shared, archived. What is in a set has pages of its own."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.defaults import NEW_PER_DAY
from quizapp.core.kinds import Question as AskedQuestion
from quizapp.core.sets.schema import SetHeader
from quizapp.core.text.differences import Difference, differences
from quizapp.core.text.direction import isolate
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.models import QuestionSet
from quizapp.services.editor.quick_entry import add_questions
from quizapp.services.errors import UnknownUser
from quizapp.services.review.today import start_plan
from quizapp.services.sets import contents, copies, ownership, search
from quizapp.services.sets.settings import (
    InUse,
    SetSettings,
    SettingsConflict,
    read_settings,
    save_settings,
)
from quizapp.web.forms.sets import (
    VISIBLE_TO,
    AuthorForm,
    NewSetForm,
    SetSettingsForm,
    VisibilityForm,
    apply_row_button,
    language_name,
    place_errors,
)
from quizapp.web.identity import account_required, learner, learner_required
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


BUILT_IN_SHOWN = 3  # built-in sets, under one's own


# Finding


@bp.get("")
@learner_required
def index() -> Page:
    """Show one's own sets, or what `q`, `whose` and `language` find; `archived` names one just archived."""
    session, user = db.session(), learner()
    wanted = _filters()
    found = search.search_sets(session, user, wanted or search.SetFilters(whose=search.MINE), page=requested_page())
    own_shelf = wanted is None and found.page == 1
    return render_template(
        "sets/index.html",
        found=found,
        wanted=wanted,
        language_name=language_name,
        languages={code: language_name(code) for code in search.list_languages(session, user)},
        built_in=search.search_sets(session, user, search.SetFilters(whose=search.BUILT_IN)).sets[:BUILT_IN_SHOWN]
        if own_shelf
        else [],
        archived=search.archived_sets(session, user) if own_shelf else [],
        just_archived=request.args.get("archived", type=parse_id),
    )


def _filters() -> search.SetFilters | None:
    """Return the filters of a search, or None where nothing is searched for."""
    text, language = request.args.get("q", "")[:200], request.args.get("language", "")
    whose = request.args.get("whose", "")
    if not (text.strip() or language or whose):
        return None
    return search.SetFilters(text, whose if whose in search.WHOSE else search.ANY, language or None)


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
            return redirect(url_for("review.question", set=made.key, new=NEW_PER_DAY), 303) if studies else _redirect_to_set(made.id)
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


# Who has it


@bp.get("/<int:set_id>/sharing")
@account_required
def sharing(set_id: int) -> Page:
    return _sharing_page(set_id, AuthorForm(formdata=None))


def _sharing_page(set_id: int, form: AuthorForm) -> str:
    shared = ownership.read_sharing(db.session(), learner(), set_id)
    visibility = VisibilityForm(formdata=None, data={"visibility": shared.row.visibility})
    return render_template("sets/sharing.html", row=shared.row, shared=shared, form=form, visibility=visibility)


@bp.post("/<int:set_id>/visibility")
@account_required
def change_visibility(set_id: int) -> Page:
    chosen = request.form.get("visibility", "")
    try:
        ownership.set_visibility(db.session(), learner(), set_id, chosen, now=now())
        commit()
    except KeyError:
        flash(gettext("Choose who can see the set."), "bad")
    else:
        flash(f"{gettext('Saved.')} {VISIBLE_TO[chosen]}.", "good")
    return _redirect_to_sharing(set_id)


@bp.post("/<int:set_id>/authors")
@account_required
def add_author(set_id: int) -> Page:
    """Make the person of the posted user name a co-author."""
    form, session = AuthorForm(), db.session()
    name = form.name.data
    try:
        author = ownership.add_author(session, learner(), set_id, name, now=now())
        commit()
    except UnknownUser:
        unknown = gettext("Nobody has the user name “%(name)s”. Guests need to sign up first.", name=name)
        form.name.errors = [unknown if name else gettext("Type a user name.")]
    except ownership.AlreadyAuthor:
        form.name.errors = [gettext("“%(name)s” is already an author of this set.", name=name)]
    else:
        flash(gettext("%(name)s can now edit this set.", name=isolate(author.name or "")), "good")
        return _redirect_to_sharing(set_id)
    session.rollback()
    return _sharing_page(set_id, form), 422


@bp.post("/<int:set_id>/authors/<int:user_id>/remove")
@account_required
def remove_author(set_id: int, user_id: int) -> Page:
    author = ownership.remove_author(db.session(), learner(), set_id, user_id, now=now())
    commit()
    flash(gettext("%(name)s is no longer a co-author.", name=isolate(author.name or "")), "good")
    return _redirect_to_sharing(set_id)


@bp.route("/<int:set_id>/authors/<int:user_id>/hand-over", methods=["GET", "POST"])
@account_required
def hand_over(set_id: int, user_id: int) -> Page:
    """Make a co-author the owner, once it was confirmed: only they can give it back."""
    if request.method == "GET":
        shared = ownership.read_sharing(db.session(), learner(), set_id)
        to = next((author for author in shared.authors if author.id == user_id and shared.is_owner), None)
        return render_template("sets/hand_over.html", row=shared.row, to=to) if to else abort(404)
    author = ownership.hand_over(db.session(), learner(), set_id, user_id, now=now())
    commit()
    name = isolate(author.name or "")
    flash(gettext("%(name)s is now the owner of the set. You are a co-author.", name=name), "good")
    return _redirect_to_sharing(set_id)


@bp.post("/<int:set_id>/leave")
@account_required
def leave(set_id: int) -> Page:
    left = ownership.leave_set(db.session(), learner(), set_id, now=now())
    commit()
    flash(gettext("You are no longer a co-author of “%(title)s”.", title=left.title), "good")
    return redirect(url_for("sets.index"), 303)


def _redirect_to_sharing(set_id: int) -> HttpResponse:
    return redirect(url_for("sets.sharing", set_id=set_id), 303)


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
