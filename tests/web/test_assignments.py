"""Assignments on the page, without JavaScript: created, taken, released, regraded."""

import re
from datetime import timedelta
from typing import Any

import pytest
from assignments import KINDS, School, begin, mend, open_school, question_ids, quiz, study, take
from attempts import add_facts
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in_as
from people import send
from quiz_pages import heading, right_answers, stop_clock, text
from sqlalchemy import select
from study import NOON
from write_lock import watch

from quizapp.extensions import db
from quizapp.models import Assignment, Attempt, Extension, Plan, User
from quizapp.services.assignments import regrading

DAY = timedelta(days=1)


@pytest.fixture
def school(app: Flask) -> School:
    stop_clock(app)
    with app.app_context():
        made = open_school(db.session())
        for each in (made.classroom, made.teacher, *made.students):
            db.session.refresh(each)
        db.session.expunge_all()
        return made


def as_user(app: Flask, user: User) -> FlaskClient:
    return log_in_as(app.test_client(), user.id)


@pytest.fixture
def teacher(app: Flask, school: School) -> FlaskClient:
    return as_user(app, school.teacher)


@pytest.fixture
def student(app: Flask, school: School) -> FlaskClient:
    return as_user(app, school.students[0])


def stored(app: Flask) -> list[Assignment]:
    with app.app_context():
        found = list(db.session.scalars(select(Assignment).order_by(Assignment.id)))
        db.session.expunge_all()
        return found


def new(school: School, kind: str) -> str:
    return f"/classes/{school.class_id}/assignments/new?set={school.set_id}&kind={kind}"


QUIZ = {"title": "Rivers", "how": "drawn", "draw-dates": "2", "feedback": "at-end", "attempts": "1", "do": "save"}


@pytest.mark.both_databases
def test_it_works(app: Flask, school: School, teacher: FlaskClient, student: FlaskClient) -> None:
    with app.app_context():
        add_facts(db.session(), KINDS)
    assert "Three rivers" in teacher.get(f"/classes/{school.class_id}/assignments/new").text
    assert teacher.get(new(school, "quiz")).status_code == 200
    made = send(teacher, new(school, "quiz"), **{**QUIZ, "draw-dates": "4", "due_at": "2026-03-05T18:00"})
    assert made.status_code == 303, text(made.text)
    page = text(teacher.get(made.location).text)
    assert "Due 5 March 2026, 18:00" in page
    assert "Europe/Berlin" in page
    assert "0 of 2 students started" in page

    for where in ("/", "/today", f"/classes/{school.class_id}"):
        seen = text(student.get(where).text)
        assert "Rivers" in seen
        assert "assigned by Leyla" in seen
    number = made.location.rsplit("/", 1)[1]
    assert "Some facts are hidden while your class takes a quiz" in text(student.get("/practice").text)
    first = send(student, f"/assignments/{number}/begin")
    assert send(student, f"/assignments/{number}/begin").location == first.location, "two presses, one attempt"
    for position, fields in right_answers(app, first.location).items():
        page = student.get(f"{first.location}/{position}").text
        assert "Explanation" not in page
        assert send(student, f"{first.location}/{position}", **fields).status_code == 303
    result = send(student, f"{first.location}/hand-in")
    assert "4 of 4 marks" in text(student.get(result.location).text)
    assert "1 of 2 students started, 1 handed it in" in text(teacher.get(made.location).text)


def test_a_student_who_is_removed_during_a_quiz_learns_why_it_does_not_open(
    app: Flask, school: School, teacher: FlaskClient, student: FlaskClient
) -> None:
    with app.app_context():
        taken = f"/attempts/{begin(db.session(), school.students[0], quiz(db.session(), school)).id}"
    send(teacher, f"/classes/{school.class_id}/students/{school.students[0].id}/remove")
    for page in (student.get(f"{taken}/1"), send(student, f"{taken}/1", text="Nile"), student.get(f"{taken}/result")):
        assert page.status_code == 404 and heading(page.text) == "You’re no longer in this class"


@pytest.mark.both_databases
def test_to_study_enters_the_plan_and_says_so(
    app: Flask, school: School, teacher: FlaskClient, student: FlaskClient
) -> None:
    fields = {"title": "Before the exam", "topics": "dates", "retention": "85", "new_per_day": "6"}
    made = send(teacher, new(school, "study"), **fields, exam_day="2026-04-01")
    assert made.status_code == 303, text(made.text)
    with app.app_context():
        plan = db.session.get_one(Plan, (school.students[0].id, school.set_id))
        assert (plan.topics, plan.desired_retention, plan.new_per_day) == (["dates"], 0.85, 6)
    assert "exam on 1 April 2026" in text(student.get("/today").text)
    assert "To study Dates" in text(student.get(made.location).text)
    page = student.get("/plans/sample").text
    assert re.search(r'checked[^>]*value="dates"|value="dates"[^>]*checked|checked id="topics-0"', page)
    form = teacher.get(f"{made.location}/edit").text
    assert 'value="85"' in form


