"""Studying offline, installing, and what happens where a browser cannot do either."""

from datetime import timedelta
from typing import Any

import pytest
from axe import check
from offline_pages import (
    answer_by_keyboard,
    asked,
    come_back_online,
    go_offline,
    kept,
    memory,
    study,
    until,
    wait_for_offline_questions,
)
from playwright.sync_api import Page, expect
from sampling import sample

from quizapp.core.scheduling.scheduler import State
from quizapp.models import QuestionVersion


@pytest.fixture
def service_workers() -> bool:
    return True


@pytest.fixture(autouse=True)
def allow_failed_requests(complaints: Any) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch")


# Studying


def test_it_works(visitor: Any, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = study(visitor, "choice", "true_false", "typed", "flashcard")
    wait_for_offline_questions(page)
    go_offline(page)
    hours = [visitor.site.noon + timedelta(hours=later) for later in (1, 2, 3, 4)]
    kinds, told = [], []
    for hour in hours:
        page.clock.set_system_time(hour)
        kinds.append(answer_by_keyboard(visitor))
        if kinds[-1] != "flashcard":
            told.append((kinds[-1], page.locator("#verdict strong").inner_text()))
            page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("No more saved questions")
    expect(page.locator("#waiting")).to_have_text("4 answers are waiting to be sent.")
    assert dict(told) == {"choice": "Right", "true_false": "Right", "typed": "Here is the answer"}
    waiting = kept(page)
    assert sorted(one["fact"] for one in waiting) == sorted(facts)

    monkeypatch.setitem(
        visitor.site.app.config, "CLOCK", lambda zone: (hours[-1] + timedelta(hours=1)).astimezone(zone)
    )
    come_back_online(page)
    expect(page.get_by_text("4 answers sent.")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="You’re back online.")).to_be_visible()
    assert kept(page) == []
    reviews = visitor.reviews()
    assert [one.fact_id for one in reviews] == [one["fact"] for one in waiting]
    assert [one.client_id for one in reviews] == [one["id"] for one in waiting]
    assert [one.at.replace(microsecond=0) for one in reviews] == hours
    assert {one.verdict for one in reviews} == {"right"}
    for fact_id in facts:
        found = memory(visitor, fact_id)
        assert (found.version, found.state) == (2, State.REVIEW)
    page.get_by_role("link", name="Continue online").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done for today")


def test_an_empty_answer_is_asked_about_once(visitor: Any, page: Page) -> None:
    study(visitor, "typed")
    wait_for_offline_questions(page)
    go_offline(page)
    page.get_by_label("Your answer").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You didn’t type anything.")
    expect(page.get_by_label("Your answer")).to_be_focused()
    assert kept(page) == []
    page.get_by_label("Your answer").press("Enter")
    expect(page.locator("#verdict")).to_be_visible()
    assert len(kept(page)) == 1


def test_without_a_line_a_question_looks_as_it_does_with_one(visitor: Any, page: Page) -> None:
    study(visitor, "choice")
    page.goto("/review")
    online = page.locator("#prompt, .choice__text").all_inner_texts()
    wait_for_offline_questions(page)
    go_offline(page)
    assert page.locator("#prompt, .choice__text").all_inner_texts() == online
    visitor.wrong_choice().click()
    expect(page.locator("#verdict")).to_have_text("Not right")
    expect(page.locator(".choice--key .choice__mark")).to_have_text("right answer", use_inner_text=True)
    expect(page.locator(".choice__mark span:visible")).to_have_text("your choice")
    expect(page.locator(".why-not:visible")).to_have_count(1)
    expect(page.locator(".source")).to_have_attribute("open", "")


@pytest.mark.parametrize("kind", sample(["cloze", "multiple", "ordering", "date", "matching", "number"], every=2))
def test_every_kind_is_answered_shown_and_sent(visitor: Any, page: Page, kind: str) -> None:
    study(visitor, kind)
    wait_for_offline_questions(page)
    go_offline(page)
    visitor.fill_rightly() if kind != "date" else page.locator("#text").fill("1920")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_contain_text("Your answer will be marked when you’re back online.")
    come_back_online(page)
    expect(page.get_by_text("1 answer sent.")).to_be_visible()
    [one] = visitor.reviews()
    assert one.response["kind"] == kind
    assert kind == "date" or one.verdict == "right"


def test_a_reload_does_not_ask_again_what_was_answered(visitor: Any, page: Page) -> None:
    study(visitor, "choice", "true_false")
    wait_for_offline_questions(page)
    go_offline(page)
    first = asked(page)
    page.get_by_role("button", name="I don’t know").click()
    expect(page.locator("#verdict")).to_have_text("Here is the answer")
    page.reload()
    expect(page.locator("#prompt")).to_be_visible()
    assert asked(page) != first
    expect(page.locator("#waiting")).to_have_text("1 answer is waiting to be sent.")


def test_without_questions_it_says_so(page: Page, visitor: Any) -> None:
    visitor.start(new_per_day=0)
    wait_for_offline_questions(page)
    page.evaluate("caches.delete('quizapp-questions')")
    page.context.set_offline(True)
    page.goto("/progress")
    expect(page.get_by_role("heading", level=1)).to_have_text("No saved questions")


