"""Reloading, going back, a second tab and a lost connection: whatever happens, an answer counts exactly once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe import check
from people import PASSWORD
from playwright.sync_api import Page, expect

from quizapp.core.accounts import fold_name
from quizapp.services import accounts


@pytest.fixture
def service_workers() -> bool:
    return True


def test_a_reload_asks_the_same_question_with_the_same_choices(visitor: Any, page: Page) -> None:
    visitor.start()
    shown = page.locator("#prompt, .choice__text").all_inner_texts()
    page.reload()
    assert page.locator("#prompt, .choice__text").all_inner_texts() == shown


def test_a_session_continues_where_it_was_left(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    page.get_by_role("link", name="Continue").click()
    asked = page.locator("#prompt")
    expect(asked).to_be_visible()
    left_at = asked.inner_text()
    page.close()
    page = visitor.page = page.context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("#prompt")).to_have_text(left_at)
    expect(page.locator(".review__progress")).to_contain_text("1 learning")


def test_a_reload_after_an_answer_shows_its_feedback_again(visitor: Any, page: Page) -> None:
    visitor.start()
    answered = page.locator("#prompt").inner_text()
    visitor.answer()
    page.reload()
    expect(page.locator("#verdict")).to_have_text("Right")
    expect(page.get_by_role("heading", level=1)).to_have_text(answered)
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("#prompt")).not_to_have_text(answered)
    expect(page).to_have_url(re.compile("/review$"))
    assert len(visitor.reviews()) == 1


def test_a_reload_after_undo_on_a_verdict_s_own_page_asks_on(visitor: Any, page: Page) -> None:
    visitor.start()
    asked = page.locator("#prompt").inner_text()
    visitor.answer()
    page.goto(f"/review/answers/{visitor.reviews()[0].id}")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#prompt")).to_have_text(asked)
    page.reload()
    expect(page.locator("#prompt")).to_have_text(asked)


def test_going_back_does_not_bring_an_answered_question_to_life(visitor: Any, page: Page) -> None:
    visitor.start()
    answered = page.locator("#prompt").inner_text()
    visitor.answer(rightly=False)
    page.get_by_role("link", name="More about this fact").click()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(answered)
    expect(page.locator("#verdict")).to_have_text("Not right")
    assert len(visitor.reviews()) == 1


def test_the_first_of_two_tabs_to_answer_counts(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("choice")
    other = page.context.new_page()
    other.goto(page.url)
    visitor.right_choice().click()
    expect(page.locator("#verdict")).to_have_text("Right")
    visitor.page = other
    visitor.wrong_choice().click()
    expect(other.locator("#verdict")).to_have_text("Right")
    expect(other.get_by_text("You’ve already answered this question. Your first answer counts.")).to_be_visible()
    assert [review.verdict for review in visitor.reviews()] == ["right"]


# Where a browser keeps no questions for times offline, as on plain http in a network at home


@pytest.mark.usefixtures("without_workers")
def test_without_a_connection_typing_is_kept_and_can_be_sent_again(visitor: Any, page: Page, complaints: Any) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    complaints.expect("Failed to fetch")
    visitor.start(page=None)
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    page.context.set_offline(True)
    page.get_by_label("Your answer").fill("Georgy Chicherin")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").filter(has_text="That didn’t reach the server.")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_value("Georgy Chicherin")
    page.context.set_offline(False)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_have_text("Right")
    expect(page.get_by_text("That didn’t reach the server.")).to_be_hidden()
    assert len(visitor.reviews()) == 1


@pytest.mark.usefixtures("without_workers")
def test_without_a_connection_continue_says_so_and_works_again_later(visitor: Any, page: Page, complaints: Any) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    complaints.expect("Failed to fetch")
    visitor.start()
    visitor.answer()
    page.context.set_offline(True)
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_text("That didn’t reach the server.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("form.answer")).to_be_visible()


@pytest.mark.accessibility
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_answer_after_the_session_ended_is_sent_after_logging_in(
    arrive: Callable[..., Any], complaints: Any, scripts: bool
) -> None:
    visitor = arrive(java_script_enabled=scripts)
    page: Page = visitor.page
    visitor.start(page=None)
    name = f"Aysel{visitor.id}"  # the database is shared
    visitor.set(name=name, name_folded=fold_name(name), password_hash=accounts.hash_password(PASSWORD, name))
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    page.get_by_label("Your answer").fill("Georgy Chicherin")
    page.context.clear_cookies()
    complaints.expect("status of 400")  # the security token is gone with the session
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    expect(page.get_by_text("Georgy Chicherin")).to_be_visible()
    if scripts:
        check(page)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send it again")
    if scripts:
        check(page)
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#verdict")).to_have_text("Right")
    assert len(visitor.reviews()) == 1
