"""From guest to account and out again."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from argon2 import PasswordHasher
from axe import check
from playwright.sync_api import Page, expect

from quizapp.core.totp import code_at, current_step
from quizapp.services import accounts

PASSWORD, NEW_PASSWORD = "correct horse battery", "another horse battery"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def sign_up(page: Page, name: str) -> None:
    page.goto("/signup")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text(f"Welcome, {name}.")).to_be_visible()


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/login")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")


def log_out(page: Page) -> None:
    page.goto("/account")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You’re logged out.")).to_be_visible()


def test_what_a_guest_learned_is_kept_on_signing_up_and_found_again_later(
    visitor: Any, page: Page, arrive: Callable[..., Any]
) -> None:
    visitor.start()
    visitor.answer()
    page.get_by_role("link", name="Guest").click()
    page.get_by_role("link", name="Sign up").click()
    sign_up(page, "Aysel")
    log_out(page)
    elsewhere = arrive().page
    log_in(elsewhere, "aysel")
    elsewhere.get_by_role("link", name="Continue").click()
    expect(elsewhere.locator(".review__progress")).to_contain_text("1 learning")


def test_what_is_wrong_with_a_sign_up_is_said_at_the_field(page: Page, complaints: Any) -> None:
    complaints.expect("status of 422")
    page.goto("/signup")
    page.get_by_label("User name").fill("Leyla")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill("something else")
    page.get_by_role("button", name="Sign up").click()
    again = page.get_by_label("Repeat password")
    expect(again).to_have_accessible_description("The passwords don’t match.")
    expect(again).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("User name")).to_have_value("Leyla")


def test_changing_the_password_logs_every_other_browser_out(page: Page, arrive: Callable[..., Any]) -> None:
    sign_up(page, "Murad")
    other = arrive().page
    log_in(other, "Murad")
    page.goto("/account/password")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("Repeat new password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed.")).to_be_visible()
    other.goto("/today")
    expect(other.get_by_role("heading", level=1)).to_have_text("Log in")
    log_in(other, "Murad", NEW_PASSWORD)


def test_logging_out_in_one_tab_is_noticed_in_the_middle_of_a_session_in_another(
    visitor: Any, page: Page, complaints: Any
) -> None:
    complaints.expect("status of 400")
    visitor.start()
    sign_up(page, "Rena")
    visitor.be_asked("choice")
    tab = page.context.new_page()
    log_out(tab)
    visitor.right_choice().click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    expect(page.get_by_text("You’re no longer logged in, so this wasn’t saved.")).to_be_visible()
    assert visitor.reviews() == []


def test_a_password_manager_finds_the_fields(page: Page) -> None:
    page.goto("/login")
    expect(page.get_by_label("User name")).to_have_attribute("autocomplete", "username")
    expect(page.get_by_label("Password")).to_have_attribute("autocomplete", "current-password")
    page.goto("/signup")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("autocomplete", "new-password")


def test_everything_about_a_person_can_be_taken_along_and_deleted(page: Page) -> None:
    sign_up(page, "Togrul")
    page.goto("/account")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    assert "Togrul" in download.value.path().read_text()
    page.get_by_role("link", name="Delete account").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Everything about you has been deleted.")).to_be_visible()
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_a_guest_deletes_what_was_learned(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    page.goto("/account/delete")
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("button", name="Start studying")).to_be_visible()


def test_a_browser_is_logged_out_from_another(page: Page, arrive: Callable[..., Any]) -> None:
    sign_up(page, "Sona")
    other = arrive().page
    log_in(other, "Sona")
    page.goto("/account")
    sessions = page.get_by_role("region", name="Where you’re logged in")
    expect(sessions.get_by_role("listitem")).to_have_count(2)
    sessions.get_by_role("listitem").get_by_role("button", name="Log out").click()
    expect(page.get_by_text("That browser is logged out.")).to_be_visible()
    expect(sessions.get_by_role("listitem")).to_have_count(1)
    other.goto("/today")
    expect(other.get_by_role("heading", level=1)).to_have_text("Log in")


def test_a_learner_becomes_a_teacher(page: Page) -> None:
    sign_up(page, "Vaqif")
    page.goto("/account")
    page.get_by_role("link", name="Become a teacher").click()
    page.get_by_label("I want to teach").check()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Stop teaching")).to_be_visible()
    expect(page.get_by_role("link", name="Classes")).to_be_visible()


@pytest.mark.accessibility
def test_two_step_log_in(site: Any, page: Page) -> None:
    sign_up(page, "Kamal")
    page.goto("/account")
    page.get_by_role("link", name="Two-step log-in").click()
    picture = page.get_by_role("img", name="QR code with the key below")
    assert picture.locator("svg").bounding_box()["width"] >= 180  # type: ignore[index]
    check(page)
    secret = page.locator("[name=secret]").input_value()
    step = current_step(site.app.config["CLOCK"](UTC))
    page.get_by_role("textbox", name="Code").fill(code_at(secret, step))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on two-step log-in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    check(page)
    recovery = page.locator("main li code").first.inner_text()
    page.get_by_role("link", name="I’ve saved them").click()
    log_out(page)
    page.goto("/login")
    page.get_by_label("User name").fill("Kamal")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    check(page)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    page.goto("/account/two-step")
    expect(page.get_by_text("9 recovery codes left")).to_be_visible()
    check(page)
