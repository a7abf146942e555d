"""What lets study continue offline, as the browser asks for it."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import log_in, send, sign_up
from sqlalchemy import func, select
from study import NOON
from werkzeug.test import TestResponse

from quizapp.config import Settings
from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionVersion, Review, User

STATIC = Path(__file__).parents[2] / "quizapp" / "static"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What hangs on the database is tested with the services."""
    return sqlite_url


@pytest.fixture
def studying(client: FlaskClient) -> FlaskClient:
    """A browser in which somebody with an account has begun to study."""
    assert sign_up(client).status_code == 303
    assert send(client, "/start").status_code == 303
    return client


def pack_of(client: FlaskClient) -> Any:
    response = client.get("/review/offline")
    assert response.status_code == 200
    return response.get_json()


def kept(asked: dict[str, Any], /, **changes: object) -> dict[str, Any]:
    """An answer as the browser keeps it."""
    taken = {name: asked[name] for name in ("fact", "question", "seen")}
    fields = {"picked": asked["right"]} if asked["right"] else {"give-up": "1"}
    return {"id": str(uuid4()), "at": datetime.now(UTC).isoformat(), **taken, "ms": 4000, "fields": fields, **changes}


def deliver(client: FlaskClient, *answers: object, learner: str | None = None) -> TestResponse:
    """Send answers as the browser does once there is a line: with a token fetched then."""
    token = client.get("/review/offline/token").get_json()
    sent = {"learner": token["learner"] if learner is None else learner, "answers": answers}
    return client.post("/review/offline", json=sent, headers={"X-CSRFToken": token["csrf"]})


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Review.id))) or 0


# The service worker and its study screen


def shell(client: FlaskClient) -> list[str]:
    found = re.search(r"const SHELL = (\[.*?\]);", client.get("/sw.js").text, re.S)
    assert found
    addresses: list[str] = json.loads(found[1])
    return addresses


def test_the_worker_serves_the_whole_site_and_is_asked_for_anew_each_time(client: FlaskClient) -> None:
    response = client.get("/sw.js")
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"


def test_it_keeps_all_that_its_study_screen_needs(client: FlaskClient) -> None:
    addresses = shell(client)
    assert addresses[0] == "/offline"
    for address in addresses:
        with client.get(address) as response:
            assert response.status_code == 200
    needed = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"', client.get("/offline").text))
    assert needed <= set(addresses)
    assert all("?v=" in address for address in addresses[1:])


