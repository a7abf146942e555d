"""A quiz that is being taken survives a lost connection, with nothing lost or doubled."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe import check
from offline_pages import kept, lost_replies, until
from playwright.sync_api import Page, expect
from quiz_taking import at, attempt_of, make, question_on, responses

KEPT = "You’re offline. Your answers are saved on this device and sent when you’re back online."


@pytest.fixture
def visitor(arrive: Callable[..., Any]) -> Any:
    visitor = arrive()
    visitor.start(page=None)
    visitor.question = lambda: question_on(visitor)
    return visitor


@pytest.fixture(autouse=True)
def allow_failed_requests(complaints: Any) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch|status of 503")


def fill(page: Page, text: str) -> None:
    page.get_by_label("Your answer").fill(text)


def pass_time(visitor: Any, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """Let time pass for the site."""
    config = visitor.site.app.config
    clock = config["CLOCK"]
    monkeypatch.setitem(config, "CLOCK", lambda tz: clock(tz) + timedelta(minutes=minutes))


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()


@pytest.mark.accessibility
def test_a_quiz_is_taken_over_a_connection_that_comes_and_goes(visitor: Any, page: Page) -> None:
    make(page, size=3, kinds=("Typed answer",))
    page.context.set_offline(True)
    fill(page, "first thought")
    press(page, "Save and continue")
    expect(page.get_by_role("status").filter(has_text=KEPT)).to_be_visible()
    fill(page, "second thought")  # it goes on on this page
    page.locator("nav a[data-to='3']").click()
    expect(page.locator(".notices")).to_have_text(f"{KEPT} The quiz will then continue.")
    until(lambda: [one["fields"]["text"] for one in kept(page)] == ["second thought"], "the newer one is kept")
    check(page)
    page.context.set_offline(False)
    at(page, 3)  # where the student wanted to go
    expect(page.get_by_text("1 answer sent.")).to_be_visible()
    assert kept(page) == [] and page.evaluate("document.cookie").find("quizapp_waiting=") == -1
    assert [row.response and row.response["text"] for row in responses(visitor)] == ["second thought", None, None]

    page.context.set_offline(True)  # a link without an answer to send
    page.locator("nav a[data-to='2']").click()
    expect(page.get_by_text("You’re offline. The page will open when you’re back online.")).to_be_visible()
    page.context.set_offline(False)
    at(page, 2)

    down = lambda route: route.fulfill(status=503, body="<h1>Down</h1>", content_type="text/html")  # noqa: E731
    page.route(re.compile(r"/attempts/|/token"), down)  # the server is being restarted
    fill(page, "third thought")
    page.locator("nav a[data-to='4']").click()
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.unroute(re.compile(r"/attempts/|/token"), down)
    page.evaluate("dispatchEvent(new Event('online'))")  # rather than wait until it tries again
    at(page, "hand-in")
    assert responses(visitor)[1].response["text"] == "third thought"

    page.context.set_offline(True)
    press(page, "Hand in")
    expect(page.get_by_text("Not handed in yet")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Go to question 3").click()  # after all
    expect(page.get_by_text("You’re offline. The page will open when you’re back online.")).to_be_visible()
    page.context.set_offline(False)
    at(page, 3)
    assert attempt_of(visitor).finished_at is None
    page.get_by_role("link", name="Hand in").click()
    at(page, "hand-in")
    page.context.set_offline(True)
    press(page, "Hand in")
    expect(page.get_by_text("Not handed in yet")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="By topic")).to_be_visible()
    assert attempt_of(visitor).finished_at is not None


def test_one_notice_at_a_time_says_how_it_is(visitor: Any, page: Page) -> None:
    make(page, size=3, kinds=("Typed answer",))
    page.context.set_offline(True)
    fill(page, "first thought")
    press(page, "Save and continue")
    page.context.set_offline(False)
    at(page, 2)
    expect(page.get_by_text("1 answer sent.")).to_be_visible()
    page.context.set_offline(True)
    fill(page, "second thought")
    press(page, "Save and continue")
    expect(page.locator(".notices")).to_have_text(
        f"{KEPT} The quiz will then continue."
    )  # and no longer that one was sent

    address = page.url
    page.context.clear_cookies()
    page.context.set_offline(False)
    link = page.get_by_role("link", name="Log in again to send it")
    expect(link).to_be_visible()
    expect(page.get_by_text("You’re offline.")).to_have_count(0)
    assert parse_qs(urlsplit(link.get_attribute("href")).query)["next"] == [urlsplit(address).path]


def test_an_answer_whose_reply_was_lost_counts_once(visitor: Any, page: Page) -> None:
    make(page, size=2, kinds=("Typed answer",), at_once=True)
    fill(page, "Lenin")
    with lost_replies(page, r"/attempts/\d+/1$"):
        press(page, "Check")
        expect(page.locator("#verdict")).to_be_visible()  # it was sent again by itself
    assert kept(page) == [] and len(visitor.reviews()) == 1


def test_what_is_on_the_screen_when_the_time_is_up_arrives_later(
    visitor: Any, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.clock.install()
    make(page, size=2, minutes=10, kinds=("Typed answer",))
    visitor.fill_rightly()
    page.context.set_offline(True)
    page.clock.fast_forward(10 * 60_000)
    expect(page.get_by_text("Time is up, and you’re offline.")).to_be_visible()
    pass_time(visitor, monkeypatch, minutes=13)
    page.context.set_offline(False)
    expect(page.get_by_text("1 of 2 marks, 50%.")).to_be_visible()
    expect(page.get_by_text("1 answer sent. 1 answer arrived after the deadline")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Received \d min after the deadline."))).to_be_visible()
    assert responses(visitor)[0].received_at


def test_it_waits_on_the_device_until_the_browser_is_opened_again(
    visitor: Any, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result, with its right answers, is not shown before it was sent: it would not count any more."""
    make(page, size=1, minutes=10, kinds=("Typed answer",))
    address = page.url
    visitor.fill_rightly()
    page.context.set_offline(True)
    press(page, "Save and continue")
    expect(page.get_by_text(KEPT)).to_be_visible()
    context = page.context
    page.close()
    pass_time(visitor, monkeypatch, minutes=13)
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("Your last answers are being sent")).to_be_visible()
    expect(page.get_by_text("1 answer sent.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("1 of 1 mark, 100%.")).to_be_visible()
