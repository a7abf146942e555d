"""Answers given offline arrive: once, in order, for whoever gave them."""

import json
from typing import Any

import pytest
from axe import check
from offline_pages import (
    answer_by_keyboard,
    asked,
    come_back_online,
    go_offline,
    kept,
    lost_replies,
    memory,
    reopened,
    study,
    until,
    wait_for_offline_questions,
)
from playwright.sync_api import Page, expect

from quizapp.models import User
from quizapp.services.review import answers


@pytest.fixture
def service_workers() -> bool:
    return True


@pytest.fixture(autouse=True)
def allow_failed_requests(complaints: Any) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch")


# The connection is lost while studying


def test_an_answer_that_finds_no_line_is_kept_and_its_key_shown(visitor: Any, page: Page) -> None:
    [fact_id] = study(visitor, "choice")
    wait_for_offline_questions(page)
    page.goto("/review")
    page.context.set_offline(True)
    visitor.right_choice().click()
    expect(page.get_by_text("You’re offline.")).to_be_visible()
    expect(page.locator("#verdict")).to_have_text("Right")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No more saved questions")
    assert visitor.reviews() == []
    come_back_online(page)
    expect(page.get_by_text("1 answer sent.")).to_be_visible()
    assert [(one.fact_id, one.verdict) for one in visitor.reviews()] == [(fact_id, "right")]


def test_continue_leads_to_the_study_screen(visitor: Any, page: Page) -> None:
    study(visitor, "choice", "true_false")
    wait_for_offline_questions(page)
    page.goto("/review")
    visitor.answer()
    answered = asked(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_text("You’re offline.")).to_be_visible()
    expect(page.locator("#prompt")).to_be_visible()
    assert asked(page) != answered


def test_an_answer_whose_reply_was_lost_counts_once(visitor: Any, page: Page) -> None:
    study(visitor, "choice")
    wait_for_offline_questions(page)
    page.goto("/review")
    with lost_replies(page, r"/review/\d+$"):
        visitor.right_choice().click()
        page.wait_for_url("**/review/answers/*")
    expect(page.locator("#verdict")).to_have_text("Right")
    assert len(visitor.reviews()) == 1
    assert kept(page) == []


def test_answers_whose_receipt_was_lost_count_once(visitor: Any, page: Page) -> None:
    study(visitor, "choice", "true_false")
    wait_for_offline_questions(page)
    go_offline(page)
    for _ in range(2):
        answer_by_keyboard(visitor)
        page.keyboard.press("Enter")
    with lost_replies(page, r"/review/offline$") as lost:
        come_back_online(page)
        until(lambda: kept(page) and lost, "they arrive, and the receipt is lost")
    assert len(visitor.reviews()) == 2
    assert len(kept(page)) == 2
    come_back_online(page)
    expect(page.get_by_text("2 answers sent.")).to_be_visible()
    assert len(visitor.reviews()) == 2
    assert kept(page) == []


# Taking back, and no room


def test_the_last_answer_is_undone_until_it_is_sent(visitor: Any, page: Page) -> None:
    study(visitor, "choice", "true_false")
    wait_for_offline_questions(page)
    go_offline(page)
    first = asked(page)
    answer_by_keyboard(visitor)
    page.keyboard.press("Enter")
    second = asked(page)
    page.keyboard.press("u")
    expect(page.get_by_text("Answer undone.")).to_be_visible()
    assert asked(page) == first and kept(page) == []
    visitor.wrong_choice().click()
    page.keyboard.press("Enter")
    assert asked(page) == second
    answer_by_keyboard(visitor)
    page.get_by_role("button", name="Undo last answer").click()
    expect(page.locator("#prompt")).to_have_text(second)
    check(page)
    answer_by_keyboard(visitor)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("No more saved questions")
    come_back_online(page)
    expect(page.get_by_text("2 answers sent.")).to_be_visible()
    assert [one.verdict for one in visitor.reviews()] == ["wrong", "right"]
    expect(page.get_by_role("button", name="Undo last answer")).to_be_hidden()


