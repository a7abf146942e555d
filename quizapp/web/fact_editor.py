"""Editing a fact of a set: its text, its versions, and the names it uses."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import SelectChoice

from quizapp.core.kinds import KIND_NAMES
from quizapp.core.text.differences import Difference
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.services.editor import facts, names, versions
from quizapp.web.forms.facts import NAME_TYPES, FactForm, NameForm
from quizapp.web.identity import account_required, learner
from quizapp.web.rendering import plain
from quizapp.web.requests import Page, commit, now, parse_id, requested_page

bp = Blueprint("fact_editor", __name__, url_prefix="/sets/<int:set_id>")

MOST_SEARCHES = 5  # rows in which matching facts are offered at a time
CONFIRMATION = "reset"  # typed to confirm resetting everyone’s progress


@bp.route("/facts/<int:fact_id>", methods=["GET", "POST"])
@account_required
def show(set_id: int, fact_id: int) -> Page:
    """Show a fact to edit, or save it. What somebody else saved meanwhile is shown beside what was typed; saving again
    chooses."""
    session, user = db.session(), learner()
    page = facts.read_fact(session, user, set_id, fact_id)
    form = _form(page)
    if not form.validate_on_submit():
        return _page(page, form), 422 if form.errors else 200
    try:
        base = request.form.get("base", default=0, type=parse_id)
        changed = facts.save_fact(session, user, set_id, fact_id, form.document, base=base, now=now())
        commit()
    except facts.InvalidFact as unfit:
        session.rollback()
        form[unfit.field].errors = [str(unfit)]
        return _page(page, form), 422
    except versions.EditConflict:
        session.rollback()
        page = facts.read_fact(session, user, set_id, fact_id)
        form.base.data = str(page.fact.version)
        return _page(page, form, versions.compare_facts(page.row, page.document, form.document)), 409
    flash(gettext("Saved. Nobody’s progress was changed.") if changed else gettext("No changes to save."), "good")
    return redirect(url_for("fact_editor.show", set_id=set_id, fact_id=fact_id), 303)


def _form(page: facts.FactEditPage) -> FactForm:
    form = FactForm(page)
    form.effects = facts.find_effects(db.session(), page.fact, form.typed_effects)
    return form


@bp.get("/facts/<int:fact_id>/effects")
@account_required
def effects(set_id: int, fact_id: int) -> Page:
    """Show what may be meant by the words typed for a fact that this one led to, as options of the field."""
    typed = next(iter(request.args.values()), "")
    found = facts.search_effects(db.session(), learner(), set_id, fact_id, typed)
    return render_template("facts/_effects.html", found=found)


def _offer_matches(page: facts.FactEditPage, form: FactForm) -> None:
    """Offer facts to choose from where what was typed names none."""
    for entry in form.unknown_effects()[:MOST_SEARCHES]:
        typed = entry.form.fact.data
        found = facts.search_effects(db.session(), learner(), page.row.id, page.fact.id, typed)
        entry.form.match.choices = [SelectChoice(each.key, plain(each.statement)) for each in found]


def _page(page: facts.FactEditPage, form: FactForm, conflict: list[Difference] | None = None, wrong: str = "") -> str:
    _offer_matches(page, form)
    return render_template(
        "facts/edit.html",
        page=page,
        form=form,
        conflict=conflict,
        wrong=wrong,
        confirmation=CONFIRMATION,
        kinds=KIND_NAMES,
    )


@bp.post("/facts/<int:fact_id>/duplicate")
@account_required
def duplicate(set_id: int, fact_id: int) -> Page:
    copy = facts.duplicate_fact(db.session(), learner(), set_id, fact_id, now=now())
    commit()
    flash(gettext("Duplicated. This is the copy, with its questions."), "good")
    return redirect(url_for("fact_editor.show", set_id=set_id, fact_id=copy), 303)


@bp.post("/facts/<int:fact_id>/reset")
@account_required
def reset_progress(set_id: int, fact_id: int) -> Page:
    """Reset every learner's memory of the fact, once the author has typed the word that confirms it."""
    session, user = db.session(), learner()
    page = facts.read_fact(session, user, set_id, fact_id)
    if request.form.get("word", "").strip().casefold() != CONFIRMATION:
        wrong = gettext("Type “%(word)s” to confirm. Nothing was reset.", word=CONFIRMATION)
        return _page(page, _form(page), wrong=wrong), 422
    learners = facts.reset_progress(session, user, set_id, fact_id, now=now())
    commit()
    done = ngettext(
        "Progress on this fact was reset for %(num)s learner.",
        "Progress on this fact was reset for %(num)s learners.",
        learners,
    )
    flash(done, "good")
    return redirect(url_for("fact_editor.show", set_id=set_id, fact_id=fact_id), 303)


