"""Pictures in the question editor, and areas on them."""

import re
from io import BytesIO

import pytest
import write_lock
from editor import Author, edited, fields_of, text
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from quizapp.web import editor

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # it does not hang on the database


@pytest.fixture
def author(app: Flask) -> Author:
    return Author(app)


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
    assert "In the south (20% wide, 20% high, (removed: 50 ) (added: 55 ) % from the left, 60% from the top)" in history


FOUR_NUMBERS = "Type four percentages: left edge, top edge, width and height, such as 12 30 8 10."


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"area": ""}, "q-area", FOUR_NUMBERS),
        ({"area": "10 10 10"}, "q-area", FOUR_NUMBERS),
        ({"area": "10 10 10 10 10"}, "q-area", FOUR_NUMBERS),
        ({"area": "a b c d"}, "q-area", FOUR_NUMBERS),
        ({"area": "nan 10 10 10"}, "q-area", "Use numbers from 0 to 100."),
        ({"area": "1e999 10 10 10"}, "q-area", "Use numbers from 0 to 100."),
        ({"area": "10% 10 10 10"}, "q-area", FOUR_NUMBERS),
        ({"area": "-5 10 10 10"}, "q-area", "Use numbers from 0 to 100."),
        ({"area": "10 101 10 10"}, "q-area", "Use numbers from 0 to 100."),
        ({"area": "95 10 10 10"}, "q-area", "The area is not inside the picture."),
        ({"area": "10 10 1 10"}, "q-area", "An area must be at least 2% wide and high."),
        ({"where": ""}, "q-where", "Fill this in."),
        ({"distractors-0-where": ""}, "q-distractors-0-where", "Fill this in."),
        ({"distractors-0-area": "9 9"}, "q-distractors-0-area", FOUR_NUMBERS),
        ({"picture_alt": ""}, "q-picture_alt", "Fill this in."),
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
    assert "Two areas have the same description." in refused.text


@on_sqlite
def test_a_question_about_a_picture_needs_one(author: Author) -> None:
    form = fields_of(author.get("new/point")).type(prompt="Where is it?", **PLACES)
    refused = author.post("new/point", form, do="save")
    assert refused.status_code == 422
    assert "Choose a picture, and describe what it shows." in refused.text


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
    assert "can’t be opened as a picture" in refused.text
    assert fields_of(refused.text)["q-answer"] == "A map"
