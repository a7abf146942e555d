"""Check a page on the screen against WCAG 2.2 AA with axe."""

import os
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import sampling
from flask import Response
from playwright.sync_api import Page

AXE = Path(__file__).parent.parent / "vendor" / "axe-4.14.1.min.js"
ADDRESS = "/axe.js"  # where the site of the tests serves it: browsers keep it, compiled, from page to page
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
WIDE, NARROW = 1280, 320  # px

_checked: Counter[str] = Counter()  # pages and states, by test

# Selectors take a third of the time, and are only needed to report what is wrong.
VIOLATIONS = """async (runOnly) => {
    const run = (selectors) => axe.run(document, {runOnly, selectors, resultTypes: ["violations"], preload: false});
    if (!(await run(false)).violations.length) return [];
    return (await run(true)).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`));
}"""

# As a script of the site, if it can be: the browser keeps it compiled. Sent to the page, it takes thrice as long.
LOAD = """async (address) => {
    if ("axe" in window) return true;
    if (!document.head) await new Promise((parsed) => addEventListener("DOMContentLoaded", parsed, {once: true}));
    const isServed = navigator.onLine && !navigator.serviceWorker?.controller;  // a worker shows pages offline too
    if (!isServed || !matchMedia("(scripting)").matches) return false;
    const script = document.createElement("script");
    const loaded = new Promise((resolve) => Object.assign(script, {onload: () => resolve(true), onerror: resolve}));
    script.src = address;
    document.head.append(script);
    script.remove();
    return loaded;
}"""

# In the page, without a locator: those of playwright take as long as a quarter of loading the page.
SHAPE = """() => [
    document.documentElement.scrollWidth - document.documentElement.offsetWidth,
    [...document.querySelectorAll("h1")].filter(title => title.checkVisibility()).length,
]"""


def violations(page: Page, *, only_looks: bool = False) -> list[str]:
    """Return what axe finds on the page as it is on the screen; `load` comes before."""
    rules = {"type": "rule", "values": LOOKS} if only_looks else {"type": "tag", "values": RULES}
    found: list[str] = page.evaluate(VIOLATIONS, rules)
    return found


def answer() -> Response:
    """Answer the request for axe's script, which browsers may keep."""
    return Response(AXE.read_text(), mimetype="text/javascript", headers={"Cache-Control": "private, max-age=86400"})


def load(page: Page) -> None:
    """Put axe into the document on the screen, unless it is there from an earlier state of it."""
    if page.evaluate(LOAD, ADDRESS) is not True:
        page.evaluate(AXE.read_text())


def check(page: Page) -> None:
    """Assert that the page passes axe, does not scroll sideways, and has one title. It is left 320 px wide.

    By default, axe looks at every second page or state of a test, beginning with the first; with `-m accessibility` at
    all of them. It looks at them wide and light or narrow and dark, by turns: over a test's pages and states, both.
    With `--exhaustive` it sees each of them in both ways, and by those rules that are about looks wide and dark, narrow
    and light as well.
    """
    for width, scheme, all_rules in _looks(page):
        load(page)
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert violations(page, only_looks=not all_rules) == [], f"{page.url} {width} px, {scheme}"
    page.set_viewport_size({"width": NARROW, "height": 800})
    overflow, titles = page.evaluate(SHAPE)
    assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} px at 320 px"
    assert titles == 1, f"{page.url} has {titles} titles"


def _looks(page: Page) -> list[tuple[int, str, bool]]:
    """Return in which widths and colours axe looks at the page as it is now, and whether by all rules."""
    looks = [(WIDE, "light", True), (NARROW, "dark", True), (WIDE, "dark", False), (NARROW, "light", False)]
    test = os.environ["PYTEST_CURRENT_TEST"]
    earlier, _checked[test] = _checked[test], _checked[test] + 1
    if sampling.exhaustive:
        return looks
    if not sampling.accessibility:
        if earlier % 2:
            return []
        earlier //= 2
    first = crc32(urlsplit(page.url).path.encode()) % 2  # in whatever order tests run
    return [looks[(first + earlier) % 2]]
