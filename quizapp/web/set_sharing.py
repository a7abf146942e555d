"""Who sees a set and who writes in it: its visibility, the link to it, its authors."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse
from wtforms import SelectChoice

from quizapp.core.kinds import KIND_NAMES
from quizapp.core.text.direction import isolate
from quizapp.core.translation import gettext
from quizapp.extensions import db
from quizapp.services.errors import UnknownUser
from quizapp.services.home import read_study_offer
from quizapp.services.sets import ownership
from quizapp.web.forms.sets import VISIBLE_TO, AuthorForm, LinkForm, VisibilityForm
from quizapp.web.identity import account_required, learner
from quizapp.web.requests import Page, commit, now

bp = Blueprint("set_sharing", __name__, url_prefix="/sets")


@bp.get("/<int:set_id>/sharing")
@account_required
def sharing(set_id: int) -> Page:
    return _sharing_page(set_id, AuthorForm(formdata=None))


def _sharing_page(set_id: int, form: AuthorForm) -> str:
    shared = ownership.read_sharing(db.session(), learner(), set_id)
    visibility = VisibilityForm(formdata=None, data={"visibility": shared.row.visibility})
    link = LinkForm(formdata=request.args)
    asked = read_study_offer(db.session(), learner(), shared.row.key).kinds
    link.kinds.choices = [SelectChoice(kind, name) for kind, name in KIND_NAMES.items() if kind in asked]
    link.validate()
    return render_template(
        "sets/sharing.html",
        row=shared.row,
        shared=shared,
        form=form,
        visibility=visibility,
        link_form=link,
        link=link.options,
    )


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
    return redirect(url_for("set_sharing.sharing", set_id=set_id), 303)
