"""What tests of several pages share."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send, sign_up
from sets import begin, write
from sqlalchemy import select

from quizapp.core.sets.files import read_set
from quizapp.extensions import db
from quizapp.models import Fact, Plan, User
from quizapp.services.sets.updates import load_set

KINDS = Path(__file__).parents[1] / "data" / "kinds"


@pytest.fixture
def ask(app: Flask, client: FlaskClient) -> Callable[[str], str]:
    """Ask the fact of that key; gives the page."""
    source, problems = read_set(KINDS)
    assert source, problems
    with app.app_context():
        load_set(db.session(), source, now=datetime.now(UTC))
        db.session.commit()
        ids = dict(db.session.execute(select(Fact.key, Fact.id)).all())
    send(client, "/start", set="kinds")
    with app.app_context():
        db.session.scalars(select(Plan)).one().new_per_day = 50
        db.session.commit()

    def page_of(key: str) -> str:
        page = client.get(f"/review?fact={ids[key]}").text
        assert f'action="/review/{ids[key]}"' in page
        return page

    return page_of


@pytest.fixture
def author(client: FlaskClient) -> FlaskClient:
    """A browser of Aysel, who has an account."""
    sign_up(client)
    return client


@pytest.fixture
def colleague(app: Flask) -> FlaskClient:
    """A browser of Rauf, who has one too."""
    client = app.test_client()
    sign_up(client, "Rauf")
    return client


@pytest.fixture
def set_id(app: Flask, client: FlaskClient) -> int:
    """A set of Aysel's, who is signed in, with two facts."""
    assert sign_up(client).status_code == 303
    with app.app_context():
        row = begin(db.session(), db.session.scalars(select(User).where(User.name == "Aysel")).one())
        write(db.session(), row, 2)
        db.session.commit()
        return row.id
