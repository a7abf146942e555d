"""The editor of questions without JavaScript: every kind written and mended, what is wrong, rows, pictures."""

import re
from io import BytesIO
from typing import Any

import pytest
import write_lock
from editor import Author, edited, fields_of, text
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from quizapp.extensions import db
from quizapp.models import Fact, Question
from quizapp.web import editor

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it does not hang on the database


@pytest.fixture
def author(app: Flask) -> Author:
    return Author(app)


@pytest.fixture
def kinds(app: Flask) -> Author:
    """An author whose set has questions of every kind."""
    return Author(app, folder="kinds")


# Saving


@pytest.mark.both_databases
def test_it_works(author: Author) -> None:
    page = author.get("new/typed")
    assert "New question: typed answer" in text(page)
    form = fields_of(page)
    form.type(**{"prompt": "Which river is longest?", "answer": "Nile", "tags": "rivers, length"})
    saved = author.post("new/typed", form, do="save")
    assert saved.status_code == 303
    assert "Saved." in author.client.get(saved.location).text
    (body,) = author.bodies(author.last_id())
    assert (body["prompt"], body["answer"], body["explanation"]) == ("Which river is longest?", "Nile", "")
    with author.app.app_context():
        fact = db.session.get_one(Question, author.last_id()).fact
        assert (fact.statement, fact.topic, fact.tags) == (
            "Which river is longest? Nile",
            "dates",
            ["rivers", "length"],
        )
        assert (fact.key, fact.edited_at is None) == ("which-river-is-longest-nile", False)


@on_sqlite
@pytest.mark.parametrize("folder", ["sample", "kinds"])
def test_a_form_sent_back_as_it_came_changes_nothing(app: Flask, folder: str) -> None:
    author = Author(app, folder=folder)
    with app.app_context():
        ids = [q.id for q in db.session.query(Question).join(Fact).where(Fact.set_id == author.set_id)]
    assert len(ids) > 6
    for question_id in ids:
        sent = author.post(f"questions/{question_id}", edited(author, question_id), do="save")
        assert sent.status_code == 303, text(sent.text)
        assert "Nothing was changed" in author.client.get(sent.location).text
        assert len(author.bodies(question_id)) == 1


NEW: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "choice": (
        {"answer": "Ob", "distractors-0-text": "Po", "distractors-0-why_not": "In *Italy*.",
         "distractors-2-text": "Don", "distractors-2-misconception": "East and West"},
        {"answer": "Ob", "distractors": [
            {"text": "Po", "why_not": "In *Italy*.", "misconception": None},
            {"text": "Don", "why_not": "", "misconception": "east-and-west"}]},
    ),
    "true_false": ({"answer": "false"}, {"answer": False}),
    "multiple": (
        {"answers": "Ob\r\n\r\nPo", "distractors-1-text": "Etna"},
        {"answers": ["Ob", "Po"], "distractors": [{"text": "Etna", "why_not": "", "misconception": None}]},
    ),
    "typed": (
        {"answer": "Ob", "accept": "Обь\r\n", "reject": "Oka"},
        {"answer": "Ob", "accept": ["Обь"], "reject": ["Oka"]},
    ),
    "cloze": (
        {"text": "The {{one}} and the {{ other }}.", "gaps-0-gap": "one", "gaps-0-answer": "Ob", "gaps-1-gap": "other",
         "gaps-1-answer": "Po", "gaps-1-distractors-0-text": "Don", "gaps-1-distractors-1-text": "Etna"},
        {"gaps": {
            "one": {"answer": "Ob", "accept": [], "spellings_of": [], "reject": [], "distractors": []},
            "other": {"answer": "Po", "accept": [], "spellings_of": [], "reject": [], "distractors": [
                {"text": "Don", "why_not": "", "misconception": None},
                {"text": "Etna", "why_not": "", "misconception": None}]}}},
    ),
    "date": (
        {"answer": "27 April 1920", "precision": "day", "accept": "1920-04-28"},
        {"answer": "1920-04-27", "precision": "day", "accept": ["1920-04-28"]},
    ),
    "number": (
        {"answer": "3.142", "tolerance": "1,250", "unit": "men"},
        {"answer": "3.142", "tolerance": "1250", "unit": "men"},
    ),
    "ordering": (
        {"items-0": "First", "items-1": "Second\r\nAlso second", "items-3": "Third"},
        {"items": ["First", ["Second", "Also second"], "Third"]},
    ),
    "matching": (
        {"pairs-0-left": "Ob", "pairs-0-right": "Asia", "pairs-1-left": "Po", "pairs-1-right": "Europe",
         "extra": "Africa"},
        {"pairs": [{"left": "Ob", "right": "Asia"}, {"left": "Po", "right": "Europe"}], "extra": ["Africa"]},
    ),
    "flashcard": ({"answer": "The **Ob**."}, {"answer": "The **Ob**."}),
}  # fmt: skip


