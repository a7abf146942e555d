"""The pages beside the overview of progress: one fact, what is confused, how sure one is."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from log_ins import log_in_as
from recorded_answers import give
from sqlalchemy import select

from quizapp.extensions import db
from quizapp.models import Comparison, Fact, Plan, QuestionSet, User

FACT = "/progress/facts/sample/nile-source"
CHOICE, TYPED = "nile-source-choice", "nile-source-typed"
RIGHT, BURTON = {"picked": 0}, {"picked": 1}


@pytest.fixture
def learner(app: Flask, client: FlaskClient) -> User:
    """A guest who studies the sample set, logged in."""
    with app.app_context():
        user = User(created_at=datetime.now(UTC), rollover_hour=0)
        db.session.add(user)
        db.session.flush()
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        db.session.add(Plan(learner_id=user.id, set_id=set_id, started_at=datetime.now(UTC)))
        db.session.commit()
        db.session.expunge(user)
    log_in_as(client, user.id)
    return user


def answer(
    app: Flask, learner: User, question: str, response: dict[str, Any], *, ago: int = 0, times: int = 1, **values: Any
) -> None:
    with app.app_context():
        for _ in range(times):
            give(db.session(), learner, question, response, at=datetime.now(UTC) - timedelta(days=ago), **values)
        db.session.commit()


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main(page)))


def picture(page: str) -> ElementTree.Element:
    (svg,) = re.findall(r'(?s)<svg class="plot"[^>]*>.*?</svg>', page)
    return ElementTree.fromstring(svg)


# One fact


def test_how_a_fact_was_remembered(app: Flask, client: FlaskClient, learner: User) -> None:
    answer(app, learner, CHOICE, BURTON, ago=9)
    answer(app, learner, CHOICE, RIGHT, ago=9, times=2)
    answer(app, learner, TYPED, {"text": "John Spkee"}, ago=4, source="quiz")
    page = client.get(FACT).text
    assert "<h1>Fact history</h1>" in page
    assert 'href="/explore/sample/facts/nile-source"' in page
    rows = [
        re.findall(r"(?s)<t[hd][^>]*>\s*(.*?)\s*</t[hd]>", row) for row in re.findall(r"(?s)<tr>(.*?)</tr>", main(page))
    ]
    assert [row[1:4] for row in rows[1:]] == [
        ["Typed answer", "John Spkee", "Right, but check the spelling"],
        ["Choice", "John Speke", "Right"],
        ["Choice", "John Speke", "Right"],
        ["Choice", "Richard Burton", "Not right"],
    ]
    assert [row[6] for row in rows[1:]] == ["quiz", "study", "study", "study"]
    assert re.fullmatch(r"\d\d%", rows[1][4]) and re.fullmatch(r"\d+\xa0days?", rows[1][5])
    assert rows[-1][4:6] == ["–", "same day"]
    svg = picture(page)
    assert svg.get("role") == "img"
    assert len(svg.findall("circle")) == 3
    assert [mark.get("class") for mark in svg.findall("path")] == ["mark mark--wrong"]
    assert "4 answers are shown, 3 of them right" in words(page)


def test_a_fact_never_met_says_so(client: FlaskClient, learner: User) -> None:
    page = client.get(FACT).text
    assert "You haven’t studied this fact yet." in page
    assert 'class="plot"' not in page


@pytest.mark.parametrize("path", ["/progress/facts/sample/no-such-fact", "/progress/facts/no-such-set/nile-source"])
def test_an_unknown_fact_is_not_found(client: FlaskClient, learner: User, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_fact_set_aside_is_said_to_be(app: Flask, client: FlaskClient, learner: User) -> None:
    answer(app, learner, CHOICE, RIGHT, ago=2)
    with app.app_context():
        db.session.execute(db.text("UPDATE memory SET suspended = true"))
        db.session.commit()
    assert "Suspended: you won’t see it until you resume it." in words(client.get(FACT).text)


def test_a_fact_no_longer_asked_has_no_page_to_lead_to(app: Flask, client: FlaskClient, learner: User) -> None:
    answer(app, learner, CHOICE, RIGHT)
    with app.app_context():
        db.session.scalars(select(Fact).where(Fact.key == "nile-source")).one().archived_at = datetime.now(UTC)
        db.session.commit()
    page = client.get(FACT).text
    assert "it no longer comes up." in page
    assert "/explore/sample/facts/nile-source" not in page


def test_what_was_typed_is_shown_as_text(app: Flask, client: FlaskClient, learner: User) -> None:
    answer(app, learner, TYPED, {"text": "<script>alert(1)</script>"})
    page = client.get(FACT).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


# Mix-ups


def test_what_was_taken_for_what(app: Flask, client: FlaskClient, learner: User) -> None:
    answer(app, learner, CHOICE, BURTON, ago=3)
    answer(app, learner, CHOICE, BURTON, ago=2)
    answer(app, learner, "nile-date-choice", {"picked": 1}, ago=3)
    answer(app, learner, "nile-date-choice", RIGHT, ago=1)
    page = client.get("/progress/mix-ups").text
    told = words(page)
    assert "Mix-ups in your 3 wrong answers." in told
    assert "You answered Richard Burton instead of John Speke . 2 times" in told
    assert "Mixing up Burton and Speke 2 times" in told
    assert "You answered 1848 instead of 1858" in told
    assert page.count('class="mended"') == 1
    assert 'href="/explore/sample/facts/nile-source"' in page


def test_pairs_answered_wrongly_are_shown(app: Flask, client: FlaskClient, learner: User) -> None:
    with app.app_context():
        ids = dict(db.session.execute(select(Fact.key, Fact.id)).all())
        pair = {"earlier_id": ids["nile-source"], "later_id": ids["nile-quarrel"]}
        db.session.add(
            Comparison(learner_id=learner.id, **pair, right=1, wrong=2, last_at=datetime.now(UTC), last_right=True)
        )
        db.session.commit()
    page = client.get("/progress/mix-ups").text
    assert "2 wrong, 1 right" in words(page)
    assert page.index("Speke named Lake Victoria") < page.index("Burton quarrelled with Speke")
    assert 'class="mended"' in page


def test_without_a_mistake_it_says_so(app: Flask, client: FlaskClient, learner: User) -> None:
    assert "No wrong answers yet" in client.get("/progress/mix-ups").text
    answer(app, learner, "nile-quarrel-tf", {"picked": True})
    assert "No mix-ups in your 1 wrong answer." in client.get("/progress/mix-ups").text


# Certainty


def test_certainty_against_truth(app: Flask, client: FlaskClient, learner: User) -> None:
    answer(app, learner, CHOICE, BURTON, ago=5, times=12, confidence=1)
    answer(app, learner, CHOICE, RIGHT, ago=4, times=12, confidence=3)
    answer(app, learner, CHOICE, BURTON, ago=3, times=1, confidence=3)
    page = client.get("/progress/calibration").text
    told = words(page)
    assert "You can trust your confidence" in told
    assert "Unsure 12 0 0% 0–24%" in told
    assert "Fairly sure 0 0 too few answers" in told
    assert "Certain 13 12 92% 67–99%" in told
    assert len(picture(page).findall("circle")) == 2
    assert "1 answer in the last 90 days." in told
    assert re.search(r"You answered\s*<q>Richard Burton</q>", page)


def test_without_a_word_on_certainty_it_says_how_to_be_asked(app: Flask, client: FlaskClient, learner: User) -> None:
    answer(app, learner, CHOICE, RIGHT)
    assert "turn on “Ask how sure I am before each answer” in your account" in words(
        client.get("/progress/calibration").text
    )
    with app.app_context():
        db.session.get_one(User, learner.id).asks_confidence = True
        db.session.commit()
    assert "Say how sure you are when you answer" in words(client.get("/progress/calibration").text)


def test_few_answers_are_said_to_be_too_few(app: Flask, client: FlaskClient, learner: User) -> None:
    answer(app, learner, CHOICE, RIGHT, times=9, confidence=3)
    page = client.get("/progress/calibration").text
    assert "Not enough answers for a result yet" in words(page)
    assert not picture(page).findall("circle")
    assert "None in the last 90 days." in words(page)


# All of them

PAGES = [FACT, "/progress/mix-ups", "/progress/calibration"]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_log_in_and_comes_back(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 303
    assert response.location.startswith("/login") and "progress" in response.location


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_and_takes_few_statements(app: Flask, client: FlaskClient, learner: User, path: str) -> None:
    answer(app, learner, CHOICE, BURTON, ago=3, confidence=3, times=30)
    with client:
        page = client.get(path).text
        assert g.statements <= 4
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert not re.search(r"\sstyle=|<style|\son\w+=", page)
    levels = [int(level) for level in re.findall(r"<h(\d)", main(page))]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert 'class="definition"' in page
