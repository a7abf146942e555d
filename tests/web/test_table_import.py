"""Tables are imported with a mapping of their columns, and with decisions about rows that have a problem."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from editor import text
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, sign_up
from PIL import Image
from sqlalchemy import select
from study import NOON
from uploads import ROLES, TABLE, count_questions, send_preview, sent, upload
from werkzeug.test import TestResponse
from workbooks import xlsx
from xlsxwriter import Workbook

from quizapp.core.formats.registry import FORMATS
from quizapp.core.formats.tables.table import MAX_COLUMNS
from quizapp.core.kinds import KIND_NAMES, parse_question
from quizapp.core.sets.files import read_set
from quizapp.extensions import db
from quizapp.models import Fact, QuestionSet
from quizapp.services.sets import import_preview

KINDS_DATA = Path(__file__).parents[1] / "data" / "kinds"


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (800, 600), "red").save(out, "PNG")
    return out.getvalue()


PNG = png()


def begin(client: FlaskClient, set_id: int, table: str = TABLE) -> TestResponse:
    """Upload a table."""
    return upload(client, f"/sets/{set_id}/import", table.encode(), "flüsse.csv", topic="depth")


def preview(client: FlaskClient, set_id: int, page: TestResponse, **changed: str) -> TestResponse:
    return send_preview(client, f"/sets/{set_id}/import/preview", page, **changed)


def take(client: FlaskClient, set_id: int, page: TestResponse, **changed: str) -> TestResponse:
    return send_preview(client, f"/sets/{set_id}/import/take", page, **changed)


def mapped(client: FlaskClient, set_id: int, table: str = TABLE, **changed: str) -> TestResponse:
    """The preview of a table with its columns mapped."""
    return preview(client, set_id, begin(client, set_id, table), **ROLES | changed)


def decisions(page: TestResponse) -> dict[str, list[tuple[str, str]]]:
    """The decisions that a preview offers about each row: values and labels."""
    menus = re.findall(r'<select name="(row-\d+)"(.*?)</select>', page.text, re.S)
    return {name: re.findall(r'<option value="([^"]*)">([^<]+)', menu)[1:] for name, menu in menus}


def many_open_rows(number: int) -> str:
    heading, first, *_ = TABLE.splitlines()
    rows = [f"{i},Frage {i}?,Nil {i},Kongo {i},Niger {i},E," for i in range(number)]
    return "\n".join([heading, first, *rows])


def test_unknown_columns_are_mapped_and_rows_decided_before_the_import(
    app: Flask, client: FlaskClient, set_id: int
) -> None:
    columns = begin(client, set_id)
    assert "Check what each column contains" in columns.text
    assert 'aria-label="Column 2, Frage"' in columns.text
    assert "New questions" not in columns.text
    shown = preview(client, set_id, columns, **ROLES)
    assert shown.status_code == 200
    assert "New questions (2)" in shown.text
    assert "Rows to decide about (1)" in shown.text
    assert "import/take" not in shown.text
    ((row, choices),) = decisions(shown).items()
    assert row == "row-4"
    (right,) = (value for value, label in choices if "Elbe" in label)
    ready = preview(client, set_id, shown, row_4=right)
    assert "New questions (3)" in ready.text
    assert "You decided about 1 row." in ready.text
    taken = take(client, set_id, ready)
    assert (taken.status_code, taken.headers["Location"]) == (303, f"/sets/{set_id}")
    assert count_questions(app, set_id) == 5
    with app.app_context():
        facts = db.session.scalars(select(Fact).where(Fact.set_id == set_id).order_by(Fact.id)).all()
        bodies = [fact.questions[0].versions[-1].body for fact in facts[-3:]]
    assert [body["answer"] for body in bodies] == ["Nil", "Donau", "Elbe"]
    assert bodies[0]["explanation"] == "Rund 6650 km"


def test_a_row_with_two_problems_is_decided_twice(client: FlaskClient, set_id: int) -> None:
    table = "question,a,b,c,answer\nLongest?,Nile,Volga,Kura,Nile\nCapital?,Rome,Oslo,OSLO,\nAnd this?,x,y,z,\n"
    first = begin(client, set_id, table)
    both = decisions(first)
    second = preview(client, set_id, first, row_3=both["row-3"][0][0])
    assert "The option “OSLO” is there twice." in second.text
    assert list(decisions(second)) == ["row-3", "row-4"]
    third = preview(client, set_id, second, row_4=both["row-4"][0][0])  # the first decision about line 3 is kept
    ((row, choices),) = decisions(third).items()
    assert row == "row-3"
    assert "New questions (3)" in preview(client, set_id, third, row_3=choices[0][0]).text


def test_a_mapping_is_remembered_for_the_next_table_of_the_set(app: Flask, client: FlaskClient, set_id: int) -> None:
    take(client, set_id, preview(client, set_id, mapped(client, set_id), skip_open="1"))
    next_table = TABLE.replace("Hamburg?,Elbe,Oder,Weser,E", "Wien?,Donau,Oder,Weser,A")
    shown = begin(client, set_id, next_table)
    assert "New questions (1)" in shown.text
    assert "Check what each column contains" not in shown.text
    assert sent(shown)["role-5"] == "right:letter"
    other = upload(client, "/sets/import", next_table.encode(), "a.csv", title="Another set")
    assert "Check what each column contains" in other.text


def test_a_new_set_is_made_of_a_mapped_table(app: Flask, client: FlaskClient, set_id: int) -> None:
    columns = upload(client, "/sets/import", TABLE.encode(), "flüsse.csv", title="Great rivers")
    shown = send_preview(client, "/sets/import/preview", columns, **ROLES)
    ready = send_preview(client, "/sets/import/preview", shown, skip_open="1")
    assert "Create set" in ready.text
    taken = send_preview(client, "/sets/import/take", ready)
    made = int(taken.headers["Location"].removeprefix("/sets/"))
    assert count_questions(app, made) == 2
    with app.app_context():
        row = db.session.get_one(QuestionSet, made)
        assert row.title == "Great rivers"
        assert row.column_mapping is not None


def test_a_wrong_mapping_comes_back_with_what_was_chosen(client: FlaskClient, set_id: int) -> None:
    wrong = preview(client, set_id, begin(client, set_id), **ROLES | {"role-5": ""})
    assert wrong.status_code == 422
    assert "Choose the column with the right answer." in wrong.text
    assert {name: value for name, value in sent(wrong).items() if name in ROLES} == ROLES | {"role-5": ""}
    twice = preview(client, set_id, wrong, role_5="right:letter", role_6="right")
    assert twice.status_code == 422
    assert "New questions (2)" in preview(client, set_id, twice, role_6="").text


def test_open_rows_are_left_out_together_and_that_can_be_undone(app: Flask, client: FlaskClient, set_id: int) -> None:
    left_out = preview(client, set_id, mapped(client, set_id), skip_open="1")
    assert "Skipped questions (1)" in left_out.text
    again = preview(client, set_id, left_out, forget="1")
    assert "Rows to decide about (1)" in again.text
    assert take(client, set_id, left_out).status_code == 303
    assert count_questions(app, set_id) == 4


def test_nothing_is_imported_while_a_row_is_open(app: Flask, client: FlaskClient, set_id: int) -> None:
    refused = take(client, set_id, mapped(client, set_id))
    assert refused.status_code == 422
    assert "Nothing was imported yet." in refused.text
    assert "Rows to decide about (1)" in refused.text
    assert take(client, set_id, begin(client, set_id)).status_code in (409, 422)
    assert count_questions(app, set_id) == 2


def test_only_so_many_open_rows_are_shown_at_once(app: Flask, client: FlaskClient, set_id: int) -> None:
    table = many_open_rows(250)
    shown = mapped(client, set_id, table)
    assert "Rows to decide about (250)" in shown.text
    assert "50 more rows have problems." in shown.text
    leave_out = {name.replace("-", "_"): choices[-1][0] for name, choices in decisions(shown).items()}
    assert len(leave_out) == 200
    rest = preview(client, set_id, shown, **leave_out)
    assert "Rows to decide about (50)" in rest.text
    assert len(decisions(rest)) == 50
    ready = preview(client, set_id, rest, skip_open="1")
    assert "Skipped questions (250)" in ready.text
    assert take(client, set_id, ready).status_code == 303
    assert count_questions(app, set_id) == 3


def test_decisions_count_only_for_the_mapping_they_were_made_about(client: FlaskClient, set_id: int) -> None:
    shown = mapped(client, set_id)
    ((_, choices),) = decisions(shown).items()
    other = preview(client, set_id, shown, row_4=choices[0][0], role_2="wrong", role_3="wrong", role_4="option")
    assert other.status_code == 422
    back = preview(client, set_id, other, **ROLES)
    assert "Rows to decide about (1)" in back.text


def test_choices_that_the_preview_does_not_show_are_shown_first(app: Flask, client: FlaskClient, set_id: int) -> None:
    ready = mapped(client, set_id, TABLE.replace("E,", "A,"))
    refused = take(client, set_id, ready, role_6="")
    assert refused.status_code == 409
    assert "your choices have changed since you saw the preview" in refused.text
    assert count_questions(app, set_id) == 2
    assert take(client, set_id, refused).status_code == 303


def test_200_columns_can_be_mapped(client: FlaskClient, set_id: int) -> None:
    table = "\n".join(
        ",".join(f"{name} {number}" for number in range(MAX_COLUMNS)) for name in ("Feld", "Wert", "Rest")
    )
    columns = begin(client, set_id, table)
    assert columns.text.count('<select name="role-') == MAX_COLUMNS
    cleared = {f"role_{number}": "" for number in range(MAX_COLUMNS)}
    mapping = cleared | {"role_198": "question", "role_199": "right", "heading": "1"}
    shown = preview(client, set_id, columns, **mapping)
    assert "Wert 198" in shown.text
    assert "New questions (2)" in shown.text


@pytest.mark.parametrize(
    "hostile",
    [
        {"role-0": "owner"},
        {"role-0": "q" * 30},
        {"heading": "99"},
        {"heading": "-1"},
        {"heading": "one"},
        {"encoding": "rot13"},
        {"separator": "x"},
        {"sheet": "s" * 201},
        {"row-4": "x" * 21},
        {f"row-{line}": "skip" for line in range(1_001)},
        {"packed": ""},
        {"packed": "eJwDAAAAAAE="},
        {"packed": "eJyrrgUAAXUA+Q==", "format": "json"},
    ],
)
def test_what_no_page_offers_is_refused(app: Flask, client: FlaskClient, set_id: int, hostile: dict[str, str]) -> None:
    shown = mapped(client, set_id)
    for path in ("preview", "take"):
        fields = sent(shown) | hostile | {"csrf_token": security_token(client)}
        answer = client.post(f"/sets/{set_id}/import/{path}", data=fields, content_type="multipart/form-data")
        assert answer.status_code == 400
    assert count_questions(app, set_id) == 2


@pytest.mark.parametrize(
    "odd",
    [
        {"row-999999": "skip"},
        {"row-4": "nothing of the kind"},
        {"role-250": "question"},
        {"heading": "20"},
        {"heading": ""},
        {"sheet": "No such sheet"},
        {"encoding": "utf-16-le"},
    ],
)
def test_what_fits_no_row_or_column_does_no_harm(client: FlaskClient, set_id: int, odd: dict[str, str]) -> None:
    fields = sent(mapped(client, set_id)) | odd | {"csrf_token": security_token(client)}
    answer = client.post(f"/sets/{set_id}/import/preview", data=fields, content_type="multipart/form-data")
    assert answer.status_code in (200, 422)


def test_strangers_preview_nothing_again(app: Flask, client: FlaskClient, set_id: int) -> None:
    shown = mapped(client, set_id)
    stranger = app.test_client()
    sign_up(stranger, "Rauf")
    fields = sent(shown) | {"csrf_token": security_token(stranger)}
    assert stranger.post(f"/sets/{set_id}/import/preview", data=fields).status_code == 404
    without_token = client.post(f"/sets/{set_id}/import/preview", data=sent(shown))
    assert without_token.status_code == 400


def test_every_kind_of_question_is_shown_with_its_answer(client: FlaskClient, set_id: int) -> None:
    source, _ = read_set(KINDS_DATA)
    assert source
    picture = {"digest": sha256(PNG).hexdigest(), "width": 800, "height": 600, "alt": "A red field"}
    facts = [
        fact.model_copy(
            update={"questions": [parse_question(q.model_dump() | {"picture": picture}) for q in fact.questions]}
        )
        for fact in source.facts
    ]
    archive = FORMATS["yaml"].write(replace(source, facts=tuple(facts)), {picture["digest"]: PNG}, now=NOON)
    shown = upload(client, f"/sets/{set_id}/import", archive.data, "kinds.zip", topic="depth")
    assert shown.status_code == 200
    questions = shown.text.split('class="imported__prompt"')[1:]
    assert len(questions) == sum(len(fact.questions) for fact in facts)
    for label in KIND_NAMES.values():
        assert f'<p class="fine">{label} ' in shown.text
    for question in questions:
        assert "right answer" in question or "Model answer" in question
        assert re.search(r'src="data:image/webp;base64,[^"]{50,4000}"', question)
    assert "/pictures/" not in shown.text  # where they will be once they are stored


def test_only_so_many_new_pictures_are_shown(client: FlaskClient, set_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_preview, "MOST_PICTURES", 0)
    xml = f"""<quiz><question type="shortanswer"><name><text>Colour</text></name><questiontext format="html">
      <text><![CDATA[<p>Which colour? <img src="@@PLUGINFILE@@/red.png" alt="A field"></p>]]></text>
      <file name="red.png" encoding="base64">{b64encode(PNG).decode()}</file></questiontext>
      <answer fraction="100"><text>Red</text></answer></question></quiz>"""
    shown = upload(client, f"/sets/{set_id}/import", xml.encode(), "red.xml", topic="depth")
    assert "Picture: A field" in text(shown.text)
    assert "<img" not in shown.text


def test_a_table_is_read_again_in_another_encoding(client: FlaskClient, set_id: int) -> None:
    data = TABLE.replace("Lösung", "Ответ").replace("längste", "самый").replace("fließt", "течёт").replace("mündet", "")
    columns = upload(client, f"/sets/{set_id}/import", data.encode("cp1251"), "a.csv", topic="depth")
    russian = preview(client, set_id, columns, encoding="cp1251")
    assert "Ответ" in russian.text
    assert sent(russian)["encoding"] == "cp1251"
    wrong = preview(client, set_id, russian, encoding="cp1252")
    assert "Ответ" not in wrong.text
    kept = preview(client, set_id, preview(client, set_id, wrong, **ROLES), encoding="cp1251")
    assert "самый" in kept.text
    assert "New questions (2)" in kept.text


def test_another_separator_gives_other_columns(client: FlaskClient, set_id: int) -> None:
    columns = upload(
        client, f"/sets/{set_id}/import", b"run,to move; go fast\nwalk,to go; slowly\n", "a.csv", topic="depth"
    )
    assert sent(columns)["separator"] == "semicolon"
    shown = preview(client, set_id, columns, separator="comma")
    assert (sent(shown)["role-0"], sent(shown)["role-1"]) == ("question", "right")
    assert "to move; go fast" in preview(client, set_id, shown, heading="0").text
    back = preview(client, set_id, shown, separator="semicolon")
    assert "go fast" in back.text
    assert sent(back)["separator"] == "semicolon"


def test_a_sheet_of_a_workbook_is_chosen(client: FlaskClient, set_id: int) -> None:
    def fill(workbook: Workbook) -> None:
        tables = {"Flüsse": [line.split(",") for line in TABLE.splitlines()], "Menschen": [["question", "answer"]]}
        tables["Menschen"] += [["Wer?", "Ich"], ["Wo?", "Hier"]]
        for name, rows in tables.items():
            sheet = workbook.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)

    columns = upload(client, f"/sets/{set_id}/import", xlsx(fill), "a.xlsx", topic="depth")
    assert sent(columns)["sheet"] == "Flüsse"
    shown = preview(client, set_id, columns, sheet="Menschen", **ROLES)
    assert "New questions (2)" in shown.text
    assert sent(shown)["role-1"] == "right"  # of this sheet
    back = preview(client, set_id, shown, sheet="Flüsse")
    assert "Check what each column contains" in back.text
    gone = preview(client, set_id, back, sheet="Gone", read_sheet="Gone")
    assert gone.status_code == 422
    assert sent(gone)["sheet"] == "Flüsse"
