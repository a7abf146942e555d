"""The pages that take sets in and give them out."""

from base64 import b64encode
from html import unescape
from io import BytesIO

import pytest
import write_lock
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, sign_up
from PIL import Image
from sqlalchemy import func, select
from uploads import LIST, carried, count_questions, upload
from werkzeug.test import TestResponse
from workbooks import xlsx_of

from quizapp.core.formats.format import MAX_UPLOAD
from quizapp.core.formats.registry import FORMATS
from quizapp.extensions import db
from quizapp.models import QuestionSet
from quizapp.services import import_export
from quizapp.services.editor import pictures


def take(client: FlaskClient, path: str, page: TestResponse, **changed: str) -> TestResponse:
    return client.post(path, data=carried(page) | changed, content_type="multipart/form-data")


def test_a_downloaded_set_is_kept_by_no_cache(client: FlaskClient, set_id: int) -> None:
    with client.get(f"/sets/{set_id}/export/csv") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Expires" not in answer.headers


def test_a_file_is_shown_first_and_then_taken(app: Flask, client: FlaskClient, set_id: int) -> None:
    shown = upload(client, f"/sets/{set_id}/import", LIST, topic="depth")
    assert shown.status_code == 200
    assert "New questions (2)" in shown.text
    assert count_questions(app, set_id) == 2
    taken = take(client, f"/sets/{set_id}/import/take", shown)
    assert (taken.status_code, taken.headers["Location"]) == (303, f"/sets/{set_id}")
    assert count_questions(app, set_id) == 4
    again = upload(client, f"/sets/{set_id}/import", LIST, topic="depth")
    assert "There is nothing to import" in again.text
    assert "Nothing is saved yet" not in again.text


def test_text_is_pasted(app: Flask, client: FlaskClient, set_id: int) -> None:
    shown = upload(client, f"/sets/{set_id}/import", pasted=LIST.decode(), topic="width")
    assert "The pasted text was read as TSV" in shown.text
    assert take(client, f"/sets/{set_id}/import/take", shown).status_code == 303
    assert count_questions(app, set_id) == 4


def test_a_file_becomes_a_set_of_its_own(app: Flask, client: FlaskClient, set_id: int) -> None:
    shown = upload(client, "/sets/import", LIST, title="Great rivers")
    assert "Create set" in shown.text
    with app.app_context():
        assert db.session.scalar(select(func.count(QuestionSet.id))) == 2  # the sample and hers
    taken = take(client, "/sets/import/take", shown)
    made = int(taken.headers["Location"].removeprefix("/sets/"))
    with app.app_context():
        row = db.session.get_one(QuestionSet, made)
        assert (row.title, row.visibility) == ("Great rivers", "private")
    assert count_questions(app, made) == 2


def test_a_set_that_changed_meanwhile_is_looked_at_again(app: Flask, client: FlaskClient, set_id: int) -> None:
    first = upload(client, f"/sets/{set_id}/import", LIST, topic="depth")
    assert take(client, f"/sets/{set_id}/import/take", first).status_code == 303
    late = take(client, f"/sets/{set_id}/import/take", first)
    assert late.status_code == 409
    assert "have changed since you saw the preview" in late.text
    assert count_questions(app, set_id) == 4


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "", "Choose a file, or paste text below."),
        (b"{}", "a.json", "This is not a question set"),
        (b"- key: [", "a.yaml", "bracket is opened and never closed."),
        (b"\x00\x01\x02", "a.bin", "Line 1: This is not a text file."),
        ("ə\n\n".encode() + b"\xfa", "a.csv", "Line 3: This line has a character that isn’t UTF-8"),
        (b"PK\x03\x04broken", "a.zip", "The archive is damaged."),
    ],
)
def test_what_cannot_be_read_is_shown_at_its_field(
    client: FlaskClient, set_id: int, data: bytes, name: str, told: str
) -> None:
    refused = upload(client, f"/sets/{set_id}/import", data, name, topic="depth")
    assert refused.status_code == 422
    assert told in unescape(refused.text)


@pytest.mark.parametrize("chosen", [{}, {"format": "csv"}])
def test_a_file_that_is_something_else_says_what_to_do(
    client: FlaskClient, set_id: int, chosen: dict[str, str]
) -> None:
    refused = upload(client, f"/sets/{set_id}/import", b"%PDF-1.7\n", "list.csv", topic="depth", **chosen)
    assert refused.status_code == 422
    assert "A PDF can’t be read. Copy its text and paste it." in unescape(refused.text)


def test_a_workbook_is_imported(app: Flask, client: FlaskClient, set_id: int) -> None:
    data = xlsx_of([["question", "answer"], ["Which lake is the deepest?", "Baikal"], ["And the largest?", "Caspian"]])
    shown = upload(client, f"/sets/{set_id}/import", data, "lakes.xlsx", topic="depth")
    before = count_questions(app, set_id)
    assert take(client, f"/sets/{set_id}/import/take", shown).status_code == 303
    assert count_questions(app, set_id) == before + 2


def test_pasted_text_that_cannot_be_read_is_kept(client: FlaskClient, set_id: int) -> None:
    refused = upload(client, f"/sets/{set_id}/import", pasted='{"typed": "with care"}', topic="depth", format="json")
    assert refused.status_code == 422
    assert '{"typed": "with care"}' in unescape(refused.text)


def test_a_file_over_the_limit_is_refused_with_the_limit(client: FlaskClient, set_id: int) -> None:
    over = upload(client, f"/sets/{set_id}/import", b"a" * (MAX_UPLOAD + 1), topic="depth")
    assert over.status_code == 422
    assert "larger than 20 MB" in over.text
    far_over = upload(client, f"/sets/{set_id}/import", b"a" * (2 * MAX_UPLOAD), topic="depth")
    assert far_over.status_code == 413
    assert "up to 20 MB" in far_over.text


