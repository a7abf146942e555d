"""Who sees a list of students and its slips, and for how long."""

import re
from datetime import timedelta

import pytest
from class_pages import counted, open_class, slips, somebody, text
from flask import Flask
from flask.testing import FlaskClient
from people import send
from sqlalchemy import select
from student_list_pages import change_lists, made, sent

from quizapp.extensions import db
from quizapp.models import StudentList, User
from quizapp.services.classes import student_lists


@pytest.fixture
def teacher(app: Flask) -> FlaskClient:
    """Rasim, who teaches."""
    return somebody(app, "Rasim", teaches=True)


@pytest.fixture
def here(teacher: FlaskClient) -> str:
    """The address of the class that Rasim opened."""
    return open_class(teacher)


def test_nobody_else_sees_a_list_not_even_another_teacher(app: Flask, teacher: FlaskClient, here: str) -> None:
    colleague = somebody(app, "Vaqif", teaches=True)
    send(teacher, f"{here}/teachers", name="Vaqif")
    pages = [made(app, teacher, here), sent(teacher, here, "Leyla")]
    for page in pages:
        assert teacher.get(page).status_code == 200
        assert colleague.get(page).status_code == 404
        for path in (page, f"{page}/delete", f"{page}/stop", f"{page}/again"):
            assert send(colleague, path).status_code == 404
    assert "Slips for" not in colleague.get(here).text
    assert colleague.get(sent(colleague, here, "Orxan")).status_code == 200


def test_slips_are_gone_when_they_are_printed_and_after_a_day(app: Flask, teacher: FlaskClient, here: str) -> None:
    printed, left = made(app, teacher, here), made(app, teacher, here, "Leyla")
    send(teacher, f"{printed}/delete")
    assert teacher.get(printed).status_code == 404
    with app.app_context():
        kept = db.session.scalars(select(StudentList.changed_at)).one()
    change_lists(app, changed_at=kept - timedelta(days=1))
    assert teacher.get(left).status_code == 404
    assert counted(app, User) == 4
    with app.app_context():
        student_lists.delete_old_lists(db.session(), now=kept + timedelta(seconds=1))
        db.session.commit()
    assert counted(app, StudentList) == 0


def test_no_password_is_in_the_database(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = made(app, teacher, here, "Leyla")
    ((_, given),) = slips(teacher.get(page).text)
    with app.app_context():
        row = db.session.scalars(select(StudentList)).one()
        columns = [getattr(row, column.key) for column in StudentList.__table__.columns]
        stored = repr((columns, row.data, db.session.execute(select(User.password_hash)).all()))
    assert given not in stored and not set(given.split("-")[:3]) & set(re.findall(r"\w+", stored))


def test_only_so_many_lists_are_kept_for_one_person(
    app: Flask, teacher: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_lists, "MOST", 2)
    printed = made(app, teacher, here, "Aysel")
    unused = sent(teacher, here, "Leyla")
    other = open_class(teacher)
    waiting = made(app, teacher, other, "Orxan")
    assert teacher.get(unused).status_code == 404
    refused = send(teacher, f"{here}/add", text="Zaur")
    assert "You have 2 unfinished lists. Print the slips of older ones" in text(refused.text)
    assert [teacher.get(page).status_code for page in (printed, waiting)] == [200, 200]
    send(teacher, f"{printed}/delete")
    assert "The slips were deleted." in text(teacher.get(here).text)
    assert teacher.get(sent(teacher, here, "Zaur")).status_code == 200


def test_slips_that_are_a_day_old_make_room(
    app: Flask, teacher: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_lists, "MOST", 1)
    made(app, teacher, here, "Aysel")
    with app.app_context():
        kept = db.session.scalars(select(StudentList.changed_at)).one()
    change_lists(app, changed_at=kept - timedelta(days=2))
    assert teacher.get(sent(teacher, here, "Leyla")).status_code == 200
