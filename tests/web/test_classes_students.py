"""The students of a class in a browser without JavaScript: what they see, and what is done about them."""

import io
import re
from datetime import date
from html import unescape

import pytest
from class_pages import code, counted, id_of, joined, open_class, somebody, text
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, log_in, send, who
from sqlalchemy import select, update

from quizapp.extensions import db
from quizapp.models import AuditEntry, DayCount, Enrolment, User
from quizapp.services import accounts


@pytest.fixture
def teacher(app: Flask) -> FlaskClient:
    """Rasim, who teaches."""
    return somebody(app, "Rasim", teaches=True)


@pytest.fixture
def here(teacher: FlaskClient) -> str:
    """The address of the class that Rasim opened."""
    return open_class(teacher)


@pytest.fixture
def student(app: Flask, here: str) -> FlaskClient:
    """Aysel, who is in it."""
    return joined(app, "Aysel")


# Students


def test_a_student_sees_nothing_of_another(app: Flask, teacher: FlaskClient, student: FlaskClient, here: str) -> None:
    """Whoever else is in the class, and whatever is done to them: every page of a student stays the same."""
    student.get(here)  # which says once that one has joined
    pages = ["/classes", here, "/today", "/quizzes", "/progress", "/account"]

    def shown() -> list[str]:
        return [re.sub(r'(csrf_token"[^>]* value=|content=)"[^"]*"', "", student.get(page).text) for page in pages]

    before = shown()
    for name in ("Leyla", "Zaur"):
        send(somebody(app, name), f"/join/{code(app)}")
    send(teacher, f"{here}/students/{id_of(app, 'Leyla')}", called="Leyla Həsənova", time_factor="2")
    send(teacher, f"{here}/students/{id_of(app, 'Leyla')}/password")
    send(teacher, f"{here}/students/{id_of(app, 'Zaur')}/ban")
    assert shown() == before
    for path in (
        f"{here}/students/{id_of(app, 'Leyla')}",
        f"{here}/log",
        f"{here}/teachers",
        f"{here}/add",
    ):
        assert student.get(path).status_code == 404


def test_a_student_reads_what_was_done_about_them_and_leaves(
    app: Flask, teacher: FlaskClient, student: FlaskClient, here: str
) -> None:
    send(teacher, f"{here}/students/{id_of(app, 'Aysel')}", called="Aysel M", time_factor="1.5")
    page = text(student.get(here).text)
    assert "Taught by Rasim." in page
    assert "Rasim set Aysel’s time allowance to 1.5 times the usual time." in page
    assert "In quizzes, you get 1.5 times the usual time." in page
    assert send(student, f"{here}/leave").location == "/classes"
    assert student.get(here).status_code == 404
    assert "Left" in text(teacher.get(here).text)


def test_what_is_noted_about_a_student_is_on_the_roster(
    app: Flask, teacher: FlaskClient, student: FlaskClient, here: str
) -> None:
    aysel = id_of(app, "Aysel")
    with app.app_context():
        db.session.add(DayCount(learner_id=aysel, day=date(2026, 3, 2)))
        db.session.commit()
    send(teacher, f"{here}/students/{aysel}", called="  Aysel   Məmmədova ", time_factor="1.25")
    assert "Aysel Aysel Məmmədova 2 March 2026" in text(teacher.get(here).text)
    assert "× 1.25" in text(teacher.get(here).text)


@pytest.mark.parametrize("factor", ["", "0.9", "5.01", "nan", "inf", "x", "-1"])
def test_a_time_allowance_that_will_not_do_is_shown(
    app: Flask, teacher: FlaskClient, student: FlaskClient, factor: str, here: str
) -> None:
    refused = send(teacher, f"{here}/students/{id_of(app, 'Aysel')}", called="Kept", time_factor=factor)
    assert refused.status_code == 422
    assert "Type a number from 1 to 5." in text(refused.text)
    assert 'value="Kept"' in refused.text
    with app.app_context():
        assert set(db.session.scalars(select(Enrolment.time_factor))) == {1.0}


@pytest.mark.parametrize(("action", "told"), [("remove", "can join again with the code"), ("ban", "can’t join again")])
def test_who_is_taken_out_can_be_taken_back_at_once(
    app: Flask, teacher: FlaskClient, student: FlaskClient, action: str, told: str, here: str
) -> None:
    address = f"{here}/students/{id_of(app, 'Aysel')}"
    page = teacher.get(send(teacher, f"{address}/{action}").location).text
    assert told in text(page)
    assert f'action="{address}/restore"' in page
    assert student.get(here).status_code == 404
    send(teacher, f"{address}/restore")
    assert student.get(here).status_code == 200


# Passwords


def slip(page: str) -> list[tuple[str, str]]:
    """User name and password on each slip."""
    typed = [unescape(word) for word in re.findall(r'class="slip__typed">([^<]*)<', page)]
    return list(zip(typed[::2], typed[1::2], strict=True))


def test_a_teacher_gives_a_new_password_once_and_the_student_can_read_that(
    app: Flask, teacher: FlaskClient, student: FlaskClient, client: FlaskClient, here: str
) -> None:
    address = f"{here}/students/{id_of(app, 'Aysel')}/password"
    let_teacher_have_made(app, "Aysel")
    asked = teacher.get(address)
    assert "Give Aysel a new password?" in text(asked.text)
    assert who(student) == "Aysel"
    ((name, given),) = slip(send(teacher, address).text)
    assert name == "Aysel"
    assert who(student) is None, "the student’s sessions go on"
    assert log_in(client, "Aysel", PASSWORD).status_code == 422
    assert log_in(client, "Aysel", given).location == "/account/password?next=/today"
    own = "a password of my own"
    send(client, "/account/password", password=own, repeated=own)
    assert "Rasim gave Aysel a new password." in text(client.get(here).text)
    assert given not in teacher.get(address).text + teacher.get(f"{here}/log").text
    with app.app_context():
        kept = db.session.execute(
            select(User.password_hash, AuditEntry.details).join(AuditEntry, AuditEntry.subject_id == User.id)
        ).all()
    assert given not in repr(kept)


