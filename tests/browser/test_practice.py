"""Practising as people do: with the mouse, by keys alone, without JavaScript; readable in every state."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from quizapp.core.kinds import parse_question
from quizapp.models import DayCount, Memory, Question, QuestionVersion, Review
from quizapp.models import Response as ResponseRow


@pytest.fixture
def visitor(arrive: Callable[..., Any], request: pytest.FixtureRequest) -> Any:
    """Somebody who studies the set, on the practice page; `question` is the one of the practice on the screen."""
    visitor = arrive(**getattr(request, "param", {}))
    visitor.start(page=None)
    visitor.question = lambda: asked(visitor)
    visitor.page.goto("/practice")
    return visitor


@pytest.fixture
def page(visitor: Any) -> Page:
    page: Page = visitor.page
    return page


def asked(visitor: Any) -> Any:
    practice_id, position = re.findall(r"\d+", visitor.page.locator("form.answer").get_attribute("action"))
    with visitor.site.session() as session:
        version_id = session.scalars(
            select(ResponseRow.question_version_id).where(
                ResponseRow.attempt_id == int(practice_id), ResponseRow.position == int(position)
            )
        ).one()
        return parse_question(session.get_one(QuestionVersion, version_id).body)


def touched(visitor: Any) -> tuple[int, ...]:
    """How many memories, reviews and days counted the learner has."""
    with visitor.site.session() as session:
        return tuple(
            session.scalars(select(func.count()).select_from(table).where(table.learner_id == visitor.id)).one()
            for table in (Memory, Review, DayCount)
        )


def begin(page: Page, group: str, size: int = 5) -> None:
    topic = page.get_by_role("checkbox", name=re.compile(f"^{group} "))
    if topic.count():
        topic.check()
    else:
        option = page.locator("#about option").filter(has_text=group).first
        page.get_by_label("Facts", exact=True).select_option(option.get_attribute("value"))
    page.get_by_label("Number of questions").fill(str(size))
    page.get_by_role("button", name="Start practice").click()
    expect(page.locator("form.answer")).to_be_visible()


def answer(visitor: Any, *, rightly: bool = True) -> None:
    """Answer the question on the screen, and go on to whatever comes next."""
    page = visitor.page
    before = page.locator("form.answer").get_attribute("action")
    if visitor.question().kind == "flashcard":
        page.get_by_text("Show the answer", exact=True).click()
        page.get_by_role("button", name="Yes" if rightly else "No").click()
    else:
        visitor.answer(rightly=rightly)
        page.locator(".continue").click()
    expect(page.locator(f'form.answer[action="{before}"]')).to_have_count(0)


def finish(visitor: Any, *, wrong: int = 0) -> None:
    """Answer all that is left, the first ones wrongly."""
    over = visitor.page.get_by_text(re.compile(r"\d answers? right\."))
    while not over.is_visible():
        answer(visitor, rightly=wrong <= 0)
        wrong -= 1
        visitor.page.locator("form.answer, .lede").first.wait_for()


# A practice


@pytest.mark.accessibility
def test_a_practice_from_choosing_to_counting(visitor: Any, page: Page) -> None:
    check(page)
    begin(page, "Diplomacy")
    expect(page.locator(".review__progress")).to_contain_text("Question 1 of 5")
    check(page)
    visitor.answer(rightly=False)
    expect(page.locator(".source .passage").first).to_be_visible()
    check(page)
    page.locator(".continue").click()
    finish(visitor)
    expect(page.locator(".lede")).to_have_text("4 of 5 answers right.")
    expect(page.get_by_role("heading", name="Missed facts")).to_be_visible()
    assert touched(visitor) == (0, 0, 0)
    check(page)
    page.get_by_role("button", name="Count these answers as reviews").click()
    expect(page.locator(".notice")).to_have_text("5 answers now count as reviews: 4 remembered, 1 to learn again.")
    expect(page.get_by_role("button", name="Count these answers")).to_have_count(0)
    assert touched(visitor) == (5, 5, 1)
    check(page)


def test_what_was_missed_is_practised_again_and_then_another_like_it(visitor: Any, page: Page) -> None:
    begin(page, "Oil and trade")
    finish(visitor, wrong=2)
    missed = page.locator(".fact__statement").all_inner_texts()
    assert len(missed) == 2
    page.locator(".fact__statement").first.click()
    expect(page.locator("#verdict")).to_be_visible()
    page.get_by_role("link", name="See result").click()
    page.get_by_role("button", name="Practise the 2 you missed").click()
    expect(page.locator(".review__progress")).to_contain_text("Question 1 of 2")
    finish(visitor)
    expect(page.get_by_role("heading", level=1)).to_have_text("Again: Oil and trade")
    expect(page.get_by_role("button", name="you missed")).to_have_count(0)
    page.goto("/practice")
    begin(page, "Oil and trade")
    finish(visitor)
    page.get_by_role("button", name="Another round").click()
    expect(page.locator(".review__progress")).to_contain_text("Question 1 of 5")


def test_it_can_be_left_gone_on_with_and_stopped(visitor: Any, page: Page) -> None:
    begin(page, "Parliament and parties")
    answer(visitor)
    asked = page.locator("#prompt").inner_text()
    page.reload()
    expect(page.locator("#prompt")).to_have_text(asked)
    page.get_by_role("link", name="Practice").last.click()
    page.get_by_role("link", name="Continue: Parliament and parties").click()
    expect(page.locator("#prompt")).to_have_text(asked)
    page.get_by_role("button", name="Stop here").click()
    expect(page.locator(".lede")).to_have_text("1 of 1 answer right. 4 questions are unanswered.")
    page.goto("/practice")
    expect(page.get_by_text("Continue:")).to_have_count(0)


def test_back_shows_the_verdict_of_an_answered_question(visitor: Any, page: Page) -> None:
    begin(page, "Diplomacy")
    prompt = page.locator("#prompt").inner_text()
    answer(visitor)
    expect(page.locator("#prompt")).not_to_have_text(prompt)  # the next one is there
    page.wait_for_load_state()
    page.go_back()
    expect(page.locator(".prompt__text")).to_have_text(prompt)
    expect(page.locator("#verdict")).to_be_visible()


def test_what_one_got_wrong_and_is_about_to_forget(visitor: Any, page: Page) -> None:
    page.goto("/review")
    page.get_by_role("button", name="I don’t know").click()
    page.locator("#verdict").wait_for()
    fact = visitor.remember("cloze")
    page.goto("/practice")
    begin(page, "Recent mistakes (1)")
    expect(page.locator(".review__progress")).to_contain_text("Question 1 of 1")
    page.goto("/practice")
    begin(page, "Weakest facts")
    with visitor.site.session() as session:
        of_fact = session.scalars(select(Question.key).where(Question.fact_id == fact)).all()
    assert visitor.question().key in of_fact


@pytest.mark.parametrize("group", ["16–30 April 1920", "¶ 7 A crisis of government", "Vladimir Lenin"])
def test_by_period_passage_or_person(visitor: Any, page: Page, group: str) -> None:
    begin(page, group)
    expect(page.locator(".attempt-head__title")).to_contain_text(group)


def test_a_practice_by_keys_alone(visitor: Any, page: Page) -> None:
    page.get_by_role("checkbox", name=re.compile("^Dates ")).focus()
    page.keyboard.press("Space")
    expect(page.locator("#matching")).to_contain_text(re.compile("^[12]. facts match"))
    page.get_by_label("Number of questions").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator("form.answer")).to_be_visible()
    for _ in range(5):
        before = page.locator("form.answer").get_attribute("action")
        if visitor.question().kind == "flashcard":
            page.keyboard.press("Space")
            expect(page.locator(".rating--good")).to_be_focused()
            page.keyboard.press("2")
        else:
            if visitor.question().kind in ("choice", "true_false"):
                page.keyboard.press("1")
            else:
                tab_to(page, "I don’t know")
                page.keyboard.press("Enter")
            expect(page.locator(".continue")).to_be_focused()
            page.keyboard.press("Space")
        expect(page.locator(f'form.answer[action="{before}"]')).to_have_count(0)
        page.locator("form.answer, .lede").first.wait_for()
    expect(page.locator(".lede")).to_contain_text("of 5 answers right")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the button has the focus."""
    button = page.get_by_role("button", name=name)
    for _ in range(40):
        if button.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_a_practice_without_javascript(visitor: Any, page: Page) -> None:
    begin(page, "Dates")
    finish(visitor, wrong=1)
    expect(page.locator(".lede")).to_have_text("4 of 5 answers right.")
    page.get_by_role("button", name="Count these answers as reviews").click()
    expect(page.locator(".notice")).to_contain_text("5 answers now count")