@pytest.mark.parametrize("kind", NEW)
def test_each_kind_is_written(author: Author, kind: str) -> None:
    typed, stored = NEW[kind]
    form = fields_of(author.get(f"new/{kind}"))
    form.type(prompt="A question?", **typed)
    saved = author.post(f"new/{kind}", form, do="save")
    assert saved.status_code == 303, text(saved.text)
    (body,) = author.bodies(author.last_id())
    assert body == body | stored | {"kind": kind, "prompt": "A question?"}
    unchanged = author.post(saved.location.split("/", 3)[3], fields_of(author.client.get(saved.location).text))
    assert "Nothing was changed" in author.client.get(unchanged.location).text


def test_an_edit_is_the_next_version_with_its_author(author: Author) -> None:
    question_id = author.question_id("nile-source-choice")
    author.post(f"questions/{question_id}", edited(author, question_id, prompt="Who named *it*?"), do="save")
    before, after = author.bodies(question_id)
    assert after == before | {"prompt": "Who named *it*?"}
    with author.app.app_context():
        version = db.session.get_one(Question, question_id).versions[-1]
        assert (version.number, version.author_id, version.bank_hash) == (2, author.id, None)


def test_the_next_question_begins_in_the_same_kind_and_topic(author: Author) -> None:
    question_id = author.question_id("nile-source-typed")
    saved = author.post(f"questions/{question_id}", edited(author, question_id, answer="Speke"), do="save-next")
    assert saved.location.endswith("/new/typed?topic=actors")
    assert fields_of(author.client.get(saved.location).text)["q-topic"] == "actors"


@pytest.mark.both_databases
def test_another_form_is_of_the_same_fact(author: Author) -> None:
    with author.app.app_context():
        fact = db.session.query(Fact).where(Fact.set_id == author.set_id, Fact.key == "nile-date").one()
        fact_id, statement = fact.id, fact.statement
    form = fields_of(author.get(f"new/number?fact={fact_id}"))
    form.type(**{"prompt": "In which year?", "answer": "1858"})
    assert author.post(f"new/number?fact={fact_id}", form, do="save").status_code == 303
    with author.app.app_context():
        question = db.session.get_one(Question, author.last_id())
        assert (question.fact_id, question.fact.statement, question.key) == (fact_id, statement, "nile-date-number")


def test_a_name_counts_in_every_spelling(author: Author) -> None:
    question_id = author.question_id("nile-source-typed")
    form = edited(author, question_id)
    assert (form["q-spellings_of-0"], form["q-accept"], form["q-reject"]) == ("speke", "", "")
    form["q-spellings_of-0"] = "burton"
    form["q-answer"] = "Richard Burton"
    author.post(f"questions/{question_id}", form, do="save")
    after = author.bodies(question_id)[-1]
    assert (after["accept"], after["spellings_of"]) == (["Burton", "Бёртон"], [])
    assert edited(author, question_id)["q-spellings_of-0"] == "burton"