def let_teacher_have_made(app: Flask, name: str) -> None:
    """Let it be as if a teacher had made the account from a list."""
    with app.app_context():
        db.session.execute(update(User).where(User.name == name).values(created_by_teacher=True))
        db.session.commit()


def test_the_password_of_somebody_who_signed_up_alone_stays(
    app: Flask, teacher: FlaskClient, student: FlaskClient, here: str
) -> None:
    about = f"{here}/students/{id_of(app, 'Aysel')}"
    assert "teachers can’t change their password" in text(teacher.get(about).text)
    assert "You can’t give Aysel a new password." in text(teacher.get(f"{about}/password").text)
    refused = send(teacher, f"{about}/password")
    assert refused.status_code == 422
    assert slip(refused.text) == []
    assert who(student) == "Aysel"


def test_the_password_of_somebody_who_teaches_stays(app: Flask, teacher: FlaskClient, here: str) -> None:
    colleague = somebody(app, "Vaqif", teaches=True)
    send(colleague, f"/join/{code(app)}")
    let_teacher_have_made(app, "Vaqif")
    refused = send(teacher, f"{here}/students/{id_of(app, 'Vaqif')}/password")
    assert refused.status_code == 422
    assert "is a teacher’s account" in text(refused.text)
    assert who(colleague) == "Vaqif"


# Lists of students


LIST = "Name,User name,Password\nAysel Məmmədova\nƏli Quliyev,eli,bir uzun parol\nOld,RASIM"


def ready(page: str) -> dict[str, str]:
    """The fields of the button that makes the accounts."""
    fields = dict(re.findall(r'name="(text|make)" value="([^"]*)"', page))
    return {name: unescape(value) for name, value in fields.items()}


def test_a_list_becomes_accounts_that_can_log_in(
    app: Flask, teacher: FlaskClient, client: FlaskClient, here: str
) -> None:
    before = counted(app, User)
    preview = send(teacher, f"{here}/add", text=LIST)
    assert "2 new accounts" in text(preview.text)
    assert "Already has an account." in text(preview.text)
    assert counted(app, User) == before
    made = send(teacher, f"{here}/add", **ready(preview.text))
    given = dict(slip(made.text))
    assert list(given) == ["aysel.memmedova", "eli"]
    assert given["eli"] == "bir uzun parol"
    assert "http://localhost/login" in made.text
    assert log_in(client, "aysel.memmedova", given["aysel.memmedova"]).status_code == 303
    assert client.get(here).location == f"/account/password?next={here}"
    page = client.get("/account/password").text
    assert "Choose a new password" in page and "Current password" not in page
    own = "a password of my own"
    assert send(client, f"/account/password?next={here}", password=own, repeated=own).location == here
    assert log_in(app.test_client(), "aysel.memmedova", own).location == "/today"
    assert "Taught by Rasim." in text(client.get(here).text)
    assert "Aysel Məmmədova" in text(teacher.get(here).text)
    assert given["aysel.memmedova"] not in teacher.get(here).text


def test_sending_the_list_once_more_makes_nothing(app: Flask, teacher: FlaskClient, here: str) -> None:
    fields = ready(send(teacher, f"{here}/add", text=LIST).text)
    send(teacher, f"{here}/add", **fields)
    before = counted(app, User), counted(app, AuditEntry)
    again = send(teacher, f"{here}/add", **fields)
    assert again.status_code == 422
    assert slip(again.text) == []
    assert (counted(app, User), counted(app, AuditEntry)) == before


def test_a_list_with_a_wrong_line_makes_nothing_and_stays_typed(app: Flask, teacher: FlaskClient, here: str) -> None:
    before = counted(app, User)
    refused = send(teacher, f"{here}/add", text="Aysel\nƏli,eli,short\n", make="y")
    assert refused.status_code == 422
    assert "Choose a password of 8 characters or more." in text(refused.text)
    assert "Əli,eli,short" in unescape(refused.text)
    assert ready(refused.text) == {}
    assert counted(app, User) == before


def test_all_accounts_are_made_or_none(
    app: Flask, teacher: FlaskClient, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    """Somebody takes the second name between the look through the list and the making."""
    before = counted(app, User)
    real = accounts.sign_up

    def sign_up_but_eli(*arguments: object, **named: object) -> User:
        if named["name"] == "eli":
            raise accounts.UserNameTaken
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(accounts, "sign_up", sign_up_but_eli)
    got = send(teacher, f"{here}/add", text=LIST, make="y")
    assert slip(got.text) == []
    assert "No accounts were created" in text(got.text)
    assert counted(app, User) == before


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ("Aysel Məmmədova\n".encode("utf-8-sig"), 200, "aysel.memmedova"),
        ("Ольга\n".encode("cp1251"), 422, "save it as “CSV UTF-8”"),
        (b"x" * 80_001, 422, "longer than 20,000"),
    ],
)
def test_a_list_may_come_as_a_file(teacher: FlaskClient, sent: bytes, status: int, told: str, here: str) -> None:
    got = send(teacher, f"{here}/add", file=(io.BytesIO(sent), "9b.csv"))
    assert got.status_code == status
    assert told in text(got.text)


def test_an_empty_list_is_shown(teacher: FlaskClient, here: str) -> None:
    refused = send(teacher, f"{here}/add", text=" ")
    assert refused.status_code == 422
    assert "The list has no names." in text(refused.text)
