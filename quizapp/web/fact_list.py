"""The page of a set for its authors: its facts, their order, many changed at once, quick entry."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse
from wtforms import SelectChoice

from quizapp.core.kinds import KIND_NAMES, KINDS
from quizapp.core.sets import quick_entry
from quizapp.core.text.normal import fold
from quizapp.core.translation import gettext, ngettext
from quizapp.extensions import db
from quizapp.services import access, overrides
from quizapp.services.editor import bulk_changes, fact_list, facts, questions
from quizapp.services.editor.quick_entry import add_questions, asked_prompts
from quizapp.services.errors import NotFound
from quizapp.web.forms.facts import QuickEntryForm
from quizapp.web.forms.fields import OWN_DIRECTION
from quizapp.web.identity import account_required, learner, safe_next, signed_in
from quizapp.web.requests import LARGEST_FORM, Page, allow_values, commit, now, parse_id, requested_page

bp = Blueprint("fact_list", __name__, url_prefix="/sets/<int:set_id>")

MOST_LISTED = 100  # questions whose verdicts are overridden
FILTERS = ("topic", "tag", "kind", "passage", "q", "archived")


@bp.url_value_preprocessor
def raise_limits(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Accept longer texts than elsewhere: the lines of quick entry, and the ids of many facts."""
    allow_values(LARGEST_FORM)


@bp.get("")
def show(set_id: int) -> Page:
    """Show the set's facts for its authors; who may only read it is sent to where it is read."""
    session, user = db.session(), signed_in()
    filters = _filters()
    try:
        if user is None:
            raise NotFound
        page = fact_list.read_set_page(session, user, set_id, filters, page=requested_page())
    except NotFound:
        row = access.set_to_read(session, user, set_id)
        return redirect(url_for("explore.show", set_key=row.key), 303)
    return render_template(
        "facts/list.html",
        page=page,
        filters=filters,
        kinds=KIND_NAMES,
        menu=KINDS,
        classes=access.list_classes_taught(session, user),
        elsewhere=fact_list.other_sets(session, user, set_id),
        filter_arguments=_filter_arguments(),
    )


def _filter_arguments() -> dict[str, Any]:
    """Return what the address says of the filters."""
    return {name: value for name, value in request.args.items() if name in FILTERS}


def _filters() -> fact_list.FactFilters:
    asked = request.args
    return fact_list.FactFilters(
        topic=asked.get("topic", ""),
        tag=asked.get("tag", ""),
        kind=asked.get("kind", "") if asked.get("kind") in KIND_NAMES else "",
        passage=asked.get("passage", type=parse_id),
        text=asked.get("q", "").strip()[:200],
        archived=asked.get("archived") == "1",
    )


def _redirect_back(set_id: int, fact_id: int | None = None) -> HttpResponse:
    """Redirect to the page of the set or fact that the form was on; in a list, to the fact."""
    own = url_for("fact_list.show", set_id=set_id)
    target = safe_next(request.form.get("next"), own)
    if not (target == own or target.startswith((f"{own}?", f"{own}/facts/"))):
        target = own
    return redirect(f"{target}#fact-{fact_id}" if fact_id else target, 303)


@bp.get("/overrides")
@account_required
def overridden(set_id: int) -> Page:
    """Show the questions whose verdicts learners override."""
    row, found = overrides.read_set_overrides(db.session(), learner(), set_id)
    listed = [each for each in found if each.counts.are_enough and each.counts.overridden]
    return render_template(
        "facts/overrides.html", row=row, listed=listed[:MOST_LISTED], total=overrides.total_counts(found)
    )


# Order