FULL = """() => {
    const full = () => { throw new DOMException("full", "QuotaExceededError"); };
    Object.assign(window, { put: Storage.prototype.setItem });
    Storage.prototype.setItem = full;
}"""


def test_an_answer_there_is_no_room_for_stays_on_the_screen(visitor: Any, page: Page) -> None:
    study(visitor, "choice")
    wait_for_offline_questions(page)
    go_offline(page)
    question = asked(page)
    page.evaluate(FULL)
    visitor.right_choice().click()
    expect(page.get_by_text("This answer couldn’t be saved on this device")).to_be_visible()
    assert asked(page) == question and kept(page) == []
    check(page)
    page.evaluate("() => { Storage.prototype.setItem = window.put; }")
    visitor.right_choice().click()
    expect(page.locator("#verdict")).to_have_text("Right")
    assert len(kept(page)) == 1


def test_no_room_for_questions_is_said_once(visitor: Any, page: Page) -> None:
    study(visitor, "choice")
    wait_for_offline_questions(page)
    page.add_init_script(
        "if (window.Cache) Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))"
    )
    page.goto("/offline")  # which fetches none
    page.evaluate("localStorage.removeItem('quizapp:packed')")
    page.goto("/today")
    expect(page.get_by_text("There’s no room on this device")).to_be_visible()
    page.goto("/progress")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("There’s no room on this device")).to_have_count(0)


# Sending


