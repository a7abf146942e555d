"""A slip of the hand: whatever was just done can be taken back, and nothing else is."""

import re
from typing import Any

from browsers import HeldPosts
from playwright.sync_api import Page, expect


def test_undo_brings_the_question_back(visitor: Any, page: Page) -> None:
    visitor.start()
    asked = page.locator("#prompt").inner_text()
    visitor.answer(rightly=False)
    page.get_by_role("button", name="Undo").click()
    told = page.locator("#main > [role=status]")  # a place that is there from the beginning: it is read out
    expect(told).to_have_text("Answer undone.")
    expect(page.locator("#prompt")).to_have_text(asked)
    expect(page.locator("#prompt")).to_be_focused()
    assert visitor.reviews() == []
    visitor.answer()
    expect(page.locator(".notice")).to_have_count(0)  # what it said is over


def test_undo_while_an_answer_is_on_its_way_takes_back_that_one(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("#prompt")).to_be_focused()
    asked = page.locator("#prompt").inner_text()
    held = HeldPosts(page, re.compile(r"/review/\d+$"))
    visitor.wrong_choice().click()
    page.keyboard.press("u")
    held.wait()
    assert len(visitor.reviews()) == 1
    held.release()
    expect(page.get_by_text("Answer undone.")).to_be_visible()
    expect(page.locator("#prompt")).to_have_text(asked)
    expect(page.locator("#prompt")).to_be_focused()
    assert [review.verdict for review in visitor.reviews()] == ["right"]


def test_undo_pressed_twice_takes_one_answer_back(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("#prompt")).to_be_focused()
    visitor.answer()
    page.get_by_role("button", name="Undo").dblclick()
    expect(page.get_by_text("Answer undone.")).to_be_visible()
    assert len(visitor.reviews()) == 1


def test_undo_on_an_old_verdict_takes_back_that_answer_alone(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    old = page.context.new_page()
    old.goto(f"/review/answers/{visitor.reviews()[0].id}")
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("#prompt")).to_be_focused()
    visitor.answer()
    second = visitor.reviews()[1]
    old.get_by_role("button", name="Undo").click()
    expect(old.get_by_text("Answer undone.")).to_be_visible()
    assert [review.id for review in visitor.reviews()] == [second.id]


def test_a_skipped_fact_can_be_taken_back_at_once(visitor: Any, page: Page) -> None:
    visitor.start()
    asked = page.locator("#prompt").inner_text()
    for button in ("Skip until tomorrow", "Suspend"):
        page.get_by_role("button", name=button).click()
        expect(page.locator("#prompt")).not_to_have_text(asked)
        page.locator(".notices").get_by_role("button", name="Undo").click()
        expect(page.locator("#prompt")).to_have_text(asked)
