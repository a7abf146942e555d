"""Stars, hints, notes and the search by keyboard, without leaving the page."""

from typing import Any

from axe import check
from playwright.sync_api import Page, expect


def test_the_tools_beside_a_question_by_keyboard(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("choice")
    page.keyboard.press("*")
    expect(page.get_by_role("button", name="Remove star")).to_be_focused()
    page.keyboard.press("h")
    expect(page.locator(".hint-text")).to_contain_text("Hint: it isn’t")
    expect(page.get_by_role("button", name="Remove star")).to_be_visible()
    check(page)
    visitor.right_choice().click()
    expect(page.locator("#verdict")).to_have_text("Right with a hint: counts as not remembered")
    page.locator("#note summary").click()
    note = page.get_by_role("textbox", name="Your note")
    note.fill("A *spike* in the lake / h")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".own-note__text em")).to_have_text("spike")
    check(page)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("Sámur/")
    page.keyboard.press("Enter")
    expect(page.locator(".fact").first).to_contain_text("Samur")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    check(page)
