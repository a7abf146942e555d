"""The pages of sets, as tests fill in and post their forms."""

import re
from html import unescape

from editor import text
from flask import Flask
from flask.testing import FlaskClient
from people import send
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import QuestionSet

TITLE = "April lakes"
NEW = {"title": TITLE, "language": "en", "topics": "General"}


def new_set(client: FlaskClient, title: str = TITLE, **fields: str) -> int:
    """Begin a set; its id."""
    made = send(client, "/sets/new", title=title, **{"language": "en", "topics": "Dates\nPeople", **fields})
    assert made.status_code == 303, text(made.text)
    found = re.fullmatch(r"/sets/(\d+)", made.location)
    assert found
    return int(found[1])


def values(page: str) -> dict[str, str]:
    """What the form of a page would post if nothing were touched."""
    form = page[page.index('class="form') : page.index("</form>", page.index('class="form'))]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            fields[name[1]] = value[1] if value else ""
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.S))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        fields[name] = re.findall(r'<option[^>]* selected value="([^"]*)"', options)[0]
    return {name: unescape(value) for name, value in fields.items() if name != "csrf_token"}


def save(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    """Change these fields of a page's form and post it."""
    return send(client, address, **{**values(client.get(address).text), **fields})


def stored(app: Flask, set_id: int) -> QuestionSet:
    with app.app_context():
        return db.session().get_one(QuestionSet, set_id)
