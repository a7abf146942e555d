"""Large files are imported and exported in the background: their page, their limits, and that nothing is lost."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import security_token, sign_up
from sqlalchemy import delete, func, select, update
from uploads import LIST, ROLES, TABLE, carried, count_questions, send_preview, sent, upload
from werkzeug.test import TestResponse

from quizapp.cli.jobs import JobWorker
from quizapp.core.formats.registry import FORMATS
from quizapp.extensions import db
from quizapp.models import Fact, Job, Question, QuestionSet, Transfer
from quizapp.services import import_export, transfers
from quizapp.web import transfers as transfer_pages

DAMAGED = b'{"facts": 1}' + b" " * 100


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large here."""
    monkeypatch.setattr(transfers, "LARGE_FILE", 20)
    monkeypatch.setattr(transfers, "LARGE_SET", 1)


def work(app: Flask) -> None:
    """Run all jobs that are due, as the process beside the server does."""
    worker = JobWorker(app)
    while worker.run_next():
        pass


def post(client: FlaskClient, path: str) -> TestResponse:
    return client.post(path, data={"csrf_token": security_token(client)})


def begin_import(client: FlaskClient, set_id: int, data: bytes = LIST, **fields: str) -> str:
    """Upload a large file; return the address of its page."""
    sent = upload(client, f"/sets/{set_id}/import", data, topic="depth", **fields)
    assert sent.status_code == 303
    return sent.headers["Location"]


def begin_export(client: FlaskClient, set_id: int, name: str = "csv") -> str:
    sent = post(client, f"/sets/{set_id}/export/{name}")
    assert sent.status_code == 303
    return sent.headers["Location"]


def change(app: Flask, **values: object) -> None:
    with app.app_context():
        db.session.execute(update(Transfer).values(values))
        db.session.commit()


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Transfer.id))) or 0


