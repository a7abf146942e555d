"""Classes in a browser without JavaScript: opened, joined, taught by two."""

import pytest
from class_pages import code, counted, id_of, joined, open_class, somebody, text
from flask import Flask
from flask.testing import FlaskClient
from people import send, sign_up

from quizapp.core.classes import WRONG_CODES
from quizapp.models import Classroom, User


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


# Opening and joining


@pytest.mark.both_databases
def test_it_works(app: Flask, teacher: FlaskClient, here: str) -> None:
    page = teacher.get(here).text
    assert code(app) in page
    assert f"/join/{code(app)}" in page
    newcomer = somebody(app, "Aysel")
    assert send(newcomer, "/join", code=code(app).lower().replace("-", " ")).location == f"/join/{code(app)}"
    invited = text(newcomer.get(f"/join/{code(app)}").text)
    assert "History, 9b Taught by Rasim." in invited
    assert "They can’t change your password." in invited
    assert send(newcomer, f"/join/{code(app)}").location == here
    assert "You joined “History, 9b”." in text(newcomer.get(here).text)
    assert "Aysel" in text(teacher.get(here).text)


def test_a_newcomer_signs_up_and_comes_back_to_join(
    app: Flask, teacher: FlaskClient, client: FlaskClient, here: str
) -> None:
    address = f"/join/{code(app)}"
    page = client.get(address).text
    assert 'name="csrf_token"' not in page.partition("<main")[2].partition("</main")[0]
    for way in ("/signup", "/login"):
        assert f'href="{way}?next={address}"' in page
    assert send(client, address).location == f"/signup?next={address}"
    assert sign_up(client, "Aysel", next=address).location == address
    assert send(client, address).location == here


def test_a_guest_joins_by_signing_up_and_keeps_what_was_learned(
    app: Flask, teacher: FlaskClient, client: FlaskClient, here: str
) -> None:
    send(client, "/start", timezone="UTC")
    address = f"/join/{code(app)}"
    assert "you keep everything you did as a guest" in text(client.get(address).text)
    assert send(client, address).location == f"/signup?next={address}"
    before = counted(app, User)
    sign_up(client, "Aysel", next=address)
    send(client, address)
    assert counted(app, User) == before
    assert "Aysel" in text(teacher.get(here).text)


def test_a_wrong_code_is_shown_in_the_form(app: Flask, teacher: FlaskClient) -> None:
    newcomer = somebody(app, "Aysel")
    for wrong in (newcomer.get("/join/k7m-04t"), send(newcomer, "/join", code="k7m-04t")):
        assert "This code doesn’t work." in text(wrong.text)
        assert 'value="k7m-04t"' in wrong.text
    assert newcomer.get("/join/k7m-04t").status_code == 404
    assert send(newcomer, "/join", code="k7m-04t").status_code == 422
    assert send(newcomer, "/join/k7m-04t").status_code == 404
    assert "Type the code" in text(send(newcomer, "/join").text)


def test_guessing_is_slowed(app: Flask, teacher: FlaskClient, client: FlaskClient, here: str) -> None:
    assert [client.get(f"/join/{number}").status_code for number in range(WRONG_CODES)] == [404] * WRONG_CODES
    held = client.get(f"/join/{code(app)}")
    assert held.status_code == 429
    assert "Try again in 15 minutes" in text(held.text)
    assert "History" not in held.text


def test_who_is_banned_gets_the_page_of_a_wrong_code(
    app: Flask, teacher: FlaskClient, student: FlaskClient, here: str
) -> None:
    student.get(here)  # which says once that one has joined
    send(teacher, f"{here}/students/{id_of(app, 'Aysel')}/ban")
    got = student.get(f"/join/{code(app)}")
    wrong = student.get("/join/K7M-04T-X9P")
    assert got.status_code == wrong.status_code == 404
    assert text(got.text) == text(wrong.text)
    assert send(student, f"/join/{code(app)}").status_code == 404


def test_who_is_in_the_class_is_led_to_it(app: Flask, teacher: FlaskClient, student: FlaskClient, here: str) -> None:
    for member in (teacher, student):
        assert member.get(f"/join/{code(app)}").location == here


