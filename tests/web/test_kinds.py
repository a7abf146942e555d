"""Each question kind as a page: asked, answered without JavaScript, and explained; and what is no answer to it."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sqlalchemy import func, select

from quizapp.core.kinds import parse_question, parse_response
from quizapp.core.sets.files import read_set
from quizapp.extensions import db
from quizapp.models import Fact, Plan, Review
from quizapp.services.sets.updates import load_set
from quizapp.web.rendering import bdi, fault_note

KINDS = Path(__file__).parents[1] / "data" / "kinds"


@pytest.fixture
def ask(app: Flask, client: FlaskClient):
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


def post(client: FlaskClient, page: str, posted: dict[str, str]):
    form = re.search(r'<form class="answer".*?action="([^"]+)"(.*?)</form>', page, re.S)
    assert form
    hidden = dict(re.findall(r'name="(csrf_token|seen|question)" value="([^"]*)"', form[2]))
    return client.post(form[1], data=hidden | posted)


def answer(client: FlaskClient, page: str, posted: dict[str, str]) -> str:
    """The verdict's page, for an answer that is meant as it is."""
    response = post(client, page, {"asked": "1"} | posted)
    assert response.status_code == 303, response.text
    return unescape(client.get(response.location).text)


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(page)).split())


def shown(page: str, pattern: str) -> dict[str, str]:
    """What the page offers: the name or the place of a field, by its text."""
    return {unescape(text): place for place, text in re.findall(pattern, page, re.S)}


def boxes(page: str) -> dict[str, str]:
    return shown(page, r'name="(pick-\d+)".*?choice__text"[^>]*>([^<]+)<')


def places(page: str) -> dict[str, str]:
    return shown(page, r'<label class="ordering__text" for="(place-\d+)"[^>]*>([^<]+)<')


def options(page: str, field: str) -> dict[str, str]:
    """The options of one select."""
    select_ = re.search(rf'<select[^>]*name="{field}".*?</select>', page, re.S)
    assert select_
    return shown(select_[0], r'<option value="(\d)"[^>]*>([^<]+)</option>')


# Several right answers


def test_several_right_answers(client: FlaskClient, ask) -> None:
    page = ask("several")
    ticked = {boxes(page)[text]: "1" for text in ("Red", "Blue", "Yellow")}
    verdict = answer(client, page, ticked)
    assert "verdict--right" in verdict
    assert "How this is counted" not in verdict


def test_a_hit_and_a_false_alarm_are_counted_in_words(client: FlaskClient, ask) -> None:
    page = ask("several")
    verdict = answer(client, page, {boxes(page)[text]: "1" for text in ("Red", "Blue", "Green")})
    told = words(verdict)
    assert "Partly right" in told
    assert "2 hits, 1 false alarm of 3: 33 %" in told
    assert "Hits less false alarms." in told
    assert "(hits − false alarms) / right answers = (2 − 1) / 3" in told
    assert "Green is mixed." in told
    assert "Violet is mixed." not in told


def test_each_option_is_marked_by_a_word(client: FlaskClient, ask) -> None:
    page = ask("several")
    verdict = words(answer(client, page, {boxes(page)[text]: "1" for text in ("Red", "Green")}))
    assert "Red right, you ticked it" in verdict
    assert "Blue right, but you left it out" in verdict
    assert "Green wrong, you ticked it" in verdict


# A place on a picture


def numbers(page: str) -> dict[str, str]:
    """The value of the button of each place in words."""
    return shown(page, r'name="picked" value="(\d)".*?choice__text"[^>]*>([^<]+)<')


def test_a_place(client: FlaskClient, ask) -> None:
    page = ask("place")
    assert "The island" not in words(page).replace("Where is the island?", "")
    assert 'alt="A map of a lake"' in page
    assert re.findall(r'class="point__area" data-presses="(\d)"', page) == ["1", "2", "3"] * 2  # box, badge
    assert "verdict--right" in answer(client, page, {"picked": numbers(page)["In the north"]})


def test_a_wrong_place_and_the_right_one_are_marked_with_their_names(client: FlaskClient, ask) -> None:
    page = ask("place")
    verdict = answer(client, page, {"picked": numbers(page)["In the south"]})
    for state, mark, name in (("key", "✓", "The island"), ("wrong", "✗", "The spring")):
        areas = re.findall(rf"point__area--{state}.*?</g>", verdict, re.S)
        assert words("".join(f"<{area}" for area in areas)) == f"{mark} {name}"
    told = words(verdict)
    assert "The island right answer" in told
    assert "The spring wrong, your choice" in told
    assert "Why not “The spring”? The water rises there." in told
    assert "data-presses" not in verdict


def test_no_place_is_marked_wrong_where_none_was_picked(client: FlaskClient, ask) -> None:
    verdict = answer(client, ask("place"), {"give-up": "1"})
    assert "point__area--key" in verdict
    assert "point__area--wrong" not in verdict


# An order


