"""Requests that are too long, or hold what cannot be stored, are refused before anything reads them."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from limited import limited
from people import log_in, security_token, send, sign_up, who
from werkzeug.test import TestResponse
from wtforms import IntegerField
from wtforms.fields.core import UnboundField

from quizapp.web.forms.fields import WholeNumberField
from quizapp.web.requests import LONGEST_ADDRESS, LONGEST_HEADER, LONGEST_NAME, LONGEST_VALUE

MARKS = "\u0300\u0316" * 60_000
SAID = {
    400: "invisible character",
    413: "Send something smaller",
    414: "Address too long",
    431: "Cookies too large",
}


def code_of(response: TestResponse) -> int:
    if response.status_code in SAID:
        assert SAID[response.status_code] in response.text
    return response.status_code


@pytest.mark.parametrize(
    "visit",
    [
        lambda client: log_in(client, password=MARKS),
        lambda client: log_in(client, name=MARKS),
        lambda client: sign_up(client, name=MARKS),
        lambda client: sign_up(client, password=MARKS, repeated=MARKS),
        lambda client: sign_up(client, email=MARKS),
        lambda client: send(client, "/start", timezone=MARKS),
        lambda client: send(client, "/start", **{MARKS: "a"}),
    ],
)
def test_a_field_of_endless_marks_is_refused_at_once(
    client: FlaskClient, visit: Callable[[FlaskClient], TestResponse]
) -> None:
    assert limited(lambda: code_of(visit(client))) == 413


@pytest.mark.parametrize("length", [1_000, 10_000])
def test_a_password_longer_than_any_is_wrong_or_refused_at_once(client: FlaskClient, length: int) -> None:
    marks = "\u0300\u0316" * (length // 2)
    sign_up(client)
    send(client, "/logout")
    assert limited(lambda: log_in(client, password=marks).status_code) == 422
    assert limited(lambda: sign_up(client, "Leyla", password=marks, repeated=marks).status_code) == 422
    assert who(client) is None


def test_an_address_has_a_longest(client: FlaskClient) -> None:
    assert client.get("/login?next=" + "a" * (LONGEST_ADDRESS - 100)).status_code == 200
    assert code_of(client.get("/login?next=" + "a" * LONGEST_ADDRESS)) == 414
    assert code_of(client.get("/" + "a" * LONGEST_ADDRESS)) == 414


def test_a_header_has_a_longest(client: FlaskClient) -> None:
    assert client.get("/", headers={"Referer": "a" * (LONGEST_HEADER - 100)}).status_code == 200
    assert code_of(client.get("/", headers={"Referer": "a" * LONGEST_HEADER})) == 431
    assert code_of(client.get("/", headers={"Accept-Language": ",;q=" * LONGEST_HEADER})) == 431


@pytest.mark.parametrize("host", ["a" * 64, "a..b", ".", "a" * 5000])
@pytest.mark.parametrize(("path", "code"), [("/", 400), ("/nowhere", 400), ("/" + "a" * LONGEST_ADDRESS, 414)])
def test_a_host_that_cannot_be_is_refused(client: FlaskClient, host: str, path: str, code: int) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == code
    assert answer.headers["X-Request-Id"] and answer.headers["Content-Security-Policy"]


def test_a_field_has_a_longest(client: FlaskClient) -> None:
    fits = {"theme": "dark", "next": "/" + "a" * (LONGEST_VALUE - 1)}
    assert send(client, "/theme", **fits).status_code == 303
    assert code_of(send(client, "/theme", **{**fits, "next": fits["next"] + "a"})) == 413
    assert code_of(send(client, "/theme", **{**fits, "n" * (LONGEST_NAME + 1): "a"})) == 413


def test_a_character_that_cannot_be_stored_is_refused_everywhere(client: FlaskClient) -> None:
    assert code_of(send(client, "/start", set="sam\0ple")) == 400
    assert code_of(client.get("/explore/sample?page=%00")) == 400
    assert client.get("/explore/sam%00ple").status_code == 404


@pytest.mark.parametrize("field", ["name", "password", "repeated", "email", "next"])
def test_a_file_in_place_of_text_is_refused(client: FlaskClient, field: str) -> None:
    usual = {"name": "Aysel", "password": "a long word for the door", "repeated": "a long word for the door"}
    sent = {**usual, "csrf_token": security_token(client), field: (BytesIO(b"Aysel"), "text.txt")}
    assert client.post("/signup", data=sent).status_code == 400
    assert who(client) is None


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 40_000, "{", '{"answers": [' + "[" * 900 + "]" * 901 + "}"])
def test_json_that_is_nested_too_deep_is_refused(client: FlaskClient, body: str) -> None:
    send(client, "/start")
    headers = {"X-CSRFToken": security_token(client)}
    answer = client.post("/review/offline", data=body, headers=headers, content_type="application/json")
    assert answer.status_code in (400, 403)


def test_json_is_refused_where_no_page_reads_it(client: FlaskClient) -> None:
    headers = {"X-CSRFToken": security_token(client)}
    for body in ("[" * 50_000, '"a"', "{}"):
        answer = client.post("/login", data=body, headers=headers, content_type="application/json")
        assert answer.status_code == 400


@pytest.mark.parametrize("number", ["9" * 20, "9" * 400, "9" * 5000, "-" + "9" * 400])
def test_a_number_that_no_column_holds_is_refused_at_its_field(client: FlaskClient, number: str) -> None:
    sign_up(client)
    answer = send(client, "/quizzes/new?set=sample", size=number, minutes=number, feedback="at-end")
    assert answer.status_code == 422
    assert "A quiz has 1 to" in answer.text


def test_every_whole_number_of_a_form_has_a_largest() -> None:
    """NumberRange fails on one of 400 digits."""
    forms = [FlaskForm]
    for form in forms:
        forms += form.__subclasses__()
        fields = [field.field_class for field in vars(form).values() if isinstance(field, UnboundField)]
        assert all(field is WholeNumberField for field in fields if issubclass(field, IntegerField)), form
    assert len(forms) > 40


@pytest.mark.parametrize("address", ["/practice/pretest", "/practice/match"])
def test_a_number_of_a_game_that_no_column_holds_is_refused(client: FlaskClient, address: str) -> None:
    sign_up(client)
    fields = ("fact", "question", "started", "finished", "moves", "mistakes")
    assert send(client, address, set="sample", **dict.fromkeys(fields, "9" * 400)).status_code == 400


def test_odd_texts_and_numbers_in_json_are_not_recorded(client: FlaskClient) -> None:
    send(client, "/start")
    token = client.get("/review/offline/token").json
    assert token
    usual = {
        "id": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
        "at": "2026-01-01T00:00:00Z",
        "fact": 1,
        "question": 1,
        "seen": 0,
        "fields": {"text": "a"},
    }
    nested: list[object] = []
    for _ in range(800):
        nested = [nested]
    odd = [
        {"fields": {"text": "a\0b"}},
        {"fields": {"\0": "a"}},
        {"fields": {"text": "\ud800"}},
        {"fields": {"text": "a" * 1001}},
        {"fields": {"a" * 201: ""}},
        {"fact": int("9" * 400)},
        {"seen": int("9" * 20)},
        {"id": nested},
    ]
    body = json.dumps({"learner": token["learner"], "answers": [{**usual, **each} for each in odd]})
    answer = client.post(
        "/review/offline", data=body, headers={"X-CSRFToken": token["csrf"]}, content_type="application/json"
    )
    assert answer.status_code == 200
    assert {each["status"] for each in answer.json["answers"]} == {"unreadable"}  # type: ignore[index]


def test_an_answer_whose_time_makes_no_sense_is_recorded_without_it(client: FlaskClient) -> None:
    send(client, "/start")
    question = client.get("/review")
    address = question.text.partition('<form class="answer"')[2].partition('action="')[2].partition('"')[0]
    fields = dict.fromkeys(("seen", "question"), "")
    for name in fields:
        fields[name] = question.text.partition(f'name="{name}" value="')[2].partition('"')[0]
    answer = send(client, address, **fields, **{"give-up": "1"}, ms="9" * 20)
    assert answer.status_code == 303
    assert answer.location.startswith("/review/answers/")
