"""One stage for question and feedback: what stays in its place, and what is in sight."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browsers import HeldPosts
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
TYPED = {"date": "3 May 1907", "number": "77"}

# Sends an answer, and gives the feedback as htmx would get it.
ANSWER = """async ([fact, fields]) => {
    const body = new FormData(document.querySelector("form.answer, .answer__buttons form"));
    body.delete("review");
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const response = await fetch(`/review/${fact}`, {method: "POST", body, headers: {"HX-Request": "true"}});
    if (!response.ok) throw new Error(`${fact}: ${response.status}`);
    return response.text();
}"""

# Puts a part on the stage, and gives what is wrong with it as it is then seen without scrolling.
LOOK = r"""part => {
    const drawn = new DOMParser().parseFromString(part, "text/html").querySelector("#review");
    document.querySelector("#review").replaceWith(drawn);
    const card = drawn.querySelector(".flashcard");
    if (card) card.open = true;
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
        const bottoms = [...range.getClientRects()].filter(line => line.width && line.height < 60).map(line => line.bottom);
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
    """Every question of the built-in set: the id of its fact and of its version, the key of the fact, and what it is."""
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
    cards = [each for each in every if each[1].kind in SELF_GRADED]
    seen: dict[int, int] = {}
    for row, question in sample(graded, every=45):
        fields = WRONG | {"text": TYPED.get(question.kind, "something else"), "question": str(row.version)}
        fields["seen"] = str(seen.get(row.id, 0))
        seen[row.id] = seen.get(row.id, 0) + 1
        yield f"{row.key}: {question.kind}", visitor.page.evaluate(ANSWER, [row.id, fields])
    for row, question in sample(cards, every=19):
        with visitor.site.session() as session:
            session.execute(delete(Memory).where(Memory.learner_id == visitor.id))
        visitor.remember(question.kind, fact=row.key)
        address = f"/review?fact={row.id}"
        part = visitor.page.evaluate("at => fetch(at, {headers: {'HX-Request': 'true'}}).then(is => is.text())", address)
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
