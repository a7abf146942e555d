"""A browser that goes offline and comes back online."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, Route, expect

from quizapp.models import Memory

KEPT = """() => Object.keys(localStorage).filter((key) => key.startsWith("quizapp:answer:")).sort()
    .map((key) => JSON.parse(localStorage.getItem(key)))"""


def until(true: Callable[[], Any], what: str) -> Any:
    """Wait until something is so; the content security policy keeps playwright from waiting in the page."""
    for _ in range(500):
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError(f"never: {what}")


def wait_for_offline_questions(page: Page) -> None:
    """Be on a page that has kept today's questions as they are now."""
    page.goto("/offline")  # which fetches none
    page.evaluate("localStorage.removeItem('quizapp:packed')")
    page.goto("/today")
    until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), "the worker is in charge")
    until(lambda: page.evaluate("localStorage.getItem('quizapp:packed')"), "the questions are kept")


def go_offline(page: Page) -> None:
    """Be offline, on the study screen."""
    page.context.set_offline(True)
    page.goto("/review")
    expect(page.get_by_text("You’re offline.")).to_be_visible()


def come_back_online(page: Page) -> None:
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")  # the emulation tells only pages that were there when it began


def reopened(page: Page, address: str) -> Page:
    """The tab is closed offline; another is opened online."""
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    return page


def kept(page: Page) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = page.evaluate(KEPT)
    return answers


def study(visitor: Any, *kinds: str) -> list[int]:
    """Be a learner whom one fact waits for by each kind of question, and nothing else. Gives the facts."""
    visitor.start(new_per_day=0)
    return [visitor.remember(kind) for kind in kinds]


def asked(page: Page) -> str:
    return page.locator("#review h1").inner_text()


def answer_by_keyboard(visitor: Any) -> str:
    """Answer the question on the screen rightly; its kind."""
    page, question = visitor.page, visitor.question()
    match question.kind:
        case "choice" | "true_false":
            visitor.right_choice().wait_for()
            page.keyboard.press(visitor.right_choice().locator(".choice__key").inner_text())
        case "flashcard":
            page.keyboard.press("Space")
            expect(page.locator(".rating--good")).to_be_focused()
            page.keyboard.press("Enter")
            return "flashcard"
        case _:
            expect(page.locator("#text")).to_be_focused()
            page.keyboard.type(question.answer)
            page.keyboard.press("Enter")
    expect(page.locator("button.continue")).to_be_focused()
    return str(question.kind)


def memory(visitor: Any, fact_id: int) -> Memory:
    with visitor.site.session() as session:
        found = session.get_one(Memory, (visitor.id, fact_id))
        session.expunge(found)
        return found


@contextmanager
def lost_replies(page: Page, address: str) -> Iterator[list[str]]:
    """What is posted arrives, but no reply comes back."""

    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
            lost.append(route.request.url)
        else:
            route.continue_()

    page.route(re.compile(address), lose)
    yield lost
    page.unroute(re.compile(address))
