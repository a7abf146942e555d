"""Ordering and matching with mouse and finger: what moves, what is announced, what counts as an answer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from input_devices import TELEPHONE, Mouse, Touch, given, item, load_kinds, order_on
from playwright.sync_api import Page, expect


@pytest.fixture(scope="module")
def site(site: Any) -> Any:
    """A site that has a set with every kind of question."""
    load_kinds(site)
    return site


@pytest.fixture
def mouse(arrive: Callable[..., Any]) -> Mouse:
    return Mouse(arrive())


# An order


def test_an_order_that_nobody_touched_is_not_taken_for_an_answer(mouse: Mouse) -> None:
    page = mouse.ask("order")
    mouse.button("Check").click()
    expect(page.get_by_text("You haven’t moved anything yet. Is this your answer?")).to_be_visible()
    expect(mouse.button("Yes, as shown")).to_be_focused()
    expect(mouse.button("Yes, as shown")).to_have_accessible_description(re.compile("Is this your answer?"))
    mouse.button("Check").click()
    assert given(page) == []
    assert mouse.visitor.reviews() == []
    shown = order_on(page)
    mouse.button("Yes, as shown").click()
    page.locator("#verdict").wait_for()
    (review,) = mouse.visitor.reviews()
    places = review.response["places"]
    assert [shown[place - 1] for place in places] == ["Spring", "Summer", "Autumn", "Winter"]


def test_moving_there_and_back_makes_an_order_ones_own(mouse: Mouse) -> None:
    page = mouse.ask("order")
    first, second, *_ = order_on(page)
    mouse.button("Check").click()
    mouse.button(f"Move down: {first}").click()
    expect(page.get_by_text("Is this your answer?")).to_be_hidden()
    mouse.button(f"Move up: {first}").click()
    assert order_on(page)[:2] == [first, second]
    mouse.button("Check").click()
    expect(page.locator("#verdict")).to_be_visible()


def test_an_order_untouched_may_be_given_up(mouse: Mouse) -> None:
    mouse.ask("order")
    mouse.button("I don’t know").click()
    mouse.sees("Here is the answer")


def test_moving_announces_the_place_and_keeps_the_focus_at_the_ends(mouse: Mouse) -> None:
    page = mouse.ask("order")
    last = order_on(page)[-1]
    up = mouse.button(f"Move up: {last}")
    for place in (3, 2, 1):
        up.press("Enter")
        expect(page.locator(".ordering [role=status]")).to_have_text(f"{last}: position {place} of 4")
        expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    up.press("Enter")
    assert order_on(page)[0] == last


def middle(box: Any) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_mouse_drags_from_anywhere_on_the_line(mouse: Mouse) -> None:
    page = mouse.ask("order")
    first, *others = order_on(page)
    page.mouse.move(*middle(page.locator(".ordering__text").first.bounding_box()))
    page.mouse.down()
    page.mouse.move(*middle(page.locator(".ordering__item").last.bounding_box()), steps=4)
    x, y = middle(page.locator(".ordering__item").last.bounding_box())
    page.mouse.move(x, y + 40)
    page.mouse.up()
    assert order_on(page) == [*others, first]
    assert given(page) == ["1", "2", "3", "4"]
    expect(page.locator(".ordering [role=status]")).to_have_text(f"{first}: position 4 of 4")
    expect(page.locator(".ordering__item--dragged")).to_have_count(0)


def test_a_thing_picked_up_and_put_back_was_not_moved(mouse: Mouse) -> None:
    page = mouse.ask("order")
    x, y = middle(page.locator(".ordering__text").first.bounding_box())
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=2)
    page.mouse.up()
    assert given(page) == []


def test_a_finger_drags_by_the_handle_and_scrolls_elsewhere(arrive: Callable[..., Any]) -> None:
    hands = Touch(arrive(**TELEPHONE))
    page = hands.ask("order")
    *others, last = order_on(page)
    touch = page.context.new_cdp_session(page)

    def drag(start: tuple[float, float], by: int) -> None:
        x, y = start
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in range(1, 9):
            point = {"x": x, "y": y + by * step / 8}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    drag(middle(page.locator(".ordering__handle").last.bounding_box()), -300)
    expect(page.locator(".ordering__text").first).to_have_text(last)
    assert order_on(page) == [last, *others]
    drag(middle(page.locator(".ordering__text").last.bounding_box()), -200)  # comes last: it leaves the page scrolling
    assert order_on(page) == [last, *others]


# Pairs


def matched(page: Page) -> dict[str, str]:
    """The target chosen for each stem, as it would be sent."""
    return dict(
        page.locator(".matching__pair").evaluate_all(
            "all => all.map(one => [one.querySelector('label').textContent, one.querySelector(':checked').text])"
        )
    )


def test_a_pair_is_made_from_either_side_announced_and_taken_back(mouse: Mouse) -> None:
    page = mouse.ask("pairs")
    status = page.locator(".matching__status")
    expect(page.get_by_role("list", name="Items").get_by_role("button")).to_have_count(3)
    expect(page.get_by_role("list", name="Matches").get_by_role("button")).to_have_count(3)
    item(page, "Paris").click()
    expect(status).to_have_text("Paris: now choose its match.")
    item(page, "France").click()
    expect(status).to_have_text("Paris: matched with France. 1 of 3 matched.")
    expect(page.get_by_role("button", name="Paris matched with France")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="France matched", exact=True)).to_be_visible()
    item(page, "Italy").click()  # the target first
    item(page, "Rome").click()
    item(page, "Milan").click()
    item(page, "Italy").click()  # a target may serve twice
    assert matched(page) == {"Paris": "France", "Rome": "Italy", "Milan": "Italy"}
    item(page, "Rome").click()
    expect(status).to_have_text("Rome: pair undone. Now choose its match.")
    assert matched(page) == {"Paris": "France", "Rome": "choose", "Milan": "Italy"}
    item(page, "Rome").click()
    expect(status).to_have_text("Rome: no longer chosen.")
    expect(page.locator(".matching__item[aria-pressed=true]")).to_have_count(0)


def test_tapping_another_on_the_same_side_changes_ones_mind(mouse: Mouse) -> None:
    page = mouse.ask("pairs")
    item(page, "Paris").click()
    item(page, "Milan").click()
    item(page, "Italy").click()
    assert matched(page) == {"Paris": "choose", "Rome": "choose", "Milan": "Italy"}