@bp.post("/facts/<int:fact_id>/move")
@account_required
def move(set_id: int, fact_id: int) -> Page:
    """Move a fact to the place `to` of its topic."""
    to = request.form.get("to", type=parse_id)
    if to is None:
        access.set_to_write(db.session(), learner(), set_id)
        flash(gettext("Type the new position."), "bad")
        return _redirect_back(set_id, fact_id)
    had, has = facts.move_fact(db.session(), learner(), set_id, fact_id, to=to)
    commit()
    if had != has:
        undo = {"to": had, "next": request.form.get("next", "")}
        moved = gettext("Moved to position %(place)s in its topic.", place=has)
        _offer_undo(moved, url_for(".move", set_id=set_id, fact_id=fact_id), undo)
    return _redirect_back(set_id, fact_id)


@bp.post("/facts/<int:fact_id>/questions/<int:question_id>/move")
@account_required
def move_question(set_id: int, fact_id: int, question_id: int) -> Page:
    """Swap a question with the one before it (`step` -1) or after it (1)."""
    step = 1 if request.form.get("step") == "1" else -1
    questions.move_question(db.session(), learner(), set_id, question_id, step)
    commit()
    return _redirect_back(set_id, fact_id)


# Many at once


@bp.post("/bulk")
@account_required
def change_many(set_id: int) -> Page:
    """Do what the button `do` says with the facts that are ticked: all of it or nothing."""
    session, user = db.session(), learner()
    access.set_to_write(session, user, set_id)
    ids = request.form.getlist("fact", type=parse_id)
    do = BULK_ACTIONS.get(request.form.get("do", ""))
    if not ids or do is None:
        flash(gettext("Tick some facts first."), "bad")
        return _redirect_back(set_id)
    try:
        text, fields = do(set_id, ids)
    except bulk_changes.BulkChangeRefused as why:
        session.rollback()
        flash(str(why), "bad")
        return _redirect_back(set_id)
    commit()
    _offer_undo(text, url_for("fact_list.undo", set_id=set_id), fields)
    return _redirect_back(set_id)


Result = tuple[str, dict[str, Any]]  # what was done, and the fields that undo it


def _move_to_topic(set_id: int, ids: list[int]) -> Result:
    done = bulk_changes.move_to_topic(db.session(), learner(), set_id, ids, request.form.get("topic", ""), now=now())
    text = ngettext("%(num)s fact moved to another topic.", "%(num)s facts moved to another topic.", done.changed)
    return text, _versions(done)


def _add_tag(set_id: int, ids: list[int]) -> Result:
    done = bulk_changes.add_tag(db.session(), learner(), set_id, ids, request.form.get("tag", ""), now=now())
    return ngettext("%(num)s fact tagged.", "%(num)s facts tagged.", done.changed), _versions(done)


def _remove_tag(set_id: int, ids: list[int]) -> Result:
    done = bulk_changes.remove_tag(db.session(), learner(), set_id, ids, request.form.get("tag", ""), now=now())
    text = ngettext("Tag removed from %(num)s fact.", "Tag removed from %(num)s facts.", done.changed)
    return text, _versions(done)


def _archive_facts(set_id: int, ids: list[int]) -> Result:
    away = bulk_changes.archive_facts(db.session(), learner(), set_id, ids, now=now())
    text = ngettext(
        "%(num)s fact archived. It no longer comes up.",
        "%(num)s facts archived. They no longer come up.",
        len(away),
    )
    return text, {"restore": _join_ids(away)}


def _restore_facts(set_id: int, ids: list[int]) -> Result:
    back = bulk_changes.restore_facts(db.session(), learner(), set_id, ids, now=now())
    return ngettext("%(num)s fact restored.", "%(num)s facts restored.", len(back)), {"archive": _join_ids(back)}


def _move_to_set(set_id: int, ids: list[int]) -> Result:
    other = request.form.get("set", type=parse_id)
    if other is None:
        raise bulk_changes.BulkChangeRefused(gettext("Choose the set to move them to."))
    done = bulk_changes.move_to_set(db.session(), learner(), set_id, ids, other, now=now())
    text = ngettext("%(num)s fact moved to the other set.", "%(num)s facts moved to the other set.", done.changed)
    return text, {**_versions(done), "moved_to": other}


