"""Quizzes, as they look and feel in a browser: made, left, come back to, handed in, looked at."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from quiz_taking import at, attempt_of, end_now, give, make, question_on, responses
from sampling import sample

from quizapp.models import Attempt, Memory


@pytest.fixture
def visitor(arrive: Callable[..., Any], request: pytest.FixtureRequest) -> Any:
    """Somebody who studies the set; `question` is the one of the quiz on the screen."""
    visitor = arrive(**getattr(request, "param", {}))
    visitor.start(page=None)
    visitor.question = lambda: question_on(visitor)
    return visitor


without_scripts = pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)


# From the first page to the last


def test_a_quiz_from_making_it_to_reviewing_what_was_wrong(visitor: Any, page: Page) -> None:
    make(page, size=4, kinds=("Typed answer", "Choice"))
    give(visitor)
    at(page, 2)
    give(visitor, rightly=False)
    at(page, 3)

    page.get_by_role("link", name="Today").click()  # leave it
    page.get_by_role("link", name="Quizzes").click()
    expect(page.get_by_text("2 of 4 answered")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    at(page, 3)

    page.locator("nav a[data-to='2']").click()  # change an answer
    expect(page.locator(".attempt-saved")).to_be_visible()
    give(visitor)
    at(page, 3)
    give(visitor, rightly=False)
    at(page, 4)
    page.locator("nav").get_by_role("link", name="Hand in").click()
    expect(page.get_by_text("1 of 4 questions is not answered")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()

    expect(page.get_by_text("2 of 4 marks, 50%.")).to_be_visible()
    expect(page.get_by_role("img", name="Marks by topic")).to_be_visible()
    expect(page.locator(".marked")).to_have_count(4)
    page.get_by_role("link", name="Not right (2)").click()
    expect(page.locator(".marked")).to_have_count(2)
    assert [review.source for review in visitor.reviews()] == ["quiz"] * 3

    page.get_by_role("button", name="Review the 2 you missed").click()
    expect(page.get_by_text("2 facts added to today’s review.")).to_be_visible()
    wrong = {row.fact_id for row in responses(visitor) if row.fraction != 1}
    with visitor.site.session() as session:
        for fact_id in wrong:
            memory = session.get_one(Memory, (visitor.id, fact_id))
            assert memory.due_day == visitor.site.noon.date()
    expect(page.locator("form.answer")).to_be_visible()


def test_each_answer_is_shown_at_once_and_stays(visitor: Any, page: Page) -> None:
    make(page, size=2, kinds=("True or false",), at_once=True)
    give(visitor, rightly=False)
    expect(page.locator("#verdict")).to_have_text("Not right")
    expect(page.locator(".explanation")).not_to_be_empty()
    expect(page.get_by_role("link", name="Question 1 not right")).to_be_visible()
    assert len(visitor.reviews()) == 1
    page.reload()
    expect(page.locator("form.answer")).to_have_count(0)
    page.get_by_role("link", name="Continue").click()
    at(page, 2)
    give(visitor)
    expect(page.locator("#verdict")).to_have_text("Right")
    page.get_by_role("button", name="See result").click()
    expect(page.get_by_text("1 of 2 marks, 50%.")).to_be_visible()
    assert len(visitor.reviews()) == 2


@pytest.mark.parametrize(
    "kind",
    sample(["Choice", "Date", "Put in order", "Number", "Matching", "Several answers", "Fill in the gaps"], every=2),
)
def test_what_was_given_is_there_when_one_comes_back(visitor: Any, page: Page, kind: str) -> None:
    make(page, size=2, kinds=(kind,))
    asked = visitor.question()
    give(visitor)
    at(page, 2)
    given = responses(visitor)[0].response
    page.go_back()
    at(page, 1)
    expect(page.locator(".attempt-saved")).to_contain_text("Your answer is saved")
    match asked.kind:
        case "choice":
            expect(page.locator(".choice[aria-pressed=true]")).to_contain_text(asked.answer)
            return
        case "ordering":
            expect(page.locator(".ordering__text")).to_have_text(asked.options)
    page.locator("form.answer .answer__check").click()
    at(page, 2)
    assert responses(visitor)[0].response == given


@pytest.mark.accessibility
def test_taken_again_the_result_stands_beside_the_earlier_one(visitor: Any, page: Page) -> None:
    make(page, size=1, kinds=("True or false",))
    for rightly in (False, True):
        give(visitor, rightly=rightly)
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_role("heading", name="By topic")).to_be_visible()
        if not rightly:
            page.get_by_role("button", name="Take again").click()
    expect(page.get_by_text("100 percentage points more than last time.")).to_be_visible()
    check(page)
    page.goto("/quizzes")
    expect(page.get_by_text("Last: 1 of 1 (100%). Best of 2: 100%.")).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("“All topics” is archived.")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Take again")).to_be_visible()


# Nothing is lost


def test_what_is_typed_is_saved_on_the_way_to_another_question(visitor: Any, page: Page) -> None:
    make(page, size=3, kinds=("Typed answer",))
    page.get_by_label("Your answer").fill("half a thought")
    page.locator("nav a[data-to='3']").click()
    at(page, 3)
    assert [row.at is not None for row in responses(visitor)] == [True, False, False]
    page.locator("nav a[data-to='1']").click()
    expect(page.get_by_label("Your answer")).to_have_value("half a thought")
    page.locator("nav a[data-to='2']").click()  # nothing was touched here, and nothing there
    at(page, 2)
    page.locator("nav").get_by_role("link", name="Hand in").click()
    expect(page.get_by_text("2 of 3 questions are not answered")).to_be_visible()


# Time


def test_the_time_left_is_shown_twice_and_no_oftener(visitor: Any, page: Page) -> None:
    page.clock.install()
    make(page, size=1, minutes=10)
    countdown, told = page.locator("#countdown"), page.locator("#countdown-status")
    expect(countdown).to_have_text("10 min left")
    expect(told).to_be_empty()
    page.clock.fast_forward(5 * 60_000 + 30_000)
    expect(countdown).to_have_text("5 min left")
    expect(told).to_have_text("Five minutes left")
    page.clock.fast_forward(3 * 60_000 + 40_000)
    expect(countdown).to_have_text(re.compile(r"^\d+ s left$"))
    expect(told).to_have_text("One minute left")


def test_when_the_time_is_up_what_is_on_the_screen_is_sent_and_handed_in(visitor: Any, page: Page) -> None:
    page.clock.install()
    make(page, size=2, minutes=10, kinds=("Typed answer",))
    visitor.fill_rightly()
    end_now(visitor)
    page.clock.fast_forward(10 * 60_000)
    expect(page.get_by_text("1 of 2 marks, 50%.")).to_be_visible()
    assert len(visitor.reviews()) == 1


def test_when_the_time_is_up_nothing_is_made_of_a_question_that_was_not_touched(visitor: Any, page: Page) -> None:
    page.clock.install()
    make(page, size=2, minutes=10, kinds=("Put in order",))
    end_now(visitor)
    page.clock.fast_forward(10 * 60_000)
    expect(page.get_by_text("0 of 2 marks, 0%.")).to_be_visible()
    assert visitor.reviews() == []


def test_an_attempt_whose_time_ran_out_elsewhere_is_handed_in_at_the_next_visit(visitor: Any, page: Page) -> None:
    make(page, size=2, minutes=10)
    give(visitor)
    at(page, 2)
    with visitor.site.session() as session:
        session.get_one(Attempt, attempt_of(visitor).id).deadline -= timedelta(hours=1)
    give(visitor)
    expect(page.get_by_text("Your last answer doesn’t count")).to_be_visible()
    expect(page.get_by_text("1 of 2 marks, 50%.")).to_be_visible()


# Without the mouse, and without scripts


def test_by_keyboard_alone(visitor: Any, page: Page) -> None:
    make(page, size=2, kinds=("True or false",), at_once=True)
    page.keyboard.press("1")
    expect(page.locator("#verdict")).to_be_visible()
    page.keyboard.press("Enter")
    at(page, 2)
    page.keyboard.press("2")
    expect(page.locator("#verdict")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="By topic")).to_be_visible()


def test_by_keyboard_alone_with_feedback_at_the_end(visitor: Any, page: Page) -> None:
    make(page, size=2, kinds=("Typed answer",))
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.keyboard.type("Lenin")
    page.keyboard.press("Enter")
    at(page, 2)
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.keyboard.type("Lenin")
    page.keyboard.press("Enter")
    at(page, "hand-in")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By topic")).to_be_visible()


@without_scripts
def test_without_scripts_from_making_it_to_its_result(visitor: Any, page: Page) -> None:
    page.goto("/quizzes/new")
    page.get_by_label("Number of questions").fill("3")
    page.get_by_label("Minutes allowed").fill("20")
    page.get_by_role("button", name="Start quiz").click()
    expect(page.locator("#countdown")).to_have_text(re.compile(r"^until \d\d:\d\d$"))
    give(visitor)
    at(page, 2)
    give(visitor, rightly=False)
    at(page, 3)
    page.get_by_role("link", name="Question 2 answered").click()
    give(visitor)
    at(page, 3)
    page.locator("nav").get_by_role("link", name="Hand in").click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("2 of 3 marks, 67%.")).to_be_visible()
    page.get_by_role("link", name="Not right (1)").click()
    expect(page.locator(".marked")).to_have_count(1)
    page.get_by_role("button", name="Review the one you missed").click()
    expect(page.locator("form.answer")).to_be_visible()


# Readable by everyone


@pytest.mark.accessibility
def test_the_list_and_the_form(visitor: Any, page: Page, complaints: Any) -> None:
    complaints.expect("status of 422")
    page.goto("/quizzes")
    check(page)
    page.goto("/quizzes/new")
    check(page)
    page.get_by_text("More options").click()
    page.get_by_label("Number of questions").fill("99")
    page.get_by_label(re.compile(r"^Dates \(")).check()
    page.get_by_label("Minutes allowed").fill("999")
    page.evaluate("document.querySelector('.quiz-form').noValidate = true")
    page.get_by_role("button", name="Start quiz").click()
    expect(page.locator(".field__error")).to_have_count(2)
    check(page)


@pytest.mark.accessibility
def test_an_attempt_and_its_result(visitor: Any, page: Page) -> None:
    make(page, size=4, minutes=30)
    check(page)
    give(visitor)
    at(page, 2)
    give(visitor, rightly=False)
    at(page, 3)
    page.locator("nav a[data-to='1']").click()
    expect(page.locator(".attempt-saved")).to_be_visible()
    check(page)
    page.locator("nav").get_by_role("link", name="Hand in").click()
    at(page, "hand-in")
    check(page)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("1 of 4 marks, 25%.")).to_be_visible()
    page.get_by_text("The numbers", exact=True).click()
    check(page)
    page.get_by_role("button", name="Take again").click()
    at(page, 1)
    page.goto("/quizzes")  # one running, one handed in
    check(page)


@pytest.mark.accessibility
def test_a_verdict(visitor: Any, page: Page) -> None:
    make(page, size=2, at_once=True, kinds=("Choice",))
    give(visitor, rightly=False)
    expect(page.locator("#verdict")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Continue").click()
    at(page, 2)
    give(visitor)
    expect(page.get_by_role("button", name="See result")).to_be_visible()
    check(page)
