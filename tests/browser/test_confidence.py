"""Saying how sure one is before an answer: for those who want it, and never demanded."""

from typing import Any

from playwright.sync_api import Page, expect


def verdict(page: Page) -> Any:
    return page.locator("#verdict")


def test_certainty_is_asked_of_those_who_want_it_and_never_demanded(visitor: Any, page: Page) -> None:
    visitor.start()
    asked = page.get_by_role("group", name="How sure are you?")
    expect(asked).to_have_count(0)
    page.goto("/account")
    page.get_by_label("Ask how sure I am before each answer").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    visitor.be_asked("choice")
    expect(asked.get_by_role("radio")).to_have_count(3)
    visitor.answer()
    expect(verdict(page)).to_have_text("Right")
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.get_by_role("radio", name="Unsure").check()
    page.get_by_label("Your answer").fill("Chicherin")
    page.get_by_label("Your answer").press("Enter")
    expect(verdict(page)).to_contain_text("You were unsure.")
    assert [review.confidence for review in visitor.reviews()] == [None, 1]
    visitor.be_asked("flashcard")  # which the learner rates
    expect(asked).to_have_count(0)


def test_a_certain_mistake_shows_the_passage_at_once_and_comes_back_today(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.set(asks_confidence=True)
    visitor.be_asked("choice")
    page.get_by_role("radio", name="Certain").check()
    visitor.wrong_choice().click()
    expect(verdict(page)).to_contain_text("You were certain, so take a second look.")
    expect(page.locator("details.source[open] .passage").first).to_be_visible()
    expect(page.locator(".next-due")).to_have_text("You’ll see it again in this session.")
