"""Progress, as it looks and feels in a browser: what is known, remembered, confused, and how sure one is of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe import check
from playwright.sync_api import Page, expect
from recorded_answers import give
from sqlalchemy import select

from quizapp.models import Comparison, DayCount, Fact, Memory, Question, QuestionVersion, User

FACT = "/progress/facts/april-1920/"


def questions(visitor: Any, kind: str) -> list[tuple[str, str]]:
    """The keys of questions of a kind and of the facts they ask, in the set's order, one to a fact."""
    with visitor.site.session() as session:
        rows = session.execute(
            select(Question.key, Fact.key, QuestionVersion.body)
            .join(Fact, Fact.id == Question.fact_id)
            .join(Question.current_version)
            .order_by(Fact.position, Question.position)
        ).all()
    return list({fact: (key, fact) for key, fact, body in rows if body["kind"] == kind}.values())


def answer(visitor: Any, question: str, *, ago: int, times: int = 1, **values: Any) -> None:
    """Have answered a question by a choice some days ago: the key, or the wrong one `picked`."""
    response = {"picked": values.pop("picked", 0)}
    with visitor.site.session() as session:
        learner = session.get_one(User, visitor.id)
        for number in range(times):
            at = visitor.site.noon - timedelta(days=ago, seconds=-number)
            give(session, learner, question, response, at=at, ms=9000, **values)


@pytest.fixture
def studied(visitor: Any) -> Any:
    """Somebody who answered questions on three facts over a month, some with certainty."""
    visitor.start(page=None)
    (first, _), (second, _), (third, _) = questions(visitor, "choice")[:3]
    answer(visitor, first, ago=30, times=2, confidence=2)
    answer(visitor, first, ago=26, picked=1, confidence=3)
    answer(visitor, first, ago=26, times=12, confidence=3)
    answer(visitor, first, ago=20, confidence=3)
    answer(visitor, second, ago=9, picked=2, confidence=1)
    answer(visitor, second, ago=8, picked=1, times=12, confidence=1)
    answer(visitor, third, ago=2, times=2)
    return visitor


def test_a_learner_finds_what_is_weakest_and_how_it_was_remembered(studied: Any, page: Page) -> None:
    _, fact = questions(studied, "choice")[0]
    page.goto("/progress")
    page.get_by_role("link", name="Weakest facts").click()
    weakest = page.get_by_role("region", name="Weakest facts").locator(".fact a").first
    statement = weakest.inner_text()
    weakest.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fact history")
    expect(page.locator(".lede")).to_have_text(statement)
    expect(page).to_have_url(f"{studied.site.url}{FACT}{fact}")
    curve = page.get_by_role("img", name="Your chance of recalling this fact")
    expect(curve.locator(".mark--wrong")).to_have_count(1)
    page.get_by_text("16 answers, latest first").click()
    expect(page.get_by_role("row")).to_have_count(17)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Right")
    page.locator(".lede a").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Fact history")


def test_what_is_known_is_grouped_in_three_ways(studied: Any, page: Page) -> None:
    page.goto("/progress")
    for link, picture in [("By passage", "by passage"), ("By name", "by name"), ("By topic", "by topic")]:
        page.get_by_role("link", name=link).click()
        expect(page.get_by_role("img", name=f"Facts known now, {picture}")).to_be_in_viewport()
        expect(page.get_by_role("link", name=link)).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize(("by", "place"), [("passage", "#passage-"), ("actor", "#actor-")])
def test_a_passage_and_an_actor_lead_to_their_pages(studied: Any, page: Page, by: str, place: str) -> None:
    page.goto(f"/progress?by={by}")
    known = page.get_by_role("region", name="Mastery", exact=True)
    known.get_by_text("The numbers", exact=True).click()
    known.get_by_role("table").get_by_role("link").first.click()
    address = page.url
    assert place in address
    expect(page.locator(f"[id='{address.partition('#')[2]}']")).to_be_visible()