@pytest.mark.both_databases
def test_questions_are_looked_for_ticked_and_put_in_order_before_anything_is_kept(
    app: Flask, school: School, teacher: FlaskClient
) -> None:
    with app.app_context():
        ids = question_ids(db.session(), ["typed"] * 3)
    base: dict[str, Any] = {"title": "Rivers", "how": "picked", "feedback": "at-end"}
    found = send(teacher, new(school, "quiz"), **base, find="question 10", do="look")
    assert (found.status_code, found.text.count('name="tick"')) == (200, 3)
    added = send(teacher, new(school, "quiz"), **base, tick=[str(each) for each in ids], do="add")
    assert re.findall(r'name="picked" value="(\d+)"', added.text) == [str(each) for each in ids]
    moved = send(teacher, new(school, "quiz"), **base, picked=[str(each) for each in ids], do=f"up-{ids[2]}")
    order = re.findall(r'name="picked" value="(\d+)"', moved.text)
    assert order == [str(each) for each in (ids[0], ids[2], ids[1])]
    assert "Rivers" in moved.text
    assert stored(app) == [], "nothing is kept until it is assigned"
    send(teacher, new(school, "quiz"), **base, picked=order, do="save")
    assert [str(each) for each in stored(app)[0].question_ids] == order
    edited = teacher.get(f"/assignments/{stored(app)[0].id}/edit").text
    assert re.findall(r'name="picked" value="(\d+)"', edited) == order


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"title": ""}, "Type a title."),
        ({"draw-dates": "0"}, "Type how many questions you want"),
        ({"draw-dates": "99"}, "Type a whole number from 0 to"),
        ({"draw-dates": "x"}, "Type a whole number from 0 to"),
        ({"how": "picked"}, "Choose a question first."),
        ({"opens_at": "2026-03-05T18:00", "due_at": "2026-03-04T18:00"}, "The due time is before the opening time."),
        ({"due_at": "2026-03-05T18:00", "closes_at": "2026-03-04T18:00"}, "The closing time is before"),
        ({"due_at": "2026-03-29T02:30"}, "this time doesn’t exist"),
        ({"due_at": "tomorrow"}, "Choose a date and a time"),
        ({"feedback": "never"}, "This needs a due or closing time."),
        ({"attempts": "0"}, "Type a whole number from 1 to 100"),
        ({"minutes": "1000"}, "Type a whole number from 1 to 240"),
    ],
)
def test_what_does_not_fit_is_said_where_it_is_and_nothing_is_kept(
    app: Flask, school: School, teacher: FlaskClient, fields: dict[str, str], told: str
) -> None:
    answer = send(teacher, new(school, "quiz"), **{**QUIZ, "instructions": "Read closely", **fields})
    assert answer.status_code == 422
    assert told in text(answer.text)
    assert "Read closely" in answer.text
    assert stored(app) == []


def test_feedback_not_yet_released_is_on_no_page(app: Flask, school: School, student: FlaskClient) -> None:
    with app.app_context():
        assignment = quiz(db.session(), school_in(school), feedback="after-due", due_at=NOON + DAY)
        attempt = take(db.session(), db.session.get_one(User, school.students[0].id), assignment)
        address, number = f"/attempts/{attempt.id}", assignment.id
    clock = stop_clock(app)
    result = text(student.get(f"{address}/result").text)
    assert "Handed in: 4 of 4 questions answered" in result
    assert "3 March 2026, 13:00 (Europe/Berlin)" in result
    for page in (f"{address}/result", f"{address}/result?only=wrong", f"/assignments/{number}"):
        shown = text(student.get(page).text)
        assert "So it was" not in shown
        assert "4 of 4 mark" not in shown
        assert "Ob" not in shown.split()
    taken = student.get("/account/data", buffered=True).get_json()
    assert {row["fraction"] for row in taken["responses"]} == {None} == {row["marks"] for row in taken["attempts"]}
    assert taken["reviews"] == [], "no page of progress knows of it"
    clock["is"] = NOON + 2 * DAY
    assert "4 of 4 marks" in text(student.get(f"{address}/result").text)
    taken = student.get("/account/data", buffered=True).get_json()
    assert {row["fraction"] for row in taken["responses"]} == {1.0}
    assert len(taken["reviews"]) == 4


