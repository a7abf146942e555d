"""Uploads of files to the pages that import sets."""

import re
from html import unescape

from editor import fields_of
from flask import Flask
from flask.testing import FlaskClient
from people import security_token
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Fact, Question

FOUND_OUT = {"format": "guess"}
LIST = b"Longest river of Africa?\tNile\nOf Europe?\tVolga\n"


def upload(client: FlaskClient, path: str, data: bytes = b"", name: str = "list.tsv", **fields: str) -> TestResponse:
    typed = {"csrf_token": security_token(client), **FOUND_OUT, **fields}
    parts = [(f'name="{key}"', text.encode()) for key, text in typed.items()]
    if data:
        parts.append((f'name="file"; filename="{name}"', data))
    body = b"".join(
        b"--X\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (about.encode(), text) for about, text in parts
    )
    return client.post(path, data=body + b"--X--\r\n", content_type="multipart/form-data; boundary=X")


def carried(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the form that takes what is shown, and the title of the set."""
    fields = re.findall(r'<input [^>]*name="(\w+)" type="(?:hidden|text)" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in fields}


def count_questions(app: Flask, set_id: int) -> int:
    """How many questions a set has."""
    with app.app_context():
        query = select(func.count(Question.id)).join(Fact).where(Fact.set_id == set_id)
        return db.session.scalar(query) or 0


# A table whose columns nobody could recognise. The letter in line 4 stands for no option.
TABLE = (
    "Nr,Frage,Eins,Zwei,Drei,Lösung,Kommentar\n"
    "1,Welcher Fluss ist der längste in Afrika?,Nil,Kongo,Niger,A,Rund 6650 km\n"
    "2,Welcher Fluss fließt durch Budapest?,Rhein,Donau,Elbe,B,\n"
    "3,Welcher Fluss mündet bei Hamburg?,Elbe,Oder,Weser,E,\n"
)
ROLES = {
    "role-0": "", "role-1": "question", "role-2": "option", "role-3": "option", "role-4": "option",
    "role-5": "right:letter", "role-6": "explanation", "heading": "1",
}  # fmt: skip


def sent(page: TestResponse) -> dict[str, str]:
    """What the form of an import preview would send as it stands."""
    return dict(fields_of(page.text, "import-preview"))


def send_preview(client: FlaskClient, path: str, page: TestResponse, **changed: str) -> TestResponse:
    """Send that form with some fields changed; a field `role_0` is the one called role-0."""
    fields = {name.replace("_", "-", 1) if name[:3] in ("rol", "row") else name: changed[name] for name in changed}
    data = sent(page) | fields | {"csrf_token": security_token(client)}
    return client.post(path, data=data, content_type="multipart/form-data")
