"""Reading a set with mouse, finger and keyboard: the timeline, who is who, the map of causes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Locator, Page, expect
from sampling import sample
from sqlalchemy import select

from quizapp.models import Fact, Memory, User

SET = "/explore/april-1920"
LARGE = [f"{SET}/actors", f"{SET}/causes?view=all"]  # without a record they show a part of what they show with one
PAGES = [
    f"{SET}/timeline",
    f"{SET}/timeline?view=month",
    f"{SET}/timeline?view=hours",
    f"{SET}/causes",
    f"{SET}/causes?fact=order-of-21-april",
    f"{SET}/passages",
    f"{SET}/facts/order-of-21-april",
]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def remember_much(visitor: Any) -> None:
    """Begin to study, with memories of every strength of half of the facts."""
    visitor.start(page=None)
    with visitor.site.session() as session:
        today = session.get_one(User, visitor.id).clock.day(visitor.site.noon)
        for number, fact_id in enumerate(session.scalars(select(Fact.id).order_by(Fact.position))):
            if number % 2:
                memory = {"version": 3, "state": 2, "stability": 0.3 * (number + 1), "difficulty": 5.0, "reps": 3}
                memory |= {"last_day": today - timedelta(days=9), "due_day": today + timedelta(days=9), "lapses": 0}
                session.add(Memory(learner_id=visitor.id, fact_id=fact_id, **memory))


def marks(page: Page) -> Locator:
    """The marks of the timeline that is shown, the wide or the narrow one."""
    return page.locator(".timeline__picture:visible .mark")


# Timeline


def test_a_mark_leads_to_its_fact(page: Page) -> None:
    page.goto(f"{SET}/timeline?view=hours")
    marks(page).and_(page.get_by_role("link", name=re.compile("into Azerbaijan at 00:05"))).click()
    expect(page).to_have_url(re.compile("/facts/samur-bridge-crossed$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Samur bridge")
    page.get_by_role("link", name="On the timeline").click()
    expect(page.locator("#fact-samur-bridge-crossed")).to_be_in_viewport()


def test_a_mark_is_reached_and_opened_by_the_keyboard(page: Page) -> None:
    page.goto(f"{SET}/timeline?view=hours")
    page.get_by_role("button", name="Search", exact=True).focus()
    page.keyboard.press("Tab")
    focused = page.locator("a.mark:focus-visible")
    expect(focused.locator(".mark__target")).to_have_css("stroke-width", "3px")
    name = focused.locator("title").text_content() or ""
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert (page.get_by_role("heading", level=1).inner_text()) in name


def test_a_mark_of_several_facts_leads_to_them_in_the_list(page: Page) -> None:
    page.goto(f"{SET}/timeline?view=month")
    several = marks(page).and_(page.get_by_role("link", name=re.compile(r"^2\d facts, 27 April 1920")))
    several.click()
    first = page.locator(f"#{page.url.partition('#')[2]}")
    expect(first).to_be_in_viewport()
    expect(first).to_contain_text("27 April 1920")


@pytest.mark.parametrize("view", ["whole", "month", "hours"])
def test_the_picture_has_every_fact_of_the_list(page: Page, view: str) -> None:
    page.goto(f"{SET}/timeline?view={view}")
    listed = int(page.locator("#list").inner_text().split()[0])
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        counted = [re.match(r"(\d+) facts, ", name) for name in named(marks(page))]
        drawn = sum(int(found[1]) if found else 1 for found in counted)
        outside = [int(re.findall(r"\d+", text)[0]) for text in page.locator(".edges a").all_inner_texts()]
        assert drawn + sum(outside) == listed


def named(found: Locator) -> list[str]:
    names: list[str] = found.evaluate_all("all => all.map(mark => mark.querySelector('title').textContent)")
    return names


def test_the_views_follow_from_one_to_the_next(page: Page) -> None:
    page.goto(f"{SET}/timeline")
    for title in ("April 1920", "27–28 April 1920", "January–May 1920"):
        page.get_by_role("navigation", name="Period").get_by_role("link", name=re.compile(f"^{title}")).click()
        expect(page.get_by_role("heading", level=2, name=title, exact=True)).to_be_visible()
        expect(page.locator(".stretches [aria-current=page]")).to_contain_text(title)


@pytest.mark.parametrize("view", ["whole", "month", "hours"])
def test_on_a_phone_marks_are_large_apart_and_readable(arrive: Any, view: str) -> None:
    page = arrive(**PHONE).page
    page.goto(f"{SET}/timeline?view={view}")
    expect(page.locator(".timeline__picture:visible")).to_have_count(1)
    boxes = [mark.bounding_box() for mark in page.locator(".timeline__picture:visible .mark__target").all()]
    for number, box in enumerate(boxes):
        assert box is not None
        assert box["width"] >= 44 and box["height"] >= 44
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        for other in boxes[:number]:
            assert other is not None
            apart = box["x"] >= other["x"] + other["width"] or other["x"] >= box["x"] + box["width"]
            assert apart or abs(box["y"] - other["y"]) >= 44
    sizes = page.locator(".timeline__picture:visible text").evaluate_all(
        "all => all.map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"
    )
    assert min(sizes) >= 11
    marks(page).first.tap()
    page.wait_for_url(re.compile("/facts/|#fact-"))


@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_reaches_beyond_its_mark(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address, text, frame in [
        (f"{SET}/timeline", ".mark text", ".mark__target"),
        (f"{SET}/timeline?view=month", ".mark text", ".mark__target"),
        (f"{SET}/causes", ".box text", ".box__frame"),
        (f"{SET}/causes?fact=order-of-21-april", ".box text", ".box__frame"),
    ]:
        page.goto(address)
        beyond = page.locator(text).evaluate_all(
            """(all, frame) => all.filter((text) => {
                const words = text.getBoundingClientRect();
                const room = text.closest("a").querySelector(frame).getBoundingClientRect();
                return words.width && (words.left < room.left - 1 || words.right > room.right + 1);
            }).map((text) => text.textContent)""",
            frame,
        )
        assert beyond == [], address


# Who’s who


def test_a_name_leads_to_the_person_and_to_the_facts(page: Page) -> None:
    page.goto(f"{SET}/actors")
    page.get_by_text(re.compile(r"^\d+ names$")).click()
    page.get_by_role("navigation", name="Who’s who").get_by_role("link", name="Fatali Khan Khoyski").click()
    khoyski = page.get_by_role("article", name="Fatali Khan Khoyski")
    expect(khoyski).to_be_in_viewport()
    expect(khoyski.get_by_text("Minister of Foreign Affairs of the ADR")).to_be_visible()
    expect(khoyski.locator("[lang=az]").first).to_have_text("Fətəli xan Xoyski")
    khoyski.get_by_role("link", name=re.compile(r"^\d+ facts")).click()
    page.get_by_role("searchbox", name="Search facts").fill("15 april KHOYSKÍ")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("15 April 1920 Khoyski")).first.click()
    expect(page).to_have_url(re.compile("/facts/khoyski-note-15-april"))
    page.get_by_role("link", name="Fatali Khan Khoyski").click()
    expect(page.get_by_role("article", name="Fatali Khan Khoyski")).to_be_in_viewport()


# Causes


def test_a_chain_of_causes_is_followed_from_fact_to_fact(page: Page) -> None:
    page.goto(f"{SET}/causes")
    page.locator(".box").and_(
        page.get_by_role("link", name=re.compile("^On 21 April 1920 the command of the Soviet Caucasus Front"))
    ).click()
    expect(page).to_have_url(re.compile(r"\?fact=order-of-21-april"))
    expect(page.get_by_role("heading", name="Causes of this fact")).to_be_visible()
    chosen = page.locator(".box--chosen")
    chosen.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/facts/order-of-21-april"))
    page.get_by_role("link", name="Show on the map of causes").click()
    expect(page.locator(".box--chosen")).to_have_count(1)


def test_the_diagram_of_causes_begins_where_the_chosen_fact_is(arrive: Any) -> None:
    page = arrive(**PHONE).page
    page.goto(f"{SET}/causes?fact=order-of-21-april")
    chosen, picture = page.locator(".box--chosen").bounding_box(), page.locator(".cause-diagram").bounding_box()
    assert chosen is not None and picture is not None
    assert picture["x"] <= chosen["x"] and chosen["x"] + chosen["width"] <= picture["x"] + picture["width"]


@pytest.mark.parametrize("path", ["", "?fact=order-of-21-april"])
def test_every_arrow_is_explained(page: Page, path: str) -> None:
    page.goto(f"{SET}/causes{path}")
    arrows, reasons, following = page.locator(".cause-diagram__line").count(), 0, page.locator("a[rel=next]")
    while reasons < arrows:
        reasons += page.locator(".reason").count()
        assert all(page.locator(".reason > .fact__about").all_inner_texts())
        if reasons < arrows:
            following.click()
    assert reasons == arrows and not following.count()


# For everyone

PARTS = ["", "/timeline", "/timeline?view=month", "/timeline?view=hours", "/actors", "/causes", "/causes?view=all",
         "/passages"]  # fmt: skip
LONG_FACTS = ["fall-of-the-republic", "offices-held", "decision-arms-not-troops", "de-facto-recognition-11-january"]


def pages_of(page: Page, part: str) -> Iterator[str]:
    """Open pages of a part of the set in turn, the first among them, and yield their addresses."""
    page.goto(f"{SET}{part}")
    yield page.url
    if counted := re.search(r"Page 1 of (\d+)", page.locator("main").inner_text()):
        for number in sample(range(1, int(counted[1]) + 1), every=5)[1:]:
            page.goto(f"{SET}{part}{'&' if '?' in part else '?'}page={number}")
            yield page.url


def test_no_page_is_longer_than_six_screens_of_a_phone(arrive: Any) -> None:
    visitor = arrive(**PHONE)
    page = visitor.page
    remember_much(visitor)
    with visitor.site.session() as session:
        linked = sample(sorted(fact.key for fact in session.scalars(select(Fact)) if fact.leads_to), every=20)
    alone = [f"/causes?fact={key}" for key in linked] + [f"/facts/{key}" for key in [*LONG_FACTS, *linked]]
    tall = {}
    for part in [*PARTS, *alone]:
        for address in pages_of(page, part):
            height, width = page.locator("html").evaluate("html => [html.scrollHeight, html.scrollWidth]")
            if height / 844 > 6 or width > 390:
                tall[address] = (round(height / 844, 2), width)
    assert tall == {}


@pytest.mark.accessibility
@pytest.mark.parametrize("address", sample(PAGES, every=2))
def test_a_page_is_readable_by_everyone_without_a_record(page: Page, address: str) -> None:
    page.goto(address)
    check(page)


@pytest.mark.accessibility
@pytest.mark.parametrize("address", [*sample(PAGES[1:], every=2), *LARGE])
def test_a_page_is_readable_by_everyone_with_a_record(visitor: Any, page: Page, address: str) -> None:
    remember_much(visitor)
    page.goto(address)
    check(page)
    expect(page.locator("main")).to_contain_text(re.compile("xpected recall|known|New"))