BULK_ACTIONS: Mapping[str, Callable[[int, list[int]], Result]] = {
    "topic": _move_to_topic,
    "tag": _add_tag,
    "untag": _remove_tag,
    "archive": _archive_facts,
    "restore": _restore_facts,
    "set": _move_to_set,
}


@bp.post("/bulk/undo")
@account_required
def undo(set_id: int) -> Page:
    """Undo the last change of many facts, as far as nobody changed them since."""
    session, user = db.session(), learner()
    access.set_to_write(session, user, set_id)
    try:
        taken_back = _undo_change(set_id)
    except bulk_changes.BulkChangeRefused as why:
        session.rollback()
        flash(str(why), "bad")
        return _redirect_back(set_id)
    commit()
    flash(ngettext("Undone for %(num)s fact.", "Undone for %(num)s facts.", taken_back), "good")
    return _redirect_back(set_id)


def _undo_change(set_id: int) -> int:
    session, user, form = db.session(), learner(), request.form
    if "restore" in form:
        return len(bulk_changes.restore_facts(session, user, set_id, _split_ids(form["restore"]), now=now()))
    if "archive" in form:
        return len(bulk_changes.archive_facts(session, user, set_id, _split_ids(form["archive"]), now=now()))
    pairs = (pair.split(":") for pair in form.get("versions", "").split() if re.fullmatch(r"\d{1,9}:\d{1,9}", pair))
    versions = {int(id): int(version) for id, version in pairs}
    return bulk_changes.undo_change(
        session, user, set_id, versions, moved_to=form.get("moved_to", type=parse_id), now=now()
    )


def _versions(done: bulk_changes.BulkChange) -> dict[str, Any]:
    return {"versions": " ".join(f"{id}:{version}" for id, version in done.versions.items())}


def _join_ids(ids: list[int]) -> str:
    return " ".join(map(str, ids))


def _split_ids(ids: str) -> list[int]:
    return [int(id) for id in ids.split() if re.fullmatch(r"\d{1,9}", id)]


def _offer_undo(text: str, url: str, fields: dict[str, Any]) -> None:
    flash({"text": text, "url": url, "fields": {"next": request.form.get("next", ""), **fields}}, "undo")  # type: ignore[arg-type]


# Quick entry


@bp.route("/quick", methods=["GET", "POST"])
@account_required
def quick_entry_page(set_id: int) -> Page:
    """Show lines as drafts to look at, then save them as questions: all of them, or none while a line has a problem."""
    session, user = db.session(), learner()
    row = access.set_to_write(session, user, set_id)
    form = QuickEntryForm()
    form.topic.choices = [SelectChoice(topic["key"], topic["title"], OWN_DIRECTION) for topic in row.header["topics"]]
    if request.method == "GET":
        form.topic.data = request.args.get("topic") or row.header["topics"][0]["key"]
    drafts, asked = [], set()
    if form.validate_on_submit():
        drafts = quick_entry.read(form.text.data, kind=form.kind.data)
        asked = asked_prompts(session, user, set_id)
        if request.form.get("do") == "save" and drafts and not any(draft.problem for draft in drafts):
            return _save_drafts(set_id, form, drafts)
    refused = form.errors or request.form.get("do") == "save"
    page = render_template(
        "facts/quick_entry.html",
        row=row,
        form=form,
        drafts=drafts,
        kinds=KIND_NAMES,
        asked=lambda text: fold(text) in asked,
    )
    return page, 422 if refused else 200


def _save_drafts(set_id: int, form: QuickEntryForm, drafts: list[quick_entry.QuickQuestion]) -> HttpResponse:
    asked = [draft.question for draft in drafts if draft.question]
    added = add_questions(db.session(), learner(), set_id, asked, topic=form.topic.data, tags=form.tag_list, now=now())
    commit()
    flash(ngettext("%(num)s question added.", "%(num)s questions added.", added), "good")
    return redirect(url_for("fact_list.show", set_id=set_id, topic=form.topic.data), 303)
