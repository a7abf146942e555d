"""The editor of questions without JavaScript: every kind written and mended, what is wrong, rows, pictures."""

import re
from typing import Any

import pytest
from editor import Author, edited, fields_of, text
from flask import Flask

from quizapp.extensions import db
from quizapp.models import Fact, Question, QuestionSet

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
        assert "No changes to save" in author.client.get(sent.location).text
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
    assert "No changes to save" in author.client.get(unchanged.location).text


def test_what_is_typed_for_a_new_misconception_is_its_title(author: Author) -> None:
    form = fields_of(author.get("new/choice"))
    form.type(prompt="A question?", **NEW["choice"][0])
    author.post("new/choice", form, do="save")
    question_id = author.last_id()
    assert 'value="East and West"' in author.get(f"questions/{question_id}")
    again = edited(author, question_id, **{"distractors-1-misconception": "Burton and Speke, mixed up"})
    author.post(f"questions/{question_id}", again, do="save")
    with author.app.app_context():
        titles = db.session.get_one(QuestionSet, author.set_id).header["misconceptions"]
    assert titles["east-and-west"] == "East and West"
    assert titles["burton-and-speke-mixed-up"] == "Burton and Speke, mixed up"


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
        ("choice", {"prompt": ""}, "q-prompt", "Fill this in."),
        ("choice", {}, "q-answer", "Fill this in."),
        ("choice", {"answer": "Ob", "distractors-1-why_not": "No."}, "q-distractors-1-text", "Fill this in."),
        ("choice", {"answer": "Ob", "distractors-0-text": "x" * 301}, "q-distractors-0-text", "Use at most 300."),
        ("true_false", {}, None, "Choose one."),
        ("multiple", {"answers": "Ob"}, "q-answers", "Add at least 2 right answers."),
        ("date", {"answer": "last week", "precision": "day"}, "q-answer", "“last week” is not a date"),
        ("date", {"answer": "1920", "precision": "day"}, "q-answer", "is not a single date with a day"),
        ("number", {"answer": "many"}, "q-answer", "Type a number"),
        ("cloze", {"text": "No gap."}, "q-text", "Put at least one gap in the text"),
        ("cloze", {"text": "A {{gap}}."}, "q-gaps-0-answer", "Fill this in."),
        ("typed", {"answer": "Ob", "tags": "a|b"}, "q-tags", "A tag can’t contain |."),
        ("matching", {"pairs-0-left": "Ob"}, "q-pairs-0-right", "Fill this in."),
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
