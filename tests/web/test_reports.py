"""The pages of a class's reports: what they say, their files, and the one press that assigns."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from course import Course, choice, picked
from flask.testing import FlaskClient
from log_ins import log_in_as
from openpyxl import load_workbook
from people import send
from sqlalchemy import select
from sqlalchemy.orm import Session
from study import study_day

from quizapp.models import Assignment, Memory
from quizapp.services.reports import item_analysis

RIGHT, LURED, OTHER = picked(0), picked(1), picked(2)


@pytest.fixture
def course(session: Session) -> Course:
    return Course(session, "Aysel", "=Babək")


@pytest.fixture
def quiz(course: Course) -> Assignment:
    asked = [course.question(key, choice(key)) for key in ("one", "two")]
    quiz = course.assign("quiz", title="Test", question_ids=asked)
    course.take(quiz, "Aysel", dict(zip(asked, (RIGHT, LURED), strict=True)))
    course.take(quiz, "=Babək", dict(zip(asked, (LURED, LURED), strict=True)))
    return quiz


@pytest.fixture
def teacher(client: FlaskClient, course: Course) -> FlaskClient:
    return log_in_as(client, course.teacher.id)


@pytest.mark.both_databases
def test_class_today_says_who_is_stuck_and_what_to_do(teacher: FlaskClient, course: Course) -> None:
    course.assign(at=datetime.now(UTC) - timedelta(days=20), new_per_day=2)
    course.remember("Aysel", course.facts[0], last=study_day() - timedelta(days=9))
    page = teacher.get(f"/classes/{course.id}/report").text
    assert re.search(r"Not studied for days.*Ask what keeps them.*Aysel</a> <span class=\"fine\">9 days", page, re.S)
    assert re.search(r"Not started yet.*start together in class.*=Babək", page, re.S)
    student = teacher.get(f"/classes/{course.id}/students/{course.students['Aysel'].id}/report").text
    assert "Has not studied for 9 days." in student


def test_every_page_does_without_anything_to_show(teacher: FlaskClient, course: Course) -> None:
    for path in ("report", "map", "gradebook"):
        page = teacher.get(f"/classes/{course.id}/{path}")
        assert page.status_code == 200
        assert "assigned to the class yet" in page.text


def test_the_pages_of_a_demo_class_say_so(teacher: FlaskClient, session: Session, course: Course) -> None:
    course.classroom.is_demo = True
    session.commit()
    assert "Demo data" in teacher.get(f"/classes/{course.id}/report").text


def test_the_map_assigns_what_will_be_forgotten(teacher: FlaskClient, session: Session, course: Course) -> None:
    course.assign()
    for name in course.students:
        course.remember(
            name,
            course.facts[0],
            stability=0.5,
            last=study_day() - timedelta(days=3),
            due_day=study_day() + timedelta(days=9),
        )
    page = teacher.get(f"/classes/{course.id}/map?target=0.9").text
    assert "1 of 3 facts will be below 90%" in page
    fields = dict(re.findall(r'name="(set|target)" value="([^"]+)"', page))
    done = send(teacher, f"/classes/{course.id}/map/assign", **fields)
    assert (done.status_code, done.location) == (303, f"/classes/{course.id}/map?set={course.set_id}")
    session.expire_all()
    made = session.scalars(select(Assignment).order_by(Assignment.id.desc())).first()
    assert made is not None
    assert (made.kind, made.fact_ids, made.made_by_id) == ("study", [course.facts[0]], course.teacher.id)
    assert all(memory.due_day and memory.due_day <= study_day() for memory in session.scalars(select(Memory)))


def test_nothing_is_assigned_where_nothing_will_be_forgotten(
    teacher: FlaskClient, session: Session, course: Course
) -> None:
    course.assign()
    send(teacher, f"/classes/{course.id}/map/assign", set=course.set_id, target="0.9")
    assert len(session.scalars(select(Assignment)).all()) == 1
    assert "Nothing was assigned." in teacher.get(f"/classes/{course.id}/map").text


@pytest.mark.parametrize("query", ["set=x&rows=x&by=x&when=x&page=x&target=x", "page=-3", "page=99&rows=facts"])
def test_an_odd_address_shows_the_usual_map(teacher: FlaskClient, course: Course, query: str) -> None:
    course.assign()
    assert teacher.get(f"/classes/{course.id}/map?{query}").status_code == 200


def test_results_show_each_question_and_lead_to_the_answers(
    teacher: FlaskClient, course: Course, quiz: Assignment
) -> None:
    page = teacher.get(f"/assignments/{quiz.id}/results").text
    assert "50%" in page
    link = f"/assignments/{quiz.id}/results/{course.students['Aysel'].id}"
    assert link in page
    answers = teacher.get(link).text
    assert "Right answer: A" in answers
    assert "Not B." in answers


@pytest.mark.both_databases
def test_a_table_comes_as_csv_without_a_formula(teacher: FlaskClient, course: Course, quiz: Assignment) -> None:
    file = teacher.get(f"/assignments/{quiz.id}/results?as=csv")
    assert file.headers["Content-Disposition"] == "attachment; filename=Test.csv"
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))
    assert rows[0][:4] == ["Student", "User name", "Marks", "Out of"]
    assert {row[0]: row[2:5] for row in rows[1:]} == {"Aysel": ["1.0", "2", "50.0"], "'=Babək": ["0.0", "2", "0.0"]}


@pytest.mark.parametrize("table", ["gradebook", "results"])
def test_a_table_comes_as_a_workbook(teacher: FlaskClient, course: Course, quiz: Assignment, table: str) -> None:
    path = f"/classes/{course.id}/gradebook" if table == "gradebook" else f"/assignments/{quiz.id}/results"
    sheet = load_workbook(io.BytesIO(teacher.get(f"{path}?as=xlsx").data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {"Aysel", "'=Babək"}
    assert 50 in [cell.value for cell in cells]


@pytest.mark.both_databases
def test_item_analysis_flags_a_question_and_says_what_to_do(
    teacher: FlaskClient, course: Course, quiz: Assignment
) -> None:
    page = teacher.get(f"/assignments/{quiz.id}/analysis").text
    assert "A wrong choice was picked more often than the right answer." in page
    assert "With fewer than 10 students" in page
    assert "Mix up" in page
    assert "Edit question" not in page  # the set is not this teacher's
    assert "Make your own copy" in page
    assert teacher.get(f"/classes/{course.id}/sets/{course.set_id}/analysis").status_code == 200


def test_a_long_item_analysis_comes_a_page_at_a_time(
    teacher: FlaskClient, session: Session, course: Course, quiz: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_analysis, "PAGE", 1)
    address = f"/assignments/{quiz.id}/analysis"
    first, second, beyond = (teacher.get(f"{address}?page={page}").text for page in (1, 2, 99))
    shown = [re.findall(r'<h3 id="question-(\d+)"', page) for page in (first, second)]
    assert shown == [["1"], ["2"]]
    assert f'href="{address}?page=2"' in first
    assert re.search(r'<h3 id="question-(\d+)"', beyond), "beyond the last page is the last"
    links = set(re.findall(r'href="([^"]*#question-\d+)"', second))
    assert links <= {f"{address}?page=1#question-1", "#question-2", f"{address}?page=3#question-3"}


def test_somebody_else_finds_nothing(client: FlaskClient, course: Course, quiz: Assignment) -> None:
    log_in_as(client, course.students["Aysel"].id)
    for path in (
        f"/classes/{course.id}/report", f"/classes/{course.id}/map", f"/classes/{course.id}/gradebook?as=csv",
        f"/assignments/{quiz.id}/results?as=xlsx", f"/assignments/{quiz.id}/analysis",
        f"/assignments/{quiz.id}/results/{course.students['Aysel'].id}",
        f"/classes/{course.id}/students/{course.students['Aysel'].id}/report",
    ):  # fmt: skip
        assert client.get(path).status_code == 404
    assert send(client, f"/classes/{course.id}/map/assign", set=course.set_id).status_code == 404
