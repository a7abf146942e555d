"""Studying without the mouse: what each key does, and where it keeps still."""

import re
from typing import Any

import pytest
from browsers import HeldPosts
from playwright.sync_api import Page, expect
from sampling import sample


def place(choice: Any) -> str:
    """The digit that stands before a choice."""
    key: str = choice.get_attribute("data-key")
    return key


def test_a_digit_picks_a_choice(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("choice")
    page.keyboard.press(place(visitor.right_choice()))
    expect(page.locator("#verdict")).to_have_text("Right")


def test_digits_tick_and_untick_also_where_a_click_left_the_focus(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
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
    visitor.start(page=None)
    visitor.be_asked("flashcard")
    page.keyboard.press(digit)  # the back is not seen yet
    page.keyboard.press("Space")
    expect(page.locator(".flashcard__answer")).to_be_visible()
    page.keyboard.press(digit)
    expect(page.locator(".flashcard")).to_have_count(0)
    assert [review.rating for review in visitor.reviews()] == [rating]


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_space_and_enter_show_the_back_then_say_good(visitor: Any, page: Page, key: str) -> None:
    visitor.start(page=None)
    visitor.be_asked("flashcard")
    page.keyboard.press(key)
    expect(page.locator(".rating--good")).to_be_focused()
    page.keyboard.press(key)
    expect(page.locator(".flashcard")).to_have_count(0)
    assert [review.rating for review in visitor.reviews()] == [3]


@pytest.mark.parametrize(
    ("key", "focus"),
    sample([("Space", "on it"), ("Enter", "on it"), ("Enter", "nowhere"), ("Space", "nowhere")], every=2),
)
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
    expect(page.get_by_text("Answer undone.")).to_be_visible()
    assert visitor.reviews() == []


def test_the_last_answer_of_a_session_is_taken_back_by_key_too(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=0, page=None)
    visitor.be_asked("true_false", fact="resistance-on-the-railway")
    page.keyboard.press("1")
    expect(page.get_by_role("link", name="Continue")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Done for today")
    page.keyboard.press("u")
    expect(page.get_by_text("Answer undone.")).to_be_visible()


@pytest.mark.parametrize("key", ["-", "@"])
def test_u_takes_back_what_was_done_last_not_only_answers(visitor: Any, page: Page, key: str) -> None:
    visitor.start()
    visitor.answer()
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("#prompt")).to_be_focused()
    asked = page.locator("#prompt").inner_text()
    page.keyboard.press(key)
    expect(page.locator("#prompt")).not_to_have_text(asked)
    page.keyboard.press("u")
    expect(page.get_by_text("Resumed.")).to_be_visible()
    expect(page.locator("#prompt")).to_have_text(asked)
    expect(page.locator("#prompt")).to_be_focused()
    assert len(visitor.reviews()) == 1


@pytest.mark.parametrize(("key", "told"), [("-", "Skipped until tomorrow."), ("@", "Suspended")])
def test_minus_and_at_put_the_fact_away(visitor: Any, page: Page, key: str, told: str) -> None:
    visitor.start()
    asked = page.locator("#prompt").inner_text()
    page.keyboard.press(key)
    expect(page.locator(".notice")).to_contain_text(told)
    expect(page.locator("#prompt")).not_to_have_text(asked)


@pytest.mark.parametrize("path", ["/", "/review", "/explore/april-1920"])
def test_a_question_mark_shows_the_keys_on_any_page_and_gives_the_focus_back(
    visitor: Any, page: Page, path: str
) -> None:
    visitor.start(page=None)
    page.goto(path)
    before = page.get_by_role("navigation", name="Main").get_by_role("link", name="Explore")
    before.focus()
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_hidden()
    for closing in ("Escape", "?", "Enter"):
        page.keyboard.press("?")
        expect(keys.get_by_role("table", name="Keyboard shortcuts while you study")).to_be_visible()
        expect(keys.get_by_role("button", name="Close")).to_be_focused()
        page.keyboard.press(closing)
        expect(keys).to_be_hidden()
        expect(before).to_be_focused()


def test_the_keys_are_shown_over_a_verdict_and_none_works_meanwhile(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("u")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Continue")).to_be_focused()
    assert len(visitor.reviews()) == 1


def test_the_foot_of_the_page_leads_to_the_keys_too(page: Page) -> None:
    page.goto("/login")
    link = page.get_by_role("link", name="Keyboard shortcuts")
    link.click()
    page.get_by_role("dialog", name="Keyboard shortcuts").get_by_role("button", name="Close").click()
    expect(link).to_be_focused()


def test_enter_checks_what_was_ticked_and_nothing_unticked(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("multiple")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Enter")
    assert visitor.reviews() == []
    for answer in visitor.question().answers:
        page.keyboard.press(place(page.get_by_label(answer, exact=True)))
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_have_text("Right")
    assert len(visitor.reviews()) == 1


def test_enter_where_ticking_left_the_focus_checks_once(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("multiple")
    held = HeldPosts(page, "**/review/*")
    visitor.fill_rightly()  # by clicks: the last box has the focus
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Check").click()
    held.release()
    expect(page.locator("#verdict")).to_have_text("Right")
    assert len(visitor.reviews()) == 1


@pytest.mark.parametrize(("key", "confidence"), [("j", 1), ("k", 2), ("l", 3)])
def test_j_k_and_l_say_how_sure_one_is(visitor: Any, page: Page, key: str, confidence: int) -> None:
    visitor.start(page=None)
    visitor.set(asks_confidence=True)
    visitor.be_asked("choice")
    page.keyboard.press(key)
    expect(page.get_by_role("radio", checked=True)).to_have_value(str(confidence))
    page.keyboard.press(place(visitor.right_choice()))
    expect(page.locator("#verdict")).to_contain_text("Right")
    assert [review.confidence for review in visitor.reviews()] == [confidence]


def test_digits_and_enter_mean_the_same_where_certainty_has_the_focus(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.set(asks_confidence=True)
    visitor.be_asked("choice")
    page.get_by_role("radio", name="Certain").check()
    page.keyboard.press("Enter")  # picks no choice
    assert visitor.reviews() == []
    page.keyboard.press(place(visitor.right_choice()))
    expect(page.locator("#verdict")).to_contain_text("You were certain.")


def test_single_keys_can_be_switched_off_and_the_others_still_work(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    page.goto("/account")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    visitor.be_asked("choice")
    asked = page.locator("#prompt").inner_text()
    for key in ("1", "2", "j", "u", "-", "@", "?"):
        page.keyboard.press(key)
    expect(page.locator("#prompt")).to_have_text(asked)
    expect(page.get_by_role("table")).to_be_hidden()
    visitor.answer()
    page.keyboard.press("Control+z")
    expect(page.locator("#prompt")).to_have_text(asked)
    assert visitor.reviews() == []


def test_what_is_typed_into_a_field_is_only_typed(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
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
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(4):  # the answers to the question of the start page
        page.keyboard.press("Tab")
    expect(page.locator("button[name=picked]").last).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start studying")).to_be_focused()
    visitor.start(new_per_day=0, page=None)
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
            if not page.locator("select").first.input_value():  # it stood right from the beginning: say so
                tab_to(page, page.get_by_role("button", name="Move down").first)
                page.keyboard.press("Enter")
                move_up(page, question.options[0], 1)
            check_by_keyboard(page)
        case "matching":
            expect(page.locator(".matching__side")).to_have_count(2)  # the script has made them
            for pair in question.pairs:
                for side, text in zip(page.locator(".matching__side").all(), (pair.left, pair.right), strict=True):
                    tab_to(page, side.locator(".matching__item").filter(has_text=re.compile(f"^{re.escape(text)}")))
                    page.keyboard.press("Enter")
            check_by_keyboard(page)
        case "cloze":
            for number, name in enumerate(question.gap_names):
                if number:
                    page.keyboard.press("Tab")
                page.keyboard.type(question.gaps[name].answer)  # a list to choose from is typed into likewise
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


def move_up(page: Page, option: str, steps: int) -> None:
    """Move a thing up a list."""
    if steps:
        tab_to(page, page.get_by_role("button", name=f"Move up: {option}", exact=True))
    for _ in range(steps):
        page.keyboard.press("Enter")


def check_by_keyboard(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Check"))
    page.keyboard.press("Enter")