# What is wrong


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "typed", "field", "said"),
    [
        ("choice", {"prompt": ""}, "q-prompt", "This cannot be left empty."),
        ("choice", {}, "q-answer", "This cannot be left empty."),
        ("choice", {"answer": "Ob", "distractors-1-why_not": "No."}, "q-distractors-1-text", "cannot be left empty"),
        ("choice", {"answer": "Ob", "distractors-0-text": "x" * 301}, "q-distractors-0-text", "at most 300 fit"),
        ("true_false", {}, None, "Choose one."),
        ("multiple", {"answers": "Ob"}, "q-answers", "At least 2 right answers, please."),
        ("date", {"answer": "last week", "precision": "day"}, "q-answer", "is not a date I can read"),
        ("date", {"answer": "1920", "precision": "day"}, "q-answer", "is not one date known to the day"),
        ("number", {"answer": "many"}, "q-answer", "Write a figure"),
        ("cloze", {"text": "No gap."}, "q-text", "Write at least one gap into the text"),
        ("cloze", {"text": "A {{gap}}."}, "q-gaps-0-answer", "cannot be left empty"),
        ("typed", {"answer": "Ob", "tags": "a|b"}, "q-tags", "A tag has no | in it."),
        ("matching", {"pairs-0-left": "Ob"}, "q-pairs-0-right", "cannot be left empty"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    author: Author, kind: str, typed: dict[str, str], field: str | None, said: str
) -> None:
    form = fields_of(author.get(f"new/{kind}"))
    form.type(**{"prompt": "A question?", "explanation": "Kept.", **typed})
    last = author.last_id()
    refused = author.post(f"new/{kind}", form, do="save")
    assert refused.status_code == 422
    errors = dict(re.findall(r'<p class="field__error" id="([\w-]+)-error">(.*?)</p>', refused.text))
    assert any(said in error for error in errors.values()), errors
    if field:
        assert said in errors[field]
    kept = fields_of(refused.text)
    assert {name: value for name, value in form.items() if value} == {
        name: value for name, value in kept.items() if value and name in form
    }
    assert author.last_id() == last


@on_sqlite
def test_a_kind_or_a_question_there_is_not(author: Author) -> None:
    assert author.client.get(author.path("new/poem")).status_code == 404
    assert author.client.get(author.path("questions/999999")).status_code == 404
    assert author.client.get(author.path("new/typed?fact=999999")).status_code == 404
    assert author.post("new/poem").status_code == 404
    assert author.post("drafts/discard", subject="nonsense").status_code == 404


@pytest.mark.both_databases
def test_a_question_of_another_set_is_not_found(author: Author, app: Flask) -> None:
    other = Author(app, "Rza")
    theirs = other.question_id("nile-date-date")
    assert author.client.get(author.path(f"questions/{theirs}")).status_code == 404
    for do in ("archive", "restore", "duplicate", "move", "history/1"):
        assert author.post(f"questions/{theirs}/{do}").status_code == 404
    assert len(other.bodies(theirs)) == 1


# Rows


@on_sqlite
def test_rows_are_added_and_removed_by_buttons(author: Author) -> None:
    form = fields_of(author.get("new/choice"))
    form.type(**{"prompt": "Which?", "distractors-0-text": "One", "distractors-1-text": "Two"})
    longer = fields_of(author.post("new/choice", form, do="add:distractors").text)
    assert (longer["q-distractors-1-text"], longer["q-distractors-3-text"]) == ("Two", "")
    longer["q-distractors-3-text"] = "Four"
    shorter = fields_of(author.post("new/choice", longer, do="remove:distractors-1").text)
    texts = [shorter.get(f"q-distractors-{row}-text") for row in range(4)]
    assert texts == ["One", "", "Four", None]
    assert shorter["q-prompt"] == "Which?"
    assert author.post("new/choice", longer, do="remove:nothing-x").status_code == 200


@on_sqlite
def test_the_gaps_follow_the_text_and_a_renamed_gap_keeps_what_it_wants(author: Author) -> None:
    form = fields_of(author.get("new/cloze"))
    form["q-text"] = "The {{one}} and the {{other}}."
    form = fields_of(author.post("new/cloze", form, do="gaps").text)
    assert [form["q-gaps-0-gap"], form["q-gaps-1-gap"]] == ["one", "other"]
    form.type(**{"gaps-0-answer": "Ob", "gaps-1-answer": "Po", "text": "The {{river}} and the {{other}}."})
    form = fields_of(author.post("new/cloze", form, do="add:gaps-0-distractors").text)
    assert [form["q-gaps-0-gap"], form["q-gaps-0-answer"], form["q-gaps-0-distractors-0-text"]] == ["river", "Ob", ""]
    assert form["q-gaps-1-answer"] == "Po"


# Pictures


def png(colour: str = "teal") -> BytesIO:
    data = BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "PNG")
    data.seek(0)
    return data


