"""Each question kind as a page: asked, answered without JavaScript, and explained."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from quizapp.core.bank import read_set
from quizapp.extensions import db
from quizapp.models import Fact
from quizapp.services.bank import load_set

SET = """
key: kinds
title: Kinds
summary: One fact of each kind.
language: en
topics: [{key: all, title: All, summary: Everything.}]
"""

FACTS = """
- key: several
  topic: all
  statement: Red and blue are primary.
  questions:
    - key: several-multiple
      kind: multiple
      prompt: Which are primary?
      answers: [Red, Blue]
      distractors:
        - {text: Green, why_not: Green is mixed.}
        - {text: Violet, why_not: Violet is mixed.}
      explanation: They cannot be mixed.
- key: order
  topic: all
  statement: Spring comes before summer.
  questions:
    - key: order-ordering
      kind: ordering
      prompt: Put the seasons of a year in order.
      items: [Spring, Summer, Autumn, Winter]
      explanation: The sun says so.
- key: pairs
  topic: all
  statement: Paris is in France.
  questions:
    - key: pairs-matching
      kind: matching
      prompt: Which country?
      pairs: [{left: Paris, right: France}, {left: Rome, right: Italy}]
      extra: [Spain]
      explanation: By the map.
- key: figure
  topic: all
  statement: The garrison had 5,000 men.
  questions:
    - key: figure-number
      kind: number
      prompt: How many men?
      answer: 5000
      unit: men
      explanation: So it was told.
- key: gaps
  topic: all
  statement: The quick fox jumps.
  questions:
    - key: gaps-cloze
      kind: cloze
      prompt: Complete it.
      text: The *quick* {{animal}} {{verb}} <b>.
      gaps: {animal: {answer: fox}, verb: {answer: jumps}}
      explanation: A known sentence.
"""


@pytest.fixture
def ask(app: Flask, client: FlaskClient, tmp_path: Path):
    """Ask the one fact of a kind; gives the page."""
    (tmp_path / "facts").mkdir()
    (tmp_path / "set.yaml").write_text(SET)
    (tmp_path / "facts" / "all.yaml").write_text(FACTS)
    source, problems = read_set(tmp_path)
    assert source, problems
    with app.app_context():
        load_set(db.session(), source, now=datetime.now(UTC))
        db.session.commit()
        ids = dict(db.session.execute(select(Fact.key, Fact.id)).all())
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert token
    client.post("/start", data={"csrf_token": token[1], "set": "kinds"})

    def page_of(key: str) -> str:
        page = client.get(f"/review?fact={ids[key]}").text
        assert f'action="/review/{ids[key]}"' in page
        return page

    return page_of


def answer(client: FlaskClient, page: str, posted: dict[str, str]) -> str:
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form
    hidden = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
    response = client.post(form[1], data=hidden | posted)
    assert response.status_code == 303, response.text
    return unescape(client.get(response.location).text)


def shown(page: str, pattern: str) -> dict[str, str]:
    """What the page offers, by its text."""
    return {unescape(text): place for place, text in re.findall(pattern, page, re.S)}


def test_several_right_answers(client: FlaskClient, ask) -> None:
    page = ask("several")
    boxes = shown(page, r'name="(pick-\d+)".*?choice__text">([^<]+)<')
    assert set(boxes) == {"Red", "Blue", "Green", "Violet"}
    verdict = answer(client, page, {boxes["Red"]: "1", boxes["Blue"]: "1"})
    assert "verdict--right" in verdict


def test_a_false_alarm_among_several_is_explained(client: FlaskClient, ask) -> None:
    page = ask("several")
    boxes = shown(page, r'name="(pick-\d+)".*?choice__text">([^<]+)<')
    verdict = answer(client, page, {boxes[text]: "1" for text in ("Red", "Blue", "Green")})
    assert "Partly right" in verdict and "Green is mixed." in verdict and "Violet is mixed." not in verdict


def test_an_order(client: FlaskClient, ask) -> None:
    page = ask("order")
    fields = shown(page, r'<label class="ordering__text" for="(place-\d+)">([^<]+)<')
    places = {"Spring": "1", "Summer": "2", "Autumn": "3", "Winter": "4"}
    assert "verdict--right" in answer(client, page, {fields[text]: place for text, place in places.items()})


def test_a_wrong_order_shows_its_share_and_the_right_one(client: FlaskClient, ask) -> None:
    page = ask("order")
    fields = shown(page, r'<label class="ordering__text" for="(place-\d+)">([^<]+)<')
    places = {"Spring": "2", "Summer": "1", "Autumn": "3", "Winter": "4"}
    verdict = answer(client, page, {fields[text]: place for text, place in places.items()})
    assert "Partly right" in verdict and "83 % of the pairs in the right order" in verdict
    table = re.findall(r"<tr><td>(\d)</td><td>(\w+)</td><td>(\d)", verdict)
    assert table == [("1", "Spring", "2"), ("2", "Summer", "1"), ("3", "Autumn", "3"), ("4", "Winter", "4")]


def test_pairs(client: FlaskClient, ask) -> None:
    page = ask("pairs")
    targets = shown(page, r'<option value="(\d)">(\w+)</option>')
    assert set(targets) == {"France", "Italy", "Spain"}
    right = {"match-0": targets["France"], "match-1": targets["Italy"]}
    assert "verdict--right" in answer(client, page, right)


def test_a_wrong_pair_shows_the_right_one(client: FlaskClient, ask) -> None:
    page = ask("pairs")
    targets = shown(page, r'<option value="(\d)">(\w+)</option>')
    verdict = answer(client, page, {"match-0": targets["France"], "match-1": targets["Spain"]})
    assert "50 % of the pairs right" in verdict and "<td>Italy</td>" in verdict


@pytest.mark.parametrize(
    ("text", "told"),
    [("5 000", "verdict--right"), ("4000", "verdict--wrong"), ("lots", "I could not read that as a figure")],
)
def test_a_figure(client: FlaskClient, ask, text: str, told: str) -> None:
    page = ask("figure")
    assert "men</span>" in page
    verdict = answer(client, page, {"text": text})
    assert told in verdict and "5,000 men" in verdict


def test_gaps_stand_in_their_sentence(client: FlaskClient, ask) -> None:
    page = ask("gaps")
    assert "<em>quick</em>" in page and "&lt;b&gt;" in page
    verdict = answer(client, page, {"gap-0": "fox", "gap-1": "sleeps"})
    assert "Partly right" in verdict and "1 of 2 gaps right" in verdict and "<s" in verdict


@pytest.mark.parametrize("key", ["several", "order", "pairs", "figure", "gaps"])
def test_i_do_not_know(client: FlaskClient, ask, key: str) -> None:
    assert "Here is the answer" in answer(client, ask(key), {"give-up": "1"})


@pytest.mark.parametrize("key", ["several", "order", "pairs"])
def test_a_reload_shows_the_same_order(ask, key: str) -> None:
    options = [
        re.findall(r'choice__text">([^<]+)<|ordering__text"[^>]*>([^<]+)<|<option value="\d">(\w+)', ask(key))
        for _ in range(2)
    ]
    assert options[0] and options[0] == options[1]