def test_a_learner_sees_how_to_become_a_teacher(app: Flask) -> None:
    learner = somebody(app, "Aysel")
    assert "Choose “Become a teacher” in your account" in text(learner.get("/classes").text)
    assert "Only teachers can create classes." in text(learner.get("/classes/new").text)
    assert send(learner, "/classes/new", title="Mine", timezone="UTC").status_code == 403
    assert counted(app, Classroom) == 0


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": "  "}, "Give the class a name."),
        ({"title": "x" * 81}, "up to 80 characters"),
        ({"title": "a\x07b"}, "invisible character"),
        ({"timezone": "Baku"}, "Choose a time zone"),
    ],
)
def test_a_class_that_will_not_do_is_shown_at_the_field(app: Flask, fields: dict[str, str], why: str) -> None:
    refused = send(somebody(app, "Rasim", teaches=True), "/classes/new", **{"title": "9b", "timezone": "UTC", **fields})
    assert refused.status_code == 422
    assert why in text(refused.text)
    assert counted(app, Classroom) == 0


def test_a_new_code_ends_the_old_one_and_a_closed_class_has_none(app: Flask, teacher: FlaskClient, here: str) -> None:
    old, newcomer = code(app), somebody(app, "Aysel")
    send(teacher, f"{here}/code")
    assert newcomer.get(f"/join/{old}").status_code == 404
    assert newcomer.get(f"/join/{code(app)}").status_code == 200
    send(teacher, f"{here}/close")
    assert "Joining is off." in text(teacher.get(here).text)
    send(teacher, f"{here}/code")
    assert newcomer.get(f"/join/{code(app)}").status_code == 200


@pytest.mark.both_databases
def test_a_class_is_renamed_archived_and_restored(
    app: Flask, teacher: FlaskClient, student: FlaskClient, here: str
) -> None:
    assert '<option selected value="en">' in teacher.get(f"{here}/settings").text
    send(teacher, f"{here}/settings", title="History, 10b", timezone="Europe/London", language="ru")
    assert '<option selected value="ru">' in teacher.get(f"{here}/settings").text
    send(teacher, f"{here}/archive")
    assert "This class is archived." in text(teacher.get(here).text)
    assert "Archived (1)" in text(student.get("/classes").text)
    assert "History, 10b" in text(student.get(here).text)
    send(teacher, f"{here}/restore")
    log = text(teacher.get(f"{here}/log").text)
    for sentence in (
        "Rasim restored the class.",
        "Rasim archived the class.",
        "Rasim changed the time zone from Asia/Baku to Europe/London.",
        "Aysel joined.",
    ):
        assert sentence in log


# Teachers


def test_a_second_teacher_does_the_same_and_leaves(app: Flask, teacher: FlaskClient, here: str) -> None:
    colleague = somebody(app, "Vaqif", teaches=True)
    assert colleague.get(here).status_code == 404
    assert send(teacher, f"{here}/teachers", name="vaqif").status_code == 303
    assert "History, 9b" in text(colleague.get("/classes").text)
    assert "Rasim made Vaqif a teacher of the class." in text(colleague.get(f"{here}/log").text)
    assert send(colleague, f"{here}/teachers/{id_of(app, 'Rasim')}/end").status_code == 404
    send(colleague, f"{here}/leave")
    assert colleague.get(here).status_code == 404


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "Type a user name."),
        ("Nobody", "No account has this user name."),
        ("Rasim", "This person already teaches the class."),
        ("Aysel", "This isn’t a teacher’s account."),
    ],
)
def test_why_somebody_cannot_be_added_as_a_teacher(
    teacher: FlaskClient, student: FlaskClient, name: str, why: str, here: str
) -> None:
    refused = send(teacher, f"{here}/teachers", name=name)
    assert refused.status_code == 422
    assert why in text(refused.text)


def test_the_last_teacher_stays(teacher: FlaskClient, here: str) -> None:
    page = teacher.get(send(teacher, f"{here}/leave").location).text
    assert "You’re the only teacher of this class." in text(page)
    assert teacher.get(here).status_code == 200


# The log


def test_the_log_has_pages(teacher: FlaskClient, here: str) -> None:
    for _ in range(55):
        send(teacher, f"{here}/code")
    first, second = teacher.get(f"{here}/log").text, teacher.get(f"{here}/log?page=2").text
    assert f"{here}/log?page=2" in first
    assert "Rasim created the class." not in text(first)
    assert "Rasim created the class." in text(second)
    assert "No older entries." in text(teacher.get(f"{here}/log?page=3").text)
    assert teacher.get(f"{here}/log?page={'9' * 25}").status_code == 200