def test_an_order(client: FlaskClient, ask) -> None:
    page = ask("order")
    given = {"Spring": "1", "Summer": "2", "Autumn": "3", "Winter": "4"}
    assert "verdict--right" in answer(client, page, {places(page)[text]: place for text, place in given.items()})


def test_a_wrong_order_shows_its_credit_and_the_right_one(client: FlaskClient, ask) -> None:
    page = ask("order")
    given = {"Spring": "2", "Summer": "1", "Autumn": "3", "Winter": "4"}
    verdict = answer(client, page, {places(page)[text]: place for text, place in given.items()})
    told = words(verdict)
    assert "Partly right" in told
    assert "Concordant pairs: 5 of 6: 83 %" in told
    assert "pairs in order / all pairs = 5 / 6" in told
    assert "1 Spring 2 out of order 2 Summer 1 out of order 3 Autumn 3 in order 4 Winter 4 in order" in told


def test_no_place_is_given_before_somebody_gives_it(ask) -> None:
    assert re.findall(r'<option value="(?!")|selected', ask("order")) == []


def test_an_order_nobody_gave_is_no_answer(client: FlaskClient, ask) -> None:
    page = ask("order")
    assert "Here is the answer" in answer(client, page, dict.fromkeys(places(page).values(), ""))


# Pairs


def test_pairs(client: FlaskClient, ask) -> None:
    page = ask("pairs")
    countries = options(page, "match-0")
    assert set(countries) == {"France", "Italy", "Spain"}
    right = {"match-0": countries["France"], "match-1": countries["Italy"], "match-2": countries["Italy"]}
    assert "verdict--right" in answer(client, page, right)


def test_wrong_and_open_pairs_show_the_right_ones(client: FlaskClient, ask) -> None:
    page = ask("pairs")
    countries = options(page, "match-0")
    told = words(answer(client, page, {"match-0": countries["France"], "match-1": countries["Spain"]}))
    assert "Right pairs: 1 of 3: 33 %" in told
    assert "Paris France right Rome Italy Spain wrong Milan Italy left open" in told


def test_it_is_said_that_things_are_left_over_and_may_be_shared(ask) -> None:
    legend = words(ask("pairs"))
    assert "Not everything on offer is needed. One thing may belong to several." in legend
    assert "One thing may belong to several" not in words(ask("wordy-pairs"))


# Gaps


def test_gaps_stand_in_their_sentence(client: FlaskClient, ask) -> None:
    page = ask("gaps")
    assert "<em>quick</em>" in page
    assert "&lt;b&gt;" in page
    told = words(answer(client, page, {"gap-0": "foxx", "gap-1": "sleeps"}))
    assert "Not right" in told
    told = words(answer(client, ask("gaps"), {"gap-0": "fox", "gap-1": "sleeps"}))
    assert "Partly right" in told
    assert "Gaps: 1 of 2: 50 %" in told
    assert "animal right what it does wrong : you wrote sleeps" in told


def test_a_gap_is_chosen_by_place_and_the_page_holds_no_key(client: FlaskClient, ask) -> None:
    page = ask("chosen")
    offered = options(page, "gap-0")
    assert set(offered) == {"hive", "kennel", "stable"}
    assert set(offered.values()) == {"0", "1", "2"}
    assert "verdict--right" in answer(client, page, {"gap-0": offered["hive"]})


def test_a_wrong_choice_for_a_gap_is_explained(client: FlaskClient, ask) -> None:
    page = ask("mixed")
    direction, sea = options(page, "gap-0"), options(page, "gap-2")
    posted = {"gap-0": direction["east"], "gap-1": "Veinna", "gap-2": sea["Adriatic"]}
    told = words(answer(client, page, posted))
    assert "Gaps: 2 of 3: 67 %" in told
    assert "direction right first capital right but for the spelling : you wrote Veinna , spelled Vienna" in told
    assert "sea wrong : you chose Adriatic" in told
    assert "Why not “Adriatic”? Mountains stand between." in told
    assert "Why not “west”?" not in told


# Figures, dates, words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("5 000", "Right"),
        ("4000", "Not right"),
        ("lots", "You wrote lots . That could not be read. A figure, such as 1,250, or words, such as twelve."),
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
    assert "It may be 10 metres off." in words(page)
    assert "Right when no further than 10 metres off." in words(answer(client, page, {"text": "4,800"}))


@pytest.mark.parametrize(
    ("fact", "mode", "help"),
    [
        ("day", "", "The day is asked, such as 17 May 1905."),
        ("year", ' inputmode="numeric"', "The year is asked, such as 1905."),
        ("figure", "", "A figure, such as 1,250"),
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
        ("28 April 1920", "You wrote 28 April 1920 . 27 April 1920 Close: year right , month right , day another"),
        ("27 May", "month another , day right"),
        ("April 1920", "Close, but not right The day is missing."),
        ("April 1920", "Close: year right , month right , day missing"),
        ("1920", "The month and the day are missing."),
        ("someday", "You wrote someday . That could not be read. The day is asked, such as 17 May 1905."),
    ],
)
def test_a_date_is_shown_part_by_part(client: FlaskClient, ask, text: str, told: str) -> None:
    assert told in words(answer(client, ask("day"), {"text": text}))


