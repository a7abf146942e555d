"""A custom session chosen and studied in a browser: the number follows the choice, the address keeps it."""

import re
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect


@pytest.mark.accessibility
def test_a_session_is_chosen_and_stays_chosen(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=2, page="/today")
    page.get_by_role("link", name="Custom session").click()
    size = page.locator("#session-size")
    expect(size).to_contain_text("2 new facts")
    page.get_by_label("Extra new facts").check()
    expect(size).to_contain_text("12 new facts")
    page.get_by_label("Number of extra facts").fill("0")
    page.get_by_label("People and bodies").check()
    expect(size).to_contain_text("Type a whole number from 1 to 200.")
    check(page)
    page.get_by_label("Number of extra facts").fill("1")
    page.get_by_label("Dates").check()
    expect(page).to_have_url(re.compile("dates.*actors.*more=1"))
    page.reload()
    expect(size).to_contain_text("3 new facts")
    page.get_by_role("link", name="Start").click()
    chosen = re.compile(r"/review\?topic=april-1920(:|%3A)dates&topic=april-1920(:|%3A)actors&new=3$")
    expect(page).to_have_url(chosen)
    expect(page.get_by_text("3 to go")).to_be_visible()
    check(page)
    page.get_by_role("button", name="I don’t know").click()
    page.get_by_role("link", name="Continue", exact=True).click()
    expect(page.get_by_text("1 learning · 2 to go")).to_be_visible()
    expect(page).to_have_url(chosen)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 to go")).to_be_visible()
    expect(page).to_have_url(chosen)
