"""Reading a set: its facts by topic, its passages, each fact on a page of its own. Open to everyone."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from quizapp.extensions import db
from quizapp.services import explore
from quizapp.web.identity import signed_in
from quizapp.web.requests import now

bp = Blueprint("explore", __name__, url_prefix="/explore")

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_AZERBAIJANI = re.compile("[Əə]")  # no other Latin alphabet of today has the letter


@bp.get("")
def index() -> str | Response:
    """The sets there are, or the only one."""
    sets = explore.list_sets(db.session())
    if len(sets) == 1:
        return redirect(url_for("explore.show", set_key=sets[0].key), code=303)
    return render_template("explore/index.html", sets=sets)


@bp.get("/<set_key>")
def show(set_key: str) -> str:
    view = explore.set_page(db.session(), set_key, signed_in(), page=_page(), now=now())
    return render_template("explore/set.html", view=view)


@bp.get("/<set_key>/passages")
def passages(set_key: str) -> str:
    """The passages, a page of them; `?holding=6` is the page with ¶ 6."""
    holding = request.args.get("holding", type=int)
    view = explore.passages_page(db.session(), set_key, page=_page(), holding=holding)
    return render_template("explore/passages.html", view=view)


@bp.get("/<set_key>/facts/<fact_key>")
def fact(set_key: str, fact_key: str) -> str:
    view = explore.fact_page(db.session(), set_key, fact_key, signed_in(), now=now())
    return render_template("explore/fact.html", view=view)


@bp.app_template_filter("language_of")
def language_of(spelling: str) -> str | None:
    """The language of a name where its letters tell it, for `lang`: Russian or Azerbaijani."""
    if _CYRILLIC.search(spelling):
        return "ru"
    return "az" if _AZERBAIJANI.search(spelling) else None


def _page() -> int:
    return request.args.get("page", default=1, type=int)