@pytest.mark.both_databases
def test_a_picture_is_kept_while_something_else_is_wrong_and_needs_words(author: Author) -> None:
    form = fields_of(author.get("new/typed"))
    form.type(**{"prompt": "What is this?"})
    refused = author.post("new/typed", [*form.items()], do="save", picture_file=(png(), "map.png"))
    assert refused.status_code == 422
    form = fields_of(refused.text)
    assert len(form["q-picture"]) == 64
    assert 'id="q-picture_alt-error"' in refused.text
    form.type(**{"answer": "A map", "picture_alt": "A map of a river."})
    assert author.post("new/typed", form, do="save").status_code == 303
    picture = author.bodies(author.last_id())[0]["picture"]
    assert picture == {"digest": form["q-picture"], "width": 40, "height": 30, "alt": "A map of a river."}
    form = fields_of(author.get(f"questions/{author.last_id()}"))
    form = fields_of(author.post(f"questions/{author.last_id()}", form, do="remove:picture").text)
    author.post(f"questions/{author.last_id()}", form, do="save")
    assert author.bodies(author.last_id())[1]["picture"] is None


PLACES = {
    "answer": "The island", "where": "In the north", "area": "10, 20.5 30 40",
    "distractors-0-text": "The harbour", "distractors-0-where": "In the south", "distractors-0-area": "50 60 20 20",
    "distractors-0-why_not": "Ships lie there.",
}  # fmt: skip


def new_map(author: Author, **typed: str) -> TestResponse:
    """What comes back for a new question about a picture."""
    form = fields_of(author.get("new/point")).type(prompt="Where is it?", **PLACES | typed)
    return author.post("new/point", [*form.items()], do="save", picture_file=(png(), "map.png"))


@pytest.mark.both_databases
def test_areas_on_a_picture_are_written(author: Author) -> None:
    assert new_map(author, picture_alt="A map.").status_code == 303
    (body,) = author.bodies(author.last_id())
    assert (body["answer"], body["where"], body["area"]) == ("The island", "In the north", [10, 20.5, 30, 40])
    assert body["distractors"] == [
        {"text": "The harbour", "why_not": "Ships lie there.", "misconception": None, "where": "In the south",
         "area": [50, 60, 20, 20]}
    ]  # fmt: skip
    question_id = author.last_id()
    form = edited(author, question_id, area="10 20.5 30 40.125", **{"distractors-0-area": "55 60 20 20"})
    assert author.post(f"questions/{question_id}", form, do="save").status_code == 303
    assert author.bodies(question_id)[1]["area"] == [10, 20.5, 30, 40.12]
    assert edited(author, question_id)["q-area"] == "10 20.5 30 40.12"
    history = text(author.get(f"questions/{question_id}/history"))
    assert (
        "In the south (20 % wide, 20 % high, (removed: 50 ) (added: 55 ) % from the left, 60 % from the top)" in history
    )