# Releases


def test_a_new_release_takes_the_place_of_the_old(visitor: Any, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    study(visitor, "choice")
    wait_for_offline_questions(page)

    def shells() -> list[str]:
        return sorted(name for name in page.evaluate("caches.keys()") if name.startswith("quizapp-shell-"))

    [old] = shells()
    environment = visitor.site.app.jinja_env
    asset = environment.globals["asset"]
    monkeypatch.setitem(environment.globals, "asset", lambda name: asset(name) + "0" * name.endswith("offline.css"))
    page.goto("/today")
    until(lambda: shells() != [old] and len(shells()) == 1, "the new shell is alone")
    kept_now = page.evaluate("""async () => (await (await caches.open((await caches.keys())
        .find((name) => name.startsWith("quizapp-shell-")))).keys()).map((request) => request.url)""")
    assert sum(address.endswith("0") and "offline.css" in address for address in kept_now) == 1
    go_offline(page)
    expect(page.locator("#prompt")).to_be_visible()


def test_online_nothing_comes_from_what_is_kept(visitor: Any, page: Page) -> None:
    study(visitor, "choice")
    wait_for_offline_questions(page)
    page.goto("/review")
    with visitor.site.session() as session:
        version_id = int(page.locator("form.answer [name=question]").input_value())
        version = session.get_one(QuestionVersion, version_id)
        was, version.body = version.body, version.body | {"prompt": "Asked again?"}
    try:
        page.reload()
        expect(page.locator("#prompt")).to_have_text("Asked again?")
    finally:
        with visitor.site.session() as session:
            session.get_one(QuestionVersion, version_id).body = was
    keys = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
        (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()"""
    pages = {path for path in page.evaluate(keys) if not path.startswith("/static/")}
    assert pages == {"/offline", "/review/offline"}


def test_it_can_be_installed(visitor: Any, page: Page) -> None:
    visitor.start()
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in found] in ([], ["in-incognito"])  # which is how these browsers are opened
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")


OFFERED = """() => dispatchEvent(Object.assign(new Event("beforeinstallprompt", { cancelable: true }), {
    prompt: () => { document.title = "asked by the browser"; },
}))"""


def test_installing_is_offered_once_after_a_session(visitor: Any, page: Page) -> None:
    [fact_id] = study(visitor, "choice")
    page.goto(f"/review?fact={fact_id}")
    page.evaluate(OFFERED)
    expect(page.get_by_role("button", name="Install")).to_have_count(0)
    visitor.answer()
    page.get_by_role("link", name="Continue").click()
    check(page)
    page.get_by_role("button", name="Install").click()
    expect(page).to_have_title("asked by the browser")
    page.goto("/review")
    page.evaluate(OFFERED)
    expect(page.get_by_role("button", name="Install")).to_have_count(0)


# Without what it takes


def test_a_browser_without_workers_works_as_if_nothing_were_there(visitor: Any, page: Page) -> None:
    """As every browser is on plain http, in a network at home."""
    page.add_init_script("""
        delete Navigator.prototype.serviceWorker;
        delete Navigator.prototype.locks;
        delete window.caches;
        delete Crypto.prototype.randomUUID;
    """)
    study(visitor, "choice", "typed")
    for path in ("/", "/today", "/account", "/offline"):
        page.goto(path)
    page.goto("/review")
    visitor.answer()
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("form.answer")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="I don’t know").click()
    expect(page.get_by_text("That didn’t reach the server.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="I don’t know").click()
    expect(page.locator("#verdict")).to_be_visible()
    assert len(visitor.reviews()) == 2


# For everyone


@pytest.mark.accessibility
def test_everyone_can_study_without_a_line(visitor: Any, page: Page) -> None:
    study(visitor, "choice", "matching")
    wait_for_offline_questions(page)
    go_offline(page)
    seen = set()
    for _ in range(2):
        seen.add(visitor.question().kind)
        check(page)
        if visitor.question().kind == "choice":
            visitor.wrong_choice().click()
        else:
            page.get_by_role("button", name="I don’t know").click()
        expect(page.locator("#verdict")).to_be_visible()
        check(page)
        page.get_by_role("button", name="Continue").click()
    assert seen == {"choice", "matching"}
    expect(page.get_by_role("heading", level=1)).to_have_text("No more saved questions")
    check(page)
    come_back_online(page)
    expect(page.get_by_text("2 answers sent.")).to_be_visible()
    check(page)


@pytest.mark.accessibility
def test_the_empty_study_screen_is_for_everyone_too(page: Page) -> None:
    page.goto("/offline")
    expect(page.get_by_role("heading", level=1)).to_have_text("No saved questions")
    check(page)


def test_the_colours_and_the_size_chosen_hold_without_a_line(visitor: Any, page: Page) -> None:
    study(visitor, "choice")
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": visitor.site.url}])
    visitor.set(letter_keys=False)
    wait_for_offline_questions(page)
    go_offline(page)
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
    page.keyboard.press("1")  # keys of a single sign are switched off
    expect(page.locator("form.answer")).to_be_visible()
    assert kept(page) == []
