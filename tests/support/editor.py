"""The editor of questions as a browser without JavaScript works it."""

import re
from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in_as
from people import security_token
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from quizapp.core.sets import files
from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionSet, QuestionVersion, User
from quizapp.services.sets.contents import insert_set
from quizapp.services.sets.updates import apply_document

DATA = Path(__file__).parents[1] / "data"


def own_set(session: Session, user: User, folder: str = "sample") -> QuestionSet:
    """A set of the user's own that says what one of the test sets does."""
    source, problems = files.read_set(DATA / folder)
    assert source, problems
    row = insert_set(session, user, source.header, source.names, now=NOON)
    apply_document(session, row, source, author=user, by_author=True, now=NOON)
    return row


class Author:
    """Somebody who writes in a set of their own, and the browser they do it in."""

    def __init__(self, app: Flask, name: str = "Olga", *, folder: str = "sample", set_id: int | None = None) -> None:
        self.app = app
        with app.app_context():
            session = db.session()
            user = person(session, name)
            self.id = user.id
            self.set_id = set_id or own_set(session, user, folder).id
            session.commit()
        self.client: FlaskClient = log_in_as(app.test_client(), self.id)

    def path(self, rest: str) -> str:
        return f"/sets/{self.set_id}/{rest}"

    def get(self, rest: str) -> str:
        """A page of the set's editor."""
        found = self.client.get(self.path(rest))
        assert found.status_code == 200, found.status_code
        return found.text

    def post(self, rest: str, fields: Any = (), *, part: bool = False, **more: Any) -> TestResponse:
        """Send a form as its page would, with the security token of this browser."""
        data = MultiDict(fields.items(multi=True) if isinstance(fields, MultiDict) else fields)
        data["csrf_token"] = security_token(self.client)
        for name, value in more.items():
            data.add(name, value)
        return self.client.post(self.path(rest), data=data, headers={"HX-Request": "true"} if part else {})

    def question_id(self, key: str) -> int:
        with self.app.app_context():
            found = select(Question.id).join(Fact).where(Fact.set_id == self.set_id, Question.key == key)
            return db.session.scalars(found).one()

    def bodies(self, question_id: int) -> list[dict[str, Any]]:
        """Every version of a question."""
        with self.app.app_context():
            rows = select(QuestionVersion.body).where(QuestionVersion.question_id == question_id)
            return list(db.session.scalars(rows.order_by(QuestionVersion.number)))

    def last_id(self) -> int:
        """The newest question there is."""
        with self.app.app_context():
            return db.session.scalars(select(Question.id).order_by(Question.id.desc()).limit(1)).one()


class Fields(MultiDict[str, str]):
    """The fields of a form, typed over by `type`."""

    def type(self, **fields: str) -> "Fields":
        """Have other text in fields; `answer` is the one called q-answer."""
        for name, value in fields.items():
            self[f"q-{name}"] = value
        return self


class _Fields(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside = form, False
        self.found: list[tuple[str, str]] = []
        self.name: str | None = None  # of the textarea that is open
        self.select: str | None = None
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = values.get("id") == self.form
        if not self.inside:
            return
        if tag == "input" and values.get("type") not in ("file", "submit") and values.get("name"):
            if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                self.found.append((values["name"], values.get("value", "")))
        elif tag == "textarea":
            self.name = values["name"]
            self.found.append((self.name, ""))
        elif tag == "select":
            self.select, self.options = values["name"], []
        elif tag == "option" and self.select:
            self.options.append((values.get("value", ""), "selected" in values))

    def handle_data(self, data: str) -> None:
        if self.name:
            self.found[-1] = (self.name, (self.found[-1][1] + data).removeprefix("\r\n").removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.name = None
        elif tag == "select" and self.select:
            chosen = [value for value, selected in self.options if selected] or [value for value, _ in self.options[:1]]
            self.found += [(self.select, value) for value in chosen]
            self.select = None
        elif tag == "form":
            self.inside = False


def fields_of(page: str, form: str = "editor") -> Fields:
    """What the form on a page would send as it stands, line ends as browsers send them."""
    parser = _Fields(form)
    parser.feed(page)
    pairs = [(name, value.replace("\n", "\r\n")) for name, value in parser.found]
    return Fields([pair for pair in pairs if pair[0] != "csrf_token"])


def text(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def edited(author: Author, question_id: int, **fields: str) -> Fields:
    """The form of a question with other values typed."""
    return fields_of(author.get(f"questions/{question_id}")).type(**fields)
