"""Answering in the pages of a session, as a browser without JavaScript does."""

import re
from html import unescape

from flask.testing import FlaskClient
from people import security_token
from werkzeug.test import TestResponse


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the answer form on a page, with the address to send them to."""
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form, page
    hidden = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
    return {"action": unescape(form[1]), **hidden}


def start(client: FlaskClient) -> str:
    """Begin as a guest; give the first question's page."""
    page = client.post(
        "/start", data={"csrf_token": security_token(client), "timezone": "Asia/Baku"}, follow_redirects=True
    )
    assert page.status_code == 200
    return page.text


def post(client: FlaskClient, page: str, headers: dict[str, str] | None = None, **answer: str) -> TestResponse:
    form = fields(page)
    action = form.pop("action")
    return client.post(action, data=form | answer, headers=headers)


def press(client: FlaskClient, page: str, action: str) -> TestResponse:
    """Press one of the one-button forms on a page."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    return client.post(action, data={"csrf_token": token[1]})
