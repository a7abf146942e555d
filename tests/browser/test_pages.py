"""Every page in every state: readable by everyone, at home on a small screen, and light to load."""

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from quizapp.models import DayCount, Fact, Memory, User
from quizapp.services import progress

AXE = (Path(__file__).parent.parent / "vendor" / "axe-4.14.1.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SET = "/explore/april-1920"

VIOLATIONS = """async (runOnly) => {
    const found = await axe.run(document, {runOnly, resultTypes: ["violations"], preload: false});
    return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`));
}"""


def violations(page: Page, *, only_colours: bool = False) -> list[str]:
    rules = {"type": "rule", "values": ["color-contrast"]} if only_colours else {"type": "tag", "values": RULES}
    found: list[str] = page.evaluate(VIOLATIONS, rules)
    return found


def check(page: Page) -> None:
    """Hold the page on the screen against WCAG 2.2 AA, wide and narrow, light and dark.

    Only the contrast of colours hangs on their scheme, so in the dark nothing else is looked at again.
    """
    page.evaluate(AXE)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page, only_colours=scheme == "dark") == [], f"{page.url} {width} px, {scheme}"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.offsetWidth")
    assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} px at 320 px"
    headings = page.get_by_role("heading").all()
    assert [heading.evaluate("h => h.localName") for heading in headings[:1]] == ["h1"]
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def sign_up(visitor: Any, name: str, *, is_teacher: bool = False) -> None:
    visitor.start()
    visitor.set(name=name, name_folded=name.casefold(), is_teacher=is_teacher)


def study_for_a_season(visitor: Any) -> None:
    """A hundred days of answers, and memories of every strength."""
    with visitor.site.session() as session:
        today = session.get_one(User, visitor.id).clock.day(visitor.site.noon)
        for ago in range(0, 100, 2):
            counts = {"answers": ago % 30 + 1, "correct": ago % 20, "finished": ago % 10, "ms": 9000, "timed": 1}
            counts |= {"long_term": 10, "long_term_correct": 9}
            session.add(DayCount(learner_id=visitor.id, day=today - timedelta(days=ago), **counts))
        for n, fact_id in enumerate(session.scalars(select(Fact.id).order_by(Fact.id).limit(60))):
            memory = {"version": 3, "state": 2, "stability": 0.4 * (n + 1), "difficulty": 5.0, "reps": 3}
            memory |= {"last_day": today - timedelta(days=n % 20), "due_day": today + timedelta(days=n - 5)}
            session.add(Memory(learner_id=visitor.id, fact_id=fact_id, lapses=n % 3, **memory))


# Before an account


@pytest.mark.parametrize("path", ["/", "/login", "/signup", "/keys", f"{SET}/passages"])
def test_open_to_everyone(page: Page, path: str) -> None:
    page.goto(path)
    check(page)


@pytest.mark.parametrize("fact", ["parliament-votes-transfer", "fall-of-the-republic"])
def test_a_fact(page: Page, fact: str) -> None:
    page.goto(f"{SET}/facts/{fact}")
    check(page)


@pytest.mark.parametrize(("path", "button"), [("/login", "Log in"), ("/signup", "Sign up")])
def test_a_form_with_errors(page: Page, complaints: Any, path: str, button: str) -> None:
    complaints.expect("status of 422")
    page.goto(path)
    page.evaluate("document.querySelector('form.form').noValidate = true")
    page.get_by_role("button", name=button).click()
    expect(page.locator(".field__error").first).to_be_visible()
    check(page)


def test_the_colours_chosen_outweigh_those_of_the_system(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.evaluate(AXE)
    assert violations(page) == []
    assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
    expect(page.locator("html")).to_have_css("color-scheme", "dark")


def test_everything_grows_with_the_size_of_type_and_nothing_is_lost(visitor: Any, page: Page) -> None:
    visitor.start()
    for path in ("/", "/review", "/account"):
        page.goto(path)
        normal = size_of_type(page)
        chosen = page.get_by_role("button", name="Larger")
        with page.expect_response("**/text-size"):
            chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "true")
        assert size_of_type(page) > 1.3 * normal
        check(page)
        with page.expect_response("**/text-size"):
            page.get_by_role("button", name="Normal").click()
        page.set_viewport_size({"width": 1280, "height": 800})


def size_of_type(page: Page) -> float:
    size: float = page.locator("p").first.evaluate("p => parseFloat(getComputedStyle(p).fontSize)")
    return size


