"""A placement test taken by the keyboard alone, readable in every state."""

import re
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.core.kinds import parse_question
from quizapp.models import Memory, QuestionVersion, Response


def asked(visitor: Any) -> Any:
    """Return the question on the screen."""
    attempt_id, position = re.findall(r"\d+", visitor.page.locator("form.answer").get_attribute("action"))
    on_screen = (Response.attempt_id == int(attempt_id), Response.position == int(position))
    with visitor.site.session() as session:
        return parse_question(
            session.scalars(
                select(QuestionVersion.body)
                .join(Response, Response.question_version_id == QuestionVersion.id)
                .where(*on_screen)
            ).one()
        )


def states(visitor: Any) -> list[int]:
    with visitor.site.session() as session:
        return list(session.scalars(select(Memory.state).where(Memory.learner_id == visitor.id)))


@pytest.mark.accessibility
def test_it_marks_what_was_answered_rightly_until_that_is_undone(visitor: Any, page: Page) -> None:
    visitor.start(page="/today")
    visitor.question = lambda: asked(visitor)
    page.get_by_role("link", name="Take a placement test").press("Enter")
    check(page)
    page.get_by_role("button", name="Start test").press("Enter")
    expect(page.get_by_text("Question 1 of 20")).to_be_visible()
    check(page)
    visitor.fill_rightly()
    page.get_by_role("button", name="Save and continue").press("Enter")
    expect(page.get_by_text("Question 2 of 20")).to_be_visible()
    page.get_by_role("link", name="Today").first.press("Enter")
    page.get_by_role("link", name="Continue the placement test").press("Enter")
    expect(page.get_by_text("You have answered 1 of 20 questions.")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Continue", exact=True).press("Enter")
    page.get_by_role("button", name="I don’t know").press("Enter")
    expect(page.get_by_text("Question 3 of 20")).to_be_visible()
    page.get_by_role("link", name="Hand in").press("Enter")
    expect(
        page.get_by_text("18 of 20 questions are not answered. Facts whose questions you didn’t answer stay new.")
    ).to_be_visible()
    check(page)
    page.get_by_role("button", name="Hand in").press("Enter")
    expect(page.get_by_text("1 of 20 facts marked as known.")).to_be_visible()
    assert states(visitor) == [2]
    check(page)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone. None of these facts are marked as known.")).to_be_visible()
    assert states(visitor) == [0]
    check(page)