@bp.get("/facts/<int:fact_id>/history")
@account_required
def history(set_id: int, fact_id: int) -> Page:
    found = versions.read_fact_versions(db.session(), learner(), set_id, fact_id, page=requested_page())
    return render_template("facts/versions.html", history=found)


@bp.post("/facts/<int:fact_id>/history/<int:number>")
@account_required
def restore(set_id: int, fact_id: int, number: int) -> Page:
    """Restore version `number` of the fact as its newest one."""
    base = request.form.get("base", default=0, type=parse_id)
    try:
        done = versions.restore_fact_version(db.session(), learner(), set_id, fact_id, number, base=base, now=now())
        commit()
        message = gettext("Version %(number)s restored.", number=number) if done else gettext("No changes to restore.")
        flash(message, "good")
    except versions.EditConflict:
        db.session.rollback()
        flash(gettext("Nothing was restored, because someone has just saved another version. Look at it first."), "bad")
    return redirect(url_for("fact_editor.history", set_id=set_id, fact_id=fact_id), 303)


# Names


@bp.route("/names", methods=["GET", "POST"])
@account_required
def name_list(set_id: int) -> Page:
    """Show the set's names, and a form that adds one."""
    session, user = db.session(), learner()
    row, listed = names.list_names(session, user, set_id)
    form = NameForm()
    if form.validate_on_submit():
        try:
            name = names.add_name(session, user, set_id, form.fields)
            commit()
        except names.NameTaken:
            session.rollback()
            form.name.errors = [gettext("This name is already in the set.")]
        else:
            flash(gettext("“%(name)s” added.", name=name.name), "good")
            return redirect(url_for("fact_editor.name_list", set_id=set_id), 303)
    return render_template(
        "facts/names.html", row=row, names=listed, form=form, type_names=NAME_TYPES
    ), 422 if form.errors else 200


@bp.route("/names/<name_key>", methods=["GET", "POST"])
@account_required
def edit_name(set_id: int, name_key: str) -> Page:
    session, user = db.session(), learner()
    row, name, mark = names.find_name(session, user, set_id, name_key)
    form = NameForm(data={**name.model_dump(), "spellings": "\n".join(name.spellings), "base": mark})
    conflict = False
    if form.validate_on_submit():
        try:
            names.save_name(session, user, set_id, name_key, form.fields, base=form.base.data or "")
            commit()
        except names.NameTaken:
            session.rollback()
            form.name.errors = [gettext("Another name in the set already has this spelling.")]
        except names.NameChanged:
            session.rollback()
            row, name, mark = names.find_name(session, user, set_id, name_key)
            form.base.data, conflict = mark, True
        else:
            flash(gettext("Saved."), "good")
            return redirect(url_for("fact_editor.name_list", set_id=set_id), 303)
    page = render_template("facts/name.html", row=row, name=name, form=form, conflict=conflict, type_names=NAME_TYPES)
    return page, 409 if conflict else 422 if form.errors else 200


@bp.post("/names/<name_key>/remove")
@account_required
def remove_name(set_id: int, name_key: str) -> Page:
    try:
        written = names.remove_name(db.session(), learner(), set_id, name_key)
        commit()
        flash(gettext("“%(name)s” removed.", name=written), "good")
    except names.NameInUse as used:
        db.session.rollback()
        why = ngettext(
            "Not removed: %(num)s fact uses this name. Remove it from the fact first.",
            "Not removed: %(num)s facts use this name. Remove it from the facts first.",
            used.facts,
        )
        flash(why, "bad")
    return redirect(url_for("fact_editor.name_list", set_id=set_id), 303)
