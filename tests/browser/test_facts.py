"""The page of a set as its author works it: by keyboard and by mouse, with scripts and without."""

from collections.abc import Callable
from typing import Any

import axe
import pytest
from facts import empty_set, keys_in_order, rivers
from flask.sessions import SecureCookieSessionInterface
from log_ins import open_session
from playwright.sync_api import Page, expect
from sets import person

from quizapp.models import QuestionSet


class Author:
    """Somebody at a browser who wrote a set."""

    def __init__(self, visitor: Any, name: str) -> None:
        self.site, self.page = visitor.site, visitor.page
        with self.site.session() as session:
            user = person(session, name)
            self.set_id = rivers(session, user).id
            self.empty_id = empty_set(session, user).id
            token = open_session(session, user.id)
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.site.app)
        cookie = {"name": self.site.app.config["SESSION_COOKIE_NAME"], "value": serializer.dumps({"_user_id": token})}
        self.page.context.add_cookies([{**cookie, "url": self.site.url}])

    def open(self, rest: str = "") -> Page:
        self.page.goto(f"/sets/{self.set_id}{rest}")
        return self.page

    def order(self) -> list[str]:
        with self.site.session() as session:
            return keys_in_order(session, session.get_one(QuestionSet, self.set_id))


@pytest.fixture
def author(visitor: Any, request: pytest.FixtureRequest) -> Author:
    return Author(visitor, request.node.name[-30:])


def test_facts_are_ticked_tagged_and_the_tag_taken_back(author: Author) -> None:
    page = author.open()
    page.get_by_role("button", name="Tick all on this page").press("Enter")
    expect(page.get_by_text("3 ticked")).to_be_visible()
    page.get_by_role("checkbox", name="Tick: Speke reached").press("Space")
    expect(page.get_by_text("2 ticked")).to_be_visible()
    page.locator("#bulk-tag").press_sequentially("exam")
    page.get_by_role("button", name="Add tag", exact=True).press("Enter")
    expect(page.get_by_role("status").get_by_text("2 facts tagged.")).to_be_visible()
    expect(page.locator(".authored .chip")).to_have_text(["exam", "exam"])
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone for 2 facts.")).to_be_visible()
    expect(page.locator(".authored .chip")).to_have_count(0)


def test_facts_that_one_may_lead_to_are_offered_while_their_words_are_typed(author: Author) -> None:
    page = author.open()
    page.locator(".authored__statement a", has_text="Speke reached").click()
    page.get_by_label("Fact", exact=True).last.press_sequentially("sources quarrel")
    offered = page.locator("datalist").last.locator("option")
    expect(offered).to_have_count(0)
    page.get_by_label("Fact", exact=True).last.fill("QUARREL")
    expect(offered).to_have_count(1)
    expect(offered).to_have_attribute("value", "nile-quarrel")


def test_a_fact_is_dragged_to_its_place_or_sent_there(author: Author) -> None:
    page = author.open("?topic=actors")
    page.set_viewport_size({"width": 1280, "height": 2000})  # both facts in sight, in any font
    facts = page.locator(".authored")
    facts.nth(1).locator(".authored__grip").hover()
    page.mouse.down()  # and a browser wants to see it move twice
    facts.nth(0).locator(".authored__statement").hover()
    facts.nth(0).locator(".authored__statement").hover(position={"x": 9, "y": 9})
    page.mouse.up()
    expect(page.get_by_text("Moved to position 1 in its topic.")).to_be_visible()
    assert author.order()[:2] == ["nile-quarrel", "nile-source"]
    page.get_by_role("button", name="Down", exact=True).press("Enter")
    expect(page.get_by_text("Moved to position 2 in its topic.")).to_be_visible()
    assert author.order()[:2] == ["nile-source", "nile-quarrel"]


def test_everything_works_without_scripts(arrive: Callable[..., Any]) -> None:
    author = Author(arrive(java_script_enabled=False), "without scripts")
    page = author.open()
    page.get_by_text("More").nth(1).click()  # of the first fact with a neighbour
    page.get_by_label("Position in the topic, 1 to 2").first.fill("2")
    page.get_by_role("button", name="Move", exact=True).first.click()
    assert author.order()[:2] == ["nile-quarrel", "nile-source"]
    page.get_by_role("button", name="Undo").click()
    assert author.order()[:2] == ["nile-source", "nile-quarrel"]
    page.get_by_role("link", name="Quick entry").click()
    page.get_by_label("Questions and answers").fill("Who else?\tGrant\nWhen?\t1864")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Save 2 questions").click()
    expect(page.get_by_text("2 questions added.")).to_be_visible()
    assert len(author.order()) == 5


@pytest.mark.accessibility
def test_pages_are_for_everybody(author: Author, complaints: Any) -> None:
    complaints.expect("422")
    page = author.open()
    page.get_by_text("Search and filter").click()
    page.locator(".authored__more summary").first.click()
    axe.check(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_text("New question").click()
    assert axe.violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Speke reached Lake Victoria on 3 August 1858.").click()
    page.get_by_label("Date").fill("soon")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Date")).to_have_attribute("aria-invalid", "true")
    axe.check(page)
    page.get_by_label("Date").fill("August 1858")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_text("Version 2")).to_be_visible()
    axe.check(page)
    for rest in ("/names", "/names/speke"):
        axe.check(author.open(rest))
    page.goto(f"/sets/{author.empty_id}/quick")
    page.get_by_label("Questions and answers").fill("Who?\tGrant\nNo answer")
    with page.expect_navigation():
        page.get_by_role("button", name="Preview").click()
    axe.check(page)
    page.goto(f"/sets/{author.empty_id}")
    axe.check(page)
