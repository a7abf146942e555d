"""A page on the screen, held against WCAG 2.2 AA."""

from pathlib import Path

from playwright.sync_api import Page, expect

AXE = (Path(__file__).parent.parent / "vendor" / "axe-4.14.1.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

VIOLATIONS = """async (runOnly) => {
    const found = await axe.run(document, {runOnly, resultTypes: ["violations"], preload: false});
    return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`));
}"""


def violations(page: Page, *, only_colours: bool = False) -> list[str]:
    rules = {"type": "rule", "values": ["color-contrast"]} if only_colours else {"type": "tag", "values": RULES}
    found: list[str] = page.evaluate(VIOLATIONS, rules)
    return found


def check(page: Page) -> None:
    """No violation wide or narrow, light or dark, nothing that scrolls the page sideways, and one title.

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
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