def test_other_pages_take_no_more_than_before(client: FlaskClient, set_id: int) -> None:
    sent = {"csrf_token": security_token(client), "title": "a" * 300_000}
    assert client.post("/sets/new", data=sent).status_code == 413


@pytest.mark.parametrize(
    "changed",
    [{"packed": ""}, {"packed": "!!"}, {"packed": "AAAA"}, {"format": "exe"}, {"packed": "eJwDAAAAAAE="}],
)
def test_a_form_that_was_tampered_with_takes_nothing(
    app: Flask, client: FlaskClient, set_id: int, changed: dict[str, str]
) -> None:
    shown = upload(client, f"/sets/{set_id}/import", LIST, topic="depth")
    assert take(client, f"/sets/{set_id}/import/take", shown, **changed).status_code == 400
    assert count_questions(app, set_id) == 2


def test_strangers_and_guests_import_nothing(app: Flask, client: FlaskClient, set_id: int) -> None:
    shown = upload(client, f"/sets/{set_id}/import", LIST, topic="depth")
    stranger = app.test_client()
    sign_up(stranger, "Rauf")
    fields = carried(shown) | {"csrf_token": security_token(stranger)}
    assert stranger.get(f"/sets/{set_id}/import").status_code == 404
    assert stranger.post(f"/sets/{set_id}/import/take", data=fields).status_code == 404
    assert app.test_client().get(f"/sets/{set_id}/import").status_code == 303
    assert app.test_client().get("/sets/import").status_code == 303


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_downloaded(client: FlaskClient, set_id: int, name: str) -> None:
    page = client.get(f"/sets/{set_id}/export", query_string={"format": name})
    assert page.status_code == 200
    assert f'href="/sets/{set_id}/export/{name}"' in page.text
    got = client.get(f"/sets/{set_id}/export/{name}")
    assert got.status_code == 200
    assert got.headers["Content-Disposition"] == f"attachment; filename=lakes.{FORMATS[name].extension}"
    held = name != "aiken"  # which has nothing for a typed answer
    assert (b"lake 1" in got.data or got.data[:2] == b"PK") is held


def test_what_a_format_leaves_out_is_counted(client: FlaskClient, set_id: int) -> None:
    page = client.get(f"/sets/{set_id}/export?format=aiken").text
    assert "Aiken: 0 questions" in page
    assert "Aiken only has questions with one right answer among several." in page


def test_who_may_not_read_a_set_exports_nothing(app: Flask, client: FlaskClient, set_id: int) -> None:
    for path in (f"/sets/{set_id}/export", f"/sets/{set_id}/export/csv"):
        assert app.test_client().get(path).status_code == 404
    assert client.get(f"/sets/{set_id}/export/exe").status_code == 404


def test_what_a_file_says_is_shown_as_text(client: FlaskClient, set_id: int) -> None:
    hostile = b"<script>alert(1)</script>\t<img src=x onerror=alert(1)>\n=1+1\t\n"
    shown = upload(client, f"/sets/{set_id}/import", hostile, name="<b>.tsv", topic="depth")
    assert "<script>alert" not in shown.text
    assert "<img src=x" not in shown.text
    assert "<b>.tsv" not in shown.text


MOODLE = b"""<quiz><question type="shortanswer"><questiontext format="html">
<text><![CDATA[<p>What is this? <img src="@@PLUGINFILE@@/a.png" alt="A map"></p>]]></text>
<file name="a.png" encoding="base64">%s</file></questiontext>
<answer fraction="100"><text>A map</text></answer></question></quiz>"""


def with_picture(width: int, height: int) -> bytes:
    data = BytesIO()
    Image.new("1", (width, height)).save(data, "PNG")
    return MOODLE % b64encode(data.getvalue())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_files_are_read_decoded_and_compared_before_the_transaction(
    client: FlaskClient, set_id: int, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = write_lock.watch(monkeypatch, database_url, import_export, "parse_upload")
    decoded = write_lock.watch(monkeypatch, database_url, import_export, "encode_picture")
    planned = write_lock.watch(monkeypatch, database_url, import_export, "_plan")
    stored = write_lock.watch(monkeypatch, database_url, pictures, "store_picture")
    shown = upload(client, f"/sets/{set_id}/import", with_picture(40, 30), "a.xml", topic="depth")
    assert "New questions (1)" in shown.text
    assert (read, decoded, planned, stored) == ([True], [True], [True], [])
    assert take(client, f"/sets/{set_id}/import/take", shown).status_code == 303
    assert (read, decoded, planned, stored) == ([True] * 2, [True] * 2, [True] * 2, [False])
    assert take(client, f"/sets/{set_id}/import/take", shown).status_code == 409  # and planned once more, as it is now
    assert (read, decoded, planned, stored) == ([True] * 3, [True] * 3, [True] * 4, [False])


def test_pictures_with_too_many_pixels_together_are_not_decoded(
    client: FlaskClient, set_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_export, "MAX_TOTAL_PIXELS", 1_000_000)
    monkeypatch.setattr(import_export, "encode_picture", None)
    refused = upload(client, f"/sets/{set_id}/import", with_picture(1001, 1000), "a.xml", topic="depth")
    assert refused.status_code == 422
    assert "more than 1 million pixels in total" in refused.text


def test_pictures_that_take_too_long_are_given_up(
    client: FlaskClient, set_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_export, "MAX_SECONDS", -1)
    refused = upload(client, f"/sets/{set_id}/import", with_picture(40, 30), "a.xml", topic="depth")
    assert refused.status_code == 422
    assert "The pictures take too long to read" in refused.text
