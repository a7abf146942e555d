"""A set on paper, as a browser lays it out."""

import re
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page

SET = "/explore/april-1920/print"
MM = 96 / 25.4  # pixels


def pages_of(pdf: bytes) -> int:
    return max(int(number) for number in re.findall(rb"/Count (\d+)", pdf))


@pytest.mark.parametrize(("paper", "width", "height"), [("a4", 210, 297), ("letter", 215.9, 279.4)])
def test_cards_fit_their_pages_and_each_back_is_behind_its_front(
    page: Page, paper: str, width: float, height: float
) -> None:
    page.goto(f"{SET}?topic=economy&paper={paper}")
    pdf = page.pdf(prefer_css_page_size=True)
    sheets = page.locator(".sheet").count()
    assert pages_of(pdf) == sheets == 4  # 13 facts
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box and [float(side) for side in box.groups()] == pytest.approx(
        [width / 25.4 * 72, height / 25.4 * 72], abs=1
    )
    page.emulate_media(media="print")
    placed: list[Any] = page.locator(".sheet").evaluate_all(
        """all => all.map(sheet => [...sheet.children].map(side => {
            const [outer, inner] = [sheet.getBoundingClientRect(), side.getBoundingClientRect()];
            return [inner.left - outer.left, outer.right - inner.right, inner.top - outer.top,
                    side.scrollHeight > side.clientHeight + 1, side.innerText.trim()];
        }))"""
    )
    for fronts, backs in zip(placed[::2], placed[1::2], strict=True):
        assert len(fronts) == len(backs) == 8
        for front in fronts:
            behind = [back for back in backs if abs(back[1] - front[0]) < 1 and abs(back[2] - front[2]) < 1]
            assert len(behind) == 1 and bool(behind[0][4]) == bool(front[4])
        assert not any(side[3] for side in (*fronts, *backs))
    tallest = page.locator(".sheet").evaluate_all("all => Math.max(...all.map(one => one.offsetHeight))")
    assert tallest <= (height - 20) * MM


@pytest.mark.accessibility
def test_the_page_to_print_is_readable_by_everyone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    for form in ("cards", "facts", "questions"):
        page.goto(f"{SET}?topic=economy&as={form}")
        check(page)
        assert page.locator("html").evaluate("html => html.scrollWidth") <= 320
