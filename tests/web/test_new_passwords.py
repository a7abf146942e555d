"""New passwords that teachers give their students: to one, several or all, on slips to print."""

import re

import pytest
from class_pages import code, counted, id_of, joined, let_teacher_have_made, open_class, slips, somebody, text, work
from flask import Flask
from flask.testing import FlaskClient
from people import PASSWORD, log_in, send, who
from student_list_pages import made

from quizapp.models import Job, StudentList


@pytest.fixture
def teacher(app: Flask) -> FlaskClient:
    """Rasim, who teaches."""
    return somebody(app, "Rasim", teaches=True)


@pytest.fixture
def here(teacher: FlaskClient) -> str:
    """The address of the class that Rasim opened."""
    return open_class(teacher)


def test_a_teacher_gives_a_new_password_and_the_student_can_read_that(
    app: Flask, teacher: FlaskClient, client: FlaskClient, here: str
) -> None:
    student = joined(app, "Aysel")
    address = f"{here}/students/{id_of(app, 'Aysel')}/password"
    let_teacher_have_made(app, "Aysel")
    assert "Give Aysel a new password?" in text(teacher.get(address).text)
    page = send(teacher, address).location
    work(app)
    ((name, given),) = slips(teacher.get(page).text)
    assert name == "Aysel"
    assert who(student) is None, "the student’s sessions go on"
    assert log_in(client, "Aysel", PASSWORD).status_code == 422
    assert log_in(client, "Aysel", given).location == "/account/password?next=/today"
    own = "a password of my own"
    send(client, "/account/password", password=own, repeated=own)
    assert "Rasim gave Aysel a new password." in text(client.get(here).text)
    assert given not in teacher.get(address).text + teacher.get(f"{here}/log").text


def test_several_students_or_all_get_new_passwords_but_for_those_who_signed_up(
    app: Flask, teacher: FlaskClient, here: str
) -> None:
    made(app, teacher, here, "Orxan\nƏli\nZaur")
    student = joined(app, "Aysel")
    eli, orxan = (id_of(app, name) for name in ("eli", "orxan"))
    asked = send(teacher, f"{here}/passwords", student=[eli, id_of(app, "Aysel")])
    shown = text(asked.text)
    assert "Give 1 student a new password?" in shown
    assert "Aysel: signed up without a list, so only they can change it." in shown
    page = send(teacher, f"{here}/passwords", student=[eli, orxan], confirmed="y").location
    work(app)
    assert [name for name, _ in slips(teacher.get(page).text)] == ["eli", "orxan"]
    assert re.search(r"Slips with new passwords for 2 students, \d\d:\d\d", teacher.get(here).text)
    send(teacher, f"{here}/students/{eli}/password")
    work(app)
    assert re.search(r"Slip for Əli , \d\d:\d\d", text(teacher.get(here).text))
    assert "Give 3 students new passwords?" in text(send(teacher, f"{here}/passwords", all="y").text)
    page = send(teacher, f"{here}/passwords", all="y", confirmed="y").location
    work(app)
    given = dict(slips(teacher.get(page).text))
    assert list(given) == ["eli", "orxan", "zaur"]
    assert log_in(app.test_client(), "zaur", given["zaur"]).status_code == 303
    assert who(student) == "Aysel"


def test_nobody_chosen_and_nobody_who_may_get_one(app: Flask, teacher: FlaskClient, here: str) -> None:
    joined(app, "Aysel")
    assert send(teacher, f"{here}/passwords").location == here
    advice = "Tick the students who need a new password."
    assert teacher.get(here).text.count(advice) == 2  # once by the ticks
    only = {"student": id_of(app, "Aysel"), "confirmed": "y"}
    assert "You can’t give these students new passwords." in text(send(teacher, f"{here}/passwords", **only).text)
    assert counted(app, Job) == 0


def test_who_left_before_the_job_gets_no_password(app: Flask, teacher: FlaskClient, here: str) -> None:
    made(app, teacher, here, "Orxan\nƏli")
    page = send(teacher, f"{here}/passwords", all="y", confirmed="y").location
    send(teacher, f"{here}/students/{id_of(app, 'eli')}/remove")
    work(app)
    assert [name for name, _ in slips(teacher.get(page).text)] == ["orxan"]
    assert "Teachers can no longer set the passwords of these students. Əli" in text(teacher.get(page).text)


def test_the_password_of_somebody_who_signed_up_alone_stays(app: Flask, teacher: FlaskClient, here: str) -> None:
    student = joined(app, "Aysel")
    about = f"{here}/students/{id_of(app, 'Aysel')}"
    assert "teachers can’t change their password" in text(teacher.get(about).text)
    assert "You can’t give Aysel a new password." in text(teacher.get(f"{about}/password").text)
    assert send(teacher, f"{about}/password").status_code == 422
    assert counted(app, StudentList) == 0
    assert who(student) == "Aysel"


def test_the_password_of_somebody_who_teaches_stays(app: Flask, teacher: FlaskClient, here: str) -> None:
    colleague = somebody(app, "Vaqif", teaches=True)
    send(colleague, f"/join/{code(app)}")
    let_teacher_have_made(app, "Vaqif")
    refused = send(teacher, f"{here}/students/{id_of(app, 'Vaqif')}/password")
    assert refused.status_code == 422
    assert "is a teacher’s account" in text(refused.text)
    assert who(colleague) == "Vaqif"


@pytest.mark.both_databases
def test_slips_say_which_passwords_no_longer_work(
    app: Flask, teacher: FlaskClient, client: FlaskClient, here: str
) -> None:
    page = made(app, teacher, here, "Orxan\nƏli\nZaur")
    given = dict(slips(teacher.get(page).text))
    newer = send(teacher, f"{here}/passwords", student=id_of(app, "eli"), confirmed="y").location
    work(app)
    log_in(client, "zaur", given["zaur"])
    own = "a password of my own"
    send(client, "/account/password", password=own, repeated=own)
    shown = teacher.get(page).text
    assert given["orxan"] in shown and given["eli"] not in shown and given["zaur"] not in shown
    assert "eli Password Replaced by a newer slip." in text(shown)
    assert "zaur Password The student has chosen a password." in text(shown)
    ((_, new),) = slips(teacher.get(newer).text)
    assert log_in(app.test_client(), "eli", new).status_code == 303
