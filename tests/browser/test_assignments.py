"""Assignments in a browser: made, tried, taken after a crash, regraded; by keyboard, on a phone, without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from assignments import School, mend, open_school, quiz, take
from axe import check
from log_ins import open_session
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.models import Assignment, Attempt, Fact, Question, QuestionVersion, User
from quizapp.services.attempts.questions import list_questions


class Class:
    """A class of the site, and browsers of its people."""

    def __init__(self, site: Any, arrive: Callable[..., Any], suffix: str) -> None:
        self.site, self.arrive = site, arrive
        with site.session() as session:
            school = open_school(session, suffix=suffix)
            self.class_id, self.set_id = school.class_id, school.set_id
            self.teacher, self.student = school.teacher.id, school.students[0].id

    def browser(self, user_id: int, **options: Any) -> Page:
        page: Page = self.arrive(**options).page
        with self.site.session() as session:
            token = open_session(session, user_id)
        app = self.site.app
        signed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token})
        page.context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": signed, "url": self.site.url}])
        return page

    def assigned(self, **terms: Any) -> int:
        """The id of a quiz of three questions with choices."""
        with self.site.session() as session:
            terms.setdefault("question_ids", self.choices(session)[:3])
            return quiz(session, self.school(session), **terms).id

    def choices(self, session: Any) -> list[int]:
        rows = session.execute(
            select(Question.id, Question.fact_id)
            .join(Fact, Fact.id == Question.fact_id)
            .join(QuestionVersion, QuestionVersion.question_id == Question.id)
            .where(Fact.set_id == self.set_id, QuestionVersion.body["kind"].as_string() == "choice")
            .order_by(Fact.position)
        )
        return list({row.fact_id: row.id for row in rows}.values())

    def school(self, session: Any) -> School:
        from quizapp.models import Classroom

        people = {user.id: user for user in session.scalars(select(User))}
        classroom = session.get_one(Classroom, self.class_id)
        return School(classroom, people[self.teacher], [people[self.student]], self.set_id)

    def right(self, page: Page) -> str:
        """The right choice of the question on the screen."""
        found = re.search(r"/attempts/(\d+)/(\d+)", page.url)
        assert found
        with self.site.session() as session:
            asked: Any = list_questions(session, session.get_one(Attempt, int(found[1])))[int(found[2]) - 1].question
            return str(asked.answer)


@pytest.fixture
def make_class(site: Any, arrive: Callable[..., Any]) -> Callable[[str], Class]:
    return lambda suffix: Class(site, arrive, suffix)


@pytest.mark.accessibility
def test_a_quiz_is_drawn_assigned_taken_and_gone_on_with_after_a_crash(make_class: Callable[[str], Class]) -> None:
    room = make_class("-drawn")
    desk = room.browser(room.teacher)
    desk.goto(f"/classes/{room.class_id}/assignments/new?set={room.set_id}&kind=quiz")
    desk.get_by_label("Title").fill("Dates of 1920")
    desk.get_by_label("Minutes allowed").fill("30")
    desk.get_by_label(re.compile("^Dates")).fill("2")
    desk.get_by_label(re.compile(r"^Choice \(")).check()
    check(desk)
    desk.get_by_role("button", name="Assign", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Dates of 1920")
    check(desk)

    phone = room.browser(room.student, viewport={"width": 390, "height": 800})
    phone.goto("/today")
    phone.get_by_role("link", name="Dates of 1920").click()
    check(phone)
    phone.get_by_role("button", name="Start quiz").press("Enter")
    phone.get_by_role("button", name=room.right(phone)).click()
    expect(phone).to_have_url(re.compile("/2$"))
    phone.context.close()

    again = room.browser(room.student)
    again.goto("/today")
    again.get_by_role("link", name="Dates of 1920").click()
    again.get_by_role("button", name="Continue").click()
    expect(again).to_have_url(re.compile("/2$"))
    again.get_by_role("button", name=room.right(again)).click()
    check(again)
    again.get_by_role("button", name="Hand in").click()
    expect(again.get_by_text("2 of 2 marks, 100%")).to_be_visible()
    desk.reload()
    expect(desk.get_by_text("1 of 2 students started, 1 handed it in.")).to_be_visible()


def test_questions_are_picked_without_javascript(make_class: Callable[[str], Class]) -> None:
    room = make_class("-picked")
    desk = room.browser(room.teacher, java_script_enabled=False)
    desk.goto(f"/classes/{room.class_id}/assignments/new?set={room.set_id}&kind=quiz")
    desk.get_by_label("Title").fill("Picked")
    desk.get_by_label("Chosen by you").check()
    desk.get_by_text("Chosen questions (0)").click()
    desk.get_by_label("Words in the question").fill("note")
    desk.get_by_label("Words in the question").press("Enter")
    ticks = desk.locator("input[name=tick]")
    ticks.nth(0).check()
    ticks.nth(3).check()
    desk.get_by_role("button", name="Add ticked questions").click()
    expect(desk.get_by_text("Chosen questions (2)")).to_be_visible()
    first = desk.locator(".picking__list li").first.inner_text()
    desk.get_by_role("button", name="Down").first.click()
    expect(desk.locator(".picking__list li").nth(1)).to_have_text(re.compile(re.escape(first.split("\n")[0][:20])))
    expect(desk.get_by_label("Title")).to_have_value("Picked")
    desk.get_by_role("button", name="Assign", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Picked")
    desk.get_by_role("button", name="Preview as a student").click()
    expect(desk).to_have_url(re.compile(r"/attempts/\d+/1$"))


@pytest.mark.accessibility
def test_a_mended_key_regrades_everyone_after_a_look(make_class: Callable[[str], Class]) -> None:
    room = make_class("-mended")
    number = room.assigned(title="To regrade")
    with room.site.session() as session:
        school = room.school(session)
        assignment = session.get_one(Assignment, number)
        take(session, school.students[0], assignment)
        question_id = assignment.question_ids[0]
        question = session.get_one(Question, question_id)
        body = question.versions[-1].body
        first = body["distractors"][0]
        others = [{**first, "text": body["answer"]}, *body["distractors"][1:]]
        mend(session, question_id, answer=first["text"], distractors=others)
    desk = room.browser(room.teacher)
    desk.goto(f"/assignments/{number}")
    desk.get_by_role("link", name="Regrade everyone").press("Enter")
    expect(desk.get_by_text("1 answer would get a different mark")).to_be_visible()
    check(desk)
    desk.get_by_role("button", name="Regrade everyone").press("Enter")
    expect(desk.get_by_text("There is nothing to regrade.")).to_be_visible()
    with room.site.session() as session:
        assert session.scalars(select(Attempt.marks).where(Attempt.assignment_id == number)).one() == 2.0
