"""A set in Explore page by page: what is not there, how it is searched, and how it is printed."""

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from explore import text_of
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from quizapp.extensions import db
from quizapp.models import Fact, QuestionSet, QuestionVersion


@pytest.mark.parametrize(
    "address",
    [
        "/explore/no-such",
        "/explore/no-such/passages",
        "/explore/no-such/facts/nile-source",
        "/explore/no-such/timeline",
        "/explore/no-such/actors",
        "/explore/no-such/causes",
        "/explore/sample/timeline?view=month",
        "/explore/sample/timeline?view=no-such",
        "/explore/sample/timeline?page=2",
        "/explore/sample/timeline?holding=no-such",
        "/explore/sample/actors?holding=no-such",
        "/explore/sample/causes?fact=no-such",
        "/explore/sample/causes?fact=nile-date",
        "/explore/sample/facts/no-such",
        "/explore/sample?page=2",
        "/explore/sample/passages?page=9999",
        "/explore/sample/passages?holding=99",
    ],
)
def test_what_there_is_not_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("page", ["soon", "0", "-1", "99999999999999999999"])
def test_a_page_that_is_no_number_of_a_page_is_the_first(client: FlaskClient, page: str) -> None:
    first, asked = (client.get(f"/explore/sample/passages?page={number}").text for number in ("1", page))
    assert re.findall(r"<h2[^>]*>.*?</h2>", asked) == re.findall(r"<h2[^>]*>.*?</h2>", first) != []


def test_a_large_set_is_read_page_by_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        db.session.add_all(
            Fact(
                set_id=set_id, key=f"more-{number}", position=100 + number, topic="dates",
                statement="One more.", passages=[1], notes=[], actors=[], leads_to={},
            )
            for number in range(1000)
        )  # fmt: skip
        db.session.commit()
    first = client.get("/explore/sample")
    assert 'rel="next"' in first.text and 'rel="prev"' not in first.text
    assert first.text.count("One more.") < 20
    last = client.get("/explore/sample?page=72")
    assert 'rel="prev"' in last.text and 'rel="next"' not in last.text
    assert "Burton quarrelled" in last.text


SEARCHED = {
    "/explore/sample": ("SPÉKE named", "1 fact found", "Burton quarrelled"),
    "/explore/sample/timeline": ("SPÉKE named", "1 fact by date", "Speke reached"),
    "/explore/sample/actors": ("бертон", "1 name", "Explorer Also written Speke"),
    "/explore/sample/causes?view=all": ("doubted SPÉKE", "1 link found", "no match"),
}


@pytest.mark.parametrize("address", SEARCHED)
def test_each_part_is_searched_whatever_the_case_and_accents(client: FlaskClient, address: str) -> None:
    words, found, missing = SEARCHED[address]
    page = text_of(client, f"{address}{'&' if '?' in address else '?'}q={quote(words)}")
    assert found in page and missing not in page
    nothing = text_of(client, f"{address}{'&' if '?' in address else '?'}q={quote('no such words')}")
    assert re.search(r"No (facts|names|links) match\.", nothing)
    assert client.get(f"{address}{'&' if '?' in address else '?'}q={'x' * 500}").status_code == 200


def test_a_search_and_its_filters_are_kept_from_page_to_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        set_id = db.session.scalars(select(QuestionSet.id)).one()
        db.session.add_all(
            Fact(set_id=set_id, key=f"more-{number}", position=100 + number, topic="dates",
                 statement="One more of Speke’s.", passages=[1], notes=[], actors=["speke"], leads_to={})
            for number in range(40)
        )  # fmt: skip
        db.session.commit()
    page = client.get("/explore/sample?q=speke&topic=dates&actor=speke&passage=1&page=2").text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following and parse_qs(urlsplit(unescape(following[1])).query) == {
        "q": ["speke"], "topic": ["dates"], "actor": ["speke"], "passage": ["1"], "page": ["3"],
    }  # fmt: skip
    assert re.search(r'<input type="hidden" name="actor" value="speke">', page)
    assert re.search(r'<option value="dates"[^>]* selected>', page)


# On paper


def test_a_set_is_printed_as_cards_facts_or_questions_with_a_key(client: FlaskClient) -> None:
    assert 'href="/explore/sample/print"' in client.get("/explore/sample").text
    cards = client.get("/explore/sample/print").text
    assert (cards.count('class="sheet '), cards.count("card-side--empty")) == (2, 10)
    facts = text_of(client, "/explore/sample/print?as=facts")
    assert "Speke named Lake Victoria as the source of the Nile in 1858. 3 August 1858" in facts
    assert "Biographers differ on who began it." in facts
    questions, key = text_of(client, "/explore/sample/print?as=questions").split(" Answers ")
    assert "Richard Burton" in questions and "John Speke" in key
    assert "print_letter" in client.get("/explore/sample/print?paper=letter").text
    assert "Speke reached" not in text_of(client, "/explore/sample/print?as=facts&topic=actors")
    assert client.get("/explore/sample/print?topic=seas").status_code == 404
    assert client.get("/explore/seas/print").status_code == 404


def test_a_text_too_long_for_a_card_is_shortened_and_said_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        for version in db.session.scalars(select(QuestionVersion)):
            version.body = {**version.body, "prompt": "very long words " * 40}
        db.session.commit()
    assert re.search(
        r"The text on \d card sides was too long and has been shortened\.", text_of(client, "/explore/sample/print")
    )
