"""Search facts and questions over all sets. Open to everyone."""

from flask import Blueprint, render_template, request

from quizapp.core.text.search import MOST_SEARCHED
from quizapp.extensions import db
from quizapp.services.search import search_facts
from quizapp.web.identity import signed_in
from quizapp.web.requests import now, requested_page

bp = Blueprint("search", __name__)


@bp.get("/search")
def index() -> str:
    """Show the field, and what was found for `?q=`."""
    text = request.args.get("q", "").strip()
    found, page = None, requested_page()
    if text and len(text) <= MOST_SEARCHED:
        found = search_facts(db.session(), signed_in(), text, page=page, now=now())
    return render_template("search/index.html", text=text, found=found, page=page, longest=MOST_SEARCHED)
