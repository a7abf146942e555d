"""The games of practice: with the mouse, by keys alone, without JavaScript; readable in every state."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from sampling import sample
from sqlalchemy import select

from quizapp.models import Attempt, Comparison, Fact, MatchGame, Memory


@pytest.fixture
def visitor(arrive: Callable[..., Any], request: pytest.FixtureRequest) -> Any:
    """Somebody who studies the set, on the practice page."""
    visitor = arrive(**getattr(request, "param", {}))
    visitor.start(page=None)
    visitor.page.goto("/practice")
    return visitor


@pytest.fixture
def page(visitor: Any) -> Page:
    page: Page = visitor.page
    return page


# The match game


def pairs(page: Page) -> list[str]:
    return [
        card.get_attribute("data-pair") or "" for card in page.locator(".match__side").first.get_by_role("button").all()
    ]


def card(page: Page, side: int, pair: str) -> Any:
    return page.locator(".match__side").nth(side).locator(f'[data-pair="{pair}"]')


@pytest.mark.accessibility
def test_a_match_game(visitor: Any, page: Page) -> None:
    page.clock.install()
    page.get_by_role("link", name="Match: Dates and events").click()
    told = page.locator(".match__status")
    expect(told).to_have_text("6 pairs to find.")
    expect(page.get_by_role("combobox")).to_have_count(0)
    dealt = page.locator(".match__card").all_inner_texts()
    page.reload()
    assert page.locator(".match__card").all_inner_texts() == dealt
    first, second, *others = pairs(page)
    card(page, 0, first).click()
    expect(card(page, 0, first)).to_have_attribute("aria-pressed", "true")
    check(page)
    card(page, 1, second).click()
    expect(told).to_have_text("Not a pair. Mistakes so far: 1")
    expect(page.locator('.match__card[aria-pressed="true"]')).to_have_count(0)
    card(page, 0, first).click()
    card(page, 0, second).click()  # another of the same side takes its place
    expect(card(page, 0, first)).to_have_attribute("aria-pressed", "false")
    card(page, 1, second).click()
    expect(told).to_have_text("Right. Pairs left: 5")
    expect(card(page, 0, second)).to_be_hidden()
    page.clock.fast_forward(90_000)
    for pair in [first, *others]:
        card(page, 1, pair).click()
        card(page, 0, pair).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^[12] min \d\d\.\d s$"))
    expect(page.get_by_text("Your first game of this kind")).to_be_visible()
    expect(page.get_by_text("1 mistake", exact=True)).to_be_visible()
    check(page)
    best = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="Play again").click()
    expect(page.get_by_text(f"Your best: {best}")).to_be_visible()
    assert page.locator(".match__card").all_inner_texts() != dealt
    with visitor.site.session() as session:
        game = session.scalars(select(MatchGame).where(MatchGame.learner_id == visitor.id)).one()
        assert (game.about, game.pairs, game.slips) == ("dates", 6, 1)
        assert session.scalars(select(Memory).where(Memory.learner_id == visitor.id)).all() == []


@pytest.mark.parametrize("visitor", [{"viewport": {"width": 390, "height": 844}, "has_touch": True}], indirect=True)
def test_a_board_fits_on_the_screen_of_a_phone_and_is_played_by_tapping(visitor: Any, page: Page) -> None:
    for about, number in product(("dates", "names", "answers"), sample(range(30), every=15)):
        page.goto(f"/practice/match?about={about}&board={number}")
        expect(page.locator(".match__card")).to_have_count(12)
        tiles = page.locator(".match__card").evaluate_all(
            "all => all.map(each => [each.getBoundingClientRect().bottom, parseFloat(getComputedStyle(each).fontSize)])"
        )
        menu = page.locator("nav[aria-label=Main]").bounding_box()
        assert menu and max(bottom for bottom, _ in tiles) <= menu["y"]
        assert min(size for _, size in tiles) >= 16
    pair = page.locator(".match__side").first.locator("button").first
    pair.tap()
    card(page, 1, pair.get_attribute("data-pair") or "").tap()
    expect(page.locator(".match__status")).to_have_text("Right. Pairs left: 5")


def test_a_match_game_by_keys_alone(visitor: Any, page: Page) -> None:
    page.clock.install()
    page.goto("/practice/match?about=answers")
    for left in range(6, 0, -1):
        pair = page.locator(".match__side").first.locator("li:not([hidden]) button").first
        step_to(page, pair)
        number = pair.get_attribute("data-pair") or ""
        page.keyboard.press("Enter")
        step_to(page, card(page, 1, number))
        page.keyboard.press("Space")
        page.clock.fast_forward(2000)
        if left > 1:  # the focus is not lost with the card
            assert page.evaluate("document.activeElement.matches('.match__card')")
    expect(page.get_by_text("No mistakes")).to_be_visible()


def step_to(page: Page, target: Any) -> None:
    """Press Tab, or Shift and Tab, until the target has the focus."""
    for key in ("Tab", "Shift+Tab"):
        for _ in range(40):
            if target.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press(key)
    raise AssertionError(f"Tab does not lead to {target}")


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_a_match_game_without_javascript(visitor: Any, page: Page) -> None:
    page.get_by_role("link", name="Match: Names and roles").click()
    expect(page.locator(".match")).to_be_hidden()
    for place in range(6):
        page.locator(f"#match-{place}").select_option(str(place if place < 4 else 9 - place))
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".lede")).to_have_text("4 of 6 right.")
    page.get_by_role("link", name="Play again").click()
    expect(page.get_by_role("combobox")).to_have_count(6)


@pytest.mark.accessibility
def test_the_board_to_choose_from_and_its_check_are_readable(arrive: Callable[..., Any]) -> None:
    visitor = arrive()
    visitor.start(page=None)
    visitor.page.goto("/practice/match?check=1&match-0=0&match-1=0")
    expect(visitor.page.get_by_text("1 of 6 right.")).to_be_visible()
    check(visitor.page)


# Which came first?


def dates(visitor: Any) -> dict[str, str]:
    """The dates of the two facts on the screen by what pressing them posts."""
    values = [button.get_attribute("value") for button in visitor.page.locator("button.choice").all()]
    with visitor.site.session() as session:
        return {value: session.get_one(Fact, int(value)).date for value in values}


@pytest.mark.accessibility
def test_which_came_first(visitor: Any, page: Page) -> None:
    page.get_by_role("link", name="Which came first?").click()
    check(page)
    expect(page.locator("#review")).not_to_contain_text("1920")
    known = dates(visitor)
    earlier, later = sorted(known, key=known.__getitem__)
    page.locator(f'button.choice[value="{later}"]').click()
    expect(page.locator("#verdict")).to_contain_text("The other way round")
    expect(page.locator("#verdict")).to_contain_text("0 of 1 right in this round.")
    expect(page.locator(".which__date")).to_have_count(2)
    expect(page.get_by_role("link", name="See the fact")).to_have_count(2)
    check(page)
    page.reload()
    expect(page.locator("#verdict")).to_contain_text("0 of 1 right in this round.")
    page.get_by_role("link", name="Stop here").click()
    expect(page.get_by_text("You got 1 pair the wrong way round. Try it again.")).to_be_visible()
    page.get_by_role("link", name="Which came first?").click()
    expect(page.get_by_text("You got these two the wrong way round before.")).to_be_visible()
    page.locator(f'button.choice[value="{earlier}"]').click()
    expect(page.locator("#verdict")).to_contain_text("Right")
    with visitor.site.session() as session:
        kept = session.get_one(Comparison, (visitor.id, int(earlier), int(later)))
        assert (kept.right, kept.wrong, kept.last_right) == (1, 1, True)


def test_which_came_first_by_keys_alone(visitor: Any, page: Page) -> None:
    page.goto("/practice/which-first")
    for pair in range(1, 6):
        page.keyboard.press("12"[pair % 2])
        expect(page.locator("#verdict")).to_contain_text(f"of {pair} right in this round.")
        expect(page.locator(".continue")).to_be_focused()
        page.keyboard.press("Space")
        expect(page.locator("button.choice")).to_have_count(2)
    with visitor.site.session() as session:
        assert len(session.scalars(select(Comparison).where(Comparison.learner_id == visitor.id)).all()) == 5


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_which_came_first_without_javascript(visitor: Any, page: Page) -> None:
    page.get_by_role("link", name="Which came first?").click()
    for pair in (1, 2):
        page.locator("button.choice").first.click()
        expect(page.locator("#verdict")).to_contain_text(f"of {pair} right in this round.")
        page.get_by_role("link", name="Next pair").click()


@pytest.mark.accessibility
def test_what_was_ordered_wrongly_is_put_right_by_pairs(visitor: Any, page: Page) -> None:
    visitor.be_asked("ordering", fact="order-of-january-steps")
    visitor.fill_rightly()
    page.get_by_role("button", name="Move down").first.click()
    page.get_by_role("button", name="Check").click()
    page.locator("#verdict").wait_for()
    page.goto("/practice")
    page.get_by_role("link", name="Which came first?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which comes first?")
    expect(page.locator(".which__about")).to_contain_text("Put these diplomatic steps")
    check(page)
    visitor.choice("Chicherin writes his first note").click()
    expect(page.locator("#verdict")).to_contain_text("Right")
    check(page)
    page.goto("/practice")
    expect(page.get_by_text("the wrong way round")).to_have_count(0)
    with visitor.site.session() as session:
        kept = session.scalars(select(Attempt.purpose).where(Attempt.learner_id == visitor.id)).all()
        assert kept == ["which-first"]
