"""The students of a class in a browser without JavaScript: what they see, and what is done about them."""

import re
from datetime import date

import pytest
from class_pages import code, id_of, joined, let_teacher_have_made, open_class, somebody, text, work
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sqlalchemy import select

from quizapp.extensions import db
from quizapp.models import DayCount, Enrolment


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
    let_teacher_have_made(app, "Leyla")
    send(teacher, f"{here}/students/{id_of(app, 'Leyla')}/password")
    work(app)
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
    noted = {"called": "  Aysel   Məmmədova ", "surname": "Məmmədova", "group_name": " B ", "time_factor": "1.25"}
    send(teacher, f"{here}/students/{aysel}", **noted)
    assert "Aysel Məmmədova B Aysel 2 March 2026" in text(teacher.get(here).text)
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
