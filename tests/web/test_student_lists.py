"""Lists of students in a browser without JavaScript: read, checked, turned into accounts, and printed as slips."""

import re

import pytest
from class_pages import counted, open_class, slips, somebody, text, work
from flask import Flask
from flask.testing import FlaskClient
from people import log_in, send
from sqlalchemy import select, update
from student_list_pages import create, made, sent, typed
from uploads import upload
from workbooks import xlsx
from xlsxwriter import Workbook

from quizapp.cli import student_lists as job
from quizapp.extensions import db
from quizapp.models import AuditEntry, Enrolment, Job, StudentList, User
from quizapp.services import accounts
from quizapp.services.classes import student_lists


@pytest.fixture
def teacher(app: Flask) -> FlaskClient:
    """Rasim, who teaches."""
    return somebody(app, "Rasim", teaches=True)


@pytest.fixture
def here(teacher: FlaskClient) -> str:
    """The address of the class that Rasim opened."""
    return open_class(teacher)


# From a list to accounts


@pytest.mark.both_databases
def test_a_list_becomes_accounts_that_can_log_in(
    app: Flask, teacher: FlaskClient, client: FlaskClient, here: str
) -> None:
    before = counted(app, User)
    page = sent(teacher, here)
    checked = text(teacher.get(page).text)
    assert "2 new accounts" in checked and "Already has an account." in checked
    assert counted(app, User) == before
    assert create(teacher, page).location == page
    waiting = teacher.get(page).text
    assert "0 of 2 students" in text(waiting) and '<noscript><meta http-equiv="refresh"' in waiting
    work(app)
    shown = teacher.get(page).text
    given = dict(slips(shown))
    assert list(given) == ["aysel.memmedova", "eli"]
    assert given["eli"] == "bir uzun parol"
    assert "http://localhost/login" in shown
    assert log_in(client, "aysel.memmedova", given["aysel.memmedova"]).status_code == 303
    assert client.get(here).location == f"/account/password?next={here}"
    own = "a password of my own"
    assert send(client, f"/account/password?next={here}", password=own, repeated=own).location == here
    assert log_in(app.test_client(), "aysel.memmedova", own).location == "/today"
    assert "Taught by Rasim." in text(client.get(here).text)
    assert "Aysel Məmmədova" in text(teacher.get(here).text)
    assert given["aysel.memmedova"] not in teacher.get(here).text


