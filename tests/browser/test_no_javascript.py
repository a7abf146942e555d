"""Everything works in a browser that runs no scripts: slower by a page load, but whole."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PASSWORD = "correct horse battery"


@pytest.fixture
def visitor(arrive: Callable[..., Any]) -> Any:
    return arrive(java_script_enabled=False)


@pytest.fixture
def page(visitor: Any) -> Page:
    page: Page = visitor.page
    return page


def test_a_newcomer_studies(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Start studying").click()
    page.locator("button.choice").first.click()
    expect(page.locator("#verdict")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    expect(page.locator(".review__progress")).to_contain_text("1 learning")


def test_a_choice(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("choice")
    visitor.wrong_choice().click()
    expect(page.locator("#verdict")).to_have_text("Not right")
    expect(page.get_by_role("heading", name="Why not")).to_be_visible()
    expect(page.get_by_role("link", name="Continue")).to_be_focused()


def test_saying_how_sure_one_is(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.set(asks_confidence=True)
    visitor.be_asked("choice")
    page.get_by_role("radio", name="Certain").check()
    page.keyboard.press("Enter")  # picks no choice
    visitor.wrong_choice().click()
    expect(page.locator("#verdict")).to_contain_text("You were certain, so take a second look.")
    expect(page.locator(".passage").first).to_be_visible()


def test_a_statement(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("true_false", fact="resistance-on-the-railway")
    page.get_by_role("button", name="True").click()
    expect(page.locator("#verdict")).to_have_text("Right")


def test_typing_and_overriding(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    page.get_by_label("Your answer").fill("the commissar")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_have_text("Not right")
    page.get_by_role("button", name="I was right").click()
    expect(page.locator("#verdict")).to_have_text("Right, marked by you")


def test_a_date(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("date", fact="chicherin-note-2-january")
    page.get_by_label("Your answer (a date)").fill("2 January 1920")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_have_text("Right")


def test_gaps(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("cloze", fact="white-retreat-to-rostov")
    page.get_by_label("Gap: compass point").fill("south")
    page.get_by_label("Gap: city").fill("Rostov")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_be_visible()
    expect(page.locator(".cloze__key")).to_have_text(["south", "Rostov-on-Don"])


@pytest.mark.parametrize("kind", ["multiple", "ordering", "matching", "number"])
def test_what_is_filled_in(visitor: Any, page: Page, kind: str) -> None:
    visitor.start(page=None)
    visitor.be_asked(kind)
    visitor.fill_rightly()
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_have_text("Right")


def test_a_card(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("flashcard")
    page.get_by_text("Show the answer", exact=True).click()
    page.get_by_role("button", name="Good").click()
    expect(page.locator("form.answer")).to_be_visible()
    assert [review.rating for review in visitor.reviews()] == [3]


def test_going_back_does_not_bring_an_answered_question_to_life(visitor: Any, page: Page) -> None:
    visitor.start()
    answered = page.locator("#prompt").inner_text()
    visitor.answer(rightly=False)
    page.go_back()
    expect(page.locator("#prompt")).not_to_have_text(answered)
    assert len(visitor.reviews()) == 1


def test_undo_and_putting_away(visitor: Any, page: Page) -> None:
    visitor.start()
    asked = page.locator("#prompt").inner_text()
    visitor.answer()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#prompt")).to_have_text(asked)
    page.get_by_role("button", name="Skip until tomorrow").click()
    expect(page.locator("#prompt")).not_to_have_text(asked)
    page.locator(".notices").get_by_role("button", name="Undo").click()
    expect(page.locator("#prompt")).to_have_text(asked)


def test_signing_up_logging_out_and_in(page: Page) -> None:
    page.goto("/signup")
    page.get_by_label("User name").fill("Nigar")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Welcome, Nigar.")).to_be_visible()
    page.get_by_role("link", name="Account").click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("link", name="Log in").first.click()
    page.get_by_label("User name").fill("Nigar")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")


def test_the_colours_are_chosen_and_stay_chosen(page: Page) -> None:
    page.goto("/")
    light = page.locator("html").evaluate("e => getComputedStyle(e).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).not_to_have_css("background-color", light)
    page.goto("/login")
    expect(page.locator("html")).not_to_have_css("background-color", light)


def test_the_size_of_type_is_chosen_and_stays_chosen(page: Page) -> None:
    page.goto("/")
    size = "paragraph => parseFloat(getComputedStyle(paragraph).fontSize)"
    before = page.locator(".lede").evaluate(size)
    page.get_by_role("button", name="Larger").click()
    expect(page.get_by_role("button", name="Larger")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".lede").evaluate(size) > 1.2 * before
    page.goto("/login")
    expect(page.locator("html")).to_have_attribute("data-text-size", "larger")


def test_the_keys_have_a_page(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Keyboard shortcuts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard shortcuts")
    expect(page.get_by_role("table", name="Keyboard shortcuts while you study")).to_be_visible()


def test_reading_and_seeing_progress(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    page.get_by_role("link", name="Progress").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Progress")
    expect(page.get_by_role("img").first).to_be_visible()
    page.get_by_role("link", name="Explore").click()
    page.locator(".fact__statement").first.click()
    expect(page.get_by_role("heading", name="Source", exact=True)).to_be_visible()
    page.locator(".passage a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Passages")
