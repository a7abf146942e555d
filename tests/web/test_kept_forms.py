"""What was typed comes back when the session had ended or the security token was out of date."""

import re
from html import unescape
from io import BytesIO

import pytest
from editor import Author, edited
from facts import form_of
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, WRONG, send, sign_up
from quiz_pages import heading, text
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import LoginSession, Review, User
from quizapp.models import Response as ResponseRow
from quizapp.web.kept_forms import NOT_KEPT

STALE = {"csrf_token": "out of date"}
SENTENCE = "Bəlkə də “Speke” & co., in two\nlines"


def fields(page: TestResponse, action: str) -> dict[str, list[str]]:
    return form_of(page.text, action)


def log_in_with(client: FlaskClient, page: TestResponse, password: str = PASSWORD) -> TestResponse:
    """Log in on the page that came, as a browser does."""
    posted = fields(page, "/login") | {"name": ["Aysel"], "password": [password]}
    return client.post("/login", data=posted, content_type="multipart/form-data")


def end_session(client: FlaskClient) -> None:
    for cookie in ("quizapp", "quizapp_remember"):
        client.delete_cookie(cookie)


@pytest.fixture
def asked(client: FlaskClient) -> tuple[str, dict[str, list[str]]]:
    """Aysel is asked a question in her review: where the answer goes, and the fields of its form."""
    sign_up(client)
    send(client, "/start", set="sample")
    page = client.get("/review").text
    action = re.search(r'<form class="answer[^>]*action="(/review/\d+)"', page)
    assert action
    return action[1], form_of(page, action[1])


def reviews(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Review.id)).all())


@pytest.mark.parametrize("ended", ["cookie gone", "ended elsewhere"])
def test_an_answer_is_sent_again_after_logging_in(
    app: Flask, client: FlaskClient, asked: tuple[str, dict[str, list[str]]], ended: str
) -> None:
    address, form = asked
    if ended == "cookie gone":
        end_session(client)
    else:
        with app.app_context():
            db.session.execute(delete(LoginSession))
            db.session.commit()
    refused = client.post(address, data=form | {"picked": ["0"], "note": [SENTENCE]})
    assert refused.status_code in (400, 401) and "You’re no longer logged in" in text(refused.text)
    assert SENTENCE.replace("\n", " ") in text(refused.text)
    wrong = log_in_with(client, refused, WRONG)
    assert "Wrong user name or password" in wrong.text
    again = log_in_with(client, wrong)
    assert heading(again.text) == "Send it again" and "You’re logged in again" in text(again.text)
    kept = fields(again, address)
    assert kept["picked"] == ["0"] and kept["note"] == [SENTENCE]
    assert reviews(app) == 0
    assert client.post(address, data=kept).status_code == 303
    assert reviews(app) == 1


def test_an_answer_with_a_stale_token_is_sent_again_at_once(
    app: Flask, client: FlaskClient, asked: tuple[str, dict[str, list[str]]]
) -> None:
    address, form = asked
    refused = client.post(address, data=form | {"picked": ["0"]} | STALE)
    assert (refused.status_code, heading(refused.text)) == (400, "Send it again")
    assert "This page was out of date" in text(refused.text)
    assert client.post(address, data=fields(refused, address)).status_code == 303
    assert reviews(app) == 1


def test_with_htmx_it_takes_the_place_of_the_page(client: FlaskClient, asked: tuple[str, dict[str, list[str]]]) -> None:
    address, form = asked
    refused = client.post(address, data=form | STALE, headers={"HX-Request": "true"})
    assert refused.headers["HX-Retarget"] == "#main" and "<html" not in refused.text
    assert fields(refused, address)["seen"] == form["seen"]
    end_session(client)
    refused = client.post(address, data=form, headers={"HX-Request": "true"})
    assert refused.headers["HX-Retarget"] == "#main" and "<html" not in refused.text
    assert "HX-Redirect" not in refused.headers and fields(refused, "/login")["kept"]


@pytest.mark.parametrize("picture", ["", "cat.png"])
def test_what_was_typed_in_the_editor_is_saved_the_second_time(app: Flask, picture: str) -> None:
    author = Author(app)
    question_id = author.question_id("nile-source-typed")
    address = author.path(f"questions/{question_id}")
    form = edited(author, question_id, explanation=SENTENCE).to_dict(flat=False)
    sent = form | STALE | {"picture_file": (BytesIO(b"x" * len(picture)), picture)}
    refused = author.client.post(address, data=sent, content_type="multipart/form-data")
    assert refused.status_code == 400 and SENTENCE in unescape(refused.text)
    assert ("Choose it again" in refused.text) == bool(picture)
    assert author.client.post(address, data=fields(refused, address)).status_code == 303
    assert author.bodies(question_id)[-1]["explanation"].split() == SENTENCE.split()


def test_sign_up_comes_back_filled_but_for_the_passwords(client: FlaskClient) -> None:
    typed = {"name": "Aysel", "email": "a@example.org", "password": PASSWORD, "repeated": PASSWORD}
    refused = client.post("/signup", data=typed | STALE)
    assert refused.status_code == 400
    assert PASSWORD not in refused.text
    form = client.post("/signup", data=fields(refused, "/signup"))
    assert form.status_code == 422
    assert fields(form, "/signup")["name"] == ["Aysel"] and fields(form, "/signup")["email"] == ["a@example.org"]