def test_surname_group_and_e_mail_are_kept(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = made(app, teacher, here, "Soyad;Ad;Qrup;E-poçt\nMəmmədova;Aysel;A;aysel@example.org\nƏliyev;Orxan;B;")
    assert "Aysel Məmmədova History, 9b, A" in text(teacher.get(page).text)
    with app.app_context():
        kept = db.session.execute(
            select(Enrolment.called, Enrolment.surname, Enrolment.group_name, User.email)
            .join(User, User.id == Enrolment.user_id)
            .where(Enrolment.role == "student")
            .order_by(Enrolment.sort_key)
        ).all()
    assert list(map(tuple, kept)) == [
        ("Orxan Əliyev", "Əliyev", "B", None),
        ("Aysel Məmmədova", "Məmmədova", "A", "aysel@example.org"),
    ]
    given = dict(slips(teacher.get(page).text))
    student = app.test_client()
    log_in(student, "aysel.memmedova", given["aysel.memmedova"])
    assert "aysel@example.org" in text(student.get("/account/password").text)
    only_b = text(teacher.get(f"{here}?group=B").text)
    assert "1 student, by name" in only_b and "Aysel Məmmədova" not in only_b


def test_the_job_can_be_left_and_followed(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = sent(teacher, here)
    assert "A list of students waits to be checked" in teacher.get(here).text
    create(teacher, page)
    assert "A list of students is being worked on" in teacher.get(here).text
    part = teacher.get(page, headers={"HX-Request": "true"})
    assert "<html" not in part.text and "HX-Refresh" not in part.headers
    work(app)
    assert teacher.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert re.search(r"Slips for 2 new accounts, \d\d:\d\d", teacher.get(here).text)


def test_sending_the_list_once_more_makes_nothing(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = sent(teacher, here)
    fields = typed(teacher.get(page).text)
    for _ in range(2):
        assert send(teacher, page, **fields, create="y").location == page
    work(app)
    before = counted(app, User), counted(app, AuditEntry)
    send(teacher, page, **fields, create="y")
    work(app)
    assert (counted(app, User), counted(app, AuditEntry)) == before


def test_enter_in_a_user_name_field_checks_the_list_again(teacher: FlaskClient, here: str) -> None:
    page = sent(teacher, here)
    (form,) = re.findall(r"<form(?:(?!</form>).)*name-2.*?</form>", teacher.get(page).text, re.DOTALL)
    first = re.findall(r"<button[^>]*>", form)[0]  # which a browser presses on Enter
    assert 'name="check"' in first


def test_a_list_of_people_who_have_accounts_makes_nothing(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = sent(teacher, here, "Name,User name\nOld,RASIM")
    shown = teacher.get(page).text
    assert "No new accounts" in shown and "Create accounts" not in shown
    assert create(teacher, page).status_code == 422
    assert counted(app, Job) == 0


# Checking


def test_a_wrong_line_is_shown_and_what_was_typed_is_kept(app: Flask, teacher: FlaskClient, here: str) -> None:
    before = counted(app, User)
    page = sent(teacher, here, "Name,User name,Password\nAysel\nƏli,eli,short\nOrxan\n")
    fields = typed(teacher.get(page).text) | {"name-2": "aysel.m", "name-4": "rasim"}
    refused = send(teacher, page, **fields, create="y")
    assert refused.status_code == 422
    shown = text(refused.text)
    assert "2 lines to fix" in shown
    assert "Choose a password of 8 characters or more." in shown
    assert "Someone has this user name. Choose another." in shown
    assert typed(refused.text)["name-2"] == "aysel.m" and typed(refused.text)["name-4"] == "rasim"
    fields = typed(refused.text) | {"name-4": "orxan.ə"}
    del fields["add-3"]
    send(teacher, page, **fields, create="y")
    work(app)
    assert [name for name, _ in slips(teacher.get(page).text)] == ["aysel.m", "orxan.ə"]
    assert counted(app, User) == before + 2


def test_a_name_that_is_there_twice_is_left_out_unless_it_is_ticked(
    app: Flask, teacher: FlaskClient, here: str
) -> None:
    made(app, teacher, here, "Aysel Məmmədova")
    page = sent(teacher, here, "AYSEL MEMMEDOVA\nƏli\nEli\nOrxan")
    shown = teacher.get(page).text
    assert "A student of the class has this name. Left out unless you tick it." in text(shown)
    assert "Line 2 has the same name. Left out unless you tick it." in text(shown)
    assert "2 students are left out because their names repeat." in text(shown)
    assert [name for name in typed(shown) if "add" in name] == ["add-2", "add-4"]
    send(teacher, page, **typed(shown), **{"add-3": "y"}, check="y")
    assert "New account all the same" in teacher.get(page).text
    create(teacher, page)
    work(app)
    assert [name for name, _ in slips(teacher.get(page).text)] == ["eli", "eli2", "orxan"]


def test_columns_that_are_not_clear_are_chosen_first(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = sent(teacher, here, "9x,Aysel,Smith,B\n9b,Mary,Jones,A\n")
    asked = teacher.get(page).text
    assert '<details class="mapping" open>' in asked and typed(asked) == {}
    assert "Choose what each column has." in asked
    wrong = {"columns": "4", "role-0": "class", "role-1": "first", "role-2": "first", "role-3": "group"}
    send(teacher, page, **wrong)
    assert "Choose “First name” for one column only." in text(teacher.get(page).text)
    send(teacher, page, **(wrong | {"role-2": "surname"}), heading="0")
    shown = text(teacher.get(page).text)
    assert "1 new account" in shown and "1 student of another class is left out." in shown
    assert "Mary Jones" in shown
    send(teacher, page, **(wrong | {"role-2": "surname"}), heading="0", only_class="")
    assert "2 new accounts" in text(teacher.get(page).text)


@pytest.mark.parametrize("fields", [{"columns": "x"}, {"columns": "9999999", "role-0": "q"}, {"heading": "-5"}])
def test_columns_that_nobody_chose_do_no_harm(teacher: FlaskClient, here: str, fields: dict[str, str]) -> None:
    page = sent(teacher, here)
    assert send(teacher, page, **{"columns": "1", **fields}).status_code == 303
    assert teacher.get(page).status_code == 200


def test_a_list_may_come_as_a_file_in_another_encoding(teacher: FlaskClient, here: str) -> None:
    page = upload(teacher, f"{here}/add", "Aysel Məmmədova\n".encode("utf-8-sig"), "9b.csv").headers["Location"]
    assert "aysel.memmedova" in teacher.get(page).text
    send(teacher, page, columns="1", encoding="cp1251", **{"read_encoding": "utf-8", "role-0": "name"})
    assert '<option value="cp1251" selected>' in teacher.get(page).text
    assert upload(teacher, f"{here}/add", b"x" * 1_000_001).status_code == 422
    assert upload(teacher, f"{here}/add", b"x" * 3_000_000).status_code == 413


def test_a_list_may_be_a_sheet_of_a_workbook(app: Flask, teacher: FlaskClient, here: str) -> None:
    def fill(workbook: Workbook) -> None:
        for name, student in (("9a", "Orxan"), ("9b", "Aysel")):
            workbook.add_worksheet(name).write_column(0, 0, ["Ad", student])

    page = upload(teacher, f"{here}/add", xlsx(fill), "list.xlsx").headers["Location"]
    assert typed(teacher.get(page).text)["name-2"] == "orxan"
    chosen = {"columns": "1", "role-0": "name", "heading": "1", "read_sheet": "9a", "sheet": "9b"}
    send(teacher, page, **chosen)
    assert typed(teacher.get(page).text)["name-2"] == "aysel"
    create(teacher, page)
    work(app)
    assert [name for name, _ in slips(teacher.get(page).text)] == ["aysel"]


def test_a_workbook_that_is_none_is_refused(teacher: FlaskClient, here: str) -> None:
    refused = upload(teacher, f"{here}/add", b"PK\x03\x04 no workbook", "list.xlsx")
    assert refused.status_code == 422 and 'class="field__error"' in refused.text


def test_pasted_text_can_be_changed(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = sent(teacher, here)
    (edit,) = re.findall(rf'href="({here}/add\?list=\d+)"', teacher.get(page).text)
    assert "bir uzun parol" in teacher.get(edit).text
    sent(teacher, here, "Leyla")
    assert counted(app, StudentList) == 1  # replaced


@pytest.mark.parametrize(("data", "told"), [(" ", "The list has no names."), ('Aysel,eli\nOrxan,"x', "quotation mark")])
def test_what_is_no_list_is_said(teacher: FlaskClient, here: str, data: str, told: str) -> None:
    got = send(teacher, f"{here}/add", text=data)
    page = teacher.get(got.location).text if got.status_code == 303 else got.text
    assert told in text(page)


# The job


def test_a_user_name_that_was_just_taken_is_reported_and_the_others_are_made(
    app: Flask, teacher: FlaskClient, here: str
) -> None:
    page = sent(teacher, here, "Soyad,Ad,Qrup\nMəmmədova,Aysel,A\nQuliyev,Əli,B")
    create(teacher, page)
    somebody(app, "eli.quliyev")
    work(app)
    shown = text(teacher.get(page).text)
    assert "1 student left out" in shown and "Əli Quliyev (eli.quliyev)" in shown
    assert [name for name, _ in slips(teacher.get(page).text)] == ["aysel.memmedova"]
    again = send(teacher, f"{page}/again").location
    assert typed(teacher.get(again).text)["name-1"] == "eli.quliyev2"
    create(teacher, again)
    work(app)
    with app.app_context():
        kept = db.session.execute(
            select(Enrolment.called, Enrolment.surname, Enrolment.group_name)
            .join(User, User.id == Enrolment.user_id)
            .where(User.name == "eli.quliyev2")
        ).one()
    assert tuple(kept) == ("Əli Quliyev", "Quliyev", "B")


def test_a_job_that_was_killed_goes_on_where_it_was(
    app: Flask, teacher: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_lists, "BATCH", 2)
    page = sent(teacher, here, "\n".join(f"Student {letter}" for letter in "abcde"))
    create(teacher, page)
    real, done = accounts.sign_up, []

    def sign_up_until_killed(*arguments: object, **named: object) -> User:
        if len(done) == 3:  # in the middle of the second batch
            raise KeyboardInterrupt
        done.append(named["name"])
        return real(*arguments, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(accounts, "sign_up", sign_up_until_killed)
        work(app)
    assert "2 of 5 students" in text(teacher.get(page).text)
    with app.app_context():
        db.session.execute(update(Job).values(leased_until=Job.due_at))
        db.session.commit()
    work(app)
    given = slips(teacher.get(page).text)
    assert [name for name, _ in given] == [f"student.{letter}" for letter in "abcde"]
    for name, password in given:
        assert log_in(app.test_client(), name, password).status_code == 303


def test_two_processes_do_not_make_accounts_twice(
    app: Flask, teacher: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One takes so long to hash that the other, whose lease came later, has done the same part meanwhile."""
    page = sent(teacher, here)
    create(teacher, page)
    real = job._hash

    def hash_slowly(entries: object) -> list[str | None]:
        monkeypatch.setattr(job, "_hash", real)
        with app.app_context():
            db.session.execute(update(Job).values(leased_until=Job.due_at))
            db.session.commit()
        work(app)
        return real(entries)  # type: ignore[arg-type]

    monkeypatch.setattr(job, "_hash", hash_slowly)
    work(app)
    assert len(slips(teacher.get(page).text)) == 2
    assert "left out" not in text(teacher.get(page).text)


def test_a_list_that_ends_the_process_again_and_again_is_given_up(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = sent(teacher, here)
    create(teacher, page)
    with app.app_context():
        db.session.execute(update(Job).values(tries=3))
        db.session.commit()
    work(app)
    shown = text(teacher.get(page).text)
    assert "Something went wrong." in shown and "2 students were not added." in shown
    again = send(teacher, f"{page}/again").location
    assert typed(teacher.get(again).text)["name-2"] == "eli.quliyev"  # another user name is made


def test_the_work_can_be_stopped_and_what_was_done_stays(
    app: Flask, teacher: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sent(teacher, here)
    create(teacher, page)
    send(teacher, f"{page}/stop")
    work(app)
    assert "Stopped." in text(teacher.get(page).text)
    assert counted(app, User) == 1


def test_who_no_longer_teaches_the_class_makes_no_accounts(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = sent(teacher, here)
    create(teacher, page)
    with app.app_context():
        db.session.execute(update(Enrolment).values(role="student"))
        db.session.commit()
    work(app)
    assert counted(app, User) == 1
    assert teacher.get(page).status_code == 404
