"""Studying, as it looks and feels in a browser."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from axe import check
from browsers import HeldPosts
from playwright.sync_api import Page, expect
from sqlalchemy import select

from quizapp.models import Attempt, Fact, Response


def verdict(page: Page) -> Any:
    return page.locator("#verdict")


def test_a_newcomer_answers_the_first_question_with_two_clicks(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Start studying").click()
    page.locator("button.choice").first.click()
    page.get_by_role("link", name="Continue").click()
    expect(page.locator(".review__progress")).to_contain_text("1 learning")


def test_a_right_choice_is_shown_at_once_with_the_reason(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("choice")
    question = visitor.question()
    visitor.right_choice().click()
    expect(verdict(page)).to_have_text("Right")
    expect(page.locator(".choice--key")).to_contain_text(question.options[0])
    expect(page.locator(".choice--key")).to_contain_text("your choice")
    expect(page.locator(".explanation")).not_to_be_empty()
    assert [review.verdict for review in visitor.reviews()] == ["right"]


def test_a_wrong_choice_shows_why_not(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("choice")
    wrong = visitor.question().distractors[0]
    visitor.wrong_choice().click()
    expect(verdict(page)).to_have_text("Not right")
    expect(page.get_by_role("heading", name=f"Why not “{wrong.text}”?")).to_be_visible()
    expect(page.locator(".next-due")).to_have_text("You’ll see it again in this session.")
    expect(page.locator("details.source")).to_have_attribute("open", "")  # the passage lies open


def test_not_knowing_is_an_answer(visitor: Any, page: Page) -> None:
    visitor.start()
    page.get_by_role("button", name="I don’t know").click()
    expect(verdict(page)).to_have_text("Here is the answer")
    assert [review.verdict for review in visitor.reviews()] == ["unanswered"]


def test_a_statement_is_judged(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("true_false", fact="resistance-on-the-railway")
    page.get_by_role("button", name="True").click()
    expect(verdict(page)).to_have_text("Right")


@pytest.mark.parametrize("kind", ["multiple", "ordering", "matching", "number"])
def test_what_is_filled_in_is_checked(visitor: Any, page: Page, kind: str) -> None:
    visitor.start(page=None)
    visitor.be_asked(kind)
    visitor.fill_rightly()
    page.get_by_role("button", name="Check").click()
    expect(verdict(page)).to_have_text("Right")


def test_half_a_list_is_not_the_list(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("multiple")
    one, *others = visitor.question().answers
    page.get_by_label(one, exact=True).check()
    page.get_by_role("button", name="Check").click()
    expect(verdict(page)).to_have_text("Partly right")
    expect(page.locator(".choice", has_text=one)).to_contain_text("right, you ticked it")
    expect(page.get_by_text("right, but you didn’t tick it")).to_have_count(len(others))


def test_a_card_shows_its_back_and_is_rated(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("flashcard")
    asked = page.locator("#prompt").inner_text()
    expect(page.locator(".flashcard__answer")).to_be_hidden()
    page.get_by_text("Show the answer", exact=True).click()
    expect(page.locator(".flashcard__answer")).not_to_be_empty()
    waits = page.locator(".rating__wait").all_text_contents()
    assert len(waits) == 4 and all(waits)
    page.locator(".rating--hard").click()
    expect(page.locator("#prompt")).not_to_have_text(asked)
    assert [review.rating for review in visitor.reviews()] == [2]


def test_two_buttons_are_enough_for_those_who_choose_them(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.set(two_buttons=True)
    visitor.be_asked("flashcard")
    page.get_by_text("Show the answer", exact=True).click()
    expect(page.locator(".rating__label")).to_have_text(["Again", "Good"])


def test_a_typing_slip_is_forgiven_and_pointed_out(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.keyboard.type("Georgy Chichrein")
    page.keyboard.press("Enter")
    expect(verdict(page)).to_have_text("Right, but check the spelling")
    expect(page.locator(".verdict__given")).to_contain_text("Georgy Chichrein")
    expect(page.locator(".verdict__key")).to_have_text("Georgy Chicherin")


def test_a_name_in_another_tongue_is_marked_as_such(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    page.get_by_label("Your answer").fill("Георгий Васильевич Чичерен")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict__given em bdi")).to_have_attribute("lang", "ru")


def test_a_verdict_on_typed_words_can_be_overridden_and_turned_back(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    page.get_by_label("Your answer").fill("the commissar")
    page.get_by_role("button", name="Check").click()
    expect(verdict(page)).to_have_text("Not right")
    page.get_by_role("button", name="I was right").click()
    expect(verdict(page)).to_have_text("Right, marked by you")
    page.get_by_role("button", name="I was wrong").click()
    expect(verdict(page)).to_have_text("Not right")
    assert [review.rating for review in visitor.reviews()] == [1]


def test_an_empty_answer_is_asked_about_once(visitor: Any, page: Page, complaints: Any) -> None:
    complaints.expect("422")
    visitor.start(page=None)
    visitor.be_asked("typed", fact="chicherin-foreign-commissar")
    shown = time.monotonic()
    page.wait_for_timeout(400)  # ms
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You didn’t type anything.")
    expect(page.get_by_label("Your answer")).to_be_focused()
    expect(page.get_by_label("Your answer")).to_have_accessible_description(re.compile("You didn’t type anything"))
    assert visitor.reviews() == []
    check(page)
    waited = 1000 * (time.monotonic() - shown)  # ms
    page.keyboard.press("Enter")
    expect(verdict(page)).to_have_text("Here is the answer")
    [review] = visitor.reviews()
    assert review.ms and review.ms > waited - 300  # all but the time the server took to ask


def test_gaps_are_filled_one_after_the_other(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("cloze", fact="white-retreat-to-rostov")
    expect(page.get_by_label("Gap: compass point")).to_be_focused()
    page.keyboard.type("south")
    page.keyboard.press("Tab")
    page.keyboard.type("Kyiv")
    page.keyboard.press("Enter")
    expect(verdict(page)).to_be_visible()
    expect(page.locator(".cloze__given")).to_have_text("Kyiv")
    expect(page.locator(".cloze__key")).to_have_text(["south", "Rostov-on-Don"])
    expect(page.get_by_text("Gaps right: 1 of 2")).to_be_visible()


def test_a_date_may_be_written_as_people_write_it(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("date", fact="chicherin-note-2-january")
    expect(page.get_by_label("Your answer (a date)")).to_have_accessible_description(
        "Type the day, such as 17 May 1905."
    )
    page.get_by_label("Your answer (a date)").fill("2 yanvar 1920-ci il")
    page.keyboard.press("Enter")
    expect(verdict(page)).to_have_text("Right")


def test_a_date_beside_the_right_one_is_close_and_says_what_is_off(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("date", fact="chicherin-note-2-january")
    page.get_by_label("Your answer (a date)").fill("5 January 1920")
    page.keyboard.press("Enter")
    expect(verdict(page)).to_contain_text("Close, but not right")
    expect(verdict(page)).to_contain_text("The day is wrong.")


def test_the_bar_fills_and_the_session_ends(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=1)
    shares = []
    for _ in range(2):
        expect(page.locator("form.answer")).to_be_visible()
        shares.append(float(page.get_by_role("progressbar").get_attribute("value") or 0))
        visitor.answer()
        page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done for today")
    assert shares == [0, 0.5]
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_text("Done for today.")).to_be_visible()


def test_the_summary_shows_what_was_learned_what_to_watch_and_when_to_come_back(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=2)
    visitor.answer(rightly=False)
    missed = visitor.reviews()[0].fact_id
    done = page.get_by_role("heading", name="Done for today")
    page.get_by_role("link", name="Continue").click()
    expect(page.locator("#prompt")).to_be_focused()
    while not done.is_visible():
        visitor.answer()
        page.get_by_role("link", name="Continue").click()
        expect(page.locator("form.answer").or_(done)).to_be_visible()
    expect(done).to_be_focused()
    expect(page.get_by_text("Tomorrow: ")).to_have_text(
        re.compile(r"^\s*Tomorrow: \d+ due and 2 new, about \d minutes?\.\s*$")
    )
    expect(page.locator(".summary dl")).to_contain_text(re.compile(r"learned\s*2"))
    with visitor.site.session() as session:
        fact = session.get_one(Fact, missed)
        address, statement = f"/explore/april-1920/facts/{fact.key}", fact.statement
    watch = page.locator("h2:has-text('Missed facts') ~ ul").first.get_by_role("link")
    expect(watch).to_have_count(1)
    expect(watch).to_have_attribute("href", address)
    assert statement.split()[0] in watch.inner_text()
    expect(page.locator("h2:has-text('Learned facts') ~ ul").get_by_role("link")).to_have_count(2)
    page.get_by_role("button", name="Undo last answer").click()
    expect(page.locator("#prompt")).to_be_focused()
    expect(page.get_by_text("Answer undone.")).to_be_visible()


@pytest.mark.accessibility
def test_from_the_end_of_a_session_one_press_leads_on(visitor: Any, page: Page) -> None:
    """To what was missed, to more new facts, and, from Today, to when all facts will have been met."""
    visitor.start(new_per_day=1)
    visitor.answer(rightly=False)
    missed = visitor.reviews()[0].fact_id
    done = page.get_by_role("heading", name="Done for today")
    page.get_by_role("link", name="Continue").click()
    while not done.is_visible():
        visitor.answer()
        page.get_by_role("link", name="Continue").click()
        expect(page.locator("form.answer").or_(done)).to_be_visible()
    check(page)
    page.get_by_role("link", name="Learn 10 more").click()
    expect(page.get_by_text("10 to go")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Practise the one you missed").click()
    expect(page.locator(".review__progress")).to_contain_text("Question 1 of 1")
    with visitor.site.session() as session:
        attempt = session.scalars(select(Attempt).where(Attempt.learner_id == visitor.id)).one()
        assert [row.fact_id for row in session.scalars(select(Response))] == [missed] and attempt.purpose == "practice"
    page.get_by_role("link", name="Today").click()
    page.get_by_role("link", name="Plan for").click()
    expect(page.locator("#all-met")).to_have_text(re.compile(r"At this pace, you’ll have studied all 188 facts by \d"))
    before = page.locator("#all-met").inner_text()
    page.get_by_label("New facts a day", exact=True).fill("50")
    expect(page.locator("#all-met")).not_to_have_text(before)


# The first minute


def test_a_newcomer_is_shown_in_a_line_what_to_press_until_three_answers_are_given(visitor: Any, page: Page) -> None:
    visitor.start()
    hint = page.locator(".hint")
    expect(hint).to_have_text(
        re.compile("^Press 1.+ click. Right or wrong, you’ll see the explanation.$"), use_inner_text=True
    )
    for _ in range(3):
        expect(hint).to_be_visible()
        visitor.answer()
        expect(hint).to_have_count(0)
        page.get_by_role("link", name="Continue").click()
        expect(page.locator("form.answer")).to_be_visible()
    expect(hint).to_have_count(0)


def test_touch_screens_show_instructions_to_tap(arrive: Callable[..., Any]) -> None:
    visitor = arrive(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visitor.start()
    hint = visitor.page.locator(".hint")
    expect(hint).to_have_text("Tap an answer. Right or wrong, you’ll see the explanation.", use_inner_text=True)
    expect(hint).to_be_visible()


# Focus and announcements


def test_focus_goes_to_continue_after_an_answer_and_to_the_question_after_that(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    onward = page.get_by_role("link", name="Continue")
    expect(onward).to_be_focused()
    expect(onward).to_have_accessible_description("Right")
    onward.click()
    expect(page.locator("#prompt")).to_be_focused()


def test_the_verdict_is_announced(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    expect(page.get_by_role("status").filter(has_text="Right")).to_be_visible()


def test_a_field_to_type_in_has_the_focus_when_its_question_comes(visitor: Any, page: Page) -> None:
    visitor.start(new_per_day=1)
    visitor.remember("typed", fact="chicherin-foreign-commissar")
    visitor.answer()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_label("Your answer")).to_be_focused()


# On a telephone


def test_everything_to_touch_is_large_enough(arrive: Callable[..., Any]) -> None:
    visitor = arrive(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = visitor.page

    def lowest() -> float:
        targets = "button, summary, select, label.choice, .button, input:not([type=hidden], [type=checkbox])"
        touched = page.locator(f"main :is({targets}):visible")
        heights: list[float] = touched.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
        return min(heights)

    visitor.start()
    assert lowest() >= 44
    visitor.answer()
    assert lowest() >= 44
    visitor.be_asked("flashcard")
    page.get_by_text("Show the answer", exact=True).tap()
    expect(page.locator(".rating")).to_have_count(4)
    assert lowest() >= 44


# What the browser tells the server


def test_study_days_begin_where_the_reader_is(arrive: Callable[..., Any]) -> None:
    page = arrive(timezone_id="Asia/Tokyo").page
    page.goto("/")
    page.get_by_role("button", name="Start studying").click()
    page.get_by_role("link", name="Guest").click()
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")


def test_the_time_an_answer_took_is_noted(visitor: Any, page: Page) -> None:
    visitor.start()
    visitor.answer()
    (review,) = visitor.reviews()
    assert review.ms is not None and 0 < review.ms < 30_000


def test_a_double_click_sends_one_answer(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    visitor.be_asked("choice")
    held = HeldPosts(page, "**/review/*")
    visitor.right_choice().dblclick()
    held.release()
    expect(verdict(page)).to_have_text("Right")
    expect(page.get_by_text("your first answer counts")).to_be_hidden()
    assert len(visitor.reviews()) == 1
