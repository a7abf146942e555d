"""Typed answers, figures and dates as pages: asked, answered without JavaScript, and explained."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from kind_pages import answer, words
from sqlalchemy import select

from quizapp.core.kinds import parse_question, parse_response
from quizapp.extensions import db
from quizapp.models import Fact
from quizapp.web.rendering import bdi, fault_note


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("5 000", "Right"),
        ("4000", "Not right"),
        ("lots", "You wrote lots . This can’t be read as a number. Type a number, such as 1,250 or twelve."),
    ],
)
def test_a_figure(client: FlaskClient, ask, text: str, told: str) -> None:
    page = ask("figure")
    assert 'aria-describedby="text-help text-unit"' in page
    verdict = words(answer(client, page, {"text": text}))
    assert told in verdict
    assert "5,000 men" in verdict


def test_how_far_off_a_figure_may_be_is_said_before_and_after(client: FlaskClient, ask) -> None:
    page = ask("height")
    assert "Up to 10 metres off counts as right." in words(page)
    assert "Up to 10 metres off counts as right." in words(answer(client, page, {"text": "4,800"}))


@pytest.mark.parametrize(
    ("fact", "mode", "help"),
    [
        ("day", "", "Type the day, such as 17 May 1905."),
        ("year", ' inputmode="numeric"', "Type the year, such as 1905."),
        ("figure", "", "Type a number, such as 1,250"),
    ],
)
def test_the_field_says_how_finely_it_is_asked(ask, fact: str, mode: str, help: str) -> None:
    page = ask(fact)
    field = re.search(r'<input id="text"[^>]*>', page)
    assert field
    assert re.findall(r' inputmode="\w+"', field[0]) == ([mode] if mode else [])
    assert 'aria-describedby="text-help' in field[0]
    assert help in words(page)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("28 April 1920", "You wrote 28 April 1920 . 27 April 1920"),
        ("28 April 1920", "year right , month right , day wrong"),
        ("27 May", "month wrong , day right"),
        ("April 1920", "Close, but not right The day is missing."),
        ("April 1920", "year right , month right , day missing"),
        ("1920", "Missing: month, day."),
        ("someday", "You wrote someday . This can’t be read as a date. Type the day, such as 17 May 1905."),
    ],
)
def test_a_date_is_shown_part_by_part(client: FlaskClient, ask, text: str, told: str) -> None:
    assert told in words(answer(client, ask("day"), {"text": text}))


@pytest.mark.parametrize(
    ("text", "note"),
    [("28 May", "The year is missing."), ("1918", "Missing: month, day."), ("28/5/1918", ""), ("no", "")],
)
def test_the_parts_missing_from_a_typed_date_are_named(text: str, note: str) -> None:
    asked = parse_question({"key": "q", "kind": "typed", "prompt": "When?", "answer": "28 May 1918"})
    assert fault_note(asked.grade(parse_response({"kind": "typed", "text": text}))) == note


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Каспиский", '<em><bdi lang="ru">Каспийский</bdi></em>'),
        ("Xezerlioglou", '<em><bdi lang="az">Xəzərlioğlu</bdi></em>'),
    ],
)
def test_a_slip_is_pointed_out_in_the_language_it_was_made_in(client: FlaskClient, ask, text: str, marked: str) -> None:
    verdict = answer(client, ask("name"), {"text": text})
    assert "Right, but check the spelling" in verdict
    assert f"You wrote <q>{bdi(text)}</q>. It’s spelled {marked}." in verdict


@pytest.mark.parametrize(
    ("question", "field", "text", "form"),
    [
        ("name", "text", "Rfcgbqcrbq", '<em><bdi lang="ru">Каспийский</bdi></em>'),
        ("name", "text", "Афефдш Лрфт Лрщнылш", "<em>Fatali Khan Khoyski</em>"),
        ("mixed", "gap-1", "Мшуттф", "<em>Vienna</em>"),
    ],
)
def test_an_answer_in_another_keyboard_layout_is_explained(
    client: FlaskClient, ask, question: str, field: str, text: str, form: str
) -> None:
    told = answer(client, ask(question), {field: text})
    assert f"rote <q>{bdi(text)}</q>, which is {form} in another keyboard layout" in told


def test_what_was_taken_for_something_else_is_shown(client: FlaskClient, ask) -> None:
    assert "You wrote <q>Khorskyy</q>, which was read as <em>Khorsky</em>." in answer(
        client, ask("name"), {"text": "Khorskyy"}
    )


@pytest.mark.parametrize(
    ("question", "field", "text", "noted"),
    [
        ("name", "text", "Fatali Khoyskin", "<q>Fatali Khoyskin</q>, but <em>khoyskin</em> is another word in"),
        ("mixed", "gap-1", "Vianna", "You wrote <q>Vianna</q>, which is another word in this set."),
    ],
)
def test_another_word_of_the_set_is_named(
    client: FlaskClient, app: Flask, ask, question: str, field: str, text: str, noted: str
) -> None:
    page = ask(question)
    with app.app_context():
        fact = db.session.scalars(select(Fact).order_by(Fact.id.desc())).first()
        assert fact
        fact.statement = "Vianna is not Khoyskin."
        db.session.commit()
    assert noted in answer(client, page, {field: text})