def test_choosing_colours_and_type_keeps_what_was_typed(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    page.get_by_label("Your answer").fill("Georgy Chi")
    for choice, attribute in (("Dark", "data-theme"), ("Large", "data-text-size")):
        with page.expect_response(re.compile("/(theme|text-size)$")):
            page.get_by_role("button", name=choice, exact=True).click()
        expect(page.locator("html")).to_have_attribute(attribute, choice.lower())
    expect(page.get_by_label("Your answer")).to_have_value("Georgy Chi")
    page.goto("/account")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-text-size", "large")


# The ways about


def bar_of(page: Page) -> Any:
    return page.get_by_role("navigation", name="Main")


@pytest.mark.parametrize(("width", "size"), [(320, "normal"), (390, "larger"), (600, "normal")])
def test_on_a_telephone_the_ways_about_stand_at_its_foot(
    arrive: Callable[..., Any], site: Any, width: int, size: str
) -> None:
    visitor = arrive(viewport={"width": width, "height": 800}, has_touch=True, is_mobile=True)
    page = visitor.page
    page.context.add_cookies([{"name": "text-size", "value": size, "url": site.url}])
    visitor.start()
    links = bar_of(page).get_by_role("link").all()
    assert [link.inner_text() for link in links] == ["Today", "Practice", "Quizzes", "Explore", "Progress"]
    boxes = [link.bounding_box() for link in links]
    assert len({box["y"] for box in boxes}) == 1
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    assert all(one["x"] + one["width"] <= other["x"] + 0.5 for one, other in pairwise(boxes))
    words = """link => {
        const range = document.createRange();
        range.selectNodeContents(link);
        return range.getBoundingClientRect().width;
    }"""
    assert all(link.evaluate(words) <= box["width"] for link, box in zip(links, boxes, strict=True))
    bottom = bar_of(page).bounding_box()
    assert bottom["y"] + bottom["height"] == 800
    page.get_by_role("link", name="Explore", exact=True).tap()
    expect(page.get_by_role("link", name="Explore", exact=True)).to_have_attribute("aria-current", "true")


def test_the_bar_covers_nothing_that_has_the_focus_nor_the_end_of_the_page(arrive: Callable[..., Any]) -> None:
    visitor = arrive(viewport={"width": 390, "height": 640})
    page = visitor.page
    for path in ("/signup", "/"):
        page.goto(path)
        covered = bar_of(page).bounding_box()["y"]
        for _ in range(40):
            page.keyboard.press("Tab")
            place = page.evaluate(
                """() => { const one = document.activeElement; const box = one.getBoundingClientRect();
                           return one.closest("nav, body:not(:focus-within)") ? 0 : box.bottom; }"""
            )
            assert place <= covered, page.evaluate("document.activeElement.outerHTML")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        end = page.get_by_text("Set in the serif of your own device.").bounding_box()
        assert end["y"] + end["height"] <= covered


@pytest.mark.parametrize("size", [(1280, 800), (320, 256)], ids=["at a desk", "at 400 %"])
def test_elsewhere_they_stand_in_the_running_head(arrive: Callable[..., Any], size: tuple[int, int]) -> None:
    page = arrive(viewport={"width": size[0], "height": size[1]}).page
    page.goto("/")
    assert bar_of(page).bounding_box()["y"] < 150
    expect(bar_of(page)).to_have_css("position", "static")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.offsetWidth")
    assert overflow <= 0


# Errors


def test_not_found(page: Page, complaints: Any) -> None:
    complaints.expect("status of 404")
    page.goto("/there/is/nothing")
    check(page)


def test_broken(visitor: Any, page: Page, complaints: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    complaints.expect("status of 500")

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("broken on purpose")

    visitor.start()
    monkeypatch.setattr(progress, "report", broken)
    page.goto("/progress")
    expect(page.get_by_role("heading", level=1)).to_have_text("Something broke on our side")
    check(page)


# A guest, a student, a teacher


def test_a_guest_at_the_beginning(visitor: Any, page: Page) -> None:
    visitor.start()
    for path in ("/", "/today", "/progress", "/account", "/account/delete"):
        page.goto(path)
        check(page)


def test_a_student_after_a_season(visitor: Any, page: Page) -> None:
    sign_up(visitor, "Kamran")
    study_for_a_season(visitor)
    for path in ("/", "/today", "/progress", "/account", "/account/password", "/account/delete", SET):
        page.goto(path)
        check(page)
    page.goto(f"{SET}/facts/last-months-crisis")  # with what is remembered of it
    check(page)


def test_a_teacher(visitor: Any, page: Page) -> None:
    sign_up(visitor, "Sevil", is_teacher=True)
    page.goto("/")
    check(page)


def test_nothing_taken_up_yet(page: Page) -> None:
    page.goto("/signup")
    page.get_by_label("User name").fill("Ulviyya")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_label("Password again").fill("correct horse battery")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("You have not taken up a set yet.")).to_be_visible()
    check(page)
    for path in ("/review", "/progress"):
        page.goto(path)
        check(page)


# Questions and verdicts


def test_a_choice_and_its_verdicts(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.be_asked("choice")
    check(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    check(page)
    page.keyboard.press("Escape")
    visitor.wrong_choice().click()
    expect(page.locator(".verdict--wrong")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Undo").click()
    visitor.right_choice().click()
    expect(page.locator(".verdict--right")).to_be_visible()
    check(page)
    page.get_by_text("The fact and its passage").click()
    check(page)


def test_a_question_that_asks_how_sure_one_is_and_a_certain_mistake(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.set(asks_confidence=True)
    visitor.be_asked("choice")
    page.get_by_role("radio", name="Certain").check()
    check(page)
    visitor.wrong_choice().click()
    expect(page.get_by_text("worth a second look")).to_be_visible()
    check(page)


def test_a_statement_put_away_and_judged(visitor: Any, page: Page) -> None:
    visitor.start()
    page.get_by_role("button", name="Set aside").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    check(page)
    visitor.be_asked("true_false", fact="khoyski-offers-good-relations")
    check(page)
    page.get_by_role("button", name="False").click()
    expect(page.locator("#verdict")).to_be_visible()
    check(page)


@pytest.mark.parametrize("kind", ["cloze", "multiple", "ordering", "matching", "number"])
def test_a_question_with_fields_and_its_verdicts(visitor: Any, page: Page, kind: str) -> None:
    visitor.start()
    visitor.be_asked(kind)
    check(page)
    page.get_by_role("button", name="I don’t know").click()
    expect(page.locator("#verdict")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Undo").click()
    visitor.fill_rightly()
    if kind == "multiple":
        page.get_by_role("checkbox", checked=False).first.check()
    elif kind == "ordering":
        page.get_by_role("button", name="Move up").last.click()
    elif kind == "matching":
        first, second, *_ = visitor.question().pairs
        visitor.match(first.left, second.right)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_be_visible()
    check(page)


def test_a_typed_answer_and_its_verdicts(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    check(page)
    page.get_by_label("Your answer").fill("Georgy Chichrein")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#verdict")).to_have_text("Right, but for the spelling")
    check(page)
    page.get_by_role("button", name="I was wrong").click()
    expect(page.get_by_text("by your own word")).to_be_visible()
    check(page)


def test_a_date_and_its_verdicts(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.be_asked("date", fact="chicherin-note-2-january")
    check(page)
    page.get_by_label("Your answer, as a date").fill("5 January 1920")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict--close")).to_be_visible()
    check(page)


def test_a_card_on_both_sides(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.be_asked("flashcard")
    check(page)
    page.get_by_text("Show the answer", exact=True).click()
    check(page)


def test_the_end_of_a_session(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=0)
    page.goto("/review")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is due today")
    check(page)
    visitor.be_asked("true_false", fact="khoyski-offers-good-relations")
    visitor.right_choice().click()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done for today")
    check(page)
    page.goto("/today")
    check(page)


@pytest.mark.usefixtures("without_workers")
def test_no_connection(arrive: Callable[..., Any], complaints: Any) -> None:
    visitor = arrive(service_workers="block")  # with one, test_offline.py says what happens
    page = visitor.page
    complaints.expect("Service Worker registration blocked")
    complaints.expect("ERR_INTERNET_DISCONNECTED|Failed to fetch")
    visitor.start()
    visitor.be_asked("choice")
    page.context.set_offline(True)
    visitor.right_choice().click()
    expect(page.locator(".notice--bad")).to_be_visible()
    check(page)


# Weight


def test_the_first_page_weighs_little(page: Page) -> None:
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.goto("/", wait_until="networkidle")
    weights = {one.url: len(gzip.compress(one.body())) for one in loaded}
    assert sum(weights.values()) <= 60 * 1024, weights
    assert sum(weight for url, weight in weights.items() if ".js" in url) <= 20 * 1024, weights
    assert all(url.startswith(page.url) for url in weights)