def test_it_changes_with_a_release_and_with_nothing_else(
    studying: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = studying.get("/sw.js").text
    studying.set_cookie("theme", "dark")
    assert studying.get("/sw.js").text == app.test_client().get("/sw.js").text == worker
    asset = app.jinja_env.globals["asset"]
    monkeypatch.setitem(app.jinja_env.globals, "asset", lambda name: asset(name) + "0" * name.endswith("app.css"))
    assert studying.get("/sw.js").text != worker


def test_the_study_screen_says_nothing_about_anybody(studying: FlaskClient, app: Flask) -> None:
    page = studying.get("/offline").text
    assert page == app.test_client().get("/offline").text
    assert "csrf" not in page
    assert "Aysel" not in page


# What is taken along


def test_a_page_names_whom_its_browser_keeps_things_for(studying: FlaskClient, app: Flask) -> None:
    mark = pack_of(studying)["learner"]
    assert f'<meta name="learner" content="{mark}">' in studying.get("/today").text
    assert '<meta name="learner" content="">' in app.test_client().get("/").text
    assert 'name="learner"' not in studying.get("/nowhere").text  # an error may be that nobody can say


def test_the_mark_lasts_and_is_nobody_elses(studying: FlaskClient, app: Flask) -> None:
    mark = pack_of(studying)["learner"]
    again, other = app.test_client(), app.test_client()
    log_in(again)
    sign_up(other, "Leyla")
    assert pack_of(again)["learner"] == mark
    assert pack_of(other)["learner"] not in ("", mark)


def test_a_guest_who_signs_up_keeps_the_mark(client: FlaskClient) -> None:
    send(client, "/start")
    mark = pack_of(client)["learner"]
    sign_up(client)
    assert pack_of(client)["learner"] == mark


def test_questions_are_drawn_without_a_token(studying: FlaskClient) -> None:
    pack = pack_of(studying)
    assert len(pack["questions"]) == 3
    for question in pack["questions"]:
        assert 'id="prompt"' in question["html"]
        assert f'action="/review/{question["fact"]}"' in question["html"]
        assert f'name="seen" value="{question["seen"]}"' in question["html"]
        assert "csrf" not in question["html"] + question["answered"]
        assert 'id="verdict"' in question["answered"]
        assert "Continue" in question["answered"]


def test_they_ask_for_confidence_too_and_about_what_is_empty(studying: FlaskClient, app: Flask) -> None:
    with app.app_context():
        db.session.scalars(select(User)).one().asks_confidence = True
        db.session.commit()
    for question in pack_of(studying)["questions"]:
        html = question["html"]
        assert ('name="confidence"' in html) == ("data-empty hidden" in html) == (not question["self_graded"])
        assert " checked" not in html


def test_every_kind_can_be_taken_along(studying: FlaskClient, app: Flask) -> None:
    fact_id, body = ask_everything_by(app)
    for kind, asked in one_of_each_kind(body).items():
        ask_everything_by(app, asked)
        question = next(one for one in pack_of(studying)["questions"] if one["fact"] == fact_id)
        assert question["kind"] == kind
        assert (question["right"] is not None) == (kind in ("choice", "true_false"))
        assert question["answered"].count('id="verdict"') == 1
        assert "Undefined" not in question["html"] + question["answered"]
        told = deliver(studying, kept(question)).get_json()["answers"]
        assert told[0]["status"] == "recorded"
        send(studying, "/review/undo")


def ask_everything_by(app: Flask, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    """Let every question of the first fact be the one given; gives the fact and the body of a choice of its own."""
    with app.app_context():
        fact_id = db.session.scalars(select(Fact.id).where(Fact.key == "nile-source")).one()
        asked = select(QuestionVersion).join(Question).where(Question.fact_id == fact_id).order_by(Question.position)
        versions = db.session.scalars(asked).all()
        for version in versions:
            version.body = body or version.body
        db.session.commit()
        return fact_id, versions[0].body


def one_of_each_kind(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A question of each kind, about what a choice asks."""
    base = {name: body[name] for name in ("key", "prompt", "explanation")}
    wrong = [{"text": name, "why_not": f"Not {name}."} for name in ("Volga", "Danube", "Rhine")]
    return {
        "choice": body,
        "true_false": base | {"kind": "true_false", "answer": True},
        "multiple": base | {"kind": "multiple", "answers": ["Nile", "Congo"], "distractors": wrong},
        "matching": base
        | {
            "kind": "matching",
            "pairs": [{"left": a, "right": b} for a, b in [("Nile", "Africa"), ("Volga", "Europe"), ("Ob", "Asia")]],
        },
        "ordering": base | {"kind": "ordering", "items": ["first", "second", "third"]},
        "flashcard": base | {"kind": "flashcard", "answer": "Nile"},
        "number": base | {"kind": "number", "answer": "12", "unit": "km"},
        "typed": base | {"kind": "typed", "answer": "Nile"},
        "date": base | {"kind": "date", "answer": "1858-08-03", "precision": "day"},
        "cloze": base
        | {
            "kind": "cloze",
            "text": "The {{river}} flows north from {{lake}}.",
            "gaps": {"river": {"answer": "Nile"}, "lake": {"answer": "Victoria", "distractors": wrong}},
        },
    }


# Answers that arrive late


def test_it_works(studying: FlaskClient, app: Flask) -> None:
    answers = [kept(question) for question in pack_of(studying)["questions"]]
    response = deliver(studying, *answers)
    assert response.status_code == 200
    told = response.get_json()["answers"]
    assert [one["id"] for one in told] == [one["id"] for one in answers]
    assert {one["status"] for one in told} == {"recorded"}
    assert all(studying.get(f"/review/answers/{one['review']}").status_code == 200 for one in told)
    assert count(app) == 3
    again = deliver(studying, *answers).get_json()["answers"]
    assert [(one["status"], one["review"]) for one in again] == [("known", one["review"]) for one in told]
    assert count(app) == 3


def test_how_sure_the_learner_was_is_kept(studying: FlaskClient, app: Flask) -> None:
    question = pack_of(studying)["questions"][0]
    for confidence, stored in (("2", 2), ("9", None), ("x", None)):
        answer = kept(question)
        answer["fields"]["confidence"] = confidence
        assert deliver(studying, answer).get_json()["answers"][0]["review"]
        with app.app_context():
            last = db.session.scalars(select(Review).order_by(Review.id.desc()).limit(1)).one()
            assert last.confidence == stored


@pytest.mark.parametrize(
    "fault",
    [
        {"id": "short"},
        {"id": None},
        {"at": "yesterday"},
        {"at": "2026-03-02T12:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"fact": 0},
        {"fact": 2**40},
        {"question": "x"},
        {"seen": -1},
        {"fields": {"text": "x" * 1001}},
        {"fields": {str(n): "" for n in range(61)}},
        {"fields": None},
    ],
)
def test_what_cannot_be_read_is_shown_and_stops_nothing(
    studying: FlaskClient, app: Flask, fault: dict[str, Any]
) -> None:
    first, second, _ = pack_of(studying)["questions"]
    told = deliver(studying, kept(first, **fault), kept(second)).get_json()["answers"]
    assert [one["status"] for one in told] == ["unreadable", "recorded"]
    assert told[0]["reason"]
    assert count(app) == 1


@pytest.mark.parametrize("junk", [None, 7, "text", [], {}])
def test_junk_among_the_answers_is_shown(studying: FlaskClient, junk: object) -> None:
    question = pack_of(studying)["questions"][0]
    told = deliver(studying, junk, kept(question)).get_json()["answers"]
    assert [one["status"] for one in told] == ["unreadable", "recorded"]


def test_what_is_gone_is_shown_with_its_reason(studying: FlaskClient, app: Flask) -> None:
    answer = kept(pack_of(studying)["questions"][0])
    with app.app_context():
        db.session.delete(db.session.get_one(Fact, answer["fact"]))
        db.session.commit()
    [told] = deliver(studying, answer).get_json()["answers"]
    assert told["status"] == "gone"
    assert "was removed" in told["reason"]


def test_answers_kept_for_somebody_else_are_refused_whole(studying: FlaskClient, app: Flask) -> None:
    answer = kept(pack_of(studying)["questions"][0])
    for learner in ("", "somebody else", 7):
        assert deliver(studying, answer, learner=learner).status_code == 403  # type: ignore[arg-type]
    assert count(app) == 0


def test_without_a_token_nothing_is_taken(studying: FlaskClient, app: Flask) -> None:
    pack = pack_of(studying)
    sent = {"learner": pack["learner"], "answers": [kept(pack["questions"][0])]}
    assert studying.post("/review/offline", json=sent).status_code == 400
    assert count(app) == 0


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', '{"answers": 7}', '{"answers": {}}'])
def test_a_request_that_cannot_be_read_is_refused(studying: FlaskClient, body: str) -> None:
    token = studying.get("/review/offline/token").get_json()["csrf"]
    headers = {"X-CSRFToken": token, "Content-Type": "application/json"}
    assert studying.post("/review/offline", data=body, headers=headers).status_code == 400


def test_too_many_at_once_are_refused(studying: FlaskClient, app: Flask) -> None:
    question = pack_of(studying)["questions"][0]
    assert deliver(studying, *[kept(question)] * 201).status_code == 400
    assert deliver(studying, *[kept(question, fields={"text": "x" * 900})] * 300).status_code == 413
    assert count(app) == 0


def test_one_who_is_logged_out_meanwhile_is_asked_to_log_in(studying: FlaskClient) -> None:
    answer = kept(pack_of(studying)["questions"][0])
    send(studying, "/logout")
    assert studying.get("/review/offline/token").get_json()["learner"] == ""
    response = deliver(studying, answer)
    assert response.status_code == 303
    assert "/login" in response.location


def test_an_answer_that_went_the_usual_way_is_known_by_its_id(studying: FlaskClient, app: Flask) -> None:
    question = pack_of(studying)["questions"][0]
    answer = kept(question)
    form = {"seen": question["seen"], "question": question["question"], "client_id": answer["id"], **answer["fields"]}
    assert send(studying, f"/review/{question['fact']}", **form).status_code == 303
    [told] = deliver(studying, answer).get_json()["answers"]
    assert told["status"] == "known"
    assert count(app) == 1


def test_an_id_that_is_none_does_not_harm_an_answer(studying: FlaskClient, app: Flask) -> None:
    question = pack_of(studying)["questions"][0]
    form = {"seen": question["seen"], "question": question["question"], "client_id": "x" * 500, "give-up": "1"}
    assert send(studying, f"/review/{question['fact']}", **form).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Review.client_id)).all() == [None]


# Leaving


@pytest.mark.parametrize(
    ("base_url", "told"),
    [("https://quiz.example.org", True), ("http://localhost", True), ("http://192.168.1.7:8000", False)],
)
def test_log_out_lets_go_of_what_the_browser_keeps(
    app: Flask, settings: Settings, make_app: Callable[[Settings], Flask], base_url: str, told: bool
) -> None:
    client = make_app(settings).test_client()
    headers = {"Referer": f"{base_url}/"}
    page = client.get("/login", base_url=base_url).text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    response = client.post("/logout", data={"csrf_token": token[1]}, base_url=base_url, headers=headers)
    assert response.status_code == 303
    assert response.headers.get("Clear-Site-Data") == ('"cache", "storage"' if told else None)


def test_so_does_deleting_the_account(studying: FlaskClient) -> None:
    response = send(studying, "/account/delete", password="correct horse battery", confirmed="y")
    assert response.status_code == 303
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


# When an answer was given


@pytest.mark.parametrize(
    ("hours", "proof", "counts_as"),
    [
        (-1, "own", 0),  # before the question was handed out
        (2, "own", 2),
        (9, "own", 5),  # after it arrived
        (-1, "none", -1),  # without proof, within the study day
        (-48, "none", -8),
        (-1, "another's", -1),
        (-48, "another's", -8),
    ],
)
def test_an_answer_counts_as_given_between_handing_out_and_arrival(
    studying: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, hours: int, proof: str, counts_as: int
) -> None:
    def set_clock(hour: int) -> None:
        monkeypatch.setitem(app.config, "CLOCK", lambda zone: (NOON + timedelta(hours=hour)).astimezone(zone))

    set_clock(0)
    asked = pack_of(studying)["questions"][0]
    signed = re.search(r'name="handed_out" value="([^"]+)"', asked["html"])
    assert signed
    with app.test_client() as other:
        assert sign_up(other, "another").status_code == 303
        assert send(other, "/start").status_code == 303
        theirs = re.search(r'name="handed_out" value="([^"]+)"', other.get("/review").text)
    assert theirs and theirs[1] != signed[1]
    proofs = {"own": {"handed_out": signed[1]}, "another's": {"handed_out": theirs[1]}, "none": {}}
    set_clock(5)
    at = (NOON + timedelta(hours=hours)).isoformat()
    assert deliver(studying, kept(asked, at=at, **proofs[proof])).status_code == 200
    with app.app_context():
        assert db.session.scalars(select(Review.at)).one() == NOON + timedelta(hours=counts_as)