def test_a_mixup_is_shown_until_it_is_mended(studied: Any, page: Page) -> None:
    question, _ = questions(studied, "choice")[1]
    page.goto("/progress")
    page.get_by_role("link", name="Mix-ups").click()
    choices = page.get_by_role("region", name="Wrong choices").get_by_role("listitem")
    expect(choices.first).to_contain_text("12 times")
    expect(choices.first.get_by_text("Fixed")).to_have_count(0)
    expect(choices.filter(has_text="Fixed")).to_have_count(1)  # the first fact was recalled six days later
    answer(studied, question, ago=1)
    page.reload()
    expect(choices.filter(has_text="Fixed")).to_have_count(3)


def test_certainty_is_held_against_truth(studied: Any, page: Page) -> None:
    page.goto("/progress")
    page.get_by_role("link", name="Confidence").click()
    expect(page.locator(".lede")).to_contain_text("You can trust your confidence")
    picture = page.get_by_role("img", name="How often you were right, by confidence")
    expect(picture).to_contain_text("too few")  # two answers were given fairly sure
    page.get_by_text("The numbers", exact=True).click()
    expect(page.get_by_role("row", name="Certain")).to_contain_text("93%")
    errors = page.get_by_role("region", name="Certain, but wrong").get_by_role("listitem")
    expect(errors).to_have_count(1)


def test_the_curve_is_read_with_the_keyboard_alone(studied: Any, page: Page) -> None:
    page.goto(FACT + questions(studied, "choice")[0][1])
    page.get_by_text("How is this calculated?").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("After each answer, right or wrong")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="All answers")).to_be_focused()


def test_a_narrow_screen_scrolls_the_table_and_not_the_page(arrive: Callable[..., Any]) -> None:
    visitor = arrive(viewport={"width": 390, "height": 800})
    visitor.start(page=None)
    question, fact = questions(visitor, "choice")[0]
    answer(visitor, question, ago=3, times=3)
    visitor.page.goto(FACT + fact)
    table = visitor.page.get_by_role("region", name="All answers")
    assert table.evaluate("t => t.scrollWidth > t.clientWidth")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.offsetWidth")


def test_without_scripts_it_is_all_there(arrive: Callable[..., Any]) -> None:
    visitor = arrive(java_script_enabled=False)
    visitor.start(page=None)
    question, fact = questions(visitor, "choice")[0]
    answer(visitor, question, ago=3, picked=1)
    page = visitor.page
    page.goto("/progress?by=actor")
    expect(page.get_by_role("img", name="Facts known now, by name")).to_be_visible()
    page.get_by_role("link", name="Mix-ups").click()
    expect(page.get_by_role("region", name="Wrong choices")).to_contain_text("You answered")
    page.goto(FACT + fact)
    expect(page.get_by_role("img", name="Your chance of recalling this fact")).to_be_visible()


# Readable by everyone, in every state

PAGES = ["/progress", "/progress?by=passage", "/progress?by=actor", "/progress/mix-ups", "/progress/calibration"]


@pytest.mark.accessibility
@pytest.mark.parametrize("path", PAGES)
def test_each_page_once_studied(studied: Any, page: Page, path: str) -> None:
    with studied.site.session() as session:
        ids = session.scalars(select(Fact.id).order_by(Fact.id).limit(2)).all()
        pair = {"earlier_id": ids[0], "later_id": ids[1], "last_at": studied.site.noon, "last_right": False}
        session.add(Comparison(learner_id=studied.id, wrong=2, **pair))
        for memory in session.scalars(select(Memory).where(Memory.learner_id == studied.id)):
            memory.lapses = 9
        for row in session.scalars(select(DayCount).where(DayCount.learner_id == studied.id)):
            row.long_term, row.long_term_correct, row.long_term_recalled = 30, 27, 27.0
    page.goto(path)
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    check(page)


@pytest.mark.accessibility
def test_a_fact_with_a_long_history(studied: Any, page: Page) -> None:
    page.goto(FACT + questions(studied, "choice")[0][1])
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    check(page)


@pytest.mark.accessibility
def test_before_anything_is_known(visitor: Any, page: Page) -> None:
    visitor.start(page=None)
    for path in (FACT + questions(visitor, "choice")[0][1], "/progress/mix-ups", "/progress/calibration"):
        page.goto(path)
        expect(page.locator(".empty")).to_be_visible()
        check(page)
    visitor.set(asks_confidence=True)
    page.goto("/progress/calibration")
    expect(page.locator(".empty")).to_contain_text("Say how sure you are")
