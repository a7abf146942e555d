"""Reading a set: its facts by topic, when they were, who acted, what led to what, its passages. Open to everyone."""

import textwrap

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from quizapp.core.text.search import MOST_SEARCHED
from quizapp.extensions import db
from quizapp.services.explore import facts
from quizapp.services.explore.actors import actors_page
from quizapp.services.explore.causes import causes_page
from quizapp.services.explore.fact_list import FactFilters, fact_list_page
from quizapp.services.explore.passages import passages_page
from quizapp.services.explore.printing import print_page
from quizapp.services.explore.timeline import timeline_page
from quizapp.web.identity import signed_in
from quizapp.web.requests import now, parse_id, requested_page

bp = Blueprint("explore", __name__, url_prefix="/explore")


@bp.get("")
def index() -> str | HttpResponse:
    """Show the sets there are, or the only one."""
    sets = facts.list_sets(db.session(), signed_in())
    if len(sets) == 1:
        return redirect(url_for("explore.show", set_key=sets[0].key), code=303)
    return render_template("explore/index.html", sets=sets)


def searched() -> str:
    """Return the words to search for, from the address."""
    return request.args.get("q", "")[:MOST_SEARCHED].strip()


@bp.get("/<set_key>")
def show(set_key: str) -> str:
    """Show the facts by topic: those with the words `?q=`, of a `topic`, about an `actor` or from a `passage`."""
    asked = request.args
    number = asked.get("passage", type=parse_id) if asked.get("passage") else None
    filters = FactFilters(searched(), asked.get("topic", ""), asked.get("actor", ""), number)
    view = fact_list_page(db.session(), set_key, signed_in(), filters=filters, page=requested_page(), now=now())
    return render_template("explore/set.html", view=view, filters=filters)


@bp.get("/<set_key>/timeline")
def timeline(set_key: str) -> str:
    """Show the dated facts: `?view=whole`, `month` or `hours`; `?holding=key` is the page of the list with a fact.

    With `?q=words` it shows only the facts with these words.
    """
    name, holding = request.args.get("view", "whole"), request.args.get("holding")
    view = timeline_page(
        db.session(),
        set_key,
        signed_in(),
        view=name,
        query=searched(),
        page=requested_page(),
        holding=holding,
        now=now(),
    )
    return render_template("explore/timeline.html", view=view, query=searched(), in_lines=in_lines)


@bp.get("/<set_key>/actors")
def actors(set_key: str) -> str:
    """Show who acts in the facts, or who is found by `?q=words`; `?holding=key` is the page with a name."""
    holding, query = request.args.get("holding"), searched()
    view = actors_page(
        db.session(), set_key, signed_in(), query=query, page=requested_page(), holding=holding, now=now()
    )
    return render_template("explore/actors.html", view=view, query=query)


@bp.get("/<set_key>/causes")
def causes(set_key: str) -> str:
    """Show what led to what: the longest chain, or `?fact=key` for what led to a fact and what it led to.

    `?view=all` lists all links, with `?q=words` those with these words.
    """
    fact, listed = request.args.get("fact"), request.args.get("view") == "all"
    view = causes_page(
        db.session(), set_key, signed_in(), fact=fact, listed=listed, query=searched(), page=requested_page(), now=now()
    )
    return render_template("explore/causes.html", view=view, query=searched(), in_lines=in_lines)


@bp.get("/<set_key>/passages")
def passages(set_key: str) -> str:
    """Show the passages, a page of them; `?holding=6` is the page with ¶ 6."""
    holding = request.args.get("holding", type=parse_id)
    view = passages_page(db.session(), set_key, signed_in(), page=requested_page(), holding=holding, now=now())
    return render_template("explore/passages.html", view=view)


@bp.get("/<set_key>/print")
def printed(set_key: str) -> str:
    """Show the set for printing: `?as=cards`, `facts` or `questions`, of a `topic`, on `?paper=a4` or `letter`."""
    asked = request.args
    view = print_page(
        db.session(), set_key, signed_in(), topic=asked.get("topic", ""), page=requested_page(), now=now()
    )
    form = asked.get("as", "") if asked.get("as") in ("cards", "facts", "questions") else "cards"
    paper = "letter" if asked.get("paper") == "letter" else "a4"
    return render_template("explore/print.html", view=view, form=form, paper=paper, topic=asked.get("topic", ""))


@bp.get("/<set_key>/facts/<fact_key>")
def fact(set_key: str, fact_key: str) -> str:
    view = facts.fact_page(db.session(), set_key, fact_key, signed_in(), now=now())
    return render_template("explore/fact.html", view=view)


def in_lines(text: str, chars: int, lines: int) -> list[str]:
    """Return text cut into a few lines, between words, with an ellipsis where it goes on."""
    return textwrap.wrap(text, chars, max_lines=lines, placeholder=" …", break_long_words=False)
