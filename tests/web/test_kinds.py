"""Each question kind as a page: asked, answered without JavaScript, and explained; and what is no answer to it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from kind_pages import answer, boxes, options, places, post, shown, words
from sqlalchemy import func, select

from quizapp.extensions import db
from quizapp.models import Review

# Several right answers


def test_several_right_answers(client: FlaskClient, ask) -> None:
    page = ask("several")
    ticked = {boxes(page)[text]: "1" for text in ("Red", "Blue", "Yellow")}
    verdict = answer(client, page, ticked)
    assert "verdict--right" in verdict
    assert "How is this calculated?" not in verdict


def test_a_hit_and_a_false_alarm_are_counted_in_words(client: FlaskClient, ask) -> None:
    page = ask("several")
    verdict = answer(client, page, {boxes(page)[text]: "1" for text in ("Red", "Blue", "Green")})
    told = words(verdict)
    assert "Partly right" in told
    assert "Right ticks: 2 of 3, wrong ticks: 1 (33%)" in told
    assert "Each wrong tick cancels a right one" in told
    assert "(right ticks − wrong ticks) / right answers = (2 − 1) / 3" in told
    assert "Green is mixed." in told
    assert told.index("Green is mixed.") < told.index("Other options") < told.index("Violet is mixed.")


def test_each_option_is_marked_by_a_word(client: FlaskClient, ask) -> None:
    page = ask("several")
    verdict = words(answer(client, page, {boxes(page)[text]: "1" for text in ("Red", "Green")}))
    assert "Red right, you ticked it" in verdict
    assert "Blue right, but you didn’t tick it" in verdict
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
    assert "Pairs in order: 5 of 6 (83%)" in told
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
    assert "Right pairs: 1 of 3 (33%)" in told
    assert "Paris France right Rome Italy Spain wrong Milan Italy nothing chosen" in told


def test_it_is_said_that_things_are_left_over_and_may_be_shared(ask) -> None:
    legend = words(ask("pairs"))
    assert "You won’t need all the choices. A choice can fit several items." in legend
    assert "A choice can fit several items" not in words(ask("wordy-pairs"))


# Gaps


def test_gaps_stand_in_their_sentence(client: FlaskClient, ask) -> None:
    page = ask("gaps")
    assert "<em>quick</em>" in page
    assert "&lt;b&gt;" in page
    told = words(answer(client, page, {"gap-0": "foxx", "gap-1": "sleeps"}))
    assert "Not right" in told
    told = words(answer(client, ask("gaps"), {"gap-0": "fox", "gap-1": "sleeps"}))
    assert "Partly right" in told
    assert "Gaps right: 1 of 2 (50%)" in told
    assert "animal right what it does wrong You wrote sleeps ." in told


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
    assert "Gaps right: 2 of 3 (67%)" in told
    assert (
        "direction right first capital right, apart from the spelling You wrote Veinna . It’s spelled Vienna ." in told
    )
    assert "sea wrong You chose Adriatic ." in told
    assert "Why not “Adriatic”? Mountains stand between." in told
    assert "Why not “west”?" not in told


# One right answer


def test_a_statement_is_called_true_or_false(client: FlaskClient, ask) -> None:
    assert "Not right The statement is false ." in words(answer(client, ask("statement"), {"picked": "true"}))


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
    assert "How is this calculated?" not in verdict


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
        ("order", {f"place-{place}": "1" for place in range(4)}, "Pairs in order: 0 of 6"),
        ("pairs", {f"match-{stem}": "0" for stem in range(9)}, "of 3"),
        ("several", {f"pick-{place}": "1" for place in range(20)}, "Right ticks: 3 of 3, wrong ticks: 2 (33%)"),
        ("mixed", {"gap-1": "Wien", "gap-7": "0"}, "Gaps right: 1 of 3"),
        ("figure", {"text": "9" * 300}, "This can’t be read as a number."),
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