def test_answers_of_a_quiz_that_runs_do_not_tell_their_marks(app: Flask, school: School, student: FlaskClient) -> None:
    with app.app_context():
        assignment = quiz(db.session(), school_in(school), feedback="at-end")
        address = f"/attempts/{begin(db.session(), school_in(school).students[0], assignment).id}"
    send(student, f"{address}/2", text="Ob")
    running = student.get("/account/data", buffered=True).get_json()
    assert {(row["verdict"], row["fraction"]) for row in running["responses"]} == {(None, None)}
    assert [row["response"] for row in running["responses"] if row["response"]], "the answer is theirs"
    send(student, f"{address}/hand-in")
    taken = student.get("/account/data", buffered=True).get_json()
    assert 1.0 in {row["fraction"] for row in taken["responses"]}
    assert [row["marks"] for row in taken["attempts"]] == [1.0]


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_time_beyond_the_calendar_is_asked_about(
    app: Flask, school: School, teacher: FlaskClient, typed: str
) -> None:
    answer = send(teacher, new(school, "quiz"), **{**QUIZ, "due_at": typed})
    assert answer.status_code == 422
    assert "Check the year." in text(answer.text)
    assert stored(app) == []
    with app.app_context():
        number = quiz(db.session(), school_in(school)).id
    granted = send(teacher, f"/assignments/{number}/extensions/{school.students[0].id}", due_at=typed)
    assert granted.status_code == 422


def test_an_exam_ages_ahead_is_asked_about(app: Flask, school: School, teacher: FlaskClient) -> None:
    fields = {"title": "Rivers", "retention": "90", "new_per_day": "8", "exam_day": "2206-03-05"}
    answer = send(teacher, new(school, "study"), **fields)
    assert answer.status_code == 422
    assert "more than five years away" in text(answer.text)
    assert stored(app) == []


@pytest.mark.parametrize("do", ["up-" + "9" * 5000, "out-x", "add"])
def test_a_button_that_was_not_there_keeps_nothing(app: Flask, school: School, teacher: FlaskClient, do: str) -> None:
    assert send(teacher, new(school, "quiz"), **{**QUIZ, "draw-dates": "1", "do": do}).status_code == 200
    assert stored(app) == []


def test_too_large_a_set_number_leads_to_the_choice_of_sets(school: School, teacher: FlaskClient) -> None:
    page = teacher.get(f"/classes/{school.class_id}/assignments/new?set={'9' * 25}&kind=quiz")
    assert page.status_code == 200
    assert "Three rivers" in page.text


def school_in(school: School) -> School:
    """The school with its people in this session."""
    session = db.session()
    return School(
        session.merge(school.classroom, load=True),
        session.merge(school.teacher, load=True),
        [session.merge(each, load=True) for each in school.students],
        school.set_id,
    )


def test_a_preview_is_taken_and_thrown_away(app: Flask, school: School, teacher: FlaskClient) -> None:
    with app.app_context():
        number = quiz(db.session(), school_in(school)).id
    begun = send(teacher, f"/assignments/{number}/preview").location
    send(teacher, f"{begun}/2", text="Ob")
    result = send(teacher, f"{begun}/hand-in").location
    page = text(teacher.get(result).text)
    assert "Preview result" in page
    assert "1 of 4 marks" in page
    assert send(teacher, f"{begun}/discard").status_code == 303
    assert teacher.get(result).status_code == 404


def test_other_terms_for_one_student(app: Flask, school: School, teacher: FlaskClient) -> None:
    with app.app_context():
        number = quiz(db.session(), school_in(school), due_at=NOON + DAY).id
    address = f"/assignments/{number}/extensions/{school.students[0].id}"
    assert heading(teacher.get(address).text) == "Settings for Student00"
    assert send(teacher, address, time_factor="9").status_code == 422
    assert send(teacher, address, due_at="2026-03-29T02:30").status_code == 422
    assert send(teacher, address, due_at="2026-03-09T18:00", time_factor="1.5").status_code == 303
    with app.app_context():
        (extension,) = db.session.scalars(select(Extension))
        assert (extension.time_factor, extension.due_at.hour) == (1.5, 17)
    assert "due 9 March 2026, 18:00 ; 1.5 times the usual time" in text(teacher.get(f"/assignments/{number}").text)
    send(teacher, address)
    with app.app_context():
        assert db.session.scalars(select(Extension)).all() == []


