"""Pictures as browsers get them, and beside the questions they belong to."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from PIL import Image
from sets import person
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import NOON

from quizapp.core.pictures import encode_picture
from quizapp.core.sets.files import read_set
from quizapp.extensions import db
from quizapp.models import QuestionVersion
from quizapp.services.editor import pictures
from quizapp.services.sets.updates import load_set

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_picture_is_everybodys_and_is_kept_by_browsers(app: Flask, session: Session) -> None:
    stream = BytesIO()
    Image.new("RGB", (20, 10)).save(stream, "PNG")
    picture = pictures.store_picture(session, person(session, "Aysel"), encode_picture(stream.getvalue()), now=NOON)
    session.commit()
    response = app.test_client().get(f"/pictures/{picture.digest}")
    assert (response.status_code, response.mimetype) == (200, "image/webp")
    assert response.data == picture.data
    assert response.headers["Cache-Control"] == "private, immutable, max-age=31536000"
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    assert app.test_client().get("/pictures/%00").status_code == 404
    missing = app.test_client().get(f"/pictures/{'0' * 64}")
    assert missing.status_code == 404
    assert missing.headers["Cache-Control"] == "no-store"


def test_an_svg_opened_by_itself_runs_nothing(app: Flask, client: FlaskClient) -> None:
    kinds = Path(__file__).parents[1] / "data" / "kinds"
    source, problems = read_set(kinds)
    assert source, problems
    with app.app_context():
        load_set(db.session(), source, now=NOON)
        db.session.commit()
    ((digest, data),) = source.pictures.items()
    response = client.get(f"/pictures/{digest}")
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    assert response.data == data
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'"} <= set(policy)
    assert not any(part.startswith("script-src") for part in policy)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    missing = client.get(f"/pictures/{'0' * 64}")
    assert "sandbox" not in missing.headers["Content-Security-Policy"]  # a page, with its style


@on_sqlite
def test_a_question_shows_its_picture(app: Flask, session: Session) -> None:
    version = session.scalars(select(QuestionVersion)).all()
    picture = {"digest": "ab" * 32, "width": 400, "height": 300, "alt": "A map of the lake"}
    for one in version:
        one.body = {**one.body, "picture": picture}
    session.commit()
    client = app.test_client()
    send(client, "/start", set="sample", timezone="UTC")
    page = client.get("/review").text
    image = re.search(r"<img[^>]*>", page)
    assert image
    for attribute in (f'src="/pictures/{"ab" * 32}"', 'width="400"', 'height="300"', 'alt="A map of the lake"'):
        assert attribute in image[0]