def test_a_tab_closed_without_a_line_is_sent_by_the_next(visitor: Any, page: Page) -> None:
    facts = study(visitor, "choice", "true_false")
    wait_for_offline_questions(page)
    go_offline(page)
    for _ in facts:
        answer_by_keyboard(visitor)
        page.keyboard.press("Enter")
    order = [one["fact"] for one in kept(page)]
    page = reopened(page, "/today")
    expect(page.get_by_role("status").filter(has_text="2 answers sent.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("done")
    assert [one.fact_id for one in visitor.reviews()] == order
    assert kept(page) == []


def test_two_tabs_send_once(visitor: Any, page: Page) -> None:
    study(visitor, "choice", "true_false")
    wait_for_offline_questions(page)
    go_offline(page)
    other = page.context.new_page()
    other.goto("/review")
    for _ in range(2):
        answer_by_keyboard(visitor)
        page.keyboard.press("Enter")
    page.context.set_offline(False)
    for tab in (page, other):
        tab.evaluate("void setTimeout(() => dispatchEvent(new Event('online')), 50)")
    until(lambda: kept(page) == [] and len(visitor.reviews()) == 2, "both are sent")
    told = [tab.get_by_text("2 answers sent.").count() for tab in (page, other)]
    assert sum(told) == 1
    assert len({one.client_id for one in visitor.reviews()}) == 2


def test_a_question_on_the_screen_that_was_answered_without_a_line_gives_way(visitor: Any, page: Page) -> None:
    study(visitor, "choice")
    wait_for_offline_questions(page)
    go_offline(page)
    answer_by_keyboard(visitor)
    page = reopened(page, "/review")
    expect(page.get_by_text("1 answer sent.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done for today")


def test_what_another_device_answered_too_counts_twice(visitor: Any, page: Page) -> None:
    [fact_id] = study(visitor, "choice")
    wait_for_offline_questions(page)
    go_offline(page)
    answer_by_keyboard(visitor)
    [answer] = kept(page)
    with visitor.site.session() as session:
        learner = session.get_one(User, visitor.id)
        answers.record_answer(
            session,
            learner,
            answers.SubmittedAnswer(fact_id, answer["question"], answer["seen"], {"give-up": "1"}),
            now=visitor.site.noon,
        )
    come_back_online(page)
    expect(page.get_by_text("1 answer sent.")).to_be_visible()
    expect(page.get_by_text("both answers count")).to_be_visible()
    assert [one.verdict for one in visitor.reviews()] == ["unanswered", "right"]
    assert memory(visitor, fact_id).version == 3


@pytest.mark.accessibility
def test_what_cannot_be_counted_is_shown_kept_and_can_be_saved(visitor: Any, page: Page) -> None:
    [fact_id] = study(visitor, "true_false")
    wait_for_offline_questions(page)
    go_offline(page)
    answer_by_keyboard(visitor)
    page.evaluate("""() => {
        const key = Object.keys(localStorage).find((key) => key.startsWith("quizapp:answer:"));
        localStorage.setItem(key, localStorage.getItem(key).replace(/"fact":\\d+/, '"fact":987654'));
    }""")
    come_back_online(page)
    expect(page.get_by_text("1 answer couldn’t be counted.")).to_be_visible()
    page.get_by_role("link", name="See why").click()
    refused = page.locator("#refused")
    expect(refused).to_contain_text("The question was removed")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download answers").click()
    [saved] = json.loads(download.value.path().read_text())
    assert saved["fact"] == 987654
    page.reload()
    expect(refused).to_be_visible()
    check(page)
    page.get_by_role("button", name="Delete answers").click()
    expect(refused).to_be_hidden()
    assert kept(page) == []
    assert fact_id and visitor.reviews() == []


# Whose they are


def test_after_the_session_ended_they_wait_for_their_owner(visitor: Any, page: Page, arrive: Any) -> None:
    study(visitor, "choice")
    wait_for_offline_questions(page)
    go_offline(page)
    answer_by_keyboard(visitor)
    own = page.context.cookies()
    page.context.clear_cookies()
    come_back_online(page)
    expect(page.get_by_role("link", name="Log in again to send it")).to_be_visible()

    page.goto("/")
    expect(page.get_by_text("1 answer hasn’t been sent yet.")).to_be_visible()
    until(lambda: page.evaluate("caches.has('quizapp-questions').then((has) => !has)"), "the questions are gone")

    somebody_else = type(visitor)(page, visitor.site)
    somebody_else.start()
    expect(page.get_by_text("1 answer hasn’t been sent yet.")).to_have_count(0)
    page.reload()
    go_offline(page)
    expect(page.locator("#waiting")).to_be_hidden()
    page.context.set_offline(False)
    assert somebody_else.reviews() == visitor.reviews() == []

    page.context.clear_cookies()
    page.context.add_cookies(own)
    page.goto("/today")
    expect(page.get_by_text("1 answer sent.")).to_be_visible()
    assert len(visitor.reviews()) == 1
    assert somebody_else.reviews() == []


def test_log_out_sends_what_waits_and_leaves_nothing(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=0)
    visitor.set(name="Aysel offline", name_folded="aysel offline")
    visitor.remember("choice")
    wait_for_offline_questions(page)
    go_offline(page)
    answer_by_keyboard(visitor)
    waiting = page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('quizapp:answer:'))")
    page.context.set_offline(False)
    page.goto("/account")
    until(lambda: not kept(page), "it is sent")  # and the page knows
    page.evaluate("(waiting) => waiting.forEach(([key, value]) => localStorage.setItem(key, value))", waiting)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You’re logged out.")).to_be_visible()
    assert len(visitor.reviews()) == 1
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_log_out_without_a_line_asks_first(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=0)
    visitor.set(name="Kamran offline", name_folded="kamran offline")
    visitor.remember("choice")
    wait_for_offline_questions(page)
    go_offline(page)
    answer_by_keyboard(visitor)
    waiting = page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('quizapp:answer:'))")
    page.context.set_offline(False)
    page.goto("/account")
    until(lambda: not kept(page), "it is sent")  # and the page knows
    page.context.set_offline(True)
    page.evaluate("(waiting) => waiting.forEach(([key, value]) => localStorage.setItem(key, value))", waiting)
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Log out").click()
    assert "1 answer couldn’t be sent" in asked[0]
    assert len(kept(page)) == 1