def test_everyone_is_regraded_after_a_look(app: Flask, school: School, teacher: FlaskClient) -> None:
    with app.app_context():
        inside = school_in(school)
        assignment = quiz(db.session(), inside)
        take(db.session(), inside.students[0], assignment)
        number = assignment.id
        mend(db.session(), assignment.question_ids[1], answer="Lena")
    address = f"/assignments/{number}/regrade"
    look = teacher.get(address).text
    assert "1 answer would get a different mark" in text(look)
    assert "not their reviews or due days" in text(look), "memories are not touched, and the page says so"
    mark = re.search(r'name="digest" value="(\w+)"', look)
    assert mark
    stale = send(teacher, address, digest="0")
    assert "Check the marks again" in text(teacher.get(stale.location).text)
    send(teacher, address, digest=mark[1])
    assert "There is nothing to regrade" in text(teacher.get(address).text)
    with app.app_context():
        assert list(db.session.scalars(select(Attempt.marks))) == [3.0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_answers_are_graded_before_the_transaction(
    app: Flask, school: School, teacher: FlaskClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        inside = school_in(school)
        assignment = quiz(db.session(), inside)
        take(db.session(), inside.students[0], assignment)
        mend(db.session(), assignment.question_ids[1], answer="Lena")
        address = f"/assignments/{assignment.id}/regrade"
    mark = re.search(r'name="digest" value="(\w+)"', teacher.get(address).text)
    assert mark
    graded = watch(monkeypatch, database_url, regrading, "_grade_again")
    applied = watch(monkeypatch, database_url, regrading, "_apply")
    assert send(teacher, address, digest=mark[1]).status_code == 303
    assert (graded, applied) == ([True], [False])


@pytest.mark.both_databases
def test_it_is_archived_restored_and_assigned_again(
    app: Flask, school: School, teacher: FlaskClient, student: FlaskClient
) -> None:
    with app.app_context():
        number = study(db.session(), school_in(school)).id
    address = f"/assignments/{number}"
    send(teacher, f"{address}/archive")
    assert student.get(address).status_code == 404
    assert "Archived (1)" in text(teacher.get(f"/classes/{school.class_id}/assignments").text)
    send(teacher, f"{address}/restore")
    assert student.get(address).status_code == 200
    assert "7b" in teacher.get(f"{address}/duplicate").text
    assert send(teacher, f"{address}/duplicate", class_id=str(school.class_id)).status_code == 303
    assert send(teacher, f"{address}/duplicate", class_id="999").status_code == 422
    assert len(stored(app)) == 2


def test_students_may_not_do_what_teachers_do(app: Flask, school: School, student: FlaskClient) -> None:
    with app.app_context():
        number = quiz(db.session(), school_in(school)).id
    for page in ("edit", "regrade", "duplicate", f"extensions/{school.students[1].id}"):
        assert student.get(f"/assignments/{number}/{page}").status_code == 404
    for action in ("archive", "restore", "preview"):
        assert send(student, f"/assignments/{number}/{action}").status_code == 404
    assert student.get(new(school, "quiz")).status_code == 404
    with app.app_context():
        inside = school_in(school)
        other = begin(db.session(), inside.students[1], db.session.get_one(Assignment, number)).id
    assert student.get(f"/attempts/{other}/1").status_code == 404


SHARED = "Anyone can read this set and all its answers"


def test_the_teacher_of_a_quiz_on_a_public_set_is_offered_a_private_copy(
    app: Flask, school: School, teacher: FlaskClient
) -> None:
    with app.app_context():
        assignment_id = quiz(db.session(), school, question_ids=question_ids(db.session(), KINDS)).id
    form, page = new(school, "quiz"), f"/assignments/{assignment_id}"
    assert SHARED in text(teacher.get(form).text) and SHARED in text(teacher.get(page).text)
    copied = send(teacher, "/sets/duplicate", key="sample", class_id=str(school.class_id))
    assert copied.location.startswith(f"/classes/{school.class_id}/assignments/new?")
    shown = text(teacher.get(copied.location).text)
    assert "From “Three rivers (copy)”" in shown and SHARED not in shown
    study_id = study_of(app, school)
    assert SHARED not in text(teacher.get(f"/assignments/{study_id}").text)


def study_of(app: Flask, school: School) -> int:
    with app.app_context():
        return study(db.session(), school).id


def test_students_are_told_what_is_hidden_and_that_they_cannot_begin_again(
    app: Flask, school: School, student: FlaskClient
) -> None:
    with app.app_context():
        due = {"due_at": NOON - DAY, "closes_at": NOON + DAY}
        assignment = quiz(db.session(), school, feedback="after-due", attempts=2, draws={"dates": 1}, **due)
        take(db.session(), school.students[0], assignment, now=NOON - 2 * DAY)
        assignment_id = assignment.id
    assert "You have seen the right answers" in text(student.get(f"/assignments/{assignment_id}").text)
    refused = send(student, f"/assignments/{assignment_id}/begin")
    assert "You have seen the right answers" in text(student.get(refused.location).text)
    assert "Some facts are hidden while your class takes a quiz" in text(student.get("/explore/sample").text)
    fact = student.get("/explore/sample/facts/nile-date")
    assert (fact.status_code, heading(fact.text)) == (403, "Hidden during a quiz")
    assert "left out until the quiz closes" in text(student.get(f"/sets/{school.set_id}/export").text)
    guest = app.test_client()
    assert guest.get("/explore/sample/facts/nile-date").status_code == 200
