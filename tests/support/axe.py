"""Check a page on the screen against WCAG 2.2 AA with axe."""

from pathlib import Path

import sampling
from playwright.sync_api import Page, expect

AXE = (Path(__file__).parent.parent / "vendor" / "axe-4.14.1.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Selectors take a third of the time, and are only needed to report what is wrong.
VIOLATIONS = """async (runOnly) => {
    const run = (selectors) => axe.run(document, {runOnly, selectors, resultTypes: ["violations"], preload: false});
    if (!(await run(false)).violations.length) return [];
    return (await run(true)).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`));
}"""


def violations(page: Page, *, only_colours: bool = False) -> list[str]:
    """Return what axe finds on the page as it is on the screen; `load` comes before."""
    rules = {"type": "rule", "values": ["color-contrast"]} if only_colours else {"type": "tag", "values": RULES}
    found: list[str] = page.evaluate(VIOLATIONS, rules)
    return found


def load(page: Page) -> None:
    """Put axe into the document on the screen, unless it is there from an earlier state of it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)


def check(page: Page) -> None:
    """Assert that the page passes axe wide and light, narrow and dark, does not scroll sideways, and has one title.

    With `--exhaustive`, colours are looked at in the other two combinations as well. The page is left 320 px wide.
    """
    load(page)
    looks = [(1280, "light", False), (1280, "dark", True), (320, "light", True), (320, "dark", False)]
    for width, scheme, only_colours in looks:
        if only_colours and not sampling.exhaustive:
            continue
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert violations(page, only_colours=only_colours) == [], f"{page.url} {width} px, {scheme}"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.offsetWidth")
    assert overflow <= 0, f"{page.url} scrolls sideways by {overflow} px at 320 px"
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