def test_passwords_are_never_kept(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    for page in ("/login", "/signup", "/account/password", "/account/delete"):
        visitor = app.test_client() if page in ("/login", "/signup") else client
        for tag in re.findall(r"<input[^>]*>", visitor.get(page).text):
            if 'type="password"' in tag:
                name = re.search(r'name="([^"]+)"', tag)
                assert name and name[1] in NOT_KEPT


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "https://elsewhere.example/page"},
    ],
)
def test_what_another_site_sent_is_not_offered_to_be_sent(
    client: FlaskClient, asked: tuple[str, dict[str, list[str]]], headers: dict[str, str]
) -> None:
    address, form = asked
    refused = client.post(address, data=form | STALE, headers=headers)
    assert refused.status_code == 400 and "Send it again" not in refused.text
    ours = client.post(address, data=form | STALE, headers={"Sec-Fetch-Site": "same-origin"})
    assert heading(ours.text) == "Send it again"


@pytest.mark.parametrize("kept", ["", "{", '{"address": "//elsewhere.example/", "fields": [["a", "b"]]}'])
def test_what_cannot_have_come_from_here_is_left_out(client: FlaskClient, kept: str) -> None:
    sign_up(client)
    send(client, "/logout")
    assert send(client, "/login", name="Aysel", password=PASSWORD, kept=kept).status_code == 303


def test_a_button_without_a_form_and_too_long_a_text_lead_to_the_log_in_page_as_before(
    client: FlaskClient, asked: tuple[str, dict[str, list[str]]]
) -> None:
    address, _ = asked
    send(client, "/logout")
    assert send(client, address).location.startswith("/login")
    assert send(client, address, note=["x" * 39_000] * 6).location.startswith("/login")


def test_a_long_text_travels_through_the_log_in_page(
    client: FlaskClient, asked: tuple[str, dict[str, list[str]]]
) -> None:
    address, form = asked
    send(client, "/logout")
    long = ["a " * 15_000, "b " * 15_000]
    again = log_in_with(client, client.post(address, data=form | {"note": long}))
    assert heading(again.text) == "Send it again" and fields(again, address)["note"] == long


def test_a_guest_in_an_author_s_browser_logs_in_and_sends_it(app: Flask) -> None:
    """The session of the account had ended, and somebody began to study as a guest since."""
    author = Author(app)
    address = f"/sets/{author.set_id}/questions/{author.question_id('nile-source-typed')}"
    guest = app.test_client()
    send(guest, "/start", set="sample")
    refused = send(guest, address, prompt=SENTENCE)
    assert refused.status_code == 401 and "kept" in fields(refused, "/login")


def choose_password(client: FlaskClient, page: TestResponse, password: str) -> TestResponse:
    """Choose a new password on the page that came, as a browser does."""
    posted = fields(page, "/account/password") | {"password": [password], "repeated": [password]}
    return client.post("/account/password", data=posted, content_type="multipart/form-data")


@pytest.mark.parametrize("logged_in", [True, False], ids=["still logged in", "session ended"])
def test_who_must_first_choose_a_new_password_sends_it_then(
    app: Flask, client: FlaskClient, asked: tuple[str, dict[str, list[str]]], logged_in: bool
) -> None:
    """A teacher gave them a new password in the meantime."""
    address, form = asked
    with app.app_context():
        db.session.execute(update(User).values(must_change_password=True))
        db.session.commit()
    if not logged_in:
        end_session(client)
    page = client.post(address, data=form | {"picked": ["0"], "note": [SENTENCE]})
    if not logged_in:
        page = log_in_with(client, page)
    assert "Choose your own password" in text(page.text) and SENTENCE.split("\n")[0] in unescape(page.text)
    page = choose_password(client, page, "x")
    assert page.status_code == 422
    page = choose_password(client, page, "a password of my own")
    assert heading(page.text) == "Send it again"
    assert client.post(address, data=fields(page, address)).status_code == 303
    assert reviews(app) == 1


def test_an_answer_in_a_quiz_is_saved_after_logging_in(app: Flask, client: FlaskClient) -> None:
    sign_up(client)
    send(client, "/start", set="sample")
    quiz = send(client, "/quizzes/new", size="2", feedback="at-end").location
    question = f"{quiz}/1"
    form = form_of(client.get(question).text, question)
    stale = client.post(question, data=form | {"give-up": ["1"]} | STALE)
    assert heading(stale.text) == "Send it again" and fields(stale, question)["give-up"] == ["1"]
    for headers in ({}, {"HX-Request": "true"}):
        end_session(client)
        refused = client.post(question, data=form | {"give-up": ["1"], "to": ["2"]}, headers=headers)
        assert ("HX-Retarget" in refused.headers) == bool(headers)
        again = log_in_with(client, refused)
        assert heading(again.text) == "Send it again"
        assert client.post(question, data=fields(again, question)).location == f"{quiz}/2"
        with app.app_context():
            assert db.session.scalars(select(ResponseRow.position).where(ResponseRow.at.is_not(None))).all() == [1]
            db.session.execute(update(ResponseRow).values(response=None, at=None, verdict=None, fraction=None))
            db.session.commit()
