"""A plan made and kept in a browser: the exam, a pause, with the keyboard, without JavaScript, for everyone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.models import Fact, Memory, Plan, User

PLAN = "/plans/april-1920"
DAY = timedelta(days=1)


def set_plan(visitor: Any, **values: Any) -> None:
    with visitor.site.session() as session:
        plan = session.scalars(select(Plan).where(Plan.learner_id == visitor.id)).one()
        for name, value in values.items():
            setattr(plan, name, value)


def today_of(visitor: Any) -> Any:
    with visitor.site.session() as session:
        return session.get_one(User, visitor.id).clock.day(visitor.site.noon)


def remember_many(visitor: Any, count: int) -> None:
    """Have met so many facts, all due today."""
    today = today_of(visitor)
    with visitor.site.session() as session:
        for fact_id in session.scalars(select(Fact.id).order_by(Fact.position.desc()).limit(count)):
            memory = {"version": 1, "state": 2, "stability": 9.0, "difficulty": 5.0, "reps": 3, "lapses": 0}
            memory |= {"last_day": today - 10 * DAY, "due_day": today}
            session.add(Memory(learner_id=visitor.id, fact_id=fact_id, **memory))


def be_late(visitor: Any, days: int) -> None:
    """Let all that is due have been due for so many days."""
    with visitor.site.session() as session:
        for memory in session.scalars(select(Memory).where(Memory.learner_id == visitor.id)):
            memory.due_day -= days * DAY


def unfold(page: Page, *titles: str) -> None:
    for title in titles:
        page.locator("summary", has_text=title).click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save plan").click()
    expect(page.get_by_text("Plan saved.")).to_be_visible()


def test_an_exam_is_counted_down_and_no_card_comes_back_after_it(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    exam = today_of(visitor) + 3 * DAY
    page.goto("/today")
    page.get_by_role("link", name="Plan for").click()
    page.get_by_label("Exam day").fill(exam.isoformat())
    save(page)
    expect(page.get_by_role("heading", name="Exam in 3 days")).to_be_visible()
    page.goto("/today")
    expect(page.get_by_text("Exam in 3 days.")).to_be_visible()
    visitor.be_asked("flashcard")
    page.get_by_text("Show the answer", exact=True).click()
    waits = page.locator(".rating__wait").all_text_contents()
    assert len(waits) == 4 and waits[-1] == "2 days"  # which nobody would hear of without an exam
    asked = page.locator("#prompt").inner_text()
    page.locator(".rating--easy").click()
    expect(page.locator("#prompt")).not_to_have_text(asked)
    with visitor.site.session() as session:
        due = session.scalars(select(Memory.due_day).where(Memory.learner_id == visitor.id, Memory.state == 2)).all()
        assert due == [exam - DAY]


def test_a_paused_set_rests_until_it_is_resumed(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    page.goto(PLAN)
    page.get_by_label("Pause this set").check()
    save(page)
    page.goto("/review")
    expect(page.locator("#prompt")).to_have_count(0)
    page.goto("/today")
    page.get_by_role("button", name="Resume set").click()
    page.get_by_role("link", name="Start studying").click()
    expect(page.locator("#prompt")).to_be_visible()


def test_a_change_is_taken_back_with_one_press(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    page.goto(PLAN)
    page.get_by_label("New facts a day", exact=True).fill("3")
    unfold(page, "Desired retention", "Easy days")
    page.get_by_label("95%").check()
    page.get_by_label("Sunday").check()
    save(page)
    expect(page.get_by_text("Desired retention 95%")).to_be_visible()
    expect(page.get_by_text("Easy days and limit Sunday")).to_be_visible()
    page.get_by_role("button", name="Undo change").click()
    expect(page.get_by_label("New facts a day", exact=True)).to_have_value("10")
    expect(page.get_by_label("90%")).to_be_checked()
    expect(page.get_by_label("Sunday")).not_to_be_checked()


def test_with_the_keyboard_alone(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    page.goto(PLAN)
    page.get_by_label("New facts a day", exact=True).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("4")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # unfolds the recall to aim for
    page.keyboard.press("Tab")  # where it stands
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Other percentage")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # unfolds the easy days
    for _ in range(7):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Plan saved.")).to_be_visible()
    expect(page.get_by_label("New facts a day", exact=True)).to_have_value("4")
    expect(page.get_by_label("95%")).to_be_checked()
    expect(page.get_by_label("Sunday")).to_be_checked()


def test_the_forecast_follows_what_is_typed(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    page.goto(PLAN)
    page.get_by_label("Exam day").fill((today_of(visitor) + 10 * DAY).isoformat())
    expect(
        page.get_by_text(re.compile(r"new facts a day, about \d+ minutes?\. You’ll have studied all the facts"))
    ).to_be_visible()
    page.get_by_label("New facts a day until the exam").fill("3")
    expect(page.get_by_text("3 new facts a day")).to_be_visible()
    expect(page.get_by_text("won’t fit in before the exam")).to_be_visible()
    save(page)
    expect(page.get_by_role("heading", name="Exam in 10 days")).to_be_visible()


def test_without_javascript(arrive: Callable[..., Any]) -> None:
    visitor = arrive(java_script_enabled=False)
    visitor.start(page=None)
    page = visitor.page
    page.goto(PLAN)
    unfold(page, "Desired retention", "Easy days")
    page.get_by_label("Other", exact=True).check()
    page.get_by_label("Other percentage").fill("88")
    page.get_by_label("Maximum reviews a day").fill("25")
    page.get_by_label("Exam day").fill((today_of(visitor) + 10 * DAY).isoformat())
    page.get_by_role("button", name="Show forecast").click()
    expect(page.get_by_text("Expected score:")).to_be_visible()
    save(page)
    expect(page.get_by_text("at most 25 reviews a day")).to_be_visible()
    unfold(page, "Desired retention")
    expect(page.get_by_text("88% (current): about")).to_be_visible()
    page.get_by_role("button", name="Undo change").click()
    expect(page.get_by_label("Maximum reviews a day")).to_have_value("")


# For everyone


@pytest.mark.accessibility
def test_the_page_of_a_plan(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    page.goto(PLAN)
    unfold(page, "Desired retention", "Easy days", "Topics", "How is this calculated?")
    check(page)
    set_plan(visitor, exam_day=today_of(visitor) + 20 * DAY, exam_pace=1, easy_days="56")
    page.goto(PLAN)
    expect(page.get_by_text("won’t fit in before the exam").first).to_be_visible()
    save(page)
    check(page)


@pytest.mark.accessibility
def test_the_page_of_a_plan_with_errors(visitor: Any, page: Page, complaints: Any) -> None:
    complaints.expect("status of 422")
    visitor.start(page=None)
    page.goto(PLAN)
    page.evaluate("document.querySelector('.plan-form').noValidate = true")
    page.get_by_label("New facts a day", exact=True).fill("-1")
    unfold(page, "Desired retention", "Easy days")
    page.get_by_label("Other", exact=True).check()
    page.get_by_label("Other percentage").fill("99")
    page.get_by_label("Exam day").fill("2020-01-01")
    page.get_by_label("Maximum reviews a day").fill("0")
    for box in page.get_by_role("checkbox").all()[:7]:
        box.check()
    unfold(page, "Desired retention", "Easy days")
    page.get_by_role("button", name="Save plan").click()
    expect(page.locator(".field__error:visible")).to_have_count(5)
    check(page)


@pytest.mark.accessibility
@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, "minutes of study"),
        ({"new_per_day": 1, "exam_in": 9}, "Exam in 9 days."),
        ({"ceiling": 2}, "more facts are due"),
        ({"paused": True}, "All your sets are paused."),
        ({"exam_in": -3}, "minutes of study"),
        ({"easy_days": "0123456", "ceiling": 2}, "Easy day"),
    ],
)
def test_today_in_each_state(visitor: Any, page: Page, state: dict[str, Any], told: str) -> None:
    visitor.start(page=None)
    remember_many(visitor, 5)
    values = dict(state)
    if (exam_in := values.pop("exam_in", None)) is not None:
        values["exam_day"] = today_of(visitor) + exam_in * DAY
    set_plan(visitor, **values)
    page.goto("/today")
    expect(page.get_by_text(told).first).to_be_visible()
    check(page)


@pytest.mark.accessibility
def test_a_backlog_is_spread_over_days_and_no_more(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    remember_many(visitor, 60)
    be_late(visitor, 5)
    page.goto("/today")
    check(page)
    page.get_by_label("Number of days").select_option("3")
    page.get_by_role("button", name="Catch up").click()
    expect(page.get_by_text("36 facts due now can wait")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Stop catching up").click()
    expect(page.get_by_text("60 facts are due")).to_be_visible()
