"""Signing up and logging in as a browser does, without JavaScript."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
WRONG = "wrong horse battery"


def security_token(client: FlaskClient) -> str:
    """Return a security token that fits this browser, from the cheapest page that has one."""
    token: str = client.get("/review/offline/token").json["csrf"]  # type: ignore[index]
    return token


def send(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    """Post a form as its page would, with the security token of this browser."""
    return client.post(path, data={"csrf_token": security_token(client), **fields})


def sign_up(client: FlaskClient, name: str = "Aysel", **fields: object) -> TestResponse:
    return send(client, "/signup", **{"name": name, "password": PASSWORD, "repeated": PASSWORD, **fields})


def log_in(client: FlaskClient, name: str = "Aysel", password: str = PASSWORD, **fields: object) -> TestResponse:
    return send(client, "/login", name=name, password=password, **fields)


def who(client: FlaskClient) -> str | None:
    """The heading of the account page: whom this browser is taken for."""
    page = client.get("/account")
    heading = re.search(r"<h1>(.*?)</h1>", page.text)
    return heading[1] if page.status_code == 200 and heading else None