# Before reading


@pytest.mark.accessibility
def test_guessing_before_reading(visitor: Any, page: Page) -> None:
    page.get_by_label("Passage", exact=True).select_option("6")
    page.get_by_role("button", name="Start pretest").click()
    expect(page.locator(".attempt-head__title")).to_contain_text("Before reading ¶ 6")
    guesses = 0
    while page.locator("form.answer").is_visible():
        visitor.answer(rightly=guesses % 2 == 0 and visitor.question().kind in ("choice", "true_false"))
        expect(page.get_by_text("You will read about this:")).to_be_visible()
        expect(page.locator("[class*='verdict--'], .icon--check, .icon--cross")).to_have_count(0)
        if not guesses:
            check(page)
        guesses += 1
        page.locator(".continue").click()
        page.locator("form.answer, .lede").first.wait_for()
    assert 3 <= guesses <= 5
    expect(page.locator("main")).not_to_contain_text(re.compile(r"\d right|answers? right"))
    check(page)
    page.get_by_role("link", name="Read passage 6").click()
    expect(page).to_have_url(re.compile(r"holding=6#passage-6$"))
    assert touched(visitor) == (0, 0, 0)


def test_a_passage_offers_it_too(visitor: Any, page: Page) -> None:
    page.goto("/explore/april-1920/passages")
    page.locator("#passage-3").get_by_role("button", name="Pretest").click()
    expect(page.locator(".attempt-head__title")).to_contain_text("Before reading ¶ 3")
