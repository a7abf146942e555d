"""A teacher marks an essay in a browser: by keyboard, on a phone, and without JavaScript."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe import check
from input_devices import TELEPHONE, load_kinds
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.models import Assignment, Attempt, Classroom, Enrolment, Question, QuestionSet, User
from quizapp.services.accounts import hash_password
from quizapp.services.assignments.student_attempts import begin_assigned_attempt
from quizapp.services.attempts import lifecycle

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def answers(site: Any) -> str:
    """The address of a student's answers to a quiz with one essay."""
    load_kinds(site)
    began = site.noon - timedelta(days=1)
    with site.session() as session:
        question_set = session.scalars(select(QuestionSet).where(QuestionSet.key == "kinds")).one()
        essay = session.scalars(select(Question.id).where(Question.key == "essay-essay")).one()
        classroom = Classroom(title="7b", timezone="UTC", created_at=began)
        people = [
            User(name=name, name_folded=name.lower(), password_hash=hash_password(PASSWORD, ""),
                 created_at=began, is_teacher=name == "Leyla")
            for name in ("Leyla", "Aysel")
        ]  # fmt: skip
        session.add_all([classroom, *people])
        session.flush()
        for user, role in zip(people, ("teacher", "student"), strict=True):
            session.add(Enrolment(class_id=classroom.id, user_id=user.id, role=role, joined_at=began))
        quiz = Assignment(
            class_id=classroom.id, set_id=question_set.id, made_by_id=people[0].id, kind="quiz", title="Rivers",
            created_at=began, question_ids=[essay], attempts=1, feedback="at-end",
        )  # fmt: skip
        session.add(quiz)
        session.flush()
        attempt = begin_assigned_attempt(session, people[1], quiz.id, now=began)
        written = {"essay": "The river slows down.\n\nIt drops its sand."}
        lifecycle.answer_question(session, people[1], attempt.id, 1, written, ms=9000, confidence=None, now=began)
        lifecycle.hand_in_attempt(session, people[1], attempt.id, now=began)
        return f"/assignments/{quiz.id}/results/{people[1].id}"


def log_in(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("User name").fill("Leyla")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Account")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText")
        if focused.strip() == name:
            return
    raise AssertionError(f"Tab does not lead to {name}")


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}, TELEPHONE], ids=["keyboard", "no-js", "phone"])
def test_a_teacher_marks_by_keyboard(
    arrive: Callable[..., Any], site: Any, answers: str, complaints: Any, options: dict[str, Any]
) -> None:
    complaints.expect("422")  # the mark that is refused
    page = arrive(**options).page
    log_in(page)
    page.goto(answers)
    expect(page.locator(".essay__text")).to_have_text("The river slows down.\n\nIt drops its sand.")
    tab_to(page, "The river slows down")
    if not page.get_by_label("The river slows down").is_checked():
        page.keyboard.press("Space")
    page.get_by_label("Mark", exact=True).fill("")
    page.get_by_label("Mark", exact=True).focus()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The highest mark is 1.")).to_be_visible()
    expect(page.get_by_label("The river slows down")).to_be_checked()
    if options.get("java_script_enabled", True):
        check(page)
    page.get_by_label("Mark", exact=True).fill("0.75")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0.75 out of 1:")).to_be_visible()
    with site.session() as session:
        attempt = session.scalars(select(Attempt).where(Attempt.purpose == "assignment")).one()
        assert (attempt.marks, attempt.unmarked) == (0.75, 0)
