"""The passages of a set one writes: added, changed, removed."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from pydantic import ValidationError

from quizapp.core.sets.schema import Passage
from quizapp.core.text.differences import Difference, differences
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services.sets.settings import (
    InUse,
    NumberTaken,
    SettingsConflict,
    delete_passage,
    fingerprint,
    read_settings,
    save_passage,
)
from quizapp.web.forms.sets import PassageForm, place_errors
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import Page, commit, now

bp = Blueprint("passages", __name__, url_prefix="/sets/<int:set_id>/passages")


@bp.get("")
@account_required
def index(set_id: int) -> Page:
    about = read_settings(db.session(), learner(), set_id)
    numbers = [passage.number for passage in about.header.passages]
    form = PassageForm(data={"number": min(max(numbers, default=0) + 1, 999)})
    return render_template("sets/passages.html", row=about.row, about=about, form=form)


@bp.post("")
@account_required
def add(set_id: int) -> Page:
    form = PassageForm()
    conflict = _save(set_id, None, form)
    if conflict is None:
        flash(gettext("Passage %(number)s added.", number=form.number.data), "good")
        return redirect(url_for("passages.index", set_id=set_id), 303)
    about = read_settings(db.session(), learner(), set_id)
    return render_template("sets/passages.html", row=about.row, about=about, form=form), 422


@bp.get("/<int:number>")
@account_required
def show(set_id: int, number: int) -> Page:
    about = read_settings(db.session(), learner(), set_id)
    shown = about.passage(number).model_dump()
    form = PassageForm(data={**shown, "base": fingerprint(shown)})
    return render_template("sets/passage.html", row=about.row, about=about, number=number, form=form, conflict=None)


@bp.post("/<int:number>")
@account_required
def change(set_id: int, number: int) -> Page:
    form = PassageForm()
    conflict = _save(set_id, number, form)
    if conflict is None:
        flash(gettext("Saved."), "good")
        return redirect(url_for("passages.index", set_id=set_id), 303)
    about = read_settings(db.session(), learner(), set_id)
    page = render_template(
        "sets/passage.html", row=about.row, about=about, number=number, form=form, conflict=conflict or None
    )
    return page, 409 if conflict else 422


@bp.post("/<int:number>/remove")
@account_required
def remove(set_id: int, number: int) -> Page:
    session = db.session()
    try:
        delete_passage(session, learner(), set_id, number, base=request.form.get("base", ""), now=now())
        commit()
        flash(gettext("Passage %(number)s removed.", number=number), "good")
    except (InUse, SettingsConflict):
        session.rollback()
        flash(
            gettext(
                "Passage %(number)s was not removed: someone has just changed it, or facts refer to it.", number=number
            ),
            "bad",
        )
    return redirect(url_for("passages.index", set_id=set_id), 303)


def _save(set_id: int, number: int | None, form: PassageForm) -> list[Difference] | None:
    """Save what was typed. Return None once it is saved, else what differs from what another saved meanwhile, if it
    does."""
    session = db.session()
    if not form.validate():
        read_settings(session, learner(), set_id)  # an outsider gets no form to mend
        return []
    try:
        save_passage(session, learner(), set_id, number, form.passage, base=form.base.data or "", now=now())
        commit()
    except ValidationError as invalid:
        place_errors(form, invalid, Passage)
    except NumberTaken:
        form.number.errors = [gettext("Another passage has this number. Choose a different one.")]
    except InUse:
        form.number.errors = [gettext("Facts refer to this passage, so you can’t change its number.")]
    except SettingsConflict as meanwhile:
        session.rollback()
        if meanwhile.theirs is None:
            abort(404)
        form.base.data = meanwhile.fingerprint
        return differences(meanwhile.theirs, form.passage)
    else:
        return None
    session.rollback()
    return []