@pytest.mark.parametrize(
    ("text", "note"),
    [("28 May", "The year is missing."), ("1918", "The month and the day are missing."), ("28/5/1918", ""), ("no", "")],
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
    assert "Right, but for the spelling" in verdict
    assert f"You wrote <q>{bdi(text)}</q>, spelled {marked}." in verdict


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
    assert "You wrote <q>Khorskyy</q>, which I read as <em>Khorsky</em>." in answer(
        client, ask("name"), {"text": "Khorskyy"}
    )


@pytest.mark.parametrize(
    ("question", "field", "text", "noted"),
    [
        ("name", "text", "Fatali Khoyskin", "<q>Fatali Khoyskin</q>, and <em>khoyskin</em> is another word here."),
        ("mixed", "gap-1", "Vianna", "you wrote <q>Vianna</q>, which is another word here"),
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


# One right answer


def test_a_statement_shows_both_sides(client: FlaskClient, ask) -> None:
    told = words(answer(client, ask("statement"), {"picked": "true"}))
    assert "True wrong, your choice" in told
    assert "False right answer" in told


# Every kind

FIELDS = {
    "single": {"picked": "0"},
    "statement": {"picked": "true"},
    "several": {"pick-0": "1"},
    "order": {"place-0": "1", "place-1": "2"},
    "pairs": {"match-0": "0"},
    "gaps": {"gap-0": "fox"},
    "chosen": {"gap-0": "0"},
    "mixed": {"gap-0": "0", "gap-1": "Wien"},
    "name": {"text": "Khoyski"},
    "day": {"text": "27 April"},
    "figure": {"text": "5000"},
}


@pytest.mark.parametrize("key", FIELDS)
def test_i_do_not_know(client: FlaskClient, ask, key: str) -> None:
    """It outweighs whatever was filled in, and explains without counting."""
    verdict = answer(client, ask(key), FIELDS[key] | {"give-up": "1"})
    assert "Here is the answer" in verdict
    assert "How this is counted" not in verdict


@pytest.mark.parametrize("key", FIELDS)
def test_a_form_without_its_fields_says_i_do_not_know(client: FlaskClient, ask, key: str) -> None:
    assert "Here is the answer" in answer(client, ask(key), {})


@pytest.mark.parametrize(
    ("key", "posted"),
    [
        ("single", {"picked": "4"}),
        ("single", {"picked": "-1"}),
        ("single", {"picked": "the Mediterranean"}),
        ("statement", {"picked": "perhaps"}),
        ("order", {"place-0": "5"}),
        ("order", {"place-0": "first"}),
        ("pairs", {"match-0": "3"}),
        ("pairs", {"match-1": "²"}),
        ("gaps", {"gap-0": "x" * 1001}),
        ("chosen", {"gap-0": "3"}),
        ("chosen", {"gap-0": "hive"}),
        ("mixed", {"gap-0": "5"}),  # there are six options on the page, but three for this gap
        ("name", {"text": "x" * 1001}),
        ("day", {"text": "x" * 1001}),
        ("figure", {"text": "9" * 1001}),
        ("card", {"rating": "splendid"}),
    ],
)
def test_what_was_never_offered_is_refused_and_changes_nothing(
    app: Flask, client: FlaskClient, ask, key: str, posted: dict[str, str]
) -> None:
    page = ask(key)
    refused = post(client, page, posted)
    assert refused.status_code == 400
    assert "Go back, reload the page and try again." in refused.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Review)) == 0
    assert re.sub(r'value="[^"]{20,}"', "", ask(key)) == re.sub(r'value="[^"]{20,}"', "", page)


@pytest.mark.parametrize(
    ("key", "posted", "told"),
    [
        ("order", {f"place-{place}": "1" for place in range(4)}, "Concordant pairs: 0 of 6"),
        ("pairs", {f"match-{stem}": "0" for stem in range(9)}, "of 3"),
        ("several", {f"pick-{place}": "1" for place in range(20)}, "3 hits, 2 false alarms of 3: 33 %"),
        ("mixed", {"gap-1": "Wien", "gap-7": "0"}, "Gaps: 1 of 3"),
        ("figure", {"text": "9" * 300}, "That could not be read."),
    ],
)
def test_what_is_odd_is_graded_as_given(client: FlaskClient, ask, key: str, posted: dict[str, str], told: str) -> None:
    assert told in words(answer(client, ask(key), posted))


@pytest.mark.parametrize("key", ["single", "wordy", "several", "order", "pairs", "chosen", "mixed"])
def test_a_reload_shows_the_same_order(ask, key: str) -> None:
    pattern = r'choice__text"[^>]*>([^<]+)<|ordering__text"[^>]*>([^<]+)<|<option value="\d"[^>]*>([^<]+)<'
    first, again = (re.findall(pattern, ask(key)) for _ in range(2))
    assert first
    assert first == again
