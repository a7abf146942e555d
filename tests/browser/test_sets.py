"""Sets in a real browser: begun by keyboard, described without scripts, shared, and fit for everybody."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.models import Fact, QuestionSet

PASSWORD = "correct horse battery"


def sign_up(page: Page, url: str, name: str) -> None:
    network = page.context.request
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', network.get(f"{url}/signup").text())
    assert token
    form = {"csrf_token": token[1], "name": name, "password": PASSWORD, "repeated": PASSWORD}
    assert network.post(f"{url}/signup", form=form, max_redirects=0).status == 303


@pytest.fixture
def plain(arrive: Callable[..., Any]) -> Page:
    """A page without scripts."""
    return arrive(java_script_enabled=False).page


def new_set(page: Page, title: str) -> str:
    """Begin a set; the address of its pages."""
    page.goto("/sets/new")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_text("More settings").click()
    page.get_by_label("Topics, one per line").fill("Dates\nPeople")
    save(page)
    page.wait_for_url(re.compile(r"/sets/\d+$"))
    return page.url


def save(page: Page) -> None:
    page.locator("main").get_by_role("button", name="Save", exact=True).last.click()


def test_a_set_is_begun_and_described_by_keyboard_alone(page: Page, site: Any) -> None:
    sign_up(page, site.url, "Keyboard")
    page.goto("/sets/new")
    page.get_by_label("Title", exact=True).focus()
    page.keyboard.type("Lakes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lakes")
    page.get_by_role("link", name="Settings", exact=True).press("Enter")
    page.get_by_role("button", name="Add topic").press("Enter")
    page.locator("#topics-1-title").focus()
    page.keyboard.type("Fish")
    page.get_by_role("button", name="Move up: new topic").press("Enter")
    expect(page.locator("#topics-0-title")).to_have_value("Fish")
    page.locator("#topics-0-title").press("Enter")  # saves, and moves nothing
    expect(page.locator(".notices")).to_contain_text("Saved.")
    expect(page.locator("#topics-0-title")).to_have_value("Fish")
    with site.session() as session:
        row = session.scalars(select(QuestionSet).where(QuestionSet.title == "Lakes")).one()
        assert [topic["title"] for topic in row.header["topics"]] == ["Fish", "General"]


@pytest.mark.accessibility
def test_five_cards_are_made_and_studied_within_90_seconds(page: Page, site: Any) -> None:
    sign_up(page, site.url, "Quick")
    page.goto("/today")
    began, presses = time.monotonic(), 0

    def press(role: Any, name: str) -> None:
        nonlocal presses
        presses += 1
        page.get_by_role(role, name=name, exact=True).click()

    press("link", "Sets")
    press("link", "New set")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.keyboard.type("German animals")
    page.keyboard.press("Tab")
    page.keyboard.type("dog - Hund\ncat - Katze\nmouse: Maus\nbird = Vogel\nWhat is a tree? Baum")
    expect(page.locator("#cards-preview")).to_contain_text("5 cards")
    check(page)
    press("button", "Save and study")
    expect(page.get_by_text("5 to go")).to_be_visible()
    backs = {"dog": "Hund", "cat": "Katze", "mouse": "Maus", "bird": "Vogel", "What is a tree?": "Baum"}
    for number in range(1, 6):
        page.get_by_label("Your answer").fill(backs[page.locator("#prompt").inner_text()])
        page.keyboard.press("Enter")
        page.get_by_text("Continue", exact=True).click()
        expect(page.locator(".review__progress")).to_contain_text(f"{number} learning")
    assert presses <= 4
    assert time.monotonic() - began < 90
    page.goto("/sets")
    page.get_by_text("Add to folder").click()
    page.get_by_label("Folder", exact=True).fill("Languages")
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_role("heading", name="Languages")).to_be_visible()
    page.get_by_text("Edit folder").click()
    check(page)


def test_a_copy_is_made_brought_up_to_date_and_archived_without_scripts(plain: Page, site: Any) -> None:
    sign_up(plain, site.url, "Plain")
    plain.goto("/explore")
    plain.get_by_role("button", name="Copy to my sets").click()
    address = plain.url
    with site.session() as session:  # as if the original said it otherwise by now
        fact = session.scalars(select(Fact).where(Fact.set_id == int(address.rsplit("/", 1)[1])).limit(1)).one()
        fact.statement, fact.bank_hash = "It was otherwise.", "older"
    plain.goto(f"{address}/updates")
    expect(plain.locator("del")).to_contain_text("otherwise")
    plain.get_by_role("button", name="Apply 1 update").click()
    expect(plain.locator(".notices")).to_contain_text("Updated: 0 added, 1 changed, 0 archived.")
    plain.get_by_role("link", name="Sharing", exact=True).click()
    plain.get_by_role("button", name="Archive set").click()
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator(".notices")).to_contain_text("is restored.")


@pytest.mark.accessibility
def test_every_page_of_a_set_is_fit_for_everybody(page: Page, site: Any, complaints: Any) -> None:
    complaints.expect("status of 4(22|09)")
    sign_up(page, site.url, "Colleague")
    page.context.clear_cookies()
    sign_up(page, site.url, "Everybody")
    address = new_set(page, "Озёра и реки")
    page.goto(f"{address}/sharing")
    page.get_by_label("User name").fill("Colleague")
    page.get_by_role("button", name="Add co-author").click()
    page.get_by_label("By link").check()
    page.get_by_role("button", name="Save").click()
    check(page)
    page.get_by_role("link", name="Make Colleague the owner").click()
    check(page)
    page.goto(f"{address}/passages")
    page.get_by_label("Title").fill("Sources")
    page.get_by_label("Summary").fill("They *begin*.")
    page.get_by_role("button", name="Add passage").click()
    check(page)
    page.goto(f"{address}/sharing?kinds=typed&new=0")
    check(page)
    for path in (
        "/sets",
        "/sets?q=ozera",
        "/sets/public",
        "/sets/public?q=ozera",
        "/sets/new",
        f"{address}/passages/1",
        f"{address}/log",
        f"{address}/updates",
    ):
        page.goto(path)
        check(page)
    page.goto(f"{address}/settings")
    page.get_by_label("Author").fill("A. Writer")
    save(page)
    expect(page.locator("#source-title-error")).to_be_visible()
    check(page)
    other = page.context.new_page()
    other.goto(f"{address}/settings")
    other.get_by_label("Title", exact=True).first.fill("Реки")
    save(other)
    expect(other.locator(".notices")).to_contain_text("Saved.")
    page.locator("#source-title").fill("On lakes")
    save(page)
    expect(page.locator("#conflict")).to_be_visible()
    check(page)
