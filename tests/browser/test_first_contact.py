"""From opening the start page to the first answer."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.models import User
from quizapp.services.sample_question import find_sample_question


def right_choice(page: Page, site: Any) -> Any:
    with site.session() as session:
        sample = find_sample_question(session, 1)
        assert sample
        return page.get_by_role("button", name=sample.question.answer, exact=True)


@pytest.mark.accessibility
@pytest.mark.parametrize(("size", "scripts"), [((390, 844), True), ((1280, 800), False)], ids=["phone", "no scripts"])
def test_the_first_answer_takes_one_press(
    arrive: Callable[..., Any], site: Any, size: tuple[int, int], scripts: bool
) -> None:
    visitor = arrive(java_script_enabled=scripts, viewport={"width": size[0], "height": size[1]})
    page = visitor.page
    began = time.perf_counter()
    page.goto("/")
    for choice in page.get_by_role("group").filter(has=page.locator("[name=picked]")).get_by_role("button").all():
        expect(choice).to_be_in_viewport()
    right_choice(page, site).click()
    expect(page.locator("#verdict")).to_have_text("Right")
    print(f"The first answer was there {time.perf_counter() - began:.1f} s after opening the page.")
    expect(page.locator(".explanation p").first).to_be_in_viewport()
    if scripts:
        check(page)
    page.get_by_role("button", name="Continue without an account").click()
    page.wait_for_url("**/review")
    with site.session() as session:
        visitor.id = session.scalars(select(User.id).order_by(User.id.desc()).limit(1)).one()
    assert [one.verdict for one in visitor.reviews()] == ["right"]
