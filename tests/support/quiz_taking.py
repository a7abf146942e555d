"""Quizzes as they are taken in a real browser."""

import re
from datetime import UTC
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.core.kinds import parse_question
from quizapp.models import Attempt, QuestionVersion
from quizapp.models import Response as ResponseRow


def question_on(visitor: Any) -> Any:
    """The question of the quiz on the screen."""
    found = re.search(r"/attempts/(\d+)/(\d+)", visitor.page.url)
    assert found
    with visitor.site.session() as session:
        version_id = session.get_one(ResponseRow, (int(found[1]), int(found[2]))).question_version_id
        return parse_question(session.get_one(QuestionVersion, version_id).body)


def make(
    page: Page,
    *,
    size: int = 3,
    kinds: tuple[str, ...] = (),
    minutes: int | None = None,
    at_once: bool = False,
    counts: bool = True,
) -> None:
    """Make a quiz; its first question is on the screen, and its scripts have run."""
    page.goto("/quizzes")
    page.get_by_role("link", name="Make a quiz").click()
    page.get_by_label("Number of questions").fill(str(size))
    if minutes:
        page.get_by_label("Minutes allowed").fill(str(minutes))
    if counts:
        page.get_by_label("Answers count as reviews").check()
    if at_once:
        page.get_by_label("After each answer").check()
    if kinds:
        page.get_by_text("More options").click()
        for kind in kinds:
            page.get_by_label(re.compile(rf"^{kind} \(")).check()
    page.get_by_role("button", name="Start quiz").click()
    expect(page.locator("form.answer")).to_be_visible()
    page.wait_for_load_state()


def at(page: Page, position: int | str) -> None:
    expect(page).to_have_url(re.compile(rf"/attempts/\d+/{position}$"))


def give(visitor: Any, *, rightly: bool = True) -> None:
    """Answer the question on the screen, and go on."""
    page = visitor.page
    match visitor.question().kind:
        case "choice" | "true_false" | "point":
            (visitor.right_choice() if rightly else visitor.wrong_choice()).click()
        case _ if rightly:
            visitor.fill_rightly()
            page.locator("form.answer .answer__check").click()
        case _:
            page.get_by_role("button", name="I don’t know").click()


def attempt_of(visitor: Any) -> Attempt:
    with visitor.site.session() as session:
        found: Attempt = session.scalars(select(Attempt).where(Attempt.learner_id == visitor.id)).one()
        return found


def end_now(visitor: Any) -> None:
    """Let the time of the attempt be up, as the site's clock has it."""
    with visitor.site.session() as session:
        attempt = session.get_one(Attempt, attempt_of(visitor).id)
        attempt.deadline = visitor.site.app.config["CLOCK"](UTC)


def responses(visitor: Any) -> list[ResponseRow]:
    with visitor.site.session() as session:
        rows = (
            select(ResponseRow).where(ResponseRow.attempt_id == attempt_of(visitor).id).order_by(ResponseRow.position)
        )
        return list(session.scalars(rows))
