"""A list of students in a browser without JavaScript: sent, checked and turned into accounts."""

import re
from html import unescape

from class_pages import work
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sqlalchemy import update
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import StudentList

LIST = "Name,User name,Password\nAysel Məmmədova\nƏli Quliyev,eli,bir uzun parol\nOld,RASIM"


def sent(teacher: FlaskClient, here: str, text: str = LIST) -> str:
    """Send a list; the address of its page."""
    return str(send(teacher, f"{here}/add", text=text).location)


def typed(page: str) -> dict[str, str]:
    """The fields of the students on the page of a list that is checked: user names, and who is ticked."""
    names = re.findall(r'name="(name-\d+)" value="([^"]*)"', page)
    ticked = re.findall(r'name="(add-\d+)" value="y" checked', page)
    return {name: unescape(value) for name, value in names} | dict.fromkeys(ticked, "y")


def create(teacher: FlaskClient, page: str, **changed: str) -> TestResponse:
    """Press the button that makes the accounts."""
    return send(teacher, page, **typed(teacher.get(page).text), **changed, create="y")


def made(app: Flask, teacher: FlaskClient, here: str, text: str = LIST) -> str:
    """The address of a list whose accounts are made."""
    page = sent(teacher, here, text)
    create(teacher, page)
    work(app)
    return page


def change_lists(app: Flask, **values: object) -> None:
    """Give all lists these values."""
    with app.app_context():
        db.session.execute(update(StudentList).values(values))
        db.session.commit()