def test_a_large_file_is_previewed_and_imported_in_the_background(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = begin_import(client, set_id)
    waiting = client.get(page).text
    assert "Step 1 of 3" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    work(app)
    preview = client.get(page).text
    assert "New questions (2)" in preview
    assert count_questions(app, set_id) == 2
    assert post(client, f"{page}/import").status_code == 303
    assert "Step 1 of 4" in client.get(page).text
    work(app)
    assert "Imported: 2 new questions, 0 changed, 0 unchanged." in client.get(page).text
    assert count_questions(app, set_id) == 4
    assert post(client, f"{page}/import").status_code == 303  # sent twice
    work(app)
    assert count_questions(app, set_id) == 4


def test_a_large_file_becomes_a_set(app: Flask, client: FlaskClient, set_id: int) -> None:
    sent = upload(client, "/sets/import", LIST, title="Great rivers")
    page = sent.headers["Location"]
    work(app)
    assert "Create set" in client.get(page).text
    post(client, f"{page}/import")
    work(app)
    (made,) = re.findall(r'href="/sets/(\d+)">Open set', client.get(page).text)
    assert count_questions(app, int(made)) == 2


def test_small_files_and_sets_do_not_wait(client: FlaskClient, set_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "LARGE_FILE", len(LIST))
    monkeypatch.setattr(transfers, "LARGE_SET", 2)
    preview = upload(client, f"/sets/{set_id}/import", LIST, topic="depth")
    assert preview.status_code == 200 and "packed" in carried(preview)
    assert client.get(f"/sets/{set_id}/export/csv").status_code == 200


@pytest.mark.parametrize("name", FORMATS)
def test_a_large_set_is_exported_in_the_background(app: Flask, client: FlaskClient, set_id: int, name: str) -> None:
    assert client.get(f"/sets/{set_id}/export/{name}").headers["Location"] == f"/sets/{set_id}/export"
    assert "more than 1 facts" in client.get(f"/sets/{set_id}/export").text
    page = begin_export(client, set_id, name)
    assert client.get(f"{page}/file").status_code == 404
    work(app)
    assert "Download lakes." in re.sub("<[^>]+>", "", client.get(page).text)
    got = client.get(f"{page}/file")
    assert got.headers["Content-Disposition"] == f"attachment; filename=lakes.{FORMATS[name].extension}"
    assert got.headers["Cache-Control"] == "no-store"
    if name != "aiken":  # which has nothing for a typed answer
        page = begin_import(client, set_id, got.data, format=name)
        work(app)
        assert "There is nothing to import" in client.get(page).text


def test_htmx_follows_the_work_and_then_loads_the_page_again(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = begin_export(client, set_id)
    part = client.get(page, headers={"HX-Request": "true"})
    assert "<html" not in part.text and "HX-Refresh" not in part.headers
    change(app, step="writing")
    assert "Step 3 of 3: Writing the file" in client.get(page, headers={"HX-Request": "true"}).text
    work(app)
    assert client.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_what_cannot_be_read_is_said(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = begin_import(client, set_id, DAMAGED, format="json")
    work(app)
    assert "This is not a list of facts" in client.get(page).text
    with app.app_context():
        assert db.session.scalars(select(Transfer.packed)).one() is None
        assert db.session.scalars(select(Job.id)).all() == []


def test_nobody_else_sees_it(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = begin_export(client, set_id)
    work(app)
    stranger = app.test_client()
    sign_up(stranger, "Rauf")
    assert [stranger.get(path).status_code for path in (page, f"{page}/file")] == [404, 404]
    assert [post(stranger, f"{page}/{what}").status_code for what in ("import", "delete")] == [404, 404]
    assert count(app) == 1


def test_a_set_that_changed_after_the_preview_is_looked_at_again(app: Flask, client: FlaskClient, set_id: int) -> None:
    first, second = begin_import(client, set_id), begin_import(client, set_id)
    work(app)
    for page in (first, second):
        post(client, f"{page}/import")
        work(app)
    again = client.get(second).text
    assert "have changed since you saw the preview" in again
    assert "There is nothing to import" in again
    assert count_questions(app, set_id) == 4


def test_only_so_many_are_kept_for_one_person(app: Flask, client: FlaskClient, set_id: int) -> None:
    pages = [begin_export(client, set_id) for _ in range(transfers.MOST)]
    refused = upload(client, f"/sets/{set_id}/import", LIST, topic="depth")
    assert refused.status_code == 422
    assert "3 files of yours are being imported or exported" in refused.text
    assert begin_export(client, set_id) == f"/sets/{set_id}/export"
    work(app)
    begin_export(client, set_id)  # takes the place of the oldest
    assert [client.get(page).status_code for page in pages] == [404, 200, 200]
    assert count(app) == transfers.MOST


def test_files_are_deleted_after_a_day_and_when_their_owner_wants(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = begin_export(client, set_id)
    assert post(client, f"{page}/delete").headers["Location"] == f"/sets/{set_id}/export"
    work(app)
    assert count(app) == 0
    begin_export(client, set_id)
    with app.app_context():
        kept = db.session.scalars(select(Transfer.changed_at)).one() + transfers.KEPT
        for now, left in ((kept, 1), (kept + timedelta(seconds=1), 0)):
            transfers.delete_old_transfers(db.session(), now=now)
            db.session.commit()
            assert count(app) == left


def test_a_job_that_was_killed_begins_again(
    app: Flask, client: FlaskClient, set_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = begin_import(client, set_id)
    work(app)
    post(client, f"{page}/import")

    def end(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(import_export, "run_import", end)
        work(app)
    assert "Step 4 of 4" in client.get(page).text
    work(app)  # another process, which must wait for the lease to end
    assert count_questions(app, set_id) == 2
    with app.app_context():
        db.session.execute(update(Job).values(leased_until=Job.due_at))
        db.session.commit()
    work(app)
    assert count_questions(app, set_id) == 4


def test_a_file_that_ends_the_process_again_and_again_is_given_up(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = begin_export(client, set_id)
    with app.app_context():
        db.session.execute(update(Job).values(tries=3))
        db.session.commit()
    work(app)
    assert "Something went wrong" in client.get(page).text


def test_a_fault_of_the_program_is_logged_and_said(
    app: Flask, client: FlaskClient, set_id: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(import_export, "parse_upload", None)
    page = begin_import(client, set_id)
    work(app)
    assert "Something went wrong" in client.get(page).text
    assert "cannot be imported or exported" in caplog.text


def test_who_may_no_longer_open_the_set_gets_no_file(app: Flask, client: FlaskClient, set_id: int) -> None:
    made, waiting = begin_export(client, set_id), None
    work(app)
    waiting = begin_export(client, set_id)
    with app.app_context():
        db.session.execute(update(QuestionSet).where(QuestionSet.id == set_id).values(owner_id=None))
        db.session.commit()
    work(app)
    assert client.get(f"{made}/file").status_code == 404
    assert "You can no longer open this set" in client.get(waiting).text


def test_facts_that_a_quiz_hides_by_now_are_not_sent(
    client: FlaskClient, app: Flask, set_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = begin_export(client, set_id)
    work(app)
    monkeypatch.setattr(transfer_pages, "list_hidden_keys", lambda *about: {"fact-1"})
    assert client.get(f"{page}/file").headers["Location"] == f"/sets/{set_id}/export"


def test_a_deleted_set_takes_its_files_along(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = begin_import(client, set_id)
    with app.app_context():
        db.session.execute(delete(Question).where(Question.fact_id.in_(select(Fact.id).where(Fact.set_id == set_id))))
        db.session.execute(delete(QuestionSet).where(QuestionSet.id == set_id))
        db.session.commit()
    work(app)
    assert client.get(page).status_code == 404


def test_the_pages_to_import_and_export_list_ones_own_files(client: FlaskClient, app: Flask, set_id: int) -> None:
    page = begin_import(client, set_id)
    for path in (f"/sets/{set_id}/import", "/sets/import", f"/sets/{set_id}/export"):
        assert f'<a href="{page}">list.tsv</a>: being imported' in client.get(path).text


def mapped(app: Flask, client: FlaskClient, set_id: int) -> str:
    """The page of a large table whose columns are mapped and of which a row is open."""
    page = begin_import(client, set_id, TABLE.encode(), name="rivers.csv")
    work(app)
    assert send_preview(client, f"{page}/preview", client.get(page), **ROLES).status_code == 303
    work(app)
    return page


def test_a_large_table_is_mapped_and_its_rows_decided_in_the_background(
    app: Flask, client: FlaskClient, set_id: int
) -> None:
    page = begin_import(client, set_id, TABLE.encode(), name="rivers.csv")
    work(app)
    columns = client.get(page)
    assert "Check what each column contains" in columns.text
    assert send_preview(client, f"{page}/preview", columns, **ROLES).status_code == 303
    assert "Step 1 of 3" in client.get(page).text
    work(app)
    shown = client.get(page)
    assert "have changed since you saw the preview" not in shown.text
    assert "New questions (2)" in shown.text and "Rows to decide about (1)" in shown.text
    send_preview(client, f"{page}/preview", shown, skip_open="1")
    work(app)
    ready = client.get(page)
    assert "Skipped questions (1)" in ready.text
    assert sent(ready)["skip_open"] == "1"
    assert send_preview(client, f"{page}/import", ready).status_code == 303
    work(app)
    assert "Imported: 2 new questions" in client.get(page).text
    assert count_questions(app, set_id) == 4
    again = begin_import(client, set_id, TABLE.replace("Paris", "Wien").encode(), name="rivers.csv")
    work(app)
    assert "Rows to decide about (1)" in client.get(again).text  # the mapping is remembered


def test_a_large_table_is_not_imported_before_all_is_decided(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = mapped(app, client, set_id)
    refused = send_preview(client, f"{page}/import", client.get(page))
    assert refused.status_code == 422
    assert "Nothing was imported yet." in refused.text
    assert "Rows to decide about (1)" in refused.text
    assert post(client, f"{page}/import").status_code == 422
    work(app)
    assert count_questions(app, set_id) == 2


def test_other_columns_of_a_large_table_are_previewed_first(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = mapped(app, client, set_id)
    assert send_preview(client, f"{page}/import", client.get(page), role_6="").status_code == 303
    work(app)
    assert count_questions(app, set_id) == 2
    assert sent(client.get(page))["role-6"] == ""
    send_preview(client, f"{page}/preview", client.get(page), skip_open="1")
    work(app)
    ready = client.get(page)
    send_preview(client, f"{page}/import", ready)
    work(app)
    assert count_questions(app, set_id) == 4


def test_a_wrong_mapping_of_a_large_table_is_said(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = begin_import(client, set_id, TABLE.encode(), name="rivers.csv")
    work(app)
    send_preview(client, f"{page}/preview", client.get(page), role_1="question", role_2="question")
    work(app)
    wrong = client.get(page)
    assert "for one column only" in wrong.text
    assert sent(wrong)["role-2"] == "question"


def test_hostile_choices_for_a_large_table_are_refused(app: Flask, client: FlaskClient, set_id: int) -> None:
    page = mapped(app, client, set_id)
    for path in ("preview", "import"):
        assert send_preview(client, f"{page}/{path}", client.get(page), role_0="owner").status_code == 400
    stranger = app.test_client()
    sign_up(stranger, "Rauf")
    assert post(stranger, f"{page}/preview").status_code == 404
