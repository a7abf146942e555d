"""Uploads of files to the pages that import sets."""

import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from people import security_token
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Fact, Question

FOUND_OUT = {"format": "guess"}
LIST = b"Longest river of Africa?\tNile\nOf Europe?\tVolga\nWithout an answer\n"


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
    """The hidden fields of the form that takes what is shown."""
    fields = re.findall(r'<input id="\w+" name="(\w+)" type="hidden" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in fields}


def count_questions(app: Flask, set_id: int) -> int:
    """How many questions a set has."""
    with app.app_context():
        query = select(func.count(Question.id)).join(Fact).where(Fact.set_id == set_id)
        return db.session.scalar(query) or 0
