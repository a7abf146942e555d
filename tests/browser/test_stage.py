"""One stage for question and feedback: what stays in its place, and what is in sight."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sampling import exhaustive, sample
from sqlalchemy import delete, select

from quizapp.core.kinds import parse_question
from quizapp.models import Fact, Memory, QuestionSet, QuestionVersion
from quizapp.models import Question as QuestionRow

SIZES = [(390, 844), (1280, 800)]  # a phone and a laptop, px
SELF_GRADED = ("flashcard", "essay")

# A wrong answer to most questions, whatever their kind; each reads its own fields.
WRONG = {"picked": "0", "pick-0": "1", "place-0": "2", "place-1": "1", "match-0": "0", "gap-0": "0", "asked": "1"}
OF_KIND = {
    "true_false": {"picked": "true"},
    "typed": {"text": "something else"},
    "date": {"text": "3 May 1907"},
    "number": {"text": "77"},
}

# Sends an answer, and gives the feedback as htmx would get it.
ANSWER = """async ([fact, fields]) => {
    const body = new FormData(document.querySelector("form.answer, .answer__buttons form"));
    body.delete("review");
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const response = await fetch(`/review/${fact}`, {method: "POST", body, headers: {"HX-Request": "true"}});
    if (!response.ok) throw new Error(`${fact}: ${response.status}`);
    return response.text();
}"""

FETCH = """address => fetch(address, {headers: {"HX-Request": "true"}}).then(response => response.text())"""

# Puts a part on the stage, and gives what is wrong with it as it is then seen without scrolling.
LOOK = r"""async part => {
    const drawn = new DOMParser().parseFromString(part, "text/html").querySelector("#review");
    document.querySelector("#review").replaceWith(drawn);
    const card = drawn.querySelector(".flashcard");
    if (card) card.open = true;
    for (const picture of drawn.querySelectorAll("img")) {
        picture.loading = "eager";
        await picture.decode();
    }
    window.scrollTo(0, 0);
    const nav = document.querySelector(".masthead nav").getBoundingClientRect();
    const foot = nav.top > innerHeight / 2 ? nav.top : innerHeight;
    const wrong = [];
    const onward = drawn.querySelector(".continue, .rating--good").getBoundingClientRect();
    if (onward.top < 0 || onward.bottom > foot + 1) wrong.push("Continue");
    const range = document.createRange();
    const explanation = drawn.querySelector(".explanation");
    if (explanation) {
        range.selectNodeContents(explanation);
        const drawnLines = [...range.getClientRects()].filter(line => line.width && line.height < 60);
        const bottoms = drawnLines.map(line => line.bottom);
        const lines = bottoms.sort((a, b) => a - b).filter((bottom, n) => !n || bottom - bottoms[n - 1] > 12);
        const bar = drawn.querySelector(".ratings, .answer__buttons").getBoundingClientRect();
        if (lines[Math.min(1, lines.length - 1)] > bar.top) wrong.push("explanation");
    }
    const texts = document.createTreeWalker(document.querySelector("#main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const { parentElement: element, data } = texts.currentNode;
        const size = parseFloat(getComputedStyle(element).fontSize);
        if (data.trim() && element.checkVisibility() && size < 16) wrong.push(`${size}px: ${data.trim()}`);
    }
    return wrong;
}"""


def questions(site: Any) -> list[Any]:
    """Every question of the built-in set, with the ids of its fact and version and the key of the fact."""
    with site.session() as session:
        rows = session.execute(
            select(Fact.id, Fact.key, QuestionVersion.id.label("version"), QuestionVersion.body)
            .join(QuestionRow, QuestionRow.fact_id == Fact.id)
            .join(QuestionRow.current_version)
            .join(QuestionSet, QuestionSet.id == Fact.set_id)
            .where(QuestionSet.key == "april-1920", QuestionRow.archived_at.is_(None), Fact.archived_at.is_(None))
            .order_by(Fact.position, QuestionRow.position)
        ).all()
    return [(row, parse_question(row.body)) for row in rows]


def feedbacks(visitor: Any) -> Iterator[tuple[str, str]]:
    """Answer questions, and yield a name of each with its feedback, as a part of a page."""
    every = questions(visitor.site)
    graded = [each for each in every if each[1].kind not in SELF_GRADED]
    cards = [each for kind in SELF_GRADED for each in every if each[1].kind == kind]
    seen: dict[int, int] = {}
    for row, question in sample(graded, every=45):
        fields = WRONG | OF_KIND.get(question.kind, {})
        fields |= {"question": str(row.version), "seen": str(seen.get(row.id, 0))}
        seen[row.id] = seen.get(row.id, 0) + 1
        yield f"{row.key}: {question.kind}", visitor.page.evaluate(ANSWER, [row.id, fields])
    for row, question in sample(cards, every=19):
        with visitor.site.session() as session:
            session.execute(delete(Memory).where(Memory.learner_id == visitor.id))
        visitor.remember(question.kind, fact=row.key)
        part = visitor.page.evaluate(FETCH, f"/review?fact={row.id}")
        assert f'data-kind="{question.kind}"' in part
        yield f"{row.key}: {question.kind}", part


def test_continue_and_the_explanation_are_in_sight_after_an_answer(
    visitor: Any, page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    """Look at the feedback on a sample of the built-in questions, with `--exhaustive` on all of them, at both sizes."""
    visitor.start(page=None)
    visitor.set(asks_essays=True)
    page.goto("/review")
    parts = list(feedbacks(visitor))
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found = {name: wrong for name, part in parts if (wrong := page.evaluate(LOOK, part))}
        share = 1 - len(found) / len(parts)
        with capsys.disabled():
            if exhaustive:
                print(f"\n{width} × {height}: {share:.1%} of {len(parts)} questions", *found.items(), sep="\n  ")
        assert share >= 0.95, found
        assert not re.search(r"\d+px:", str(found)), found


def places(page: Page) -> list[Any]:
    """Return where the session bar, the prompt and the main button are."""
    parts = ("#session-bar", ".prompt__text", ".answer__check, .continue")
    return [page.locator(part).bounding_box() for part in parts]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_question_and_feedback_share_a_stage(visitor: Any, page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visitor.start(page=None)
    visitor.be_asked("cloze", fact="white-retreat-to-rostov")
    stage = places(page)
    page.keyboard.type("south")
    page.keyboard.press("Tab")
    page.keyboard.type("Kyiv")
    page.keyboard.press("Enter")
    onward = page.get_by_role("link", name="Continue")
    expect(onward).to_be_focused()
    assert places(page) == stage
    assert page.evaluate("scrollY") == 0
    page.reload()
    assert places(page) == stage
    expect(page.locator("#verdict")).to_contain_text("Partly right")
    expect(page.locator(".cloze__given")).to_have_text("Kyiv")
    page.get_by_role("button", name="I was right").click()
    expect(page.locator("#verdict")).to_have_text("Right, marked by you")
    expect(page.locator("s")).to_have_count(0)
    assert places(page) == stage
    [review] = visitor.reviews()
    expect(page).to_have_url(re.compile(f"/review/answers/{review.id}$"))
    assert hidden_by_buttons(page) == []


def hidden_by_buttons(page: Page) -> list[str]:
    """Press Tab through the page, and return what has the focus under the buttons or the navigation."""
    found: list[str] = []
    for _ in range(25):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => { const one = document.activeElement;
                       const bar = document.querySelector(".answer__buttons").getBoundingClientRect();
                       return !one.closest("nav, .answer__buttons, body:not(:focus-within)")
                           && one.getBoundingClientRect().bottom > bar.top + 1 && one.outerHTML; }"""
        )
        found += [hidden] if hidden else []
    return found


def test_the_next_question_is_fetched_while_the_feedback_is_read(visitor: Any, page: Page) -> None:
    fetched = "n => performance.getEntriesByType('resource').filter(one => one.name.endsWith('/review')).length === n"
    visitor.start()
    visitor.answer(rightly=False)
    page.wait_for_function(fetched, arg=1)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function(fetched, arg=2)  # somebody who comes back may have studied elsewhere meanwhile
    answered = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#prompt")).to_be_focused()
    expect(page.locator("#prompt")).not_to_have_text(answered)
    expect(page.locator("#prompt")).to_have_css("outline-style", "none")  # a heading is nothing to press
    expect(page.locator(".review__progress")).to_contain_text("1 learning")
    assert page.evaluate(fetched, 2)
    visitor.answer()
    page.get_by_role("button", name="Undo").click()  # after which it is not the next question
    expect(page.get_by_text("Answer undone.")).to_be_visible()
    visitor.answer()
    assert len(visitor.reviews()) == 2