FOUR_NUMBERS = "Write four numbers in percent: left edge, top edge, width and height, such as 12 30 8 10."


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"area": ""}, "q-area", FOUR_NUMBERS),
        ({"area": "10 10 10"}, "q-area", FOUR_NUMBERS),
        ({"area": "10 10 10 10 10"}, "q-area", FOUR_NUMBERS),
        ({"area": "a b c d"}, "q-area", FOUR_NUMBERS),
        ({"area": "nan 10 10 10"}, "q-area", "Each number is from 0 to 100."),
        ({"area": "1e999 10 10 10"}, "q-area", "Each number is from 0 to 100."),
        ({"area": "10% 10 10 10"}, "q-area", FOUR_NUMBERS),
        ({"area": "-5 10 10 10"}, "q-area", "Each number is from 0 to 100."),
        ({"area": "10 101 10 10"}, "q-area", "Each number is from 0 to 100."),
        ({"area": "95 10 10 10"}, "q-area", "The area is not inside the picture."),
        ({"area": "10 10 1 10"}, "q-area", "An area is at least 2 % wide and high."),
        ({"where": ""}, "q-where", "This cannot be left empty."),
        ({"distractors-0-where": ""}, "q-distractors-0-where", "This cannot be left empty."),
        ({"distractors-0-area": "9 9"}, "q-distractors-0-area", FOUR_NUMBERS),
        ({"picture_alt": ""}, "q-picture_alt", "This cannot be left empty."),
    ],
)
def test_what_is_wrong_with_an_area_is_said_beside_it(
    author: Author, typed: dict[str, str], field: str, said: str
) -> None:
    refused = new_map(author, **{"picture_alt": "A map."} | typed)
    assert refused.status_code == 422
    errors = dict(re.findall(r'<p class="field__error" id="([\w-]+)-error">(.*?)</p>', refused.text))
    assert errors == {field: said}


@on_sqlite
def test_two_areas_in_the_same_words_are_refused(author: Author) -> None:
    refused = new_map(author, picture_alt="A map.", where="in the South")
    assert refused.status_code == 422
    assert "Two areas are described in the same words." in refused.text


@on_sqlite
def test_a_question_about_a_picture_needs_one(author: Author) -> None:
    form = fields_of(author.get("new/point")).type(prompt="Where is it?", **PLACES)
    refused = author.post("new/point", form, do="save")
    assert refused.status_code == 422
    assert "Choose a picture, and say what it shows." in refused.text


@on_sqlite
def test_a_picture_is_decoded_before_the_transaction(
    author: Author, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = write_lock.watch(monkeypatch, database_url, editor, "encode_picture")
    form = fields_of(author.get("new/typed")).type(prompt="What is this?", answer="A map", picture_alt="A map.")
    posted = author.post("new/typed", [*form.items()], do="save", picture_file=(png(), "map.png"))
    assert (posted.status_code, decoded) == (303, [True])


def test_what_is_no_picture_is_refused_with_a_reason(author: Author) -> None:
    form = fields_of(author.get("new/typed"))
    form.type(**{"prompt": "What is this?", "answer": "A map"})
    refused = author.post("new/typed", [*form.items()], do="save", picture_file=(BytesIO(b"GIF89a"), "map.png"))
    assert refused.status_code == 422
    assert "not a picture that can be opened" in refused.text
    assert fields_of(refused.text)["q-answer"] == "A map"


def test_a_topic_a_passage_or_a_name_that_is_not_there_is_let_go_of(author: Author) -> None:
    form = edited(author, author.question_id("nile-source-typed"), topic="gone", **{"spellings_of-0": "nobody"})
    form.setlist("q-passages", ["1", "99", "x"])
    saved = author.post(f"questions/{author.question_id('nile-source-typed')}", form, do="save")
    assert saved.status_code == 303
    with author.app.app_context():
        fact = db.session.get_one(Question, author.question_id("nile-source-typed")).fact
        assert (fact.topic, fact.passages) == ("dates", [1])


@on_sqlite
@pytest.mark.parametrize("typed", ["[" * 100_000, "5", '[["a"]]', "{"])
def test_what_is_no_form_is_refused(author: Author, typed: str) -> None:
    assert author.post("draft", typed=typed).status_code == 400


@on_sqlite
@pytest.mark.parametrize("base", ["", "x", "-1", "9" * 30])
def test_a_base_that_is_none_is_a_conflict(author: Author, base: str) -> None:
    question_id = author.question_id("nile-source-typed")
    form = edited(author, question_id, base=base, fact_base=base, prompt="Mended?")
    assert author.post(f"questions/{question_id}", form, do="save").status_code == 409


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800"])
def test_a_character_that_cannot_be_stored_is_refused_in_what_is_tried_too(author: Author, odd: str) -> None:
    typed = f'[["q-prompt", "A{odd} question?"]]'
    answer = author.post("try/typed", typed=typed)
    assert answer.status_code == 400
    assert "invisible character" in answer.text
