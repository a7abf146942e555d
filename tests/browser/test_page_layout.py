"""The layout of every page: navigation, colours, text size."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from axe import check, load, violations
from playwright.sync_api import Page, expect


@pytest.mark.accessibility
def test_the_colours_chosen_outweigh_those_of_the_system(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    load(page)
    assert violations(page) == []
    assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
    expect(page.locator("html")).to_have_css("color-scheme", "dark")


@pytest.mark.accessibility
def test_everything_grows_with_the_size_of_type_and_nothing_is_lost(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
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


SPACE_OUT = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
                           word-spacing: 0.16em !important }
                       p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((one) => {
    const { overflowX, overflowY, clipPath } = getComputedStyle(one);
    const hides = /hidden|clip/.test(overflowX + overflowY) && clipPath === "none" && !one.closest("svg");
    return hides && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1);
}).map((one) => one.outerHTML.slice(0, 200))"""


def test_wider_spacing_cuts_nothing_off(arrive: Callable[..., Any]) -> None:
    """As WCAG 1.4.12 asks."""
    visitor = arrive(viewport={"width": 320, "height": 800})
    page = visitor.page
    page.goto("/signup")
    for path in ("", "/", "/today", "/review", "/quizzes/new", "/progress", "/explore/april-1920/timeline", "/account"):
        if path == "/":
            visitor.start(page=None)
        if path:
            page.goto(path)
        page.evaluate(SPACE_OUT)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.offsetWidth") <= 0, path
        assert page.evaluate(CUT_OFF) == [], path


NAMES = """async () => {
    const rules = {"label-content-name-mismatch": {enabled: true}};
    const found = await axe.run(document, {runOnly: {type: "rule", values: Object.keys(rules)}, rules, preload: false});
    return found.violations.flatMap((one) => one.nodes.map((node) => node.html));
}"""


def test_names_contain_the_words_on_the_screen(visitor: Any, page: Page) -> None:
    """As WCAG 2.5.3 asks; axe calls this rule experimental and leaves it out."""
    visitor.start(page=None)
    for path in ("/", "/today", "/review", "/practice", "/quizzes/new", "/progress", "/explore/april-1920", "/account"):
        page.goto(path)
        load(page)
        assert page.evaluate(NAMES) == [], path


def test_choosing_colours_and_type_keeps_what_was_typed(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
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
    assert [link.inner_text() for link in links] == ["Today", "Practice", "Quizzes", "Sets", "Explore", "Progress"]
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
        end = page.get_by_role("link", name="Privacy").bounding_box()
        assert end["y"] + end["height"] <= covered


@pytest.mark.parametrize("size", [(1280, 800), (320, 256)], ids=["at a desk", "at 400 %"])
def test_elsewhere_they_stand_in_the_running_head(arrive: Callable[..., Any], size: tuple[int, int]) -> None:
    page = arrive(viewport={"width": size[0], "height": size[1]}).page
    page.goto("/")
    assert bar_of(page).bounding_box()["y"] < 150
    expect(bar_of(page)).to_have_css("position", "static")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.offsetWidth")
    assert overflow <= 0


def test_what_is_drawn_is_seen_where_the_readers_own_colours_rule(arrive: Callable[..., Any]) -> None:
    visitor = arrive(forced_colors="active")
    page = visitor.page
    visitor.start()
    paper = background(page.locator("body"))
    assert background(page.locator(".topic").first, "::before") != paper
    assert "underline" in page.get_by_role("link", name="Today").evaluate("a => getComputedStyle(a).textDecorationLine")
    assert background(page.get_by_role("button", name="Auto")) != background(page.get_by_role("button", name="Light"))
    visitor.answer()
    assert background(page.locator("#verdict .icon")) != paper
    assert background(page.locator(".choice--key .choice__key"), "::after") != paper


def background(element: Any, part: str | None = None) -> str:
    colour: str = element.evaluate("(element, part) => getComputedStyle(element, part).backgroundColor", part)
    return colour
