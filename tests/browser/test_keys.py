"""Studying without the mouse: what each key does, and where it keeps still."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect


def place(choice: Any) -> str:
    """The digit that stands before a choice."""
    key: str = choice.get_attribute("data-key")
    return key


def test_a_digit_picks_a_choice(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.be_asked("choice")
    page.keyboard.press(place(visitor.right_choice()))
    expect(page.locator("#verdict")).to_have_text("Right")


def test_digits_tick_and_untick_also_where_a_click_left_the_focus(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.be_asked("multiple")
    boxes = page.get_by_role("checkbox")
    page.keyboard.press("1")
    expect(boxes.nth(0)).to_be_checked()
    boxes.nth(1).click()
    page.keyboard.press("1")
    expect(boxes.nth(0)).not_to_be_checked()
    page.keyboard.press("Space")  # the box's own
    expect(boxes.nth(1)).not_to_be_checked()


@pytest.mark.parametrize(("digit", "rating"), [("1", 1), ("4", 4)])
def test_a_digit_rates_a_card_once_its_back_is_seen(visitor: Any, page: Page, digit: str, rating: int) -> None:
    visitor.start()
    visitor.be_asked("flashcard")
    page.keyboard.press(digit)  # the back is not seen yet
    page.keyboard.press("Space")
    expect(page.locator(".flashcard__answer")).to_be_visible()
    page.keyboard.press(digit)
    expect(page.locator(".flashcard")).to_have_count(0)
    assert [review.rating for review in visitor.reviews()] == [rating]


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_space_and_enter_show_the_back_then_say_good(visitor: Any, page: Page, key: str) -> None:
    visitor.start()
    visitor.be_asked("flashcard")
    page.keyboard.press(key)
    expect(page.locator(".rating--good")).to_be_focused()
    page.keyboard.press(key)
    expect(page.locator(".flashcard")).to_have_count(0)
    assert [review.rating for review in visitor.reviews()] == [3]


@pytest.mark.parametrize("key", ["Space", "Enter"])
@pytest.mark.parametrize("focus", ["on it", "nowhere"])
def test_space_and_enter_continue(visitor: Any, page: Page, key: str, focus: str) -> None:
    visitor.start()
    visitor.answer()
    expect(page.get_by_role("link", name="Continue")).to_be_focused()
    if focus == "nowhere":
        page.locator(".prompt__text").click()
    page.keyboard.press(key)
    expect(page.locator("form.answer")).to_be_visible()


@pytest.mark.parametrize("key", ["u", "Control+z"])
def test_u_and_ctrl_z_take_the_last_answer_back(visitor: Any, page: Page, key: str) -> None:
    visitor.start()
    visitor.answer(rightly=False)
    page.keyboard.press(key)
    expect(page.get_by_text("Your last answer was taken back.")).to_be_visible()
    assert visitor.reviews() == []


def test_the_last_answer_of_a_session_is_taken_back_by_key_too(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=0)
    visitor.be_asked("true_false", fact="khoyski-offers-good-relations")
    page.keyboard.press("1")
    expect(page.get_by_role("link", name="Continue")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Done for today")
    page.keyboard.press("u")
    expect(page.get_by_text("Your last answer was taken back.")).to_be_visible()


@pytest.mark.parametrize(("key", "told"), [("-", "Put off until tomorrow."), ("@", "Set aside")])
def test_minus_and_at_put_the_fact_away(visitor: Any, page: Page, key: str, told: str) -> None:
    visitor.start()
    asked = page.locator("#prompt").inner_text()
    page.keyboard.press(key)
    expect(page.locator(".notice")).to_contain_text(told)
    expect(page.locator("#prompt")).not_to_have_text(asked)


def test_a_question_mark_shows_the_keys(visitor: Any, page: Page) -> None:
    visitor.start()
    keys = page.get_by_role("table", name="Keys while you study")
    expect(keys).to_be_hidden()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("?")
    expect(keys).to_be_hidden()


def test_single_keys_can_be_switched_off_and_the_others_still_work(visitor: Any, page: Page) -> None:
    visitor.start()
    page.goto("/account")
    page.get_by_label("Single-letter keys").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your settings are saved.")).to_be_visible()
    visitor.be_asked("choice")
    asked = page.locator("#prompt").inner_text()
    for key in ("1", "2", "u", "-", "@", "?"):
        page.keyboard.press(key)
    expect(page.locator("#prompt")).to_have_text(asked)
    expect(page.get_by_role("table")).to_be_hidden()
    visitor.answer()
    page.keyboard.press("Control+z")
    expect(page.locator("#prompt")).to_have_text(asked)
    assert visitor.reviews() == []


def test_what_is_typed_into_a_field_is_only_typed(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    field = page.get_by_label("Your answer")
    expect(field).to_be_focused()
    page.keyboard.type("u-@?1 3")
    expect(field).to_have_value("u-@?1 3")
    page.keyboard.press("Control+z")  # the field's own
    expect(page.locator(".notice")).to_have_count(0)
    assert visitor.reviews() == []


def test_a_key_that_is_part_of_composing_a_letter_does_nothing(visitor: Any, page: Page) -> None:
    visitor.start()
    asked = page.locator("#prompt").inner_text()
    page.evaluate(
        """() => { for (const key of ["1", "u", "-", "Enter"])
               document.body.dispatchEvent(new KeyboardEvent("keydown", {key, isComposing: true, bubbles: true})); }"""
    )
    expect(page.locator("#prompt")).to_have_text(asked)
    assert visitor.reviews() == []


def test_keys_with_a_modifier_belong_to_the_browser(visitor: Any, page: Page) -> None:
    visitor.start()
    asked = page.locator("#prompt").inner_text()
    for key in ("Control+1", "Alt+1", "Meta+1", "Control+u", "Alt+-"):
        page.keyboard.press(key)
    expect(page.locator("#prompt")).to_have_text(asked)
    assert visitor.reviews() == []


def test_a_whole_session_needs_no_mouse(visitor: Any, page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start studying")).to_be_focused()
    visitor.start(new_per_day=0)
    kinds = ["flashcard", "true_false", "typed", "cloze", "date", "number", "multiple", "ordering", "matching"]
    for kind in kinds:
        visitor.remember(kind)
    page.goto("/review")
    done = page.get_by_role("heading", name="Done for today")
    while not done.is_visible():
        answer_by_keyboard(visitor, page)
    expect(done).to_be_focused()
    assert sorted(review.response["kind"] for review in visitor.reviews()) == sorted(kinds)
    assert all(review.rating == 3 for review in visitor.reviews())


def answer_by_keyboard(visitor: Any, page: Page) -> None:
    """Answer the question on the screen rightly, and go on until the next is there."""
    asked = page.locator("form.answer").element_handle()
    match (question := visitor.question()).kind:
        case "flashcard":
            page.keyboard.press("Space")
            expect(page.locator(".rating--good")).to_be_focused()
            page.keyboard.press("Space")
        case "true_false":
            page.keyboard.press(place(visitor.right_choice()))
        case "multiple":
            for answer in question.answers:
                page.keyboard.press(place(page.get_by_label(answer, exact=True)))
            check_by_keyboard(page)
        case "ordering":
            for rank, option in enumerate(question.options):
                move_up(page, option, page.locator(".ordering__text").all_inner_texts().index(option) - rank)
            check_by_keyboard(page)
        case "matching":
            for pair in question.pairs:
                box = page.get_by_label(pair.left, exact=True)
                offered = box.locator("option").all_text_contents()
                step_to(page, box, offered.index(pair.right))
            check_by_keyboard(page)
        case "cloze":
            for number, name in enumerate(question.gap_names):
                if number:
                    page.keyboard.press("Tab")
                page.keyboard.type(question.gaps[name].answer)
            page.keyboard.press("Enter")
        case _:
            page.keyboard.type(question.answer)
            page.keyboard.press("Enter")
    if question.kind != "flashcard":
        expect(page.get_by_role("link", name="Continue")).to_be_focused()
        page.keyboard.press("Space")
    page.wait_for_function("form => !form.isConnected && !document.querySelector('#verdict')", arg=asked)


def tab_to(page: Page, target: Any) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def step_to(page: Page, box: Any, steps: int) -> None:
    """Choose from a list by stepping down from its first line."""
    tab_to(page, box)
    for _ in range(steps):
        page.keyboard.press("ArrowDown")


def move_up(page: Page, option: str, steps: int) -> None:
    """Move a thing up a list."""
    if steps:
        tab_to(page, page.get_by_role("button", name=f"Move up: {option}", exact=True))
    for _ in range(steps):
        page.keyboard.press("Enter")


def check_by_keyboard(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Check"))
    page.keyboard.press("Enter")
